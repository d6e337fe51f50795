//! Worms with planted motifs: what is drawn, what stands in the tables, what does not depend on what.

use neuroloom_core::Seed;
use neuroloom_simulate::worms::{Animal, Motif, WormsParams, WormsStep, motifs};
use neuroloom_table::Columns;
use serde_json::json;

use crate::support::{bytes_on, issues, mean, table};

fn small() -> WormsParams {
    WormsParams {
        n_worms: 3,
        n_neurons: 20,
        n_frames: 800,
        n_motifs: 2,
        motif_neurons: 6,
        ..WormsParams::default()
    }
}

#[test]
fn motifs_have_the_sizes_that_were_asked_for() {
    let params = WormsParams::default();
    for motif in motifs(&params, Seed::root(1)) {
        assert_eq!((motif.neurons.len(), motif.worms.len(), motif.intervals.len()), (12, 5, 2));
        for members in [&motif.neurons, &motif.worms] {
            assert!(members.windows(2).all(|pair| pair[0].0 < pair[1].0));
            assert!(members.iter().all(|member| (0.5..1.0).contains(&member.1)));
        }
        for (k, [start, stop]) in motif.intervals.iter().enumerate() {
            assert!(stop - start == 240 && *start >= 800 * k && *stop <= 800 * (k + 1));
            assert!(motif.events.iter().any(|event| event.onset == *start as f64), "none is empty");
        }
        let inside =
            |onset: f64| motif.intervals.iter().any(|[a, b]| (*a as f64..*b as f64).contains(&onset));
        assert!(motif.events.iter().all(|event| inside(event.onset)));
        assert!(motif.events.iter().all(|event| (8.0..=40.0).contains(&event.rise)));
    }
}

#[test]
fn more_of_anything_changes_nothing_else() {
    let (few, many) = (small(), WormsParams { n_worms: 5, n_motifs: 2, ..small() });
    let motif = |params: &WormsParams| motifs(params, Seed::root(1));
    assert_eq!(motif(&few), motif(&WormsParams { n_motifs: 4, ..few.clone() })[..2]);
    let of = |params: &WormsParams| Animal::simulate(2, params, &motif(&few), Seed::root(2));
    assert_eq!(of(&few), of(&many));
    let wide = WormsParams { n_neurons: 25, ..few.clone() };
    assert_eq!(of(&few).traces, of(&wide).traces[..20 * 800]);
}

/// A motif of the neurons 0 and 1 in worm 0 with one event.
fn one_event(params: &WormsParams) -> Motif {
    let mut motif = motifs(params, Seed::root(1)).remove(0);
    motif.neurons = vec![(0, 0.5), (1, 1.0)];
    motif.worms = vec![(0, 0.8)];
    motif.events.truncate(1);
    motif
}

#[test]
fn without_noise_a_trace_is_the_weighted_motif() {
    let params = WormsParams { noise_sd: 0.0, jitter_frames: 0.0, background_events: 0.0, ..small() };
    let motif = one_event(&params);
    let event = motif.events[0];
    let traces =
        |worm: usize| Animal::simulate(worm, &params, std::slice::from_ref(&motif), Seed::root(2)).traces;
    for (frame, pair) in traces(0)[..800].iter().zip(&traces(0)[800..1600]).enumerate() {
        let expected = event.at(frame as f64, 25.0);
        assert!((f64::from(*pair.0) - 0.4 * expected).abs() < 1e-6);
        assert!((f64::from(*pair.1) - 0.8 * expected).abs() < 1e-6);
    }
    assert!(traces(0)[1600..].iter().all(|&x| x == 0.0), "other neurons are silent");
    assert!(traces(1).iter().all(|&x| x == 0.0), "other animals are silent");
}

