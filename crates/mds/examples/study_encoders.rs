//! Which encoder suffices: networks that are fitted to noisy recordings of a simulated retina under movies, how well they
//! predict every type of cell, and how well clusters by their most discriminative stimuli recover the types. A quarter
//! of the cells is held out of the search; types are looked at only to score.
//!
//!     cargo run --release -p neuroloom-mds --example study_encoders -- FIRST LAST KIND [CLIPS [RESTARTS]]
//!
//! For retinas FIRST to LAST; KIND is `ln`, `lnln` or `sepconv`, or a number of features, pixels and taps behind it:
//! `sepconv:16:11:15`.
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

mod study_options;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use neuroloom_core::{Error, Result, Seed};
use neuroloom_mds::{
    Assign, Clip, Convolutional, Encoder, EncoderTrainer, FitOptions, Gains, History, Loss, MaskShape,
    Movies, Network, NetworkKind, NetworkSpec, Optimiser, Penalties, Problem, Templates, TestClip, agreement,
    norm, quality, restarts,
};
use neuroloom_simulate::retina::{CALCIUM_TAU_FRAMES, Retina, RetinaParams, stimuli};
use rand::seq::SliceRandom;

use study_options::{Confusion, majority, options};

const FRAMES: usize = 50;
const WINDOW: usize = 10;

