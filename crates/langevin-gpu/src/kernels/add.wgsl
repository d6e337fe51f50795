// sums += values, or sums = values at the first time
struct Shape {
    len: u32,
    is_first: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i >= shape.len) {
        return;
    }
    if (shape.is_first == 1u) {
        sums[i] = values[i];
    } else {
        sums[i] += values[i];
    }
}
