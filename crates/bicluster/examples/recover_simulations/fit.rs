//! Four chains on a data set.

use std::error::Error;

use ndarray::Array2;
use neuroloom_bicluster::{
    Chain, Convergence, DispersionPrior, Draw, DynamicsPrior, HdpPrior, HeldOutScore, LatentDraw, Limits,
    LoadingPrior, NeuronPrior, Priors, Problem, Sampler, Settings, Tally,
};
use neuroloom_core::Seed;
use neuroloom_math::Contingency;
use rayon::prelude::*;

use crate::begin::Begin;
use crate::data_set::DataSet;

const CHAINS: u64 = 4;
/// Every so many draws have latents.
const LATENTS_EVERY: u64 = 10;

/// Which model is fitted.
#[derive(Clone, Copy)]
pub enum Model {
    /// Any number of clusters, up to 10 states.
    Free,
    /// So many clusters and states.
    Fixed { n_clusters: usize, n_states: usize },
}

impl Model {
    pub fn parse(argument: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let Some(argument) = argument.filter(|argument| *argument != "free") else { return Ok(Self::Free) };
        let (clusters, states) = argument.split_once(',').ok_or("a fixed model is `K,L`")?;
        Ok(Self::Fixed { n_clusters: clusters.parse()?, n_states: states.parse()? })
    }

    pub fn name(self) -> String {
        match self {
            Self::Free => "free".into(),
            Self::Fixed { n_clusters, n_states } => format!("K={n_clusters} L={n_states}"),
        }
    }

    /// The defaults of the step, but for what is fixed.
    fn priors(self, n_units: usize) -> Priors {
        let (neurons, limits) = match self {
            Self::Free => {
                (NeuronPrior::Mfm { rho: 0.2, g: 1.0 }, Limits { max_clusters: n_units / 2, max_states: 10 })
            }
            Self::Fixed { n_clusters, n_states } => (
                NeuronPrior::Fixed { n_clusters, g: 1.0 },
                Limits { max_clusters: n_clusters, max_states: n_states },
            ),
        };
        Priors {
            n_latents: 2,
            loading: LoadingPrior { mean: 0.0, sd: 1.0 },
            dispersion: DispersionPrior { shape: 1.0, rate: 1.0 },
            dynamics: DynamicsPrior { scale: 0.01, extra_df: 2.0, column_scale: 1.0 },
            hdp: HdpPrior { alpha: 5.0, gamma: 5.0, kappa: 10.0 },
            neurons,
            limits,
        }
    }
}

/// What the chains gave, after burn-in.
pub struct Fit {
    pub model: Model,
    pub draws: Vec<Vec<Draw>>,
    pub score: HeldOutScore,
    pub reallocation: Tally,
}

impl Fit {
    pub fn run(data: &DataSet, sweeps: u64, model: Model, start: Begin) -> Result<Self, Box<dyn Error>> {
        let mut settings = Settings::new(model.priors(data.counts.n_units()), data.counts.n_units());
        if let Ok(m) = std::env::var("NL_MARG") {
            settings.n_marginal_labels = m.parse()?;
        }
        let problem = Problem { counts: &data.counts, held_out: &data.held_out, settings: &settings };
        let seed = Seed::root(data.seed).child("chains");
        let n_clusters = start.n_clusters(&problem, CHAINS, seed)?;
        if n_clusters > 0 {
            eprintln!("  pilots prefer {n_clusters} clusters");
        }
        let chains = (0..CHAINS)
            .into_par_iter()
            .map(|number| chain(&problem, data, number, sweeps, start, n_clusters, seed));
        let chains = chains.collect::<Result<Vec<_>, neuroloom_bicluster::BiclusterError>>()?;
        let mut fit = Self {
            model,
            draws: Vec::new(),
            score: HeldOutScore::new(data.held_out.len()),
            reallocation: Tally::default(),
        };
        for (chain, draws) in chains {
            fit.score.merge(&chain.score);
            fit.reallocation += chain.moves.moves.reallocation;
            fit.draws.push(draws);
        }
        Ok(fit)
    }

