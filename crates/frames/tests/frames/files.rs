//! Tables in files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, LargeStringArray, RecordBatch};
use neuroloom_core::{ErrorKind, Table, files as core_files};
use neuroloom_frames::describe::describe;
use neuroloom_frames::files::{Format, head, read, read_named, without_lists, write};
use neuroloom_table::{TableBuilder, check, kinds, parquet};
use neuroloom_testkit::assert_survives;

use crate::support::{Row, columns, integers, number_column, numbers, says, table, text_column, texts};

fn saved(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    core_files::write_bytes(&path, text.as_bytes()).unwrap();
    path
}

fn traces() -> Table {
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", ["r", "r"])
        .text("unit_id", ["a", "b"])
        .text("signal", ["dff", "dff"])
        .integers("segment", [0, 0])
        .optional_numbers("t0_s", [Some(1.0), Some(0.0)])
        .optional_numbers("dt_s", [Some(0.5), Some(0.5)])
        .lists("trace", [vec![0.25, f64::NAN], vec![1.0]])
        .text("trace_unit", ["1", "1"])
        .finish()
        .unwrap()
}

fn text_of(table: &Table, format: Format) -> String {
    let mut out = Vec::new();
    write(table, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn separated_values_are_read_with_their_types() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        saved(folder.path(), "units.csv", "unit,rate,region,good\n1,0.5,adn,true\n2,,\"ca1, deep\",false\n");
    let read_table = read(&path).unwrap();
    let batch = read_table.batch();
    assert_eq!(integers(batch, "unit"), [Some(1), Some(2)]);
    assert_eq!(numbers(batch, "rate"), [Some(0.5), None]);
    assert_eq!(texts(batch, "region"), [Some("adn".into()), Some("ca1, deep".into())]);
    assert_eq!(texts(batch, "good"), [Some("true".into()), Some("false".into())]);
    assert_eq!(head(&path, 1).unwrap().n_rows(), 1);
    let path = saved(folder.path(), "units.tsv", "a\tb\n1\tx\n");
    assert_eq!(integers(read(&path).unwrap().batch(), "a"), [Some(1)]);
}

#[test]
fn text_that_is_no_table_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mistake = |name: &str, text: &str| read(&saved(folder.path(), name, text)).unwrap_err();
    says(&mistake("a.csv", "a,b\n1,2,3\n"), &["separated values", "a.csv"]);
    says(&mistake("b.csv", "a,a\n1,2\n"), &["two columns are called `a`"]);
    says(&mistake("c.csv", "a,\n1,2\n"), &["no name"]);
    says(&mistake("d.csv", ""), &["d.csv"]);
    says(&mistake("e.txt", "a,b\n"), &["no table", ".csv or .tsv"]);
    says(&mistake("f.parquet", "PAR1 but nothing else"), &["not a readable Parquet file"]);
    assert_eq!(read(&folder.path().join("absent.csv")).unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn parquet_of_other_programs_is_read_in_our_types() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.parquet");
    let name: ArrayRef = Arc::new(LargeStringArray::from(vec!["x", "y"]));
    let small: ArrayRef = Arc::new(arrow_array::UInt16Array::from(vec![7, 8]));
    let batch = columns(vec![("name", name), ("n", small)]);
    foreign(&path, &batch);
    let read_table = read(&path).unwrap();
    assert_eq!(read_table.kind(), kinds::TABLE);
    assert_eq!(integers(read_table.batch(), "n"), [Some(7), Some(8)]);
    assert_eq!(texts(read_table.batch(), "name"), [Some("x".into()), Some("y".into())]);
    assert_eq!(head(&path, 1).unwrap().n_rows(), 1);
}

fn foreign(path: &Path, batch: &RecordBatch) {
    core_files::write_atomic_checked(path, |file| {
        let mut writer = ::parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        Ok(())
    })
    .unwrap();
}

#[test]
fn our_own_files_are_verified_and_keep_their_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.parquet");
    parquet::write(&path, &traces()).unwrap();
    let again = read(&path).unwrap();
    assert_eq!(again.kind(), kinds::TRACES);
    assert_eq!(text_of(&again, Format::Ndjson), text_of(&traces(), Format::Ndjson));
    let mut bytes = core_files::read_bytes(&path).unwrap();
    bytes[100] ^= 1;
    core_files::write_bytes(&path, &bytes).unwrap();
    assert_eq!(read(&path).unwrap_err().kind(), ErrorKind::Data);
}

