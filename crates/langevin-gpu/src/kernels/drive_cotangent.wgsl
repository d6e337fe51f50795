// Adds to the cotangent of the drive its own part of the divergence, after the first time.
struct Shape {
    first: u32,
    len: u32,
    variance: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> drive: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_drive: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let i = (group.y * groups.x + group.x) * 64u + local.x;
    if (i >= shape.first && i < shape.len) {
        d_drive[i] += step.divergence / shape.variance * drive[i];
    }
}
