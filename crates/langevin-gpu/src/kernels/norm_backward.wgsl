// Turns the cotangent `d` of a normalised sum into that of the sum, and gives that of its branch, which was dropped in part: a
// workgroup for each row.
struct Shape {
    width: u32,
    rows: u32,
    n_steps: u32,
    site: u32,
    weight: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read> normalised: array<f32>;
@group(0) @binding(5) var<storage, read> inverse_sd: array<f32>;
@group(0) @binding(6) var<storage, read_write> d: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_branch: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let row = group.y * groups.x + group.x;
    if (row >= shape.rows) {
        return;
    }
    let n = f32(shape.width);
    let first = row * shape.width;
    let place = vec3<u32>(row % shape.n_steps, trials[row / shape.n_steps], 0u);
    var sum = 0.0;
    var along = 0.0;
    for (var i = local.x; i < shape.width; i += 64u) {
        let slope = d[first + i] * parameters[shape.weight + i];
        sum += slope;
        along += slope * normalised[first + i];
    }
    let mean = total(sum, local.x) / n;
    let slope = total(along, local.x) / n;
    for (var i = local.x; i < shape.width; i += 64u) {
        let at = first + i;
        let value = (d[at] * parameters[shape.weight + i] - mean - normalised[at] * slope) * inverse_sd[row];
        d[at] = value;
        d_branch[at] = value * kept(step.sites[shape.site], i, place);
    }
}
