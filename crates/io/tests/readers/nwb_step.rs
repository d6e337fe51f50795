//! `ingest.nwb` as a pipeline sees it.

use crate::nwb_files::{Scratch, write_units};
use neuroloom_core::figure::Content;
use neuroloom_core::{Inputs, PlanContext, PlannedInputs, Registry, RunContext};
use neuroloom_io::register;
use neuroloom_testkit::workspace_root;
use serde_json::{Value, json};

fn a2929(more: Value) -> Value {
    let mut params = json!({ "path": "data/a2929/A2929-200711.nwb" });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    params
}

fn plan_context() -> PlanContext {
    PlanContext { base: workspace_root(), threads: 1 }
}

#[test]
fn the_plan_names_only_what_the_file_has_and_the_run_keeps_to_it() {
    let registry = register(Registry::default());
    let step = registry.get("ingest.nwb").unwrap();
    let params = step.check(&a2929(json!({}))).unwrap();
    let plan = step.plan(&plan_context(), &params, &PlannedInputs::default()).unwrap();
    let ports: Vec<_> = plan.outputs.keys().copied().collect();
    assert_eq!(ports, ["behaviour", "intervals", "recordings", "spikes"]);
    assert_eq!(plan.outputs["spikes"].dim("units"), Some(15));
    assert_eq!(plan.outputs["spikes"].dim("spikes"), Some(98_794));
    assert_eq!(plan.outputs["behaviour"].dim("samples"), Some(63_527));

    let run = step.run(&RunContext::for_test(workspace_root()), &params, &Inputs::default()).unwrap();
    assert_eq!(run.tables.keys().copied().collect::<Vec<_>>(), ports);
    for (port, table) in &run.tables {
        assert_eq!(Some(table.n_rows() as u64), plan.outputs[port].dim("rows"), "{port}");
        assert_eq!(table.kind(), plan.outputs[port].kind);
    }
}

#[test]
fn the_same_file_gives_the_same_tables() {
    let registry = register(Registry::default());
    let step = registry.get("ingest.nwb").unwrap();
    let params = step.check(&a2929(json!({ "recording_id": "mouse" }))).unwrap();
    let run = || step.run(&RunContext::for_test(workspace_root()), &params, &Inputs::default()).unwrap();
    let (first, second) = (run(), run());
    assert_eq!(first.tables, second.tables);
    assert_eq!(first.summary, second.summary);
}

#[test]
fn the_summary_counts_and_draws() {
    let registry = register(Registry::default());
    let step = registry.get("ingest.nwb").unwrap();
    let params = step.check(&a2929(json!({}))).unwrap();
    let run = step.run(&RunContext::for_test(workspace_root()), &params, &Inputs::default()).unwrap();
    let metric = |name: &str| run.summary.metrics.iter().any(|metric| metric.name == name);
    for name in ["duration", "units", "spikes", "units in adn", "highest firing rate", "intervals in epochs"]
    {
        assert!(metric(name), "{name}: {:?}", run.summary.metrics);
    }
    let Content::Raster(raster) = &run.summary.figures[0].panels[0].content else { panic!("no raster") };
    assert_eq!(raster.labels.len(), 15);
    let n_events: usize = raster.events.iter().map(Vec::len).sum();
    assert!((500..=20_000).contains(&n_events), "{n_events}");
}

#[test]
fn the_file_is_part_of_the_cache_key() {
    let registry = register(Registry::default());
    let step = registry.get("ingest.nwb").unwrap();
    let params = step.check(&a2929(json!({}))).unwrap();
    let files = step.files(&params, &workspace_root()).unwrap();
    assert_eq!(files, [workspace_root().join("data/a2929/A2929-200711.nwb")]);
}

#[test]
fn every_mistake_in_the_parameters_is_reported() {
    let registry = register(Registry::default());
    let step = registry.get("ingest.nwb").unwrap();
    let issues = step.check(&json!({ "path": "", "recording_id": "", "signals": ["a", ""] })).err().unwrap();
    let paths: Vec<_> = issues.iter().map(|issue| issue.path.as_str()).collect();
    assert_eq!(paths, ["path", "recording_id", "signals.1"]);
}

#[test]
fn inspection_lists_objects_in_a_table_and_in_json() {
    let scratch = Scratch::new();
    let path = scratch.path("units.nwb");
    write_units(&path, &[0.1, 0.2], &[1, 2]);
    let inspection = neuroloom_io::inspect(&path).unwrap();
    let text = inspection.to_string();
    assert!(text.starts_with("units.nwb: NWB 2, "), "{text}");
    let line = text.lines().find(|line| line.starts_with("/units/spike_times ")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["/units/spike_times", "2", "float64"]);
    let json = serde_json::to_value(&inspection).unwrap();
    assert_eq!(json["objects"][0]["path"], "/units");
    assert_eq!(json["objects"][0]["neurodata_type"], "Units");
}
