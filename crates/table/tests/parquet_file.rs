//! What a Parquet file of ours promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array};
use neuroloom_core::{Table, Unit, files};
use neuroloom_table::{Columns, TableBuilder, kinds, parquet};

fn spikes() -> Table {
    TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["b", "a", "a"])
        .text("unit_id", ["1", "2", "1"])
        .optional_text("region", [None, Some("adn"), Some("ca1")])
        .lists("spike_times_s", [vec![], vec![0.5, f64::NAN], vec![1.5]])
        .finish()
        .unwrap()
}

fn write(folder: &Path, name: &str, table: &Table) -> Vec<u8> {
    let path = folder.join(name);
    parquet::write(&path, table).unwrap();
    files::read_bytes(&path).unwrap()
}

#[test]
fn rows_are_sorted_by_key_and_read_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.parquet", &spikes());
    let table = parquet::read(&folder.path().join("a.parquet")).unwrap();
    assert_eq!(table.batch().schema(), spikes().batch().schema());
    let ids = table.text("recording_id").unwrap();
    assert_eq!((0..3).map(|row| ids.get(row).unwrap()).collect::<Vec<_>>(), ["a", "a", "b"]);
    assert_eq!(table.text("region").unwrap().get(2), None);
    let times = table.lists("spike_times_s").unwrap();
    assert!(times.get(1).unwrap()[1].is_nan());
    assert_eq!(times.get(2).unwrap().len(), 0);
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(folder.path(), "first.parquet", &spikes());
    for _ in 0..20 {
        assert_eq!(write(folder.path(), "again.parquet", &spikes()), first);
    }
}

#[test]
fn every_flipped_bit_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = write(folder.path(), "a.parquet", &spikes());
    let damaged = folder.path().join("damaged.parquet");
    for bit in 0..bytes.len() * 8 {
        let mut copy = bytes.clone();
        copy[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&damaged, copy).unwrap();
        assert!(parquet::verify(&damaged).is_err(), "bit {bit} of {}", bytes.len() * 8);
    }
}

#[test]
fn every_truncation_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = write(folder.path(), "a.parquet", &spikes());
    let damaged = folder.path().join("damaged.parquet");
    for length in 0..bytes.len() {
        std::fs::write(&damaged, &bytes[..length]).unwrap();
        assert!(parquet::read(&damaged).is_err(), "{length} of {} bytes", bytes.len());
    }
}

#[test]
fn units_stand_in_the_metadata() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.parquet", &spikes());
    let contents = parquet::inspect(&folder.path().join("a.parquet")).unwrap();
    assert_eq!(contents.kind.as_deref(), Some("spikes"));
    let schema = contents.schema;
    let field = schema.field_with_name("spike_times_s").unwrap();
    assert_eq!(field.metadata().get("unit").map(String::as_str), Some("s"));
}

#[test]
fn the_head_is_the_first_rows() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.parquet", &spikes());
    let path = folder.path().join("a.parquet");
    assert_eq!(parquet::head(&path, 2).unwrap().batch(), &spikes().batch().slice(0, 2));
    assert_eq!(parquet::head(&path, 9).unwrap().n_rows(), 3);
    assert_eq!(parquet::head(&path, 0).unwrap().n_rows(), 0);
}

#[test]
fn an_empty_table_is_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let none: [&str; 0] = [];
    let empty = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", none)
        .text("unit_id", none)
        .lists("spike_times_s", [])
        .finish()
        .unwrap();
    write(folder.path(), "a.parquet", &empty);
    assert_eq!(parquet::read(&folder.path().join("a.parquet")).unwrap().n_rows(), 0);
}

#[test]
fn something_else_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "not a table, only some notes").unwrap();
    let error = parquet::read(&path).unwrap_err();
    assert!(error.report().contains("notes.txt"), "{}", error.report());
}

#[test]
fn a_missing_column_is_named() {
    let error = TableBuilder::new(kinds::SPIKES).text("recording_id", ["a"]).finish().unwrap_err();
    assert!(error.to_string().contains("unit_id"), "{error}");
}

#[test]
fn a_null_where_none_may_be_is_named() {
    let error = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["a"])
        .optional_text("unit_id", [None::<&str>])
        .lists("spike_times_s", [vec![]])
        .finish()
        .unwrap_err();
    assert_eq!(error.location().object.as_deref(), Some("unit_id"));
}

#[test]
fn a_table_without_a_schema_keeps_its_columns_their_order_and_units() {
    let folder = tempfile::tempdir().unwrap();
    let counts: ArrayRef = Arc::new(Int64Array::from(vec![3, 1, 2]));
    let rates: ArrayRef = Arc::new(Float64Array::from(vec![0.5, f64::NAN, 1.5]));
    let table = TableBuilder::new(kinds::TABLE)
        .extra("n", None, counts)
        .extra("rate_hz", Some(&Unit::HERTZ), rates)
        .finish()
        .unwrap();
    write(folder.path(), "a.parquet", &table);
    let read = parquet::read(&folder.path().join("a.parquet")).unwrap();
    assert_eq!((read.kind(), read.n_rows()), (kinds::TABLE, 3));
    assert_eq!(read.integers("n").unwrap().values(), &[3, 1, 2]);
    assert_eq!(read.batch().schema().field(1).metadata()[neuroloom_table::UNIT], "Hz");
}
