use std::borrow::Cow;

use ndarray::ArrayView2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    CrossRun, Patterns, PoissonPrior, Weighting, correlation, correlation_pairwise, cross_run_correlation,
    cross_run_euclidean, crossnobis, crossnobis_per_fold, crossnobis_unbalanced, cv_correlation, euclidean,
    euclidean_pairwise, mahalanobis, poisson, poisson_cv, poisson_pairwise,
};
use crate::noise::{self, NoiseCovariance, NoiseModel, Precision};
use crate::{Result, RsaError};

/// A dissimilarity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Cross-validated squared Mahalanobis distance per neuron: unbiased, so negative where there is no difference.
    #[default]
    Crossnobis,
    /// Squared Euclidean distance per neuron of the mean responses; biased upwards by noise.
    Euclidean,
    /// Squared Mahalanobis distance per neuron of the mean responses; biased upwards by noise.
    Mahalanobis,
    /// 1 - Pearson correlation of the mean responses over neurons.
    Correlation,
    /// The same with covariances and variances taken between folds: noise does not weaken it.
    CvCorrelation,
    /// Symmetrised Kullback-Leibler divergence of Poisson rates per neuron.
    Poisson,
    /// The same cross-validated: may be negative.
    PoissonCv,
    /// Squared Euclidean distance per neuron between folds, with a diagonal.
    CrossRunEuclidean,
    /// 1 - Pearson correlation between folds, with a diagonal.
    CrossRunCorrelation,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Crossnobis,
        Self::Euclidean,
        Self::Mahalanobis,
        Self::Correlation,
        Self::CvCorrelation,
        Self::Poisson,
        Self::PoissonCv,
        Self::CrossRunEuclidean,
        Self::CrossRunCorrelation,
    ];

    /// Its name in parameters and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crossnobis => "crossnobis",
            Self::Euclidean => "euclidean",
            Self::Mahalanobis => "mahalanobis",
            Self::Correlation => "correlation",
            Self::CvCorrelation => "cv_correlation",
            Self::Poisson => "poisson",
            Self::PoissonCv => "poisson_cv",
            Self::CrossRunEuclidean => "cross_run_euclidean",
            Self::CrossRunCorrelation => "cross_run_correlation",
        }
    }

    /// Whether it uses a noise covariance.
    pub fn uses_noise(self) -> bool {
        matches!(self, Self::Crossnobis | Self::Mahalanobis)
    }

    /// Whether it compares folds.
    pub fn compares_folds(self) -> bool {
        !matches!(self, Self::Euclidean | Self::Mahalanobis | Self::Correlation | Self::Poisson)
    }

    /// Whether it has a definition for responses with gaps.
    pub fn allows_gaps(self) -> bool {
        matches!(
            self,
            Self::Crossnobis | Self::Euclidean | Self::Mahalanobis | Self::Correlation | Self::Poisson
        )
    }
}

/// What to do with responses that are missing (NaN).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NanPolicy {
    /// Stop and name the first.
    #[default]
    Error,
    /// Leave neurons with any missing response out.
    DropChannel,
    /// Compare every pair of conditions (cross-validated: of observations) on the neurons that both have; a condition may
    /// be absent from folds.
    Pairwise,
}

/// Where the noise of the channels is estimated from.
#[derive(Clone, Copy, Debug)]
pub enum NoiseSource<'a> {
    /// The scatter of the folds around the mean of their condition.
    Repeats,
    /// Residuals `[n_observations, n_channels]` of a model of the responses, with their degrees of freedom where
    /// these are not `n_observations - 1`.
    Residuals(ArrayView2<'a, f64>, Option<usize>),
    /// Residuals of every fold on its own (crossnobis only).
    PerFold(&'a [ArrayView2<'a, f64>]),
    /// A precision that is known.
    Precision(&'a Precision),
}

/// An estimator of dissimilarities: a method, a model of the noise, and their options.
///
/// ```
/// use ndarray::array;
/// use neuroloom_trsa::estimators::{Estimator, Method, NoiseSource};
///
/// let patterns = array![[1.0, 2.0, 4.0], [3.0, 1.0, 0.0]];
/// let euclidean = Estimator::new(Method::Euclidean);
/// assert_eq!(euclidean.estimate((&patterns).into(), NoiseSource::Repeats)?, [7.0]);
/// # Ok::<(), neuroloom_trsa::RsaError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimator {
    /// The dissimilarity.
    pub method: Method,
    /// The model of the noise; for crossnobis and mahalanobis.
    pub noise: NoiseModel,
    /// How observations are weighted; for crossnobis with gaps.
    pub weighting: Weighting,
    /// What to do with missing responses.
    pub nan: NanPolicy,
    /// The prior of Poisson rates.
    pub prior: PoissonPrior,
}

/// Dissimilarities, with a diagonal where conditions differ from themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Dissimilarities {
    /// The upper triangle, row-major.
    pub upper: Vec<f64>,
    /// The diagonal of methods between runs.
    pub diagonal: Option<Vec<f64>>,
}

impl Estimator {
    /// The method without a model of the noise, which refuses missing responses.
    pub fn new(method: Method) -> Self {
        Self {
            method,
            noise: NoiseModel::None,
            weighting: Weighting::Number,
            nan: NanPolicy::Error,
            prior: PoissonPrior::default(),
        }
    }

    /// The upper triangle of the RDM, row-major.
    ///
    /// Thousands of small RDMs are best shared out among threads by the caller: below a few million multiplications
    /// a call works on the calling thread alone.
    ///
    /// # Errors
    /// Those of the method and of the estimate of the noise.
    pub fn estimate(&self, patterns: Patterns<'_>, noise: NoiseSource<'_>) -> Result<Vec<f64>> {
        Ok(self.estimate_whole(patterns, noise)?.upper)
    }

