//! Searchlights against the estimators on the channels that they see, one at a time; the step against itself in parts.
use ndarray::{Array3, Axis};
use neuroloom_core::{Error, Inputs, Registry, RunContext, StepOutput, Table};

use neuroloom_table::{Columns, TableBuilder, kinds, whole};
use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::estimators::{Estimator, Method, NanPolicy, NoiseSource, crossnobis};
use neuroloom_trsa::noise::{NoiseModel, Precision};
use neuroloom_trsa::searchlight::{Neighbourhoods, Searchlight, Spheres, Window};
use neuroloom_trsa::{Rdm, RsaError, models};
use rand::RngExt;
use serde_json::{Value, json};

use crate::support::{
    Response, assert_close, direction_rows, gaussian, labels, responses_table, ring_cells, rng,
};

const N_CHANNELS: usize = 40;

fn responses() -> Array3<f64> {
    // A mean far from zero, as raw signals of scanners have it.
    ring_cells(5, (3, 13, N_CHANNELS), 2.0) + 1000.0
}

/// Channels of some searchlights: one, several in no order, all.
fn windows() -> Vec<Vec<usize>> {
    let mut rng = rng(1);
    let mut windows = vec![vec![7], (0..N_CHANNELS).collect()];
    windows.extend((2..12).map(|n| (0..n).map(|_| rng.random_range(0..N_CHANNELS)).collect()));
    windows
}

#[test]
fn a_searchlight_sees_what_the_estimator_gives_for_its_channels() {
    let responses = responses();
    let mut estimators = Method::ALL.map(Estimator::new).to_vec();
    for noise in [NoiseModel::Diag, NoiseModel::ShrinkageDiag] {
        estimators.extend(
            [Method::Crossnobis, Method::Mahalanobis]
                .map(|method| Estimator { noise, ..Estimator::new(method) }),
        );
    }
    let mut window = Window::default();
    for estimator in estimators {
        let searchlight = Searchlight::new(estimator, &responses).unwrap();
        for members in windows() {
            let part = responses.select(Axis(2), &members);
            let expected = estimator.estimate((&part).into(), NoiseSource::Repeats);
            match (searchlight.dissimilarities(&members, &mut window), expected) {
                (Ok(found), Ok(expected)) => assert_close(&found, &expected, 1e-10),
                (found, expected) => assert_eq!(found, expected, "{estimator:?} {members:?}"),
            }
        }
    }
}

#[test]
fn what_cannot_be_estimated_is_refused() {
    let responses = responses();
    let window = &mut Window::default();
    let with = |method: Method| Searchlight::new(Estimator::new(method), &responses).unwrap();
    let euclidean = with(Method::Euclidean);
    assert_eq!(euclidean.dissimilarities(&[], window), Err(RsaError::NoChannels));
    assert_eq!(euclidean.dissimilarities(&[N_CHANNELS], window), Err(RsaError::NoChannels));
    let one = with(Method::Correlation).dissimilarities(&[3], window);
    assert_eq!(one, Err(RsaError::ConstantPattern { condition: 0 }));
    let one_fold = responses.select(Axis(0), &[0]);
    let refused = Searchlight::new(Estimator::new(Method::Crossnobis), &one_fold).err();
    assert_eq!(refused, Some(RsaError::TooFewFolds { found: 1 }));
    let mut broken = responses.clone();
    broken[[1, 2, 3]] = f64::NAN;
    assert!(matches!(
        Searchlight::new(Estimator::new(Method::Euclidean), &broken).err(),
        Some(RsaError::NonFiniteResponse { fold: 1, condition: 2, channel: 3, .. })
    ));
}

#[test]
fn gaps_are_left_out_pair_by_pair_where_that_is_asked_for() {
    let mut responses = responses();
    responses[[1, 2, 3]] = f64::NAN;
    let estimator = Estimator { nan: NanPolicy::Pairwise, ..Estimator::new(Method::Euclidean) };
    let searchlight = Searchlight::new(estimator, &responses).unwrap();
    let part = responses.select(Axis(2), &[3, 4, 5]);
    let expected = estimator.estimate((&part).into(), NoiseSource::Repeats).unwrap();
    assert_eq!(searchlight.dissimilarities(&[3, 4, 5], &mut Window::default()).unwrap(), expected);
}

#[test]
fn spheres_hold_what_a_search_through_all_finds() {
    let mut rng = rng(3);
    let positions: Vec<[f64; 3]> =
        (0..300).map(|_| [0; 3].map(|_| (4.0 * gaussian(&mut rng)).round() / 2.0)).collect();
    for radius in [0.4, 1.0, 1.5, 30.0] {
        let spheres = Spheres::new(positions.clone(), radius).unwrap();
        let mut members = Vec::new();
        for (centre, middle) in positions.iter().enumerate() {
            spheres.members_into(centre, &mut members);
            let squares = |other: &[f64; 3]| -> f64 { (0..3).map(|k| (middle[k] - other[k]).powi(2)).sum() };
            let near = (0..300).filter(|&other| squares(&positions[other]) <= radius * radius);
            assert_eq!(members, near.collect::<Vec<_>>(), "{radius} {centre}");
        }
    }
    assert!(matches!(Spheres::new(positions.clone(), 0.0), Err(RsaError::Radius { .. })));
    let lost = vec![[0.0, 0.0, 0.0], [0.0, f64::NAN, 0.0]];
    assert!(matches!(Spheres::new(lost, 1.0), Err(RsaError::Position { channel: 1, .. })));
}

