//! Tables of latents, expected counts and dynamics.

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::steps::summarise::step::Summarised;
use crate::{Interval, MeanDynamics};

/// A row per latent of every cluster.
pub(crate) fn latents(all: &[Summarised]) -> Result<Table> {
    let mut rows: Vec<(&str, usize, usize, usize)> = Vec::new();
    let mut courses = Vec::new();
    for (of, latents) in with_latents(all) {
        for cluster in 0..latents.n_clusters() {
            for latent in 0..=latents.n_latents() {
                rows.push((&of.recording.name, cluster, latent, latents.n_draws()));
                courses.push(latents.latent(cluster, latent));
            }
        }
    }
    let builder = TableBuilder::new(kinds::BICLUSTER_LATENTS)
        .text("recording_id", rows.iter().map(|row| row.0))
        .integers("cluster", rows.iter().map(|row| row.1 as i64))
        .integers("latent", rows.iter().map(|row| row.2 as i64))
        .integers("n_draws", rows.iter().map(|row| row.3 as i64));
    with_intervals(builder, &courses)
}

/// A row per neuron.
pub(crate) fn rates(all: &[Summarised]) -> Result<Table> {
    let mut rows: Vec<(&str, &str)> = Vec::new();
    let mut courses = Vec::new();
    for (of, latents) in with_latents(all) {
        for (unit, named) in of.recording.units.iter().enumerate() {
            rows.push((&of.recording.name, &named.name));
            courses.push(latents.rate(unit));
        }
    }
    let builder = TableBuilder::new(kinds::BICLUSTER_RATES)
        .text("recording_id", rows.iter().map(|row| row.0))
        .text("unit_id", rows.iter().map(|row| row.1));
    with_intervals(builder, &courses)
}

fn with_latents(all: &[Summarised]) -> impl Iterator<Item = (&Summarised, &crate::PosteriorLatents)> {
    all.iter().filter_map(|of| Some((of, &of.latents.as_ref()?.posterior)))
}

fn with_intervals(builder: TableBuilder, courses: &[Vec<Interval>]) -> Result<Table> {
    let list = |of: fn(&Interval) -> f64| courses.iter().map(move |course| course.iter().map(of).collect());
    builder
        .lists("mean", list(|interval| interval.mean))
        .lists("low", list(|interval| interval.low))
        .lists("high", list(|interval| interval.high))
        .finish()
}

/// A row per state that draws with the clusters of the point estimate have.
pub(crate) fn dynamics(all: &[Summarised]) -> Result<Table> {
    let mut rows: Vec<(&Summarised, usize, &MeanDynamics)> = Vec::new();
    for of in all {
        let states = of.latents.iter().flat_map(|latents| latents.dynamics.iter().enumerate());
        rows.extend(states.filter_map(|(state, mean)| Some((of, state, mean.as_ref()?))));
    }
    let radii = rows.iter().map(|row| spectral_radius(row.2)).collect::<Result<Vec<f64>>>()?;
    TableBuilder::new(kinds::BICLUSTER_DYNAMICS)
        .text("recording_id", rows.iter().map(|row| &row.0.recording.name))
        .integers("state", rows.iter().map(|row| row.1 as i64))
        .numbers("share", rows.iter().map(|row| share(row.0, row.1)))
        .integers("n_draws", rows.iter().map(|row| row.2.n_draws as i64))
        .numbers("spectral_radius", radii)
        .lists("transition", rows.iter().map(|row| row.2.dynamics.transition.iter().copied().collect()))
        .lists("offset", rows.iter().map(|row| row.2.dynamics.offset.to_vec()))
        .lists("noise", rows.iter().map(|row| row.2.dynamics.noise.iter().copied().collect()))
        .finish()
}

fn share(of: &Summarised, state: usize) -> f64 {
    let states = &of.analysis.bins.labels;
    states.iter().filter(|&&found| found == state).count() as f64 / states.len().max(1) as f64
}

/// Largest size of the eigenvalues of A, by Gelfand's formula with 2^k-th powers.
fn spectral_radius(mean: &MeanDynamics) -> Result<f64> {
    const DOUBLINGS: i32 = 24;
    let mut power = mean.dynamics.transition.clone();
    let mut log_radius = 0.0;
    for doubling in 0..=DOUBLINGS {
        let size = power.iter().map(|value| value * value).sum::<f64>().sqrt();
        if size == 0.0 {
            return Ok(0.0);
        }
        if !size.is_finite() {
            return Err(Error::data("the mean dynamics of a state are not finite"));
        }
        log_radius += size.ln() / 2.0_f64.powi(doubling);
        power /= size;
        power = power.dot(&power);
    }
    Ok(log_radius.exp())
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};

    use super::*;
    use crate::Dynamics;

    #[test]
    fn the_spectral_radius_is_that_of_the_largest_eigenvalue() {
        let of = |transition: Array2<f64>| {
            let n = transition.nrows();
            let dynamics = Dynamics { transition, offset: Array1::zeros(n), noise: Array2::eye(n) };
            spectral_radius(&MeanDynamics { dynamics, n_draws: 1 }).unwrap()
        };
        let (sin, cos) = 0.3_f64.sin_cos();
        assert!((of(array![[1.01 * cos, -1.01 * sin], [1.01 * sin, 1.01 * cos]]) - 1.01).abs() < 1e-6);
        assert!((of(array![[0.5, 100.0], [0.0, 0.25]]) - 0.5).abs() < 1e-5);
        assert_eq!(of(array![[0.0, 1.0], [0.0, 0.0]]), 0.0);
    }
}