    /// The same with the diagonal, where the method has one.
    ///
    /// # Errors
    /// As [`estimate`](Self::estimate).
    pub fn estimate_whole(&self, patterns: Patterns<'_>, noise: NoiseSource<'_>) -> Result<Dissimilarities> {
        let upper = |upper| Dissimilarities { upper, diagonal: None };
        let with_gaps = match self.nan {
            NanPolicy::Error => false,
            _ if patterns.all_finite() => false,
            NanPolicy::DropChannel => return self.on_whole_channels(patterns, noise),
            NanPolicy::Pairwise => true,
        };
        if with_gaps && !self.method.allows_gaps() {
            return Err(RsaError::NoGaps { method: self.method.name() });
        }
        Ok(match (self.method, with_gaps) {
            (Method::Euclidean, false) => upper(euclidean(patterns)?),
            (Method::Euclidean, true) => upper(euclidean_pairwise(patterns)?),
            (Method::Correlation, false) => upper(correlation(patterns)?),
            (Method::Correlation, true) => upper(correlation_pairwise(patterns)?),
            (Method::Poisson, false) => upper(poisson(patterns, self.prior)?),
            (Method::Poisson, true) => upper(poisson_pairwise(patterns, self.prior)?),
            (Method::PoissonCv, _) => upper(poisson_cv(patterns, self.prior)?),
            (Method::CvCorrelation, _) => upper(cv_correlation(patterns)?),
            (Method::Mahalanobis, false) => upper(mahalanobis(patterns, &*self.precision(patterns, noise)?)?),
            (Method::Mahalanobis, true) => {
                let whitened = self.precision(patterns, noise)?.whiten_with_gaps(patterns)?;
                upper(euclidean_pairwise(&whitened)?)
            }
            (Method::Crossnobis, _) => upper(self.crossnobis(patterns, noise, with_gaps)?),
            (Method::CrossRunEuclidean, _) => cross_run_euclidean(patterns)?.into(),
            (Method::CrossRunCorrelation, _) => cross_run_correlation(patterns)?.into(),
        })
    }

    fn crossnobis(
        &self,
        patterns: Patterns<'_>,
        noise: NoiseSource<'_>,
        with_gaps: bool,
    ) -> Result<Vec<f64>> {
        if let (NoiseSource::PerFold(residuals), false) = (noise, self.noise == NoiseModel::None) {
            if with_gaps {
                return Err(RsaError::NoGaps { method: "crossnobis with a noise covariance per fold" });
            }
            let covariance =
                |residuals: &ArrayView2<'_, f64>| noise::from_residuals(*residuals, None, self.noise);
            let covariances = residuals.iter().map(covariance).collect::<Result<Vec<NoiseCovariance>>>()?;
            return crossnobis_per_fold(patterns, &covariances);
        }
        let precision = self.precision(patterns, noise)?;
        if with_gaps {
            crossnobis_unbalanced(patterns, &precision, self.weighting)
        } else {
            crossnobis(patterns, &precision)
        }
    }

    fn precision<'a>(&self, patterns: Patterns<'_>, noise: NoiseSource<'a>) -> Result<Cow<'a, Precision>> {
        let covariance = match (self.noise, noise) {
            (_, NoiseSource::Precision(precision)) => return Ok(Cow::Borrowed(precision)),
            (NoiseModel::None, _) => return Ok(Cow::Owned(Precision::identity())),
            (model, NoiseSource::Repeats) => noise::from_repeats(patterns, model)?,
            (model, NoiseSource::Residuals(residuals, dof)) => noise::from_residuals(residuals, dof, model)?,
            (_, NoiseSource::PerFold(_)) => {
                return Err(RsaError::NoisePerFold { method: self.method.name() });
            }
        };
        Ok(Cow::Owned(covariance.precision()?))
    }

    /// The estimate without the channels that have a gap.
    fn on_whole_channels(&self, patterns: Patterns<'_>, noise: NoiseSource<'_>) -> Result<Dissimilarities> {
        let (n_folds, n_conditions, n_channels) = patterns.dim();
        let whole = |&channel: &usize| {
            let mut cells = (0..n_folds).flat_map(|fold| (0..n_conditions).map(move |i| (fold, i)));
            cells.all(|(fold, condition)| !patterns.get(fold, condition, channel).is_nan())
        };
        let kept: Vec<usize> = (0..n_channels).filter(whole).collect();
        let responses = patterns.select_channels(&kept);
        let strict = Self { nan: NanPolicy::Error, ..*self };
        let columns = |residuals: &ArrayView2<'_, f64>| residuals.select(ndarray::Axis(1), &kept);
        match noise {
            NoiseSource::Residuals(residuals, dof) => {
                let residuals = columns(&residuals);
                strict.estimate_whole((&responses).into(), NoiseSource::Residuals(residuals.view(), dof))
            }
            NoiseSource::PerFold(residuals) => {
                let residuals: Vec<_> = residuals.iter().map(columns).collect();
                let views: Vec<_> = residuals.iter().map(|residuals| residuals.view()).collect();
                strict.estimate_whole((&responses).into(), NoiseSource::PerFold(&views))
            }
            NoiseSource::Repeats | NoiseSource::Precision(_) => {
                strict.estimate_whole((&responses).into(), noise)
            }
        }
    }
}

impl From<CrossRun> for Dissimilarities {
    fn from(runs: CrossRun) -> Self {
        Self { upper: runs.upper, diagonal: Some(runs.diagonal) }
    }
}
