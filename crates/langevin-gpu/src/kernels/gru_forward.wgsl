// All times of a gated recurrent unit: a workgroup for each trial. Rows are ordered by time.
struct Shape {
    n: u32,
    n_trials: u32,
    n_steps: u32,
    bias_hidden: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
// W_hh' [n, 3 n]: neighbours are read by neighbours.
@group(0) @binding(4) var<storage, read> turned: array<f32>;
// W_ih u + b_ih [times, trials, 3 n]
@group(0) @binding(5) var<storage, read> from_input: array<f32>;
// r, g, n and W_hn h + b_hn [times, trials, 4 n]
@group(0) @binding(6) var<storage, read_write> gates: array<f32>;
@group(0) @binding(7) var<storage, read_write> h: array<f32>;

// The state before and the state after a time: MAX_HIDDEN each.
var<workgroup> states: array<f32, 2048>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let n = shape.n;
    for (var i = local.x; i < n; i += 128u) {
        states[i] = 0.0;
    }
    workgroupBarrier();
    for (var time = 0u; time < shape.n_steps; time++) {
        let row = time * shape.n_trials + group.x;
        let before = (time % 2u) * 1024u;
        let after = 1024u - before;
        for (var i = local.x; i < n; i += 128u) {
            var hidden = vec3<f32>(
                parameters[shape.bias_hidden + i],
                parameters[shape.bias_hidden + n + i],
                parameters[shape.bias_hidden + 2u * n + i],
            );
            for (var k = 0u; k < n; k++) {
                let at = k * 3u * n + i;
                hidden += states[before + k] * vec3<f32>(turned[at], turned[at + n], turned[at + 2u * n]);
            }
            let input = row * 3u * n + i;
            let r = logistic(from_input[input] + hidden.x);
            let g = logistic(from_input[input + n] + hidden.y);
            let fresh = hyperbolic_tangent(from_input[input + 2u * n] + r * hidden.z);
            let state = fresh + g * (states[before + i] - fresh);
            let dropped = state * kept(step.sites[0], i, vec3<u32>(time, trials[group.x], 0u));
            let gate = row * 4u * n + i;
            gates[gate] = r;
            gates[gate + n] = g;
            gates[gate + 2u * n] = fresh;
            gates[gate + 3u * n] = hidden.z;
            h[row * n + i] = dropped;
            states[after + i] = dropped;
        }
        workgroupBarrier();
    }
}
