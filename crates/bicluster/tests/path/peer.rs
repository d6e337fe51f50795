//! Agreement with dynamax 1.0.3 on `fixtures/dynamax_filter.npz` (made by
//! `benches/peers/make_bicluster_filter_fixtures.py`).

use std::fs::File;
use std::path::Path;

use ndarray::{Array, Array1, Array2, Array3, Dimension, s};
use ndarray_npy::{NpzReader, ReadableElement};
use neuroloom_bicluster::{Dynamics, FilterOptions, Filtered, Information};

use crate::problem::whole;

fn fixture<A: ReadableElement + Clone, D: Dimension>(name: &str) -> Array<A, D> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dynamax_filter.npz");
    let found: Array<A, D> = NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap();
    found.as_standard_layout().into_owned()
}

fn indices(name: &str) -> Vec<usize> {
    fixture::<i64, ndarray::Ix1>(name).iter().map(|&index| index as usize).collect()
}

#[test]
fn moments_and_likelihood_equal_those_of_dynamax() {
    let (a, b, q): (Array3<f64>, Array2<f64>, Array3<f64>) = (fixture("a"), fixture("b"), fixture("q"));
    let dynamics: Vec<Dynamics> = (0..3)
        .map(|state| Dynamics {
            transition: a.slice(s![state, .., ..]).to_owned(),
            offset: b.row(state).to_owned(),
            noise: q.slice(s![state, .., ..]).to_owned(),
        })
        .collect();
    let (loadings, values, weights): (Array2<f64>, Array2<f64>, Array2<f64>) =
        (fixture("loadings"), fixture("values"), fixture("weights"));
    let (labels, states) = (indices("labels"), indices("states"));
    let information = Information::of_gaussian(&labels, loadings.view(), values.view(), weights.view());
    let segments = whole(states.len());
    let options = FilterOptions::default();
    let found = Filtered::with_covariances(&information, &segments, &states, &dynamics, options).unwrap();

    let log_likelihood: Array1<f64> = fixture("log_likelihood");
    let difference = found.log_normaliser() + information.log_constant() - log_likelihood[0];
    assert!(difference.abs() < 1e-9, "log likelihoods differ by {difference}");
    let means: Array2<f64> = fixture("filtered_means");
    let covariances: Array3<f64> = fixture("filtered_covariances");
    for (bin, mean) in means.rows().into_iter().enumerate() {
        assert!(found.mean(bin).iter().zip(mean).all(|(a, b)| (a - b).abs() < 1e-9), "mean of bin {bin}");
        let difference = found.covariance(bin).unwrap() - covariances.slice(s![bin, .., ..]);
        assert!(difference.iter().all(|error| error.abs() < 1e-9), "covariance of bin {bin}");
    }
    let smoothed: Array2<f64> = fixture("smoothed_means");
    let difference = found.smoothed_means(&segments, &states) - smoothed;
    assert!(difference.iter().all(|error| error.abs() < 1e-9));
}
