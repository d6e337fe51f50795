//! The steps.

use std::sync::{Arc, Mutex};

use arrow_array::Array;
use neuroloom_core::{
    CancelToken, Checkpoints, ErrorKind, Inputs, NoProgress, Registry, Result, RunContext, Seed, Step,
    StepOutput, Table,
};
use neuroloom_langevin::options::{DecoderInput, Integrator};
use neuroloom_langevin::{
    Infer, InferParams, LatentSource, LeakCheck, Train, TrainParams, ValidationMetric, Variant,
    from_safetensors, register, to_safetensors,
};
use neuroloom_nn::safetensors::{read, write};
use neuroloom_simulate::lorenz::{Dynamics, LorenzParams, LorenzStep};
use neuroloom_table::Columns;
use serde_json::json;

pub fn context(n_threads: usize) -> RunContext {
    RunContext::new("", n_threads, Seed::root(3), Arc::new(NoProgress), CancelToken::default())
}

pub fn lorenz() -> LorenzParams {
    LorenzParams {
        n_conditions: 4,
        n_repeats: 10,
        n_units: 8,
        n_bins: 12,
        n_forward_bins: 2,
        ..LorenzParams::default()
    }
}

pub fn trials(params: &LorenzParams) -> Table {
    LorenzStep.run(&context(1), params, &Inputs::default()).unwrap().tables["trials"].clone()
}

pub fn small() -> TrainParams {
    TrainParams { hidden: 8, feed_forward: 16, batch: 16, epochs: 4, ramp: 4, ..TrainParams::default() }
}

pub fn train(params: &TrainParams, trials: &Table) -> Result<StepOutput> {
    Train::default().run(&context(1), params, &Inputs::new([("trials".to_owned(), trials.clone())]))
}

fn infer(params: &InferParams, model: &Table, trials: &Table) -> Result<StepOutput> {
    let inputs = [("trials".to_owned(), trials.clone()), ("model".to_owned(), model.clone())];
    Infer::default().run(&context(1), params, &Inputs::new(inputs))
}

#[test]
fn a_fit_and_its_predictions_have_their_tables_and_figures() {
    let trials = trials(&lorenz());
    let fit = train(&small(), &trials).unwrap();
    assert_eq!(fit.tables["history"].n_rows(), 4);
    assert_eq!(fit.summary.figures.len(), 2);
    let eigenvalues = fit.tables["potential"].n_rows();
    assert_eq!(eigenvalues, 48 + 12 + 8);
    let out =
        infer(&InferParams { samples: 3, ..InferParams::default() }, &fit.tables["model"], &trials).unwrap();
    assert_eq!(out.tables["rates"].n_rows(), 40 * 8 * 2);
    assert_eq!(out.tables["latents"].n_rows(), 40 * 8 * 3);
    assert_eq!(out.summary.figures.len(), 2);
    let scores = &out.tables["scores"];
    assert_eq!(scores.n_rows(), 2 * 6);
    let metric = scores.text("metric").unwrap();
    let truth = scores.numbers("truth").unwrap();
    for row in 0..scores.n_rows() {
        assert!(truth.get(row).unwrap() > 0.0, "{:?}", metric.get(row));
    }
}

#[test]
fn rates_are_ready_for_other_steps_on_trials() {
    let trials = trials(&lorenz());
    let model = train(&small(), &trials).unwrap().tables["model"].clone();
    let out = infer(&InferParams { samples: 2, ..InferParams::default() }, &model, &trials).unwrap();
    let rates = &out.tables["rates"];
    let (value, unit) = (rates.lists("value").unwrap(), rates.text("value_unit").unwrap());
    let held = rates.text("held").unwrap();
    for row in 0..rates.n_rows() {
        assert_eq!((value.length(row), unit.get(row)), (12, Some("Hz")));
        assert!(held.get(row).is_some());
        assert!(value.get(row).unwrap().iter().all(|hz| hz.is_finite() && *hz >= 0.0));
    }
    let condition = rates.batch().column_by_name("condition").unwrap();
    assert_eq!(condition.null_count(), 0);
}

#[test]
fn latents_from_the_prior_know_nothing_of_the_data() {
    let trials = trials(&lorenz());
    let model = train(&small(), &trials).unwrap().tables["model"].clone();
    let params = InferParams { samples: 2, latents_from: LatentSource::Prior, ..InferParams::default() };
    let changed = trials_with(&trials, <[f64]>::reverse);
    let position = |trials: &Table| {
        let table = infer(&params, &model, trials).unwrap().tables["latents"].clone();
        let (signal, value) = (table.text("signal").unwrap(), table.lists("value").unwrap());
        let rows = (0..table.n_rows()).filter(|&row| signal.get(row) == Some("position"));
        rows.flat_map(|row| value.get(row).unwrap().into_owned()).collect::<Vec<f64>>()
    };
    assert_eq!(position(&trials), position(&changed));
}

