//! Known truth is found again.
use std::collections::BTreeMap;
use std::f64::consts::TAU;

use ndarray::{Array1, Array2};
use ndarray_npy::NpzReader;
use neuroloom_testkit::shared_data;
use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::embed::{Scale, classical_mds};
use neuroloom_trsa::estimators::crossnobis;
use neuroloom_trsa::noise::{self, Precision};
use neuroloom_trsa::transforms::{GeoTop, Transform};
use neuroloom_trsa::{Rdm, models};

use crate::support::{labels, ring_cells};

const N: usize = 24;

fn models() -> [Rdm; 2] {
    let directions: Vec<f64> = (0..N).map(|i| TAU * i as f64 / N as f64).collect();
    let ring = models::ring(&directions, TAU).unwrap();
    let line = models::line(&directions).unwrap();
    [("ring", ring), ("line", line)].map(|(name, d)| Rdm::new(name, labels(N), d).unwrap())
}

#[test]
fn tuned_cells_are_nearer_to_the_ring_than_to_the_line() {
    let folds = ring_cells(1, (4, N, 30), 3.0);
    for precision in [Precision::identity(), noise::diagonal(folds.view()).unwrap()] {
        let data = Rdm::new("cells", labels(N), crossnobis(folds.view(), &precision).unwrap()).unwrap();
        for measure in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
            let similarity = compare(std::slice::from_ref(&data), &models(), measure).unwrap();
            assert!(similarity[[0, 0]] > similarity[[0, 1]] + 0.1, "{measure:?}: {similarity}");
            assert!(similarity[[0, 0]] > 0.8, "{measure:?}: {similarity}");
        }
    }
}

#[test]
fn the_map_of_tuned_cells_is_a_ring() {
    let folds = ring_cells(2, (4, N, 30), 1.0);
    let d = crossnobis(folds.view(), &Precision::identity()).unwrap();
    let map = classical_mds(&Rdm::new("cells", labels(N), d).unwrap(), 2, Scale::Squared).unwrap();
    let radii: Vec<f64> = map.coordinates.outer_iter().map(|point| point.dot(&point).sqrt()).collect();
    let mean = radii.iter().sum::<f64>() / N as f64;
    assert!(radii.iter().all(|radius| (radius / mean - 1.0).abs() < 0.2), "{radii:?}");
    let angle = |i: usize| map.coordinates[[i % N, 1]].atan2(map.coordinates[[i % N, 0]]);
    let turns: f64 =
        (0..N).map(|i| (angle(i + 1) - angle(i) + 1.5 * TAU) % TAU - TAU / 2.0).sum::<f64>() / TAU;
    assert!((turns.abs() - 1.0).abs() < 1e-9, "{turns}");
}

/// Layer and simulated measurement of the AlexNet RDMs: rows 34 to 96 of the file, 11 measurements of five
/// convolutional layers, then two of four further ones.
fn layers_and_measurements() -> Vec<(usize, usize)> {
    let convolutional = (0..5).flat_map(|layer| (0..11).map(move |measurement| (layer, measurement)));
    let others = (5..9).flat_map(|layer| [(layer, 0), (layer, 11)]);
    convolutional.chain(others).collect()
}

/// Share of RDMs whose layer is that of the nearest mean of the RDMs of other measurements.
fn identification(rdms: &[Vec<f64>], rows: &[(usize, usize)]) -> f64 {
    let correct = rows.iter().zip(rdms).filter(|&(&(layer, measurement), rdm)| {
        let mut sums: BTreeMap<usize, (Array1<f64>, f64)> = BTreeMap::new();
        for (&(other, _), rdm) in rows.iter().zip(rdms).filter(|((_, m), _)| *m != measurement) {
            let (sum, n) = sums.entry(other).or_insert_with(|| (Array1::zeros(rdm.len()), 0.0));
            *sum += &Array1::from(rdm.clone());
            *n += 1.0;
        }
        let distance = |(sum, n): &(Array1<f64>, f64)| {
            let difference = sum / *n - Array1::from(rdm.clone());
            difference.dot(&difference)
        };
        let nearest = sums.iter().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1))).unwrap();
        *nearest.0 == layer
    });
    correct.count() as f64 / rows.len() as f64
}

#[test]
fn layers_of_alexnet_are_identified_as_often_as_in_the_reference() {
    let Some(path) = shared_data("rsa/rsatoolbox_92images/rdms.npz") else { return };
    let file = std::fs::File::open(path).unwrap();
    let vectors: Array2<f64> = NpzReader::new(file).unwrap().by_name("vectors").unwrap();
    let rows = layers_and_measurements();
    let raw: Vec<Vec<f64>> = (34..97).map(|row| vectors.row(row).to_vec()).collect();
    let accuracy = |transform: Transform| {
        let transformed: Vec<Vec<f64>> = raw.iter().map(|d| transform.dissimilarities(d).unwrap()).collect();
        identification(&transformed, &rows)
    };
    let geotop = |l, u| Transform::GeoTop(GeoTop::new(l, u, true).unwrap());
    // Percentages of an independent computation, one decimal.
    let cases = [
        (identification(&raw, &rows), 28.6),
        (accuracy(Transform::Rank), 87.3),
        (accuracy(geotop(0.4, 0.6)), 90.5),
        (accuracy(geotop(0.1, 0.2)), 90.5),
        (accuracy(geotop(0.0, 0.2)), 85.7),
        (accuracy(geotop(0.8, 1.0)), 82.5),
    ];
    for (found, reference) in cases {
        assert!((100.0 * found - reference).abs() < 0.06, "{found} {reference}");
    }
}
