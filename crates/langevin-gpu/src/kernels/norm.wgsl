// The Euclidean norm from the sums of squares of parts, and whether all that was reported before it is finite.
struct Shape {
    n_parts: u32,
    n_reported: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> parts: array<f32>;
// Sums, then the norm; then the norm again, or infinity where one of the sums is not finite.
@group(0) @binding(2) var<storage, read_write> report: array<u32>;

const EXPONENT = 0x7f800000u;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3<u32>) {
    var sum = 0.0;
    for (var i = local.x; i < shape.n_parts; i += 64u) {
        sum += parts[i];
    }
    var broken = 0.0;
    for (var i = local.x; i < shape.n_reported; i += 64u) {
        if ((report[i] & EXPONENT) == EXPONENT) {
            broken = 1.0;
        }
    }
    let norm = sqrt(total(sum, local.x));
    let any_broken = total(broken, local.x);
    if (local.x == 0u) {
        report[shape.n_reported] = bitcast<u32>(norm);
        report[shape.n_reported + 1u] = select(bitcast<u32>(norm), EXPONENT, any_broken > 0.0);
    }
}
