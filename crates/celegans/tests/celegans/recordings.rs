//! One recording through the whole method: what is skipped, refused, warned about and marked; and the defects of
//! the published pipeline beside ours.

use crate::support::{Uniform, jittered, recording, run, used};
use neuroloom_celegans::impute::{Impute, bayesian_ridge};
use neuroloom_celegans::labels::LabelStatus;
use neuroloom_celegans::{
    Fate, HomogeniseParams, Outcome, Profile, Recording, Screen, Storage, StoredSignal, homogenise,
    to_half_precision,
};
use neuroloom_core::{Error, Seed};

fn params() -> HomogeniseParams {
    HomogeniseParams::default()
}

fn compat() -> HomogeniseParams {
    HomogeniseParams { profile: Profile::Compat, ..params() }
}

fn refused(recording: &Recording<'_>) -> Error {
    homogenise(recording, &params(), Seed::root(0)).unwrap_err()
}

fn skipped(outcome: Outcome) -> String {
    match outcome.fate {
        Fate::Skipped(reason) => reason,
        Fate::Used(_) => panic!("it was not skipped"),
    }
}

fn codes(outcome: &Outcome) -> Vec<&str> {
    outcome.warnings.iter().map(|warning| warning.code).collect()
}

const LABELS: [Option<&str>; 4] = [Some("VB02"), Some("AVAL"), None, Some("AVA?")];

#[test]
fn neurons_stand_in_the_published_order_with_their_names_and_columns() {
    let worm = used(run(&recording(&LABELS, jittered(700, 0.6, 1)), &params()));
    let rows: Vec<_> =
        worm.neurons.iter().map(|n| (n.name.as_str(), n.slot.is_some(), n.raw_column)).collect();
    assert_eq!(rows, [("0", false, 2), ("AVAL", true, 1), ("AVAR", true, 3), ("VB2", true, 0)]);
    assert_eq!(worm.neurons[3].label_status, LabelStatus::Padded);
    assert_eq!(worm.neurons[3].label_given.as_deref(), Some("VB02"));
}

#[test]
fn every_signal_has_a_row_per_neuron_and_calcium_has_mean_0_and_sd_1() {
    let worm = used(run(&recording(&LABELS, jittered(700, 0.6, 1)), &params()));
    for (signal, matrix) in &worm.signals {
        let n = if *signal == StoredSignal::Original { 700 } else { worm.times_s.len() };
        assert_eq!(matrix.dim(), (4, n), "{signal:?}");
    }
    for row in worm.signals[&StoredSignal::Calcium].outer_iter() {
        let z = row.mapv(f64::from);
        assert!(z.mean().unwrap().abs() < 1e-6 && (z.std(0.0) - 1.0).abs() < 1e-6);
    }
}

#[test]
fn an_offset_of_the_clock_changes_nothing_in_exact() {
    // multiples of 2^-10 stay exact beside 2^20
    let times_s: Vec<f64> = (0..700).map(|i| f64::from(i * 614 + (i * 7) % 13) / 1024.0).collect();
    let shifted: Vec<f64> = times_s.iter().map(|t| t + f64::from(1 << 20)).collect();
    let (here, there) = (recording(&LABELS, times_s.clone()), recording(&LABELS, shifted.clone()));
    let there = Recording { columns: here.columns.clone(), ..there };
    let signals = |worm: &Recording<'_>, params| used(run(worm, &params)).signals;
    assert_eq!(signals(&here, params()), signals(&there, params()));
    assert_ne!(signals(&here, compat()), signals(&there, compat()));
}

