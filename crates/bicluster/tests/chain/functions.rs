//! Functions of unknowns and counts that two ways of drawing them must agree on.

use std::collections::BTreeSet;

use neuroloom_bicluster::{Counts, Point};

use crate::prior::eta;

pub const NAMES: [&str; 29] = [
    "d",
    "d²",
    "c²",
    "|c|",
    "ln r",
    "(ln r)²",
    "K",
    "z1 = z2",
    "z1 = z3",
    "states",
    "s1 = s2",
    "s2 = s4",
    "stay",
    "y",
    "y²",
    "ln(1 + y)",
    "X²",
    "mu1²",
    "X1²",
    "X step²",
    "tr A",
    "ln |Q|",
    "b²",
    "eta",
    "eta²",
    "eta own pair",
    "eta other",
    "beta1",
    "d ln r",
];

/// Their values, in the order of [`NAMES`].
pub fn values(point: &Point, counts: &Counts, width: usize) -> [f64; NAMES.len()] {
    let state = &point.state;
    let (n_units, n_bins) = (state.labels.len(), state.paths.nrows());
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (mut sum, mut n) = (0.0, 0.0);
        for value in values {
            sum += value;
            n += 1.0;
        }
        sum / f64::max(n, 1.0)
    };
    let size = state.paths.ncols();
    let d = || state.loadings.column(0).into_iter().copied();
    let c = || state.loadings.columns().into_iter().skip(1).flat_map(|of| of.to_vec());
    let log_r = || state.dispersions.iter().map(|r| r.ln());
    // Bounded: means of heavy tails have no error that batches would tell.
    let y = || (0..n_units).flat_map(|unit| counts.unit(unit).to_vec()).map(f64::from).map(|y| y.min(20.0));
    let eta = eta(state, width);
    let used: BTreeSet<usize> = counts.steps().map(|bin| state.states[bin]).collect();
    let first = &state.dynamics[state.states[0]];
    let same = |a: usize, b: usize| f64::from(u8::from(state.labels[a] == state.labels[b]));
    let state_same = |a: usize, b: usize| f64::from(u8::from(state.states[a] == state.states[b]));
    let steps = || {
        counts.steps().map(|bin| (&state.paths.row(bin + 1) - &state.paths.row(bin)).mapv(|x| x * x).sum())
    };
    let log_noise: f64 = neuroloom_math::cholesky(first.noise.view())
        .map_or(f64::NAN, |of| 2.0 * of.lower.diag().mapv(f64::ln).sum());
    let baselines = (0..size).step_by(width);
    [
        mean(&mut d()),
        mean(&mut d().map(|d| d * d)),
        mean(&mut c().map(|c| c * c)),
        mean(&mut c().map(f64::abs)),
        mean(&mut log_r()),
        mean(&mut log_r().map(|r| r * r)),
        state.n_clusters() as f64,
        same(0, 1),
        same(0, 2),
        used.len() as f64,
        state_same(0, 1),
        state_same(1, 3),
        state.transitions.log_rows.diag().mapv(f64::exp).mean().unwrap_or(f64::NAN),
        mean(&mut y()),
        mean(&mut y().map(|y| y * y)),
        mean(&mut y().map(f64::ln_1p)),
        mean(&mut state.paths.iter().map(|x| (x * x).min(20.0))).min(100.0),
        mean(&mut baselines.map(|at| state.paths[[n_bins - 1, at]].powi(2))).min(100.0),
        mean(&mut state.paths.row(0).iter().map(|x| x * x)),
        mean(&mut steps()) / size as f64,
        first.transition.diag().sum() / size as f64,
        log_noise / size as f64,
        first.offset.mapv(|b| b * b).mean().unwrap_or(f64::NAN),
        eta.mean().unwrap_or(f64::NAN),
        eta.mapv(|eta| (eta * eta).min(20.0)).mean().unwrap_or(f64::NAN).min(100.0),
        (eta[[0, 2]] * eta[[0, 3]]).clamp(-10.0, 10.0),
        (eta[[0, 2]] * eta[[1, 2]]).clamp(-10.0, 10.0),
        state.transitions.log_weights.iter().map(|w| w.exp().powi(2)).sum(),
        mean(&mut d().zip(log_r()).map(|(d, r)| d * r)),
    ]
}
