use ndarray::{Array1, Array2, ArrayView2, Axis};
use neuroloom_math::{SymmetricProduct, column_means, symmetric_eigen};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Precision, ledoit_wolf, schaefer_strimmer};
use crate::{Result, RsaError};

/// A model of the noise of the channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoiseModel {
    /// None: all neurons count alike, in the unit of their responses.
    #[default]
    None,
    /// Every neuron has a variance of its own; noise is not correlated.
    Diag,
    /// The sample covariance; needs more degrees of freedom than neurons.
    Full,
    /// The sample covariance shrunk to a multiple of the identity (Ledoit & Wolf 2004).
    ShrinkageEye,
    /// The sample covariance shrunk to its diagonal (Schaefer & Strimmer 2005).
    ShrinkageDiag,
}

/// A covariance of the noise of the channels, with its degrees of freedom.
#[derive(Clone, Debug, PartialEq)]
pub struct NoiseCovariance {
    form: Form,
    dof: usize,
    shrinkage: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Variances(Array1<f64>),
    Matrix(Array2<f64>),
}

/// Noise covariance from residuals `[n_observations, n_channels]` of a model of the responses; the mean of every
/// channel is taken away. `dof`, if it is not `n_observations - 1`, counts what the model used up. `NoiseModel::None`
/// gives unit variances.
///
/// # Errors
/// No channel, no degree of freedom, a residual that is not finite, a channel that never varies, and for
/// `NoiseModel::Full` fewer degrees of freedom than channels.
pub fn from_residuals(
    residuals: ArrayView2<'_, f64>,
    dof: Option<usize>,
    model: NoiseModel,
) -> Result<NoiseCovariance> {
    let n_observations = residuals.nrows();
    let dof = dof.unwrap_or(n_observations.saturating_sub(1));
    if dof == 0 || n_observations == 0 {
        return Err(RsaError::NoDegreesOfFreedom { n_observations, n_parameters: n_observations - dof });
    }
    let means = column_means(residuals);
    if means.iter().any(|mean| !mean.is_finite()) {
        let found = residuals.indexed_iter().find(|(_, value)| !value.is_finite());
        let ((observation, channel), &value) = found.unwrap_or(((0, 0), &f64::INFINITY));
        return Err(RsaError::NonFiniteResidual { observation, channel, value });
    }
    from_centred(&residuals - &means, dof, model)
}

/// The same from residuals whose channels have mean 0.
pub(super) fn from_centred(x: Array2<f64>, dof: usize, model: NoiseModel) -> Result<NoiseCovariance> {
    if x.ncols() == 0 {
        return Err(RsaError::NoChannels);
    }
    if model == NoiseModel::None {
        let form = Form::Variances(Array1::ones(x.ncols()));
        return Ok(NoiseCovariance { form, dof, shrinkage: None });
    }
    let variances = variances(&x, dof)?;
    let (form, shrinkage) = match model {
        NoiseModel::None | NoiseModel::Diag => (Form::Variances(variances), None),
        NoiseModel::Full => (Form::Matrix(sample_covariance(&x, dof)?), None),
        NoiseModel::ShrinkageEye => {
            let (matrix, shrinkage) = ledoit_wolf::shrunk(&x, dof);
            (Form::Matrix(matrix), Some(shrinkage))
        }
        NoiseModel::ShrinkageDiag => {
            let (matrix, shrinkage) = schaefer_strimmer::shrunk(&x, dof, &variances);
            (Form::Matrix(matrix), Some(shrinkage))
        }
    };
    Ok(NoiseCovariance { form, dof, shrinkage })
}

/// # Errors
/// A channel that never varies or overflows.
fn variances(x: &Array2<f64>, dof: usize) -> Result<Array1<f64>> {
    let mut variances = Array1::zeros(x.ncols());
    for row in x.outer_iter() {
        ndarray::azip!((sum in &mut variances, &x in row) *sum += x * x);
    }
    variances /= dof as f64;
    let bad = variances.indexed_iter().find(|(_, variance)| !(variance.is_finite() && **variance > 0.0));
    match bad {
        Some((channel, &value)) => Err(RsaError::NotPositive { channel, quantity: "variance", value }),
        None => Ok(variances),
    }
}

fn sample_covariance(x: &Array2<f64>, dof: usize) -> Result<Array2<f64>> {
    if dof < x.ncols() {
        return Err(RsaError::SingularCovariance { dof, n_channels: x.ncols() });
    }
    Ok(scatter(x).into_matrix(|_, _, sum| sum / dof as f64))
}

