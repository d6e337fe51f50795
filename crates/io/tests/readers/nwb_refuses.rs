//! Damaged and strange NWB files: a clear error, or the documented result.

use crate::nwb_files::{
    Scratch, array, column, group, number_attribute, read, reference_attribute, refused, regular_series,
    text_attribute, texts, write_nwb, write_units,
};
use neuroloom_core::ErrorKind;
use neuroloom_io::hdf5::File;
use neuroloom_io::nwb::{self, ReadOptions};
use neuroloom_io::{Format, detect};
use neuroloom_table::Columns;

fn write(path: &std::path::Path, bytes: &[u8]) {
    neuroloom_core::files::write_bytes(path, bytes).unwrap();
}

#[test]
fn a_decreasing_index_names_file_object_and_row() {
    let scratch = Scratch::new();
    let path = scratch.path("decreasing.nwb");
    write_units(&path, &[0.1, 0.2, 0.3], &[2, 1, 3]);
    let error = refused(&path);
    assert_eq!(error.message(), "the index of a ragged column decreases");
    assert_eq!(error.location().file.as_deref(), Some(path.as_path()));
    assert_eq!(error.location().object.as_deref(), Some("/units/spike_times_index"));
    assert_eq!(error.location().offset, Some(1));
}

#[test]
fn an_index_past_the_end_is_refused() {
    let scratch = Scratch::new();
    let path = scratch.path("past.nwb");
    write_units(&path, &[0.1, 0.2, 0.3], &[2, 4]);
    let error = refused(&path);
    assert_eq!(error.message(), "the index of a ragged column points past the end of the column");
    assert_eq!((error.expected_text(), error.found_text()), (Some("an end of at most 3"), Some("4")));
}

#[test]
fn every_unsigned_width_of_the_index_is_read() {
    let scratch = Scratch::new();
    let write = |name: &str, index: &dyn Fn(&rust_hdf5::H5Group)| {
        let path = scratch.path(name);
        write_nwb(&path, |file| {
            let units = group(&file.root_group(), "units", "Units");
            column(&units, "id", &[4_i64, 9]);
            column(&units, "spike_times", &[0.1, 0.2, 0.3]);
            index(&units);
        });
        let spikes = read(&path).spikes.unwrap();
        let trains = spikes.lists("spike_times_s").unwrap();
        assert_eq!(trains.get(0).unwrap().as_ref(), [0.1], "{name}");
        assert_eq!(trains.get(1).unwrap().as_ref(), [0.2, 0.3], "{name}");
        assert_eq!(spikes.text("unit_id").unwrap().get(1), Some("9"));
    };
    write("u8.nwb", &|units| drop(column(units, "spike_times_index", &[1_u8, 3])));
    write("u16.nwb", &|units| drop(column(units, "spike_times_index", &[1_u16, 3])));
    write("u32.nwb", &|units| drop(column(units, "spike_times_index", &[1_u32, 3])));
    write("u64.nwb", &|units| drop(column(units, "spike_times_index", &[1_u64, 3])));
    write("i64.nwb", &|units| drop(column(units, "spike_times_index", &[1_i64, 3])));
}

#[test]
fn an_empty_unit_is_a_row_with_an_empty_list() {
    let scratch = Scratch::new();
    let path = scratch.path("empty_unit.nwb");
    write_units(&path, &[0.1, 0.2], &[1, 1, 2]);
    let spikes = read(&path).spikes.unwrap();
    assert_eq!(spikes.n_rows(), 3);
    assert_eq!(spikes.lists("spike_times_s").unwrap().get(1).unwrap().len(), 0);
}

#[test]
fn a_nan_spike_time_is_refused_with_its_place() {
    let scratch = Scratch::new();
    let path = scratch.path("nan.nwb");
    write_units(&path, &[0.1, 0.2, f64::NAN], &[1, 3]);
    let error = refused(&path);
    assert_eq!(error.message(), "a spike time is no finite number");
    assert_eq!(error.location().offset, Some(2));
}

#[test]
fn unsorted_spikes_are_refused_or_sorted() {
    let scratch = Scratch::new();
    let path = scratch.path("unsorted.nwb");
    write_units(&path, &[0.5, 0.2, 0.9, 0.3], &[1, 4]);
    let error = refused(&path);
    assert_eq!(error.message(), "spike times run backwards");
    assert_eq!(error.location().offset, Some(3));
    assert!(error.hint_text().unwrap().contains("sort_spikes"));
    let options = ReadOptions { sort_spikes: true, ..ReadOptions::default() };
    let spikes = nwb::read(&path, &options).unwrap().spikes.unwrap();
    assert_eq!(spikes.lists("spike_times_s").unwrap().get(1).unwrap().as_ref(), [0.2, 0.3, 0.9]);
}

