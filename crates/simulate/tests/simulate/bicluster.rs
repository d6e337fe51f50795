//! Bi-clusters: what is drawn, what stands in the tables, what can be recovered at best.

use ndarray::{Axis, s};
use neuroloom_core::Seed;
use neuroloom_math::Contingency;
use neuroloom_simulate::bicluster::{BiclusterParams, BiclusterStep, Generator, Setting, Simulation};
use neuroloom_table::Columns;
use serde_json::json;

use crate::support::{bytes_on, issues, table};

fn simulate(setting: Setting, seed: u64) -> Simulation {
    Simulation::draw(&Generator::of(setting), Seed::root(seed)).unwrap()
}

#[test]
fn rates_follow_from_the_truth() {
    let found = simulate(Setting::Imbalanced, 1);
    let width = found.generator.width();
    assert_eq!(found.labels.iter().filter(|&&label| label == 1).count(), 12);
    for (unit, &cluster) in found.labels.iter().enumerate() {
        let loadings = found.loadings.row(unit);
        for t in [0, 17, 799] {
            let x = found.paths.slice(s![t, cluster * width..(cluster + 1) * width]);
            let eta = loadings[0] + x[0] + loadings[1] * x[1] + loadings[2] * x[2];
            assert!((eta.exp() / found.rates[[unit, t]] - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn latents_are_centred_and_uncorrelated() {
    let found = simulate(Setting::Standard, 2);
    assert!(found.paths.mean_axis(Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-12));
    for cluster in 0..3 {
        let x = found.paths.slice(s![.., cluster * 3 + 1..cluster * 3 + 3]);
        let gram = x.t().dot(&x);
        assert!(gram[[0, 1]].abs() < 1e-9 * gram[[0, 0]] && gram[[0, 0]] >= gram[[1, 1]]);
    }
}

#[test]
fn settings_differ_in_what_they_say() {
    let mean = |found: &Simulation| {
        found.counts.iter().map(|&count| f64::from(count)).sum::<f64>() / found.counts.len() as f64
    };
    let low = simulate(Setting::LowRate, 3);
    assert!((0.08..0.4).contains(&mean(&low)), "{}", mean(&low));
    let signed = simulate(Setting::SignedLoadings, 3);
    assert!(signed.paths.slice(s![.., ..;3]).iter().all(|&mu| mu == 0.0));
    let null = simulate(Setting::Null, 3);
    assert!(null.states.iter().all(|&state| state == 0) && null.paths.ncols() == 3);
    assert_eq!(simulate(Setting::ThreeStates, 3).states.iter().max(), Some(&2));
    assert_eq!(simulate(Setting::Large, 3).counts.dim(), (100, 2000));
    let excess = |found: &Simulation| {
        let errors =
            found.counts.iter().zip(&found.rates).map(|(&y, &m)| ((f64::from(y) - m).powi(2) - m) / (m * m));
        errors.sum::<f64>() / found.counts.len() as f64
    };
    // The variance of a count is m + m²/r: 1/r is 0, 0.1 and 0.5.
    for (setting, expected) in
        [(Setting::Poisson, 0.0), (Setting::Standard, 0.1), (Setting::Overdispersed, 0.5)]
    {
        let found = excess(&simulate(setting, 3));
        assert!((found - expected).abs() < 0.12, "{setting:?}: {found}");
    }
}

#[test]
fn one_who_knows_the_latents_tells_the_states() {
    for setting in [Setting::Standard, Setting::ThreeStates] {
        let found = simulate(setting, 4);
        let ari = Contingency::new(&found.ceiling_states(), &found.states).adjusted_rand_index();
        assert!(ari > 0.95, "{setting:?}: {ari}");
    }
}

#[test]
fn a_count_above_a_thousand_is_refused() {
    let loud = Generator { d_mean: 6.0, ..Generator::default() };
    let found = Simulation::draw(&loud, Seed::root(1));
    if let Ok(found) = &found {
        assert!(found.counts.iter().all(|&count| count <= 1000));
    }
    let deafening = Generator { d_mean: 20.0, ..Generator::default() };
    let error = Simulation::draw(&deafening, Seed::root(1)).unwrap_err();
    assert!(error.to_string().contains("count above 1000"), "{error}");
}

fn small() -> BiclusterParams {
    BiclusterParams {
        n_per: Some(vec![3, 2]),
        n_bins: Some(60),
        missing_share: Some(0.25),
        ..BiclusterParams::default()
    }
}

#[test]
fn tables_say_what_was_drawn() {
    let [counts, units, states, epochs, latents] =
        ["counts", "units", "states", "epochs", "latents"].map(|port| table(&BiclusterStep, &small(), port));
    let traces = counts.lists("trace").unwrap();
    let missing: usize =
        (0..5).map(|row| traces.get(row).unwrap().iter().filter(|y| y.is_nan()).count()).sum();
    assert!((40..115).contains(&missing), "a quarter of 300: {missing}");
    let clusters: Vec<f64> = (0..5).map(|row| units.numbers("cluster").unwrap().get(row).unwrap()).collect();
    assert_eq!(clusters, [0.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!((states.n_rows(), latents.n_rows()), (60, 6));
    let [starts, stops] = ["start_s", "stop_s"].map(|name| epochs.numbers(name).unwrap());
    for row in 1..epochs.n_rows() {
        assert_eq!(stops.get(row - 1), starts.get(row));
    }
    assert!((stops.get(epochs.n_rows() - 1).unwrap() - 6.0).abs() < 1e-9);
}

#[test]
fn any_number_of_threads_gives_the_same_bicluster() {
    assert_eq!(bytes_on(1, &BiclusterStep, &small()), bytes_on(2, &BiclusterStep, &small()));
}

#[test]
fn every_wrong_parameter_of_a_bicluster_is_named() {
    let wrong = [
        (json!({"n_per": []}), "n_per must name at least one cluster, got none"),
        (json!({"n_per": [3, 0]}), "n_per must have at least 1 neuron in every cluster, got [3, 0]"),
        (json!({"n_states": 5}), "n_states must be between 1 and 4, got 5"),
        (json!({"n_latents": 0}), "n_latents must be between 1 and 32, got 0"),
        (json!({"n_bins": 2}), "n_bins must be at least 3, got 2"),
        (json!({"dwell_bins": 0.5}), "dwell_bins must be at least 1 and below 1e9, got 0.5"),
        (json!({"dispersion": 0}), "dispersion must be a finite number above 0, got 0"),
        (json!({"c_sd": -1}), "c_sd must be a finite number of at least 0, got -1"),
        (json!({"missing_share": 1}), "missing_share must be at least 0 and less than 1, got 1"),
        (json!({"dt_s": 0}), "dt_s must be a finite number above 0, got 0"),
    ];
    for (params, expected) in wrong {
        assert_eq!(issues("simulate.bicluster", params.clone()), [expected], "{params}");
    }
    let many = issues("simulate.bicluster", json!({"n_bins": 1_000_000_000}));
    assert!(many[0].contains("one table can hold"), "{many:?}");
}