    /// Labels of all draws.
    pub fn labels(&self, of: fn(&Draw) -> &Vec<usize>) -> Vec<Vec<u16>> {
        let narrow = |draw: &Draw| of(draw).iter().map(|&group| group as u16).collect();
        self.draws.iter().flatten().map(narrow).collect()
    }

    /// Share of the draws of which something holds.
    pub fn share(&self, holds: impl Fn(&Draw) -> bool) -> f64 {
        let n = self.draws.iter().map(Vec::len).sum::<usize>() as f64;
        self.draws.iter().flatten().filter(|draw| holds(draw)).count() as f64 / n
    }

    /// Whether chains agree on a scalar.
    pub fn convergence(&self, of: impl Fn(&Draw) -> f64) -> Convergence {
        let chains: Vec<Vec<f64>> = self.draws.iter().map(|chain| chain.iter().map(&of).collect()).collect();
        Convergence::of(&chains.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// Draws with latents.
    pub fn latents(&self, data: &DataSet) -> Result<Vec<LatentDraw>, Box<dyn Error>> {
        let n_units = data.counts.n_units();
        let of = |draw: &Draw| -> Option<Result<LatentDraw, Box<dyn Error>>> {
            let latents = draw.latents.as_ref()?;
            let width = latents.loadings.len() / n_units + 1;
            let loadings = Array2::from_shape_fn((n_units, width), |(unit, place)| match place {
                0 => draw.baselines[unit],
                _ => latents.loadings[unit * (width - 1) + place - 1],
            });
            let n_bins = data.counts.n_bins();
            let paths = Array2::from_shape_vec((n_bins, latents.paths.len() / n_bins), latents.paths.clone());
            Some(paths.map_err(Into::into).map(|paths| LatentDraw {
                labels: draw.labels.clone(),
                loadings,
                paths,
                dynamics: Vec::new(),
            }))
        };
        self.draws.iter().flatten().filter_map(of).collect()
    }
}

fn chain(
    problem: &Problem<'_>,
    data: &DataSet,
    number: u64,
    sweeps: u64,
    start: Begin,
    n_clusters: usize,
    seed: Seed,
) -> neuroloom_bicluster::Result<(Chain, Vec<Draw>)> {
    let mut chain = start.chain(problem, data, number, n_clusters, seed)?;
    let mut sampler = Sampler::new(problem.counts, problem.settings);
    let mut draws = Vec::new();
    for sweep in 0..sweeps {
        chain.advance(&mut sampler, seed)?;
        if sweep >= sweeps / 2 {
            draws.push(chain.keep(problem, &sampler, sweep % LATENTS_EVERY == 0)?);
        }
        if number == 0 && (sweep + 1) % 100 == 0 {
            report(&chain, data);
        }
    }
    Ok((chain, draws))
}

/// How a chain stands, while one waits.
fn report(chain: &Chain, data: &DataSet) {
    let (state, moves) = (&chain.point.state, chain.moves.moves);
    let ari = |found: &[usize], truth: &[usize]| Contingency::new(found, truth).adjusted_rand_index();
    let mut states = state.states.clone();
    states.sort_unstable();
    states.dedup();
    eprintln!(
        "  sweep {}: {} clusters, ARI {:.2}; {} states, ARI {:.2}; split {}/{}, merged {}/{}, born {}/{}, died {}/{}",
        chain.n_sweeps,
        state.n_clusters(),
        ari(&state.labels, &data.truth.labels),
        states.len(),
        ari(&state.states, &data.truth.states),
        moves.split.accepted,
        moves.split.tried,
        moves.merge.accepted,
        moves.merge.tried,
        moves.birth.accepted,
        moves.birth.tried,
        moves.death.accepted,
        moves.death.tried,
    );
}
