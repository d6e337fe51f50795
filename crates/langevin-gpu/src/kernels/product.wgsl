// C = alpha A B (+ bias) (+ C) in tiles of 64 by 64, for a batch of matrices, or for parts of the sum over k.
struct Shape {
    m: u32,
    n: u32,
    k: u32,
    // Terms of the sum that a part has; k where there are no parts.
    part: u32,
    a_offset: u32,
    a_row: u32,
    a_column: u32,
    b_offset: u32,
    b_row: u32,
    b_column: u32,
    c_offset: u32,
    c_row: u32,
    // A matrix of the batch is number (outer, inner).
    inner: u32,
    a_outer: u32,
    a_inner: u32,
    b_outer: u32,
    b_inner: u32,
    c_outer: u32,
    c_inner: u32,
    alpha: f32,
    has_bias: u32,
    bias_offset: u32,
    accumulates: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

const TILE = 64u;
const DEPTH = 16u;

var<workgroup> of_a: array<f32, 1024>;
var<workgroup> of_b: array<f32, 1024>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let outer = group.z / shape.inner;
    let inner = group.z % shape.inner;
    let a_first = shape.a_offset + outer * shape.a_outer + inner * shape.a_inner;
    let b_first = shape.b_offset + outer * shape.b_outer + inner * shape.b_inner;
    let c_first = shape.c_offset + outer * shape.c_outer + inner * shape.c_inner;
    // Where the sum has parts, the outer number is that of the part.
    var length = shape.k;
    if (shape.part < shape.k) {
        length = min(shape.part, shape.k - outer * shape.part);
    }
    let top = group.y * TILE;
    let left = group.x * TILE;
    let flat = local.y * 16u + local.x;
    var sum0 = vec4<f32>();
    var sum1 = vec4<f32>();
    var sum2 = vec4<f32>();
    var sum3 = vec4<f32>();
    for (var first = 0u; first < length; first += DEPTH) {
        for (var i = 0u; i < 4u; i++) {
            // Neighbours in memory are read by neighbours in the workgroup.
            let a_along = shape.a_column == 1u;
            let a_k = select(flat / 64u + 4u * i, flat % 16u, a_along);
            let a_m = select(flat % 64u, flat / 16u + 16u * i, a_along);
            var value = 0.0;
            if (top + a_m < shape.m && first + a_k < length) {
                value = a[a_first + (top + a_m) * shape.a_row + (first + a_k) * shape.a_column];
            }
            of_a[a_k * TILE + a_m] = value;
            let b_along = shape.b_column == 1u;
            let b_k = select(flat % 16u, flat / 64u + 4u * i, b_along);
            let b_n = select(flat / 16u + 16u * i, flat % 64u, b_along);
            value = 0.0;
            if (left + b_n < shape.n && first + b_k < length) {
                value = b[b_first + (first + b_k) * shape.b_row + (left + b_n) * shape.b_column];
            }
            of_b[b_k * TILE + b_n] = value;
        }
        workgroupBarrier();
        for (var k = 0u; k < DEPTH; k++) {
            let at_a = k * TILE + local.y;
            let at_b = k * TILE + local.x;
            let row = vec4<f32>(of_b[at_b], of_b[at_b + 16u], of_b[at_b + 32u], of_b[at_b + 48u]);
            sum0 += of_a[at_a] * row;
            sum1 += of_a[at_a + 16u] * row;
            sum2 += of_a[at_a + 32u] * row;
            sum3 += of_a[at_a + 48u] * row;
        }
        workgroupBarrier();
    }
    let column = left + local.x;
    store(c_first, top + local.y, column, sum0);
    store(c_first, top + local.y + 16u, column, sum1);
    store(c_first, top + local.y + 32u, column, sum2);
    store(c_first, top + local.y + 48u, column, sum3);
}

// Four values of a row, 16 columns apart.
fn store(c_first: u32, row: u32, first: u32, sums: vec4<f32>) {
    if (row >= shape.m) {
        return;
    }
    for (var i = 0u; i < 4u; i++) {
        let column = first + 16u * i;
        if (column < shape.n) {
            var value = shape.alpha * sums[i];
            if (shape.has_bias == 1u) {
                value += bias[shape.bias_offset + column];
            }
            let at = c_first + row * shape.c_row + column;
            if (shape.accumulates == 1u) {
                value += c[at];
            }
            c[at] = value;
        }
    }
}
