//! The covariance of dissimilarities, taken out of a comparison.
//!
//! Estimated dissimilarities that share a condition err together. With contrasts C (a row per pair of conditions, +1 and
//! -1) and the covariance S of the pattern estimates, their covariance is `V = (C S C') ∘ (C S C')` where there is no
//! signal. Instead of solving with V, whose side is the number of pairs, second moments are whitened: with any basis Q of
//! the contrasts (`Q'1 = 0`), `Q'SQ = L L'`, `T = L⁻¹ Q'` and `W = -½ T D T'`, `a' V⁻¹ b` is proportional to the inner
//! product of the matrices W of a and b. O(n³) instead of O(n⁶).

use ndarray::{Array1, Array2, ArrayView2};
use neuroloom_math::{SymmetricEigen, cholesky, mean, symmetric_eigen};

use super::features::{Centre, Feature, Scale, inner_product};
use crate::{Rdm, Result, RsaError, pairs};

/// How the covariance of the dissimilarities is taken out.
#[derive(Clone, Debug)]
pub struct Whitening {
    n_conditions: usize,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    /// Independent patterns of equal variance: W is the double-centred matrix (linear CKA).
    Centring,
    /// `T`, `[n_conditions - 1, n_conditions]`.
    Transform(Array2<f64>),
    /// `U'T`, and what every entry of W is multiplied by.
    Weighted(Array2<f64>, Array2<f64>),
}

impl Whitening {
    /// Pattern estimates that are independent and equally variable, S = I.
    pub fn identity(n_conditions: usize) -> Self {
        Self { n_conditions, form: Form::Centring }
    }

    /// Independent pattern estimates with these variances, one per condition: S is diagonal.
    ///
    /// # Errors
    /// When one is not a finite number above 0.
    pub fn diagonal(variances: &[f64]) -> Result<Self> {
        Self::full(Array2::from_diag(&Array1::from(variances.to_vec())).view())
    }

    /// Pattern estimates with the covariance `sigma` = S, `[n_conditions, n_conditions]`.
    ///
    /// # Errors
    /// When it is not square, finite, symmetric and positive definite.
    pub fn full(sigma: ArrayView2<'_, f64>) -> Result<Self> {
        cholesky(sigma).map_err(|source| RsaError::Sigma { source })?;
        Self::of_moment(sigma)
    }

    /// Pattern estimates of which the variance of every difference is known: `s_ii + s_jj - 2 s_ij`. V depends on S through
    /// these alone.
    ///
    /// # Errors
    /// When a value is missing, or no covariance has these differences.
    pub fn of_differences(variances: &Rdm) -> Result<Self> {
        variances.require(2)?;
        Self::of_moment((-0.5 * variances.to_square()).view())
    }

    /// S up to what contrasts do not see.
    fn of_moment(moment: ArrayView2<'_, f64>) -> Result<Self> {
        let n_conditions = moment.nrows();
        let contrasts = contrasts(n_conditions);
        let of_contrasts = contrasts.dot(&moment).dot(&contrasts.t());
        let symmetric = 0.5 * (&of_contrasts + &of_contrasts.t());
        let factor = cholesky(symmetric.view()).map_err(|source| RsaError::Sigma { source })?;
        Ok(Self { n_conditions, form: Form::Transform(solve_lower(&factor.lower, contrasts)) })
    }