#[test]
fn lists_are_sets_of_channels() {
    let listed = Neighbourhoods::listed(vec![vec![2, 0], vec![]], 3).unwrap();
    let mut members = Vec::new();
    listed.members_into(0, &mut members);
    assert_eq!((members, listed.n_centres()), (vec![0, 2], 2));
    let refused = |list: Vec<usize>| Neighbourhoods::listed(vec![list], 3).err();
    assert_eq!(refused(vec![1, 1]), Some(RsaError::Neighbour { centre: 0, channel: 1 }));
    assert_eq!(refused(vec![0, 3]), Some(RsaError::Neighbour { centre: 0, channel: 3 }));
}

/// Rows of two recordings of 40 channels on a line.
fn rows() -> Vec<Response> {
    let mut rows = direction_rows("r1", "u", &responses());
    rows.extend(direction_rows("r2", "u", &ring_cells(9, (3, 13, N_CHANNELS), 2.0)));
    rows
}

fn positions() -> Table {
    let names =
        || ["r1", "r2"].into_iter().flat_map(|recording| (0..N_CHANNELS).map(move |i| (recording, i)));
    TableBuilder::new(kinds::POSITIONS)
        .text("recording_id", names().map(|(recording, _)| recording))
        .text("unit_id", names().map(|(_, i)| format!("u{i}")))
        .numbers("x", names().map(|(_, i)| i as f64))
        .numbers("y", names().map(|_| 0.0))
        .text("position_unit", names().map(|_| "um"))
        .finish()
        .unwrap()
}

fn neighbourhoods(lists: &[(&str, &[usize])]) -> Table {
    let rows = || lists.iter().flat_map(|(centre, units)| units.iter().map(move |unit| (*centre, unit)));
    TableBuilder::new(kinds::NEIGHBOURHOODS)
        .text("recording_id", rows().map(|_| "r1"))
        .text("centre_id", rows().map(|(centre, _)| centre))
        .text("unit_id", rows().map(|(_, unit)| format!("u{unit}")))
        .finish()
        .unwrap()
}

fn model_table() -> Table {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get("rsa.model").unwrap();
    let inputs = Inputs::default().with_table("responses", responses_table(&rows()));
    let params = step.check(&json!({})).unwrap();
    step.run(&RunContext::for_test("."), &params, &inputs).unwrap().tables["rdms"].clone()
}

