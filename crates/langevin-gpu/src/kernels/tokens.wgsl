// What the decoder sees [trials, times, width] from positions, velocities and encoder states [times, trials, dim]: the last alone where
// it is as wide as one of them. Waves [times, width] tell bins apart.
struct Shape {
    dim: u32,
    width: u32,
    n_trials: u32,
    n_steps: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> h: array<f32>;
@group(0) @binding(4) var<storage, read> waves: array<f32>;
@group(0) @binding(5) var<storage, read_write> tokens: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i >= shape.n_trials * shape.n_steps * shape.width) {
        return;
    }
    let row = i / shape.width;
    let at = i % shape.width;
    let source = ((row % shape.n_steps) * shape.n_trials + row / shape.n_steps) * shape.dim + at % shape.dim;
    let part = select(at / shape.dim, 2u, shape.width == shape.dim);
    let wave = waves[(row % shape.n_steps) * shape.width + at];
    if (part == 0u) {
        tokens[i] = z[source] + wave;
    } else if (part == 1u) {
        tokens[i] = v[source] + wave;
    } else {
        tokens[i] = h[source] + wave;
    }
}
