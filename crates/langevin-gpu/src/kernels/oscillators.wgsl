// Coupled oscillators: the kernel summed over outputs kb [4, 3], and the force of one dimension.
const CHANNELS = 4u;

// Taps of every row of the kernel over their norm, or over epsilon where that is larger.
fn summed(kernel: u32, epsilon: f32, place: u32) -> f32 {
    var sum = 0.0;
    for (var output = 0u; output < CHANNELS; output++) {
        let at = kernel + (output * CHANNELS + place / 3u) * 3u;
        let taps = vec3<f32>(parameters[at], parameters[at + 1u], parameters[at + 2u]);
        sum += taps[place % 3u] / max(sqrt(dot(taps, taps)), epsilon);
    }
    return sum;
}

fn row_value(at: i32, channel: u32, n: u32) -> f32 {
    if (at < 0 || at >= i32(n)) {
        return 0.0;
    }
    return row[channel * n + u32(at)];
}

// f[c, j] = sum_k kb[c, k] s[j - k + 1] + sum_{c', k} kb[c', k] Z[c', j + k - 1], for `row` as Z [4, dim/4].
fn force_of(d: u32, dim: u32) -> f32 {
    let n = dim / CHANNELS;
    let channel = d / n;
    let j = i32(d % n);
    var force = 0.0;
    for (var k = 0u; k < 3u; k++) {
        var s = 0.0;
        for (var other = 0u; other < CHANNELS; other++) {
            s += row_value(j - i32(k) + 1, other, n);
            force += taps[other * 3u + k] * row_value(j + i32(k) - 1, other, n);
        }
        force += taps[channel * 3u + k] * s;
    }
    return force;
}
