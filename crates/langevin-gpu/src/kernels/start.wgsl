// Start of position and velocity, and its divergence from the standard normal distribution: a workgroup for each trial.
struct Shape {
    dim: u32,
    n_trials: u32,
    // Number of the noise of the velocity's start.
    last_noise: u32,
    low: f32,
    high: f32,
    // Where the divergences are reported.
    report: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
// Means and log variances of position and velocity [4, trials, dim]; log variances are clamped.
@group(0) @binding(1) var<storage, read_write> start: array<f32>;
@group(0) @binding(2) var<storage, read> noise: array<f32>;
@group(0) @binding(3) var<storage, read_write> z: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<f32>;
@group(0) @binding(5) var<storage, read_write> report: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let n = shape.n_trials * shape.dim;
    var sum = 0.0;
    for (var d = local.x; d < shape.dim; d += 64u) {
        let i = group.x * shape.dim + d;
        let z_mean = start[i];
        let z_logvar = limited(start[n + i], shape.low, shape.high);
        let v_mean = start[2u * n + i];
        let v_logvar = limited(start[3u * n + i], shape.low, shape.high);
        start[n + i] = z_logvar;
        start[3u * n + i] = v_logvar;
        z[i] = z_mean + exp(0.5 * z_logvar) * noise[i];
        v[i] = v_mean + exp(0.5 * v_logvar) * noise[shape.last_noise * n + i];
        sum += z_mean * z_mean + (exp(z_logvar) - 1.0 - z_logvar);
        sum += v_mean * v_mean + (exp(v_logvar) - 1.0 - v_logvar);
    }
    let all = total(sum, local.x);
    if (local.x == 0u) {
        report[shape.report + group.x] = 0.5 * all;
    }
}
