//! Forward filter, backward sampler.

use std::path::Path;

use ndarray::{Array1, Array2, Array3, s};
use neuroloom_bicluster::{
    Dynamics, FilterOptions, Filtered, Information, StepStatistics, log_density_of_steps, log_evidence,
};
use neuroloom_bicluster::{DynamicsPrior, Interaction, sample_dynamics};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::harness::{Outcome, measure, read};

pub fn run(folder: &Path) -> Outcome {
    let sizes: Array2<i64> = read(folder, "sizes")?;
    for size in sizes.rows() {
        let [n_units, n_bins, d] = [size[0], size[1], size[2]];
        one(folder, &format!("{n_units}x{n_bins}, D {d}"), &format!("{n_units}_{n_bins}_{d}"))?;
    }
    Ok(())
}

fn one(folder: &Path, name: &str, suffix: &str) -> Outcome {
    let array = |what: &str| format!("{what}_{suffix}");
    let (values, weights): (Array2<f64>, Array2<f64>) =
        (read(folder, &array("values"))?, read(folder, &array("weights"))?);
    let loadings: Array2<f64> = read(folder, &array("loadings"))?;
    let labels: Vec<usize> =
        read::<i64, ndarray::Ix1>(folder, &array("labels"))?.iter().map(|&z| z as usize).collect();
    let states: Array1<i64> = read(folder, &array("states"))?;
    let states: Vec<usize> = states.iter().map(|&state| state as usize).collect();
    let (a, b, q): (Array3<f64>, Array2<f64>, Array3<f64>) =
        (read(folder, &array("a"))?, read(folder, &array("b"))?, read(folder, &array("q"))?);
    let dynamics: Vec<Dynamics> = (0..a.dim().0)
        .map(|k| Dynamics {
            transition: a.slice(s![k, .., ..]).to_owned(),
            offset: b.row(k).to_owned(),
            noise: q.slice(s![k, .., ..]).to_owned(),
        })
        .collect();
    let segments: Vec<_> = std::iter::once(0..states.len()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let options = FilterOptions::default();
    let filter = || {
        let information = Information::of_gaussian(&labels, loadings.view(), values.view(), weights.view());
        Filtered::new(&information, &segments, &states, &dynamics, options)
    };
    measure(&format!("filter and sample {name}"), || Ok(filter()?.sample(&segments, &states, &mut rng)))?;
    let information = Information::of_gaussian(&labels, loadings.view(), values.view(), weights.view());
    let forward = || Ok(Filtered::new(&information, &segments, &states, &dynamics, options)?);
    measure(&format!("forward pass {name}"), forward)?;
    let paths = filter()?.sample(&segments, &states, &mut ChaCha8Rng::seed_from_u64(1));
    measure(&format!("densities of steps {name}"), || {
        Ok(log_density_of_steps(paths.view(), &dynamics, &segments)?)
    })?;
    let statistics = || StepStatistics::new(paths.view(), &states, &segments, dynamics.len());
    measure(&format!("statistics {name}"), || Ok(statistics()))?;
    let (prior, found) = (DynamicsPrior { scale: 0.01, extra_df: 2.0, column_scale: 1.0 }, statistics());
    measure(&format!("draws of dynamics {name}"), || {
        Ok(sample_dynamics(&prior, &found, Interaction::Full, 3, &mut rng)?)
    })?;
    measure(&format!("evidence {name}"), || {
        Ok(log_evidence(paths.view(), &found, &segments, &prior, Interaction::Full, 3)?)
    })
}
