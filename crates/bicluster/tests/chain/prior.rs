//! Draws of all unknowns from the prior, and of counts given them.

use ndarray::{Array1, Array2, s};
use neuroloom_bicluster::{
    ConcentrationPrior, Counts, DispersionPrior, Dynamics, DynamicsPrior, Family, HdpPrior, Limits,
    LoadingPrior, NeuronPrior, Point, Priors, Settings, State, StepStatistics, gamma_draw, sample_dynamics,
    transitions_from_prior,
};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Geometric, Poisson, StandardNormal};

/// Which entries are seen, and the segments: what stays when counts are drawn anew.
#[derive(Clone)]
pub struct Design {
    pub seen: Array2<bool>,
    pub segments: Vec<std::ops::Range<usize>>,
}

/// Tight priors, under which counts stay small: those of section 8, T6.
pub fn tight(n_latents: usize, max_clusters: usize, max_states: usize) -> Priors {
    let extra_df = 10.0;
    Priors {
        n_latents,
        loading: LoadingPrior { mean: 0.0, sd: 1.0 },
        dispersion: DispersionPrior { shape: 20.0, rate: 2.0 },
        dynamics: DynamicsPrior { scale: 0.05 * (extra_df - 1.0), extra_df, column_scale: 0.01 },
        hdp: HdpPrior { alpha: 5.0, gamma: 5.0, kappa: 10.0 },
        neurons: NeuronPrior::Mfm { rho: 0.2, g: 1.0 },
        limits: Limits { max_clusters, max_states },
    }
}

/// Dispersion of the negative binomial proposals of Poisson counts.
pub const POISSON_PROPOSAL: f64 = 100.0;

/// All unknowns from the prior.
pub fn draw(settings: &Settings, design: &Design, rng: &mut impl Rng) -> Point {
    let priors = &settings.priors;
    let hdp = match settings.resample_concentrations {
        true => ConcentrationPrior::default().draw_prior(rng),
        false => priors.hdp,
    };
    let (n_units, n_bins) = design.seen.dim();
    let labels = partition(priors, n_units, rng);
    let n_clusters = labels.iter().max().map_or(0, |&last| last + 1);
    let size = n_clusters * priors.width();
    let LoadingPrior { mean, sd } = priors.loading;
    let normal = |rng: &mut _| -> f64 { StandardNormal.sample(rng) };
    let loadings = Array2::from_shape_fn((n_units, priors.width()), |(_, at)| match at {
        0 => mean + sd * normal(rng),
        _ => normal(rng),
    });
    let DispersionPrior { shape, rate } = priors.dispersion;
    let dispersion = |rng: &mut _| match settings.family {
        Family::NegativeBinomial => gamma_draw(shape, rng) / rate,
        Family::Poisson => POISSON_PROPOSAL,
    };
    let dispersions = (0..n_units).map(|_| dispersion(rng)).collect();
    let transitions = transitions_from_prior(&hdp, priors.limits.max_states, rng);
    let states = states(&transitions.log_rows, n_bins, &design.segments, rng);
    let none = StepStatistics::new(Array2::zeros((1, size)).view(), &[0], &[], priors.limits.max_states);
    let dynamics =
        sample_dynamics(&priors.dynamics, &none, settings.interaction, priors.width(), rng).unwrap();
    let paths = paths(&dynamics, &states, n_bins, &design.segments, rng);
    Point::new(State { labels, loadings, dispersions, paths, states, dynamics, transitions }, hdp)
}

