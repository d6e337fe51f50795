// y = norm(x + drop(branch)) o w + b on every row of [trials, times, width]: a workgroup for each row.
struct Shape {
    width: u32,
    rows: u32,
    n_steps: u32,
    site: u32,
    weight: u32,
    bias: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
// The branch; afterwards rows with mean 0 and variance 1.
@group(0) @binding(5) var<storage, read_write> normalised: array<f32>;
@group(0) @binding(6) var<storage, read_write> inverse_sd: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

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
    for (var i = local.x; i < shape.width; i += 64u) {
        let at = first + i;
        let value = x[at] + normalised[at] * kept(step.sites[shape.site], i, place);
        normalised[at] = value;
        sum += value;
    }
    let mean = total(sum, local.x) / n;
    sum = 0.0;
    for (var i = local.x; i < shape.width; i += 64u) {
        let value = normalised[first + i] - mean;
        sum += value * value;
    }
    let inverse = 1.0 / sqrt(total(sum, local.x) / n + 1e-5);
    for (var i = local.x; i < shape.width; i += 64u) {
        let at = first + i;
        let value = (normalised[at] - mean) * inverse;
        normalised[at] = value;
        y[at] = value * parameters[shape.weight + i] + parameters[shape.bias + i];
    }
    if (local.x == 0u) {
        inverse_sd[row] = inverse;
    }
}
