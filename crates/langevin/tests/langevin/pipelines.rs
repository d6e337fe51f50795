//! The pipelines that ship with the project, with fewer epochs.

use std::collections::BTreeMap;
use std::path::Path;

use neuroloom_core::{Inputs, Registry, RunContext, Table, files};
use neuroloom_pipeline::document::{Override, load};
use neuroloom_pipeline::plan::plan;
use neuroloom_table::Columns;
use neuroloom_testkit::workspace_root;

fn registry() -> Registry {
    let registry = neuroloom_io::register(Registry::default());
    let registry = neuroloom_prepare::register(registry);
    let registry = neuroloom_simulate::register(registry);
    let registry = neuroloom_nlb::register(registry);
    neuroloom_langevin::register(registry)
}

/// What the tasks of a pipeline give, by `task.port`.
fn run(path: &Path, overrides: &[&str]) -> BTreeMap<String, Table> {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    let pipeline = load(path, &overrides, &registry()).unwrap();
    assert!(pipeline.warnings.is_empty(), "{:?}", pipeline.warnings);
    let plan = plan(pipeline, 1).unwrap();
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for (task, planned) in plan.iter() {
        let inputs = planned.inputs.iter().map(|input| {
            (input.port.to_string(), tables[&format!("{}.{}", input.from_task, input.from_port)].clone())
        });
        let ctx = RunContext::for_test(&plan.pipeline.base);
        let output = task.step.run(&ctx, &task.params, &Inputs::new(inputs));
        let output = output.map_err(|e| e.report()).unwrap();
        assert!(output.kinds().all(|(port, _)| planned.step.outputs.contains_key(port)), "{}", task.id);
        tables.extend(output.tables.into_iter().map(|(port, table)| (format!("{}.{port}", task.id), table)));
    }
    tables
}

/// Scores of the models of a comparison.
fn scores(comparison: &Table, metric: &str) -> BTreeMap<String, f64> {
    let (metrics, models) = (comparison.text("metric").unwrap(), comparison.text("model").unwrap());
    let own = (0..comparison.n_rows()).filter(|&row| metrics.get(row) == Some(metric));
    let value = comparison.numbers("value").unwrap();
    own.map(|row| (models.get_or_empty(row).to_owned(), value.get(row).unwrap())).collect()
}

#[test]
fn the_models_of_the_lorenz_pipeline_stand_side_by_side() {
    let small =
        ["vars.epochs=3", "steps.population.with.n_conditions=6", "steps.population.with.n_repeats=10"];
    let tables = run(&workspace_root().join("pipelines/langevin_lorenz.yaml"), &small);
    for metric in ["co_bps", "fp_bps", "rate_r2", "rate_r2_forward", "velocity_r2"] {
        let models = scores(&tables["compare.comparison"], metric);
        assert_eq!(
            models.keys().collect::<Vec<_>>(),
            ["factors", "flow", "gru", "mean", "smooth"],
            "{metric}"
        );
    }
    assert!(tables["prior.latents"].n_rows() == 0);
}

#[test]
fn a_recording_without_a_task_runs_from_nwb_to_scores() {
    let path = workspace_root().join("pipelines/langevin_a2929.yaml");
    let tables = run(&path, &["vars.epochs=2"]);
    let trials = &tables["cut.trials"];
    let held = trials.text("held").unwrap();
    let held_out = (0..trials.n_rows()).filter(|&row| held.get(row) == Some("held_out")).count();
    assert_eq!((trials.n_rows(), held_out), (250 * 15, 250 * 4));
    let models = scores(&tables["compare.comparison"], "co_bps");
    assert!(models["smooth"] > 0.05, "{models:?}");
}

#[test]
fn a_search_fits_every_setting_with_its_own_random_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search.yaml");
    let base = workspace_root().join("pipelines/langevin_search.yaml");
    // Steps on plain tables belong to another crate.
    let steps = "steps: { history: null, best: null, ranking: null }\noutputs: null\n";
    let text = format!("neuroloom: 1\nextends: {base:?}\n{steps}");
    files::write_bytes(&path, text.as_bytes()).unwrap();
    let tables = run(&path, &["vars.epochs=1"]);
    let fits: Vec<f64> = tables
        .iter()
        .filter(|(name, _)| name.starts_with("fit[") && name.ends_with(".history"))
        .map(|(_, history)| history.numbers("val_co_bps").unwrap().get(0).unwrap())
        .collect();
    assert_eq!(fits.len(), 12);
    assert!((1..12).all(|i| !fits[..i].contains(&fits[i])), "{fits:?}");
}
