//! Moves leave the exact posterior over labels invariant.

use std::collections::HashMap;

use ndarray::{Array1, Array2, s};
use neuroloom_bicluster::{
    Counts, Design, DispersionPrior, Dynamics, DynamicsPrior, Family, FilterOptions, Filtered, HdpPrior,
    Information, Interaction, LabelMoves, Limits, LoadingPrior, MoveSetting, MoveTallies, NeuronPrior,
    PartitionPrior, PolyaGamma, Priors, State, StepStatistics, Transitions, UnitCounts, correlations,
    laplace, sample_dynamics, sample_paths,
};
use rand_chacha::ChaCha8Rng;

use crate::problem::{counts, normals, rng, whole};

const N: usize = 5;

fn priors(max_clusters: usize) -> Priors {
    Priors {
        n_latents: 1,
        loading: LoadingPrior { mean: 0.0, sd: 1.0 },
        dispersion: DispersionPrior { shape: 1.0, rate: 1.0 },
        dynamics: DynamicsPrior { scale: 0.15, extra_df: 12.0, column_scale: 0.05 },
        hdp: HdpPrior { alpha: 5.0, gamma: 5.0, kappa: 10.0 },
        neurons: NeuronPrior::Mfm { rho: 0.2, g: 1.0 },
        limits: Limits { max_clusters, max_states: 1 },
    }
}

struct Chain {
    counts: Counts,
    priors: Priors,
    partition: PartitionPrior,
    correlations: Array2<f64>,
    interaction: Interaction,
    family: Family,
    state: State,
}

impl Chain {
    fn new(counts: Counts, labels: Vec<usize>, priors: Priors, rng: &mut ChaCha8Rng) -> Self {
        let n_units = labels.len();
        let width = priors.width();
        let n_clusters = labels.iter().max().unwrap() + 1;
        let d = n_clusters * width;
        let (n_bins, n_states) = (counts.n_bins(), priors.limits.max_states);
        let dynamics = Dynamics {
            transition: Array2::eye(d) * 0.9,
            offset: Array1::zeros(d),
            noise: Array2::eye(d) * 0.1,
        };
        let state = State {
            loadings: normals((n_units, width), rng),
            dispersions: vec![2.0; n_units],
            paths: normals((n_bins, d), rng),
            states: vec![0; n_bins],
            dynamics: vec![dynamics; n_states],
            transitions: Transitions {
                log_weights: vec![-(n_states as f64).ln(); n_states],
                log_rows: Array2::from_elem((n_states, n_states), -(n_states as f64).ln()),
            },
            labels,
        };
        let partition = PartitionPrior::new(&priors.neurons, n_units, priors.limits.max_clusters);
        let correlations = correlations(&normals((n_units, 20), rng));
        let (interaction, family) = (Interaction::Full, Family::NegativeBinomial);
        Self { counts, priors, partition, correlations, interaction, family, state }
    }

