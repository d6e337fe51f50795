//! Parameters that cannot be, and what the user reads.

use serde_json::json;

use crate::support::issues;

#[test]
fn defaults_are_right() {
    assert_eq!(issues("simulate.ring_attractor", json!({})), [""; 0]);
    assert_eq!(issues("simulate.lorenz", json!({})), [""; 0]);
}

#[test]
fn every_wrong_parameter_of_the_ring_is_named() {
    let wrong = [
        (json!({"duration_s": 0}), "duration_s must be a finite number above 0, got 0"),
        (json!({"duration_s": 1e6}), "duration_s must be at most a day (86400), got 1000000"),
        (json!({"duration_s": 0.0001}), "duration_s must be at least one step (dt_s 0.001), got 0.0001"),
        (
            json!({"dt_s": 0.005, "sample_dt_s": 0.005}),
            "dt_s must be at most a tenth of `tau_s` (0.02), got 0.005",
        ),
        (json!({"turn_time_s": 0.005}), "dt_s must be at most a tenth of `turn_time_s` (0.005), got 0.001"),
        (
            json!({"sample_dt_s": 0.0015}),
            "sample_dt_s must be a whole number of steps (dt_s 0.001), got 0.0015",
        ),
        (json!({"ring_units": 8, "n_units": 8}), "ring_units must be between 16 and 4096, got 8"),
        (json!({"n_units": 200}), "n_units must be between 1 and `ring_units` (128), got 200"),
        (json!({"n_units": 0}), "n_units must be between 1 and `ring_units` (128), got 0"),
        (json!({"half_width_rad": 3.2}), "half_width_rad must be between 0.5 and 3, got 3.2"),
        (json!({"landmark": -0.1}), "landmark must be between 0 and 1, got -0.1"),
        (json!({"noise_hz": 50}), "noise_hz must be between 0 and `peak_rate_hz` (40), got 50"),
        (json!({"baseline_rate_hz": -1}), "baseline_rate_hz must be a finite number of at least 0, got -1"),
        (
            json!({"turn_sd_rad_per_s": 100}),
            "turn_sd_rad_per_s must be at most 0.05 rad per step (dt_s 0.001), got 0.1",
        ),
        (json!({"recording_id": ""}), "recording_id must not be empty"),
    ];
    for (params, expected) in wrong {
        assert_eq!(issues("simulate.ring_attractor", params.clone()), [expected], "{params}");
    }
}

#[test]
fn every_wrong_parameter_of_the_population_is_named() {
    let wrong = [
        (json!({"n_conditions": 0}), "n_conditions must be at least 1, got 0"),
        (json!({"n_units": 0}), "n_units must be at least 1, got 0"),
        (json!({"valid_every": 1}), "valid_every must be at least 2, got 1"),
        (json!({"n_forward_bins": 50}), "n_forward_bins must leave a bin to see (n_bins 50), got 50"),
        (json!({"held_out_share": 1}), "held_out_share must be at least 0 and less than 1, got 1"),
        (json!({"bin_s": 0.0205}), "bin_s must be a whole number of steps (dt_s 0.001), got 0.0205"),
        (json!({"lorenz_time_per_s": 30}), "lorenz_time_per_s times dt_s must be at most 0.02, got 0.03"),
        (json!({"burn_in_s": -1}), "burn_in_s must be a finite number of at least 0, got -1"),
        (json!({"rate_hz": 1e6}), "rate_hz must be at most 10000, got 1000000"),
    ];
    for (params, expected) in wrong {
        assert_eq!(issues("simulate.lorenz", params.clone()), [expected], "{params}");
    }
}

#[test]
fn what_no_table_can_hold_is_refused_before_it_is_simulated() {
    let spikes =
        issues("simulate.ring_attractor", json!({"duration_s": 86400, "ring_units": 4096, "n_units": 4096}));
    assert!(spikes[0].contains("spikes; one table can hold 2147483647"), "{spikes:?}");
    let samples =
        issues("simulate.ring_attractor", json!({"duration_s": 86400, "dt_s": 1e-6, "sample_dt_s": 1e-6}));
    assert!(samples[0].contains("samples of behaviour"), "{samples:?}");
    let values = issues(
        "simulate.lorenz",
        json!({"n_repeats": 1_000_000_000_000_u64, "n_conditions": 4_000_000_000_u64}),
    );
    assert!(values[0].contains("one table can hold"), "{values:?}");
}