/// z of the mixture of finite mixtures, again until there are no more clusters than may be occupied.
fn partition(priors: &Priors, n_units: usize, rng: &mut impl Rng) -> Vec<usize> {
    let NeuronPrior::Mfm { rho, g } = priors.neurons else { unreachable!("tests use the mixture") };
    loop {
        let n_components = 1 + Geometric::new(rho).unwrap().sample(rng) as usize;
        let weights: Vec<f64> = (0..n_components).map(|_| gamma_draw(g, rng)).collect();
        let total: f64 = weights.iter().sum();
        let component = |rng: &mut _| {
            let mut left = RngExt::random::<f64>(rng) * total;
            weights.iter().position(|weight| {
                left -= weight;
                left < 0.0
            })
        };
        let components: Vec<usize> =
            (0..n_units).map(|_| component(rng).unwrap_or(n_components - 1)).collect();
        let mut seen: Vec<usize> = Vec::new();
        let labels: Vec<usize> = components
            .iter()
            .map(|component| {
                seen.iter().position(|known| known == component).unwrap_or_else(|| {
                    seen.push(*component);
                    seen.len() - 1
                })
            })
            .collect();
        if seen.len() <= priors.limits.max_clusters {
            return labels;
        }
    }
}

fn states(
    log_rows: &Array2<f64>,
    n_bins: usize,
    segments: &[std::ops::Range<usize>],
    rng: &mut impl Rng,
) -> Vec<usize> {
    let mut states = vec![0; n_bins];
    for segment in segments {
        let last = segment.end - 1;
        for bin in segment.start..last {
            states[bin] = match bin == segment.start {
                true => rng.random_range(0..log_rows.nrows()),
                false => {
                    let mut left = rng.random::<f64>();
                    let row = log_rows.row(states[bin - 1]);
                    let found = row.iter().position(|log| {
                        left -= log.exp();
                        left < 0.0
                    });
                    found.unwrap_or(log_rows.ncols() - 1)
                }
            };
        }
        states[last] = states[last - 1];
    }
    states
}

fn paths(
    dynamics: &[Dynamics],
    states: &[usize],
    n_bins: usize,
    segments: &[std::ops::Range<usize>],
    rng: &mut impl Rng,
) -> Array2<f64> {
    let size = dynamics[0].offset.len();
    let roots: Vec<Array2<f64>> =
        dynamics.iter().map(|of| neuroloom_math::cholesky(of.noise.view()).unwrap().lower).collect();
    let mut paths = Array2::zeros((n_bins, size));
    let mut normals = |n: usize| Array1::from_shape_simple_fn(n, || -> f64 { StandardNormal.sample(rng) });
    for segment in segments {
        paths.row_mut(segment.start).assign(&normals(size));
        for bin in segment.start..segment.end - 1 {
            let of = &dynamics[states[bin]];
            let next =
                of.transition.dot(&paths.row(bin)) + &of.offset + roots[states[bin]].dot(&normals(size));
            paths.row_mut(bin + 1).assign(&next);
        }
    }
    paths
}

/// eta of all entries, `[N, T]`.
pub fn eta(state: &State, width: usize) -> Array2<f64> {
    Array2::from_shape_fn((state.labels.len(), state.paths.nrows()), |(unit, bin)| {
        let first = state.labels[unit] * width;
        let x = state.paths.slice(s![bin, first..first + width]);
        let c = state.loadings.row(unit);
        c[0] + x[0] + x.iter().skip(1).zip(c.iter().skip(1)).map(|(x, c)| x * c).sum::<f64>()
    })
}

/// Counts given all unknowns.
pub fn counts(state: &State, family: Family, design: &Design, rng: &mut impl Rng) -> Counts {
    let width = state.loadings.ncols();
    let eta = eta(state, width);
    let counts = Array2::from_shape_fn(eta.dim(), |(unit, bin)| {
        let (mean, r) = (eta[[unit, bin]].exp(), state.dispersions[unit]);
        let rate = match family {
            Family::NegativeBinomial => mean * gamma_draw(r, rng) / r,
            Family::Poisson => mean,
        };
        if rate > 0.0 { Poisson::new(rate).map_or(0.0, |law| law.sample(rng)) as u32 } else { 0 }
    });
    Counts::new(counts, design.seen.clone(), design.segments.clone())
}
