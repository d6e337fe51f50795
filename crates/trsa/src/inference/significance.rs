//! Tests of means against 0, the noise ceiling and each other.

use super::{StudentT, Variances};

/// Variances below are taken for this: differences of models that are alike in all samples.
const LEAST_VARIANCE: f64 = f64::EPSILON;

/// What is known of one model. p values are NaN where they cannot be had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelTest {
    /// Mean similarity.
    pub mean: f64,
    /// Variance of the mean.
    pub variance: f64,
    /// Ends of its confidence interval.
    pub interval: (f64, f64),
    /// Against a similarity of 0, one-sided.
    pub p_zero: f64,
    /// The same under control of the false discovery rate over models.
    pub q_zero: f64,
    /// Against the lower end of the noise ceiling, two-sided.
    pub p_ceiling: f64,
    /// The same under control of the false discovery rate over models.
    pub q_ceiling: f64,
}

/// What is known of two models.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairTest {
    /// The models.
    pub models: (usize, usize),
    /// Mean of the first less that of the second.
    pub difference: f64,
    /// Variance of the difference.
    pub variance: f64,
    /// Against no difference, two-sided.
    pub p: f64,
    /// The same under control of the false discovery rate over pairs.
    pub q: f64,
}

/// What is known of the noise ceiling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CeilingTest {
    /// Lower and upper end.
    pub ends: [f64; 2],
    /// Their variances; NaN where they are not known.
    pub variances: [f64; 2],
    /// The lower end against a similarity of 0, one-sided.
    pub p_zero: f64,
}

/// All tests of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Tests {
    /// Of every model.
    pub models: Vec<ModelTest>,
    /// Of all pairs `i < j`, row-major.
    pub pairs: Vec<PairTest>,
    /// Of the noise ceiling.
    pub ceiling: CeilingTest,
    /// Degrees of freedom of the t distribution; NaN where none was used.
    pub df: f64,
}

/// t tests of all means, with confidence intervals of level `1 - alpha`.
pub fn t_tests(v: &Variances, alpha: f64) -> Tests {
    let reach = StudentT::new(v.df).upper_quantile(alpha / 2.0);
    let models = (0..v.means.len()).map(|model| {
        let (mean, variance) = (v.means[model], v.models[model]);
        let half = reach * variance.max(0.0).sqrt();
        ModelTest {
            mean,
            variance,
            interval: (mean - half, mean + half),
            p_zero: upper_tail(mean, variance, v.df),
            q_zero: f64::NAN,
            p_ceiling: two_sided(mean - v.ceiling[0], v.below_ceiling[model], v.df),
            q_ceiling: f64::NAN,
        }
    });
    let pairs = crate::pairs(v.means.len()).zip(&v.pairs).map(|((a, b), &variance)| {
        let difference = v.means[a] - v.means[b];
        let p = two_sided(difference, variance, v.df);
        PairTest { models: (a, b), difference, variance, p, q: f64::NAN }
    });
    let ceiling = CeilingTest {
        ends: v.ceiling,
        variances: v.ceiling_variances,
        p_zero: upper_tail(v.ceiling[0], v.ceiling_variances[0], v.df),
    };
    Tests { models: models.collect(), pairs: pairs.collect(), ceiling, df: v.df }.with_discovery_rates()
}

impl Tests {
    /// Fills in the q values, per family of tests.
    #[must_use]
    pub(super) fn with_discovery_rates(mut self) -> Self {
        let rates = |p: &dyn Fn(&ModelTest) -> f64| {
            false_discovery_rate(&self.models.iter().map(p).collect::<Vec<_>>())
        };
        let (zero, ceiling) = (rates(&|model| model.p_zero), rates(&|model| model.p_ceiling));
        for ((model, zero), ceiling) in self.models.iter_mut().zip(zero).zip(ceiling) {
            (model.q_zero, model.q_ceiling) = (zero, ceiling);
        }
        let rates = false_discovery_rate(&self.pairs.iter().map(|pair| pair.p).collect::<Vec<_>>());
        self.pairs.iter_mut().zip(rates).for_each(|(pair, q)| pair.q = q);
        self
    }
}

/// One-sided p value of a mean above 0.
pub fn upper_tail(mean: f64, variance: f64, df: f64) -> f64 {
    match variance.is_nan() {
        true => f64::NAN,
        false => StudentT::new(df).upper_tail(mean / variance.max(LEAST_VARIANCE).sqrt()),
    }
}

/// Two-sided p value of a difference.
pub fn two_sided(difference: f64, variance: f64, df: f64) -> f64 {
    2.0 * upper_tail(difference.abs(), variance, df)
}

/// The false discovery rate at which every p value would be called (Benjamini & Hochberg 1995): with `p_(1) <= … <=
/// p_(m)`, `q_(i) = min over k >= i of m p_(k) / k`. NaN stays NaN and does not count.
///
/// ```
/// use neuroloom_trsa::inference::false_discovery_rate;
///
/// assert_eq!(false_discovery_rate(&[0.04, 0.01, f64::NAN, 0.02])[..2], [0.04, 0.03]);
/// ```
pub fn false_discovery_rate(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&place| !p[place].is_nan()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let m = order.len() as f64;
    let mut rates = vec![f64::NAN; p.len()];
    let mut least = 1.0_f64;
    for (below, &place) in order.iter().enumerate().rev() {
        least = least.min(m * p[place] / (below + 1) as f64);
        rates[place] = least;
    }
    rates
}
