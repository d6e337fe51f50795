//! How fast the rates move, against the interval that was produced.

use ndarray::{ArrayView2, ArrayView3, Axis};
use neuroloom_core::{Error, Result};

/// Mean over time of the distance `|rate_(t+1) - rate_t|` between the rates `[bins, units]` of successive bins, over
/// the bins that `counts` keeps. NaN with fewer than two of them.
pub fn neural_speed(rates: ArrayView2<'_, f64>, counts: &[bool]) -> f64 {
    let kept: Vec<usize> =
        (0..rates.nrows()).filter(|&bin| counts.get(bin).copied().unwrap_or(false)).collect();
    let step = |pair: &[usize]| {
        let (a, b) = (rates.index_axis(Axis(0), pair[0]), rates.index_axis(Axis(0), pair[1]));
        a.iter().zip(b).map(|(a, b)| (b - a).powi(2)).sum::<f64>().sqrt()
    };
    kept.windows(2).map(step).sum::<f64>() / kept.len().saturating_sub(1) as f64
}

/// Pearson's correlation of `a` and `b`; NaN where one of them does not vary.
pub fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - mean_a, b - mean_b)).sum::<f64>();
    let r = sum(&|a, b| a * b) / (sum(&|a, _| a * a).sqrt() * sum(&|_, b| b * b).sqrt());
    r.clamp(-1.0, 1.0)
}

/// Correlation between [`neural_speed`] and the produced interval within each condition, averaged over conditions.
///
/// `spikes` `[trials, bins, units]` of held-out units are NaN outside the stretch that counts (of the first unit);
/// `rates` `[trials, bins, units]` are of all units; `condition` and `produced_s` are one per trial, a trial without a
/// condition does not count.
///
/// # Errors
/// When shapes do not fit, or a condition has fewer than two trials.
pub fn timing_correlation(
    spikes: ArrayView3<'_, f64>,
    rates: ArrayView3<'_, f64>,
    condition: &[Option<&str>],
    produced_s: &[f64],
) -> Result<f64> {
    let (n, bins, _) = rates.dim();
    if (spikes.dim().0, spikes.dim().1) != (n, bins) || condition.len() != n || produced_s.len() != n {
        return Err(Error::data("rates, spikes and produced intervals do not fit")
            .expected(format!("{n} trials × {bins} bins"))
            .found(format!(
                "{:?}, {} conditions, {} intervals",
                spikes.dim(),
                condition.len(),
                produced_s.len()
            )));
    }
    let speed = |trial: usize| {
        let first = spikes.index_axis(Axis(0), trial);
        let counts: Vec<bool> =
            first.outer_iter().map(|row| row.first().is_some_and(|k| !k.is_nan())).collect();
        neural_speed(rates.index_axis(Axis(0), trial), &counts)
    };
    let speeds: Vec<f64> = (0..n).map(speed).collect();
    let mut names: Vec<&str> = condition.iter().copied().flatten().collect();
    names.sort_unstable();
    names.dedup();
    let correlation = |name: &&str| {
        let own: Vec<usize> = (0..n).filter(|&trial| condition[trial] == Some(name)).collect();
        if own.len() < 2 {
            return Err(Error::data("a condition has too few trials to correlate")
                .at_object(format!("condition {name}"))
                .expected("at least 2")
                .found(own.len().to_string()));
        }
        let of = |all: &[f64]| own.iter().map(|&trial| all[trial]).collect::<Vec<f64>>();
        Ok(pearson(&of(&speeds), &of(produced_s)))
    };
    if names.is_empty() {
        return Err(Error::data("no trial has a condition"));
    }
    let all = names.iter().map(correlation).collect::<Result<Vec<f64>>>()?;
    Ok(all.iter().sum::<f64>() / all.len() as f64)
}
