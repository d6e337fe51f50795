//! Tables written and read in parts.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests fail by panicking")]

use std::path::Path;

use neuroloom_core::{StoredParts, Table, TableParts};
use neuroloom_table::parquet::{self, PartsFile, PartsWriter};
use neuroloom_table::{Columns, TableBuilder, kinds};

fn recording(id: &str, units: &[&str]) -> Table {
    let trains = units.iter().enumerate().map(|(i, _)| (0..=i).map(|k| k as f64).collect::<Vec<_>>());
    TableBuilder::new(kinds::SPIKES)
        .text("recording_id", units.iter().map(|_| id))
        .text("unit_id", units)
        .lists("spike_times_s", trains)
        .finish()
        .unwrap()
}

fn write(folder: &Path, parts: &[Table]) -> PartsFile {
    let mut writer = PartsWriter::new(folder, kinds::SPIKES).unwrap();
    parts.iter().for_each(|part| writer.append(part).unwrap());
    writer.finish().unwrap()
}

fn three() -> [Table; 3] {
    [recording("a", &["1", "2"]), recording("b", &["1"]), recording("c", &["1", "2", "3"])]
}

#[test]
fn parts_come_back_one_by_one_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), &three());
    assert_eq!((file.n_parts(), file.n_rows(), file.kind()), (3, 6, kinds::SPIKES));
    for (i, part) in three().iter().enumerate() {
        assert_eq!(&file.part(i).unwrap(), part);
    }
    assert!(file.part(3).is_err());
    let path = folder.path().join("spikes.parquet");
    file.move_to(&path).unwrap();
    assert_eq!(file.part(2).unwrap(), three()[2], "it is read at its new place");
    assert!(file.move_to(&path).is_err());
    let whole = parquet::read(&path).unwrap();
    assert_eq!(neuroloom_table::whole(&file).unwrap(), whole);
    assert_eq!(whole.n_rows(), 6);
    assert_eq!(whole.text("recording_id").unwrap().get(5), Some("c"));
    assert_eq!(parquet::verify(&path).unwrap(), file.digest());
}

#[test]
fn a_whole_table_is_its_own_part_in_memory_and_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (table, path) = (recording("a", &["1", "2"]), folder.path().join("whole.parquet"));
    parquet::write(&path, &table).unwrap();
    let file = PartsFile::open(&path).unwrap();
    assert_eq!((file.n_parts(), file.part(0).unwrap()), (1, table.clone()));
    assert_eq!((table.n_parts(), table.part(0).unwrap()), (1, table.clone()));
    assert!(TableParts::part(&table, 1).is_err());
}

#[test]
fn the_same_parts_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write(folder.path(), &three()).digest(), write(folder.path(), &three()).digest());
}

#[test]
fn nothing_is_left_of_a_table_that_was_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    drop(write(folder.path(), &three()));
    let mut unfinished = PartsWriter::new(folder.path(), kinds::SPIKES).unwrap();
    unfinished.append(&three()[0]).unwrap();
    drop(unfinished);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn no_rows_are_a_table_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), &[recording("a", &[])]);
    assert_eq!((file.n_parts(), file.n_rows()), (0, 0));
    assert_eq!(neuroloom_table::whole(&file).unwrap(), recording("a", &[]));
    let path = folder.path().join("none.parquet");
    file.move_to(&path).unwrap();
    assert_eq!(parquet::read(&path).unwrap(), recording("a", &[]));
}

#[test]
fn parts_out_of_order_or_of_other_columns_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |first: &Table, second: &Table| {
        let mut writer = PartsWriter::new(folder.path(), kinds::SPIKES).unwrap();
        writer.append(first).unwrap();
        writer.append(second).unwrap_err().message().to_owned()
    };
    let [a, b, _] = three();
    assert!(refused(&b, &a).contains("begins before the end"));
    let ids: std::sync::Arc<dyn arrow_array::Array> =
        std::sync::Arc::new(arrow_array::Int64Array::from(vec![1]));
    let wider = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["c"])
        .text("unit_id", ["1"])
        .lists("spike_times_s", [vec![]])
        .extra("depth", None, ids)
        .finish()
        .unwrap();
    assert!(refused(&b, &wider).contains("other columns"));
    let mut writer = PartsWriter::new(folder.path(), kinds::TRACES).unwrap();
    assert!(writer.append(&a).unwrap_err().message().contains("is a spikes table"));
}

#[test]
fn one_flipped_bit_is_found_before_the_first_part_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spikes.parquet");
    write(folder.path(), &three()).move_to(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for at in (0..bytes.len()).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        neuroloom_core::files::write_bytes(&path, &damaged).unwrap();
        assert!(PartsFile::open(&path).is_err(), "byte {at}");
    }
}
