//! Poisson likelihood of spikes, in bits per spike above that of mean rates.

use ndarray::{ArrayView1, ArrayView3, Axis};
use neuroloom_core::{Error, Result};

use super::log_factorial;

/// Stands for a rate of zero, of which no spike can come.
const LEAST_RATE: f64 = 1e-9;

/// How probable spikes are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likelihood {
    /// Negative log likelihood, nats.
    pub nats: f64,
    /// Spikes that were scored.
    pub spikes: f64,
    /// Entries that were scored: those whose spikes are not NaN.
    pub n: usize,
    /// Rates of zero, for which 1e-9 stood in.
    pub zero_rates: usize,
}

/// Bits per spike and what they were counted on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BitsPerSpike {
    /// The score; none without spikes.
    pub value: Option<f64>,
    /// Entries that were scored.
    pub n: usize,
    /// Rates of zero among them.
    pub zero_rates: usize,
}

impl Likelihood {
    fn add(&mut self, rate: f64, spikes: f64) -> Result<()> {
        if spikes.is_nan() {
            return Ok(());
        }
        if !(rate >= 0.0 && rate.is_finite()) {
            return Err(Error::data("a rate is no expected count")
                .expected("a finite number of at least 0")
                .found(rate.to_string()));
        }
        self.zero_rates += usize::from(rate == 0.0);
        let rate = if rate == 0.0 { LEAST_RATE } else { rate };
        self.nats += rate - spikes * rate.ln() + log_factorial(spikes);
        self.spikes += spikes;
        self.n += 1;
        Ok(())
    }

    fn plus(self, other: Self) -> Self {
        Self {
            nats: self.nats + other.nats,
            spikes: self.spikes + other.spikes,
            n: self.n + other.n,
            zero_rates: self.zero_rates + other.zero_rates,
        }
    }
}

/// Negative log likelihood `sum(r - k ln r + ln Gamma(k + 1))` of spikes `k` under Poisson rates `r`, both `[trials,
/// bins, units]`. Entries whose spikes are NaN do not count. Sums run trial by trial in order.
///
/// # Errors
/// When the shapes differ, or a rate that counts is negative, NaN or infinite.
pub fn negative_log_likelihood(
    rates: ArrayView3<'_, f64>,
    spikes: ArrayView3<'_, f64>,
) -> Result<Likelihood> {
    check_shapes(rates.dim(), spikes.dim())?;
    let mut all = Likelihood::default();
    for (rates, spikes) in rates.outer_iter().zip(spikes.outer_iter()) {
        let mut trial = Likelihood::default();
        for (&rate, &spikes) in rates.iter().zip(spikes) {
            trial.add(rate, spikes)?;
        }
        all = all.plus(trial);
    }
    Ok(all)
}

/// Mean count of every unit, NaN left out; NaN where nothing was counted.
pub fn mean_counts(spikes: ArrayView3<'_, f64>) -> Vec<f64> {
    let mean = |unit: usize| {
        let of_unit = spikes.index_axis(Axis(2), unit);
        let counted = || of_unit.iter().filter(|count| !count.is_nan());
        counted().sum::<f64>() / counted().count() as f64
    };
    (0..spikes.dim().2).map(mean).collect()
}

/// Bits per spike `(NLL_null - NLL_model) / spikes / ln 2`; the null rates are the mean counts of the same spikes.
///
/// # Errors
/// As [`negative_log_likelihood`].
pub fn bits_per_spike(rates: ArrayView3<'_, f64>, spikes: ArrayView3<'_, f64>) -> Result<BitsPerSpike> {
    bits_per_spike_against(rates, spikes, &mean_counts(spikes))
}

/// Bits per spike above null rates of one's own, expected counts per bin of every unit: those of training, say.
///
/// # Errors
/// As [`negative_log_likelihood`], or when there are not as many null rates as units.
pub fn bits_per_spike_against(
    rates: ArrayView3<'_, f64>,
    spikes: ArrayView3<'_, f64>,
    null: &[f64],
) -> Result<BitsPerSpike> {
    let model = negative_log_likelihood(rates, spikes)?;
    check_shapes((spikes.dim().0, spikes.dim().1, null.len()), spikes.dim())?;
    let null = ArrayView1::from(null);
    let null = null.broadcast(spikes.dim()).ok_or_else(|| Error::internal("null rates do not fit"))?;
    let null = negative_log_likelihood(null, spikes)?;
    let value =
        (model.spikes > 0.0).then(|| (null.nats - model.nats) / model.spikes / std::f64::consts::LN_2);
    Ok(BitsPerSpike { value, n: model.n, zero_rates: model.zero_rates })
}