    /// The same with the covariance that crossnobis distances from `n_folds` folds (M) have where there is signal:
    /// `V = 4/M (C G C') ∘ (C S C') + 2/(M (M - 1)) (C S C') ∘ (C S C')` (Diedrichsen, Provost & Zareamoghaddam 2016,
    /// arXiv 1607.01371), up to a factor, with the second moments G of the patterns behind the dissimilarities `signal` and the covariance S
    /// of the patterns of one fold, both in the unit of the dissimilarities.
    ///
    /// With eigenvectors U and eigenvalues μ (negative ones are noise and become 0) of the signal's W,
    /// `λ = 4/M μ + 2/(M (M - 1))` and `W_ij sqrt(2 / (λ_i + λ_j))` in that basis whiten exactly.
    ///
    /// # Errors
    /// Fewer than two folds, a signal of another number of conditions.
    pub fn with_signal(&self, signal: &[f64], n_folds: usize) -> Result<Self> {
        if n_folds < 2 {
            return Err(RsaError::TooFewFolds { found: n_folds });
        }
        let transform = match &self.form {
            Form::Centring => contrasts(self.n_conditions),
            Form::Transform(transform) | Form::Weighted(transform, _) => transform.clone(),
        };
        let whitened = moment(&transform, self.n_conditions, signal)?;
        let SymmetricEigen { values, vectors } = symmetric_eigen(whitened.view())?;
        let folds = n_folds as f64;
        let spread = values.mapv(|value| 4.0 / folds * value.max(0.0) + 2.0 / (folds * (folds - 1.0)));
        let m = spread.len();
        let weights = Array2::from_shape_fn((m, m), |(i, j)| (2.0 / (spread[i] + spread[j])).sqrt());
        let form = Form::Weighted(vectors.t().dot(&transform), weights);
        Ok(Self { n_conditions: self.n_conditions, form })
    }

    /// Conditions.
    pub fn n_conditions(&self) -> usize {
        self.n_conditions
    }

    /// W, `[n_conditions - 1, n_conditions - 1]`, without the weights of a signal.
    pub(super) fn second_moment(&self, dissimilarities: &[f64]) -> Result<Array2<f64>> {
        match &self.form {
            Form::Centring => moment(&contrasts(self.n_conditions), self.n_conditions, dissimilarities),
            Form::Transform(transform) | Form::Weighted(transform, _) => {
                moment(transform, self.n_conditions, dissimilarities)
            }
        }
    }

    /// The independent entries of W: inner products of two are those of the matrices.
    fn entries(&self, dissimilarities: &[f64]) -> Result<Vec<f64>> {
        match &self.form {
            Form::Centring => Ok(centred(dissimilarities, self.n_conditions)),
            Form::Transform(_) => Ok(triangle(&self.second_moment(dissimilarities)?)),
            Form::Weighted(_, weights) => Ok(triangle(&(self.second_moment(dissimilarities)? * weights))),
        }
    }

    pub(super) fn cosine_feature(&self, dissimilarities: &[f64]) -> Result<Feature<'static>> {
        if dissimilarities.iter().all(|d| *d == 0.0) {
            return Err(RsaError::ZeroRdm);
        }
        Ok(Feature::new(self.entries(dissimilarities)?, Centre::At(0.0), Scale::ToLengthOne))
    }

    pub(super) fn corr_feature(&self, dissimilarities: &[f64]) -> Result<Feature<'static>> {
        if crate::is_constant(dissimilarities) {
            return Err(RsaError::ConstantRdm { needed: "their correlation" });
        }
        let mean = mean(dissimilarities);
        let centred: Vec<f64> = dissimilarities.iter().map(|d| d - mean).collect();
        self.cosine_feature(&centred)
    }
}

/// Whitened cosine, `a'V⁻¹b / sqrt(a'V⁻¹a · b'V⁻¹b)` (Diedrichsen et al. 2021, arXiv 2007.02789): the whitened unbiased
/// distance similarity where the distances are crossnobis. Without noise covariance it is the linear CKA.
///
/// # Errors
/// When all entries of one are 0.
pub fn cosine_cov(a: &[f64], b: &[f64], whitening: &Whitening) -> Result<f64> {
    Ok(inner_product(whitening.cosine_feature(a)?, whitening.cosine_feature(b)?))
}

/// Whitened correlation: [`cosine_cov`] after the plain mean of each vector was subtracted.
///
/// # Errors
/// When all entries of one are the same.
pub fn corr_cov(a: &[f64], b: &[f64], whitening: &Whitening) -> Result<f64> {
    Ok(inner_product(whitening.corr_feature(a)?, whitening.corr_feature(b)?))
}

