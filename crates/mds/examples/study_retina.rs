//! How well clusters by most discriminative stimuli recover the types of a simulated retina, the true cells being the
//! encoder. A quarter of the cells is held out and sorted by the stimuli alone; types are looked at only to score.
//!
//!     cargo run --release -p neuroloom-mds --example study_retina -- SEEDS [RESTARTS]
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

mod study_options;

use neuroloom_core::{Error, Result, Seed};
use neuroloom_mds::{
    Assign, Baseline, Choose, Clusters, Encoder, Gains, Output, Problem, Restarts, Templates, TrueCells,
    agreement, argmax, norm, principal_components, restarts, settled,
};
use neuroloom_simulate::retina::{Retina, RetinaParams, bar, chirp, training_movie};
use rand::seq::SliceRandom;

use study_options::{Confusion, majority, options};

/// Frames of a stimulus and of its response window.
const FRAMES: usize = 50;
const WINDOW: usize = 10;
/// Principal components of the baselines.
const COMPONENTS: usize = 20;

fn main() -> Result<()> {
    let number = |place: usize, default: u64| {
        std::env::args().nth(place).map_or(Ok(default), |text| {
            text.parse()
                .map_err(|_| Error::params("usage: study_retina SEEDS [RESTARTS]").found(text.clone()))
        })
    };
    let (n_seeds, n_restarts) = (number(1, 10)?, number(2, 10)?);
    let mut confusion = Confusion::default();
    let mut table: Vec<(String, Vec<f64>)> = Vec::new();
    for seed in 1..=n_seeds {
        for (name, value) in one_retina(Seed::root(seed), n_restarts as usize, &mut confusion)? {
            match table.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => table.push((name, vec![value])),
            }
        }
        println!("retina {seed}");
        for (name, values) in &table {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let sd = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
            let last = values.last().copied().unwrap_or(f64::NAN);
            println!("  {name:<36} {last:6.3}   mean {mean:6.3}   sd {sd:5.3}");
        }
    }
    println!("held-out cells in clusters of their own type, and of others (template, consensus)");
    confusion.print();
    Ok(())
}

/// A retina, its cells in two parts, and the numbers of their types.
struct Study {
    retina: Retina,
    params: RetinaParams,
    fit: Vec<usize>,
    held_out: Vec<usize>,
    norm: f64,
    seed: Seed,
}

fn one_retina(seed: Seed, n_restarts: usize, confusion: &mut Confusion) -> Result<Vec<(String, f64)>> {
    let params = RetinaParams { train_clips: 20, test_clips: 0, ..RetinaParams::default() };
    let movie = training_movie(&params, seed);
    let retina = Retina::new(&params, movie.view(), seed);
    let windows = movie.exact_chunks((FRAMES, params.grid().n_pixels()));
    let norms: Vec<f64> =
        windows.into_iter().map(|window| norm(&window.iter().copied().collect::<Vec<f64>>())).collect();
    let mut order: Vec<usize> = (0..retina.cells.len()).collect();
    order.shuffle(&mut seed.child("split").rng());
    let (held_out, fit) = order.split_at(order.len() / 4);
    let study = Study {
        fit: fit.to_vec(),
        held_out: held_out.to_vec(),
        norm: norms.iter().sum::<f64>() / norms.len() as f64,
        retina,
        params,
        seed,
    };
    let mut scores = study.searches(n_restarts, confusion)?;
    scores.extend(study.baselines()?);
    Ok(scores)
}

impl Study {
    fn types(&self, units: &[usize]) -> Vec<usize> {
        units.iter().map(|&unit| self.retina.cells[unit].cell_type as usize).collect()
    }

