//! What real files and known samples must give.

use std::path::{Path, PathBuf};

use crate::nwb_files::{
    Scratch, array, column, group, number_attribute, read, reference_attribute, regular_series,
    text_attribute, texts, write_nwb,
};
use neuroloom_core::{Table, TimeBase};
use neuroloom_io::nwb::{self, ReadOptions};
use neuroloom_table::Columns;
use neuroloom_testkit::{shared_data, workspace_root};
use serde_json::Value;

fn expected(file: &str) -> Option<(PathBuf, Value)> {
    let path = shared_data(&format!("nwb/{file}"))?;
    let text = std::fs::read_to_string(shared_data("nwb/expected.json")?).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    Some((path, all[file].clone()))
}

fn assert_close(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} is not {expected}");
}

/// Rows of `table` whose column `name` says `value`.
fn rows_where(table: &Table, name: &str, value: &str) -> Vec<usize> {
    let column = table.text(name).unwrap();
    (0..table.n_rows()).filter(|&row| column.get(row) == Some(value)).collect()
}

fn sum_of(table: &Table, column: &str, rows: &[usize]) -> f64 {
    let lists = table.lists(column).unwrap();
    let values = rows.iter().flat_map(|&row| lists.get(row).unwrap().into_owned());
    values.filter(|value| !value.is_nan()).sum()
}

#[test]
fn ecephys_samples_give_the_expected_spikes() {
    for name in ["ecephys_small.nwb", "ecephys_empty_unit.nwb"] {
        let Some((path, expected)) = expected(name) else { return };
        let spikes = read(&path).spikes.unwrap();
        let trains = spikes.lists("spike_times_s").unwrap();
        let counts: Vec<u64> = (0..10).map(|row| trains.length(row) as u64).collect();
        let wanted: Vec<u64> = serde_json::from_value(expected["spike_counts"].clone()).unwrap();
        assert_eq!(counts, wanted, "{name}");
        let all: Vec<usize> = (0..spikes.n_rows()).collect();
        // Both are sums of a thousand 64-bit floats, in another order.
        let sum = sum_of(&spikes, "spike_times_s", &all);
        assert_close(sum, expected["spike_time_sum"].as_f64().unwrap(), 1e-9);
        assert_eq!(spikes.text("region").unwrap().get(0), Some("CA1"));
        assert_eq!(spikes.text("electrode_group").unwrap().get(9), Some("shank0"));
        assert_eq!(spikes.text("quality").unwrap().get(1), Some("mua"));
        let starts = spikes.lists("observed_start_s").unwrap();
        let stops = spikes.lists("observed_stop_s").unwrap();
        assert_eq!(starts.get(3).unwrap().as_ref(), [0.0, 30.0]);
        assert_eq!(stops.get(3).unwrap().as_ref(), [30.0, 60.0]);
    }
}

#[test]
fn ecephys_small_gives_the_expected_trials() {
    let Some((path, expected)) = expected("ecephys_small.nwb") else { return };
    let trials = read(&path).intervals.unwrap();
    let wanted = expected["trials"].as_array().unwrap();
    assert_eq!(trials.n_rows(), wanted.len());
    for (row, trial) in wanted.iter().enumerate() {
        assert_eq!(trials.numbers("start_s").unwrap().get(row), trial["start_time"].as_f64());
        assert_eq!(trials.numbers("stop_s").unwrap().get(row), trial["stop_time"].as_f64());
        assert_eq!(Some(trials.integers("stim_id").unwrap().value(row)), trial["stim_id"].as_i64());
        assert_eq!(trials.numbers("contrast").unwrap().get(row), trial["contrast"].as_f64());
        assert_eq!(trials.text("choice").unwrap().get(row), trial["choice"].as_str());
    }
}

