//! Head-direction tuning of a real recording against numpy (`benches/peers/a2929_tuning.py`).

use std::path::PathBuf;

use crate::common::run;
use neuroloom_core::Table;
use neuroloom_prepare::IntervalSelector;
use neuroloom_prepare::tuning::{BehaviourParams, Geometry, TuningParams, TuningStep, bits_per_spike};
use neuroloom_table::{Columns, TableBuilder, kinds};
use rust_hdf5::H5File;
use serde_json::Value;

fn recording() -> [Table; 3] {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/a2929/A2929-200711.nwb");
    let file = H5File::open(path).unwrap();
    let numbers = |name: &str| file.dataset(name).unwrap().read_raw::<f64>().unwrap();
    let stops = file.dataset("units/spike_times_index").unwrap().read_raw::<u32>().unwrap();
    let all = numbers("units/spike_times");
    let mut start = 0;
    let trains =
        stops.iter().map(|&stop| all[std::mem::replace(&mut start, stop as usize)..stop as usize].to_vec());
    let spikes = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", vec!["rec"; stops.len()])
        .text("unit_id", (0..stops.len()).map(|unit| format!("{unit:02}")))
        .lists("spike_times_s", trains)
        .finish();
    let behaviour = TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", ["rec"])
        .text("signal", ["CompassDirection/ry"])
        .integers("channel", [0])
        .lists("t_s", [numbers("acquisition/CompassDirection/ry/timestamps")])
        .lists("value", [numbers("acquisition/CompassDirection/ry/data")])
        .text("value_unit", ["rad"])
        .finish();
    let wake =
        crate::common::intervals(&[("epochs", &["sleep"], 0.0, 600.0), ("epochs", &["wake"], 600.0, 1200.0)]);
    [spikes.unwrap(), behaviour.unwrap(), wake]
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn tuning_of_a_real_recording_equals_numpy() {
    let expected: Value = serde_json::from_str(include_str!("../fixtures/a2929_tuning.json")).unwrap();
    let [spikes, behaviour, intervals] = recording();
    let tables = [("spikes", &spikes), ("behaviour", &behaviour), ("intervals", &intervals)];
    let (n_bins, n_folds) = (36, 6);
    for (design, fold_block_s) in [("contiguous", None), ("interleaved", Some(10.0))] {
        let variable = BehaviourParams::new("CompassDirection/ry", Geometry::Circular, n_bins);
        let params = TuningParams {
            within: Some(IntervalSelector::tagged("epochs", "wake")),
            folds: n_folds,
            fold_block_s,
            min_occupancy_s: 0.0,
            ..TuningParams::behaviour(variable)
        };
        let output = run(&TuningStep, &params, &tables).unwrap();
        let responses = &output.tables["responses"];
        let (rates, times) =
            (responses.numbers("response").unwrap(), responses.numbers("occupancy_s").unwrap());
        let expected = &expected["designs"][design];
        let occupancy = floats(&expected["occupancy_s"]);
        for unit in 0..15 {
            // Rows are sorted by unit, fold and bin, as the fixture is.
            for (cell, spikes) in floats(&expected["spikes"][unit]).into_iter().enumerate() {
                let row = unit * n_folds * n_bins + cell;
                let (rate, time) = (rates.get(row).unwrap(), times.get(row).unwrap());
                // Sums of up to 2e3 durations of 8 ms in another order.
                assert!((time - occupancy[cell]).abs() < 1e-10, "{design} unit {unit} cell {cell}");
                if occupancy[cell] == 0.0 {
                    assert!(rate.is_nan());
                } else {
                    assert!((rate - spikes / occupancy[cell]).abs() < 1e-8 * (1.0 + rate));
                    assert_eq!((rate * time).round(), spikes, "{design} unit {unit} cell {cell}");
                }
            }
        }
    }
}

#[test]
fn information_of_a_real_recording_equals_numpy() {
    let expected: Value = serde_json::from_str(include_str!("../fixtures/a2929_tuning.json")).unwrap();
    let design = &expected["designs"]["contiguous"];
    let pooled =
        |cells: Vec<f64>| (0..36).map(|bin| cells.iter().skip(bin).step_by(36).sum()).collect::<Vec<f64>>();
    let occupancy = pooled(floats(&design["occupancy_s"]));
    let bits = floats(&expected["bits_per_spike"]);
    for (unit, &expected) in bits.iter().enumerate() {
        let found = bits_per_spike(&pooled(floats(&design["spikes"][unit])), &occupancy);
        assert!((found - expected).abs() < 1e-12, "unit {unit}: {found} {expected}");
    }
    let median = |range: std::ops::Range<usize>| {
        let mut of_region = bits[range].to_vec();
        of_region.sort_by(f64::total_cmp);
        of_region[of_region.len() / 2]
    };
    assert!(
        median(0..7) > 3.0 * median(7..15),
        "head-direction cells tell the direction, place cells do not"
    );
}

#[test]
fn the_recording_is_the_one_that_its_provenance_names() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/a2929");
    let bytes = neuroloom_core::files::read_bytes(&folder.join("A2929-200711.nwb")).unwrap();
    let provenance = std::fs::read_to_string(folder.join("PROVENANCE.md")).unwrap();
    let digest = neuroloom_core::Digest::of(&bytes);
    assert!(provenance.contains(&format!("BLAKE3**: `{digest}`")), "{digest}");
}