#[test]
fn defect_b_32_bit_times_ruin_the_clock_and_the_derivative() {
    let times_s: Vec<f64> = jittered(800, 0.6, 4).iter().map(|t| t + 1.2e6).collect();
    let worm = recording(&[Some("AVAL")], times_s.clone());
    let (ours, published) = (used(run(&worm, &params())), used(run(&worm, &compat())));
    let true_times = times_s.iter().map(|t| t - times_s[0]);
    let error =
        |found: &[f64]| found.iter().zip(true_times.clone()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error(&ours.clock.times_s) < 1e-9);
    assert!(error(&published.clock.times_s) > 0.05);
    // every interval is a multiple of 1/8 s
    assert!(published.clock.times_s.windows(2).all(|pair| ((pair[1] - pair[0]) * 8.0).fract() == 0.0));
    let derivative =
        |worm: &neuroloom_celegans::Homogenised| worm.signals[&StoredSignal::Residual].row(0).to_owned();
    let (ours, published) = (derivative(&ours), derivative(&published));
    let n = ours.len().min(published.len());
    let squares = |values: Vec<f32>| values.iter().map(|v| v * v).sum::<f32>();
    let difference = squares((0..n).map(|k| ours[k] - published[k]).collect());
    assert!((difference / squares(ours.to_vec())).sqrt() > 0.1);
}

#[test]
fn defect_c_compat_invents_labels_and_says_so() {
    let mut worm =
        recording(&[Some("VB02"), Some("URADL"), Some("URADL"), Some("URADR")], jittered(700, 0.6, 5));
    worm.source = "Dag2023".into();
    let names = |outcome: Outcome| {
        used(outcome).neurons.into_iter().map(|n| (n.name, n.label_status)).collect::<Vec<_>>()
    };
    let published = names(run(&worm, &compat()));
    let guessed = |name: &str| (name.to_owned(), LabelStatus::Guessed);
    assert!(published.contains(&guessed("VA12")));
    assert!(published.contains(&guessed("URADR")) && published.contains(&guessed("URAVR")));
    let ours = names(run(&worm, &params()));
    assert_eq!(ours.iter().filter(|(name, _)| neuroloom_celegans::names::slot(name).is_some()).count(), 2);
    assert!(
        ours.contains(&("VB2".into(), LabelStatus::Padded))
            && ours.contains(&("URADR".into(), LabelStatus::Exact))
    );
}

#[test]
fn defect_d_16_bit_storage_merges_time_stamps_and_overflows() {
    let mut worm = recording(&[Some("AVAL")], jittered(1600, 0.6, 6));
    worm.columns[0].trace.to_mut()[7] = 70_000.0;
    let half = HomogeniseParams { storage: Storage::Float16, ..compat() };
    let (full, half) = (used(run(&worm, &compat())), used(run(&worm, &half)));
    let distinct = |times: &[f64]| {
        let mut bits: Vec<u64> = times.iter().map(|t| t.to_bits()).collect();
        bits.dedup();
        bits.len()
    };
    assert_eq!(distinct(&full.times_s), full.times_s.len());
    assert!(distinct(&half.times_s) < full.times_s.len() * 9 / 10);
    assert!(half.signals[&StoredSignal::Original][[0, 7]].is_infinite());
    assert_eq!(half.times_s[1], f64::from(to_half_precision(0.333)));
}

#[test]
fn defect_d_a_recording_of_962_s_has_2438_distinct_stamps_of_2889() {
    let stamps: Vec<f32> = (0..2889).map(|k| to_half_precision((f64::from(k) * 0.333) as f32)).collect();
    let mut distinct = stamps.clone();
    distinct.dedup();
    assert_eq!(distinct.len(), 2438);
    let error =
        stamps.iter().enumerate().map(|(k, t)| (f64::from(*t) - k as f64 * 0.333).abs()).fold(0.0, f64::max);
    assert!((error - 0.25).abs() < 0.01, "{error}");
}

