//! `langevin.train` and `langevin.infer` with `device: gpu`.

use std::sync::Arc;

use neuroloom_core::{CancelToken, Inputs, NoProgress, Registry, RunContext, Seed, Step, StepOutput, Table};
use neuroloom_langevin::{Device, Infer, InferParams, Train, TrainParams, register_with};
use neuroloom_langevin_gpu::{Adapters, GraphicsProcessor};
use neuroloom_simulate::lorenz::{LorenzParams, LorenzStep};
use neuroloom_table::Columns;

use crate::support::gpu;

static ANY: GraphicsProcessor = GraphicsProcessor::new(Adapters::Any);

fn context() -> RunContext {
    RunContext::new("", 2, Seed::root(3), Arc::new(NoProgress), CancelToken::default())
}

fn trials() -> Table {
    let params = LorenzParams {
        n_conditions: 4,
        n_repeats: 10,
        n_units: 8,
        n_bins: 12,
        n_forward_bins: 2,
        ..LorenzParams::default()
    };
    LorenzStep.run(&context(), &params, &Inputs::default()).unwrap().tables["trials"].clone()
}

fn fit_and_infer(device: Device, trials: &Table) -> (StepOutput, StepOutput) {
    let params = TrainParams {
        hidden: 8,
        feed_forward: 16,
        batch: 16,
        epochs: 4,
        ramp: 4,
        device,
        ..TrainParams::default()
    };
    let inputs = Inputs::new([("trials".to_owned(), trials.clone())]);
    let fit = Train::on(&ANY).run(&context(), &params, &inputs).unwrap();
    let inputs = [("trials".to_owned(), trials.clone()), ("model".to_owned(), fit.tables["model"].clone())];
    let params = InferParams { samples: 5, device, ..InferParams::default() };
    let out = Infer::on(&ANY).run(&context(), &params, &Inputs::new(inputs)).unwrap();
    (fit, out)
}

#[test]
fn both_devices_give_the_same_tables_but_for_rounding() {
    if gpu().is_none() {
        return;
    }
    let trials = trials();
    let ((fit, out), (fit_on_gpu, out_on_gpu)) =
        (fit_and_infer(Device::Cpu, &trials), fit_and_infer(Device::Gpu, &trials));
    let near = |table: &str, column: &str, [a, b]: [&StepOutput; 2]| {
        let [a, b] = [a, b].map(|output| output.tables[table].numbers(column).unwrap());
        for row in 0..fit.tables["history"].n_rows() {
            let (a, b) = (a.get(row).unwrap(), b.get(row).unwrap());
            assert!((a - b).abs() <= 1e-4 * b.abs().max(1e-3), "{column}: {a} and {b}");
        }
    };
    for column in ["train_nll", "val_nll", "kl"] {
        near("history", column, [&fit_on_gpu, &fit]);
    }
    let [a, b] = [&out_on_gpu, &out].map(|output| output.tables["rates"].lists("value").unwrap());
    for row in 0..out.tables["rates"].n_rows() {
        let (a, b) = (a.get(row).unwrap(), b.get(row).unwrap());
        assert!(a.iter().zip(b.iter()).all(|(a, b)| (a - b).abs() <= 1e-3 * b.abs().max(1e-3)), "row {row}");
    }
}

#[test]
fn the_steps_are_registered_with_it() {
    let registry = register_with(Registry::default(), &ANY);
    assert!(
        ["langevin.train", "langevin.infer", "langevin.import"].iter().all(|id| registry.get(id).is_some())
    );
}
