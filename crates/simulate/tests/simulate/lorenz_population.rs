//! The population that the Lorenz system drives: design, rates, counts, tables.

use neuroloom_core::{CancelToken, Table};
use neuroloom_simulate::lorenz::{
    Dynamics, Latents, LorenzParams, LorenzStep, Readout, Split, held_out, trials,
};
use neuroloom_table::Columns;

use crate::support::{bytes_on, context, mean, table};

fn small() -> LorenzParams {
    LorenzParams { n_conditions: 6, n_repeats: 5, n_units: 12, burn_in_s: 2.0, ..LorenzParams::default() }
}

/// The rows of `signal`, sorted by split, trial and unit: split, condition, unit and values.
fn rows(table: &Table, signal: &str) -> Vec<(String, i64, String, Vec<f64>)> {
    let [splits, signals, units] = ["split", "signal", "unit_id"].map(|name| table.text(name).unwrap());
    let (conditions, values) = (table.integers("condition").unwrap(), table.lists("value").unwrap());
    (0..table.n_rows())
        .filter(|&row| signals.get(row) == Some(signal))
        .map(|row| {
            let text = |column: &neuroloom_table::TextColumn<'_>| column.get(row).unwrap().to_owned();
            (text(&splits), conditions.value(row), text(&units), values.get(row).unwrap().into_owned())
        })
        .collect()
}

#[test]
fn latents_are_centred_and_at_most_one() {
    for dynamics in [Dynamics::Lorenz, Dynamics::Rotation] {
        let params = LorenzParams { dynamics, ..small() };
        let latents = Latents::simulate(&context(7, &CancelToken::default()), &params).unwrap();
        for state in 0..3 {
            assert!(mean(latents.paths.iter().flatten().map(|point| point[state])).abs() < 1e-12);
        }
        let largest =
            latents.paths.iter().flatten().flatten().fold(0.0, |largest: f64, v| largest.max(v.abs()));
        assert_eq!(largest, 1.0);
    }
}

#[test]
fn conditions_start_on_the_attractor_each_somewhere_else() {
    let latents = Latents::simulate(&context(7, &CancelToken::default()), &LorenzParams::default()).unwrap();
    let mut starts: Vec<f64> = latents.paths.iter().map(|path| path[0][2]).collect();
    starts.sort_by(f64::total_cmp);
    assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
    // Both wings are visited.
    let left = latents.paths.iter().filter(|path| path[0][0] < 0.0).count();
    assert!((15..50).contains(&left), "{left} of 65 begin on the left wing");
}

#[test]
fn a_rotation_keeps_its_radius_and_comes_round() {
    let params = LorenzParams { dynamics: Dynamics::Rotation, n_bins: 50, ..small() };
    let latents = Latents::simulate(&context(7, &CancelToken::default()), &params).unwrap();
    for path in &latents.paths {
        // One turn in the 1 s of a trial: a whole turn has the mean 0, so that centring moves nothing.
        let radius = |point: &[f64; 3]| point[0].hypot(point[1]);
        assert!(path.iter().all(|point| (radius(point) - radius(&path[0])).abs() < 1e-9 && point[2] == 0.0));
    }
}

#[test]
fn true_rates_follow_from_latents_and_readout() {
    let params = small();
    let ctx = context(7, &CancelToken::default());
    let latents = Latents::simulate(&ctx, &params).unwrap();
    let readout = Readout::draw(params.n_units, ctx.seed().child("readout"));
    assert!(readout.weights.iter().flatten().all(|weight| (1.0..2.0).contains(&weight.abs())));
    for (_, condition, unit, rates) in rows(&table(&LorenzStep, &params, "trials"), "rate_truth") {
        let weights = readout.weights[unit.parse::<usize>().unwrap()];
        for (bin, rate) in rates.into_iter().enumerate() {
            let steps = &latents.paths[condition as usize][bin * 20..(bin + 1) * 20];
            let drive =
                |s: &[f64; 3]| 5.0 * (s[0] * weights[0] + s[1] * weights[1] + s[2] * weights[2]).exp();
            let expected = mean(steps.iter().map(drive));
            assert!((rate / expected - 1.0).abs() < 1e-6, "{rate} Hz, expected {expected}");
        }
    }
}

