//! `rsa.evaluate` on tables: results, bytes and errors.

use std::sync::{Arc, Mutex};

use neuroloom_core::figure::Content;
use neuroloom_core::{
    CancelToken, Checkpoints, Error, ErrorKind, Inputs, NoProgress, Registry, Result, RunContext, Seed,
    StepOutput, Table,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use neuroloom_trsa::{Rdm, pairs};
use serde_json::{Value, json};

use crate::support::{planted, random_rdms, rng};

fn rdms_table(rdms: &[Rdm]) -> Table {
    let rows = || rdms.iter().flat_map(|rdm| pairs(rdm.n_conditions()).map(move |pair| (rdm, pair)));
    TableBuilder::new(kinds::RDMS)
        .text("rdm_id", rows().map(|(rdm, _)| rdm.name()))
        .integers("i", rows().map(|(_, (i, _))| i as i64))
        .integers("j", rows().map(|(_, (_, j))| j as i64))
        .text("condition_i", rows().map(|(rdm, (i, _))| &rdm.conditions()[i]))
        .text("condition_j", rows().map(|(rdm, (_, j))| &rdm.conditions()[j]))
        .numbers("dissimilarity", rdms.iter().flat_map(|rdm| rdm.dissimilarities().to_vec()))
        .text("dissimilarity_unit", rows().map(|_| "1"))
        .finish()
        .unwrap()
}

fn index_table(rdms: &[Rdm], subject: impl Fn(usize) -> String) -> Table {
    TableBuilder::new(kinds::RDM_INDEX)
        .text("rdm_id", rdms.iter().map(Rdm::name))
        .text("subject", (0..rdms.len()).map(subject))
        .text("measure", rdms.iter().map(|_| "euclidean"))
        .text("dissimilarity_unit", rdms.iter().map(|_| "1"))
        .integers("n_conditions", rdms.iter().map(|rdm| rdm.n_conditions() as i64))
        .finish()
        .unwrap()
}

/// Eight subjects, a planted model and three others.
fn example() -> (Vec<Rdm>, Vec<Rdm>) {
    let mut rng = rng(1);
    let (data, truth) = planted(&mut rng, 8, 14, 1.5);
    let mut models = random_rdms(&mut rng, "other", 3, 14);
    models.push(truth);
    (data, models)
}

fn run_in(ctx: &RunContext, params: Value, tables: &[(&str, &Table)]) -> Result<StepOutput> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get("rsa.evaluate").unwrap();
    let params = step.check(&params).unwrap();
    step.run(ctx, &params, &Inputs::new(tables.iter().map(|(port, t)| ((*port).to_owned(), (*t).clone()))))
}

fn run(params: Value, tables: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    run_in(&RunContext::for_test("."), params, tables)
}

