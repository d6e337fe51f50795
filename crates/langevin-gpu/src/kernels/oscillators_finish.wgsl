// Gradient of the kernel [4, 4, 3] from the cotangents of kb of all trials: one invocation for each row of taps.
struct Shape {
    n_trials: u32,
    kernel: u32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> of_trials: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(local_invocation_id) local: vec3<u32>) {
    let channel = local.x % 4u;
    var d = vec3<f32>();
    for (var trial = 0u; trial < shape.n_trials; trial++) {
        let at = trial * 12u + channel * 3u;
        d += vec3<f32>(of_trials[at], of_trials[at + 1u], of_trials[at + 2u]);
    }
    let at = shape.kernel + local.x * 3u;
    let taps = vec3<f32>(parameters[at], parameters[at + 1u], parameters[at + 2u]);
    let norm = sqrt(dot(taps, taps));
    var slope = d / shape.epsilon;
    if (norm > shape.epsilon) {
        let unit = taps / norm;
        slope = (d - unit * dot(d, unit)) / norm;
    }
    for (var k = 0u; k < 3u; k++) {
        gradient[at + k] = slope[k];
    }
}
