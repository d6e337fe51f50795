//! A small retina, and settings that the tests share.

use std::sync::Arc;

use ndarray::Array2;
use neuroloom_core::{
    CancelToken, Inputs, NoProgress, Registry, Result, RunContext, Seed, StepOutput, Table,
};
use neuroloom_mds::{
    Ascent, Assign, Merge, Options, Output, Projection, Real, SplitOptions, Stop, TrueCells, norm,
};
use neuroloom_simulate::retina::{CellType, Retina, RetinaParams, training_movie};

/// Frames of a stimulus.
pub const FRAMES: usize = 30;

/// `counts` cells of the given types, calibrated on a short movie.
pub fn retina(counts: &[(CellType, usize)]) -> (Retina, Array2<f64>) {
    let cells = counts.iter().copied().collect();
    let params = RetinaParams { cells, train_clips: 2, ..RetinaParams::default() };
    let movie = training_movie(&params, Seed::root(3));
    (Retina::new(&params, movie.view(), Seed::root(3)), movie)
}

/// Two cells of every type.
pub fn all_types() -> (Retina, Array2<f64>) {
    retina(&CellType::COUNTS.map(|(kind, _)| (kind, 2)))
}

/// Two cells of every type, those that compare colours included.
pub fn coloured() -> (Retina, Array2<f64>) {
    let cells = CellType::all().map(|kind| (kind, 2)).collect();
    let params = RetinaParams { cells, colour: true, train_clips: 2, ..RetinaParams::default() };
    let movie = training_movie(&params, Seed::root(3));
    (Retina::new(&params, movie.view(), Seed::root(3)), movie)
}

/// The cells as an encoder.
pub fn encoder<F: Real>(retina: &Retina, output: Output) -> TrueCells<F> {
    TrueCells::new(&retina.cells, retina.grid, FRAMES, 10, output).unwrap()
}

/// The first frames of a movie as a stimulus.
pub fn stimulus<F: Real>(movie: &Array2<f64>, start: usize) -> Vec<F> {
    movie.slice(ndarray::s![start..start + FRAMES, ..]).iter().map(|&value| F::from_f64(value)).collect()
}

/// Mean norm of stretches of the movie.
pub fn movie_norm(movie: &Array2<f64>) -> f64 {
    (0..8).map(|k| norm(&stimulus::<f64>(movie, k * FRAMES))).sum::<f64>() / 8.0
}

/// Short searches.
pub fn options(norm: f64) -> Options {
    Options {
        tau: 1.6,
        anneal_from: 1.0,
        anneal_iterations: 0,
        ascent: Ascent {
            learning_rate: 10.0,
            smooth: 0.0,
            stop: Stop::Steps,
            display_scale: 40.0,
            projection: Projection { norm: Some(norm), clip: Vec::new() },
            init_scale: 1.0,
        },
        steps: 15,
        steps_first: 30,
        em_max: 8,
        reinitialize: false,
        assign: Assign::Template,
        split: SplitOptions {
            parts: 2,
            steps: 8,
            max_passes: 0,
            trials: 1,
            min_gain: 0.0,
            paired: true,
            local_starts: 1,
            local_steps: 1,
            local_max: 6,
        },
        merge: Merge::None,
        em_after: true,
        final_steps: 20,
    }
}

/// Runs the step `id` of this crate or of the simulations.
pub fn run(id: &str, params: serde_json::Value, tables: &[(&str, &Table)]) -> Result<StepOutput> {
    run_in(".", id, params, tables)
}

/// The same with paths relative to `base`.
pub fn run_in(
    base: &str,
    id: &str,
    params: serde_json::Value,
    tables: &[(&str, &Table)],
) -> Result<StepOutput> {
    let ctx = RunContext::new(base, 1, Seed::root(5), Arc::new(NoProgress), CancelToken::default());
    run_on(&ctx, id, params, tables)
}

/// The same in given surroundings.
pub fn run_on(
    ctx: &RunContext,
    id: &str,
    params: serde_json::Value,
    tables: &[(&str, &Table)],
) -> Result<StepOutput> {
    let inputs = Inputs::new(tables.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    run_with(ctx, id, params, &inputs)
}

/// The same with given inputs.
pub fn run_with(
    ctx: &RunContext,
    id: &str,
    params: serde_json::Value,
    inputs: &Inputs,
) -> Result<StepOutput> {
    let registry = neuroloom_simulate::register(neuroloom_mds::register(Registry::default()));
    let step = registry.get(id).unwrap();
    step.run(ctx, &step.check(&params).unwrap(), inputs)
}
