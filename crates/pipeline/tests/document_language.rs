//! What a document that is right means.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of these tests may fail as tests do")]

mod support;

use std::fmt::Write;
use std::path::Path;

use neuroloom_pipeline::document::Pipeline;
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
            writeln!(text, "  {} <- {}.{}", input.port, input.from_task, input.from_port).unwrap();
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
fn every_input_comes_from_an_earlier_task() {
    for name in ["complete.yaml", "extends/child.yaml"] {
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