#[test]
fn an_lfp_is_read_where_it_is_named() {
    let Some((path, expected)) = expected("ecephys_small.nwb") else { return };
    assert!(read(&path).behaviour.is_none());
    for name in ["lfp", "LFP", "LFP/lfp", "/processing/ecephys/LFP/lfp"] {
        let options = ReadOptions { series: vec![name.into()], ..ReadOptions::default() };
        let lfp = nwb::read(&path, &options).unwrap().behaviour.unwrap();
        assert_eq!(lfp.n_rows(), 4, "{name}");
        assert_eq!(lfp.lists("value").unwrap().length(0), 2500);
        assert_eq!(lfp.text("value_unit").unwrap().get(0), Some("V"));
        assert_eq!(lfp.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.0, dt_s: 1.0 / 1250.0 });
        // 10 000 values of which positive and negative nearly cancel.
        assert_close(
            sum_of(&lfp, "value", &[0, 1, 2, 3]),
            expected["lfp"]["sum_volts"].as_f64().unwrap(),
            1e-9,
        );
    }
}

#[test]
fn ophys_samples_give_the_expected_traces() {
    for name in ["ophys_small.nwb", "ophys_timestamps.nwb"] {
        let Some((path, expected)) = expected(name) else { return };
        let recording = read(&path);
        let traces = recording.traces.unwrap();
        let planes = expected["planes"].as_object().unwrap();
        for (plane, wanted) in planes {
            let prefix = if planes.len() > 1 { format!("plane{plane}/") } else { String::new() };
            let of = |signal: &str| -> Vec<usize> {
                let units = traces.text("unit_id").unwrap();
                let rows = rows_where(&traces, "signal", signal);
                rows.into_iter().filter(|&row| units.get(row).unwrap().starts_with(&prefix)).collect()
            };
            let (fluorescence, dff) = (of("fluorescence"), of("dff"));
            assert_eq!(dff.len() as u64, wanted["n_roi"].as_u64().unwrap());
            let trace = traces.lists("trace").unwrap();
            let n = trace.length(dff[0]);
            assert_eq!(n as u64, wanted["T"].as_u64().unwrap());
            // The conversion, 0.5 or 1, is exact in 32 bits, and both sums are of 64-bit floats.
            assert_close(sum_of(&traces, "trace", &fluorescence), wanted["F_sum"].as_f64().unwrap(), 1e-9);
            assert_close(sum_of(&traces, "trace", &dff), wanted["dff_sum"].as_f64().unwrap(), 1e-9);
            let first: Vec<f64> = serde_json::from_value(wanted["dff_roi0_first3"].clone()).unwrap();
            assert_eq!(trace.get(dff[0]).unwrap()[..3], first);
            let n_nan: usize = dff
                .iter()
                .map(|&row| trace.get(row).unwrap().iter().filter(|value| value.is_nan()).count())
                .sum();
            assert_eq!(n_nan as u64, wanted["n_nan"].as_u64().unwrap());
            let times = traces.time_base(dff[0]).unwrap().times_s(n);
            assert_close(times[0], wanted["t_first"].as_f64().unwrap(), 1e-12);
            assert_close(times[n - 1], wanted["t_last"].as_f64().unwrap(), 1e-12);
            assert_eq!(traces.text("region").unwrap().get(dff[0]), Some("V1"));
        }
        assert_eq!(recording.intervals.unwrap().n_rows() as u64, expected["trials"].as_u64().unwrap());
        let n_units = recording.recordings.integers("n_units").unwrap().value(0);
        assert_eq!(n_units as usize, traces.n_rows() / 2, "{name}");
    }
}

