//! Dissimilarities from responses.

use std::path::Path;

use ndarray::{Array2, Array3, ArrayView3};
use neuroloom_trsa::estimators::{correlation, crossnobis, euclidean};
use neuroloom_trsa::noise::Precision;

use crate::harness::{Outcome, measure, read};

pub fn run(folder: &Path) -> Outcome {
    for size in ["92x4x1000", "1000x2x5000"] {
        let folds: Array3<f64> = read(folder, size)?;
        all(folds.view(), size)?;
    }
    let precision: Array2<f64> = read(folder, "precision")?;
    let (folds, precision): (Array3<f64>, _) =
        (read(folder, "92x4x1000")?, Precision::full(precision.view())?);
    measure("crossnobis P 92x4x1000", || crossnobis(folds.view(), &precision))
}

fn all(folds: ArrayView3<'_, f64>, size: &str) -> Outcome {
    measure(&format!("euclidean {size}"), || euclidean(folds))?;
    measure(&format!("correlation {size}"), || correlation(folds))?;
    measure(&format!("crossnobis I {size}"), || crossnobis(folds, &Precision::identity()))
}
