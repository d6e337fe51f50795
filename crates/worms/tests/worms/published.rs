//! The published collection: what `celegans.homogenise` exports in its layout, read again.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use neuroloom_core::{Inputs, Result, StepOutput, Table, files};
use neuroloom_table::{Columns, whole};
use neuroloom_testkit::{assert_survives, workspace_root};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use crate::support::{parts, run};

/// The shipped worm, homogenised and exported, and all that came with it.
fn homogenised() -> StepOutput {
    let data = workspace_root().join("data");
    let worms = run(&data, 1, "ingest.celegans", &json!({"path": "celegans"}), &Inputs::default()).unwrap();
    let recordings = worms.tables["recordings"].clone();
    let inputs = Inputs::new([("recordings".to_owned(), recordings)])
        .with_parts("traces", Arc::new(whole(worms.stored["traces"].as_ref()).unwrap()));
    let params = json!({"export": "published", "profile": "compat"});
    run(&data, 1, "celegans.homogenise", &params, &inputs).unwrap()
}

fn published() -> RecordBatch {
    whole(homogenised().stored["published"].as_ref()).unwrap().batch().clone()
}

/// Writes `batch` as another program would, in row groups of `rows`.
fn write(path: &Path, batch: &RecordBatch, rows: usize) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    files::write_bytes(path, &bytes).unwrap();
}

fn ingest(folder: &Path, params: &Value) -> Result<StepOutput> {
    run(folder, 1, "ingest.celegans_published", params, &Inputs::default())
}

fn with_column(batch: &RecordBatch, name: &str, column: ArrayRef) -> RecordBatch {
    let schema = batch.schema();
    let at = schema.index_of(name).unwrap();
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    fields[at] = Arc::new(Field::new(name, column.data_type().clone(), true));
    let mut columns = batch.columns().to_vec();
    columns[at] = column;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn refused(batch: &RecordBatch) -> String {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a.parquet"), batch, 1000);
    ingest(folder.path(), &json!({"path": "a.parquet"})).unwrap_err().report()
}

#[test]
fn what_was_exported_comes_back() {
    let ours = homogenised();
    let folder = tempfile::tempdir().unwrap();
    // Row groups that cut the worm in pieces.
    write(&folder.path().join("a.parquet"), &published(), 30);
    let output = ingest(folder.path(), &json!({"path": "a.parquet"})).unwrap();
    let (found, expected) = (&parts(&output, "traces")[0], &parts(&ours, "traces")[0]);
    assert_eq!(found.n_rows(), expected.n_rows());
    for column in ["neuron", "slot", "is_labeled", "calcium_data", "original_calcium_data", "position"] {
        let of = |table: &Table| table.batch().column_by_name(column).unwrap().to_data();
        assert_eq!(of(found), of(expected), "{column}");
    }
    let (mine, theirs) = (&output.tables["recordings"], &ours.tables["recordings"]);
    for column in ["original_max_timesteps", "max_timesteps", "n_neurons", "n_labeled"] {
        assert_eq!(mine.integers(column).unwrap().value(0), theirs.integers(column).unwrap().value(0));
    }
    let dt_s = mine.numbers("resample_dt_s").unwrap().get(0).unwrap();
    assert!((dt_s - 0.333).abs() < 1e-6, "{dt_s}");
    let signals = &parts(&output, "signals")[0];
    assert!((signals.time_base(0).unwrap().time_s(10) - 3.33).abs() < 1e-4);
    assert_eq!(mine.text("recording_id").unwrap().get(0), Some("Flavell2023/worm0000"));
}

#[test]
fn other_types_of_the_same_columns_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let mut batch = published();
    let half = Arc::new(Field::new_list_field(DataType::Float16, true));
    let wide = Arc::new(Field::new_list_field(DataType::Float64, true));
    for (name, to) in [
        ("calcium_data", DataType::LargeList(half)),
        ("original_calcium_data", DataType::List(wide)),
        ("slot", DataType::Int16),
        ("neuron", DataType::LargeUtf8),
        ("worm", DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))),
    ] {
        let column = arrow_cast::cast(batch.column_by_name(name).unwrap(), &to).unwrap();
        batch = with_column(&batch, name, column);
    }
    write(&folder.path().join("a.parquet"), &batch, 1000);
    let output = ingest(folder.path(), &json!({"path": "."})).unwrap();
    assert_eq!(output.tables["recordings"].text("storage").unwrap().get(0), Some("float16"));
    let (found, exact) = (&parts(&output, "traces")[0], &parts(&homogenised(), "traces")[0]);
    let trace = |table: &Table| table.lists("calcium_data").unwrap().get(3).unwrap().into_owned();
    let worst = trace(found).iter().zip(trace(exact)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst > 0.0 && worst < 4e-3, "{worst}");
}

