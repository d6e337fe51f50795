// Cotangents of the flow from the last time to the first: a workgroup for each trial. Those of positions, velocities and
// means become those of the start and of the drive.
struct Shape {
    dim: u32,
    n_trials: u32,
    n_steps: u32,
    step: f32,
    keep: f32,
    pull: f32,
    potential: u32,
    of_potential: u32,
    epsilon: f32,
    // Whose squares the divergence has, as in the forward pass, and the variance they are divided by.
    squared: u32,
    variance: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read> v: array<f32>;
@group(0) @binding(4) var<storage, read> mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> dz: array<f32>;
@group(0) @binding(6) var<storage, read_write> dv: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_mean: array<f32>;

// Cotangents of the force.
var<workgroup> row: array<f32, 1024>;
var<workgroup> taps: array<f32, 12>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let n = shape.n_trials * shape.dim;
    let weight = step.divergence / shape.variance;
    if (shape.potential == 1u && local.x < 12u) {
        taps[local.x] = summed(shape.of_potential, shape.epsilon, local.x);
    }
    for (var d = local.x; d < shape.dim; d += 64u) {
        d_mean[group.x * shape.dim + d] = 0.0;
    }
    for (var back = 1u; back < shape.n_steps; back++) {
        let time = shape.n_steps - back;
        let first = time * n + group.x * shape.dim;
        workgroupBarrier();
        for (var d = local.x; d < shape.dim; d += 64u) {
            let now = first + d;
            var sum = dv[now];
            if (shape.squared == 0u) {
                sum += weight * v[now];
            } else if (shape.squared == 1u) {
                sum += weight * mean[now];
            }
            d_mean[now] = sum;
            row[d] = -shape.pull * sum;
        }
        workgroupBarrier();
        for (var d = local.x; d < shape.dim; d += 64u) {
            let now = first + d;
            let past = now - n;
            // The force is linear and symmetric: its adjoint is itself.
            var force = 0.0;
            if (shape.potential == 1u) {
                force = force_of(d, shape.dim);
            } else if (shape.potential == 2u) {
                force = parameters[shape.of_potential + d] * row[d];
            }
            dv[past] += shape.keep * d_mean[now] + shape.step * dz[now];
            dz[past] += dz[now] + force;
        }
    }
}
