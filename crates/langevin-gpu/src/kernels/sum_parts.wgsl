// target = parts[0] + parts[1] + ..., element by element and in this order
struct Shape {
    len: u32,
    n_parts: u32,
    offset: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i >= shape.len) {
        return;
    }
    var sum = 0.0;
    for (var part = 0u; part < shape.n_parts; part++) {
        sum += parts[part * shape.len + i];
    }
    sums[shape.offset + i] = sum;
}