/// Bits per spike of every unit by itself.
///
/// # Errors
/// As [`bits_per_spike_against`].
pub fn per_unit(
    rates: ArrayView3<'_, f64>,
    spikes: ArrayView3<'_, f64>,
    null: &[f64],
) -> Result<Vec<BitsPerSpike>> {
    check_shapes(rates.dim(), spikes.dim())?;
    let unit = |(unit, null): (usize, &f64)| {
        let of = |all: ArrayView3<'_, f64>| all.slice_axis(Axis(2), (unit..unit + 1).into()).to_owned();
        bits_per_spike_against(of(rates).view(), of(spikes).view(), std::slice::from_ref(null))
    };
    null.iter().enumerate().map(unit).collect()
}

/// By how many bits per spike rates `a` beat rates `b` on the same spikes, with the standard error of that over trials:
/// the difference of the log likelihoods of each trial, over the mean number of spikes of a trial.
///
/// # Errors
/// As [`negative_log_likelihood`].
pub fn per_trial_bits(
    a: ArrayView3<'_, f64>,
    b: ArrayView3<'_, f64>,
    spikes: ArrayView3<'_, f64>,
) -> Result<Option<(f64, f64)>> {
    check_shapes(a.dim(), b.dim())?;
    let n = spikes.dim().0;
    let mut gains = Vec::with_capacity(n);
    let mut total = 0.0;
    for trial in 0..n {
        let of = |all: ArrayView3<'_, f64>| all.slice_axis(Axis(0), (trial..trial + 1).into()).to_owned();
        let spikes = of(spikes);
        let better = negative_log_likelihood(of(a).view(), spikes.view())?;
        gains.push(negative_log_likelihood(of(b).view(), spikes.view())?.nats - better.nats);
        total += better.spikes;
    }
    if total <= 0.0 || n < 2 {
        return Ok(None);
    }
    let mean = gains.iter().sum::<f64>() / n as f64;
    let variance = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    let per_spike = total / n as f64 * std::f64::consts::LN_2;
    Ok(Some((mean / per_spike, (variance / n as f64).sqrt() / per_spike)))
}

fn check_shapes(rates: (usize, usize, usize), spikes: (usize, usize, usize)) -> Result<()> {
    if rates == spikes {
        return Ok(());
    }
    Err(Error::data("rates and spikes do not fit")
        .expected(format!("{spikes:?} trials, bins and units, as the spikes have"))
        .found(format!("{rates:?}")))
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn the_mean_rate_has_no_bits() {
        let spikes = Array3::from_shape_fn((3, 4, 2), |(i, j, k)| ((i + j * k) % 3) as f64);
        let means = mean_counts(spikes.view());
        let rates = ArrayView1::from(&means).broadcast(spikes.dim()).unwrap().to_owned();
        assert_eq!(bits_per_spike(rates.view(), spikes.view()).unwrap().value, Some(0.0));
    }

    #[test]
    fn without_spikes_there_is_no_score() {
        let none = Array3::zeros((2, 2, 1));
        let score = bits_per_spike(none.view(), none.view()).unwrap();
        assert_eq!((score.value, score.n, score.zero_rates), (None, 4, 4));
    }

    #[test]
    fn rates_that_are_none_are_refused_where_they_count() {
        let mut spikes = Array3::<f64>::ones((1, 2, 1));
        let rates = Array3::from_shape_vec((1, 2, 1), vec![1.0, f64::NAN]).unwrap();
        assert!(bits_per_spike(rates.view(), spikes.view()).is_err());
        spikes[[0, 1, 0]] = f64::NAN;
        assert_eq!(bits_per_spike(rates.view(), spikes.view()).unwrap().value, Some(0.0));
        assert!(bits_per_spike(Array3::ones((1, 1, 1)).view(), spikes.view()).is_err());
    }
}
