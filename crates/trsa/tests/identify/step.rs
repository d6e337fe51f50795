//! `rsa.identify` on tables: results, bytes, warnings and errors.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::{
    CancelToken, Error, ErrorKind, Inputs, NoProgress, PlanContext, PlannedInputs, PlannedTable, Registry,
    RunContext, Seed, StepOutput, Table,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use neuroloom_trsa::{Rdm, pairs};
use serde_json::{Value, json};

use crate::simulated::{Simulated, simulated};

fn context(seed: u64, cancel: &CancelToken) -> RunContext {
    RunContext::new(".", 1, Seed::root(seed), Arc::new(NoProgress), cancel.clone())
}

fn run(ctx: &RunContext, tables: &BTreeMap<&'static str, Table>, params: Value) -> Result<StepOutput, Error> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get("rsa.identify").unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(tables.iter().map(|(port, table)| ((*port).to_owned(), table.clone())));
    step.run(ctx, &params, &inputs)
}

/// The step on the tables `rdms` and `index`.
pub fn identify(tables: &BTreeMap<&'static str, Table>, params: Value) -> Result<StepOutput, Error> {
    run(&context(0, &CancelToken::default()), tables, params)
}

fn rdms_table(rdms: &[Rdm]) -> Table {
    let rows = || rdms.iter().flat_map(|rdm| pairs(rdm.n_conditions()).map(move |pair| (rdm, pair)));
    TableBuilder::new(kinds::RDMS)
        .text("rdm_id", rows().map(|(rdm, _)| rdm.name()))
        .integers("i", rows().map(|(_, (i, _))| i as i64))
        .integers("j", rows().map(|(_, (_, j))| j as i64))
        .text("condition_i", rows().map(|(rdm, (i, _))| &rdm.conditions()[i]))
        .text("condition_j", rows().map(|(rdm, (_, j))| &rdm.conditions()[j]))
        .numbers("dissimilarity", rdms.iter().flat_map(|rdm| rdm.dissimilarities().iter().copied()))
        .text("dissimilarity_unit", rows().map(|_| "1"))
        .finish()
        .unwrap()
}

/// An index with these subjects and regions; the recording is that of the subject where `as_recording` says so.
fn index_table(
    rdms: &[Rdm],
    subjects: &[Option<&str>],
    regions: &[Option<&str>],
    as_recording: bool,
) -> Table {
    let column = if as_recording { "recording_id" } else { "subject" };
    TableBuilder::new(kinds::RDM_INDEX)
        .text("rdm_id", rdms.iter().map(Rdm::name))
        .optional_text(column, subjects.iter().copied())
        .optional_text("region", regions.iter().copied())
        .text("measure", rdms.iter().map(|_| "euclidean"))
        .text("dissimilarity_unit", rdms.iter().map(|_| "1"))
        .integers("n_conditions", rdms.iter().map(|rdm| rdm.n_conditions() as i64))
        .finish()
        .unwrap()
}

fn tables_of(data: &Simulated, as_recording: bool) -> BTreeMap<&'static str, Table> {
    let subjects: Vec<Option<&str>> = data.subjects.iter().map(|s| Some(s.as_str())).collect();
    let regions: Vec<Option<&str>> = data.regions.iter().map(|r| Some(r.as_str())).collect();
    let index = index_table(&data.rdms, &subjects, &regions, as_recording);
    BTreeMap::from([("rdms", rdms_table(&data.rdms)), ("index", index)])
}

fn tables() -> BTreeMap<&'static str, Table> {
    tables_of(&simulated(1, 4, 3, 7, 1.0), false)
}

fn texts(table: &Table, column: &str) -> Vec<String> {
    let column = table.text(column).unwrap();
    (0..table.n_rows()).map(|row| column.get(row).unwrap_or("-").to_owned()).collect()
}

