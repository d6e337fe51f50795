// Cotangents of means and log variances of the start [4, trials, dim] from those of the start itself.
struct Shape {
    n: u32,
    // Number of the noise of the velocity's start.
    last_noise: u32,
    low: f32,
    high: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> start: array<f32>;
@group(0) @binding(3) var<storage, read> noise: array<f32>;
@group(0) @binding(4) var<storage, read> dz: array<f32>;
@group(0) @binding(5) var<storage, read> dv: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_start: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    let n = shape.n;
    if (i >= n) {
        return;
    }
    d_start[i] = dz[i] + step.divergence * start[i];
    d_start[n + i] = slope(start[n + i], dz[i], noise[i]);
    d_start[2u * n + i] = dv[i] + step.divergence * start[2u * n + i];
    d_start[3u * n + i] = slope(start[3u * n + i], dv[i], noise[shape.last_noise * n + i]);
}

// 0 where the log variance was clamped.
fn slope(logvar: f32, d: f32, e: f32) -> f32 {
    let sd = exp(0.5 * logvar);
    let value = 0.5 * (d * sd * e + step.divergence * (sd * sd - 1.0));
    return select(0.0, value, logvar > shape.low && logvar < shape.high);
}