#[test]
fn a_missing_column_is_named() {
    let scratch = Scratch::new();
    let no_id = scratch.path("no_id.nwb");
    write_nwb(&no_id, |file| {
        let units = group(&file.root_group(), "units", "Units");
        column(&units, "spike_times", &[0.1, 0.2]);
        column(&units, "spike_times_index", &[1_u8, 2]);
    });
    let error = refused(&no_id);
    assert_eq!(error.message(), "the table lacks a column");
    assert_eq!(error.location().object.as_deref(), Some("/units/id"));
    assert_eq!(error.found_text(), Some("spike_times, spike_times_index"));

    let no_index = scratch.path("no_index.nwb");
    write_nwb(&no_index, |file| {
        let units = group(&file.root_group(), "units", "Units");
        column(&units, "id", &[0_i64, 1]);
        column(&units, "spike_times", &[0.1, 0.2]);
    });
    assert_eq!(refused(&no_index).location().object.as_deref(), Some("/units/spike_times_index"));

    let no_stop = scratch.path("no_stop.nwb");
    write_nwb(&no_stop, |file| {
        let trials = group(&group(&file.root_group(), "intervals", ""), "trials", "TimeIntervals");
        column(&trials, "id", &[0_i64]);
        column(&trials, "start_time", &[0.0_f64]);
    });
    assert_eq!(refused(&no_stop).location().object.as_deref(), Some("/intervals/trials/stop_time"));
}

#[test]
fn a_column_of_another_length_is_refused() {
    let scratch = Scratch::new();
    let path = scratch.path("short.nwb");
    write_nwb(&path, |file| {
        let trials = group(&group(&file.root_group(), "intervals", ""), "trials", "TimeIntervals");
        column(&trials, "id", &[0_i64, 1]);
        column(&trials, "start_time", &[0.0_f64]);
        column(&trials, "stop_time", &[1.0_f64, 2.0]);
    });
    assert_eq!(refused(&path).message(), "the column has another length than its table");
}

#[test]
fn a_rate_of_zero_is_refused() {
    let scratch = Scratch::new();
    let path = scratch.path("rate.nwb");
    write_nwb(&path, |file| {
        regular_series(&group(&file.root_group(), "acquisition", ""), "speed", &[1.0, 2.0], 0.0);
    });
    let error = refused(&path);
    assert_eq!(error.message(), "the series has no usable sampling rate");
    assert_eq!(error.location().object.as_deref(), Some("/acquisition/speed/starting_time"));
}

#[test]
fn too_few_timestamps_are_refused() {
    let scratch = Scratch::new();
    let path = scratch.path("times.nwb");
    write_nwb(&path, |file| {
        let series = group(&group(&file.root_group(), "acquisition", ""), "speed", "TimeSeries");
        column(&series, "data", &[1.0, 2.0, 3.0]);
        column(&series, "timestamps", &[0.0, 0.1]);
    });
    let error = refused(&path);
    assert_eq!(error.message(), "there are not as many timestamps as samples");
    assert_eq!((error.expected_text(), error.found_text()), (Some("3"), Some("2")));
}

#[test]
fn an_infinite_conversion_is_refused() {
    let scratch = Scratch::new();
    let path = scratch.path("conversion.nwb");
    write_nwb(&path, |file| {
        let series = group(&group(&file.root_group(), "acquisition", ""), "speed", "TimeSeries");
        let data = column(&series, "data", &[1.0, 2.0]);
        number_attribute(&data, "conversion", f64::INFINITY);
        column(&series, "timestamps", &[0.0, 0.1]);
    });
    assert_eq!(refused(&path).message(), "the attribute conversion is no finite number");
}

#[test]
fn an_electrode_that_does_not_exist_is_refused() {
    let scratch = Scratch::new();
    let path = scratch.path("electrode.nwb");
    write_nwb(&path, |file| {
        let root = file.root_group();
        let ephys = group(&group(&root, "general", ""), "extracellular_ephys", "");
        let electrodes = group(&ephys, "electrodes", "DynamicTable");
        column(&electrodes, "id", &[0_i64, 1]);
        texts(&electrodes, "location", &["CA1", "CA3"]);
        let units = group(&root, "units", "Units");
        column(&units, "id", &[0_i64, 1]);
        column(&units, "spike_times", &[0.1, 0.2]);
        column(&units, "spike_times_index", &[1_u8, 2]);
        column(&units, "electrodes", &[1_i64, 2]);
    });
    let error = refused(&path);
    assert_eq!(error.message(), "a unit names an electrode that does not exist");
    assert_eq!(error.location().offset, Some(1));
}

