//! `ingest.celegans` as a step.

use std::path::Path;

use neuroloom_core::{Inputs, PlanContext, PlannedInputs, files};
use neuroloom_table::Columns;
use serde_json::{Value, json};

use crate::support::{copied, fixtures, ingest, parts, registry, run};

fn issues(params: &Value) -> Vec<String> {
    let registry = registry();
    let found = registry.get("ingest.celegans").unwrap().check(params).err().unwrap_or_default();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn one_part_holds_one_recording_in_the_order_of_ids() {
    let output = ingest(&fixtures(), &json!({"path": "."})).unwrap();
    let parts = parts(&output, "traces");
    let ids: Vec<String> =
        parts.iter().map(|part| part.text("recording_id").unwrap().get_or_empty(0).to_owned()).collect();
    assert!(ids.is_sorted() && ids.len() == 21, "{ids:?}");
    for (part, id) in parts.iter().zip(&ids) {
        let rows = part.text("recording_id").unwrap();
        assert!((0..part.n_rows()).all(|row| rows.get(row) == Some(id)));
        let numbers = part.integers("raw_column").unwrap();
        assert!(numbers.values().windows(2).all(|pair| pair[0] < pair[1]));
        assert!((0..part.n_rows()).all(|row| part.time_base(row).is_ok()));
    }
    let labels = parts[0].text("label_given").unwrap();
    let dag: Vec<_> = (0..5).map(|row| labels.get(row)).collect();
    assert_eq!(dag, [None, Some("AVAL"), Some("VB02"), None, Some("AVAR")]);
    assert_eq!(parts[0].text("licence_note").unwrap().get(0), Some("no licence is stated with the files"));
}

#[test]
fn the_side_tables_say_where_recordings_come_from_and_what_the_animal_did() {
    let output = ingest(&fixtures(), &json!({"path": ".", "sources": ["Dag2023", "Flavell2023"]})).unwrap();
    let recordings = &output.tables["recordings"];
    let text = |column: &str, row| recordings.text(column).unwrap().get(row).map(str::to_owned);
    assert_eq!(text("source", 0).as_deref(), Some("Dag2023"));
    assert_eq!(text("source_file", 1).as_deref(), Some("2022-07-27-45-data.h5"));
    assert_eq!(text("skip_reason", 0).as_deref(), Some("2022-01-16-01 is not in the label dictionary"));
    assert_eq!((text("skip_reason", 1), recordings.integers("n_units").unwrap().value(0)), (None, 5));
    let behaviour = parts(&output, "behaviour");
    assert_eq!(behaviour.iter().map(neuroloom_core::Table::n_rows).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(behaviour[0].text("value_unit").unwrap().get(1), Some("mm/s"));
    let intervals = &output.tables["intervals"];
    let sets = intervals.text("interval_set").unwrap();
    let sets: Vec<_> = (0..intervals.n_rows()).map(|row| sets.get_or_empty(row)).collect();
    assert_eq!(sets, ["food_encounter", "reversal", "reversal", "reversal"]);
    assert_eq!(intervals.integers("interval_id").unwrap().values().to_vec(), [0, 0, 1, 0]);
    let warnings = output.summary.warnings.join("\n");
    assert!(warnings.contains("Dag2023/2022-01-16-01 is skipped") && warnings.contains("26 times cut"));
    assert_eq!(output.summary.figures.len(), 2);
}

#[test]
fn threads_change_no_byte() {
    let digests = |threads| {
        let params = json!({"path": "."});
        let output = run(&fixtures(), threads, "ingest.celegans", &params, &Inputs::default()).unwrap();
        let stored = |port: &str| output.stored[port].digest();
        (stored("traces"), stored("behaviour"), output.tables["recordings"].clone(), output.summary)
    };
    let one = digests(1);
    for threads in [2, 5] {
        assert!(digests(threads) == one, "{threads} threads");
    }
}

#[test]
fn a_broken_recording_is_skipped_without_a_word_on_folders_and_the_others_go_on() {
    let folder = copied("Dag2023");
    files::write_bytes(&folder.path().join("2022-07-27-46-data.h5"), b"no HDF5").unwrap();
    let params = |strict: bool| json!({"path": ".", "source": "Dag2023", "strict": strict});
    let output = ingest(folder.path(), &params(false)).unwrap();
    let recordings = &output.tables["recordings"];
    assert_eq!(recordings.n_rows(), 3);
    assert_eq!(recordings.text("recording_id").unwrap().get(2), Some("Dag2023/2022-07-27-46"));
    let reason = recordings.text("skip_reason").unwrap().get(2).unwrap();
    assert!(reason.contains("HDF5") && !reason.contains(folder.path().to_str().unwrap()), "{reason}");
    assert_eq!(parts(&output, "traces").len(), 1);
    assert!(ingest(folder.path(), &params(true)).unwrap_err().report().contains("2022-07-27-46"));
}

#[test]
fn nothing_that_can_be_read_leaves_tables_with_all_columns() {
    let folder = copied("Dag2023");
    files::remove_file(&folder.path().join("NeuroPAL_labels_dict.json")).unwrap();
    let output = ingest(folder.path(), &json!({"path": ".", "source": "Dag2023"})).unwrap();
    let reason = output.tables["recordings"].text("skip_reason").unwrap();
    assert!(reason.get(0).unwrap().contains("no label dictionary"));
    let traces = &output.tables["traces"];
    assert_eq!(traces.n_rows(), 0);
    assert!(traces.text("label_given").is_ok() && traces.integers("raw_column").is_ok());
}

#[test]
fn a_limit_takes_the_first_recordings_of_each_source() {
    let output =
        ingest(&fixtures(), &json!({"path": ".", "sources": ["Kato2015", "Uzel2022"], "limit": 1})).unwrap();
    let ids = output.tables["recordings"].text("recording_id").unwrap();
    assert_eq!(
        (ids.get(0), ids.get(1), ids.get(2)),
        (Some("Kato2015/WT_NoStim/worm00"), Some("Uzel2022/Uzel_WT/worm00"), None)
    );
}

#[test]
fn the_plan_knows_sizes_by_headers_and_the_files_by_name() {
    let registry = registry();
    let step = registry.get("ingest.celegans").unwrap();
    let params = step.check(&json!({"path": "Dag2023"})).unwrap();
    let ctx = PlanContext { base: fixtures(), threads: 2 };
    let plan = step.plan(&ctx, &params, &PlannedInputs::default()).unwrap();
    let dims = |name: &str| plan.outputs["traces"].dim(name);
    assert_eq!(
        (dims("recordings"), dims("units"), dims("samples"), dims("values_per_part")),
        (Some(2), Some(10), Some(24), Some(120))
    );
    let names = |params: &Value| -> Vec<String> {
        let files = step.files(&step.check(params).unwrap(), &fixtures()).unwrap();
        files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    let dag = ["2022-01-16-01-data.h5", "2022-07-27-45-data.h5", "NeuroPAL_labels_dict.json"];
    assert_eq!(names(&json!({"path": "Dag2023"})), dag);
    assert_eq!(names(&json!({"path": "Leifer2023"})), ["0_gcamp.txt", "0_labels.txt", "0_t.txt"]);
    assert_eq!(names(&json!({"path": "Flavell2023"})), ["neurons.json", "time_trace.json", "worm.json"]);
    assert_eq!(names(&json!({"path": "."})).len(), 20);
}

#[test]
fn files_of_one_name_in_two_folders_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = files::read_bytes(&fixtures().join("Lin2023/run1.mat")).unwrap();
    for name in ["a/run1.mat", "b/run1.mat", "b/run2.mat"] {
        files::write_bytes(&folder.path().join(name), &bytes).unwrap();
    }
    let output = ingest(folder.path(), &json!({"path": ".", "source": "Lin2023"})).unwrap();
    let ids = output.tables["recordings"].text("recording_id").unwrap();
    let ids: Vec<_> = (0..3).map(|row| ids.get_or_empty(row)).collect();
    assert_eq!(ids, ["Lin2023/a/run1", "Lin2023/b/run1", "Lin2023/run2"]);
}

#[test]
fn wrong_parameters_are_named() {
    assert_eq!(issues(&json!({"path": ""})), ["path must name a folder or a file, got nothing"]);
    assert!(issues(&json!({"path": "a", "source": "Dag2022"})).join("").contains("source"));
    assert!(issues(&json!({"path": "a", "limit": 0})).join("").contains("at least 1"));
    assert!(
        issues(&json!({"path": "a", "source": "Dag2023", "sources": ["Dag2023"]}))
            .join("")
            .contains("absent")
    );
    assert!(issues(&json!({"path": "a", "sources": []})).join("").contains("at least one"));
    assert!(issues(&json!({"path": "a", "source": "dag2023"})).is_empty());
    let message = ingest(Path::new("/"), &json!({"path": "no/such/folder"})).unwrap_err().to_string();
    assert!(message.contains("no/such/folder"), "{message}");
}
