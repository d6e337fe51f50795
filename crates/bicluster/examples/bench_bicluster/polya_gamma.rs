//! Pólya-Gamma draws, one per entry of shapes and tilts; and how far their mean and variance are from the truth.

use std::path::Path;

use ndarray::Array1;
use neuroloom_bicluster::PolyaGamma;
use neuroloom_core::Seed;

use crate::harness::{Outcome, measure, read};

pub fn run(folder: &Path) -> Outcome {
    let exact = PolyaGamma { exact_below: f64::INFINITY };
    for task in tasks(folder)? {
        let shapes: Array1<f64> = read(folder, &format!("{task}.h"))?;
        let tilts: Array1<f64> = read(folder, &format!("{task}.z"))?;
        let mut rng = Seed::root(1).rng();
        let mut draw_all = |sampler: &PolyaGamma| {
            shapes.iter().zip(&tilts).map(|(&h, &z)| sampler.draw(h, z, &mut rng)).sum::<f64>()
        };
        measure(&task, || Ok(draw_all(&exact)))?;
        measure(&format!("{task}, shifted gamma"), || Ok(draw_all(&PolyaGamma { exact_below: 0.0 })))?;
    }
    let n_draws: Array1<f64> = read(folder, "bias n")?;
    let shapes: Array1<f64> = read(folder, "bias h")?;
    for (&h, &n) in shapes.iter().zip(&n_draws) {
        let (mean, variance) = bias(&exact, h, n as u64);
        println!("bias mean {h}\t{mean:e}\nbias variance {h}\t{variance:e}");
    }
    Ok(())
}

/// Names of the files of shapes, without their endings.
fn tasks(folder: &Path) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(".h.npy")).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Relative errors of mean and variance of draws without tilt.
fn bias(sampler: &PolyaGamma, h: f64, n: u64) -> (f64, f64) {
    let mut rng = Seed::root(2).rng();
    let (mean, variance) = (PolyaGamma::mean(h, 0.0), PolyaGamma::variance(h, 0.0));
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..n {
        let deviation = sampler.draw(h, 0.0, &mut rng) - mean;
        sum += deviation;
        squares += deviation * deviation;
    }
    let n = n as f64;
    (sum / n / mean, (squares / n - (sum / n).powi(2)) / variance - 1.0)
}