    fn searches(&self, n_restarts: usize, confusion: &mut Confusion) -> Result<Vec<(String, f64)>> {
        let all =
            TrueCells::<f32>::new(&self.retina.cells, self.retina.grid, FRAMES, WINDOW, Output::Calcium)?;
        let (fitted, held_out) = (all.select(&self.fit), all.select(&self.held_out));
        let mut scores = Vec::new();
        for (rule, name) in [(Assign::Argmax, "argmax"), (Assign::Template, "template")] {
            let options = options(self.norm, rule);
            let gains = Gains::none(self.fit.len());
            let problem = Problem { encoder: &fitted, gains: &gains, options: &options };
            let settings = majority(n_restarts);
            let found = restarts::<f32, _>(problem, &settings, self.seed.child("search"), &|| Ok(()))?;
            let single: Vec<f64> =
                found.runs.iter().map(|run| self.score(&held_out, &run.clusters, rule)).collect();
            let mean = single.iter().sum::<f64>() / single.len() as f64;
            scores.push((format!("{name}: one search"), mean));
            let stable = Restarts { choose: Choose::Stable, ..settings };
            let stable = settled(problem, &stable, found.runs.clone(), self.seed)?;
            scores
                .push((format!("{name}: most stable search"), self.score(&held_out, &stable.clusters, rule)));
            scores.push((format!("{name}: consensus"), self.score(&held_out, &found.clusters, rule)));
            scores.push((format!("{name}: clusters"), found.clusters.groups.k() as f64));
            if rule == Assign::Template {
                let sorted =
                    self.sorted(&held_out.respond_all(&found.clusters.stimuli), &found.clusters, rule);
                let fitted = (found.clusters.groups.labels(), &self.types(&self.fit)[..]);
                confusion.add(fitted, (&sorted, &self.types(&self.held_out)));
            }
            let measured = self.measured(&found.clusters, rule);
            scores.push((format!("{name}: consensus, measured once"), measured));
        }
        Ok(scores)
    }

    /// ARI of the held-out cells, sorted by what the encoder says of them.
    fn score(&self, held_out: &TrueCells<f32>, clusters: &Clusters<f32>, rule: Assign) -> f64 {
        let labels = self.sorted(&held_out.respond_all(&clusters.stimuli), clusters, rule);
        ari(&labels, &self.types(&self.held_out))
    }

    /// ARI of the held-out cells, sorted by one noisy recording of their responses.
    fn measured(&self, clusters: &Clusters<f32>, rule: Assign) -> f64 {
        let grid = self.retina.grid;
        let shown = clusters.stimuli.iter().enumerate().map(|(k, stimulus)| {
            let frames = stimulus.iter().map(|&value| f64::from(value)).collect();
            let frames =
                ndarray::Array2::from_shape_vec((FRAMES, grid.n_pixels()), frames).unwrap_or_default();
            let calcium = self.retina.calcium(frames.view(), true);
            let seed = self.seed.child("measured").child_index(k as u64);
            let traces = self.retina.record(&calcium, self.params.noise(), seed);
            let mean = |unit: &usize| traces[*unit].iter().skip(FRAMES - WINDOW).sum::<f32>() / WINDOW as f32;
            self.held_out.iter().map(mean).collect::<Vec<f32>>()
        });
        ari(&self.sorted(&shown.collect::<Vec<_>>(), clusters, rule), &self.types(&self.held_out))
    }

    /// Clusters of the held-out cells.
    fn sorted(&self, responses: &[Vec<f32>], clusters: &Clusters<f32>, rule: Assign) -> Vec<usize> {
        match rule {
            Assign::Argmax => argmax(responses),
            Assign::Template => {
                let gains = Gains::none(self.fit.len());
                Templates::new(&clusters.responses, &gains, &clusters.groups)
                    .assign(responses, &Gains::none(self.held_out.len()))
            }
        }
    }

    /// Other ways of sorting the held-out cells, and all, by 24 s of recorded responses.
    fn baselines(&self) -> Result<Vec<(String, f64)>> {
        let grid = self.retina.grid;
        let chirp = [chirp(grid)];
        let bars: Vec<_> = (0..8).map(|k| bar(grid, k)).collect();
        let mut scores = Vec::new();
        for (name, stimuli) in [("chirp", chirp.as_slice()), ("bars", bars.as_slice())] {
            let mut rows = vec![Vec::new(); self.retina.cells.len()];
            for (k, stimulus) in stimuli.iter().enumerate() {
                let calcium = self.retina.calcium(stimulus.view(), true);
                let seed = self.seed.child(name).child_index(k as u64);
                let traces = self.retina.record(&calcium, self.params.noise(), seed);
                rows.iter_mut()
                    .zip(traces)
                    .for_each(|(row, trace)| row.extend(trace.into_iter().map(f64::from)));
            }
            let scored = principal_components(&rows, COMPONENTS)?;
            let truth = self.types(&(0..self.retina.cells.len()).collect::<Vec<_>>());
            for baseline in [Baseline::Kmeans, Baseline::Gmm, Baseline::Spectral] {
                for (k, told) in [(Some(12), "told 12"), (None, "not told")] {
                    let labels = baseline.labels(&scored, k, self.seed.child("baseline"))?;
                    scores.push((format!("{} on {name}, {told}", baseline.name()), ari(&labels, &truth)));
                }
            }
        }
        Ok(scores)
    }
}

fn ari(labels: &[usize], truth: &[usize]) -> f64 {
    agreement(labels, truth).map_or(f64::NAN, |found| found.ari)
}