    fn moves<T>(&mut self, run: impl FnOnce(LabelMoves<'_>) -> T) -> T {
        let setting = MoveSetting {
            counts: &self.counts,
            priors: &self.priors,
            partition: &self.partition,
            correlations: &self.correlations,
            family: self.family,
            interaction: self.interaction,
        };
        run(LabelMoves::new(setting, &mut self.state).unwrap())
    }

    /// All moves, then paths given the dynamics and nothing else.
    fn prior_sweep(&mut self, rng: &mut ChaCha8Rng) -> MoveTallies {
        let tallies = self.moves(|mut moves| {
            moves.reallocate(rng).unwrap();
            moves.birth_or_death(rng).unwrap();
            moves.birth_or_death(rng).unwrap();
            moves.split_or_merge(rng).unwrap();
            moves.split_or_merge(rng).unwrap();
            moves.finish(rng).unwrap()
        });
        let state = &mut self.state;
        let information = Information::empty(self.counts.n_bins(), self.priors.width(), state.n_clusters());
        let segments = self.counts.segments();
        let options = FilterOptions::default();
        let filtered =
            Filtered::new(&information, segments, &state.states, &state.dynamics, options).unwrap();
        state.paths = filtered.sample(segments, &state.states, rng);
        tallies
    }
}

/// Labels in order of first appearance.
fn canonical(labels: &[usize]) -> Vec<usize> {
    let mut seen = Vec::new();
    labels
        .iter()
        .map(|label| {
            seen.iter().position(|other| other == label).unwrap_or_else(|| {
                seen.push(*label);
                seen.len() - 1
            })
        })
        .collect()
}

/// All partitions of n neurons, as canonical labels.
fn partitions(n: usize) -> Vec<Vec<usize>> {
    (1..n).fold(vec![vec![0]], |known, _| {
        known
            .into_iter()
            .flat_map(|labels| {
                let next = labels.iter().max().unwrap() + 1;
                (0..=next).map(move |label| [labels.clone(), vec![label]].concat())
            })
            .collect()
    })
}

fn sizes(labels: &[usize]) -> Vec<usize> {
    let mut sizes = vec![0; labels.iter().max().unwrap() + 1];
    labels.iter().for_each(|&label| sizes[label] += 1);
    sizes
}

fn total_variation(found: &HashMap<Vec<usize>, u64>, expected: &[(Vec<usize>, f64)]) -> f64 {
    let n = found.values().sum::<u64>() as f64;
    let share = |labels: &Vec<usize>| found.get(labels).copied().unwrap_or(0) as f64 / n;
    0.5 * expected.iter().map(|(labels, p)| (share(labels) - p).abs()).sum::<f64>()
}

fn normalised(logs: Vec<(Vec<usize>, f64)>) -> Vec<(Vec<usize>, f64)> {
    let largest = logs.iter().map(|(_, log)| *log).fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|(_, log)| (log - largest).exp()).sum();
    logs.into_iter().map(|(labels, log)| (labels, (log - largest).exp() / total)).collect()
}

#[test]
fn without_counts_the_moves_have_the_prior_over_partitions() {
    for (interaction, max_clusters, n_sweeps) in
        [(Interaction::Full, N, 160_000), (Interaction::Block, 3, 120_000)]
    {
        let mut rng = rng(31);
        let n_bins = 3;
        let hidden =
            Counts::new(Array2::zeros((N, n_bins)), Array2::from_elem((N, n_bins), false), whole(n_bins));
        let mut chain = Chain::new(hidden, vec![0; N], priors(max_clusters), &mut rng);
        chain.interaction = interaction;
        let mut found = HashMap::new();
        let mut total = MoveTallies::default();
        for _ in 0..n_sweeps {
            let tallies = chain.prior_sweep(&mut rng);
            total.birth.accepted += tallies.birth.accepted;
            total.split.accepted += tallies.split.accepted;
            total.birth.tried += tallies.birth.tried;
            total.split.tried += tallies.split.tried;
            *found.entry(canonical(&chain.state.labels)).or_insert(0) += 1;
        }
        let expected = partitions(N)
            .into_iter()
            .map(|labels| (labels.clone(), chain.partition.log_probability(&sizes(&labels))))
            .collect();
        let distance = total_variation(&found, &normalised(expected));
        assert!(total.birth.accepted > 1000 && total.split.accepted > 1000, "{total:?}");
        assert!(distance < 0.01, "{interaction:?}: total variation {distance}");
    }
}

/// Four neurons on two fixed paths that nearly tell them apart.
fn two_paths(family: Family) -> Chain {
    let mut rng = rng(41);
    let n_bins = 12;
    let eta = normals((4, n_bins), &mut rng) * 0.8;
    let counts = counts(&eta, 2.0, 0.2, whole(n_bins), &mut rng);
    let mut chain = Chain::new(counts, vec![0, 0, 1, 1], priors(2), &mut rng);
    chain.family = family;
    chain
}

/// ln of the integral over (d, c) of a neuron's likelihood times prior, on a grid.
fn integral(chain: &Chain, unit: usize, cluster: usize) -> f64 {
    let path = chain.state.paths.slice(s![.., cluster * 2..cluster * 2 + 2]);
    let design = Design::new(path);
    let unit = UnitCounts::new(&chain.counts, unit, chain.state.dispersions[unit], chain.family);
    let centre = laplace(&unit, &design, &chain.priors.loading).unwrap();
    let (n, span) = (240, 14.0);
    let at = |i: usize, step: usize| centre.coefficients[i] + span * ((step as f64 + 0.5) / n as f64 - 0.5);
    let mut sum = 0.0;
    for i in 0..n * n {
        let b = [at(0, i / n), at(1, i % n)];
        let log_prior = -0.5 * (b[0] * b[0] + b[1] * b[1]) - (2.0 * std::f64::consts::PI).ln();
        sum += (unit.kernel(&design, &b) + log_prior - centre.log_evidence).exp();
    }
    centre.log_evidence + (sum * (span / n as f64).powi(2)).ln()
}

