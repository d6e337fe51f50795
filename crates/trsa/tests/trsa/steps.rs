//! The steps on tables: results, bytes and errors.
use neuroloom_core::{
    Error, ErrorKind, Inputs, PlanContext, PlannedInputs, PlannedTable, Registry, RunContext, StepOutput,
    Table,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::{Value, json};

use crate::support::{Response, direction_rows, responses_table, ring_cells};

fn run(id: &str, params: Value, inputs: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    step.run(&RunContext::for_test("."), &params, &inputs)
}

fn refused(id: &str, params: Value, inputs: &[(&str, &Table)]) -> String {
    run(id, params, inputs).unwrap_err().report()
}

fn wrong_params(id: &str, params: Value) -> Vec<String> {
    let registry = neuroloom_trsa::register(Registry::default());
    let issues = registry.get(id).unwrap().check(&params).unwrap_err();
    issues.iter().map(ToString::to_string).collect()
}

fn rows() -> Vec<Response> {
    let mut rows = direction_rows("r1", "adn", &ring_cells(1, (3, 12, 8), 1.0));
    rows.extend(direction_rows("r1", "ca1", &ring_cells(2, (3, 12, 5), 30.0)));
    rows.extend(direction_rows("r2", "adn", &ring_cells(3, (3, 12, 6), 1.0)));
    rows
}

fn ids(table: &Table) -> Vec<String> {
    let ids = table.text("rdm_id").unwrap();
    let mut ids: Vec<String> = (0..table.n_rows()).map(|row| ids.get(row).unwrap().to_owned()).collect();
    ids.dedup();
    ids
}

#[test]
fn every_group_of_neurons_has_its_rdm() {
    let responses = responses_table(&rows());
    let rdm_ids = |group_by: &str| {
        ids(
            &run("rsa.rdm", json!({"group_by": group_by}), &[("responses", &responses)]).unwrap().tables["rdms"],
        )
    };
    assert_eq!(rdm_ids("region"), ["r1/adn", "r1/ca1", "r2/adn"]);
    assert_eq!(rdm_ids("recording"), ["r1", "r2"]);
    assert_eq!(rdm_ids("none"), ["pooled"]);
}

#[test]
fn conditions_are_in_the_order_of_their_values() {
    let mut rows = rows();
    for row in &mut rows {
        row.condition = format!("{}", (row.value.unwrap() * 10.0).round());
    }
    let output = run("rsa.rdm", json!({}), &[("responses", &responses_table(&rows))]).unwrap();
    let labels = output.tables["rdms"].text("condition_j").unwrap();
    let found: Vec<f64> = (0..11).map(|row| labels.get(row).unwrap().parse().unwrap()).collect();
    assert!(found.is_sorted(), "{found:?}");

    rows.iter_mut().for_each(|row| row.value = None);
    let output = run("rsa.rdm", json!({}), &[("responses", &responses_table(&rows))]).unwrap();
    let labels = output.tables["rdms"].text("condition_j").unwrap();
    let found: Vec<&str> = (0..11).map(|row| labels.get(row).unwrap()).collect();
    assert!(found.is_sorted(), "{found:?}");
}

#[test]
fn the_index_tells_method_unit_and_sizes() {
    let responses = responses_table(&rows());
    let index = |params: Value| {
        let output = run("rsa.rdm", params, &[("responses", &responses)]).unwrap();
        let index = output.tables["index"].clone();
        let text = |name: &str| index.text(name).unwrap().get(0).unwrap().to_owned();
        let count = |name: &str| index.integers(name).unwrap().value(0);
        (
            text("measure"),
            text("dissimilarity_unit"),
            [count("n_conditions"), count("n_channels"), count("n_folds")],
        )
    };
    let (n, p, r) = (12, 8, 3);
    assert_eq!(index(json!({})), ("crossnobis".into(), "Hz^2".into(), [n, p, r]));
    assert_eq!(index(json!({"noise": "diag"})), ("crossnobis".into(), "1".into(), [n, p, r]));
    assert_eq!(index(json!({"method": "correlation"})), ("correlation".into(), "1".into(), [n, p, r]));
}

#[test]
fn the_whole_chain_finds_the_ring() {
    let responses = responses_table(&rows());
    let rdms = run("rsa.rdm", json!({}), &[("responses", &responses)]).unwrap().tables;
    let models = run("rsa.model", json!({}), &[("responses", &responses)]).unwrap().tables;
    let geotop = run(
        "rsa.transform",
        json!({"transform": "geotop"}),
        &[("rdms", &rdms["rdms"]), ("index", &rdms["index"])],
    );
    let geotop = geotop.unwrap().tables;
    assert_eq!(geotop["index"].text("measure").unwrap().get(0), Some("crossnobis, geotop(l=0.2, u=0.8)"));
    for data in [&rdms, &geotop] {
        let output =
            run("rsa.compare", json!({}), &[("rdms", &data["rdms"]), ("models", &models["rdms"])]).unwrap();
        let table = &output.tables["comparisons"];
        assert_eq!(table.n_rows(), 3 * 2 * 4);
        let similarity = |rdm: &str, model: &str, measure: &str| {
            let (a, b, c) = (
                table.text("rdm_id").unwrap(),
                table.text("reference_id").unwrap(),
                table.text("measure").unwrap(),
            );
            let row = (0..table.n_rows())
                .find(|&row| (a.get(row), b.get(row), c.get(row)) == (Some(rdm), Some(model), Some(measure)));
            table.numbers("similarity").unwrap().get(row.unwrap()).unwrap()
        };
        for measure in ["cosine", "corr", "spearman", "rho_a"] {
            assert!(similarity("r1/adn", "ring", measure) > similarity("r1/adn", "line", measure) + 0.1);
        }
        assert_eq!(output.summary.figures[0].panels.len(), 4);
    }
    let map = run("rsa.embed", json!({}), &[("rdms", &rdms["rdms"]), ("index", &rdms["index"])]).unwrap();
    assert_eq!(map.tables["embedding"].n_rows(), 3 * 12 * 2);
    assert_eq!(map.summary.figures[0].panels.len(), 3);
}

#[test]
fn any_number_of_threads_gives_the_same_tables() {
    // More conditions than a block of rows, so that blocks are shared out.
    let responses = responses_table(&direction_rows("r", "adn", &ring_cells(4, (3, 300, 20), 2.0)));
    let chain = || {
        let mut tables = Vec::new();
        for method in ["euclidean", "correlation", "crossnobis"] {
            let rdms = run("rsa.rdm", json!({"method": method}), &[("responses", &responses)]).unwrap();
            let rdms = &rdms.tables["rdms"];
            let models = run("rsa.model", json!({}), &[("responses", &responses)]).unwrap();
            let inputs = [("rdms", rdms), ("models", &models.tables["rdms"])];
            tables.extend(run("rsa.compare", json!({}), &inputs).unwrap().tables.into_values());
            tables.extend(
                run("rsa.transform", json!({"transform": "geotop"}), &[("rdms", rdms)])
                    .unwrap()
                    .tables
                    .into_values(),
            );
            tables.extend(run("rsa.embed", json!({}), &[("rdms", rdms)]).unwrap().tables.into_values());
            tables.push(rdms.clone());
        }
        tables
    };
    let with_threads =
        |n: usize| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(chain);
    assert_eq!(with_threads(1), with_threads(2));
}

#[test]
fn plans_know_what_the_inputs_tell() {
    let registry = neuroloom_trsa::register(Registry::default());
    let ctx = PlanContext { base: ".".into(), threads: 2 };
    let dims = [("recordings", 2), ("units", 50), ("conditions", 36), ("folds", 4)];
    let responses = PlannedTable::new(kinds::RESPONSES, dims);
    let step = registry.get("rsa.rdm").unwrap();
    let params = step.check(&json!({"group_by": "recording"})).unwrap();
    let inputs = PlannedInputs::new([("responses".to_owned(), responses)]);
    let plan = step.plan(&ctx, &params, &inputs).unwrap();
    let rdms = plan.outputs["rdms"].clone();
    assert_eq!([rdms.dim("rdms"), rdms.dim("conditions"), rdms.dim("pairs")], [Some(2), Some(36), Some(630)]);
    assert!(plan.resources.memory_bytes > 50 * 36 * 4 * 8);

    let step = registry.get("rsa.embed").unwrap();
    let params = step.check(&json!({"dimensions": 36})).unwrap();
    let error = step.plan(&ctx, &params, &PlannedInputs::new([("rdms".to_owned(), rdms)])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Params);
    assert!(error.message().contains("1 to 35 dimensions"), "{error}");
}

#[test]
fn wrong_parameters_are_named() {
    assert_eq!(
        wrong_params("rsa.rdm", json!({"method": "euclidean", "noise": "diag", "min_units": 0})),
        [
            "min_units must be at least 1, got 0",
            "noise needs `method: crossnobis` or `mahalanobis`; other methods do not use it",
        ]
    );
    assert_eq!(
        wrong_params("rsa.transform", json!({"transform": "geotop", "l": 0.9, "u": 0.5})),
        ["l must not be above u = 0.5, got 0.9"]
    );
    assert_eq!(
        wrong_params("rsa.transform", json!({"transform": "geotop", "u": 1.5})),
        ["u must lie in [0, 1], got 1.5"]
    );
    assert!(wrong_params("rsa.transform", json!({}))[0].contains("transform"));
    assert_eq!(
        wrong_params("rsa.compare", json!({"measures": ["corr", "corr"]})),
        ["measures.1 names corr a second time"]
    );
    assert_eq!(
        wrong_params("rsa.compare", json!({"measures": []})),
        ["measures must name at least one measure"]
    );
    let unknown = wrong_params("rsa.rdm", json!({"method": "crosnobis"}));
    assert!(unknown[0].contains("euclidean"), "{unknown:?}");
}

#[test]
fn unfit_responses_are_refused_with_their_place() {
    let refused = |change: &dyn Fn(&mut Vec<Response>), params: Value| {
        let mut rows = direction_rows("r1", "adn", &ring_cells(1, (2, 4, 3), 1.0));
        change(&mut rows);
        refused("rsa.rdm", params, &[("responses", &responses_table(&rows))])
    };
    let nan = refused(&|rows| rows[5].response = f64::NAN, json!({}));
    assert!(nan.contains("unit r1/adn2") && nan.contains("drop_channel"), "{nan}");
    let infinite = refused(&|rows| rows[5].response = f64::INFINITY, json!({"nan": "drop_channel"}));
    assert!(infinite.contains("infinite"), "{infinite}");
    let twice = refused(&|rows| rows.push(rows[0].clone()), json!({}));
    assert!(twice.contains("stands twice") && twice.contains("unit r1/adn0"), "{twice}");
    let missing = refused(
        &|rows| {
            rows.remove(7);
        },
        json!({}),
    );
    assert!(missing.contains("missing") && missing.contains("unit r1/adn1"), "{missing}");
    let one_fold = refused(&|rows| rows.retain(|row| row.fold == 0), json!({}));
    assert!(one_fold.contains("at least 2 folds, found 1"), "{one_fold}");
    let one_condition = refused(&|rows| rows.retain(|row| row.value < Some(1.0)), json!({}));
    assert!(one_condition.contains("at least 2 conditions are needed, found 1"), "{one_condition}");
    let few = refused(&|_| {}, json!({"min_units": 9}));
    assert!(few.contains("at least 9") && few.contains("r1/adn with 3"), "{few}");
    let silent = |rows: &mut Vec<Response>| {
        rows.iter_mut().filter(|row| row.unit == "adn1").for_each(|row| row.response = 0.0);
    };
    let silent = refused(&silent, json!({"noise": "diag"}));
    assert!(silent.contains("unit r1/adn1") && silent.contains("noise: none"), "{silent}");
    let flat = |rows: &mut Vec<Response>| {
        rows.iter_mut().filter(|row| row.value < Some(1.0)).for_each(|row| row.response = 0.1);
    };
    let flat = refused(&flat, json!({"method": "correlation"}));
    assert!(flat.contains("r1/adn: condition \"0.7854\""), "{flat}");
    let two_values = refused(&|rows| rows[0].value = Some(9.0), json!({}));
    assert!(two_values.contains("two values"), "{two_values}");
}

#[test]
fn neurons_with_gaps_can_be_left_out() {
    let mut rows = rows();
    rows[5].response = f64::NAN;
    let output =
        run("rsa.rdm", json!({"nan": "drop_channel"}), &[("responses", &responses_table(&rows))]).unwrap();
    assert_eq!(output.tables["index"].integers("n_channels").unwrap().value(0), 7);
    assert_eq!(output.summary.warnings, ["r1/adn: 1 units with NaN responses left out"]);
}

type Pair = (i64, i64, &'static str, &'static str, f64);

fn rdm_table(id: &str, pairs: &[Pair]) -> Table {
    TableBuilder::new(kinds::RDMS)
        .text("rdm_id", pairs.iter().map(|_| id))
        .integers("i", pairs.iter().map(|pair| pair.0))
        .integers("j", pairs.iter().map(|pair| pair.1))
        .text("condition_i", pairs.iter().map(|pair| pair.2))
        .text("condition_j", pairs.iter().map(|pair| pair.3))
        .numbers("dissimilarity", pairs.iter().map(|pair| pair.4))
        .text("dissimilarity_unit", pairs.iter().map(|_| "1"))
        .finish()
        .unwrap()
}

const GOOD: [Pair; 3] = [(0, 1, "a", "b", 1.0), (0, 2, "a", "c", 2.0), (1, 2, "b", "c", 3.0)];

#[test]
fn unfit_rdms_are_refused_with_their_name() {
    let refused = |pairs: &[Pair]| {
        let report =
            refused("rsa.transform", json!({"transform": "minmax"}), &[("rdms", &rdm_table("x", pairs))]);
        assert!(report.contains("where: x"), "{report}");
        report
    };
    assert!(refused(&[(1, 0, "b", "a", 1.0)]).contains("i = 1, j = 0"));
    assert!(refused(&[GOOD[0], GOOD[1], GOOD[1]]).contains("missing or stand twice"));
    assert!(refused(&GOOD[..2]).contains("missing or stand twice"));
    assert!(refused(&[GOOD[0], GOOD[1], (1, 2, "d", "c", 3.0)]).contains("two labels"));
    assert!(refused(&[GOOD[0], GOOD[1], (1, 2, "b", "c", f64::NAN)]).contains("missing (NaN)"));
    assert!(
        refused(&[GOOD[0], (0, 2, "a", "c", 1.0), (1, 2, "b", "c", 1.0)])
            .contains("all dissimilarities are the same")
    );
    assert!(refused(&GOOD[..1]).contains("at least 3 conditions are needed, found 2"));
    assert!(refused(&[(0, i64::MAX, "a", "b", 1.0)]).contains("missing or stand twice"));
}

#[test]
fn different_conditions_are_listed() {
    let others = [(0, 1, "a", "b", 1.0), (0, 2, "a", "d", 2.0), (1, 2, "b", "d", 3.0)];
    let inputs = [("rdms", &rdm_table("x", &GOOD)), ("models", &rdm_table("y", &others))];
    let report = refused("rsa.compare", json!({}), &inputs);
    assert!(report.contains(r#""d" only in "y", "c" only in "x""#), "{report}");
}

#[test]
fn a_ring_of_an_unknown_unit_needs_a_period() {
    let mut rows = direction_rows("r1", "adn", &ring_cells(1, (2, 4, 3), 1.0));
    rows.iter_mut().for_each(|row| row.value = None);
    let report = refused("rsa.model", json!({}), &[("responses", &responses_table(&rows))]);
    assert!(report.contains("models need the value of every condition"), "{report}");
}
