// Adds a draw to the sums over draws. Deviations of the rates are from those of the first draw, so that few digits do.
struct Shape {
    len: u32,
    is_first: u32,
    largest: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> log_rates: array<f32>;
// Log rates, rates of the first draw, deviations of rates from these, their squares [4, len].
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    let n = shape.len;
    if (i >= n) {
        return;
    }
    let a = limited(log_rates[i], -shape.largest, shape.largest);
    let rate = exp(a);
    if (shape.is_first == 1u) {
        sums[i] = a;
        sums[n + i] = rate;
        sums[2u * n + i] = 0.0;
        sums[3u * n + i] = 0.0;
    } else {
        let deviation = rate - sums[n + i];
        sums[i] += a;
        sums[2u * n + i] += deviation;
        sums[3u * n + i] += deviation * deviation;
    }
}
