// Masks of dropout: the words of Philox4x32-10 at the counters that the CPU uses, so that they are the same bits.

struct Site {
    key: vec2<u32>,
    threshold: u32,
    scale: f32,
}

fn high_of_product(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let cross = (a & 0xffffu) * (b >> 16u);
    let other = (a >> 16u) * (b & 0xffffu);
    let middle = (low >> 16u) + (cross & 0xffffu) + (other & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (cross >> 16u) + (other >> 16u) + (middle >> 16u);
}

fn philox(first: vec4<u32>, first_key: vec2<u32>) -> vec4<u32> {
    var counter = first;
    var key = first_key;
    for (var round = 0u; round < 10u; round++) {
        let a = counter.x;
        let c = counter.z;
        counter = vec4<u32>(
            high_of_product(c, 0xCD9E8D57u) ^ counter.y ^ key.x,
            c * 0xCD9E8D57u,
            high_of_product(a, 0xD2511F53u) ^ counter.w ^ key.y,
            a * 0xD2511F53u,
        );
        key = key + vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
    }
    return counter;
}

// 0 where value `i` of the row at `place` (time, trial, and what there is besides) is dropped, else the scale. A block of
// 64 values has 8 counters; each of their words decides on two values, 8 apart.
fn kept(site: Site, i: u32, place: vec3<u32>) -> f32 {
    if (site.threshold == 0u) {
        return 1.0;
    }
    let words = philox(vec4<u32>((i / 64u) * 8u + i % 8u, place), site.key);
    let word = words[(i % 64u) / 16u];
    let level = select(word & 0xffffu, word >> 16u, i % 16u >= 8u);
    return select(site.scale, 0.0, level < site.threshold);
}
