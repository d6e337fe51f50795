//! Damaged NWB files make the reader neither panic nor hang nor eat the memory.

use std::path::Path;

use crate::nwb_files::{
    self, Scratch, array, column, group, number_attribute, reference_attribute, regular_series,
    text_attribute, texts,
};
use neuroloom_io::nwb::{self, ReadOptions};
use neuroloom_testkit::{assert_survives, shared_data};

/// Reads everything, as `run` and `inspect` would.
fn read_all(path: &Path) -> neuroloom_core::Result<()> {
    neuroloom_io::inspect(path)?;
    nwb::read(path, &ReadOptions::default()).map(drop)
}

/// A small file with something of everything.
fn small_nwb() -> Vec<u8> {
    let scratch = Scratch::new();
    let path = scratch.path("small.nwb");
    nwb_files::write_nwb(&path, |file| {
        let root = file.root_group();
        let units = group(&root, "units", "Units");
        column(&units, "id", &[0_i64, 1]);
        column(&units, "spike_times", &[0.1, 0.2, 0.3]);
        column(&units, "spike_times_index", &[1_u8, 3]);
        texts(&units, "location", &["adn", "ca1"]);
        let epochs = group(&group(&root, "intervals", ""), "epochs", "TimeIntervals");
        column(&epochs, "id", &[0_i64, 1]);
        column(&epochs, "start_time", &[0.0, 600.0]);
        column(&epochs, "stop_time", &[600.0, 1200.0]);
        texts(&epochs, "tags", &["sleep", "wake"]);
        column(&epochs, "tags_index", &[1_u8, 2]);
        regular_series(&group(&root, "acquisition", ""), "speed", &[1.0, 2.0, 3.0], 10.0);
        let ophys = group(&group(&root, "processing", ""), "ophys", "ProcessingModule");
        let plane =
            group(&group(&ophys, "ImageSegmentation", "ImageSegmentation"), "plane", "PlaneSegmentation");
        column(&plane, "id", &[0_i64, 1, 2]);
        let series = group(&group(&ophys, "Fluorescence", "Fluorescence"), "F", "RoiResponseSeries");
        let data =
            series.new_dataset::<f32>().shape([40, 3]).chunk(&[8, 3]).deflate(4).create("data").unwrap();
        data.write_raw(&[1.5_f32; 120]).unwrap();
        text_attribute(&data, "unit", "lumens");
        let rois = array(&series, "rois", &[3], &[0_i64, 1, 2]);
        reference_attribute(&rois, "table", "/processing/ophys/ImageSegmentation/plane");
        let start = column(&series, "starting_time", &[0.0_f64]);
        number_attribute(&start, "rate", 30.0);
    });
    read_all(&path).unwrap();
    std::fs::read(&path).unwrap()
}

#[test]
#[cfg_attr(feature = "hdf5-c", ignore = "the C library may hang or overrun on damaged files")]
fn a_small_file_damaged_in_400_ways_is_read_or_refused() {
    let outcomes = assert_survives(&small_nwb(), 400, read_all);
    assert!(outcomes.refused > 20, "{outcomes:?}");
}

#[test]
#[cfg_attr(feature = "hdf5-c", ignore = "the C library may hang or overrun on damaged files")]
fn real_files_damaged_in_200_ways_are_read_or_refused() {
    for name in ["nwb/ecephys_small.nwb", "nwb/ophys_timestamps.nwb"] {
        let Some(path) = shared_data(name) else { return };
        let outcomes = assert_survives(&std::fs::read(path).unwrap(), 200, read_all);
        assert_eq!(outcomes.read + outcomes.refused, 200);
    }
}

/// `cargo test --release -p neuroloom-io -- --ignored`
#[test]
#[ignore = "takes minutes"]
fn a_small_file_damaged_in_20_000_ways_is_read_or_refused() {
    assert_survives(&small_nwb(), 20_000, read_all);
}
