//! Fits: they learn, go on from checkpoints to the same bytes, and do not depend on threads.

use neuroloom_core::Seed;
use neuroloom_langevin::{
    Average, Fit, KeepWeights, LatentSource, LrSchedule, Model, OnNan, PredictOptions, TrainOptions,
    TrainState, Trainer, ValidationKind, ValidationMetric, predict,
};

use crate::support::{COORDINATED, SIZE, divergence, options, trials};

fn train_options(epochs: u32) -> TrainOptions {
    TrainOptions {
        divergence: divergence(),
        coordinated: COORDINATED,
        dropout: 0.1,
        batch: 20,
        epochs,
        lr: 1e-2,
        lr_schedule: LrSchedule::Plateau,
        lr_factor: 0.5,
        lr_patience: 1,
        lr_min: 1e-5,
        weight_decay: 1e-4,
        decay_ramp: 3,
        grad_clip: Some(200.0),
        validation: ValidationKind::Quiet,
        val_metric: ValidationMetric::Nll,
        keep: KeepWeights::Best,
        stop_after: None,
        on_nan: OnNan::Error,
    }
}

fn fit(options: &TrainOptions, stop_at: Option<u32>, n_threads: usize) -> Fit<f32> {
    let model = Model::new(crate::support::options(), SIZE);
    let set = trials(90, SIZE);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
    pool.install(|| {
        let mut trainer = Trainer::new(&model, options, &set, Seed::root(1), None);
        while !trainer.is_done() {
            if stop_at == Some(trainer.state().epoch) {
                // What a checkpoint keeps is all that a new process gets.
                let bytes = serde_json::to_vec(trainer.state()).unwrap();
                let state: TrainState<f32> = serde_json::from_slice(&bytes).unwrap();
                trainer = Trainer::new(&model, options, &set, Seed::root(1), Some(state));
            }
            trainer.epoch().unwrap();
        }
        trainer.finish()
    })
}

fn bits(fit: &Fit<f32>) -> Vec<u32> {
    fit.parameters.iter().map(|p| p.to_bits()).collect()
}

#[test]
fn a_fit_learns_and_keeps_its_best_epoch() {
    let options = train_options(30);
    let found = fit(&options, None, 2);
    let losses: Vec<f64> = found.history.iter().map(|record| record.val_nll).collect();
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(best < losses[0] - 0.01, "{losses:?}");
    assert_eq!(losses[found.epoch as usize], best);
    let last = fit(&TrainOptions { keep: KeepWeights::Last, ..options }, None, 2);
    assert_eq!(last.epoch, 29);
    assert_eq!(last.history, found.history);
}

#[test]
fn threads_and_stops_change_no_byte() {
    let options = train_options(5);
    let expected = fit(&options, None, 1);
    for (stop_at, n_threads) in [(None, 2), (None, 8), (Some(1), 1), (Some(3), 2), (Some(4), 8)] {
        let found = fit(&options, stop_at, n_threads);
        assert_eq!(bits(&found), bits(&expected), "stopped at {stop_at:?}, {n_threads} threads");
        assert_eq!(found.history, expected.history);
    }
}

#[test]
fn a_fit_along_a_cosine_stops_and_goes_on_to_the_same_bytes() {
    let options = TrainOptions { lr_schedule: LrSchedule::Cosine, lr_min: 1e-4, ..train_options(5) };
    let expected = fit(&options, None, 1);
    let rates: Vec<f64> = expected.history.iter().map(|record| record.lr).collect();
    assert_eq!(rates[0], 1e-2);
    assert!(rates.windows(2).all(|pair| pair[1] < pair[0]) && rates[4] > 1e-4, "{rates:?}");
    let found = fit(&options, Some(2), 2);
    assert_eq!(bits(&found), bits(&expected));
}

#[test]
fn epochs_are_compared_by_the_metric_that_was_asked_for() {
    let options = TrainOptions { val_metric: ValidationMetric::CoBps, ..train_options(20) };
    let found = fit(&options, None, 2);
    let bits: Vec<f64> = found.history.iter().map(|record| record.val_co_bps.unwrap()).collect();
    let best = bits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(bits[found.epoch as usize], best, "{bits:?}");
}

