//! Whether chains agree, and how many independent draws theirs are worth (Vehtari, Gelman, Simpson, Carpenter and Bürkner
//! 2021, Bayesian Analysis 16:667).

use neuroloom_math::{average_ranks, mean, normal_quantile, quantile};

/// What the chains say of one scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Mean of all draws.
    pub mean: f64,
    /// Their standard deviation.
    pub sd: f64,
    /// Rank-normalised split R-hat: 1 where chains agree; below 1.01 is the usual demand.
    pub r_hat: f64,
    /// Effective sample size of the bulk.
    pub ess_bulk: f64,
    /// Effective sample size of the tails: the smaller one of the 5 % and the 95 % quantile.
    pub ess_tail: f64,
}

impl Convergence {
    /// Of a scalar's draws, a list per chain; longer chains lose their last draws.
    pub fn of(chains: &[&[f64]]) -> Self {
        let chains = trimmed(chains);
        let all: Vec<f64> = chains.concat();
        let centre = mean(&all);
        let squares: f64 = all.iter().map(|value| (value - centre).powi(2)).sum();
        Self {
            mean: centre,
            sd: (squares / (all.len() as f64 - 1.0)).sqrt(),
            r_hat: r_hat(&chains),
            ess_bulk: ess_bulk(&chains),
            ess_tail: ess_tail(&chains),
        }
    }
}

/// Rank-normalised split R-hat: the larger one of that of the ranks and that of the ranks of distances from the median.
/// NaN with fewer than 4 draws, or where no draw differs from another.
pub fn r_hat<C: AsRef<[f64]>>(chains: &[C]) -> f64 {
    let halves = split(chains);
    if !usable(&halves) {
        return f64::NAN;
    }
    let median = quantile(&mut halves.concat(), 0.5).unwrap_or(f64::NAN);
    let folded = map(&halves, |value| (value - median).abs());
    let bulk = plain_r_hat(&rank_normalised(&halves));
    let tail = plain_r_hat(&rank_normalised(&folded));
    if tail.is_nan() { bulk } else { bulk.max(tail) }
}

/// Effective sample size of the rank-normalised draws of split chains. NaN with fewer than 4 draws.
pub fn ess_bulk<C: AsRef<[f64]>>(chains: &[C]) -> f64 {
    let halves = split(chains);
    if usable_or_constant(&halves) { effective_size(&rank_normalised(&halves)) } else { f64::NAN }
}

/// Effective sample size of the tails: of whether draws lie below their 5 % and their 95 % quantile, the smaller one.
pub fn ess_tail<C: AsRef<[f64]>>(chains: &[C]) -> f64 {
    let halves = split(chains);
    if !usable_or_constant(&halves) {
        return f64::NAN;
    }
    // Quantiles are those of all draws, the middle one of an odd number included.
    let mut all: Vec<f64> = chains.iter().flat_map(|chain| chain.as_ref().to_vec()).collect();
    let below = |all: &mut Vec<f64>, q: f64| {
        let bound = quantile(all, q).unwrap_or(f64::NAN);
        effective_size(&map(&halves, |value| f64::from(u8::from(value <= bound))))
    };
    below(&mut all, 0.05).min(below(&mut all, 0.95))
}

/// Chains of the length of the shortest one.
fn trimmed(chains: &[&[f64]]) -> Vec<Vec<f64>> {
    let shortest = chains.iter().map(|chain| chain.len()).min().unwrap_or(0);
    chains.iter().map(|chain| chain.iter().copied().take(shortest).collect()).collect()
}

/// First and last half of every chain; a draw in the middle is left out.
fn split<C: AsRef<[f64]>>(chains: &[C]) -> Vec<Vec<f64>> {
    let halves = chains.iter().flat_map(|chain| {
        let chain = chain.as_ref();
        let half = chain.len() / 2;
        [&chain[..half], &chain[chain.len() - half..]]
    });
    halves.map(<[f64]>::to_vec).collect()
}

/// Whether there are enough draws, all finite, and they differ.
fn usable(halves: &[Vec<f64>]) -> bool {
    usable_or_constant(halves) && !constant(halves)
}