/// `X' X` of `x` `[n_observations, n_channels]`.
pub(super) fn scatter(x: &Array2<f64>) -> SymmetricProduct {
    let (n, p) = x.dim();
    let mut product = SymmetricProduct::new(p);
    for observations in SymmetricProduct::panels(n) {
        product.add_columns(observations.len(), 1.0, |observation, first, values| {
            let row = x.row(observations.start + observation);
            values.iter_mut().zip(row.iter().skip(first)).for_each(|(value, x)| *value = *x);
        });
    }
    product
}

/// Sum of the squares of all entries of `X X'`, which are those of `X' X`, by the smaller of the two.
pub(super) fn square_of_scatter(x: &Array2<f64>) -> f64 {
    let mut product = SymmetricProduct::new(x.nrows());
    for channels in SymmetricProduct::panels(x.ncols()) {
        product.add(channels.len(), 1.0, |row, values| {
            let row = x.row(row);
            let row = row.slice(ndarray::s![channels.clone()]);
            values.iter_mut().zip(row).for_each(|(value, x)| *value = *x);
        });
    }
    sum_of_square_entries(&product, x.nrows())
}

/// Sum of the squares of all entries, on both sides of the diagonal.
pub(super) fn sum_of_square_entries(product: &SymmetricProduct, n: usize) -> f64 {
    let row = |i: usize| {
        let row = product.upper_row(i);
        2.0 * neuroloom_math::sum_of_squares(row) - row.first().map_or(0.0, |own| own * own)
    };
    (0..n).map(row).sum()
}

impl NoiseCovariance {
    /// A covariance that is known, `[n_channels, n_channels]`, from so many degrees of freedom.
    ///
    /// # Errors
    /// When it is not square, finite, symmetric and positive definite; the last names its smallest eigenvalue.
    pub fn from_matrix(matrix: ArrayView2<'_, f64>, dof: usize) -> Result<Self> {
        Precision::from_covariance(matrix)?;
        Ok(Self { form: Form::Matrix(matrix.to_owned()), dof, shrinkage: None })
    }

    /// Degrees of freedom that it was estimated from.
    pub fn dof(&self) -> usize {
        self.dof
    }

    /// Weight of the target that it was shrunk to, from 0 to 1.
    pub fn shrinkage(&self) -> Option<f64> {
        self.shrinkage
    }

    /// The matrix `[n_channels, n_channels]`.
    pub fn to_matrix(&self) -> Array2<f64> {
        match &self.form {
            Form::Variances(variances) => Array2::from_diag(variances),
            Form::Matrix(matrix) => matrix.clone(),
        }
    }

    /// Its inverse.
    ///
    /// # Errors
    /// When it is not positive definite; the error names its smallest eigenvalue.
    pub fn precision(&self) -> Result<Precision> {
        match &self.form {
            Form::Variances(variances) => Precision::diagonal(variances.mapv(f64::recip)),
            Form::Matrix(matrix) => Precision::from_covariance(matrix.view()),
        }
    }

    /// The mean of two; their degrees of freedom add up.
    ///
    /// # Errors
    /// When they have different numbers of channels.
    pub fn mean_with(&self, other: &Self) -> Result<Self> {
        let size = |of: &Self| match &of.form {
            Form::Variances(variances) => variances.len(),
            Form::Matrix(matrix) => matrix.nrows(),
        };
        let (expected, found) = (size(self), size(other));
        if expected != found {
            return Err(RsaError::PrecisionSize { expected, found });
        }
        let form = match (&self.form, &other.form) {
            (Form::Variances(a), Form::Variances(b)) => Form::Variances((a + b) / 2.0),
            _ => Form::Matrix((self.to_matrix() + other.to_matrix()) / 2.0),
        };
        Ok(Self { form, dof: self.dof + other.dof, shrinkage: None })
    }

    /// The smallest eigenvalue, by which a covariance that is nearly singular can be told.
    ///
    /// # Errors
    /// When the eigenvalues do not converge.
    pub fn smallest_eigenvalue(&self) -> Result<f64> {
        Ok(match &self.form {
            Form::Variances(variances) => variances.iter().copied().fold(f64::INFINITY, f64::min),
            Form::Matrix(matrix) => {
                symmetric_eigen(matrix.view())?.values.first().copied().unwrap_or(f64::NAN)
            }
        })
    }
}

/// `Σ_t |x_t|⁴`
pub(super) fn sum_of_fourth_powers(x: &Array2<f64>) -> f64 {
    x.axis_iter(Axis(0)).map(|row| row.iter().map(|x| x * x).sum::<f64>().powi(2)).sum()
}