#[test]
fn data_that_fit_neither_times_nor_regions_are_refused() {
    let scratch = Scratch::new();
    let path = scratch.path("rois.nwb");
    write_nwb(&path, |file| {
        let ophys = group(&group(&file.root_group(), "processing", ""), "ophys", "ProcessingModule");
        let plane =
            group(&group(&ophys, "ImageSegmentation", "ImageSegmentation"), "plane", "PlaneSegmentation");
        column(&plane, "id", &[0_i64, 1, 2]);
        let series = group(&group(&ophys, "Fluorescence", "Fluorescence"), "F", "RoiResponseSeries");
        let data = array(&series, "data", &[4, 5], &[0.0_f32; 20]);
        text_attribute(&data, "unit", "lumens");
        let rois = column(&series, "rois", &[0_i64, 1, 2]);
        reference_attribute(&rois, "table", "/processing/ophys/ImageSegmentation/plane");
        let start = column(&series, "starting_time", &[0.0_f64]);
        number_attribute(&start, "rate", 30.0);
    });
    let error = refused(&path);
    assert_eq!(error.message(), "the shape of the data fits neither its times nor its regions of interest");
    assert_eq!(error.found_text(), Some("[4, 5]"));
}

#[test]
fn what_is_no_nwb_file_is_said() {
    let scratch = Scratch::new();
    let cases: [(&str, &[u8], Format); 8] = [
        ("empty", b"", Format::Empty),
        ("text", b"version https://git-lfs\noid 1\n", Format::Text),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0", Format::Gzip),
        ("zip", b"PK\x03\x04\x14\0\0\0", Format::Zip),
        ("mat", b"MATLAB 5.0 MAT-file, Platform", Format::MatV5),
        ("npy", b"\x93NUMPY\x01\0", Format::Npy),
        ("parquet", b"PAR1\x15\x04", Format::Parquet),
        ("noise", b"\0\x01\x02\xff\xfe", Format::Unknown),
    ];
    for (name, bytes, format) in cases {
        let path = scratch.path(name);
        write(&path, bytes);
        assert_eq!(detect(&path).unwrap(), format, "{name}");
        let error = refused(&path);
        assert_eq!(error.message(), "this is no HDF5 file", "{name}");
        assert_eq!(error.found_text(), Some(format.to_string().as_str()), "{name}");
    }
}

#[test]
fn a_folder_and_an_absent_file_are_told_apart() {
    let scratch = Scratch::new();
    let folder = scratch.path("folder.nwb");
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(refused(&folder).message(), "this is a folder, not a file");
    let absent = refused(&scratch.path("absent.nwb"));
    assert_eq!(absent.kind(), ErrorKind::Io);
    assert!(absent.message().contains("No such file"), "{absent}");
}

#[test]
fn hdf5_that_is_no_nwb_is_said() {
    let scratch = Scratch::new();
    let path = scratch.path("plain.h5");
    let file = rust_hdf5::H5File::create(&path).unwrap();
    column(&file.root_group(), "data", &[1.0]);
    file.close().unwrap();
    assert_eq!(detect(&path).unwrap(), Format::Hdf5);
    assert_eq!(refused(&path).message(), "this is an HDF5 file, but no NWB file");

    let old = scratch.path("old.nwb");
    let file = rust_hdf5::H5File::create(&old).unwrap();
    texts(&file.root_group(), "nwb_version", &["NWB-1.0.6"]);
    file.close().unwrap();
    assert_eq!(refused(&old).message(), "this is an NWB 1 file");
}

#[test]
fn a_file_cut_short_anywhere_is_refused_or_read_whole() {
    let scratch = Scratch::new();
    let whole = scratch.path("whole.nwb");
    let times: Vec<f64> = (0..400).map(f64::from).collect();
    write_units(&whole, &times, &[100, 400]);
    let bytes = std::fs::read(&whole).unwrap();
    let intact = read(&whole).spikes.unwrap();
    let mut refusals = 0;
    for length in (0..bytes.len()).step_by(97) {
        let path = scratch.path("cut.nwb");
        write(&path, &bytes[..length]);
        match nwb::read(&path, &ReadOptions::default()) {
            Ok(recording) => assert_eq!(recording.spikes.unwrap(), intact, "cut after {length} bytes"),
            Err(error) => {
                refusals += 1;
                assert_eq!(
                    error.location().file.as_deref(),
                    Some(path.as_path()),
                    "cut after {length} bytes"
                );
            }
        }
    }
    assert!(refusals > 30, "{refusals}");
}

#[test]
fn a_series_asked_for_and_absent_is_named_with_what_there_is() {
    let scratch = Scratch::new();
    let path = scratch.path("series.nwb");
    write_nwb(&path, |file| {
        let acquisition = group(&file.root_group(), "acquisition", "");
        regular_series(&acquisition, "speed", &[1.0, 2.0], 10.0);
    });
    let options = ReadOptions { signals: Some(vec!["sped".into()]), ..ReadOptions::default() };
    let error = nwb::read(&path, &options).unwrap_err();
    assert_eq!(error.message(), "there is no series called \"sped\"");
    assert_eq!(error.found_text(), Some("speed"));
}

#[test]
fn an_object_that_is_absent_is_an_error_with_its_path() {
    let scratch = Scratch::new();
    let path = scratch.path("units.nwb");
    write_units(&path, &[0.1], &[1]);
    let error = File::open(&path).unwrap().numbers::<f64>("/units/absent").unwrap_err();
    assert_eq!(error.location().object.as_deref(), Some("/units/absent"));
}