#[test]
fn noise_and_background_are_as_large_as_they_should_be() {
    let alone = WormsParams { motif_worms: 1e-9, background_events: 0.0, n_frames: 4000, ..small() };
    let noise = Animal::simulate(1, &alone, &[], Seed::root(3)).traces;
    let deviation = mean(noise.iter().map(|&x| f64::from(x).powi(2))).sqrt();
    assert!((deviation / 0.05 - 1.0).abs() < 0.02, "{deviation}");
    let busy = WormsParams { noise_sd: 0.0, background_events: 2.0, ..alone };
    let activity = mean(Animal::simulate(1, &busy, &[], Seed::root(3)).traces.iter().map(|&x| f64::from(x)));
    // Two events in 1000 frames, of area (24/2 + 25) on average.
    assert!((activity / (2.0 / 1000.0 * 37.0) - 1.0).abs() < 0.2, "{activity}");
}

#[test]
fn a_neuron_without_a_name_keeps_its_truth() {
    let params = WormsParams { unidentified_share: 0.25, ..small() };
    let traces = table(&WormsStep, &params, "traces");
    let (units, truth, labeled) = (
        traces.text("unit_id").unwrap(),
        traces.text("neuron").unwrap(),
        traces.bools("is_labeled").unwrap(),
    );
    let mut unnamed = 0;
    for row in 0..traces.n_rows() {
        let (unit, truth) = (units.get(row).unwrap(), truth.get(row).unwrap());
        assert_eq!(labeled.value(row), unit == truth);
        if unit != truth {
            assert_eq!(format!("N{unit}"), truth);
            unnamed += 1;
        }
    }
    assert_eq!((traces.n_rows(), unnamed), (60, 15));
}

#[test]
fn truth_stands_in_its_tables() {
    let params = small();
    let neurons = table(&WormsStep, &params, "motif_neurons");
    let animals = table(&WormsStep, &params, "motif_animals");
    let intervals = table(&WormsStep, &params, "intervals");
    assert_eq!((neurons.n_rows(), animals.n_rows(), intervals.n_rows()), (12, 4, 8));
    assert!(neurons.text("neuron").unwrap().get(0).unwrap().starts_with('N'));
    assert!(animals.text("recording_id").unwrap().get(0).unwrap().starts_with("worm_"));
    for row in 0..8 {
        let [start, stop] =
            ["start_s", "stop_s"].map(|name| intervals.numbers(name).unwrap().get(row).unwrap());
        assert!((stop - start - 60.0).abs() < 1e-9, "240 frames of 0.25 s");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    assert_eq!(bytes_on(1, &WormsStep, &small()), bytes_on(2, &WormsStep, &small()));
}

#[test]
fn every_wrong_parameter_of_the_worms_is_named() {
    let wrong = [
        (json!({"n_worms": 0}), "n_worms must be between 1 and 100000, got 0"),
        (json!({"motif_neurons": 49}), "motif_neurons must be between 1 and `n_neurons` (48), got 49"),
        (
            json!({"interval_frames": 801}),
            "interval_frames must be at least 1 and fit into a part of the recording (800 frames: n_frames over \
             n_intervals), got 801",
        ),
        (
            json!({"rise_frames": [9, 8]}),
            "rise_frames must be two finite numbers above 0 that do not descend, got 9 and 8",
        ),
        (json!({"motif_worms": 0}), "motif_worms must be above 0 and at most 1, got 0"),
        (json!({"unidentified_share": 1}), "unidentified_share must be at least 0 and less than 1, got 1"),
        (json!({"event_gap_frames": 0.5}), "event_gap_frames must be a finite number of at least 1, got 0.5"),
        (json!({"noise_sd": -1}), "noise_sd must be a finite number of at least 0, got -1"),
        (json!({"background_events": -1}), "background_events must be between 0 and 1000, got -1"),
        (json!({"dt_s": 0}), "dt_s must be a finite number above 0, got 0"),
        (json!({"decay_frames": 0}), "decay_frames must be a finite number above 0, got 0"),
    ];
    for (params, expected) in wrong {
        assert_eq!(issues("simulate.worms", params.clone()), [expected], "{params}");
    }
    let many = issues("simulate.worms", json!({"n_worms": 10_000, "n_frames": 1_000_000}));
    assert!(many[0].contains("one table can hold"), "{many:?}");
}
