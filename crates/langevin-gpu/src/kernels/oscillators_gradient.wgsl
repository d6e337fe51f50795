// Cotangent of kb [4, 3] of every trial: sum_j d[c, j] s[j - k + 1] + (sum_{c'} d[c', j]) Z[c, j + k - 1] over times, with
// d = -pull d_mean the cotangent of the force. A workgroup for each trial.
struct Shape {
    dim: u32,
    n_trials: u32,
    n_steps: u32,
    pull: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> d_mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> of_trials: array<f32>;

const CHANNELS = 4u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let n = shape.dim / CHANNELS;
    let stride = shape.n_trials * shape.dim;
    // One channel in each component.
    var sums = array<vec4<f32>, 3>();
    let sites = (shape.n_steps - 1u) * n;
    for (var site = local.x; site < sites; site += 64u) {
        let j = site % n;
        let past = (site / n) * stride + group.x * shape.dim;
        let now = past + stride + j;
        let d = -shape.pull * vec4<f32>(d_mean[now], d_mean[now + n], d_mean[now + 2u * n], d_mean[now + 3u * n]);
        let d_sum = d.x + d.y + d.z + d.w;
        for (var k = 0u; k < 3u; k++) {
            sums[k] += d * sum_of(past, j + 2u - k, n) + d_sum * channels(past, j + k, n);
        }
    }
    for (var k = 0u; k < 3u; k++) {
        for (var channel = 0u; channel < CHANNELS; channel++) {
            let all = total(sums[k][channel], local.x);
            if (local.x == 0u) {
                of_trials[group.x * 12u + channel * 3u + k] = all;
            }
        }
    }
}

// The four channels at `place - 1`, 0 beyond the ends.
fn channels(first: u32, place: u32, n: u32) -> vec4<f32> {
    if (place < 1u || place > n) {
        return vec4<f32>();
    }
    let at = first + place - 1u;
    return vec4<f32>(z[at], z[at + n], z[at + 2u * n], z[at + 3u * n]);
}

fn sum_of(first: u32, place: u32, n: u32) -> f32 {
    let values = channels(first, place, n);
    return values.x + values.y + values.z + values.w;
}
