//! Transforms of RDMs.

use std::path::Path;

use ndarray::Array1;
use neuroloom_trsa::Rdm;
use neuroloom_trsa::transforms::{Edges, GeoTop, Geodesic, Thresholds, Transform};

use crate::harness::{Outcome, measure, rdms, read};

pub fn run(folder: &Path) -> Outcome {
    let data = rdms(folder, "rdms")?;
    let geodesic = Geodesic::new(Edges::Thresholds(Thresholds::new(0.2, 0.8)?), true)?;
    let transforms = [
        ("rank 100x92", Transform::Rank),
        ("geotop raw 100x92", Transform::GeoTop(GeoTop::new(0.2, 0.8, false)?)),
        ("geotop ranked 100x92", Transform::GeoTop(GeoTop::new(0.2, 0.8, true)?)),
        ("geodesic 100x92", Transform::Geodesic(geodesic)),
    ];
    for (name, transform) in transforms {
        measure(name, || transform.apply(&data))?;
    }
    let large: Array1<f64> = read(folder, "large")?;
    let conditions: Vec<String> = (0..500).map(|i| format!("{i:03}")).collect();
    let large = [Rdm::new("large", conditions, large.to_vec())?];
    measure("geodesic 1x500", || Transform::Geodesic(geodesic).apply(&large))
}