/// The exact law of the labels given the paths, among those that reallocation reaches: no cluster empties.
fn exact(chain: &Chain) -> Vec<(Vec<usize>, f64)> {
    let integrals: Vec<[f64; 2]> =
        (0..4).map(|unit| [integral(chain, unit, 0), integral(chain, unit, 1)]).collect();
    let all = (0..16).map(|code: usize| (0..4).map(|unit| code >> unit & 1).collect::<Vec<_>>());
    let log = |labels: &Vec<usize>| {
        let likelihood: f64 = labels.iter().zip(&integrals).map(|(&label, of)| of[label]).sum();
        likelihood + chain.partition.log_probability(&sizes(labels))
    };
    normalised(
        all.filter(|labels| labels.contains(&0) && labels.contains(&1))
            .map(|labels| (labels.clone(), log(&labels)))
            .collect(),
    )
}

fn count(found: &mut HashMap<Vec<usize>, u64>, labels: &[usize]) {
    *found.entry(labels.to_vec()).or_insert(0) += 1;
}

#[test]
fn reallocation_keeps_the_exact_posterior_given_the_paths() {
    for family in [Family::NegativeBinomial, Family::Poisson] {
        let mut chain = two_paths(family);
        let expected = exact(&chain);
        let mut rng = rng(42);
        let mut found = HashMap::new();
        chain.moves(|mut moves| {
            for _ in 0..200_000 {
                moves.reallocate(&mut rng).unwrap();
                count(&mut found, moves.labels());
            }
        });
        let distance = total_variation(&found, &expected);
        assert!(distance < 0.01, "{family:?}: total variation {distance}");
    }
}

/// Weights of all entries at the state as it is.
fn polya_gamma_weights(chain: &Chain, rng: &mut ChaCha8Rng) -> Array2<f64> {
    let (state, polya_gamma) = (&chain.state, PolyaGamma::default());
    Array2::from_shape_fn((state.labels.len(), chain.counts.n_bins()), |(unit, bin)| {
        let (loading, column) = (state.loadings.row(unit), 2 * state.labels[unit]);
        let eta = loading[0] + state.paths[[bin, column]] + loading[1] * state.paths[[bin, column + 1]];
        let r = state.dispersions[unit];
        polya_gamma.draw(f64::from(chain.counts.unit(unit)[bin]) + r, eta - r.ln(), rng)
    })
}

#[test]
fn reallocation_with_weights_agrees() {
    let mut chain = two_paths(Family::NegativeBinomial);
    let expected = exact(&chain);
    let mut rng = rng(43);
    let mut found = HashMap::new();
    for _ in 0..120_000 {
        let weights = polya_gamma_weights(&chain, &mut rng);
        chain.moves(|mut moves| moves.reallocate_augmented(weights.view(), &mut rng).unwrap());
        count(&mut found, &chain.state.labels);
    }
    let distance = total_variation(&found, &expected);
    assert!(distance < 0.01, "total variation {distance}");
}

