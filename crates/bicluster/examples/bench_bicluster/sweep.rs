//! Whole sweeps of a chain that has found its place.

use std::path::Path;

use ndarray::{Array1, Array2};
use neuroloom_bicluster::{
    Counts, DispersionPrior, DynamicsPrior, Groups, HdpPrior, Limits, LoadingPrior, NeuronPrior, Point,
    Priors, Sampler, Settings, Streams, start,
};
use neuroloom_core::Seed;

use super::harness::{Outcome, measure, read};

/// Sweeps before any is timed.
const BURN_IN: u64 = 100;

pub fn run(folder: &Path) -> Outcome {
    let sizes: Array2<i64> = read(folder, "sizes")?;
    for size in sizes.rows() {
        let (name, n_states) = (format!("{}x{}", size[0], size[1]), size[2] as usize);
        let counts: Array2<i64> = read(folder, &format!("counts_{name}"))?;
        let labels: Array1<i64> = read(folder, &format!("labels_{name}"))?;
        let labels = labels.iter().map(|&label| label as usize).collect();
        one(
            &format!("sweep {name}, {n_states} states"),
            &counts.mapv(|count| count as u32),
            labels,
            n_states,
        )?;
    }
    Ok(())
}

fn one(task: &str, counts: &Array2<u32>, labels: Vec<usize>, n_states: usize) -> Outcome {
    let (n_units, n_bins) = counts.dim();
    let seen = Array2::from_elem(counts.dim(), true);
    let counts = Counts::new(counts.clone(), seen, std::iter::once(0..n_bins).collect());
    let settings = Settings::new(priors(n_units, n_states), n_units);
    let streams = Streams::new(Seed::root(1), 0);
    let mut state = start(&counts, &settings.priors, Groups::One, 1.0, &streams.start());
    let n_clusters = labels.iter().max().map_or(0, |&last| last + 1);
    state.paths = Array2::zeros((n_bins, n_clusters * settings.priors.width()));
    let size = state.paths.ncols();
    for of in &mut state.dynamics {
        (of.transition, of.offset, of.noise) =
            (Array2::eye(size), Array1::zeros(size), Array2::eye(size) * 0.01);
    }
    state.labels = labels;
    let mut point = Point::new(state, settings.priors.hdp);
    let mut sampler = Sampler::new(&counts, &settings);
    let mut number = 0;
    let mut sweep = |point: &mut Point| {
        number += 1;
        sampler.sweep(point, &streams.sweep(number))
    };
    for _ in 0..BURN_IN {
        sweep(&mut point)?;
    }
    measure(task, || Ok(sweep(&mut point)?))?;
    eprintln!("{task}: {} clusters at the end", point.state.n_clusters());
    Ok(())
}

/// The defaults of the step.
fn priors(n_units: usize, n_states: usize) -> Priors {
    Priors {
        n_latents: 2,
        loading: LoadingPrior { mean: 0.0, sd: 1.0 },
        dispersion: DispersionPrior { shape: 1.0, rate: 1.0 },
        dynamics: DynamicsPrior { scale: 0.01, extra_df: 2.0, column_scale: 1.0 },
        hdp: HdpPrior { alpha: 5.0, gamma: 5.0, kappa: 10.0 },
        neurons: NeuronPrior::Mfm { rho: 0.2, g: 1.0 },
        limits: Limits { max_clusters: n_units / 2, max_states: n_states },
    }
}
