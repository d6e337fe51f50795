//! Trials that no model can learn from.

use std::sync::Arc;

use neuroloom_core::Table;
use neuroloom_langevin::{Device, Infer, InferParams, TrainParams};
use neuroloom_table::{Columns, TableBuilder, kinds};

use crate::steps::{lorenz, small, train, trials};

/// A row of a table of trials.
#[derive(Clone)]
pub struct Row {
    recording_id: String,
    split: String,
    signal: String,
    trial: i64,
    unit_id: String,
    held: Option<String>,
    dt_s: f64,
    n_observed: i64,
    value: Vec<f64>,
    value_unit: String,
}

fn rows(table: &Table) -> Vec<Row> {
    let text = |name: &str| table.text(name).unwrap();
    let (trial, observed) = (table.integers("trial").unwrap(), table.integers("n_observed").unwrap());
    let row = |row: usize| Row {
        recording_id: text("recording_id").get_or_empty(row).to_owned(),
        split: text("split").get_or_empty(row).to_owned(),
        signal: text("signal").get_or_empty(row).to_owned(),
        trial: trial.value(row),
        unit_id: text("unit_id").get_or_empty(row).to_owned(),
        held: text("held").get(row).map(str::to_owned),
        dt_s: table.numbers("dt_s").unwrap().get(row).unwrap(),
        n_observed: observed.value(row),
        value: table.lists("value").unwrap().get(row).unwrap().into_owned(),
        value_unit: text("value_unit").get_or_empty(row).to_owned(),
    };
    (0..table.n_rows()).map(row).collect()
}

fn table(rows: &[Row]) -> Table {
    let conditions: arrow_array::Int64Array = rows.iter().map(|row| row.trial % 4).map(Some).collect();
    TableBuilder::new(kinds::TRIALS)
        .text("recording_id", rows.iter().map(|row| &row.recording_id))
        .text("split", rows.iter().map(|row| &row.split))
        .text("signal", rows.iter().map(|row| &row.signal))
        .integers("trial", rows.iter().map(|row| row.trial))
        .text("unit_id", rows.iter().map(|row| &row.unit_id))
        .optional_text("held", rows.iter().map(|row| row.held.as_ref()))
        .numbers("t0_s", rows.iter().map(|_| 0.0))
        .numbers("dt_s", rows.iter().map(|row| row.dt_s))
        .integers("n_observed", rows.iter().map(|row| row.n_observed))
        .lists("value", rows.iter().map(|row| row.value.clone()))
        .text("value_unit", rows.iter().map(|row| &row.value_unit))
        .extra("condition", None, Arc::new(conditions))
        .finish()
        .unwrap()
}

/// The table with other spike counts: `change` gets unit and counts of a trial.
pub fn edited(original: &Table, change: impl Fn(&str, &mut [f64])) -> Table {
    let mut rows = rows(original);
    for row in rows.iter_mut().filter(|row| row.signal == "spike_count") {
        let unit = row.unit_id.clone();
        change(&unit, &mut row.value);
    }
    table(&rows)
}

/// What is said of trials that were changed so.
fn refusal(change: impl Fn(&mut Vec<Row>)) -> String {
    let mut rows = rows(&trials(&lorenz()));
    change(&mut rows);
    train(&small(), &table(&rows)).unwrap_err().report()
}

/// The counts of a trial and unit.
fn counts<'a>(rows: &'a mut [Row], split: &str, held: &str) -> &'a mut Row {
    let chosen = |row: &&mut Row| {
        row.signal == "spike_count"
            && row.split == split
            && row.held.as_deref() == Some(held)
            && row.trial == 3
    };
    rows.iter_mut().find(chosen).unwrap()
}

fn has(report: &str, words: &[&str]) {
    for word in words {
        assert!(report.contains(word), "{word:?} is not in:\n{report}");
    }
}

