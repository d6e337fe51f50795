//! `rsa.movie` on trials whose conditions differ in a stretch of time only.

use std::sync::Arc;

use neuroloom_core::Table;
use neuroloom_core::figure::Content;
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::{Value, json};

use crate::rdm_step::{run, values, wrong_params};
use crate::support::{gaussian, rng};

const N_UNITS: usize = 6;
const N_TRIALS: i64 = 24;
const N_SAMPLES: usize = 40;

/// Trials of 4 s; between 1 s and 2 s a unit tells its own condition from the three others.
fn traces(t0_s: f64) -> Table {
    let mut rng = rng(1);
    let rows: Vec<(usize, i64)> =
        (0..N_UNITS).flat_map(|unit| (0..N_TRIALS).map(move |trial| (unit, trial))).collect();
    let trace = |&(unit, trial): &(usize, i64)| -> Vec<f64> {
        (0..N_SAMPLES)
            .map(|k| {
                let told = (10..20).contains(&k) && trial % 4 == unit as i64 % 4;
                f64::from(u8::from(told)) * 5.0 + 0.5 * gaussian(&mut rng)
            })
            .collect()
    };
    let samples: Vec<Vec<f64>> = rows.iter().map(trace).collect();
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", rows.iter().map(|_| "r1"))
        .text("unit_id", rows.iter().map(|(unit, _)| format!("u{unit}")))
        .optional_text("region", rows.iter().map(|_| Some("v1")))
        .text("signal", rows.iter().map(|_| "dff"))
        .integers("segment", rows.iter().map(|(_, trial)| *trial))
        .optional_bools("is_cell", rows.iter().map(|_| None))
        .optional_numbers("t0_s", rows.iter().map(|_| Some(t0_s)))
        .optional_numbers("dt_s", rows.iter().map(|_| Some(0.1)))
        .optional_lists("t_s", rows.iter().map(|_| None))
        .lists("trace", samples)
        .text("trace_unit", rows.iter().map(|_| "1"))
        .extra(
            "interval_id",
            None,
            Arc::new(rows.iter().map(|(_, trial)| 100 + trial).collect::<arrow_array::Int64Array>()),
        )
        .finish()
        .unwrap()
}

fn intervals() -> Table {
    let trials = || 0..N_TRIALS;
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", trials().map(|_| "r1"))
        .text("interval_set", trials().map(|_| "trials"))
        .integers("interval_id", trials().map(|trial| 100 + trial))
        .numbers("start_s", trials().map(|trial| trial as f64 * 10.0))
        .numbers("stop_s", trials().map(|trial| trial as f64 * 10.0 + 4.0))
        .optional_text_lists("tags", trials().map(|trial| Some(vec![format!("stimulus {}", trial % 4)])))
        .finish()
        .unwrap()
}

fn movie(params: Value) -> (Vec<f64>, Vec<f64>, neuroloom_core::Summary) {
    let output = run("rsa.movie", params, &[("traces", &traces(-1.0)), ("intervals", &intervals())]).unwrap();
    let times = values(&output.tables["index"], "time_s");
    (times, values(&output.tables["rdms"], "dissimilarity"), output.summary)
}

#[test]
fn conditions_are_told_apart_when_they_differ() {
    for params in [
        json!({"bin_s": 0.5}),
        json!({"bin_s": 0.5, "noise": "diag", "folds": 3}),
        json!({"bin_s": 0.5, "method": "euclidean", "folds": 1}),
    ] {
        let (times, d, summary) = movie(params);
        assert_eq!(times, [-0.75, -0.25, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75]);
        let means: Vec<f64> = d.chunks(6).map(|frame| frame.iter().sum::<f64>() / 6.0).collect();
        let quiet = means.iter().enumerate().filter(|(bin, _)| !(2..4).contains(bin));
        let loudest = quiet.map(|(_, mean)| mean.abs()).fold(0.0, f64::max);
        assert!(means[2] > 20.0 * loudest && means[3] > 20.0 * loudest, "{means:?}");
        let panels = &summary.figures[0].panels;
        assert!(matches!(panels[0].content, Content::Lines(_)));
        assert_eq!(panels.iter().filter(|panel| matches!(panel.content, Content::Heatmap(_))).count(), 8);
    }
}

#[test]
fn bins_may_overlap_and_be_bounded() {
    let (times, d, _) = movie(json!({"bin_s": 1.0, "step_s": 0.5, "from_s": 0.0, "to_s": 2.0}));
    assert_eq!(times, [0.5, 1.0, 1.5]);
    assert_eq!(d.len(), 3 * 6);
}

#[test]
fn rdm_names_are_in_time() {
    let output =
        run("rsa.movie", json!({"bin_s": 0.1}), &[("traces", &traces(0.0)), ("intervals", &intervals())]);
    let output = output.unwrap();
    let index = &output.tables["index"];
    let times = values(index, "time_s");
    assert_eq!(times.len(), N_SAMPLES);
    assert!(times.is_sorted());
    assert_eq!(index.text("rdm_id").unwrap().get(3), Some("r1/v1/bin 03"));
    assert_eq!(index.text("subject").unwrap().get(3), Some("r1"));
}

#[test]
fn what_cannot_be_binned_is_refused() {
    let refused = |params: Value, intervals: &Table| {
        run("rsa.movie", params, &[("traces", &traces(0.0)), ("intervals", intervals)]).unwrap_err().report()
    };
    let narrow = refused(json!({"bin_s": 0.05}), &intervals());
    assert!(narrow.contains("narrower than the samples"), "{narrow}");
    let late = refused(json!({"bin_s": 1.0, "from_s": 3.5}), &intervals());
    assert!(late.contains("no time bin fits"), "{late}");
    let many = refused(json!({"bin_s": 1.0, "folds": 7}), &intervals());
    assert!(many.contains("at most 6"), "{many}");
    let other = refused(json!({"bin_s": 1.0, "interval_set": "epochs"}), &intervals());
    assert!(other.contains("in 0 rows"), "{other}");
    let column = refused(json!({"bin_s": 1.0, "condition": "orientation"}), &intervals());
    assert!(column.contains("orientation"), "{column}");
    let beyond = refused(json!({"bin_s": 1.0, "from_s": 0.0, "to_s": 9.0}), &intervals());
    assert!(beyond.contains("time bin") && beyond.contains("fold"), "{beyond}");
    assert_eq!(
        wrong_params("rsa.movie", json!({"bin_s": 1.0, "folds": 1, "from_s": 1.0, "to_s": 1.5})),
        [
            "folds must be at least 2 for crossnobis with this noise, got 1",
            "to_s must leave room for a bin of 1 s after from_s = 1, got 1.5"
        ]
    );
}
