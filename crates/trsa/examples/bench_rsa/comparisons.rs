//! Comparisons of RDMs.

use std::path::Path;

use ndarray::Array2;
use neuroloom_trsa::compare::{Comparison, Measure, Whitening, compare};

use crate::harness::{Outcome, measure, rdms, read};

pub fn run(folder: &Path) -> Outcome {
    let (data, models) = (rdms(folder, "rdms")?, rdms(folder, "models")?);
    let measures = [
        Measure::Cosine,
        Measure::Corr,
        Measure::Spearman,
        Measure::RhoA,
        Measure::TauA,
        Measure::TauB,
        Measure::CosineCov,
        Measure::CorrCov,
        Measure::Bures,
    ];
    for m in measures {
        measure(&format!("{} 100x20x92", m.name()), || compare(&data, &models, m))?;
    }
    let sigma: Array2<f64> = read(folder, "sigma")?;
    let whitened = || {
        let whitening = Whitening::full(sigma.view())?;
        Comparison::new(Measure::CosineCov).whitening(&whitening).of(&data[..8], &models[..2])
    };
    measure("cosine_cov full S 8x2x92", whitened)
}
