//! The baselines on populations whose rates are known.

use neuroloom_core::{StepOutput, Table};
use neuroloom_table::{Columns, kinds};
use serde_json::{Value, json};

use crate::support::{lorenz, metric, refused, run, run_on};

const STEPS: [&str; 3] = ["rates.smooth", "rates.factor_analysis", "rates.condition_mean"];

fn scored(trials: &Table, id: &str, params: &Value) -> (StepOutput, StepOutput) {
    let rates = run(id, params, &[("trials", trials)]).unwrap();
    let evaluated =
        run("nlb.evaluate", &json!({}), &[("trials", trials), ("rates", &rates.tables["rates"])]).unwrap();
    (rates, evaluated)
}

#[test]
fn baselines_find_the_rates_of_a_lorenz_system() {
    let trials = lorenz(&json!({}));
    for id in STEPS {
        let (_, scores) = scored(&trials, id, &json!({}));
        let of = |name: &str| metric(&scores, name).unwrap();
        let (co, truth) = (of("co_bps"), of("truth_co_bps"));
        assert!(co > 0.5 * truth && co < truth + 0.02, "{id}: {co} {truth}");
        if id == "rates.condition_mean" {
            assert!(of("fp_bps") > 0.3 * of("truth_fp_bps"), "{}", of("fp_bps"));
            // The reference responses are means of few trials, so that even the true rates stay far from 1.
            assert!(of("rate_r2") > 0.4 && of("psth_r2") > 0.3, "{} {}", of("rate_r2"), of("psth_r2"));
        }
    }
}

#[test]
fn constant_rates_have_no_bits() {
    let trials = lorenz(&json!({ "dynamics": "constant" }));
    for id in ["rates.smooth", "rates.factor_analysis"] {
        let (_, scores) = scored(&trials, id, &json!({}));
        let co = metric(&scores, "co_bps").unwrap();
        assert!(co <= 0.005, "{id}: {co}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    for id in STEPS {
        let of = |threads| run_on(threads, id, &json!({}), &[("trials", &trials)]).unwrap().tables;
        assert_eq!(of(1)["rates"].batch(), of(3)["rates"].batch(), "{id}");
        assert_eq!(of(1)["choice"].batch(), of(3)["choice"].batch(), "{id}");
    }
}

#[test]
fn rates_are_of_every_trial_unit_and_bin() {
    let trials = lorenz(&json!({ "n_repeats": 4, "n_forward_bins": 5 }));
    for id in STEPS {
        let output = run(id, &json!({ "sigma_bins": [1.5] }), &[("trials", &trials)]).unwrap();
        let rates = &output.tables["rates"];
        assert_eq!((rates.kind(), rates.n_rows()), (kinds::TRIALS, 80 * 29), "{id}");
        let values = rates.lists("value").unwrap();
        for row in 0..rates.n_rows() {
            let values = values.get(row).unwrap();
            assert!(values.len() == 50 && values.iter().all(|hz| *hz >= 0.0999 && *hz < 1e4), "{id}");
        }
        assert_eq!(output.tables["choice"].n_rows(), 0, "nothing to choose from");
    }
}

#[test]
fn the_best_width_is_chosen_on_the_validation_trials() {
    let trials = lorenz(&json!({ "n_repeats": 6 }));
    let output =
        run("rates.smooth", &json!({ "sigma_bins": [0.3, 2.0, 40.0] }), &[("trials", &trials)]).unwrap();
    let choice = &output.tables["choice"];
    let (chosen, values) = (choice.bools("chosen").unwrap(), choice.numbers("value").unwrap());
    let parameters = choice.text("parameter").unwrap();
    for parameter in ["sigma_bins", "feature_sigma_bins"] {
        let rows: Vec<usize> = (0..6).filter(|&row| parameters.get(row) == Some(parameter)).collect();
        let best = rows.iter().filter_map(|&row| values.get(row)).fold(f64::NEG_INFINITY, f64::max);
        let own: Vec<f64> =
            rows.iter().filter(|&&row| chosen.value(row)).filter_map(|&row| values.get(row)).collect();
        assert_eq!((rows.len(), own), (3, vec![best]), "{parameter}");
    }
    // Without held-out units there is nothing to choose the width of the regressions by.
    let trials = lorenz(&json!({ "n_repeats": 6, "held_out_share": 0.0 }));
    let output = run("rates.smooth", &json!({}), &[("trials", &trials)]).unwrap();
    assert_eq!(output.tables["choice"].n_rows(), 9);
    assert_eq!(output.tables["choice"].text("criterion").unwrap().get(0), Some("leave_one_out_bps"));
}

#[test]
fn silent_units_and_single_bins_are_no_harm() {
    let trials = lorenz(&json!({ "n_repeats": 4, "rate_hz": 0.02, "n_bins": 3, "n_forward_bins": 2 }));
    for id in STEPS {
        let output = run(id, &json!({ "sigma_bins": [1.0] }), &[("trials", &trials)]).unwrap();
        let values = output.tables["rates"].lists("value").unwrap();
        assert!(
            (0..output.tables["rates"].n_rows()).all(|row| values
                .get(row)
                .unwrap()
                .iter()
                .all(|hz| hz.is_finite()))
        );
    }
}

#[test]
fn parameters_and_trials_that_do_not_fit_are_refused() {
    let wrong = json!({ "sigma_bins": [1.0, 1.0, -2.0], "penalty": -1.0, "least_rate_hz": 0.0 });
    let issues = refused("rates.smooth", &wrong).join("; ");
    for part in
        ["sigma_bins.1 stands twice", "sigma_bins.2 must be", "penalty must be", "least_rate_hz must be"]
    {
        assert!(issues.contains(part), "{issues}");
    }
    assert!(refused("rates.factor_analysis", &json!({ "n_factors": 0 }))[0].contains("n_factors"));
    let trials = lorenz(&json!({ "n_repeats": 2 }));
    let error = |id: &str, params: Value| run(id, &params, &[("trials", &trials)]).unwrap_err().report();
    assert!(
        error("rates.factor_analysis", json!({ "n_factors": 40 }))
            .contains("fewer than the 22 held-in units")
    );
    assert!(error("rates.condition_mean", json!({ "condition": "cue" })).contains("a column cue"));
}
