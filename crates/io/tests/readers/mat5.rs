//! MATLAB 5 files: real ones, those of scipy's writer, damaged and hostile ones.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};
use neuroloom_io::mat5::{Class, File, Limits, MatValue, Variable};
use neuroloom_io::numbers::{NumberType, Numbers};
use neuroloom_testkit::{assert_survives, shared_data};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mat5").join(name)
}

fn read(file: &str, name: &str) -> Variable {
    File::open(&fixture(file)).unwrap().read(name).unwrap()
}

fn read_all(path: &Path) -> Result<()> {
    let file = File::open(path)?;
    file.variables().iter().try_for_each(|variable| file.read(&variable.name).map(drop))
}

fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mat");
    files::write_bytes(&path, bytes).unwrap();
    (folder, path)
}

fn refused(bytes: &[u8]) -> Error {
    let (_folder, path) = written(bytes);
    read_all(&path).unwrap_err()
}

#[test]
fn numbers_keep_class_shape_and_order() {
    for file in ["plain.mat", "compressed.mat"] {
        let matrix = read(file, "matrix");
        let array = matrix.view().numbers().unwrap();
        assert_eq!(array.shape, [2, 3]);
        let values = array.values.to_f64();
        assert_eq!(values[..3], [1.5, 4.5, 2.5]);
        assert!(values[3].is_nan() && values[5].is_infinite());
        let single = read(file, "single");
        assert_eq!(single.view().numbers().unwrap().values, Numbers::F32(vec![1.25, -2.0]));
        let cube = read(file, "cube");
        let cube = cube.view().numbers().unwrap();
        assert_eq!((cube.shape.as_slice(), cube.values.get(1)), ([2, 3, 4].as_slice(), Some(12.0)));
        assert_eq!(read(file, "whole_double").view().number().unwrap(), 200.0);
        assert_eq!(read(file, "empty").value.shape(), [0, 3]);
    }
}

#[test]
fn integers_of_every_width_are_exact() {
    let value = |name: &str| read("compressed.mat", name).view().numbers().unwrap().values.clone();
    assert_eq!(value("int8"), Numbers::I8(vec![i8::MIN, 1, i8::MAX]));
    assert_eq!(value("int16"), Numbers::I16(vec![i16::MIN, 1, i16::MAX]));
    assert_eq!(value("int32"), Numbers::I32(vec![i32::MIN, 1, i32::MAX]));
    assert_eq!(value("int64"), Numbers::I64(vec![i64::MIN, 1, i64::MAX]));
    assert_eq!(value("uint8"), Numbers::U8(vec![0, 1, u8::MAX]));
    assert_eq!(value("uint16"), Numbers::U16(vec![0, 1, u16::MAX]));
    assert_eq!(value("uint32"), Numbers::U32(vec![0, 1, u32::MAX]));
    assert_eq!(value("uint64"), Numbers::U64(vec![0, 1, u64::MAX]));
}

#[test]
fn text_and_truth_are_read() {
    assert_eq!(read("plain.mat", "word").view().text().unwrap(), "Zebra finch µ");
    assert_eq!(read("plain.mat", "lines").view().chars().unwrap().rows, ["ab ", "cde"]);
    let MatValue::Logical(truth) = read("plain.mat", "truth").value else { panic!("no logical") };
    assert_eq!(truth.values, [true, false, true]);
}

#[test]
fn structs_and_cells_are_walked_by_place() {
    let est = read("compressed.mat", "est");
    let neurons = est.view().field("neurons").unwrap();
    let trace = neurons.cell(1).unwrap().field("trace").unwrap();
    assert_eq!(trace.place(), "est.neurons{2}.trace");
    assert_eq!(trace.numbers().unwrap().values.to_f64(), [0.0, -2.0, -1.0, -3.0]);
    let records = read("plain.mat", "records");
    assert_eq!(records.view().structs().unwrap().len(), 3);
    assert_eq!(records.view().record_field(2, "rate_hz").unwrap().number().unwrap(), 3.0);
    assert_eq!(records.view().record_field(1, "name").unwrap().text().unwrap(), "unit 1");
    let nested = read("plain.mat", "cells");
    let id = nested.view().cell(2).unwrap().cell(0).unwrap().field("id").unwrap();
    assert_eq!(id.number().unwrap(), 7.0);
}

#[test]
fn sparse_matrices_are_read_by_column() {
    let sparse = read("compressed.mat", "sparse");
    let sparse = sparse.view().sparse().unwrap();
    assert_eq!((sparse.n_rows, sparse.n_columns), (3, 4));
    let columns: Vec<Vec<(usize, f64)>> = (0..5).map(|j| sparse.column(j).collect()).collect();
    assert_eq!(columns, [vec![(0, 5.0), (2, 6.0)], vec![], vec![], vec![(1, 7.0)], vec![]]);
}

#[test]
fn complex_numbers_are_kept_but_are_no_real_numbers() {
    let complex = read("plain.mat", "complex");
    let MatValue::Numeric(array) = &complex.value else { panic!("no numbers") };
    assert_eq!(array.imaginary, Some(Numbers::F64(vec![2.0, -4.0])));
    let error = complex.view().numbers().unwrap_err();
    assert!(error.to_string().contains("complex") && error.to_string().contains("plain.mat: complex"));
}

