// Cotangents of the gates of a gated recurrent unit, from the last time to the first: a workgroup for each trial.
struct Shape {
    n: u32,
    n_trials: u32,
    n_steps: u32,
    weight_hidden: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read> h: array<f32>;
@group(0) @binding(5) var<storage, read> dh: array<f32>;
// r, g, n and W_hn h + b_hn; afterwards the cotangents of what enters r, of what enters g, of W_hn h + b_hn, and of the
// input part of n.
@group(0) @binding(6) var<storage, read_write> gates: array<f32>;

// MAX_HIDDEN, and three times that.
var<workgroup> carried: array<f32, 1024>;
var<workgroup> cotangents: array<f32, 3072>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let n = shape.n;
    for (var i = local.x; i < n; i += 128u) {
        carried[i] = 0.0;
    }
    for (var back = 0u; back < shape.n_steps; back++) {
        let time = shape.n_steps - 1u - back;
        let row = time * shape.n_trials + group.x;
        workgroupBarrier();
        for (var i = local.x; i < n; i += 128u) {
            let d = (carried[i] + dh[row * n + i]) * kept(step.sites[0], i, vec3<u32>(time, trials[group.x], 0u));
            var before = 0.0;
            if (time > 0u) {
                before = h[(row - shape.n_trials) * n + i];
            }
            let at = row * 4u * n + i;
            let r = gates[at];
            let g = gates[at + n];
            let fresh = gates[at + 2u * n];
            let hidden = gates[at + 3u * n];
            let d_fresh = d * (1.0 - g) * (1.0 - fresh * fresh);
            let d_g = d * (before - fresh) * g * (1.0 - g);
            let d_r = d_fresh * hidden * r * (1.0 - r);
            carried[i] = d * g;
            cotangents[i] = d_r;
            cotangents[n + i] = d_g;
            cotangents[2u * n + i] = d_fresh * r;
            gates[at] = d_r;
            gates[at + n] = d_g;
            gates[at + 2u * n] = d_fresh * r;
            gates[at + 3u * n] = d_fresh;
        }
        workgroupBarrier();
        for (var i = local.x; i < n; i += 128u) {
            var sum = carried[i];
            for (var j = 0u; j < 3u * n; j++) {
                sum += cotangents[j] * parameters[shape.weight_hidden + j * n + i];
            }
            carried[i] = sum;
        }
    }
}