#[test]
fn without_latents_an_autoencoder_is_left() {
    let trials = trials(&lorenz());
    let params = TrainParams { decoder_input: DecoderInput::Encoder, ..small() };
    let fit = train(&params, &trials).unwrap();
    assert_eq!((fit.summary.figures.len(), fit.tables["potential"].n_rows()), (1, 0));
    let kl = fit.tables["history"].numbers("kl").unwrap();
    assert!((0..4).all(|epoch| kl.get(epoch) == Some(0.0)));
    let model = &fit.tables["model"];
    let tensors: Vec<String> =
        (0..model.n_rows()).map(|row| model.text("tensor").unwrap().get_or_empty(row).to_owned()).collect();
    let of_latents = ["z_", "v_", "drive", "potential"];
    assert!(
        !tensors.iter().any(|name| of_latents.iter().any(|start| name.starts_with(start))),
        "{tensors:?}"
    );
    let out = |samples| infer(&InferParams { samples, ..InferParams::default() }, model, &trials).unwrap();
    let once = out(1);
    assert_eq!(once.tables["rates"], out(5).tables["rates"]);
    let signals = once.tables["latents"].text("signal").unwrap();
    assert!((0..once.tables["latents"].n_rows()).all(|row| signals.get(row) == Some("encoder")));
    let prior = InferParams { latents_from: LatentSource::Prior, ..InferParams::default() };
    assert!(infer(&prior, model, &trials).unwrap_err().report().contains("no latents"));
    assert_eq!(from_safetensors(&to_safetensors(model).unwrap()).unwrap(), *model);
}

#[test]
fn a_score_of_units_held_out_needs_such_units() {
    let params = TrainParams { val_metric: ValidationMetric::CoBps, ..small() };
    train(&params, &trials(&lorenz())).unwrap();
    let without = trials(&LorenzParams { held_out_share: 0.0, ..lorenz() });
    assert!(train(&params, &without).unwrap_err().report().contains("val_metric"));
    let fit = train(&small(), &without).unwrap();
    assert_eq!(fit.tables["history"].batch().column_by_name("val_co_bps").unwrap().null_count(), 4);
}

#[test]
fn a_model_survives_its_file_to_the_byte() {
    let trials = trials(&lorenz());
    let model = train(&small(), &trials).unwrap().tables["model"].clone();
    let bytes = to_safetensors(&model).unwrap();
    let again = from_safetensors(&bytes).unwrap();
    assert_eq!(again, model);
    assert_eq!(to_safetensors(&again).unwrap(), bytes);
    let params = InferParams { samples: 2, ..InferParams::default() };
    let rates = |model: &Table| infer(&params, model, &trials).unwrap().tables["rates"].clone();
    assert_eq!(rates(&again), rates(&model));
}

#[test]
fn a_file_with_other_tensors_or_options_is_refused() {
    let model = train(&small(), &trials(&lorenz())).unwrap().tables["model"].clone();
    let file = read(&to_safetensors(&model).unwrap()).unwrap();
    let refusal = |change: &dyn Fn(&mut neuroloom_nn::safetensors::TensorFile)| {
        let mut file = file.clone();
        change(&mut file);
        from_safetensors(&write(&file).unwrap()).unwrap_err().report()
    };
    assert!(refusal(&|file| drop(file.tensors.remove("readout.bias"))).contains("missing"));
    let extra = refusal(&|file| {
        let tensor = file.tensors["readout.bias"].clone();
        file.tensors.insert("another".into(), tensor);
    });
    assert!(extra.contains("should not have"), "{extra}");
    let shape = refusal(&|file| file.tensors.get_mut("readout.bias").unwrap().shape = vec![8, 1]);
    assert!(shape.contains("another shape"), "{shape}");
    let options = refusal(&|file| {
        let card = file.metadata.get_mut("neuroloom.card").unwrap();
        *card = card.replace("\"gamma\":0.55", "\"gamma\":0.56");
    });
    assert!(options.contains("not those that were written"), "{options}");
    assert!(refusal(&|file| file.metadata.clear()).contains("does not say what the model is"));
}

#[derive(Default)]
struct Kept(Mutex<Option<Vec<u8>>>);

impl Checkpoints for Kept {
    fn load(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().clone())
    }
    fn save(&self, state: &[u8]) -> Result<()> {
        *self.0.lock().unwrap() = Some(state.to_vec());
        Ok(())
    }
    fn is_due(&self) -> bool {
        true
    }
}

