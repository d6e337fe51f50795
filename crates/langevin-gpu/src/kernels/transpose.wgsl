// target [columns, rows] = source [rows, columns] turned
struct Shape {
    rows: u32,
    columns: u32,
    offset: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> turned: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i < shape.rows * shape.columns) {
        turned[(i % shape.columns) * shape.rows + i / shape.columns] = source[shape.offset + i];
    }
}