#[test]
fn every_descriptor_has_its_rows() {
    let params = json!({
        "descriptors": ["raw", { "geotop": { "l": 0.4, "u": 0.6 } }],
        "classes": true, "cells_per_class": 3, "grid": true, "n_bootstrap": 20,
    });
    let output = identify(&tables(), params).unwrap();
    let accuracy = &output.tables["accuracy"];
    let levels = texts(accuracy, "level");
    let count = |level: &str| levels.iter().filter(|found| *found == level).count();
    // raw, the cell and the default one, 15 random cells (whose upper threshold is no multiple of 0.05), and the grid.
    let n_descriptors = 1 + 210 + 15;
    assert_eq!([count("descriptor"), count("class"), count("nested_best")], [n_descriptors, 5, 1]);
    assert_eq!(output.tables["identification"].n_rows(), n_descriptors * 12);
    let errors = accuracy.numbers("se").unwrap();
    let with_error = (0..accuracy.n_rows()).filter(|&row| errors.get(row).is_some()).count();
    assert_eq!(with_error, 3 + 15 + 5);
    // Pairs of 3 descriptors and 5 classes.
    assert_eq!(output.tables["pairs"].n_rows(), 28);
    let figures: Vec<&str> = output.summary.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(figures, ["accuracy", "distances", "confusion", "map"]);
    assert!(output.summary.warnings[0].contains("hindsight"), "{:?}", output.summary.warnings);
}

#[test]
fn rows_say_what_an_rdm_was_taken_for() {
    let output = identify(&tables(), json!({ "descriptors": ["rank"], "n_bootstrap": 0 })).unwrap();
    assert!(!output.tables.contains_key("pairs"));
    let table = &output.tables["identification"];
    assert_eq!(texts(table, "descriptor")[..13][12], "rank");
    assert_eq!(texts(table, "rdm_id")[0], "subject0/region0");
    for ((region, predicted), correct) in
        texts(table, "region").iter().zip(texts(table, "predicted")).zip(bools(table, "correct"))
    {
        assert_eq!(correct, *region == predicted);
    }
    let numbers = |name: &str, row: usize| table.numbers(name).unwrap().get(row).unwrap();
    for row in 0..table.n_rows() {
        let ratio = numbers("within", row) / numbers("across", row);
        assert!((numbers("ratio", row) - ratio).abs() < 1e-15);
    }
}

fn bools(table: &Table, column: &str) -> Vec<bool> {
    let schema = table.batch().schema();
    let place = schema.index_of(column).unwrap();
    let text = format!("{:?}", table.batch().column(place));
    text.lines().filter_map(|line| line.trim().trim_end_matches(',').parse().ok()).collect()
}

#[test]
fn a_recording_stands_for_its_subject() {
    let data = simulated(1, 4, 3, 7, 1.0);
    let params = || json!({ "n_bootstrap": 5 });
    let by_subject = identify(&tables_of(&data, false), params()).unwrap();
    let by_recording = identify(&tables_of(&data, true), params()).unwrap();
    assert_eq!(by_subject.tables, by_recording.tables);
}

#[test]
fn the_published_test_stands_beside_the_bootstrap() {
    let params = json!({ "classes": true, "compat": "authors", "n_bootstrap": 10 });
    let pairs = identify(&tables(), params).unwrap().tables["pairs"].clone();
    let tests = texts(&pairs, "test");
    assert_eq!(tests.iter().filter(|test| *test == "published_t").count(), 10);
    let df = pairs.numbers("df").unwrap();
    let row = tests.iter().position(|test| test == "published_t").unwrap();
    assert_eq!(df.get(row), Some(4.0));
    for row in 0..pairs.n_rows() {
        let value = |name: &str| pairs.numbers(name).unwrap().get(row).unwrap();
        assert!(value("q") >= value("p") && (0.0..=1.0).contains(&value("q")));
    }
}

#[test]
fn bytes_depend_on_the_seed_and_not_on_threads() {
    let params = || json!({ "classes": true, "cells_per_class": 2, "n_bootstrap": 15, "grid": true });
    let on = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&context(seed, &CancelToken::default()), &tables(), params()).unwrap())
    };
    let (one, three) = (on(1, 5), on(3, 5));
    assert_eq!(one.tables, three.tables);
    // As it is stored: a NaN in a figure is no number, so it does not equal itself.
    let stored = |output: &StepOutput| serde_json::to_string(&output.summary).unwrap();
    assert_eq!(stored(&one), stored(&three));
    assert_ne!(one.tables["accuracy"], on(1, 6).tables["accuracy"]);
}