#[test]
fn short_and_unlabelled_recordings_are_skipped_with_a_reason() {
    let short = recording(&LABELS, jittered(599, 0.6, 1));
    assert!(skipped(run(&short, &params())).contains("599 samples"));
    let brief = HomogeniseParams { min_duration_s: Some(600.0), ..params() };
    assert!(skipped(run(&recording(&LABELS, jittered(700, 0.6, 1)), &brief)).contains("min_duration_s"));
    let nameless = recording(&[None, None], jittered(700, 0.6, 1));
    assert_eq!(skipped(run(&nameless, &params())), "no neuron is labelled");
    let strangers = recording(&[Some("merge"), Some("aval")], jittered(700, 0.6, 1));
    let outcome = run(&strangers, &params());
    assert_eq!(outcome.labels[1].status, LabelStatus::Unknown);
    assert_eq!(skipped(outcome), "no label is one of the 300 names");
}

#[test]
fn bad_clocks_are_refused_with_the_first_offending_sample() {
    let with = |index: usize, t: f64| {
        let mut times_s = jittered(700, 0.6, 1);
        times_s[index] = t;
        refused(&recording(&LABELS, times_s))
    };
    let infinite = with(12, f64::NAN);
    assert_eq!((infinite.message(), infinite.location().offset), ("a sample time is not a number", Some(12)));
    let backwards = with(40, 3.0);
    assert_eq!(
        (backwards.message(), backwards.location().offset),
        ("the sample times do not increase", Some(40))
    );
    assert!(with(0, f64::NAN).message().contains("not a number"));
}

#[test]
fn bad_shapes_and_values_are_refused_with_their_column() {
    let mut ragged = recording(&LABELS, jittered(700, 0.6, 1));
    ragged.columns[2].trace.to_mut().pop();
    assert!(refused(&ragged).to_string().contains("column 2"));
    let mut infinite = recording(&LABELS, jittered(700, 0.6, 1));
    infinite.columns[1].trace.to_mut()[9] = f64::INFINITY;
    assert_eq!(refused(&infinite).location().offset, Some(9));
    let mut twice = recording(&LABELS, jittered(700, 0.6, 1));
    twice.columns[1].raw_column = 0;
    assert_eq!(refused(&twice).location().object.as_deref(), Some("raw_column"));
    assert!(refused(&recording(&[], jittered(700, 0.6, 1))).message().contains("no traces"));
    let slow = HomogeniseParams { resample_dt_s: 43.0, ..params() };
    let error = homogenise(&recording(&LABELS, jittered(700, 0.6, 1)), &slow, Seed::root(0)).unwrap_err();
    assert_eq!(error.location().object.as_deref(), Some("resample_dt_s"));
}

#[test]
fn gaps_units_and_transposed_matrices_are_warned_about() {
    let mut times_s = jittered(700, 0.6, 1);
    times_s[300..].iter_mut().for_each(|t| *t += 30.0);
    let outcome = run(&recording(&LABELS, times_s), &params());
    assert_eq!(codes(&outcome), ["time_gap"]);
    assert_eq!(outcome.warnings[0].position, Some(299));
    let milliseconds = jittered(700, 600.0, 1);
    let coarse = HomogeniseParams { resample_dt_s: 333.0, ..params() };
    assert_eq!(codes(&run(&recording(&LABELS, milliseconds), &coarse)), ["time_unit"]);
    let wide = recording(&vec![Some("AVAL"); 30], jittered(20, 0.6, 1));
    assert_eq!(codes(&run(&wide, &params())), ["transposed"]);
}