#[test]
fn a2929_has_its_units_epochs_and_head_direction() {
    let recording = read(&workspace_root().join("data/a2929/A2929-200711.nwb"));
    let spikes = recording.spikes.unwrap();
    let trains = spikes.lists("spike_times_s").unwrap();
    assert_eq!(spikes.n_rows(), 15);
    assert_eq!((0..15).map(|row| trains.length(row)).sum::<usize>(), 98_794);
    assert_eq!(rows_where(&spikes, "region", "adn").len(), 7);
    assert_eq!(rows_where(&spikes, "region", "ca1").len(), 8);
    assert_eq!(trains.length(rows_where(&spikes, "unit_id", "6")[0]), 19_819);
    assert_eq!(spikes.text("electrode_group").unwrap().get(0), Some("group0_"));
    let all: Vec<usize> = (0..15).collect();
    assert_close(sum_of(&spikes, "spike_times_s", &all), 60_163_123.383_379_996, 1e-12);

    let intervals = recording.intervals.unwrap();
    let epochs = rows_where(&intervals, "interval_set", "epochs");
    let bounds =
        |row| (intervals.numbers("start_s").unwrap().get(row), intervals.numbers("stop_s").unwrap().get(row));
    assert_eq!(epochs.len(), 2);
    assert_eq!(bounds(epochs[0]), (Some(0.0), Some(600.0)));
    assert_eq!(bounds(epochs[1]), (Some(600.0), Some(1200.0)));
    let tags = intervals.text_lists("tags").unwrap();
    assert_eq!(
        (tags.get(epochs[0]), tags.get(epochs[1])),
        (vec!["sleep".to_owned()], vec!["wake".to_owned()])
    );
    assert_eq!(rows_where(&intervals, "interval_set", "sleep_ripples").len(), 594);

    let behaviour = recording.behaviour.unwrap();
    let ry = rows_where(&behaviour, "signal", "CompassDirection/ry")[0];
    let direction = behaviour.lists("value").unwrap().get(ry).unwrap();
    assert_eq!(direction.len(), 63_527);
    assert_close(direction.iter().sum(), 209_538.951_293_502_24, 1e-12);
    assert!(direction.iter().all(|angle| (0.0..std::f64::consts::TAU).contains(angle)));
    assert_eq!(behaviour.text("value_unit").unwrap().get(ry), Some("rad"));
    let times = behaviour.lists("t_s").unwrap().get(ry).unwrap();
    assert_eq!((times[0], times[63_526]), (670.6407, 1199.99495));
    assert_eq!(recording.recordings.numbers("duration_s").unwrap().get(0), Some(1200.0));
    assert_eq!(recording.recordings.text("subject_id").unwrap().get(0), None);
}

#[test]
fn human_units_find_their_region_through_electrodes_without_an_index() {
    let Some(path) = shared_data("spikes/dandi000207_human_mtl/sub-4_ses-4_ecephys+image.nwb") else {
        return;
    };
    let recording = read(&path);
    let spikes = recording.spikes.unwrap();
    let all: Vec<usize> = (0..spikes.n_rows()).collect();
    assert_eq!(all.len(), 35);
    let trains = spikes.lists("spike_times_s").unwrap();
    assert_eq!(all.iter().map(|&row| trains.length(row)).sum::<usize>(), 214_278);
    assert_close(sum_of(&spikes, "spike_times_s", &all), 302_104_732.805_673_24, 1e-12);
    assert_eq!(rows_where(&spikes, "region", "hippocampus_right").len(), 25);
    assert_eq!(rows_where(&spikes, "region", "amygdala_right").len(), 10);
    let intervals = recording.intervals.unwrap();
    for (set, n) in [("encoding_table", 90), ("recognition_table", 180), ("timediscrimination_table", 180)] {
        assert_eq!(rows_where(&intervals, "interval_set", set).len(), n);
    }
    // `accuracy` is uint8 in one table, float64 in another and absent from the third.
    let accuracy = intervals.numbers("accuracy").unwrap();
    let encoding = rows_where(&intervals, "interval_set", "encoding_table")[0];
    let recognition = rows_where(&intervals, "interval_set", "recognition_table")[0];
    assert_eq!((accuracy.get(encoding), accuracy.get(recognition)), (None, Some(1.0)));
    assert_eq!(intervals.text("Clip_name").unwrap().get(encoding), Some("NB_24.mp4"));
    assert_eq!(recording.recordings.text("species").unwrap().get(0), Some("Homo sapiens"));
    assert!(recording.notes.iter().any(|note| note.contains("images; left out")), "{:?}", recording.notes);
}

#[test]
fn a_phy_export_keeps_its_ids_and_has_no_region() {
    let Some(path) = shared_data("spikes/pynapple_A8604_phy/A8604-211122.nwb") else { return };
    let spikes = read(&path).spikes.unwrap();
    let units: Vec<_> =
        (0..3).map(|row| spikes.text("unit_id").unwrap().get(row).unwrap().to_owned()).collect();
    assert_eq!(units, ["191", "206", "6"]);
    let trains = spikes.lists("spike_times_s").unwrap();
    assert_eq!((0..3).map(|row| trains.length(row)).sum::<usize>(), 21_354);
    assert_eq!(spikes.text("region").unwrap().get(0), None);
}

