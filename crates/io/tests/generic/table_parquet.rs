//! Tables in Parquet, ours and of others.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{LargeListBuilder, PrimitiveBuilder};
use arrow_array::types::{Float32Type, Int32Type};
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float32Array, Int16Array, LargeStringArray, RecordBatch,
};
use neuroloom_core::{TimeBase, files};
use neuroloom_io::table_file;
use neuroloom_table::{Columns, TableBuilder, kinds, parquet as ours};
use neuroloom_testkit::{assert_survives, shared_data};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel};
use parquet::file::properties::WriterProperties;
use serde_json::json;

use crate::table::params;

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, compression: Compression) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties =
        WriterProperties::builder().set_compression(compression).set_max_row_group_row_count(Some(2)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    files::write_bytes(path, &bytes).unwrap();
}

fn long_columns() -> Vec<(&'static str, ArrayRef)> {
    let units: DictionaryArray<Int32Type> = ["b", "a", "b", "a"].into_iter().collect();
    vec![
        ("neuron", Arc::new(units)),
        ("note", Arc::new(LargeStringArray::from(vec!["x", "y", "x", "y"]))),
        ("frame", Arc::new(Int16Array::from(vec![0, 0, 1, 1]))),
        (
            "value",
            Arc::new(Decimal128Array::from(vec![125, 250, 375, 500]).with_precision_and_scale(9, 2).unwrap()),
        ),
    ]
}

#[test]
fn foreign_types_and_compressions_are_read() {
    let gzip = Compression::GZIP(GzipLevel::default());
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW, gzip] {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("f.parquet"), long_columns(), compression);
        let value = json!({
            "path": "f.parquet", "layout": "long", "time_unit": "samples", "fs_hz": 10, "keep": ["note"],
            "columns": { "unit": "neuron", "time": "frame", "value": "value" },
        });
        let traces = table_file::read(folder.path(), &params(value)).unwrap().traces.unwrap();
        assert_eq!(traces.lists("trace").unwrap().get(0).unwrap().as_ref(), [2.5, 5.0]);
        assert_eq!(traces.lists("trace").unwrap().get(1).unwrap().as_ref(), [1.25, 3.75]);
        assert_eq!(traces.text("note").unwrap().get(0), Some("y"));
        assert_eq!(traces.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.0, dt_s: 0.1 });
    }
}

#[test]
fn nested_lists_are_a_row_per_unit() {
    let mut lists = LargeListBuilder::new(PrimitiveBuilder::<Float32Type>::new());
    lists.append_value([Some(0.5), Some(0.75)]);
    lists.append_null();
    let folder = tempfile::tempdir().unwrap();
    let columns: Vec<(&str, ArrayRef)> =
        vec![("id", Arc::new(Int16Array::from(vec![7, 8]))), ("times", Arc::new(lists.finish()))];
    write(&folder.path().join("u.parquet"), columns, Compression::SNAPPY);
    let value = |kind: &str| {
        json!({ "path": "u.parquet", "as": kind, "layout": "nested",
        "columns": { "unit": "id", "time": "times", "value": "times" } })
    };
    let spikes = table_file::read(folder.path(), &params(value("spikes"))).unwrap().spikes.unwrap();
    assert_eq!(spikes.lists("spike_times_s").unwrap().get(0).unwrap().as_ref(), [0.5, 0.75]);
    assert_eq!(spikes.lists("spike_times_s").unwrap().length(1), 0);
    assert_eq!(spikes.text("unit_id").unwrap().get(1), Some("8"));
}

#[test]
fn a_table_of_ours_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let table = TableBuilder::new(kinds::TRACES)
        .text("recording_id", ["r1", "r2"])
        .text("unit_id", ["u", "u"])
        .text("signal", ["dff", "dff"])
        .integers("segment", [0, 0])
        .optional_numbers("t0_s", [Some(0.5), None])
        .optional_numbers("dt_s", [Some(0.25), None])
        .optional_lists("t_s", [None, Some(vec![0.0, 0.1, 0.9])])
        .lists("trace", [vec![1.0, 2.0], vec![3.0, 4.0, 5.0]])
        .text("trace_unit", ["1", "1"])
        .finish()
        .unwrap();
    ours::write(&folder.path().join("t.parquet"), &table).unwrap();
    let value = json!({
        "path": "t.parquet", "layout": "nested", "signal": "dff", "value_unit": "1",
        "columns": { "recording": "recording_id", "unit": "unit_id", "value": "trace", "time": "t_s", "t0": "t0_s", "dt": "dt_s" },
    });
    let read = table_file::read(folder.path(), &params(value)).unwrap();
    assert_eq!(read.traces.unwrap(), table);
}

#[test]
fn a_wide_table_reads_all_columns_or_those_named() {
    let folder = tempfile::tempdir().unwrap();
    let column = |values: [f32; 3]| -> ArrayRef { Arc::new(Float32Array::from(values.to_vec())) };
    let columns =
        vec![("t", column([0.0, 0.5, 1.0])), ("a", column([1.0, 2.0, 3.0])), ("b", column([4.0, 5.0, 6.0]))];
    write(&folder.path().join("w.parquet"), columns, Compression::UNCOMPRESSED);
    let mut value = json!({ "path": "w.parquet", "columns": { "time": "t" } });
    assert_eq!(table_file::read(folder.path(), &params(value.clone())).unwrap().traces.unwrap().n_rows(), 2);
    value["units"] = json!(["b"]);
    let traces = table_file::read(folder.path(), &params(value.clone())).unwrap().traces.unwrap();
    assert_eq!(traces.lists("trace").unwrap().get(0).unwrap().as_ref(), [4.0, 5.0, 6.0]);
    value["units"] = json!(["c"]);
    assert!(
        table_file::read(folder.path(), &params(value)).unwrap_err().message().contains("no such column")
    );
}

#[test]
fn a_table_that_pandas_wrote_is_read() {
    let Some(path) = shared_data("rsa/rsatoolbox_92images/rdms_long.parquet") else { return };
    let value = json!({
        "path": "rdms_long.parquet", "as": "responses", "layout": "long",
        "columns": { "recording": "rdm", "unit": "i", "condition": "j", "value": "dissimilarity" },
    });
    let responses = table_file::read(path.parent().unwrap(), &params(value)).unwrap().responses.unwrap();
    assert_eq!(responses.n_rows(), 406_042);
}

#[test]
fn damaged_files_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.parquet");
    write(&path, long_columns(), Compression::SNAPPY);
    let outcomes = assert_survives(&files::read_bytes(&path).unwrap(), 200, |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy();
        let value = json!({
            "path": name, "layout": "long", "columns": { "unit": "neuron", "time": "frame", "value": "value" },
        });
        table_file::read(path.parent().unwrap(), &params(value))
    });
    assert!(outcomes.refused > 50, "{outcomes:?}");
}