#[test]
fn counts_are_poisson_around_the_true_rates() {
    let trials = table(&LorenzStep, &LorenzParams { n_repeats: 40, ..small() }, "trials");
    let [counts, rates] = ["spike_count", "rate_truth"].map(|signal| rows(&trials, signal));
    let pairs: Vec<(f64, f64)> = counts
        .iter()
        .zip(&rates)
        .flat_map(|(counts, rates)| counts.3.iter().copied().zip(rates.3.iter().map(|rate| rate * 0.02)))
        .collect();
    let n = pairs.len() as f64;
    let expected: f64 = pairs.iter().map(|(_, expected)| expected).sum();
    let total: f64 = pairs.iter().map(|(count, _)| count).sum();
    assert!((total - expected).abs() < 5.0 * expected.sqrt(), "{total} spikes, expected {expected}");
    // (n - m)²/m has mean 1 and variance 2 + 1/m.
    let ratio = mean(pairs.iter().map(|(count, expected)| (count - expected).powi(2) / expected));
    let error = (pairs.iter().map(|(_, expected)| 2.0 + 1.0 / expected).sum::<f64>()).sqrt() / n;
    assert!((ratio - 1.0).abs() < 5.0 * error, "variance over mean {ratio}, standard error {error}");
}

#[test]
fn repeats_of_a_condition_share_rates_and_not_spikes() {
    let trials = table(&LorenzStep, &small(), "trials");
    let of = |signal: &str| {
        let all = rows(&trials, signal).into_iter();
        all.filter(|row| row.1 == 2 && row.2 == "03").map(|row| row.3).collect::<Vec<_>>()
    };
    let (rates, counts) = (of("rate_truth"), of("spike_count"));
    assert_eq!((rates.len(), counts.len()), (5, 5));
    assert!(rates.iter().all(|row| *row == rates[0]));
    assert!((1..5).all(|k| (0..k).all(|j| counts[j] != counts[k])));
}

#[test]
fn every_condition_has_its_repeats_and_every_fifth_trial_validates() {
    let params = LorenzParams::default();
    let seed = context(7, &CancelToken::default()).seed();
    let trials = trials(&params, seed);
    for condition in 0..65 {
        let mut repeats: Vec<usize> =
            trials.iter().filter(|trial| trial.condition == condition).map(|trial| trial.repeat).collect();
        repeats.sort_unstable();
        assert_eq!(repeats, (0..24).collect::<Vec<_>>());
    }
    for trial in &trials {
        assert_eq!(trial.split == Split::Valid, trial.place % 5 == 4);
    }
    assert_eq!(trials.iter().filter(|trial| trial.split == Split::Valid).count(), 312);
    assert_eq!(held_out(&params, seed).into_iter().filter(|&out| out).count(), 7);
}

#[test]
fn more_units_and_repeats_change_no_spike_of_the_others() {
    let counts = |params: &LorenzParams| {
        let mut rows: Vec<_> = rows(&table(&LorenzStep, params, "trials"), "spike_count")
            .into_iter()
            .map(|(_, condition, unit, counts)| (condition, unit.parse::<usize>().unwrap(), counts))
            .collect();
        rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
        rows
    };
    let few = counts(&small());
    let many = counts(&LorenzParams { n_units: 13, n_repeats: 6, ..small() });
    assert!(few.iter().all(|row| many.contains(row)));
}

#[test]
fn the_null_hypothesis_has_one_rate_everywhere() {
    let params = LorenzParams { dynamics: Dynamics::Constant, rate_hz: 0.5, ..small() };
    let trials = table(&LorenzStep, &params, "trials");
    assert!(rows(&trials, "rate_truth").iter().all(|row| row.3.iter().all(|rate| *rate == 0.5)));
    assert!(rows(&trials, "latent").iter().all(|row| row.3.iter().all(|value| *value == 0.0)));
}

#[test]
fn the_readout_says_which_units_are_held_out() {
    let params = small();
    let (trials, readout) = (table(&LorenzStep, &params, "trials"), table(&LorenzStep, &params, "readout"));
    let (units, held) = (trials.text("unit_id").unwrap(), trials.text("held").unwrap());
    let out = (0..12).filter(|&row| readout.text("held").unwrap().get(row) == Some("held_out"));
    let out: Vec<String> = out.map(|unit| format!("{unit:02}")).collect();
    assert_eq!(out.len(), 3);
    for row in 0..trials.n_rows() {
        let unit = units.get(row).unwrap();
        let expected = match unit {
            "x" | "y" | "z" => None,
            unit if out.iter().any(|own| own == unit) => Some("held_out"),
            _ => Some("held_in"),
        };
        assert_eq!(held.get(row), expected, "unit {unit}");
    }
    assert_eq!(trials.integers("n_observed").unwrap().value(0), 40);
}

#[test]
fn threads_change_no_byte() {
    assert!(bytes_on(1, &LorenzStep, &small()) == bytes_on(2, &LorenzStep, &small()));
}