#[test]
fn a_suite2p_export_with_regions_first_equals_its_npy_files() {
    let Some(path) = shared_data("calcium/pynapple_samples/nwb/suite2p_2022_08_08.nwb") else { return };
    let traces = read(&path).traces.unwrap();
    for (signal, file) in [("fluorescence", "F.npy"), ("neuropil", "Fneu.npy"), ("deconvolved", "spks.npy")] {
        let Some(npy) = shared_data(&format!("calcium/pynapple_samples/suite2p/plane0/{file}")) else {
            return;
        };
        let wanted = npy_f32(&npy);
        let rows = rows_where(&traces, "signal", signal);
        assert_eq!(rows.len(), 219);
        for row in rows {
            let unit: usize = traces.text("unit_id").unwrap().get(row).unwrap().parse().unwrap();
            let trace = traces.lists("trace").unwrap().get(row).unwrap();
            let own: Vec<f64> =
                wanted[unit * 2000..(unit + 1) * 2000].iter().map(|&v| f64::from(v)).collect();
            assert_eq!(trace.as_ref(), own, "{signal} of {unit}");
        }
    }
    let cells = traces.bools("is_cell").unwrap();
    let fluorescence = rows_where(&traces, "signal", "fluorescence");
    assert_eq!(fluorescence.iter().filter(|&&row| cells.value(row)).count(), 20);
    assert_eq!(traces.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.0, dt_s: 0.1 });
}

/// The values of an array of 32-bit floats in row-major order.
fn npy_f32(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[header..].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

#[test]
fn cnmfe_exports_keep_their_samples() {
    let files = [
        ("inscopix_cnmfe_A0634-210127", 35_743, 35_079.747_388_749_95, 1191.4),
        ("matlab_cnmfe_A6512-210915", 35_790, 9_067.952_626_094_979, 1_192.966_667),
    ];
    for (name, n, sum, last) in files {
        let Some(path) = shared_data(&format!("calcium/pynapple_samples/nwb/{name}.nwb")) else { return };
        let traces = read(&path).traces.unwrap();
        assert_eq!(traces.n_rows(), 10);
        let row = rows_where(&traces, "unit_id", "0")[0];
        assert_eq!(traces.lists("trace").unwrap().length(row), n);
        // numpy sums pairwise, this test in order: 36 000 terms differ in the last digits.
        assert_close(sum_of(&traces, "trace", &[row]), sum, 1e-10);
        assert_eq!(traces.time_base(row).unwrap().time_s(n - 1), last);
        assert_eq!(traces.text("trace_unit").unwrap().get(row), Some("lumens"));
    }
}

#[test]
fn a_two_level_index_reaches_the_electrodes() {
    let scratch = Scratch::new();
    let path = scratch.path("two_levels.nwb");
    write_nwb(&path, |file| {
        let root = file.root_group();
        let ephys = group(&group(&root, "general", ""), "extracellular_ephys", "");
        let electrodes = group(&ephys, "electrodes", "DynamicTable");
        column(&electrodes, "id", &[10_i64, 11, 12]);
        texts(&electrodes, "location", &["CA1", "CA3", "DG"]);
        let units = group(&root, "units", "Units");
        column(&units, "id", &[0_i64, 1]);
        column(&units, "spike_times", &[0.1, 0.2]);
        column(&units, "spike_times_index", &[1_u8, 2]);
        column(&units, "electrodes", &[0_i64, 1, 1, 2]);
        column(&units, "electrodes_index", &[1_u8, 3, 4]);
        column(&units, "electrodes_index_index", &[2_u8, 3]);
    });
    let spikes = read(&path).spikes.unwrap();
    let regions = spikes.text("region").unwrap();
    assert_eq!((regions.get(0), regions.get(1)), (Some("CA3"), Some("DG")));
}

#[test]
fn behaviour_has_a_row_per_channel_and_keeps_single_precision() {
    let scratch = Scratch::new();
    let path = scratch.path("channels.nwb");
    write_nwb(&path, |file| {
        let module = group(&group(&file.root_group(), "processing", ""), "behavior", "ProcessingModule");
        let series = group(&group(&module, "Position", "Position"), "xy", "SpatialSeries");
        let data = array(&series, "data", &[3, 2], &[1.0_f32, 10.0, 2.0, 20.0, 3.0, 30.0]);
        number_attribute(&data, "conversion", 0.5);
        number_attribute(&data, "offset", 1.0);
        text_attribute(&data, "unit", "meters");
        column(&series, "timestamps", &[0.0, 0.1, 0.3]);
    });
    let behaviour = read(&path).behaviour.unwrap();
    assert_eq!(behaviour.n_rows(), 2);
    assert_eq!(behaviour.text("signal").unwrap().get(1), Some("Position/xy"));
    assert_eq!(behaviour.lists("value").unwrap().get(1).unwrap().as_ref(), [6.0, 11.0, 16.0]);
    assert_eq!(behaviour.text("value_unit").unwrap().get(0), Some("m"));
    assert_eq!(behaviour.time_base(0).unwrap(), TimeBase::Explicit(vec![0.0, 0.1, 0.3]));
    let schema = behaviour.batch().schema();
    assert!(schema.field_with_name("value").unwrap().data_type().to_string().contains("Float32"));
}

#[test]
fn signals_choose_what_is_read() {
    let scratch = Scratch::new();
    let path = scratch.path("choice.nwb");
    write_nwb(&path, |file| {
        let root = file.root_group();
        let acquisition = group(&root, "acquisition", "");
        regular_series(&acquisition, "speed", &[1.0, 2.0], 10.0);
        // Broken, which does not matter as long as nobody asks for it.
        regular_series(&acquisition, "broken", &[1.0, 2.0], -1.0);
        let presentation = group(&group(&root, "stimulus", ""), "presentation", "");
        regular_series(&presentation, "tone", &[0.0, 1.0], 10.0);
    });
    let options = ReadOptions { signals: Some(vec!["speed".into()]), ..ReadOptions::default() };
    let behaviour = nwb::read(&path, &options).unwrap().behaviour.unwrap();
    assert_eq!(behaviour.n_rows(), 1);
    assert_eq!(behaviour.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.5, dt_s: 0.1 });
    let options = ReadOptions {
        signals: Some(vec!["speed".into(), "tone".into()]),
        stimuli: true,
        ..ReadOptions::default()
    };
    assert_eq!(nwb::read(&path, &options).unwrap().behaviour.unwrap().n_rows(), 2);
}

