//! Agreement with rsatoolbox 0.3.2 on the inputs of `fixtures/rsatoolbox.npz` (made by
//! `benches/peers/make_rsa_fixtures.py`). The tolerance of 1e-10 leaves room for another order of additions alone.

use std::fs::File;
use std::path::Path;

use ndarray::{Array1, Array2, Array3, Dimension, OwnedRepr};
use ndarray_npy::{NpzReader, ReadableElement};
use neuroloom_trsa::Rdm;
use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::estimators::{correlation, crossnobis, euclidean};
use neuroloom_trsa::noise::Precision;
use neuroloom_trsa::transforms::GeoTop;

fn fixture<A: ReadableElement, D: Dimension>(name: &str) -> ndarray::ArrayBase<OwnedRepr<A>, D, A> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rsatoolbox.npz");
    NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap()
}

fn assert_agrees(ours: &[f64], peer: &[f64]) {
    assert_eq!(ours.len(), peer.len());
    let scale = peer.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
    for (ours, peer) in ours.iter().zip(peer) {
        assert!((ours - peer).abs() <= 1e-10 * scale, "{ours} {peer}");
    }
}

fn folds() -> Array3<f64> {
    fixture("folds")
}

fn peer_rdm(name: &str) -> Vec<f64> {
    fixture::<f64, ndarray::Ix1>(name).to_vec()
}

#[test]
fn euclidean_agrees() {
    assert_agrees(&euclidean(&folds()).unwrap(), &peer_rdm("euclidean"));
}

#[test]
fn correlation_agrees() {
    assert_agrees(&correlation(&folds()).unwrap(), &peer_rdm("correlation"));
}

#[test]
fn crossnobis_agrees_for_every_form_of_precision() {
    let diagonal: Array1<f64> = fixture("diagonal");
    let full: Array2<f64> = fixture("precision");
    let cases = [
        ("crossnobis_identity", Precision::identity()),
        ("crossnobis_diagonal", Precision::diagonal(diagonal.clone()).unwrap()),
        ("crossnobis_diagonal", Precision::full(Array2::from_diag(&diagonal).view()).unwrap()),
        ("crossnobis_full", Precision::full(full.view()).unwrap()),
    ];
    for (name, precision) in cases {
        assert_agrees(&crossnobis(folds().view(), &precision).unwrap(), &peer_rdm(name));
    }
}

fn rdms(name: &str) -> Vec<Rdm> {
    let conditions: Vec<String> = (0..7).map(|i| format!("condition {i}")).collect();
    let rows: Array2<f64> = fixture(name);
    let rdm = |(i, row): (usize, ndarray::ArrayView1<'_, f64>)| {
        Rdm::new(format!("{name} {i}"), conditions.clone(), row.to_vec()).unwrap()
    };
    rows.outer_iter().enumerate().map(rdm).collect()
}

#[test]
fn comparisons_agree_with_and_without_ties() {
    for measure in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
        let ours = compare(&rdms("data"), &rdms("models"), measure).unwrap();
        let peer: Array2<f64> = fixture(&format!("compare_{}", measure.name()));
        assert_agrees(ours.as_slice().unwrap(), peer.as_standard_layout().as_slice().unwrap());
    }
}

/// The transform of raw dissimilarities, written down as it is defined.
fn geotop_by_definition(d: &[f64], l: f64, u: f64) -> Vec<f64> {
    let mut sorted = d.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        let h = q * (sorted.len() - 1) as f64;
        let k = h.floor() as usize;
        sorted[k] + (h - h.floor()) * (sorted[(k + 1).min(sorted.len() - 1)] - sorted[k])
    };
    let (low, high) = (quantile(l), quantile(u));
    let transform = |&x: &f64| match x {
        x if x < low => 0.0,
        x if x > high => 1.0,
        x => (x - low) / (high - low),
    };
    d.iter().map(transform).collect()
}

/// The peer rescales the middle and then compares the rescaled values with the upper threshold again.
#[test]
fn our_geotop_is_the_definition_where_the_peer_is_wrong() {
    for (l, u, name) in [(0.2, 0.8, "peer_geotop_0.2_0.8"), (0.0, 0.2, "peer_geotop_0_0.2")] {
        let peer: Array2<f64> = fixture(name);
        let mut n_wrong = 0;
        for (rdm, peer) in rdms("geotop_input").iter().zip(peer.outer_iter()) {
            let expected = geotop_by_definition(rdm.dissimilarities(), l, u);
            let ours = GeoTop::new(l, u, false).unwrap().transform(rdm.dissimilarities()).unwrap();
            assert_agrees(&ours, &expected);
            n_wrong += expected.iter().zip(peer).filter(|(a, b)| (*a - *b).abs() > 1e-6).count();
        }
        println!("rsatoolbox geotop({l}, {u}): {n_wrong} of 84 pairs differ from the definition");
        assert!(n_wrong > 0, "the peer was expected to be wrong at ({l}, {u})");
    }
}
