//! Curves of known topology and regions of known geometry, and what RSA finds of them.

use neuroloom_core::{Inputs, Registry, RunContext, Table};
use neuroloom_simulate::regions::{RegionsParams, RegionsStep};
use neuroloom_simulate::topology::{Shape, TopologyParams, TopologyStep};
use neuroloom_table::Columns;
use serde_json::{Value, json};

use crate::support::{bytes_on, issues, run, table};

/// The tables of an RSA step.
fn rsa(
    id: &str,
    params: Value,
    inputs: &[(&str, &Table)],
) -> std::collections::BTreeMap<&'static str, Table> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    step.run(&RunContext::for_test("."), &params, &inputs).unwrap().tables
}

/// Dissimilarity of the points `i` and `j` of a shape.
fn dissimilarity(rdms: &Table, shape: Shape, (i, j): (i64, i64)) -> f64 {
    let (ids, first, second) =
        (rdms.text("rdm_id").unwrap(), rdms.integers("i").unwrap(), rdms.integers("j").unwrap());
    let is_it = |row: &usize| {
        ids.get(*row) == Some(shape.name()) && first.value(*row) == i && second.value(*row) == j
    };
    let row = (0..rdms.n_rows()).find(is_it).unwrap();
    rdms.numbers("dissimilarity").unwrap().get(row).unwrap()
}

#[test]
fn embeddings_keep_the_distances_of_a_curve() {
    let rdms = |n_channels: usize| {
        let params = TopologyParams { n_channels, ..TopologyParams::default() };
        let responses = table(&TopologyStep, &params, "responses");
        assert_eq!(responses.n_rows(), 6 * 50 * n_channels);
        rsa("rsa.rdm", json!({"method": "euclidean", "group_by": "recording"}), &[("responses", &responses)])
            .remove("rdms")
            .unwrap()
    };
    // The mean over channels: times their number it is the squared distance.
    let (three, many) = (rdms(3), rdms(20));
    for shape in Shape::ALL {
        let points = shape.points(50, 0.5);
        for (i, j) in [(0, 1), (0, 25), (13, 40)] {
            let difference = &points.row(i) - &points.row(j);
            let squared = difference.dot(&difference);
            let pair = (i as i64, j as i64);
            assert!((3.0 * dissimilarity(&three, shape, pair) - squared).abs() < 1e-10);
            assert!((20.0 * dissimilarity(&many, shape, pair) - squared).abs() < 1e-10);
        }
    }
}

#[test]
fn the_topological_transform_sees_where_an_eight_meets_itself() {
    let responses = table(&TopologyStep, &TopologyParams::default(), "responses");
    let rdms =
        rsa("rsa.rdm", json!({"method": "euclidean", "group_by": "recording"}), &[("responses", &responses)]);
    let local =
        rsa("rsa.transform", json!({"transform": "geotop", "l": 0.0, "u": 0.1}), &[("rdms", &rdms["rdms"])]);
    // Points 0 and 25 are the two passages of the middle.
    let passages = |shape| dissimilarity(&local["rdms"], shape, (0, 25));
    for shape in [Shape::FlatEight, Shape::TwistedEight] {
        assert_eq!(passages(shape), 0.0, "{shape:?}");
    }
    for shape in [Shape::Circle, Shape::UntangledFlatEight, Shape::UntangledTwistedEight] {
        assert_eq!(passages(shape), 1.0, "{shape:?}");
    }
}