#[test]
fn timestamps_tell_which_dimension_of_square_data_is_time() {
    let scratch = Scratch::new();
    let path = scratch.path("orientation.nwb");
    write_nwb(&path, |file| {
        let ophys = group(&group(&file.root_group(), "processing", ""), "ophys", "ProcessingModule");
        let plane =
            group(&group(&ophys, "ImageSegmentation", "ImageSegmentation"), "plane", "PlaneSegmentation");
        column(&plane, "id", &[7_i64, 8]);
        let fluorescence = group(&ophys, "Fluorescence", "Fluorescence");
        for (name, shape) in [("time_first", [3, 2]), ("roi_first", [2, 3])] {
            let series = group(&fluorescence, name, "RoiResponseSeries");
            array(&series, "data", &shape, &[1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
            let rois = column(&series, "rois", &[1_i64, 0]);
            reference_attribute(&rois, "table", "/processing/ophys/ImageSegmentation/plane");
            column(&series, "timestamps", &[0.0, 0.1, 0.2]);
        }
    });
    let traces = read(&path).traces.unwrap();
    let trace = |signal: &str, unit: &str| {
        let rows = rows_where(&traces, "signal", &format!("fluorescence/Fluorescence/{signal}"));
        let row =
            rows.into_iter().find(|&row| traces.text("unit_id").unwrap().get(row) == Some(unit)).unwrap();
        traces.lists("trace").unwrap().get(row).unwrap().into_owned()
    };
    assert_eq!(trace("time_first", "8"), [1.0, 3.0, 5.0]);
    assert_eq!(trace("roi_first", "8"), [1.0, 2.0, 3.0]);
    assert_eq!(trace("roi_first", "7"), [4.0, 5.0, 6.0]);
}
