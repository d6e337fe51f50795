//! `ntf.affinity` on homogenised worms.

use neuroloom_core::Table;
use neuroloom_ntf::affinity::{AffinityOptions, DenseAffinity, DifferentialAffinity};
use neuroloom_ntf::{Layout, read_affinity};
use neuroloom_table::{TableBuilder, kinds};
use serde_json::json;

use crate::support::{refused, run, wave};

const ID: &str = "ntf.affinity";

/// Two homogenised worms on 50 frames; the third neuron of each has no name.
fn homogenised(signal: &str) -> [Table; 2] {
    let rows: Vec<(&str, usize)> =
        ["w1", "w2"].into_iter().flat_map(|id| (0..3).map(move |n| (id, n))).collect();
    let name = |n: usize| ["AVAL", "AVAR", "2"][n];
    let traces = TableBuilder::new(kinds::HOMOGENISED)
        .text("recording_id", rows.iter().map(|row| row.0))
        .integers("position", rows.iter().map(|row| row.1 as i64))
        .text("neuron", rows.iter().map(|row| name(row.1)))
        .integers("slot", rows.iter().map(|row| if row.1 == 2 { -1 } else { row.1 as i64 }))
        .optional_bools("is_labeled", rows.iter().map(|row| Some(row.1 < 2)))
        .text("label_status", rows.iter().map(|_| "exact"))
        .text("signal_unit", rows.iter().map(|_| "dff"))
        .lists(signal, rows.iter().map(|(id, n)| wave(id, *n, 50).samples))
        .finish();
    let settings = ["aggregate_timestamp", "smooth_method", "interpolate_method", "normalization_method"];
    let mut recordings = TableBuilder::new(kinds::HOMOGENISED_RECORDINGS)
        .text("recording_id", ["w1", "w2"])
        .integers("n_neurons", [3; 2])
        .integers("n_labeled", [2; 2])
        .integers("original_max_timesteps", [100; 2])
        .numbers("resample_dt_s", [0.333; 2])
        .lists("time_in_seconds", [0, 1].map(|_| (0..50).map(|t| 0.333 * f64::from(t)).collect()));
    for name in settings.into_iter().chain([
        "impute_method",
        "profile",
        "storage",
        "source_dataset",
        "raw_data_file",
        "status",
    ]) {
        recordings = recordings.text(name, ["x"; 2]);
    }
    [traces.unwrap(), recordings.finish().unwrap()]
}

#[test]
fn homogenised_worms_bring_their_clock_and_only_named_neurons() {
    let [traces, recordings] = homogenised("raw_calcium_data");
    let output = run(ID, json!({}), &[("traces", &traces), ("recordings", &recordings)]).unwrap();
    let affinity = read_affinity(&output.tables["affinity"]).unwrap();
    assert_eq!(affinity.neurons, ["AVAL", "AVAR"]);
    assert!((affinity.dt_s - 0.333).abs() < 1e-12);
    let unnamed =
        output.summary.metrics.iter().find(|metric| metric.name == "neurons without a name").unwrap();
    assert_eq!(serde_json::to_value(&unnamed.value).unwrap(), json!(2));

    let given: Vec<_> = (0..2).map(|n| Some(wave("w1", n, 50).samples)).collect();
    let roots = DifferentialAffinity::new(AffinityOptions::default()).unwrap().signed_roots(&given).unwrap();
    let expected = DenseAffinity::new(&[roots], Default::default(), Layout::Pairs).to_array();
    let scaled = affinity.to_dense();
    let ratio = |t: usize| scaled[[t, 0, 0]] / expected[[t, 0, 0]];
    let ratios: Vec<f64> = (0..50).map(ratio).filter(|ratio| !ratio.is_nan()).collect();
    assert!(ratios.len() > 5 && ratios.iter().all(|ratio| (ratio / ratios[0] - 1.0).abs() < 1e-12));
}

#[test]
fn a_signal_that_was_not_kept_is_named() {
    let [traces, recordings] = homogenised("calcium_data");
    let inputs = [("traces", &traces), ("recordings", &recordings)];
    assert!(run(ID, json!({"signal": "calcium_data"}), &inputs).is_ok());
    let absent = refused(ID, json!({}), &inputs);
    assert!(absent.contains("without raw_calcium_data") && absent.contains("w1: neuron AVAL"), "{absent}");
    let unknown = refused(ID, json!({"signal": "original_calcium_data"}), &inputs);
    assert!(unknown.contains("one of raw_calcium_data"), "{unknown}");
    let one_clock =
        neuroloom_table::check(kinds::HOMOGENISED_RECORDINGS, recordings.batch().slice(0, 1)).unwrap();
    let report =
        refused(ID, json!({"signal": "calcium_data"}), &[("traces", &traces), ("recordings", &one_clock)]);
    assert!(report.contains("the clock of a recording is missing") && report.contains("w2"), "{report}");
}
