//! Dissimilarities from responses, and covariances of their noise.

use std::path::Path;

use ndarray::{Array2, Array3, ArrayView3, Axis};
use neuroloom_trsa::RsaError;
use neuroloom_trsa::estimators::{
    Estimator, Method, NoiseSource, Patterns, correlation, crossnobis, euclidean, movie,
};
use neuroloom_trsa::noise::{NoiseModel, Precision, from_residuals};

use crate::harness::{Outcome, measure, read};

/// Neighbourhoods of the searchlight that are timed; the peer's time is that of as many.
const CENTRES: usize = 1000;

pub fn run(folder: &Path) -> Outcome {
    for size in ["92x4x1000", "1000x2x5000"] {
        let folds: Array3<f64> = read(folder, size)?;
        all(folds.view(), size)?;
    }
    let precision: Array2<f64> = read(folder, "precision")?;
    let (folds, precision): (Array3<f64>, _) =
        (read(folder, "92x4x1000")?, Precision::full(precision.view())?);
    measure("crossnobis P 92x4x1000", || crossnobis(folds.view(), &precision))?;
    noise(folder)?;
    small(folder)
}

fn all(folds: ArrayView3<'_, f64>, size: &str) -> Outcome {
    measure(&format!("euclidean {size}"), || euclidean(folds))?;
    measure(&format!("correlation {size}"), || correlation(folds))?;
    measure(&format!("crossnobis I {size}"), || crossnobis(folds, &Precision::identity()))
}

fn noise(folder: &Path) -> Outcome {
    for size in ["368x1000", "200x3000"] {
        let residuals: Array2<f64> = read(folder, size)?;
        for (name, model) in
            [("shrinkage_diag", NoiseModel::ShrinkageDiag), ("shrinkage_eye", NoiseModel::ShrinkageEye)]
        {
            let covariance = || from_residuals(residuals.view(), None, model).map(|found| found.to_matrix());
            measure(&format!("{name} {size}"), covariance)?;
        }
    }
    Ok(())
}

/// Many small RDMs: those of a movie, and those of a searchlight.
fn small(folder: &Path) -> Outcome {
    let signals: Array3<f64> = read(folder, "movie")?;
    let signals = signals.insert_axis(Axis(0));
    let estimator = Estimator::new(Method::Euclidean);
    measure("movie 92x300x100", || movie(&estimator, signals.view()))?;
    let responses: Array2<f64> = read(folder, "searchlight")?;
    for method in [Method::Euclidean, Method::Correlation] {
        let estimator = Estimator::new(method);
        let centres = || -> Result<f64, RsaError> {
            let mut sum = 0.0;
            for centre in 0..CENTRES {
                let channels: Vec<usize> = (0..100).map(|place| (centre + 7 * place) % 1000).collect();
                let patterns = responses.select(Axis(1), &channels);
                let rdm = estimator.estimate(Patterns::from(&patterns), NoiseSource::Repeats)?;
                sum += rdm.iter().sum::<f64>();
            }
            Ok(sum)
        };
        measure(&format!("searchlight {} {CENTRES}x92x100", method.name()), centres)?;
    }
    Ok(())
}
