//! Draws without a sampler: the truth of a simulation, disturbed, and told in other coordinates and names every time.

use std::sync::Arc;

use ndarray::{Array2, s};
use neuroloom_bicluster::steps::{SummariseParams, SummariseStep};
use neuroloom_core::{
    CancelToken, Inputs, NoProgress, ParamIssues, Result, RunContext, Seed, Step, StepOutput, StepParams,
    Table,
};
use neuroloom_simulate::bicluster::{BiclusterParams, BiclusterStep, Generator, Simulation};
use neuroloom_table::{TableBuilder, kinds};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

/// Chains and draws of each.
pub const CHAINS: usize = 2;
pub const SWEEPS: usize = 40;
/// Size of the disturbance of latents and baselines.
pub const NOISE: f64 = 0.05;

pub fn params() -> BiclusterParams {
    BiclusterParams {
        n_per: Some(vec![5, 4, 3]),
        n_bins: Some(150),
        dwell_bins: Some(25.0),
        ..BiclusterParams::default()
    }
}

pub fn generator() -> Generator {
    params().generator()
}

/// Tables of a simulation with the same seed as [`simulation`].
pub fn simulated(port: &str) -> Table {
    let ctx = context(1);
    let mut output = BiclusterStep.run(&ctx, &params(), &Inputs::default()).unwrap();
    output.tables.remove(port).unwrap()
}

pub fn simulation() -> Simulation {
    Simulation::draw(&generator(), Seed::root(1)).unwrap()
}