/// Helmert's contrasts `Q'`, `[n - 1, n]`: rows of length 1, orthogonal to one another and to the vector of ones.
fn contrasts(n_conditions: usize) -> Array2<f64> {
    let entry = |(row, column): (usize, usize)| {
        let k = (row + 1) as f64;
        let length = (k * (k + 1.0)).sqrt();
        match column {
            c if c <= row => 1.0 / length,
            c if c == row + 1 => -k / length,
            _ => 0.0,
        }
    };
    Array2::from_shape_fn((n_conditions.saturating_sub(1), n_conditions), entry)
}

/// `L⁻¹ X` for a lower triangle L.
pub(super) fn solve_lower(lower: &Array2<f64>, mut x: Array2<f64>) -> Array2<f64> {
    for i in 0..lower.nrows() {
        for k in 0..i {
            let (solved, mut row) = x.multi_slice_mut((ndarray::s![k, ..], ndarray::s![i, ..]));
            row.scaled_add(-lower[[i, k]], &solved);
        }
        x.row_mut(i).mapv_inplace(|value| value / lower[[i, i]]);
    }
    x
}

/// `-½ T D T'`
fn moment(transform: &Array2<f64>, n_conditions: usize, dissimilarities: &[f64]) -> Result<Array2<f64>> {
    let found = dissimilarities.len();
    let expected = crate::n_pairs(n_conditions);
    if found != expected {
        return Err(RsaError::WrongLength { n_conditions, expected, found });
    }
    let mut square = Array2::zeros((n_conditions, n_conditions));
    for ((i, j), &d) in pairs(n_conditions).zip(dissimilarities) {
        square[[i, j]] = -0.5 * d;
        square[[j, i]] = -0.5 * d;
    }
    let mut moment = transform.dot(&square).dot(&transform.t());
    for i in 0..moment.nrows() {
        for j in 0..i {
            moment[[i, j]] = moment[[j, i]];
        }
    }
    Ok(moment)
}

/// The upper triangle with its diagonal; entries that stand twice in the matrix are times √2.
fn triangle(matrix: &Array2<f64>) -> Vec<f64> {
    let n = matrix.nrows();
    let row = |i: usize| {
        let twice = (i + 1..n).map(move |j| std::f64::consts::SQRT_2 * matrix[[i, j]]);
        std::iter::once(matrix[[i, i]]).chain(twice)
    };
    (0..n).flat_map(row).collect()
}

/// [`triangle`] of `-½ H D H` with the centring H, without the matrix: off-diagonal entries, then the diagonal.
pub(crate) fn centred(dissimilarities: &[f64], n_conditions: usize) -> Vec<f64> {
    let n = n_conditions as f64;
    let mut means = vec![0.0; n_conditions];
    let mut rest = dissimilarities;
    for i in 0..n_conditions {
        let (row, others) = rest.split_at(n_conditions - i - 1);
        means[i + 1..].iter_mut().zip(row).for_each(|(mean, d)| *mean += d);
        means[i] += neuroloom_math::sum(row);
        rest = others;
    }
    means.iter_mut().for_each(|mean| *mean *= 0.5 / n);
    let grand = means.iter().sum::<f64>() / n;
    let mut entries = Vec::with_capacity(dissimilarities.len() + n_conditions);
    let mut rest = dissimilarities;
    for i in 0..n_conditions {
        let (row, others) = rest.split_at(n_conditions - i - 1);
        let of_row = means[i] - grand;
        let centred = row.iter().zip(&means[i + 1..]);
        entries.extend(centred.map(|(d, mean)| std::f64::consts::SQRT_2 * (of_row + mean - 0.5 * d)));
        rest = others;
    }
    entries.extend(means.iter().map(|mean| 2.0 * mean - grand));
    entries
}
