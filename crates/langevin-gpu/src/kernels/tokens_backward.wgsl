// Cotangents of positions, velocities and encoder states [times, trials, dim] from those of what the decoder sees.
struct Shape {
    dim: u32,
    width: u32,
    n_trials: u32,
    n_steps: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> d_tokens: array<f32>;
@group(0) @binding(2) var<storage, read_write> dz: array<f32>;
@group(0) @binding(3) var<storage, read_write> dv: array<f32>;
@group(0) @binding(4) var<storage, read_write> dh: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i >= shape.n_trials * shape.n_steps * shape.dim) {
        return;
    }
    let row = i / shape.dim;
    let source = ((row % shape.n_trials) * shape.n_steps + row / shape.n_trials) * shape.width + i % shape.dim;
    if (shape.width > shape.dim) {
        dz[i] = d_tokens[source];
        dv[i] = d_tokens[source + shape.dim];
    }
    var d = 0.0;
    if (shape.width != 2u * shape.dim) {
        d = d_tokens[source + shape.width - shape.dim];
    }
    dh[i] = d;
}