#[test]
fn regions_of_one_subject_are_left_out_with_a_warning() {
    let mut data = simulated(2, 3, 3, 7, 1.0);
    data.regions[2] = "rare".to_owned();
    let output = identify(&tables_of(&data, false), json!({ "n_bootstrap": 0 })).unwrap();
    assert!(output.summary.warnings[0].ends_with("left out: rare"), "{:?}", output.summary.warnings);
    let regions = texts(&output.tables["identification"], "region");
    assert!(!regions.contains(&"rare".to_owned()) && regions.len() == 3 * 8);
}

#[test]
fn indices_that_do_not_fit_are_refused() {
    let data = simulated(3, 2, 2, 5, 1.0);
    let refused = |subjects: &[Option<&str>], regions: &[Option<&str>], n: usize| {
        let index = index_table(&data.rdms[..n], &subjects[..n], &regions[..n], false);
        let tables = BTreeMap::from([("rdms", rdms_table(&data.rdms)), ("index", index)]);
        identify(&tables, json!({})).unwrap_err().report()
    };
    let (two, same) = ([Some("a"), Some("a"), Some("b"), Some("b")], [Some("a"); 4]);
    let regions = [Some("V1"), Some("V2"), Some("V1"), Some("V2")];
    assert!(refused(&two, &regions, 3).contains("an RDM is not in the index"));
    assert!(refused(&[None; 4], &regions, 4).contains("an RDM has no subject"));
    assert!(refused(&two, &[None; 4], 4).contains("an RDM has no region"));
    let one = refused(&same, &regions, 4);
    assert!(one.contains("at least 2 subjects, found 1") && one.contains("ingest.rdms"), "{one}");
    assert!(refused(&two, &[Some("V1"); 4], 4).contains("at least 2 regions that 2 subjects have, found 1"));
}

#[test]
fn wrong_parameters_are_named() {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get("rsa.identify").unwrap();
    let issues = |params: Value| {
        let issues = step.check(&params).unwrap_err();
        issues.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let geotop = |l: f64, u: f64| json!({ "geotop": { "l": l, "u": u } });
    assert_eq!(
        issues(json!({ "descriptors": [geotop(0.6, 0.4)] })),
        ["descriptors.0 must have 0 <= l <= u <= 1, got l = 0.6 and u = 0.4"]
    );
    assert_eq!(
        issues(json!({ "descriptors": ["raw", "raw"] })),
        ["descriptors.1 names a descriptor a second time"]
    );
    assert_eq!(issues(json!({ "cells_per_class": 0 })), ["cells_per_class must be between 1 and 100, got 0"]);
    assert_eq!(
        issues(json!({ "compat": "authors" })),
        ["compat `authors` tests classes: set `classes: true`"]
    );
    assert!(issues(json!({ "resample": "columns" }))[0].contains("rows"));
}

#[test]
fn a_stop_is_obeyed() {
    let cancel = CancelToken::default();
    cancel.cancel();
    let error = run(&context(0, &cancel), &tables(), json!({})).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn the_plan_knows_the_rows() {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get("rsa.identify").unwrap();
    let params = step.check(&json!({ "classes": true, "n_bootstrap": 0 })).unwrap();
    let planned = |kind, dims: [(&'static str, u64); 2]| PlannedTable::new(kind, dims);
    let inputs = PlannedInputs::new([
        ("rdms".to_owned(), planned(kinds::RDMS, [("rdms", 12), ("pairs", 21)])),
        ("index".to_owned(), planned(kinds::RDM_INDEX, [("rows", 12), ("rdms", 12)])),
    ]);
    let ctx = PlanContext { base: ".".into(), threads: 2 };
    let plan = step.plan(&ctx, &params, &inputs).unwrap();
    let output = identify(&tables(), json!({ "classes": true, "n_bootstrap": 0 })).unwrap();
    assert_eq!(
        plan.outputs["identification"].dim("rows"),
        Some(output.tables["identification"].n_rows() as u64)
    );
}