#[test]
fn worms_are_in_the_order_of_their_numbers_over_all_files_and_sources_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let batch = published().slice(0, 5);
    let named = |worm: &str, source: &str| {
        let batch = with_column(&batch, "worm", Arc::new(StringArray::from(vec![worm; 5])));
        with_column(&batch, "source_dataset", Arc::new(StringArray::from(vec![source; 5])))
    };
    let files = [("b", "worm2", "Kato2015"), ("a", "worm10", "Kato2015"), ("c", "worm1", "Dag2023")];
    for (file, worm, source) in files {
        write(&folder.path().join(format!("{file}.parquet")), &named(worm, source), 1000);
    }
    let ids = |params: Value| {
        let output = ingest(folder.path(), &params).unwrap();
        let ids = output.tables["recordings"].text("recording_id").unwrap();
        (0..output.tables["recordings"].n_rows())
            .map(|row| ids.get_or_empty(row).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(json!({"path": "."})), ["Dag2023/worm0001", "Kato2015/worm0002", "Kato2015/worm0010"]);
    assert_eq!(ids(json!({"path": ".", "sources": ["Dag2023"]})), ["Dag2023/worm0001"]);
    let error = ingest(folder.path(), &json!({"path": ".", "sources": ["Dag2022"]})).unwrap_err().report();
    assert!(error.contains("Dag2023, Kato2015"), "{error}");
}

#[test]
fn rows_that_do_not_agree_are_refused_with_worm_and_column() {
    let batch = published();
    let n = batch.num_rows();
    let without = batch.project(&(0..14).collect::<Vec<_>>()).unwrap();
    assert!(refused(&without).contains("max_timesteps"));
    let counts: Vec<i32> = (0..n).map(|row| if row == 3 { 5 } else { 1000 }).collect();
    let said = refused(&with_column(&batch, "original_max_timesteps", Arc::new(Int32Array::from(counts))));
    assert!(said.contains("Flavell2023/worm0000") && said.contains("original_max_timesteps"), "{said}");
    let twins = with_column(&batch, "neuron", Arc::new(StringArray::from(vec!["AVAL"; n])));
    assert!(refused(&twins).contains("two neurons of one name"));
    let smooth: Vec<String> = (0..n).map(|row| format!("method{row}")).collect();
    assert!(
        refused(&with_column(&batch, "smooth_method", Arc::new(StringArray::from(smooth))))
            .contains("do not agree")
    );
    let words = with_column(&batch, "slot", Arc::new(StringArray::from(vec!["none"; n])));
    assert!(refused(&words).contains("slot"));
    let folder = tempfile::tempdir().unwrap();
    assert!(ingest(folder.path(), &json!({"path": "."})).unwrap_err().report().contains("*.parquet"));
}

#[test]
fn damaged_files_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write(&path, &published().slice(0, 3), 2);
    let bytes = std::fs::read(&path).unwrap();
    let outcomes = assert_survives(&bytes, 200, |damaged: &Path| -> Result<()> {
        let name = damaged.file_name().unwrap().to_string_lossy().into_owned();
        ingest(damaged.parent().unwrap(), &json!({ "path": name })).map(|_| ())
    });
    assert!(outcomes.refused > 0 && outcomes.read + outcomes.refused == 200, "{outcomes:?}");
}
