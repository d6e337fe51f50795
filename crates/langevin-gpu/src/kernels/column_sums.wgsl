// Sums of columns of x, or of x o factor, over parts of the rows: [parts, columns]. 64 columns and a part for each workgroup.
struct Shape {
    rows: u32,
    columns: u32,
    // Rows of a part.
    part: u32,
    offset: u32,
    stride: u32,
    has_factor: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> factor: array<f32>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let column = group.x * 64u + local.x;
    if (column >= shape.columns) {
        return;
    }
    let end = min(shape.rows, (group.y + 1u) * shape.part);
    var sum = 0.0;
    for (var row = group.y * shape.part; row < end; row++) {
        let at = shape.offset + row * shape.stride + column;
        var value = x[at];
        if (shape.has_factor == 1u) {
            value *= factor[at];
        }
        sum += value;
    }
    parts[group.y * shape.columns + column] = sum;
}
