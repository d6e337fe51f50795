//! Transforms of single RDMs, and grids of them.

use neuroloom_trsa::transforms::{
    Affine, Constant, Edges, GeoTop, Geodesic, Grid, RankedRdm, Sigmoid, Thresholds, Transform, minmax,
    positive, rank, sqrt,
};
use neuroloom_trsa::{Rdm, RsaError, n_pairs};
use proptest::prelude::*;

use crate::support::{assert_close, labels};

const N: usize = 7;

fn dissimilarities() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-40_i32..40, n_pairs(N)).prop_map(|d| d.into_iter().map(f64::from).collect())
}

fn varied(d: &[f64]) -> bool {
    d.iter().any(|value| *value != d[0])
}

fn all_ranked() -> Vec<Transform> {
    let graph = |edges| Transform::Geodesic(Geodesic::new(edges, true).unwrap());
    vec![
        Transform::Rank,
        Transform::GeoTop(GeoTop::new(0.2, 0.7, true).unwrap()),
        Transform::Sigmoid(Sigmoid::new(10.0, 0.5).unwrap()),
        graph(Edges::Thresholds(Thresholds::new(0.1, 0.6).unwrap())),
        graph(Edges::Shortest(0.4)),
        graph(Edges::Nearest(2)),
        graph(Edges::NearestShare(0.5)),
    ]
}

proptest! {
    #[test]
    fn ranked_transforms_ignore_monotone_changes(d in dissimilarities()) {
        prop_assume!(varied(&d));
        let changed: Vec<f64> = d.iter().map(|d| (d / 10.0).exp() + 3.0).collect();
        for transform in all_ranked() {
            prop_assert_eq!(transform.dissimilarities(&d), transform.dissimilarities(&changed), "{}", transform);
        }
    }

    #[test]
    fn every_cell_of_a_grid_is_the_transform_at_its_thresholds(d in dissimilarities()) {
        prop_assume!(varied(&d));
        let ranked = RankedRdm::new(&d).unwrap();
        let mut cell = vec![0.0; d.len()];
        for &thresholds in Grid::regular(6).cells() {
            ranked.geotop_into(thresholds, &mut cell);
            let geotop = GeoTop::new(thresholds.l(), thresholds.u(), true).unwrap();
            prop_assert_eq!(&cell, &geotop.transform(&d).unwrap());
        }
    }

    #[test]
    fn the_sigmoid_is_its_formula(d in dissimilarities(), alpha in 0.5_f64..20.0, beta in 0.0_f64..1.0) {
        prop_assume!(varied(&d));
        let x = minmax(&rank(&d)).unwrap();
        let expected: Vec<f64> = x.iter().map(|x| 1.0 / (1.0 + (-alpha * (x - beta)).exp())).collect();
        let found = Sigmoid::new(alpha, beta).unwrap().transform(&d).unwrap();
        assert_close(&found, &expected, 1e-15);
    }
}

#[test]
fn pointwise_transforms_are_their_formulas() {
    assert_eq!(sqrt(&[0.0, 4.0, 9.0]).unwrap(), [0.0, 2.0, 3.0]);
    assert_eq!(positive(&[-1.0, 0.0, 2.0]), [0.0, 0.0, 2.0]);
    assert_eq!(Affine::new(-2.0, 1.0).unwrap().transform(&[0.0, 3.0]), [1.0, -5.0]);
    let error = sqrt(&[1.0, -1.0, -2.0]).unwrap_err();
    assert_eq!(error, RsaError::NegativeDissimilarities { count: 2, needed: "the square root" });
}

#[test]
fn parameters_outside_their_range_are_refused() {
    let message = |error: RsaError| error.to_string();
    assert_eq!(message(Sigmoid::new(f64::NAN, 0.5).unwrap_err()), "alpha must be finite, got NaN");
    assert_eq!(message(Affine::new(0.0, 1.0).unwrap_err()), "scale must be finite and not 0, got 0");
    assert_eq!(message(Affine::new(1.0, f64::INFINITY).unwrap_err()), "offset must be finite, got inf");
    for p in [0.0, -0.1, 1.1, f64::NAN] {
        assert!(
            Geodesic::new(Edges::Shortest(p), true).is_err()
                && Geodesic::new(Edges::NearestShare(p), true).is_err()
        );
    }
    assert_eq!(message(Geodesic::new(Edges::Nearest(0), true).unwrap_err()), "k must be 1 or more, got 0");
    assert!(Thresholds::new(0.6, 0.5).is_err() && Thresholds::new(-0.1, 0.5).is_err());
}

#[test]
fn constant_rdms_are_refused_or_become_zeros() {
    let constant = Rdm::new("flat", labels(4), vec![2.0; 6]).unwrap();
    let other = Rdm::new("other", labels(4), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    let rdms = [other.clone(), constant];
    for transform in all_ranked().into_iter().skip(1) {
        let error = transform.apply(&rdms).unwrap_err().to_string();
        assert!(error.starts_with("RDM \"flat\": all dissimilarities are the same"), "{error}");
        let found = transform.apply_with(&rdms, Constant::Zero).unwrap();
        assert_eq!(found.constant, ["flat"]);
        assert_eq!(found.rdms[1].dissimilarities(), [0.0; 6]);
        assert_eq!(found.rdms[0], transform.apply(std::slice::from_ref(&other)).unwrap()[0]);
    }
    assert!(Transform::Sqrt.apply(&rdms).is_ok(), "needs no difference");
}
