// Likelihood of the counts and cotangents of the log rates: a workgroup for each trial. Log rates are clamped. A cotangent is 0
// where an entry passes no gradient, its count is not known, or its log rate was clamped.
struct Shape {
    n_in: u32,
    n_out: u32,
    n_observed: u32,
    n_bins: u32,
    largest: f32,
    // Where the likelihoods are reported, and where those of units held out, in observed bins.
    report: u32,
    held_out: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> trials: array<u32>;
// As bits: what is not a number is told by them alone.
@group(0) @binding(3) var<storage, read> counts: array<u32>;
@group(0) @binding(4) var<storage, read_write> log_rates: array<f32>;
@group(0) @binding(5) var<storage, read_write> d_log_rates: array<f32>;
@group(0) @binding(6) var<storage, read_write> report: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let trial = trials[group.x];
    let len = shape.n_bins * shape.n_out;
    var sum = 0.0;
    var held_out = 0.0;
    for (var entry = local.x; entry < len; entry += 64u) {
        let bits = counts[trial * len + entry];
        let known = (bits & 0x7fffffffu) <= 0x7f800000u;
        let at = group.x * len + entry;
        let a = limited(log_rates[at], -shape.largest, shape.largest);
        log_rates[at] = a;
        let rate = exp(a);
        var slope = 0.0;
        if (known) {
            let count = bitcast<f32>(bits);
            let nll = rate - count * a;
            sum += nll;
            if (entry % shape.n_out >= shape.n_in && entry / shape.n_out < shape.n_observed) {
                held_out += nll;
            }
            if (a < shape.largest && a > -shape.largest) {
                slope = step.entry * passes(trial, entry) * (rate - count);
            }
        }
        d_log_rates[at] = slope;
    }
    let all = total(sum, local.x);
    let all_held_out = total(held_out, local.x);
    if (local.x == 0u) {
        report[shape.report + group.x] = all;
        report[shape.held_out + group.x] = all_held_out;
    }
}

// 1 where the encoder does not see the entry; else whether it passes a gradient all the same.
fn passes(trial: u32, entry: u32) -> f32 {
    let unit = entry % shape.n_out;
    let time = entry / shape.n_out;
    if (unit >= shape.n_in || time >= shape.n_observed || step.sites[5].threshold == 0u) {
        return 1.0;
    }
    let place = vec3<u32>(time, trial, 0u);
    if (kept(step.sites[5], unit, place) == 0.0) {
        return 1.0;
    }
    return kept(step.sites[6], unit, place);
}