#[test]
fn imputed_samples_are_filled_marked_and_absent_from_the_original() {
    let mut worm = recording(&LABELS, (0..700).map(f64::from).collect());
    worm.columns[1].trace.to_mut()[100..110].fill(f64::NAN);
    worm.columns[1].trace.to_mut()[699] = f64::NAN;
    let ours = used(run(&worm, &params()));
    let aval = ours.neurons.iter().position(|n| n.name == "AVAL").unwrap();
    assert_eq!(ours.neurons[aval].imputed, [100..110, 699..700]);
    assert!(ours.neurons.iter().filter(|n| n.name != "AVAL").all(|n| n.imputed.is_empty()));
    let missing = |worm: &neuroloom_celegans::Homogenised, signal| {
        worm.signals[&signal].iter().filter(|v| v.is_nan()).count()
    };
    assert_eq!(missing(&ours, StoredSignal::Original), 11);
    assert_eq!(missing(&ours, StoredSignal::Calcium), 0);
    let published = used(run(&worm, &compat()));
    assert_eq!(missing(&published, StoredSignal::Original), 0, "the published original is imputed");
    let bare = run(&worm, &HomogeniseParams { impute: Impute::None, ..params() });
    assert_eq!(codes(&bare), ["missing_samples"]);
    assert!(missing(&used(bare), StoredSignal::Calcium) > 0);
}

#[test]
fn columns_without_activity_are_left_out_with_a_reason() {
    let mut worm = recording(&LABELS, jittered(700, 0.6, 1));
    worm.columns[0].trace.to_mut().fill(f64::NAN);
    worm.columns[2].trace.to_mut()[10..60].fill(f64::NAN);
    let screen = Screen { max_missing_run: Some(0.05), max_constant_windows: Some(1e-3) };
    let outcome = run(&worm, &HomogeniseParams { screen: Some(screen), ..params() });
    assert_eq!(codes(&outcome), ["column_dropped", "column_dropped"]);
    assert!(outcome.labels[0].drop_reason.as_deref().unwrap().contains("all samples"));
    assert!(outcome.labels[2].drop_reason.as_deref().unwrap().contains("50 samples in a row"));
    assert_eq!(outcome.labels[0].neuron, None);
    assert_eq!(used(outcome).neurons.len(), 2);
}

#[test]
fn the_bayesian_ridge_equals_that_of_scikit_learn() {
    let mut uniform = Uniform(1);
    let draws: Vec<f64> = (0..300).map(|_| uniform.next() - 0.5).collect();
    let mut x: Vec<Vec<f64>> = draws[..240].chunks(60).map(<[f64]>::to_vec).collect();
    x[2].iter_mut().for_each(|v| *v += 2.0);
    let y: Vec<f64> = (0..60).map(|i| 1.5 * x[0][i] - 0.7 * x[1][i] + 0.2 * draws[240 + i] + 3.0).collect();
    let model = bayesian_ridge(&x, &y).unwrap();
    // sklearn.linear_model.BayesianRidge().fit(X, y), scikit-learn 1.9.1
    let expected = [1.4963887611403894, -0.7141698291240708, 0.02848181291898727, 0.04138542524355254];
    for (found, expected) in model.coefficients.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
    assert!((model.intercept - 2.936869602269354).abs() < 1e-9);
}

#[test]
fn chained_imputation_finds_what_other_neurons_know_and_repeats_itself() {
    let mut worm =
        recording(&[Some("AVAL"), Some("AVAR"), Some("AVBL"), Some("AVBR")], jittered(700, 0.6, 1));
    let truth: Vec<f64> =
        worm.columns[0].trace.iter().zip(worm.columns[1].trace.iter()).map(|(a, b)| 2.0 * a - b).collect();
    let mut gappy = truth.clone();
    gappy[200..260].fill(f64::NAN);
    worm.columns[2].trace = gappy.into();
    let filled = |impute| {
        let keep = HomogeniseParams { impute, ..compat() };
        let worm = used(run(&worm, &keep));
        let row = worm.neurons.iter().position(|n| n.name == "AVBL").unwrap();
        worm.signals[&StoredSignal::Original].row(row).to_vec()
    };
    let error =
        |found: &[f32]| (200..260).map(|i| (f64::from(found[i]) - truth[i]).abs()).fold(0.0, f64::max);
    let chained = filled(Impute::Chained);
    assert!(error(&chained) < 0.05, "{}", error(&chained));
    assert!(error(&filled(Impute::Linear)) > 0.5);
    assert_eq!(chained, filled(Impute::Chained));
}