#[test]
fn a_fit_that_was_stopped_ends_in_the_same_bytes() {
    let trials = trials(&lorenz());
    let inputs = Inputs::new([("trials".to_owned(), trials.clone())]);
    let expected = train(&small(), &trials).unwrap();
    // A first run is stopped after its second epoch: what was kept there is that of a shorter one.
    let kept = Arc::new(Kept::default());
    let short = TrainParams { epochs: 3, ..small() };
    Train::default().run(&context(1).with_checkpoints(Arc::<Kept>::clone(&kept)), &short, &inputs).unwrap();
    let resumed = Train::default().run(&context(2).with_checkpoints(kept), &small(), &inputs).unwrap();
    assert_eq!(resumed.tables, expected.tables);
}

#[test]
fn a_fit_that_is_cancelled_says_so() {
    let cancel = CancelToken::default();
    cancel.cancel();
    let context = RunContext::new("", 1, Seed::root(3), Arc::new(NoProgress), cancel);
    let inputs = Inputs::new([("trials".to_owned(), trials(&lorenz()))]);
    assert_eq!(Train::default().run(&context, &small(), &inputs).unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_model_that_learns_to_copy_counts_is_refused() {
    // Constant rates: what is learned beyond them is copied. All counts are seen and pass a gradient, and the decoder sees the bin itself.
    let params = LorenzParams { dynamics: Dynamics::Constant, n_repeats: 40, rate_hz: 20.0, ..lorenz() };
    let trials = trials(&params);
    let copying = TrainParams {
        cd: 1.0,
        input_lag: 0,
        dropout: 0.0,
        kl_weight: Some(0.0),
        lr: 1e-2,
        epochs: 40,
        feed_forward: 64,
        hidden: 16,
        ..small()
    };
    let error = train(&copying, &trials).unwrap_err();
    assert!(error.message().contains("copy counts"), "{}", error.report());
    let looked_at = train(&TrainParams { leak_check: LeakCheck::Warn, ..copying.clone() }, &trials).unwrap();
    assert!(looked_at.summary.warnings.iter().any(|warning| warning.contains("copy counts")));
    // Coordinated dropout leaves nothing to copy.
    train(&TrainParams { cd: 0.5, epochs: 20, ..copying }, &trials).unwrap();
}

#[test]
fn replicates_differ_in_their_random_numbers_alone() {
    let trials = trials(&lorenz());
    let model =
        |replicate| train(&TrainParams { replicate, ..small() }, &trials).unwrap().tables["model"].clone();
    assert_eq!(model(1), model(1));
    assert_ne!(model(1), model(2));
    assert_eq!(model(0), train(&small(), &trials).unwrap().tables["model"]);
}

#[test]
fn the_released_variant_runs() {
    let trials = trials(&lorenz());
    let params = TrainParams { variant: Variant::Released, leak_check: LeakCheck::Warn, ..small() };
    let options = params.model_options();
    assert_eq!((options.kernel_epsilon, options.kernel_sd, options.lograte_clamp), (1e-12, 0.0, None));
    assert_eq!(options.integrator, Integrator::Released);
    assert_eq!(small().model_options().integrator, Integrator::EulerMaruyama);
    let fit = train(&params, &trials).unwrap();
    assert_eq!(fit.tables["history"].n_rows(), 4);
}

#[test]
fn steps_describe_themselves() {
    let registry = register(Registry::default());
    for id in ["langevin.train", "langevin.infer", "langevin.import"] {
        let step = registry.get(id).unwrap();
        assert!(step.params_schema().get("properties").is_some());
    }
    let train = registry.get("langevin.train").unwrap();
    let wrong = json!({
        "hidden": 30, "gamma": 1.0, "cd": 0.0, "dropout": 1.0, "step": 0.0, "epochs": 0, "input_lag": 2, "heads": 7,
        "cd_pass": 1.5, "logvar_clamp": [1.0, 0.0], "batch": 0, "prior_var": -1.0,
    });
    let issues = train.check(&wrong).unwrap_err();
    let mut paths: Vec<&str> = issues.iter().map(|issue| issue.path.as_str()).collect();
    paths.sort_unstable();
    let expected = [
        "batch",
        "cd",
        "cd_pass",
        "dropout",
        "epochs",
        "gamma",
        "heads",
        "hidden",
        "input_lag",
        "logvar_clamp",
        "prior_var",
        "step",
    ];
    assert_eq!(paths, expected);
}

/// The table with other spike counts.
pub fn trials_with(table: &Table, change: impl Fn(&mut [f64])) -> Table {
    crate::refusals::edited(table, |_, counts| change(counts))
}