#[test]
fn folds_differ_by_their_noise_alone() {
    let params = TopologyParams {
        shapes: vec![Shape::Circle],
        n_points: 200,
        n_channels: 10,
        n_folds: 2,
        noise: 0.3,
        ..TopologyParams::default()
    };
    let responses = table(&TopologyStep, &params, "responses");
    let values = responses.numbers("response").unwrap();
    let folds = responses.integers("fold").unwrap();
    let of = |fold: i64| {
        (0..responses.n_rows())
            .filter(move |&row| folds.value(row) == fold)
            .map(|row| values.get(row).unwrap())
    };
    let n = 2000.0;
    let variance = of(0).zip(of(1)).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / n;
    // The variance of a difference is 2 * 0.09; its estimate from 2000 has a standard error of sqrt(2/2000) of it.
    assert!((variance / 0.18 - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "{variance}");
}

/// Accuracy by ranks of regions that were simulated with so much signal.
fn accuracy(signal: f64, n_subjects: usize) -> f64 {
    let params = RegionsParams { n_subjects, signal, ..RegionsParams::default() };
    let responses = table(&RegionsStep, &params, "responses");
    let rdms = rsa("rsa.rdm", json!({"group_by": "region"}), &[("responses", &responses)]);
    let found = rsa(
        "rsa.identify",
        json!({"descriptors": ["rank"], "n_bootstrap": 0}),
        &[("rdms", &rdms["rdms"]), ("index", &rdms["index"])],
    );
    let (names, accuracies) =
        (found["accuracy"].text("descriptor").unwrap(), found["accuracy"].numbers("accuracy").unwrap());
    let row = (0..found["accuracy"].n_rows()).find(|&row| names.get(row) == Some("rank")).unwrap();
    accuracies.get(row).unwrap()
}

#[test]
fn regions_are_identified_by_their_signal_and_at_chance_without() {
    assert!(accuracy(1.0, 8) > 0.95);
    let chance = accuracy(0.0, 40);
    // 200 RDMs, chance 0.2: a standard error of 0.028 were they independent; 5 of them.
    assert!((chance - 0.2).abs() < 0.14, "{chance}");
}

#[test]
fn a_subject_does_not_depend_on_how_many_there_are() {
    let first = |n_subjects: usize| {
        let params = RegionsParams { n_subjects, ..RegionsParams::default() };
        let responses = table(&RegionsStep, &params, "responses");
        let values = responses.numbers("response").unwrap();
        (0..5 * 20 * 30 * 2).map(|row| values.get(row).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(first(2), first(5));
}

#[test]
fn threads_do_not_change_the_bytes() {
    let regions = RegionsParams { n_subjects: 3, n_channels: 8, ..RegionsParams::default() };
    assert_eq!(bytes_on(1, &RegionsStep, &regions), bytes_on(3, &RegionsStep, &regions));
    let topology = TopologyParams { noise: 0.1, ..TopologyParams::default() };
    assert_eq!(bytes_on(1, &TopologyStep, &topology), bytes_on(3, &TopologyStep, &topology));
}

#[test]
fn every_wrong_parameter_is_named() {
    assert_eq!(issues("simulate.topology", json!({})), [""; 0]);
    assert_eq!(issues("simulate.regions", json!({})), [""; 0]);
    let wrong = [
        ("simulate.topology", json!({"shapes": []}), "shapes must name at least one shape, got none"),
        ("simulate.topology", json!({"shapes": ["circle", "circle"]}), "shapes.1 names circle a second time"),
        ("simulate.topology", json!({"n_channels": 2}), "n_channels must be at least 3, got 2"),
        ("simulate.topology", json!({"noise": -1}), "noise must be a finite number of at least 0, got -1"),
        ("simulate.regions", json!({"n_subjects": 1}), "n_subjects must be at least 2, got 1"),
        (
            "simulate.regions",
            json!({"n_dimensions": 31}),
            "n_dimensions must be at most `n_channels` (30), got 31",
        ),
        (
            "simulate.regions",
            json!({"signal": 0, "noise": 0}),
            "noise must be above 0 where there is no signal",
        ),
    ];
    for (id, params, expected) in wrong {
        assert_eq!(issues(id, params.clone()), [expected], "{params}");
    }
    let rows = issues("simulate.regions", json!({"n_channels": 1_000_000_000, "n_conditions": 1000}));
    assert!(rows[0].contains("at most 1073741824 are made"), "{rows:?}");
}

#[test]
fn truth_stands_in_the_summary() {
    let output = run(&RegionsStep, &RegionsParams::default(), &[]).unwrap();
    assert!(output.summary.metrics.iter().any(|metric| metric.name == "chance of identification"));
}
