// Turns cotangents of dropped shares into those of the scores: p o (d - sum(p o d)), a workgroup for each row.
struct Shape {
    n: u32,
    heads: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read> shares: array<f32>;
@group(0) @binding(4) var<storage, read_write> d: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let row = group.y * groups.x + group.x;
    if (row >= shape.rows) {
        return;
    }
    let n = shape.n;
    let place = vec3<u32>(row % n, trials[row / (n * shape.heads)], (row / n) % shape.heads);
    var sum = 0.0;
    for (var i = local.x; i < n; i += 64u) {
        let at = row * n + i;
        let slope = d[at] * kept(step.sites[1], i, place);
        d[at] = slope;
        sum += slope * shares[at];
    }
    sum = total(sum, local.x);
    for (var i = local.x; i < n; i += 64u) {
        let at = row * n + i;
        d[at] = shares[at] * (d[at] - sum);
    }
}