/// ln of a partition's marginal likelihood: the mean likelihood of draws of everything else from its prior.
fn marginal(chain: &Chain, labels: &[usize], rng: &mut ChaCha8Rng) -> f64 {
    let (n_bins, priors) = (chain.counts.n_bins(), &chain.priors);
    let n_clusters = sizes(labels).len();
    let d = 2 * n_clusters;
    let information = Information::empty(n_bins, 2, n_clusters);
    let nothing = StepStatistics::new(Array2::zeros((1, d)).view(), &[0], &whole(1), 1);
    let units: Vec<UnitCounts> = (0..labels.len())
        .map(|unit| UnitCounts::new(&chain.counts, unit, chain.state.dispersions[unit], chain.family))
        .collect();
    let (n_draws, per_path, mut sum) = (12_000, 8, 0.0);
    for _ in 0..n_draws {
        let dynamics = sample_dynamics(&priors.dynamics, &nothing, chain.interaction, 2, rng).unwrap();
        let (segments, states) = (chain.counts.segments(), vec![0; n_bins]);
        let filtered =
            Filtered::new(&information, segments, &states, &dynamics, FilterOptions::default()).unwrap();
        let paths = filtered.sample(segments, &states, rng);
        let designs: Vec<Design> = (0..n_clusters)
            .map(|cluster| Design::new(paths.slice(s![.., 2 * cluster..2 * cluster + 2])))
            .collect();
        // Neurons are independent given the paths: each mean over its own loadings.
        let likelihood = |(unit, &label): (&UnitCounts, &usize)| {
            let mut mean = 0.0;
            for _ in 0..per_path {
                let loading = normals((1, 2), rng);
                mean += unit.kernel(&designs[label], &[loading[[0, 0]], loading[[0, 1]]]).exp()
                    / f64::from(per_path);
            }
            mean
        };
        sum += units.iter().zip(labels).map(likelihood).product::<f64>() / f64::from(n_draws);
    }
    sum.ln()
}

#[test]
fn a_whole_sweep_has_the_exact_posterior_over_partitions() {
    let mut rng = rng(51);
    let values = ndarray::array![[0, 6, 1, 5], [1, 7, 0, 4], [3, 0, 9, 0]];
    let mut seen = Array2::from_elem((3, 4), true);
    seen[[0, 2]] = false;
    let counts = Counts::new(values, seen, whole(4));
    let mut chain = Chain::new(counts, vec![0; 3], priors(3), &mut rng);
    chain.state.dispersions = vec![4.0; 3];
    let expected = partitions(3)
        .into_iter()
        .map(|labels| {
            let log = marginal(&chain, &labels, &mut rng) + chain.partition.log_probability(&sizes(&labels));
            (labels, log)
        })
        .collect();
    let expected = normalised(expected);
    let mut found = HashMap::new();
    for _ in 0..60_000 {
        chain.moves(|mut moves| {
            moves.reallocate(&mut rng).unwrap();
            moves.birth_or_death(&mut rng).unwrap();
            moves.split_or_merge(&mut rng).unwrap();
            moves.finish(&mut rng).unwrap()
        });
        let weights = polya_gamma_weights(&chain, &mut rng);
        let state = &chain.state;
        chain.state.paths = sample_paths(
            &chain.counts,
            &state.labels,
            state.loadings.view(),
            &state.dispersions,
            weights.view(),
            &state.states,
            &state.dynamics,
            FilterOptions::default(),
            &mut rng,
        )
        .unwrap();
        *found.entry(canonical(&chain.state.labels)).or_insert(0) += 1;
    }
    let distance = total_variation(&found, &expected);
    assert!(distance < 0.02, "total variation {distance}: {expected:?} {found:?}");
}

#[test]
fn moves_leave_a_whole_state() {
    let mut rng = rng(61);
    let n_bins = 20;
    let eta = normals((8, n_bins), &mut rng);
    let counts = counts(&eta, 2.0, 0.1, vec![0..8, 8..n_bins], &mut rng);
    let mut chain = Chain::new(counts, vec![0, 0, 1, 1, 1, 2, 2, 0], priors(5), &mut rng);
    for _ in 0..300 {
        let kept = chain.moves(|mut moves| {
            moves.reallocate(&mut rng).unwrap();
            moves.birth_or_death(&mut rng).unwrap();
            moves.split_or_merge(&mut rng).unwrap();
            let kept = moves.log_evidence();
            moves.finish(&mut rng).unwrap();
            kept
        });
        let state = &chain.state;
        assert!(sizes(&state.labels).iter().all(|&size| size > 0) && state.n_clusters() <= 5);
        assert_eq!(state.paths.dim(), (n_bins, 2 * state.n_clusters()));
        assert_eq!(state.dynamics[0].noise.dim(), (2 * state.n_clusters(), 2 * state.n_clusters()));
        let anew = chain.moves(|moves| moves.log_evidence());
        assert!((kept - anew).abs() < 1e-7 * anew.abs(), "{kept} {anew}");
    }
}
