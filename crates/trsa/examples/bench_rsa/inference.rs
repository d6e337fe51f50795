//! Bootstraps of 20 fixed models for 20 subjects.

use std::path::Path;

use neuroloom_core::Seed;
use neuroloom_trsa::compare::Measure;
use neuroloom_trsa::fit::Model;
use neuroloom_trsa::inference::{Boot, Evaluator, Problem, Resampling, Scheme, resample, variances};

use crate::harness::{Outcome, measure, rdms};

/// Samples of every bootstrap.
const N: u64 = 1000;

pub fn run(folder: &Path) -> Outcome {
    let models: Vec<Model> = rdms(folder, "models")?.into_iter().map(Model::fixed).collect();
    let problem = Problem::new::<&str>(&models, &rdms(folder, "rdms")?, None)?;
    let both = Resampling::plain(Scheme::Single(Boot::Both));
    let tasks = [
        ("bootstrap cosine", Measure::Cosine, both),
        ("bootstrap corr", Measure::Corr, both),
        ("bootstrap rho_a", Measure::RhoA, both),
        ("bootstrap cosine_cov", Measure::CosineCov, both),
        ("dual bootstrap corr", Measure::Corr, Resampling::plain(Scheme::Dual)),
        (
            "bootstrap crossval corr",
            Measure::Corr,
            Resampling { k_rdms: 4, k_conditions: 5, n_cv: 2, ..both },
        ),
    ];
    for (name, by, resampling) in tasks {
        measure(name, || {
            let evaluator = Evaluator::new(&problem, by)?;
            let records = resample(&evaluator, &resampling, Seed::root(1), 0..N)?;
            variances(&evaluator, &resampling, &records)
        })?;
    }
    Ok(())
}
