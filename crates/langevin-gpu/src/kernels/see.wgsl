// What the encoder sees [times, trials, n_in]: counts that coordinated dropout keeps, one bin late or not, the last of them
// for bins that are still to come.
struct Shape {
    n_in: u32,
    n_out: u32,
    n_observed: u32,
    n_bins: u32,
    n_trials: u32,
    lag: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read> counts: array<f32>;
@group(0) @binding(4) var<storage, read_write> seen: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i >= shape.n_bins * shape.n_trials * shape.n_in) {
        return;
    }
    let unit = i % shape.n_in;
    let row = i / shape.n_in;
    let trial = trials[row % shape.n_trials];
    let time = row / shape.n_trials;
    let source = min(time - min(time, shape.lag), shape.n_observed - 1u);
    let count = counts[(trial * shape.n_bins + source) * shape.n_out + unit];
    seen[i] = count * kept(step.sites[5], unit, vec3<u32>(source, trial, 0u));
}