#[test]
fn counts_that_are_none_are_named_with_trial_unit_and_bin() {
    for (value, found) in
        [(-1.0, "-1"), (0.5, "0.5"), (f64::NAN, "NaN"), (f64::INFINITY, "inf"), (70_000.0, "70000")]
    {
        let report = refusal(|rows| counts(rows, "train", "held_in").value[2] = value);
        has(&report, &["train trial 3", "bin at 2", found]);
    }
    has(
        &refusal(|rows| counts(rows, "valid", "held_in").value[0] = f64::NAN),
        &["valid trial 3", "bin at 0"],
    );
    has(&refusal(|rows| counts(rows, "train", "held_out").value[0] = f64::NAN), &["train trial 3"]);
}

#[test]
fn counts_that_are_not_known_are_taken_where_nobody_fits_them() {
    let mut rows = rows(&trials(&lorenz()));
    counts(&mut rows, "valid", "held_out").value.fill(f64::NAN);
    counts(&mut rows, "valid", "held_in").value[11] = f64::NAN;
    train(&small(), &table(&rows)).unwrap();
}

#[test]
fn trials_of_other_bins_or_units_are_refused() {
    has(
        &refusal(|rows| counts(rows, "train", "held_in").value.truncate(5)),
        &["differ in their bins", "5 bins"],
    );
    has(&refusal(|rows| counts(rows, "train", "held_in").dt_s = 0.05), &["differ in their bins", "0.05"]);
    has(
        &refusal(|rows| counts(rows, "train", "held_in").n_observed = 3),
        &["differ in their bins", "3 of them"],
    );
    let missing = refusal(|rows| {
        let unit = counts(rows, "train", "held_in").unit_id.clone();
        rows.retain(|row| {
            row.signal != "spike_count" || row.trial != 3 || row.split != "train" || row.unit_id != unit
        });
    });
    has(&missing, &["differ in their units", "train trial 3"]);
    let twice = refusal(|rows| {
        let row = counts(rows, "train", "held_in").clone();
        rows.push(row);
    });
    has(&twice, &["twice", "train trial 3"]);
    let both = refusal(|rows| counts(rows, "train", "held_in").held = Some("held_out".into()));
    has(&both, &["both held in and held out"]);
}

#[test]
fn bins_that_leave_nothing_to_see_are_refused() {
    for observed in [0, 1, 13] {
        let report = refusal(|rows| rows.iter_mut().for_each(|row| row.n_observed = observed));
        has(&report, &["observed bins do not fit", "2 to 12 bins", &observed.to_string()]);
    }
    let single = refusal(|rows| {
        rows.iter_mut().for_each(|row| {
            row.value.truncate(1);
            row.n_observed = 1;
        });
    });
    has(&single, &["observed bins do not fit"]);
    for width in [0.0, -0.02, f64::NAN, f64::INFINITY] {
        let report = refusal(|rows| rows.iter_mut().for_each(|row| row.dt_s = width));
        has(&report, &["dt_s"]);
    }
}

#[test]
fn two_bins_and_batches_of_any_size_give_no_nan() {
    let mut rows = rows(&trials(&lorenz()));
    rows.iter_mut().for_each(|row| {
        row.value.truncate(2);
        row.n_observed = 2;
    });
    let table = table(&rows);
    for (batch, warned) in [(1, false), (33, true)] {
        let fit = train(&TrainParams { batch, ..small() }, &table).unwrap();
        let n = fit.summary.warnings.iter().filter(|warning| warning.contains("a batch has as many")).count();
        assert_eq!(n == 1, warned, "{:?}", fit.summary.warnings);
        let nll = fit.tables["history"].numbers("val_nll").unwrap();
        assert!((0..4).all(|epoch| nll.get(epoch).is_some_and(f64::is_finite)));
    }
}