fn usable_or_constant(halves: &[Vec<f64>]) -> bool {
    let long = halves.first().is_some_and(|half| half.len() >= 2);
    long && halves.iter().flatten().all(|value| value.is_finite())
}

fn constant(halves: &[Vec<f64>]) -> bool {
    let mut values = halves.iter().flatten();
    let first = values.next();
    values.all(|value| Some(value) == first)
}

fn map(halves: &[Vec<f64>], of: impl Fn(f64) -> f64) -> Vec<Vec<f64>> {
    halves.iter().map(|half| half.iter().map(|&value| of(value)).collect()).collect()
}

/// Normal scores of the ranks among all draws (Blom 1958): quantiles at (rank - 3/8)/(n + 1/4).
fn rank_normalised(halves: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let all = halves.concat();
    let n = all.len() as f64;
    let mut scores = average_ranks(&all).into_iter().map(|rank| normal_quantile((rank - 0.375) / (n + 0.25)));
    halves.iter().map(|half| scores.by_ref().take(half.len()).collect()).collect()
}

fn plain_r_hat(chains: &[Vec<f64>]) -> f64 {
    let n = chains.first().map_or(0, Vec::len) as f64;
    let means: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let variances: Vec<f64> = chains.iter().map(|chain| variance(chain)).collect();
    let (between, within) = (n * variance(&means), mean(&variances));
    ((between / within + n - 1.0) / n).sqrt()
}

/// With n - 1.
fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// Number of independent draws with the same error of the mean, by Geyer's initial monotone sequence (equations 10 and 11
/// there). Draws that never differ count in full.
fn effective_size(chains: &[Vec<f64>]) -> f64 {
    let (n, m) = (chains.first().map_or(0, Vec::len), chains.len());
    let total = (n * m) as f64;
    if constant(chains) {
        return total;
    }
    let centred: Vec<Vec<f64>> = chains
        .iter()
        .map(|chain| {
            let centre = mean(chain);
            chain.iter().map(|value| value - centre).collect()
        })
        .collect();
    let covariance = |lag: usize| {
        let of = |chain: &Vec<f64>| {
            chain.iter().zip(chain.iter().skip(lag)).map(|(a, b)| a * b).sum::<f64>() / n as f64
        };
        centred.iter().map(of).sum::<f64>() / m as f64
    };
    let within = covariance(0) * n as f64 / (n as f64 - 1.0);
    let means: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let spread = if m > 1 { variance(&means) } else { 0.0 };
    let overall = within * (n as f64 - 1.0) / n as f64 + spread;
    let correlation = |lag: usize| 1.0 - (within - covariance(lag)) / overall;
    let time = autocorrelation_time(n, correlation);
    total / time.max(1.0 / total.log10())
}

/// Sum of the autocorrelations over all lags, both sides, cut where sums of neighbours turn negative and made to descend.
fn autocorrelation_time(n: usize, correlation: impl Fn(usize) -> f64) -> f64 {
    let (mut even, mut odd) = (1.0, correlation(1));
    let mut rho = vec![even, odd];
    let mut t = 1;
    while t + 3 < n && even + odd > 0.0 {
        (even, odd) = (correlation(t + 1), correlation(t + 2));
        if even + odd >= 0.0 {
            rho.extend([even, odd]);
        } else {
            rho.extend([0.0, 0.0]);
        }
        t += 2;
    }
    // The last pair does not count, but for its first half where that is positive.
    let end = t - 1;
    if even > 0.0
        && let Some(place) = rho.get_mut(end)
    {
        *place = even;
    }
    let mut t = 1;
    while t + 3 <= end {
        let before = rho[t - 1] + rho[t];
        if rho[t + 1] + rho[t + 2] > before {
            rho[t + 1] = before / 2.0;
            rho[t + 2] = before / 2.0;
        }
        t += 2;
    }
    let sum: f64 = rho.iter().take(end).sum();
    -1.0 + 2.0 * sum + rho.get(end).copied().unwrap_or(0.0)
}
