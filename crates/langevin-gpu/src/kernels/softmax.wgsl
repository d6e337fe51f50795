// Turns rows of scores [trials, heads, times, times] into shares that add up to 1, and drops some: a workgroup for each row.
struct Shape {
    n: u32,
    heads: u32,
    rows: u32,
    causal: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read_write> shares: array<f32>;
@group(0) @binding(4) var<storage, read_write> dropped: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
    let row = group.y * groups.x + group.x;
    if (row >= shape.rows) {
        return;
    }
    let n = shape.n;
    let time = row % n;
    let seen = select(n, time + 1u, shape.causal == 1u);
    let place = vec3<u32>(time, trials[row / (n * shape.heads)], (row / n) % shape.heads);
    var top = -3.0e38;
    for (var i = local.x; i < seen; i += 64u) {
        top = max(top, shares[row * n + i]);
    }
    top = largest(top, local.x);
    var sum = 0.0;
    for (var i = local.x; i < seen; i += 64u) {
        let power = exp(shares[row * n + i] - top);
        shares[row * n + i] = power;
        sum += power;
    }
    sum = total(sum, local.x);
    for (var i = local.x; i < n; i += 64u) {
        var share = 0.0;
        if (i < seen) {
            share = shares[row * n + i] / sum;
        }
        shares[row * n + i] = share;
        dropped[row * n + i] = share * kept(step.sites[1], i, place);
    }
}
