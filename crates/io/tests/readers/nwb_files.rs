//! NWB files that the tests write themselves.

use std::path::{Path, PathBuf};

use neuroloom_core::Error;
use neuroloom_io::nwb::{self, ReadOptions, Recording};
use rust_hdf5::{DatatypeMessage, H5Dataset, H5File, H5Group, H5Type, LibverBound};
use tempfile::TempDir;

/// A folder that goes when the test ends, and a path in it.
pub struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Writes a file with the root of NWB 2 and what `fill` adds, in the old file format that most NWB files have: its
/// headers bear no checksums, so damage is not found by them.
pub fn write_nwb(path: &Path, fill: impl FnOnce(&H5File)) {
    let file = H5File::options().libver(LibverBound::Earliest).create(path).unwrap();
    file.set_attr_typed("nwb_version", fixed("2.7.0"), b"2.7.0".to_vec()).unwrap();
    fill(&file);
    file.close().unwrap();
}

pub fn group(parent: &H5Group, name: &str, neurodata_type: &str) -> H5Group {
    let group = parent.create_group(name).unwrap();
    if !neurodata_type.is_empty() {
        group
            .set_attr_typed("neurodata_type", fixed(neurodata_type), neurodata_type.as_bytes().to_vec())
            .unwrap();
    }
    group
}

pub fn array<T: H5Type>(parent: &H5Group, name: &str, shape: &[usize], values: &[T]) -> H5Dataset {
    let dataset = parent.new_dataset::<T>().shape(shape).create(name).unwrap();
    if !values.is_empty() {
        dataset.write_raw(values).unwrap();
    }
    dataset
}

pub fn column<T: H5Type>(parent: &H5Group, name: &str, values: &[T]) -> H5Dataset {
    array(parent, name, &[values.len()], values)
}

pub fn text_attribute(dataset: &H5Dataset, name: &str, value: &str) {
    dataset.set_attr_typed(name, fixed(value), value.as_bytes().to_vec()).unwrap();
}

/// A dataset of strings of fixed length. (Those of variable length that `rust-hdf5` writes are not read by the C
/// library 1.10; the tests with real files cover them for both backends.)
pub fn texts(parent: &H5Group, name: &str, values: &[&str]) {
    let width = values.iter().map(|value| value.len()).max().unwrap_or(1);
    let dataset = parent
        .new_dataset::<u8>()
        .datatype(DatatypeMessage::fixed_string_utf8(width as u32))
        .shape([values.len()])
        .create(name)
        .unwrap();
    let padded = values.iter().flat_map(|value| value.bytes().chain(std::iter::repeat(0)).take(width));
    dataset.write_raw_bytes(&padded.collect::<Vec<u8>>()).unwrap();
}

fn fixed(text: &str) -> DatatypeMessage {
    DatatypeMessage::fixed_string_utf8(text.len() as u32)
}

pub fn number_attribute(dataset: &H5Dataset, name: &str, value: f64) {
    dataset.new_attr::<f64>().shape(()).create(name).unwrap().write_numeric(&value).unwrap();
}

pub fn reference_attribute(dataset: &H5Dataset, name: &str, target: &str) {
    dataset.new_attr::<u64>().shape(()).create(name).unwrap().write_object_references(&[target]).unwrap();
}

/// A units table with 32-bit ends.
pub fn write_units(path: &Path, times: &[f64], ends: &[u32]) {
    write_nwb(path, |file| {
        let units = group(&file.root_group(), "units", "Units");
        let ids: Vec<i64> = (0..ends.len() as i64).collect();
        column(&units, "id", &ids);
        column(&units, "spike_times", times);
        column(&units, "spike_times_index", ends);
    });
}

/// A time series with a rate, below `parent`.
pub fn regular_series(parent: &H5Group, name: &str, values: &[f64], rate_hz: f64) {
    let series = group(parent, name, "TimeSeries");
    let data = column(&series, "data", values);
    text_attribute(&data, "unit", "cm");
    let start = column(&series, "starting_time", &[0.5_f64]);
    number_attribute(&start, "rate", rate_hz);
}

pub fn read(path: &Path) -> Recording {
    nwb::read(path, &ReadOptions::default()).unwrap()
}

pub fn refused(path: &Path) -> Error {
    nwb::read(path, &ReadOptions::default()).unwrap_err()
}