#[test]
fn damaged_files_give_errors_or_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.parquet");
    let numbers = number_column(&[1.5; 50]);
    foreign(&path, &columns(vec![("x", numbers), ("k", text_column(&["adn"; 50]))]));
    let bytes = core_files::read_bytes(&path).unwrap();
    let text = b"unit,rate,region\n1,0.5,adn\n2,0.25,\"ca1\"\n".to_vec();
    assert_survives(&bytes, 200, read);
    // The damaged file has no ending of its own.
    let ending = folder.path().join("damaged.csv");
    assert_survives(&text, 200, move |path| {
        std::fs::copy(path, &ending).unwrap();
        read(&ending)
    });
}

#[test]
fn lists_are_refused_in_text_and_kept_in_json() {
    let mut out = Vec::new();
    let error = write(&traces(), Format::Csv, &mut out).unwrap_err();
    says(&error, &["no lists", "trace", "explode", "ndjson"]);
    let lines = text_of(&traces(), Format::Ndjson);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["trace"], serde_json::json!([0.25, null]));
    assert_eq!(first["unit_id"], "a");
    assert_eq!(first["t_s"], serde_json::Value::Null);
}

#[test]
fn exploded_traces_are_written_with_their_times() {
    let long = without_lists(&traces(), &[]).unwrap();
    let text = text_of(&long, Format::Csv);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with("t_s") && lines[0].contains("unit_id"), "{}", lines[0]);
    assert_eq!(lines.len(), 4);
    assert!(lines[1].contains(",a,") && lines[1].ends_with("1.0"), "{}", lines[1]);
    assert!(lines[2].contains("NaN") && lines[2].ends_with("1.5"), "{}", lines[2]);
    assert!(text_of(&long, Format::Tsv).contains('\t'));
}

#[test]
fn text_that_was_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let batch = columns(vec![
        ("name", text_column(&["a \"quoted\" one", "comma, and\nbreak"])),
        ("x", number_column(&[0.1, 1e-300])),
    ]);
    let path =
        saved(folder.path(), "x.csv", &text_of(&check(kinds::TABLE, batch.clone()).unwrap(), Format::Csv));
    let again = read(&path).unwrap();
    assert_eq!(texts(again.batch(), "name"), texts(&batch, "name"));
    assert_eq!(numbers(again.batch(), "x"), numbers(&batch, "x"));
}

#[test]
fn tables_are_named_after_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = saved(folder.path(), "units.csv", "a\n1\n").display().to_string();
    let names = |sources: &[String]| -> Vec<String> {
        read_named(sources).unwrap().into_iter().map(|table| table.name).collect()
    };
    assert_eq!(names(std::slice::from_ref(&path)), ["units", "t"]);
    assert_eq!(names(&[path.clone(), format!("other={path}")]), ["units", "other"]);
    says(&read_named(&[path.clone(), path]).unwrap_err(), &["two tables are called `units`", "OTHER="]);
}

#[test]
fn columns_are_described() {
    let row = |region: &str, rate: Option<f64>, spikes: &[f64]| Row {
        region: Some(region.into()),
        unit: None,
        rate,
        spikes: Some(spikes.to_vec()),
    };
    let rows =
        [row("adn", Some(1.0), &[]), row("adn", None, &[2.0, 4.0]), row("ca1", Some(f64::NAN), &[6.0])];
    let described = describe(&check(kinds::TABLE, table(&rows)).unwrap()).unwrap();
    let of = |name: &str| described.iter().find(|column| column.name == name).unwrap();
    assert_eq!(of("region").distinct, Some(2));
    assert_eq!((of("unit").count, of("unit").nulls, of("unit").numbers), (0, 3, None));
    let rate = of("rate_hz");
    assert_eq!((rate.unit.as_deref(), rate.nulls), (Some("Hz"), 1));
    let numbers = rate.numbers.unwrap();
    assert_eq!((numbers.min, numbers.max, numbers.std, numbers.nans), (1.0, 1.0, None, 1));
    let spikes = of("spike_times_s");
    assert_eq!(spikes.lengths, Some((0, 2)));
    let numbers = spikes.numbers.unwrap();
    assert_eq!((numbers.min, numbers.mean, numbers.max, numbers.std), (2.0, 4.0, 6.0, Some(2.0)));
    let empty = describe(
        &check(kinds::TABLE, columns(vec![("n", Arc::new(Int64Array::from(Vec::<i64>::new())))])).unwrap(),
    );
    assert_eq!(empty.unwrap()[0].count, 0);
}
