// Sums of squares of parts of a vector: a workgroup for each part.
struct Shape {
    len: u32,
    part: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let end = min(shape.len, (group.x + 1u) * shape.part);
    var sum = 0.0;
    for (var i = group.x * shape.part + local.x; i < end; i += 64u) {
        sum += x[i] * x[i];
    }
    let all = total(sum, local.x);
    if (local.x == 0u) {
        parts[group.x] = all;
    }
}
