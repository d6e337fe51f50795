//! What a document that is right means.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of these tests may fail as tests do")]

mod support;

use std::fmt::Write;
use std::path::Path;

use neuroloom_pipeline::document::{Pipeline, TaskSpec, load};
use neuroloom_pipeline::resources::ResourceRequest;
use serde_json::json;
use support::fixture;

/// A pipeline as text, for snapshots.
fn written(pipeline: &Pipeline) -> String {
    let mut text = format!("{} seed {} base {}\n", pipeline.name, pipeline.seed, pipeline.base.display());
    for task in &pipeline.tasks {
        let at = &task.position;
        writeln!(text, "{} = {} at {}:{}:{}", task.id, task.step.id(), at.file.display(), at.line, at.column)
            .unwrap();
        writeln!(text, "  in {}", task.folder.display()).unwrap();
        writeln!(text, "  with {}", task.params.canonical()).unwrap();
        for input in &task.inputs {
            write!(text, "  {} <- {}.{}", input.port, input.from_task, input.from_port).unwrap();
            let labels = input.variant.iter().map(|(axis, label)| format!(" {axis}={label}"));
            writeln!(text, "{}", labels.collect::<String>()).unwrap();
        }
        if task.resources != ResourceRequest::default() {
            writeln!(text, "  resources {}", serde_json::to_string(&task.resources).unwrap()).unwrap();
        }
    }
    for output in &pipeline.outputs {
        writeln!(text, "{} <- {}.{}", output.file.display(), output.task, output.port).unwrap();
    }
    for warning in &pipeline.warnings {
        writeln!(text, "{warning}").unwrap();
    }
    text
}

fn loaded(name: &str, overrides: &[&str]) -> Pipeline {
    fixture(name, overrides).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

#[test]
fn the_whole_language() {
    insta::assert_snapshot!(written(&loaded("complete.yaml", &[])));
}

#[test]
fn a_child_merges_over_its_bases() {
    insta::assert_snapshot!(written(&loaded("extends/child.yaml", &[])));
}

#[test]
fn an_unused_variable_is_a_warning() {
    insta::assert_snapshot!(written(&loaded("unused_variable.yaml", &[])));
}

#[test]
fn tasks_for_the_files_that_a_pattern_finds() {
    insta::assert_snapshot!(written(&loaded("foreach_files.yaml", &[])));
}

#[test]
fn tasks_for_the_rows_of_a_table() {
    insta::assert_snapshot!(written(&loaded("foreach_table.yaml", &[])));
}

#[test]
fn axes_end_where_they_are_collected() {
    insta::assert_snapshot!(written(&loaded("collect.yaml", &[])));
}

#[test]
fn a_pattern_that_ends_in_a_slash_finds_folders() {
    let pipeline = loaded("foreach_files.yaml", &["vars.pattern=found/*/"]);
    let paths: Vec<&str> =
        pipeline.tasks.iter().filter_map(|task| task.params.canonical()["path"].as_str()).collect();
    assert_eq!(paths, ["found/monday", "found/tuesday.03"]);
    assert_eq!(pipeline.tasks[1].id, "wake[recording=tuesday.03]");
}

#[test]
fn what_is_found_does_not_depend_on_where_the_program_is_started() {
    let from_here = loaded("foreach_files.yaml", &[]);
    let folder = neuroloom_core::files::real_path(Path::new("tests/documents")).unwrap();
    let from_there = load(&folder.join("foreach_files.yaml"), &[], &support::registry()).unwrap();
    let paths = |pipeline: &Pipeline| -> Vec<_> {
        pipeline.tasks.iter().map(|task| task.params.canonical().clone()).collect()
    };
    assert_eq!(paths(&from_here), paths(&from_there));
}

#[test]
fn collecting_all_fits_a_pipeline_without_a_sweep() {
    let pipeline = loaded("extends/collect_without_sweep.yaml", &[]);
    let inputs = &pipeline.tasks.last().unwrap().inputs;
    assert_eq!(inputs.len(), 1);
    assert!(inputs[0].variant.is_empty());
}

#[test]
fn resources_of_a_step_win_over_those_of_the_pipeline_and_overrides_over_both() {
    let of =
        |overrides: &[&str], task: usize| loaded("resources.yaml", overrides).tasks[task].resources.clone();
    let (source, map) = (of(&[], 0), of(&[], 1));
    assert_eq!((source.cores, source.memory_bytes, source.time_s), (Some(2), Some(4 << 30), Some(5400)));
    assert_eq!((map.cores, map.memory_bytes, map.time_s), (Some(8), Some(16 << 30), Some(5400)));
    assert_eq!((map.partition.as_deref(), map.gres.as_deref()), (Some("long"), Some("gpu:a100:2")));
    let overrides = ["steps.rdm.resources.memory=1.5G", "resources.time=45s", "resources.partition=short"];
    let changed = of(&overrides, 1);
    assert_eq!((changed.memory_bytes, changed.time_s), (Some(3 << 29), Some(45)));
    assert_eq!(of(&overrides, 0).partition.as_deref(), Some("short"));
}

#[test]
fn own_entries_win_over_merged_ones() {
    let pipeline = loaded("merge_keys.yaml", &[]);
    let rdm = pipeline.tasks.last().unwrap();
    let params = rdm.params.canonical();
    assert_eq!((&params["rank"], &params["mode"]), (&json!(5), &json!("exact")));
}

#[test]
fn overrides_change_values_in_order() {
    let overrides = [
        "seed=1",
        "name=other",
        "vars.rank=1",
        "vars.rank=3",
        "steps.wake.with.units=[4, 5, 6]",
        "steps.wake.with.units.1=0x10",
        "steps.rdm.with.label='${rank}!'",
    ];
    let pipeline = loaded("complete.yaml", &overrides);
    assert_eq!((pipeline.name.as_str(), pipeline.seed), ("other", 1));
    assert_eq!(pipeline.tasks[0].params.canonical()["units"], json!([4, 16, 6]));
    assert_eq!(pipeline.tasks[1].params.canonical()["rank"], json!(3));
    assert_eq!(pipeline.tasks[1].params.canonical()["label"], json!("3!"));
}

#[test]
fn the_text_is_kept_as_it_is() {
    let text = neuroloom_core::files::read_text(Path::new("tests/documents/complete.yaml")).unwrap();
    assert_eq!(loaded("complete.yaml", &[]).text, text);
}

#[test]
fn listed_values_make_tasks_like_those_that_are_found() {
    let tasks = loaded("foreach_values.yaml", &[]).tasks;
    let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["wake[mouse=a 1]", "wake[mouse=b]", "rdm[mouse=a 1]", "rdm[mouse=b]"]);
    assert_eq!(*tasks[1].params.canonical(), json!({ "path": "data/${b}.nwb", "units": [2, 3] }));
    let said = fixture("foreach_values.yaml", &["steps.wake.with.path=c.nwb"]).err().unwrap().to_string();
    assert!(said.contains("the foreach of `wake` sets `path`"), "{said}");
}