#[test]
fn validation_scores_units_held_out_as_bits_per_spike_of_the_counts() {
    // One draw without dropout is what an epoch is validated with: its score is that of the library on the same rates.
    use neuroloom_langevin::scores::{Entries, likelihood_gain};
    use neuroloom_langevin::{Draws, Pass, Split};
    use neuroloom_nn::Sites;
    let options = train_options(1);
    let found = fit(&TrainOptions { keep: KeepWeights::Last, ..options }, None, 1);
    let (model, set) = (Model::new(crate::support::options(), SIZE), trials(90, SIZE));
    let valid = set.of(Split::Valid);
    let sites = Sites { trials: &valid, n_steps: SIZE.n_bins };
    let mut pass = Pass::new(&model, valid.len(), false);
    let draws = Draws::noise(Seed::root(1).child("validation"));
    pass.forward(&model, &found.parameters, &set, sites, &draws);
    let rates: Vec<f32> = pass.log_rates().iter().map(|a| a.exp()).collect();
    let expected = likelihood_gain(&set, &valid, &rates, Entries::HeldOut).bits_per_spike().unwrap();
    let score = found.history[0].val_co_bps.unwrap();
    assert!((score - expected).abs() < 1e-5, "{score} and {expected}");
}

#[test]
fn a_fit_that_does_not_improve_ends() {
    let options = TrainOptions { lr: 1e-12, lr_min: 0.0, stop_after: Some(3), ..train_options(50) };
    let found = fit(&options, None, 1);
    assert!(found.history.len() < 50, "{} epochs", found.history.len());
    assert!(found.history.len() >= 3);
}

#[test]
fn numbers_that_are_not_finite_are_an_error_with_a_place_or_a_way_back() {
    let model = Model::new(options(), SIZE);
    let set = trials(90, SIZE);
    let wild = TrainOptions { lr: 1e30, grad_clip: None, ..train_options(3) };
    let error = Trainer::<f32>::new(&model, &wild, &set, Seed::root(1), None).epoch().unwrap_err();
    assert!(error.report().contains("epoch 0, step 1"), "{}", error.report());
    let back = TrainOptions { on_nan: OnNan::Rollback, ..wild };
    let mut trainer = Trainer::<f32>::new(&model, &back, &set, Seed::root(1), None);
    assert!(trainer.epoch().is_err(), "three halvings are not enough");
    assert_eq!(trainer.state().epoch, 0);
}

#[test]
fn a_trial_is_predicted_alike_in_any_company() {
    let model = Model::new(options(), SIZE);
    let set = trials(60, SIZE);
    let parameters: Vec<f32> = model.initial(Seed::root(2));
    let options = PredictOptions {
        samples: 3,
        average: Average::Lograte,
        dropout: 0.0,
        latents: LatentSource::Posterior,
    };
    let all: Vec<u32> = (0..60).collect();
    let together = predict(&model, &parameters, &set, &all, &options, Seed::root(3));
    let n = SIZE.n_bins * SIZE.n_out;
    for trial in [0_u32, 17, 59] {
        let alone = predict(&model, &parameters, &set, &[trial], &options, Seed::root(3));
        let expected = &together.rate_counts[trial as usize * n..][..n];
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * b;
        assert!(alone.rate_counts.iter().zip(expected).all(near));
    }
}

#[test]
fn more_samples_move_predictions_within_their_error() {
    let model = Model::new(options(), SIZE);
    let set = trials(20, SIZE);
    let parameters: Vec<f32> = model.initial(Seed::root(2));
    let rates = |samples: u32, average: Average| {
        let options = PredictOptions { samples, average, dropout: 0.0, latents: LatentSource::Posterior };
        predict(&model, &parameters, &set, &[0, 1, 2, 3], &options, Seed::root(3))
    };
    let (few, many) = (rates(100, Average::Rate), rates(1600, Average::Rate));
    let errors = few.rate_counts.iter().zip(&many.rate_counts).zip(&many.rate_sd);
    let scaled: Vec<f64> = errors.map(|((a, b), sd)| f64::from((a - b) / sd) * 10.0).collect();
    let n = scaled.len() as f64;
    let mean_square = scaled.iter().map(|x| x * x).sum::<f64>() / n;
    assert!((0.5..1.6).contains(&mean_square), "{mean_square}");
    // The mean of log rates is the log of the geometric mean, which is below that of the mean.
    let geometric = rates(100, Average::Lograte);
    assert!(geometric.rate_counts.iter().zip(&few.rate_counts).all(|(g, a)| *g <= a * 1.000_01));
}
