// A step of Adam with coupled L2, against a gradient cut to its largest norm. Where the norm is reported as not finite nothing moves.
struct Shape {
    len: u32,
    report: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> report: array<u32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(5) var<storage, read_write> mean: array<f32>;
@group(0) @binding(6) var<storage, read_write> mean_square: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    let bits = report[shape.report];
    if (i >= shape.len || (bits & 0x7f800000u) == 0x7f800000u) {
        return;
    }
    let norm = bitcast<f32>(bits);
    var g = gradient[i];
    if (step.clip > 0.0 && norm > step.clip) {
        g *= step.clip / norm;
    }
    let theta = parameters[i];
    g += step.decay * theta;
    let first = 0.9 * mean[i] + 0.1 * g;
    let second = 0.999 * mean_square[i] + 0.001 * g * g;
    mean[i] = first;
    mean_square[i] = second;
    parameters[i] = theta - step.size * first / (sqrt(second) * step.correction + 1e-8);
}