fn issues(params: Value) -> String {
    let registry = neuroloom_trsa::register(Registry::default());
    let issues = registry.get("rsa.evaluate").unwrap().check(&params).unwrap_err();
    issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The numbers of a column, by model.
fn by_model(table: &Table, column: &str, model: &str) -> Vec<f64> {
    let (models, values) = (table.text("model_id").unwrap(), table.numbers(column).unwrap());
    (0..table.n_rows())
        .filter(|&row| models.get(row) == Some(model))
        .map(|row| values.get(row).unwrap_or(f64::NAN))
        .collect()
}

#[test]
fn every_inference_finds_the_planted_model() {
    let (data, models) = example();
    let (data, models) = (rdms_table(&data), rdms_table(&models));
    let inferences =
        ["fixed", "bootstrap_rdm", "bootstrap_pattern", "bootstrap_both", "dual", "crossval", "permutation"];
    for inference in inferences {
        let params =
            json!({"inference": inference, "n_samples": 120, "measures": ["corr", "rho_a", "cosine_cov"]});
        let output = run(params, &[("rdms", &data), ("models", &models)]).unwrap();
        let stats = &output.tables["stats"];
        let (truth, other) = (by_model(stats, "mean", "truth"), by_model(stats, "mean", "other0"));
        assert!(truth[0] > other[0] + 0.2, "{inference}: {truth:?} {other:?}");
        assert!(by_model(stats, "q_zero", "truth").iter().all(|q| *q < 0.05), "{inference}");
        let panel = &output.summary.figures[0].panels[0];
        let Content::MarkedBars(marked) = &panel.content else { panic!("{panel:?}") };
        assert_eq!((marked.bands.len(), marked.marks[3].as_str().starts_with('*')), (1, true), "{inference}");
        assert_eq!(output.tables["pairs"].n_rows(), 3 * 6);
        assert_eq!(output.tables["ceiling"].n_rows(), 3);
        assert!(!output.tables.contains_key("weights"));
    }
}

#[test]
fn measures_of_whole_rdms_are_tested_over_subjects() {
    let (data, models) = example();
    let tables = (rdms_table(&data), rdms_table(&models));
    for inference in ["fixed", "bootstrap_rdm", "permutation"] {
        let params = json!({"inference": inference, "n_samples": 19, "measures": ["bures", "tau_a"]});
        let output = run(params, &[("rdms", &tables.0), ("models", &tables.1)]).unwrap();
        assert_eq!(output.tables["stats"].n_rows(), 8);
    }
    assert!(issues(json!({"measures": ["bures"], "inference": "dual"})).contains("resampled conditions"));
    assert!(issues(json!({"measures": ["bures_metric"], "inference": "fixed"})).contains("distance"));
}

#[test]
fn flexible_models_are_fitted_and_tested_apart() {
    let (data, models) = example();
    let tables = (rdms_table(&data), rdms_table(&models));
    let all = ["other0", "other1", "other2", "truth"];
    let flexible = |kind: &str| json!({"name": kind, "kind": kind, "of": all});
    let params = json!({
        "inference": "dual", "n_samples": 40, "k_patterns": 2, "k_rdms": 2, "measures": ["corr", "rho_a"],
        "models": [flexible("select"), flexible("weighted"), flexible("interpolate"),
                   {"name": "alone", "kind": "fixed", "of": ["truth"]}],
    });
    let output = run(params, &[("rdms", &tables.0), ("models", &tables.1)]).unwrap();
    let stats = &output.tables["stats"];
    assert_eq!(stats.n_rows(), 2 * 4);
    for model in ["select", "weighted", "interpolate"] {
        let (found, alone) = (by_model(stats, "mean", model), by_model(stats, "mean", "alone"));
        assert!(found[0] > 0.6 * alone[0], "{model}: {found:?} {alone:?}");
    }
    let weights = &output.tables["weights"];
    // Four folds of the data and the fit to all, of three models with four components, under two measures.
    assert_eq!(weights.n_rows(), 5 * 3 * 4 * 2);
    let selected = by_model(weights, "weight", "select");
    assert_eq!(selected.iter().sum::<f64>(), 10.0);
}

#[test]
fn rdms_of_a_subject_stay_together() {
    let (data, models) = example();
    let (rdms, models) = (rdms_table(&data), rdms_table(&models));
    let df = |index: Option<&Table>| {
        let mut tables = vec![("rdms", &rdms), ("models", &models)];
        tables.extend(index.map(|index| ("index", index)));
        let output = run(json!({"inference": "fixed"}), &tables).unwrap();
        by_model(&output.tables["stats"], "df", "truth")[0]
    };
    assert_eq!(df(None), 7.0);
    assert_eq!(df(Some(&index_table(&data, |i| format!("s{}", i / 2)))), 3.0);
    let one = index_table(&data, |_| "s".into());
    let tables = [("rdms", &rdms), ("models", &models), ("index", &one)];
    let refused = run(json!({"inference": "fixed"}), &tables).unwrap_err().report();
    assert!(refused.contains("at least 2 subjects"), "{refused}");
    for inference in ["permutation", "bootstrap_pattern"] {
        let output = run(json!({"inference": inference, "n_samples": 50}), &tables).unwrap();
        assert!(output.summary.warnings.iter().any(|warning| warning.contains("one subject")));
        assert!(output.tables["ceiling"].numbers("lower").unwrap().get(0).is_none());
        assert!(by_model(&output.tables["stats"], "q_ceiling", "truth")[0].is_nan());
        assert!(by_model(&output.tables["stats"], "p_zero", "truth")[0] < 0.05);
    }
}

/// Keeps what it is given.
#[derive(Default)]
struct InMemory(Mutex<Option<Vec<u8>>>);

impl Checkpoints for InMemory {
    fn load(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn save(&self, state: &[u8]) -> Result<()> {
        *self.0.lock().unwrap() = Some(state.to_vec());
        Ok(())
    }

    fn is_due(&self) -> bool {
        true
    }
}

#[test]
fn a_resumed_evaluation_ends_with_the_same_tables() {
    let (data, models) = example();
    let tables = (rdms_table(&data), rdms_table(&models));
    let inputs = [("rdms", &tables.0), ("models", &tables.1)];
    let params = json!({"inference": "dual", "n_samples": 200, "measures": ["corr", "spearman"]});
    let kept = Arc::new(InMemory::default());
    let context =
        |cancel: &CancelToken| {
            RunContext::new(".", 2, Seed::root(0), Arc::new(NoProgress), cancel.clone())
                .with_checkpoints(Arc::<InMemory>::clone(&kept))
        };
    let whole = run(params.clone(), &inputs).unwrap();
    // The first run leaves its last checkpoint behind; the second begins there.
    run_in(&context(&CancelToken::default()), params.clone(), &inputs).unwrap();
    assert!(kept.0.lock().unwrap().is_some());
    let cancel = CancelToken::default();
    cancel.cancel();
    let stopped = run_in(&context(&cancel), params.clone(), &inputs).unwrap_err();
    assert_eq!(stopped.kind(), ErrorKind::Cancelled);
    let resumed = run_in(&context(&CancelToken::default()), params, &inputs).unwrap();
    for (port, table) in &whole.tables {
        assert_eq!(table.batch(), resumed.tables[port].batch(), "{port}");
    }
}

#[test]
fn wrong_parameters_are_all_reported() {
    let report = issues(json!({
        "measures": ["corr", "corr"], "n_samples": 0, "alpha": 1.0, "n_cv": 0, "k_rdms": 0,
        "inference": "bootstrap_both",
        "models": [{"name": "a", "kind": "interpolate", "of": ["x"]},
                   {"name": "a", "kind": "weighted", "of": ["x", "x"], "ridge": -1.0}],
    }));
    for part in [
        "corr a second time",
        "n_samples",
        "alpha",
        "n_cv",
        "k_rdms",
        "needs at least 2, found 1",
        "\"a\" a second time",
        "\"x\" a second time",
        "ridge",
        "`crossval` or `dual`",
    ] {
        assert!(report.contains(part), "{part} is missing in\n{report}");
    }
    assert!(issues(json!({"inference": "bootstrap"})).contains("bootstrap_rdm"));
}

#[test]
fn an_unknown_component_names_those_that_there_are() {
    let (data, models) = example();
    let tables = (rdms_table(&data), rdms_table(&models));
    let params = json!({"models": [{"name": "m", "kind": "select", "of": ["truth", "missing"]}]});
    let report = run(params, &[("rdms", &tables.0), ("models", &tables.1)]).unwrap_err().report();
    assert!(report.contains("missing") && report.contains("other1"), "{report}");
}