#[test]
fn a_resolved_pipeline_has_the_same_tasks_wherever_it_lies() {
    let names = [
        "complete.yaml",
        "extends/child.yaml",
        "foreach_files.yaml",
        "foreach_table.yaml",
        "foreach_values.yaml",
        "collect.yaml",
        "resources.yaml",
    ];
    for name in names {
        let pipeline = loaded(name, &[]);
        let (file, again) = support::load_text(pipeline.resolved.as_bytes());
        let again = again.unwrap_or_else(|mistakes| panic!("{name}: {mistakes}\n{}", pipeline.resolved));
        let tasks = |pipeline: &Pipeline| -> Vec<_> {
            let task =
                |task: &TaskSpec| (task.id.clone(), task.params.canonical().clone(), task.inputs.clone());
            pipeline.tasks.iter().map(task).collect()
        };
        assert_eq!(tasks(&again), tasks(&pipeline), "{name}");
        assert_eq!((&again.name, again.seed), (&pipeline.name, pipeline.seed));
        assert_eq!(again.outputs, pipeline.outputs, "{name}");
        assert_eq!(again.resolved, pipeline.resolved, "{name}: {}", file.display());
        assert!(again.warnings.is_empty(), "{name}");
    }
}

#[test]
fn every_input_comes_from_an_earlier_task() {
    for name in ["complete.yaml", "extends/child.yaml", "foreach_files.yaml", "collect.yaml"] {
        let tasks = loaded(name, &[]).tasks;
        for (at, task) in tasks.iter().enumerate() {
            for input in &task.inputs {
                let from = tasks.iter().position(|other| other.id == input.from_task).unwrap();
                assert!(from < at, "{} reads from {}", task.id, input.from_task);
            }
        }
    }
}

#[test]
fn an_output_that_follows_an_input_has_the_kind_that_comes_in() {
    let pipeline = loaded("any_kind.yaml", &[]);
    let rdm = pipeline.tasks.last().unwrap();
    let from = |port: &str| {
        let input = rdm.inputs.iter().find(|input| input.port == port).unwrap();
        format!("{}.{}", input.from_task, input.from_port)
    };
    assert_eq!((from("spikes"), from("labels")), ("kept.table".into(), "labels.table".into()));
}
