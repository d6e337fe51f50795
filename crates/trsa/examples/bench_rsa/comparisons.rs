//! Transforms and comparisons of RDMs.

use std::path::Path;

use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::transforms::{GeoTop, Transform};

use crate::harness::{Outcome, measure, rdms};

pub fn run(folder: &Path) -> Outcome {
    let (data, models) = (rdms(folder, "rdms")?, rdms(folder, "models")?);
    for m in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
        measure(&format!("{} 100x20x92", m.name()), || compare(&data, &models, m))?;
    }
    let transforms = [
        ("rank 100x92", Transform::Rank),
        ("geotop raw 100x92", Transform::GeoTop(GeoTop::new(0.2, 0.8, false)?)),
        ("geotop ranked 100x92", Transform::GeoTop(GeoTop::new(0.2, 0.8, true)?)),
    ];
    for (name, transform) in transforms {
        measure(name, || transform.apply(&data))?;
    }
    Ok(())
}
