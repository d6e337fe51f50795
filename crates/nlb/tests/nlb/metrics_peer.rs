//! Agreement with nlb_tools 0.0.4 and scikit-learn on random inputs with NaN. Both add in another order than we do, which
//! leaves differences of some 1e-13; the tolerances are those of the specification.

use ndarray::{Array1, Array2, Array3, ArrayView3, Axis, concatenate, s};
use neuroloom_nlb::metrics::{
    ALPHAS, FOLDS, Samples, bits_per_spike, decode, mean_counts, negative_log_likelihood, per_unit, psth_r2,
    ridge_cv, timing_correlation,
};

use crate::support::{assert_near, fixture, number};

fn cube(name: &str) -> Array3<f64> {
    fixture("metrics", name)
}

#[test]
fn bits_per_spike_agree() {
    let (spikes, rates) = (cube("spikes"), cube("rates"));
    let nll = negative_log_likelihood(rates.view(), spikes.view()).unwrap();
    assert_near(nll.nats, number("metrics", "nll"), 1e-12);
    assert_eq!(nll.zero_rates, 1);
    let score = bits_per_spike(rates.view(), spikes.view()).unwrap();
    assert_near(score.value.unwrap(), number("metrics", "bps"), 1e-10);
    let units: Array1<f64> = fixture("metrics", "bps_units");
    let ours = per_unit(rates.view(), spikes.view(), &mean_counts(spikes.view())).unwrap();
    for (ours, peer) in ours.iter().zip(units) {
        assert_near(ours.value.unwrap(), peer, 1e-10);
    }
}

fn mask(name: &str) -> Array2<bool> {
    fixture::<ndarray::Ix2>("metrics", name).mapv(|value| value > 0.0)
}

#[test]
fn velocity_decoding_agrees_with_one_and_two_masks() {
    let (train_rates, train_behaviour) = (cube("train_rates"), cube("train_behaviour"));
    let (eval_rates, eval_behaviour) = (cube("eval_rates"), cube("eval_behaviour"));
    let score = |train: Array2<bool>, evaluated: Array2<bool>| {
        decode(
            Samples { rates: train_rates.view(), behaviour: train_behaviour.view(), masks: train.view() },
            Samples { rates: eval_rates.view(), behaviour: eval_behaviour.view(), masks: evaluated.view() },
        )
        .unwrap()
    };
    let apart = score(mask("train_mask"), mask("eval_mask"));
    assert_eq!(apart.decoders.len(), 2);
    assert_near(apart.r2, number("metrics", "vel_r2"), 1e-10);
    let together = score(Array2::from_elem((33, 1), true), Array2::from_elem((14, 1), true));
    assert_near(together.r2, number("metrics", "vel_r2_together"), 1e-10);
}

#[test]
fn the_ridge_that_cross_validation_chooses_agrees() {
    let flat = |all: Array3<f64>| {
        let (n, bins, columns) = all.dim();
        all.into_shape_with_order((n * bins, columns)).unwrap()
    };
    let (x, y) = (flat(cube("train_rates")), flat(cube("train_behaviour")));
    let rows: Vec<usize> = (0..y.nrows()).filter(|&row| !y[[row, 0]].is_nan()).collect();
    let fit =
        ridge_cv(x.select(Axis(0), &rows).view(), y.select(Axis(0), &rows).view(), &ALPHAS, FOLDS).unwrap();
    assert_near(fit.alpha, number("metrics", "alpha"), 1e-12);
    let coefficients: Array2<f64> = fixture("metrics", "coef");
    for ((channel, unit), peer) in coefficients.indexed_iter() {
        assert_near(fit.weights[[unit, channel]], *peer, 1e-8);
    }
    let intercept: Array1<f64> = fixture("metrics", "intercept");
    fit.intercept.iter().zip(intercept).for_each(|(ours, peer)| assert_near(*ours, peer, 1e-8));
}

#[test]
fn psth_r2_agrees_with_jitter_and_gaps() {
    let (rates, psth) = (cube("psth_rates"), cube("psth"));
    let jitter: Array1<f64> = fixture("metrics", "psth_jitter");
    let jitter: Vec<i64> = jitter.iter().map(|&bins| bins as i64).collect();
    let trials = [vec![0, 1, 4], vec![2, 3, 5], vec![6, 7, 9]];
    let score = psth_r2(psth.view(), rates.view(), &trials, None).unwrap();
    assert_near(score.r2, number("metrics", "psth_r2"), 1e-10);
    assert_eq!(score.n, 3 * 8 - 2);
    let trials = [vec![0, 1, 4, 8], vec![2, 3, 5], vec![]];
    let score = psth_r2(psth.view(), rates.view(), &trials, Some(&jitter)).unwrap();
    assert_near(score.r2, number("metrics", "psth_r2_jitter"), 1e-10);
}

#[test]
fn the_correlation_of_speed_and_produced_interval_agrees() {
    let (rates, spikes) = (cube("tp_rates"), cube("tp_spikes"));
    let behaviour: Array2<f64> = fixture("metrics", "tp_behaviour");
    let names: Vec<Option<String>> = behaviour
        .outer_iter()
        .map(|row| (!row[0].is_nan()).then(|| format!("{} {} {}", row[0], row[1], row[2])))
        .collect();
    let names: Vec<Option<&str>> = names.iter().map(Option::as_deref).collect();
    let produced: Vec<f64> = behaviour.column(4).to_vec();
    let score = timing_correlation(spikes.view(), rates.view(), &names, &produced).unwrap();
    assert_near(score, number("metrics", "tp_corr"), 1e-10);
}

fn of_set(name: &str) -> Array3<f64> {
    // 32-bit in the file, as in a submission.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/submission.npz");
    let mut file = ndarray_npy::NpzReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let array: Array3<f32> = file.by_name(&format!("set_{name}")).unwrap();
    array.mapv(f64::from)
}

fn together(a: ArrayView3<'_, f64>, b: ArrayView3<'_, f64>) -> Array3<f64> {
    concatenate(Axis(2), &[a, b]).unwrap()
}

#[test]
fn a_whole_submission_is_scored_as_the_server_does() {
    let score = |name: &str| number("submission", &format!("score_{name}"));
    let co =
        bits_per_spike(of_set("eval_rates_heldout").view(), of_set("eval_spikes_heldout").view()).unwrap();
    assert_near(co.value.unwrap(), score("co_bps"), 1e-10);
    let both = |kind: &str, split: &str, suffix: &str| {
        let of = |held: &str| of_set(&format!("{split}_{kind}_{held}{suffix}"));
        together(of("heldin").view(), of("heldout").view())
    };
    let forward =
        bits_per_spike(both("rates", "eval", "_forward").view(), both("spikes", "eval", "_forward").view())
            .unwrap();
    assert_near(forward.value.unwrap(), score("fp_bps"), 1e-10);
    let (train, evaluated) = (both("rates", "train", ""), both("rates", "eval", ""));
    let (train_behaviour, eval_behaviour) = (of_set("train_behavior"), of_set("eval_behavior"));
    let ones = |n: usize| Array2::from_elem((n, 1), true);
    let velocity = decode(
        Samples { rates: train.view(), behaviour: train_behaviour.view(), masks: ones(30).view() },
        Samples { rates: evaluated.view(), behaviour: eval_behaviour.view(), masks: ones(12).view() },
    );
    assert_near(velocity.unwrap().r2, score("vel_r2"), 1e-10);
    assert_eq!(evaluated.slice(s![0, 0, ..]).len(), 9);
}
