// hidden = drop(max(hidden, 0)), rows [trials, times, width]
struct Shape {
    width: u32,
    rows: u32,
    n_steps: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read_write> hidden: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i >= shape.rows * shape.width) {
        return;
    }
    let row = i / shape.width;
    let place = vec3<u32>(row % shape.n_steps, trials[row / shape.n_steps], 0u);
    hidden[i] = max(hidden[i], 0.0) * kept(step.sites[3], i % shape.width, place);
}