pub fn context(seed: u64) -> RunContext {
    RunContext::new(".", 1, Seed::root(seed), Arc::new(NoProgress), CancelToken::default())
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// A draw as it stands in the table.
pub struct Draw {
    pub labels: Vec<usize>,
    pub states: Vec<usize>,
    pub loadings: Array2<f64>,
    pub paths: Array2<f64>,
}

impl Draw {
    /// The truth, disturbed: a neuron in the wrong cluster now and then, a tenth of the bins in the wrong state, noise,
    /// latents moved and mirrored, clusters named in another order.
    pub fn of(truth: &Simulation, rng: &mut impl Rng) -> Self {
        let (width, n_clusters) = (truth.generator.width(), truth.generator.n_per.len());
        let mut loadings = truth.loadings.clone();
        let mut paths = truth.paths.mapv(|x| x + NOISE * normal(rng));
        for cluster in 0..n_clusters {
            let (shift, sign) = (normal(rng), if rng.random::<bool>() { 1.0 } else { -1.0 });
            let start = cluster * width;
            paths.column_mut(start).mapv_inplace(|mu| mu + shift);
            paths.column_mut(start + 1).mapv_inplace(|x| x * sign);
            for (mut row, _) in
                loadings.outer_iter_mut().zip(&truth.labels).filter(|(_, label)| **label == cluster)
            {
                row[0] -= shift;
                row[1] *= sign;
            }
        }
        let mut labels = truth.labels.clone();
        if rng.random::<f64>() < 0.2 {
            labels[1] = 2;
        }
        let flip = |state: usize, rng: &mut _| if Rng::next_u32(rng) % 10 == 0 { 1 - state } else { state };
        let states = truth.states.iter().map(|&state| flip(state, rng)).collect();
        Self { labels, states, loadings, paths }.renamed(&[2, 0, 1], width)
    }

    /// Cluster k becomes `names[k]`; then clusters and states are named in the order of first members.
    fn renamed(self, names: &[usize], width: usize) -> Self {
        let labels: Vec<usize> = self.labels.iter().map(|&label| names[label]).collect();
        let first = |of: &[usize]| {
            let mut seen: Vec<usize> = Vec::new();
            for group in of {
                if !seen.contains(group) {
                    seen.push(*group);
                }
            }
            seen
        };
        let order = first(&labels);
        let number = |order: &[usize], group: usize| order.iter().position(|&other| other == group).unwrap();
        let mut paths = Array2::zeros((self.paths.nrows(), order.len() * width));
        for (place, &name) in order.iter().enumerate() {
            let from = names.iter().position(|&other| other == name).unwrap() * width;
            let block = self.paths.slice(s![.., from..from + width]);
            paths.slice_mut(s![.., place * width..(place + 1) * width]).assign(&block);
        }
        let states_order = first(&self.states);
        Self {
            labels: labels.iter().map(|&label| number(&order, label)).collect(),
            states: self.states.iter().map(|&state| number(&states_order, state)).collect(),
            loadings: self.loadings,
            paths,
        }
    }

    fn n_states(&self) -> usize {
        self.states.iter().max().unwrap() + 1
    }
}

/// The draws of all chains.
pub fn draws(truth: &Simulation) -> Vec<Draw> {
    let mut rng = Seed::root(9).rng();
    (0..CHAINS * SWEEPS).map(|_| Draw::of(truth, &mut rng)).collect()
}

fn as_numbers(groups: &[usize]) -> Vec<f64> {
    groups.iter().map(|&group| group as f64).collect()
}

/// A = diag(0.5, 0.5, ..) in every state, b = 0, Q = I.
fn repeated(draw: &Draw, value: f64) -> Vec<f64> {
    let n = draw.paths.ncols();
    (0..draw.n_states()).flat_map(|_| (Array2::<f64>::eye(n) * value).into_iter()).collect()
}

pub fn draws_table(draws: &[Draw]) -> Table {
    let rows = || draws.iter().enumerate();
    let mut rng = Seed::root(3).rng();
    let n = draws[0].labels.len();
    let scalars: Vec<f64> = draws.iter().map(|_| normal(&mut rng)).collect();
    let dispersions: Vec<Vec<f64>> =
        draws.iter().map(|_| (0..n).map(|_| (2.3 + 0.1 * normal(&mut rng)).exp()).collect()).collect();
    TableBuilder::new(kinds::BICLUSTER_DRAWS)
        .text("recording_id", rows().map(|_| "bicluster"))
        .integers("chain", rows().map(|(row, _)| (row / SWEEPS) as i64))
        .integers("sweep", rows().map(|(row, _)| (row % SWEEPS) as i64))
        .numbers("log_joint", scalars.clone())
        .numbers("log_lik_train", scalars)
        .integers("n_clusters", rows().map(|_| 3))
        .integers("n_states", rows().map(|(_, draw)| draw.n_states() as i64))
        .numbers("max_state_share", rows().map(|_| 0.5))
        .lists("labels", rows().map(|(_, draw)| as_numbers(&draw.labels)))
        .lists("states", rows().map(|(_, draw)| as_numbers(&draw.states)))
        .lists("baselines", rows().map(|(_, draw)| draw.loadings.column(0).to_vec()))
        .lists("dispersions", dispersions)
        .lists("loadings", rows().map(|(_, draw)| draw.loadings.slice(s![.., 1..]).iter().copied().collect()))
        .lists("paths", rows().map(|(_, draw)| draw.paths.iter().copied().collect()))
        .lists("transition", rows().map(|(_, draw)| repeated(draw, 0.5)))
        .lists("offset", rows().map(|(_, draw)| vec![0.0; draw.n_states() * draw.paths.ncols()]))
        .lists("noise", rows().map(|(_, draw)| repeated(draw, 1.0)))
        .finish()
        .unwrap()
}

pub fn units_table(truth: &Simulation) -> Table {
    let n = truth.labels.len();
    let names = simulated("counts");
    let names = neuroloom_table::Columns::text(&names, "unit_id").unwrap();
    TableBuilder::new(kinds::BICLUSTER_UNITS)
        .text("recording_id", (0..n).map(|_| "bicluster"))
        .text("unit_id", (0..n).map(|unit| names.get(unit).unwrap().to_owned()))
        .integers("position", (0..n).map(|unit| unit as i64))
        .text("status", (0..n).map(|_| "used"))
        .integers("n_spikes", (0..n).map(|unit| truth.counts.row(unit).sum().into()))
        .integers("n_bins", (0..n).map(|_| truth.states.len() as i64))
        .integers("n_held_out", (0..n).map(|_| 0))
        .finish()
        .unwrap()
}

pub fn bins_table(truth: &Simulation) -> Table {
    let n = truth.states.len();
    TableBuilder::new(kinds::BICLUSTER_BINS)
        .text("recording_id", (0..n).map(|_| "bicluster"))
        .integers("bin", (0..n).map(|bin| bin as i64))
        .integers("segment", (0..n).map(|_| 0))
        .numbers("start_s", (0..n).map(|bin| bin as f64 * 0.1))
        .numbers("dt_s", (0..n).map(|_| 0.1))
        .integers("n_observed", (0..n).map(|_| truth.labels.len() as i64))
        .finish()
        .unwrap()
}

/// All inputs that do not depend on options.
pub fn inputs() -> Inputs {
    let truth = simulation();
    let tables = [
        ("draws", draws_table(&draws(&truth))),
        ("units", units_table(&truth)),
        ("bins", bins_table(&truth)),
    ];
    Inputs::new(tables.map(|(port, table)| (port.to_owned(), table)))
}

pub fn summarise(params: &SummariseParams, inputs: &Inputs) -> Result<StepOutput> {
    let mut issues = ParamIssues::default();
    params.check(&mut issues);
    assert!(issues.is_empty(), "{issues:?}");
    SummariseStep.run(&context(7), params, inputs)
}
