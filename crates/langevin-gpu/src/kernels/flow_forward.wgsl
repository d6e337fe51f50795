// All times of the Langevin flow: a workgroup for each trial. z' = z + step v, mean = keep v - pull f + c, v' = mean + sd e.
struct Shape {
    dim: u32,
    n_trials: u32,
    n_steps: u32,
    step: f32,
    keep: f32,
    pull: f32,
    sd: f32,
    has_drive: u32,
    // 0: none, 1: oscillators, 2: a stiffness for each dimension
    potential: u32,
    of_potential: u32,
    epsilon: f32,
    // Whose squares are summed: 0 of velocities, 1 of means, 2 of the drive.
    squared: u32,
    report: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> noise: array<f32>;
@group(0) @binding(3) var<storage, read> drive: array<f32>;
@group(0) @binding(4) var<storage, read_write> z: array<f32>;
@group(0) @binding(5) var<storage, read_write> v: array<f32>;
@group(0) @binding(6) var<storage, read_write> mean: array<f32>;
@group(0) @binding(7) var<storage, read_write> report: array<f32>;

var<workgroup> row: array<f32, 1024>;
var<workgroup> taps: array<f32, 12>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let n = shape.n_trials * shape.dim;
    if (shape.potential == 1u && local.x < 12u) {
        taps[local.x] = summed(shape.of_potential, shape.epsilon, local.x);
    }
    for (var d = local.x; d < shape.dim; d += 64u) {
        mean[group.x * shape.dim + d] = 0.0;
    }
    var squares = 0.0;
    for (var time = 1u; time < shape.n_steps; time++) {
        let first = (time - 1u) * n + group.x * shape.dim;
        workgroupBarrier();
        for (var d = local.x; d < shape.dim; d += 64u) {
            row[d] = z[first + d];
        }
        workgroupBarrier();
        for (var d = local.x; d < shape.dim; d += 64u) {
            var force = 0.0;
            if (shape.potential == 1u) {
                force = force_of(d, shape.dim);
            } else if (shape.potential == 2u) {
                force = parameters[shape.of_potential + d] * row[d];
            }
            let past = v[first + d];
            let now = first + n + d;
            var centre = shape.keep * past - shape.pull * force;
            var pushed = 0.0;
            if (shape.has_drive == 1u) {
                pushed = drive[now];
                centre += pushed;
            }
            let velocity = centre + shape.sd * noise[now];
            z[now] = row[d] + shape.step * past;
            v[now] = velocity;
            mean[now] = centre;
            let value = select(select(pushed, centre, shape.squared == 1u), velocity, shape.squared == 0u);
            squares += value * value;
        }
    }
    let all = total(squares, local.x);
    if (local.x == 0u) {
        report[shape.report + group.x] = 0.5 * all;
    }
}
