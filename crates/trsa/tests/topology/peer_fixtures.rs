//! Agreement with rsatoolbox 0.3.2 and scipy on the inputs of `fixtures/topology.npz` (made by
//! `benches/peers/make_rsa_topology_fixtures.py`), and the peer's defects beside the definitions.

use std::fs::File;
use std::path::Path;

use ndarray::{Array1, Array2, ArrayView1, Dimension, OwnedRepr};
use ndarray_npy::{NpzReader, ReadableElement};
use neuroloom_trsa::Rdm;
use neuroloom_trsa::compare::{Comparison, Measure, Whitening, compare};
use neuroloom_trsa::transforms::{Edges, Geodesic, Thresholds};

use crate::support::labels;

fn fixture<A: ReadableElement, D: Dimension>(name: &str) -> ndarray::ArrayBase<OwnedRepr<A>, D, A> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/topology.npz");
    NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap()
}

fn rdms(name: &str) -> Vec<Rdm> {
    let rows: Array2<f64> = fixture(name);
    let rdm = |(i, row): (usize, ArrayView1<'_, f64>)| {
        Rdm::new(format!("{name} {i}"), labels(10), row.to_vec()).unwrap()
    };
    rows.outer_iter().enumerate().map(rdm).collect()
}

#[track_caller]
fn assert_agrees(ours: &Array2<f64>, peer: &str, tolerance: f64) {
    let peer: Array2<f64> = fixture(peer);
    let scale = peer.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
    let worst = (ours - &peer).iter().fold(0.0_f64, |worst, error| worst.max(error.abs()));
    assert!(worst <= tolerance * scale, "{worst:e}");
}

#[test]
fn comparisons_agree_with_and_without_ties() {
    for (measure, name) in [
        (Measure::TauA, "tau_a"),
        (Measure::TauB, "tau_b"),
        (Measure::CosineCov, "cosine_cov"),
        (Measure::CorrCov, "corr_cov"),
    ] {
        assert_agrees(&compare(&rdms("data"), &rdms("models"), measure).unwrap(), name, 1e-10);
    }
}

/// The peer solves by conjugate gradients, to a relative 1e-5.
#[test]
fn whitening_by_a_matrix_agrees_as_far_as_the_peer_iterates() {
    let sigma: Array2<f64> = fixture("sigma");
    let whitening = Whitening::full(sigma.view()).unwrap();
    for (measure, name) in [(Measure::CosineCov, "cosine_cov_full"), (Measure::CorrCov, "corr_cov_full")] {
        let ours = Comparison::new(measure).whitening(&whitening).of(&rdms("data"), &rdms("models")).unwrap();
        assert_agrees(&ours.similarities, name, 3e-5);
    }
}

/// The peer centres as if all conditions were alike and divides by their variances afterwards. A vector and the diagonal
/// matrix of it must be the same.
#[test]
fn whitening_by_a_vector_is_the_definition_where_the_peer_is_wrong() {
    let variances: Array1<f64> = fixture("variances");
    let similarity = |whitening: &Whitening| {
        let comparison = Comparison::new(Measure::CosineCov).whitening(whitening);
        comparison.of(&rdms("data"), &rdms("models")).unwrap().similarities
    };
    let vector = similarity(&Whitening::diagonal(variances.as_slice().unwrap()).unwrap());
    let matrix = similarity(&Whitening::full(Array2::from_diag(&variances).view()).unwrap());
    assert!((&vector - &matrix).iter().all(|error| error.abs() < 1e-14));
    let peer: Array2<f64> = fixture("peer_cosine_cov_vector");
    let worst = (&vector - &peer).iter().fold(0.0_f64, |worst, error| worst.max(error.abs()));
    println!("rsatoolbox cosine_cov with a vector: {worst} off");
    assert!(worst > 1e-3, "the peer was expected to be wrong");
}

#[test]
fn second_moment_measures_agree() {
    let (data, models) = (rdms("euclidean"), rdms("euclidean_models"));
    assert_agrees(&compare(&data, &models, Measure::Bures).unwrap(), "bures", 1e-7);
    assert_agrees(&compare(&data, &models, Measure::BuresMetric).unwrap(), "bures_metric", 1e-6);
    // The peer minimises by the simplex method, to 1e-4.
    assert_agrees(&compare(&data, &models, Measure::NegRiemDist).unwrap(), "neg_riem_dist", 1e-3);
    let sigma: Array2<f64> = fixture("sigma");
    let whitening = Whitening::full(sigma.view()).unwrap();
    let ours = Comparison::new(Measure::NegRiemDist).whitening(&whitening).of(&data, &models).unwrap();
    assert_agrees(&ours.similarities, "neg_riem_dist_full", 1e-3);
}

#[test]
fn path_lengths_are_those_of_scipy_where_the_peer_is_wrong() {
    let geodesic = Geodesic::new(Edges::Thresholds(Thresholds::new(0.2, 0.6).unwrap()), false).unwrap();
    let (expected, peer): (Array2<f64>, Array2<f64>) = (fixture("path_lengths"), fixture("peer_geodesic"));
    let mut n_wrong = 0;
    for ((rdm, expected), peer) in rdms("data").iter().zip(expected.outer_iter()).zip(peer.outer_iter()) {
        let ours = geodesic.path_lengths(rdm.dissimilarities()).unwrap();
        for ((ours, expected), peer) in ours.iter().zip(expected).zip(peer) {
            assert!(ours == expected || (ours - expected).abs() < 1e-12, "{ours} {expected}");
            n_wrong += usize::from((expected - peer).abs() > 1e-6);
        }
    }
    println!("rsatoolbox geotop and geodesic (0.2, 0.6): {n_wrong} of 180 pairs differ from the definition");
    assert!(n_wrong > 90, "the peer was expected to be wrong");
}