#[test]
fn big_endian_files_are_read() {
    let file = File::open(&fixture("big_endian.mat")).unwrap();
    let matrix = file.read("matrix").unwrap();
    assert_eq!(matrix.view().numbers().unwrap().values, Numbers::F64(vec![1.0, 300.0, 2.0, 65535.0]));
    assert_eq!(file.read("word").unwrap().view().text().unwrap(), "AVAL");
    let record = file.read("record").unwrap();
    assert_eq!(record.view().field("rate").unwrap().number().unwrap(), 2.5);
}

#[test]
fn variables_are_listed_by_their_headers() {
    for name in ["plain.mat", "compressed.mat"] {
        let file = File::open(&fixture(name)).unwrap();
        assert_eq!(file.variables().len(), 21, "{name}");
        let of = |name: &str| file.variables().iter().find(|variable| variable.name == name).unwrap();
        assert_eq!(
            (of("cube").class, of("cube").shape.as_slice()),
            (Class::Numeric(NumberType::I32), [2, 3, 4].as_slice())
        );
        assert!(of("truth").is_logical && of("complex").is_complex);
        assert_eq!(of("est").class.name(), "struct");
        assert_eq!(file.notes(), Vec::<String>::new());
    }
}

#[test]
fn the_songbird_recording_is_read() {
    let Some(path) = shared_data("spikes/songbird_hvc/MackeviciusData.mat") else { return };
    let file = File::open(&path).unwrap();
    assert_eq!(file.read("VIDEOfs").unwrap().view().number().unwrap(), 30.0);
    let neural = file.read("NEURAL").unwrap();
    let neural = neural.view().numbers().unwrap();
    assert_eq!(neural.shape, [75, 666]);
    // By scipy.io.loadmat and numpy, whose sums run in another order.
    let sum: f64 = neural.values.to_f64().iter().sum();
    assert!((sum - 929.678_509_299_522_3).abs() < 1e-9, "{sum}");
    let song = file.read("SONG").unwrap();
    assert_eq!(song.view().numbers().unwrap().values.get(141 * 5 + 3), Some(0.487_792_505_095_091_03));
}

#[test]
fn errors_name_file_and_place() {
    let est = read("plain.mat", "est");
    let error = est.view().field("neuron").unwrap_err();
    assert!(
        error.report().contains("plain.mat: est") && error.hint_text().unwrap().contains("neurons"),
        "{error}"
    );
    let error = est.view().field("neurons").unwrap().cell(5).unwrap_err();
    assert!(error.to_string().contains("est.neurons); expected 1 to 2; found 6"), "{error}");
    let error = File::open(&fixture("plain.mat")).unwrap().read("matrx").unwrap_err();
    assert_eq!(error.hint_text(), Some("did you mean \"matrix\"?"));
}

#[test]
fn damage_within_a_variable_is_located() {
    let mut bytes = std::fs::read(fixture("big_endian.mat")).unwrap();
    // The type of the single float in the struct becomes that of text.
    let tag = bytes.windows(8).rposition(|window| window == [0, 4, 0, 7, 0x40, 0x20, 0, 0]).unwrap();
    bytes[tag + 3] = 16;
    let error = refused(&bytes);
    assert_eq!(error.location().object.as_deref(), Some("record.rate"));
    assert_eq!(error.location().offset, Some(tag as u64));
}

#[test]
fn other_versions_are_told_by_name() {
    let error = File::open(&fixture("version_4.mat")).unwrap_err();
    assert!(error.to_string().contains("MATLAB 4"), "{error}");
    let mut newer = b"MATLAB 7.3 MAT-file".to_vec();
    newer.resize(124, b' ');
    newer.extend([0, 2, b'I', b'M']);
    assert!(refused(&newer).to_string().contains("7.3"));
    assert!(refused(b"\x89HDF\r\n\x1a\n").to_string().contains("HDF5"));
    for bytes in [b"".as_slice(), b"time,value\n", &[0; 200]] {
        assert!(refused(bytes).to_string().contains("no MATLAB 5 file"));
    }
}

#[test]
fn arrays_too_deep_in_one_another_are_refused() {
    let error = read_all(&fixture("deep.mat")).unwrap_err();
    assert!(error.to_string().contains("too deep"), "{error}");
}

#[test]
fn memory_is_bounded() {
    let file = File::open_with(&fixture("plain.mat"), Limits { memory_bytes: 300 }).unwrap();
    assert!(file.read("whole_double").is_ok());
    let error = file.read("cube").unwrap_err();
    assert!(error.to_string().contains("more memory"), "{error}");
}

#[test]
fn objects_are_skipped_with_a_note() {
    let mut bytes = std::fs::read(fixture("big_endian.mat")).unwrap();
    // The class of the first array becomes that of a function handle.
    bytes[128 + 8 + 8 + 3] = 16;
    let (_folder, path) = written(&bytes);
    let file = File::open(&path).unwrap();
    assert_eq!(file.notes(), ["matrix: a MATLAB function_handle; left out"]);
    assert_eq!(file.read("matrix").unwrap().value, MatValue::Skipped(Class::Function));
    assert!(file.read("word").is_ok());
}

#[test]
fn damaged_files_are_read_or_refused() {
    for name in ["plain.mat", "compressed.mat", "big_endian.mat"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let outcomes = assert_survives(&bytes, 300, read_all);
        assert!(outcomes.refused > 50, "{name}: {outcomes:?}");
    }
}
