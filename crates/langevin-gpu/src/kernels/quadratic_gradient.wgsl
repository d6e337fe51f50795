// Gradient of the stiffness of every dimension: the sum over times and trials of -pull d_mean z.
struct Shape {
    dim: u32,
    n_trials: u32,
    n_steps: u32,
    pull: f32,
    stiffness: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> d_mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let n = shape.n_trials * shape.dim;
    var sum = 0.0;
    for (var row = local.x; row < (shape.n_steps - 1u) * shape.n_trials; row += 64u) {
        let past = row * shape.dim + group.x;
        sum += z[past] * d_mean[past + n];
    }
    let all = total(sum, local.x);
    if (local.x == 0u) {
        gradient[shape.stiffness + group.x] = -shape.pull * all;
    }
}