fn run(params: Value, tables: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get("rsa.searchlight").unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(tables.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    let mut output = step.run(&RunContext::for_test("."), &params, &inputs)?;
    for (port, parts) in std::mem::take(&mut output.stored) {
        output.tables.insert(port, whole(parts.as_ref()).unwrap());
    }
    Ok(output)
}

fn line(params: Value) -> Result<StepOutput, Error> {
    let tables = [&responses_table(&rows()), &positions(), &model_table()];
    run(params, &[("responses", tables[0]), ("positions", tables[1]), ("models", tables[2])])
}

fn column(table: &Table, name: &str) -> Vec<Option<f64>> {
    let numbers = table.numbers(name).unwrap();
    (0..table.n_rows()).map(|row| numbers.get(row)).collect()
}

#[test]
fn the_step_says_how_well_every_model_fits_around_every_channel() {
    let output =
        line(json!({ "radius": 3.0, "measures": ["corr", "cosine"], "min_channels": 5, "rdms": true }))
            .unwrap();
    let table = &output.tables["similarities"];
    assert_eq!(table.n_rows(), 2 * N_CHANNELS * 2 * 2);
    let text = |name: &str, row: usize| table.text(name).unwrap().get_or_empty(row).to_owned();
    let (n_channels, similarities) = (column(table, "n_channels"), column(table, "similarity"));
    let directions: Vec<f64> = (0..13).map(|i| std::f64::consts::TAU * (f64::from(i) + 0.5) / 13.0).collect();
    let ring =
        Rdm::new("ring", labels(13), models::ring(&directions, std::f64::consts::TAU).unwrap()).unwrap();
    for row in 0..table.n_rows() {
        let centre: usize = text("centre_id", row).trim_start_matches('u').parse().unwrap();
        let members: Vec<usize> = (centre.saturating_sub(3)..N_CHANNELS.min(centre + 4)).collect();
        assert_eq!(n_channels[row], Some(members.len() as f64));
        let status = text("status", row);
        if members.len() < 5 {
            assert_eq!((similarities[row], status.as_str()), (None, "fewer than 5 channels"));
            continue;
        }
        assert_eq!(status, "ok");
        if text("recording_id", row) == "r1"
            && text("model_id", row) == "ring"
            && text("measure", row) == "corr"
        {
            let part = responses().select(Axis(2), &members);
            let found =
                Rdm::new("x", labels(13), crossnobis(&part, &Precision::identity()).unwrap()).unwrap();
            let expected = compare(&[found], std::slice::from_ref(&ring), Measure::Corr).unwrap()[[0, 0]];
            assert!((similarities[row].unwrap() - expected).abs() < 1e-9);
        }
    }
    // The one channel at either end of each line sees only four.
    assert_eq!(output.tables["rdms"].n_rows(), 2 * (N_CHANNELS - 2) * 13 * 12 / 2);
    assert_eq!(output.summary.figures.len(), 2);
    assert!(output.summary.warnings.iter().any(|warning| warning.contains("2 centres have no value")));
}

#[test]
fn parts_together_are_the_whole() {
    let whole = line(json!({ "radius": 2.0, "method": "euclidean" })).unwrap().tables["similarities"].clone();
    for of in [2, 3, 7] {
        let mut found: Vec<(String, Option<f64>)> = Vec::new();
        for index in 0..of {
            let params =
                json!({ "radius": 2.0, "method": "euclidean", "shard": { "index": index, "of": of } });
            let part = line(params).unwrap().tables["similarities"].clone();
            found.extend(named(&part));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(found, named(&whole), "{of}");
    }
}

/// Similarities with the names of their rows.
fn named(table: &Table) -> Vec<(String, Option<f64>)> {
    let names = ["recording_id", "centre_id", "model_id", "measure"].map(|name| table.text(name).unwrap());
    let name = |row: usize| names.each_ref().map(|column| column.get_or_empty(row)).join(" ");
    column(table, "similarity").into_iter().enumerate().map(|(row, value)| (name(row), value)).collect()
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let output = pool.install(|| line(json!({ "radius": 4.0, "rdms": true, "noise": "diag" })).unwrap());
        ["similarities", "rdms"].map(|port| output.tables[port].clone())
    };
    let alone = on(1);
    for threads in [2, 7] {
        for (found, expected) in on(threads).iter().zip(&alone) {
            assert_eq!(found.batch(), expected.batch());
        }
    }
}

#[test]
fn listed_neighbours_need_no_positions() {
    let tables = [&responses_table(&rows()[..3 * 13 * N_CHANNELS]), &model_table()];
    let lists = |table: &Table| {
        run(json!({}), &[("responses", tables[0]), ("models", tables[1]), ("neighbourhoods", table)])
    };
    let output = lists(&neighbourhoods(&[("a", &[3, 9, 1]), ("b", &[2])])).unwrap();
    assert_eq!(column(&output.tables["similarities"], "n_channels"), [3.0, 3.0, 1.0, 1.0].map(Some));
    let report = lists(&neighbourhoods(&[("a", &[3, 99])])).unwrap_err().report();
    assert!(report.contains("centre a") && report.contains("u99"), "{report}");
}

#[test]
fn what_is_missing_or_too_much_is_said() {
    let (responses, positions, models) = (responses_table(&rows()), positions(), model_table());
    let lists = neighbourhoods(&[("a", &[3, 9])]);
    let report = |params: Value, tables: &[(&str, &Table)]| run(params, tables).unwrap_err().report();
    let base = [("responses", &responses), ("models", &models)];
    let with = |more: &[(&'static str, &'static str)]| -> Vec<(&str, &Table)> {
        let more =
            more.iter().map(|(port, table)| (*port, if *table == "lists" { &lists } else { &positions }));
        base.into_iter().chain(more).collect()
    };
    assert!(report(json!({}), &base).contains("neither"));
    let both = with(&[("positions", "positions"), ("neighbourhoods", "lists")]);
    assert!(report(json!({ "radius": 1.0 }), &both).contains("both"));
    assert!(report(json!({}), &with(&[("positions", "positions")])).contains("radius"));
    let no_meaning = report(json!({ "radius": 1.0 }), &with(&[("neighbourhoods", "lists")]));
    assert!(no_meaning.contains("no meaning"), "{no_meaning}");
    let absent = report(json!({}), &with(&[("neighbourhoods", "lists")]));
    assert!(absent.contains("no neighbourhoods") && absent.contains("r2"), "{absent}");
    let nothing = report(json!({ "radius": 1.0 }), &[("responses", &responses), ("positions", &positions)]);
    assert!(nothing.contains("nothing to write"), "{nothing}");
}

#[test]
fn wrong_parameters_are_named() {
    let registry = neuroloom_trsa::register(Registry::default());
    let wrong = json!({ "radius": -1, "min_channels": 0, "measures": [], "shard": { "index": 2, "of": 2 } });
    let issues = registry.get("rsa.searchlight").unwrap().check(&wrong).unwrap_err();
    let issues = issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for name in ["radius", "min_channels", "measures", "shard"] {
        assert!(issues.contains(name), "{issues}");
    }
}