#[test]
fn too_few_trials_or_spikes_are_refused() {
    has(&refusal(|rows| rows.retain(|row| row.split == "train")), &["too few trials", "and 0"]);
    has(
        &refusal(|rows| rows.retain(|row| row.split == "valid" || row.trial == 0)),
        &["too few trials", "1 and"],
    );
    has(
        &refusal(|rows| rows.iter_mut().for_each(|row| row.split = "fit".into())),
        &["train, valid or test", "fit"],
    );
    let all_out = |rows: &mut Vec<Row>| {
        rows.iter_mut().filter(|row| row.held.is_some()).for_each(|row| row.held = Some("held_out".into()));
    };
    has(&refusal(all_out), &["every unit is held out"]);
    let silent = |rows: &mut Vec<Row>| {
        let counts = rows
            .iter_mut()
            .filter(|row| row.signal == "spike_count" && row.held.as_deref() == Some("held_in"));
        counts.for_each(|row| row.value.fill(0.0));
        rows.retain(|row| row.signal == "spike_count");
    };
    has(&refusal(silent), &["no unit", "has a spike"]);
}

#[test]
fn true_rates_in_another_unit_are_noticed() {
    let per_bin = |rows: &mut Vec<Row>| {
        let truth = rows.iter_mut().filter(|row| row.signal == "rate_truth");
        truth.for_each(|row| row.value.iter_mut().for_each(|rate| *rate *= row.dt_s));
    };
    has(&refusal(per_bin), &["true rates do not fit", "Hz"]);
}

#[test]
fn another_signal_or_recording_is_asked_for() {
    let original = trials(&lorenz());
    let report = |params: &TrainParams, table: &Table| train(params, table).unwrap_err().report();
    let other = TrainParams { signal: "spikes".into(), ..small() };
    has(&report(&other, &original), &["no signal \"spikes\"", "spike_count"]);
    let mut both = rows(&original);
    let mut second = both.clone();
    second.iter_mut().for_each(|row| row.recording_id = "another".into());
    both.append(&mut second);
    has(&report(&small(), &table(&both)), &["one recording", "another, lorenz", "recording_id"]);
    let chosen = TrainParams { recording_id: Some("another".into()), ..small() };
    train(&chosen, &table(&both)).unwrap();
}

#[test]
fn silent_units_and_large_counts_give_no_nan() {
    let original = trials(&lorenz());
    let silent = edited(&original, |unit, counts| {
        if unit.ends_with('1') {
            counts.fill(0.0);
        }
    });
    let mut without_truth = rows(&silent);
    without_truth.retain(|row| row.signal == "spike_count");
    let fit = train(&small(), &table(&without_truth)).unwrap();
    assert!(
        fit.summary.warnings.iter().any(|warning| warning.starts_with("silent")),
        "{:?}",
        fit.summary.warnings
    );
    without_truth
        .iter_mut()
        .for_each(|row| row.value.iter_mut().for_each(|count| *count = (*count * 10_000.0).min(65_535.0)));
    train(&TrainParams { lograte_clamp: Some(20.0), ..small() }, &table(&without_truth)).unwrap();
}

#[test]
fn a_model_is_only_for_trials_like_those_that_it_was_fitted_to() {
    use crate::steps::context;
    use neuroloom_core::{Inputs, Step};
    let original = trials(&lorenz());
    let model = train(&small(), &original).unwrap().tables["model"].clone();
    let report = |trials: Table| {
        let inputs = Inputs::new([("trials".to_owned(), trials), ("model".to_owned(), model.clone())]);
        Infer::default().run(&context(1), &InferParams::default(), &inputs).unwrap_err().report()
    };
    let units = neuroloom_simulate::lorenz::LorenzParams { n_units: 9, ..lorenz() };
    has(&report(trials(&units)), &["other units", "held out"]);
    let bins = neuroloom_simulate::lorenz::LorenzParams { n_bins: 13, ..lorenz() };
    has(&report(trials(&bins)), &["other bins", "13 bins"]);
}

#[test]
fn a_device_that_the_program_was_not_built_for_is_refused() {
    let params = TrainParams { device: Device::Gpu, ..TrainParams::default() };
    let trials = trials(&lorenz());
    let report = train(&params, &trials).unwrap_err().report();
    assert!(report.contains("device") && report.contains("--features gpu"), "{report}");
}