struct Settings {
    kind: NetworkKind,
    sizes: [usize; 3],
    clips: usize,
    restarts: usize,
    fit: FitOptions,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let usage =
        || Error::params("usage: study_encoders FIRST LAST KIND[:FEATURES:PIXELS:TAPS] [CLIPS [RESTARTS]]");
    let number = |place: usize, default: u64| {
        words.get(place).map_or(Ok(default), |word| word.parse().map_err(|_| usage().found(word.clone())))
    };
    let mut parts = words.get(2).ok_or_else(usage)?.split(':');
    let kind = match parts.next() {
        Some("ln") => NetworkKind::Ln,
        Some("lnln") => NetworkKind::Lnln,
        Some("sepconv") => NetworkKind::Sepconv,
        _ => return Err(usage()),
    };
    let mut sizes = [12, 11, 15];
    for (size, word) in sizes.iter_mut().zip(parts) {
        *size = word.parse().map_err(|_| usage().found(word.to_owned()))?;
    }
    let settings = Settings {
        kind,
        sizes,
        clips: number(3, 50)? as usize,
        restarts: number(4, 10)? as usize,
        fit: FitOptions {
            loss: Loss::Mse,
            optimiser: Optimiser::Adam,
            calcium_tau_frames: Some(CALCIUM_TAU_FRAMES),
            chunk: 150,
            settle: 30,
            batch: 2,
            validation: 0.1,
            epochs: 24,
            lr: 0.01,
            lr_factor: 0.3,
            lr_patience: 4,
            stop_after: 10,
            weight_decay: 0.0,
            penalties: Penalties { smooth_space: 1e-4, smooth_time: 1e-4, sparse: 1e-6 },
            nonnegative: false,
            fit_places: false,
        },
    };
    let mut scores = Vec::new();
    let mut confusion = Confusion::default();
    for seed in number(0, 1)?..=number(1, 1)? {
        let score = one(Seed::root(seed), &settings, &mut confusion)?;
        println!("retina {seed}: {score:?}");
        scores.push(score);
    }
    for k in 0..4 {
        let values: Vec<f64> = scores.iter().map(|score| score[k]).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let sd =
            (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        println!("{}: mean {mean:.3} sd {sd:.3}", ["correlation", "clusters", "one search", "consensus"][k]);
    }
    println!("held-out cells in clusters of their own type, and of others (consensus)");
    confusion.print();
    Ok(())
}

fn one(seed: Seed, settings: &Settings, confusion: &mut Confusion) -> Result<[f64; 4]> {
    let params = RetinaParams { train_clips: settings.clips, ..RetinaParams::default() };
    let shown = stimuli(&params, seed);
    let retina = Retina::new(&params, shown[0].frames.view(), seed);
    let movies = recorded(&retina, &params, seed);
    let [features, size, taps] = settings.sizes;
    let spec = NetworkSpec {
        channels: 1,
        height: params.height,
        width: params.width,
        layers: settings.kind.layers(features, size, taps),
        n_units: retina.cells.len(),
        mask: MaskShape::Round,
    };
    let network = Arc::new(Network::new(spec)?);
    let places: Vec<[f64; 2]> =
        retina.cells.iter().map(|cell| [cell.centre_y_px, cell.centre_x_px]).collect();
    let start = Instant::now();
    let mut trainer = EncoderTrainer::<f32>::new(&network, &settings.fit, &movies, &places, seed, None)?;
    while !trainer.is_done() {
        let record = trainer.epoch()?;
        if record.epoch.is_multiple_of(5) {
            println!(
                "  {:3} {:.4} {:.4} {:.5}",
                record.epoch, record.train_loss, record.valid_loss, record.lr
            );
        }
    }
    let fit = trainer.finish();
    println!("  best epoch {} of {}, {:.0} s", fit.epoch, fit.history.len(), start.elapsed().as_secs_f64());
    let found = quality(&network, &settings.fit, &fit.parameters, &movies);
    let mut by_type: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for (cell, found) in retina.cells.iter().zip(&found) {
        by_type
            .entry(cell.cell_type.name())
            .or_default()
            .push((found.correlation, found.ceiling.unwrap_or(f64::NAN)));
    }
    for (name, values) in &by_type {
        let mean = |f: fn(&(f64, f64)) -> f64| values.iter().map(f).sum::<f64>() / values.len() as f64;
        println!("  {name:<14} {:.3} of {:.3}", mean(|v| v.0), mean(|v| v.1));
    }
    let correlation = found.iter().map(|one| one.correlation).sum::<f64>() / found.len() as f64;
    let start = Instant::now();
    let encoder = Convolutional::new(
        Arc::clone(&network),
        fit.parameters,
        [FRAMES, WINDOW],
        settings.fit.calcium_tau_frames,
        History::Blank,
        true,
    )?;
    let [k, single, consensus] = clustered(&retina, &encoder, &movies, settings.restarts, seed, confusion)?;
    println!("  clustered in {:.0} s", start.elapsed().as_secs_f64());
    Ok([correlation, k, single, consensus])
}

/// Number of clusters, and ARI of held-out cells: mean over single searches, and of their consensus.
fn clustered(
    retina: &Retina,
    all: &Convolutional<f32>,
    movies: &Movies,
    n_restarts: usize,
    seed: Seed,
    confusion: &mut Confusion,
) -> Result<[f64; 3]> {
    let mut order: Vec<usize> = (0..retina.cells.len()).collect();
    order.shuffle(&mut seed.child("split").rng());
    let (held_out, fit) = order.split_at(order.len() / 4);
    let norms: Vec<f64> = movies.train[0].frames.chunks_exact(FRAMES * movies.n_pixels()).map(norm).collect();
    let options = options(norms.iter().sum::<f64>() / norms.len() as f64, Assign::Template);
    let gains = Gains::none(fit.len());
    let fitted = all.select(fit);
    let problem = Problem { encoder: &fitted, gains: &gains, options: &options };
    let found = restarts::<f32, _>(problem, &majority(n_restarts), seed.child("search"), &|| Ok(()))?;
    let truth: Vec<usize> = held_out.iter().map(|&unit| retina.cells[unit].cell_type as usize).collect();
    let others = all.select(held_out);
    let sorted = |clusters: &neuroloom_mds::Clusters<f32>| {
        let templates = Templates::new(&clusters.responses, &gains, &clusters.groups);
        let responses = others.respond_all(&clusters.stimuli);
        templates.assign(&responses, &Gains::none(held_out.len()))
    };
    let score = |clusters: &neuroloom_mds::Clusters<f32>| {
        agreement(&sorted(clusters), &truth).map_or(f64::NAN, |found| found.ari)
    };
    let single = found.runs.iter().map(|run| score(&run.clusters)).sum::<f64>() / found.runs.len() as f64;
    let types: Vec<usize> = fit.iter().map(|&unit| retina.cells[unit].cell_type as usize).collect();
    confusion.add((found.clusters.groups.labels(), &types), (&sorted(&found.clusters), &truth));
    Ok([found.clusters.groups.k() as f64, single, score(&found.clusters)])
}

fn recorded(retina: &Retina, params: &RetinaParams, seed: Seed) -> Movies {
    let n_units = retina.cells.len();
    let by_frame = |traces: &[Vec<f32>]| -> Vec<f32> {
        (0..traces[0].len()).flat_map(|frame| traces.iter().map(move |trace| trace[frame])).collect()
    };
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for stimulus in stimuli(params, seed).into_iter().filter(|one| one.kind == "movie") {
        let calcium = retina.calcium(stimulus.frames.view(), false);
        let seed = seed.child("recording").child(&stimulus.id);
        let repeats: Vec<Vec<f32>> = (0..stimulus.repeats as u64)
            .map(|repeat| by_frame(&retina.record(&calcium, params.noise(), seed.child_index(repeat))))
            .collect();
        let share = 1.0 / repeats.len() as f32;
        let mean =
            (0..repeats[0].len()).map(|k| share * repeats.iter().map(|one| one[k]).sum::<f32>()).collect();
        let clip = Clip {
            id: stimulus.id.clone(),
            frames: stimulus.frames.iter().map(|&value| value as f32).collect(),
            n_frames: stimulus.frames.nrows(),
            traces: mean,
        };
        if stimulus.split == "train" { train.push(clip) } else { test.push(TestClip { clip, repeats }) }
    }
    Movies { screen: [1, params.height, params.width], n_units, train, test }
}
