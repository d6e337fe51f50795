use ndarray::{Array2, Axis};
use neuroloom_math::SymmetricProduct;

use crate::estimators::{Estimator, Method, NanPolicy, NoiseSource, Patterns};
use crate::noise::{self, NoiseModel};
use crate::{Result, RsaError, n_pairs};

/// Dissimilarities from any choice of channels, made quickly for many choices.
///
/// What can be done once per channel is done once for all searchlights: means over folds, contrasts between them,
/// division by the noise. Channels lie one after the other, so that a searchlight is gathered in whole rows. Estimators
/// that mix channels see the responses of each choice anew.
pub struct Searchlight<'a> {
    form: Form,
    estimator: Estimator,
    patterns: Patterns<'a>,
}

enum Form {
    /// Distances of the kernel `Σ_k weight_k X_k X_k'` over the channels, divided by their number.
    Kernel { terms: Vec<Term>, never_negative: bool },
    /// 1 - Pearson's r over channels of patterns `[n_channels, n_conditions]`.
    Correlation(Array2<f64>),
    /// Anything else.
    General,
}

/// Patterns `[n_channels, n_conditions]` and the weight of their inner products.
struct Term {
    patterns: Array2<f64>,
    weight: f64,
}

/// Room for one searchlight at a time.
#[derive(Clone, Debug, Default)]
pub struct Window {
    product: Option<SymmetricProduct>,
}

impl<'a> Searchlight<'a> {
    /// Searchlights in `patterns` `[n_folds, n_conditions, n_channels]` for an `estimator`. The noise of independent
    /// channels is estimated once, full covariances in every searchlight from the repeats of its channels.
    ///
    /// # Errors
    /// Too few conditions or folds; a response that is NaN or infinite, unless gaps are allowed; a channel whose
    /// repeats never differ, where noise is divided out.
    pub fn new(estimator: Estimator, patterns: impl Into<Patterns<'a>>) -> Result<Self> {
        let patterns = patterns.into();
        patterns.check_shape()?;
        if estimator.method.compares_folds() {
            patterns.check_folds()?;
        }
        let is_whole = patterns.all_finite();
        if !is_whole && estimator.nan == NanPolicy::Error {
            return Err(patterns.first_non_finite(f64::NAN));
        }
        let form = if is_whole { Form::of(estimator, patterns)? } else { Form::General };
        Ok(Self { form, estimator, patterns })
    }

    /// Number of conditions.
    pub fn n_conditions(&self) -> usize {
        self.patterns.dim().1
    }

    /// Dissimilarities `[n_pairs]` of the `members`, in the order of an [`Rdm`](crate::Rdm)'s entries.
    ///
    /// # Errors
    /// No members; for correlation a pattern that is constant over them; what the estimator refuses.
    pub fn dissimilarities(&self, members: &[usize], window: &mut Window) -> Result<Vec<f64>> {
        let (_, n_conditions, n_channels) = self.patterns.dim();
        if members.is_empty() || members.iter().any(|&channel| channel >= n_channels) {
            return Err(RsaError::NoChannels);
        }
        match &self.form {
            Form::Kernel { terms, never_negative } => {
                let product = window.cleared(n_conditions);
                for term in terms {
                    add(product, &term.patterns, members, None, term.weight);
                }
                let floor = if *never_negative { 0.0 } else { f64::NEG_INFINITY };
                Ok(distances(product, members.len(), floor))
            }
            Form::Correlation(patterns) => {
                let (product, sums) = (window.cleared(n_conditions), Sums::of(patterns, members));
                add(product, patterns, members, Some(&sums.means(members.len())), 1.0);
                correlation_distances(product, &sums.squares)
            }
            Form::General => {
                let part = self.patterns.select_channels(members);
                self.estimator.estimate((&part).into(), NoiseSource::Repeats)
            }
        }
    }
}

impl Form {
    fn of(estimator: Estimator, patterns: Patterns<'_>) -> Result<Self> {
        let n_folds = patterns.dim().0;
        let mean = vec![1.0 / n_folds as f64; n_folds];
        let kernel = |terms, never_negative| Ok(Self::Kernel { terms, never_negative });
        match (estimator.method, estimator.noise) {
            (Method::Euclidean, _) => kernel(vec![Term::of(patterns, &mean, None, 1.0)], true),
            (Method::Correlation, _) => Ok(Self::Correlation(combination(patterns, &mean))),
            (Method::Crossnobis, NoiseModel::None) => kernel(between_folds(patterns, None), false),
            (Method::Crossnobis, NoiseModel::Diag) => {
                let precision = noise::diagonal(patterns)?;
                let roots = precision.roots(0..patterns.dim().2);
                kernel(between_folds(patterns, roots), false)
            }
            _ => Ok(Self::General),
        }
    }
}

/// The products between folds without those within: the mean of the folds, less their Helmert contrasts
/// `(Σ_{f < k} A_f - k A_k) / sqrt(k (k + 1))`.
fn between_folds(patterns: Patterns<'_>, roots: Option<&[f64]>) -> Vec<Term> {
    let n_folds = patterns.dim().0;
    let n = n_folds as f64;
    let contrast = |k: usize| {
        let scale = ((k * (k + 1)) as f64).sqrt().recip();
        let weight = |fold: usize| match fold {
            fold if fold < k => scale,
            fold if fold == k => -(k as f64) * scale,
            _ => 0.0,
        };
        (0..n_folds).map(weight).collect::<Vec<f64>>()
    };
    let mean = Term::of(patterns, &vec![1.0 / n; n_folds], roots, 1.0);
    let contrasts = (1..n_folds).map(|k| Term::of(patterns, &contrast(k), roots, -1.0 / (n * (n - 1.0))));
    std::iter::once(mean).chain(contrasts).collect()
}

impl Term {
    /// A weighted sum of the folds without the mean over the conditions in every channel: distances do not change, but
    /// their Gram form no longer cancels. `roots` multiply the channels.
    fn of(patterns: Patterns<'_>, fold_weights: &[f64], roots: Option<&[f64]>, weight: f64) -> Self {
        let mut sum = combination(patterns, fold_weights);
        for (channel, mut row) in sum.outer_iter_mut().enumerate() {
            let mean = row.sum() / row.len() as f64;
            let root = roots.map_or(1.0, |roots| roots[channel]);
            row.mapv_inplace(|value| (value - mean) * root);
        }
        Self { patterns: sum, weight }
    }
}

/// A weighted sum of the folds, `[n_channels, n_conditions]`.
fn combination(patterns: Patterns<'_>, fold_weights: &[f64]) -> Array2<f64> {
    let (_, n_conditions, n_channels) = patterns.dim();
    let mut sum = Array2::zeros((n_channels, n_conditions));
    let mut row = vec![0.0; n_channels];
    for (condition, mut column) in sum.axis_iter_mut(Axis(1)).enumerate() {
        row.fill(0.0);
        for (fold, &weight) in fold_weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
            patterns.add_row(fold, condition, 0..n_channels, weight, &mut row);
        }
        column.iter_mut().zip(&row).for_each(|(entry, value)| *entry = *value);
    }
    sum
}

fn rows_of(patterns: &Array2<f64>) -> &[f64] {
    patterns.as_slice().unwrap_or_default()
}

/// Sums of every pattern over some channels, and of its squares.
struct Sums {
    values: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn of(patterns: &Array2<f64>, members: &[usize]) -> Self {
        let n = patterns.ncols();
        let (mut values, mut squares) = (vec![0.0; n], vec![0.0; n]);
        for &channel in members {
            let row = &rows_of(patterns)[channel * n..(channel + 1) * n];
            for ((sum, square), value) in values.iter_mut().zip(&mut squares).zip(row) {
                *sum += value;
                *square += value * value;
            }
        }
        Self { values, squares }
    }

    fn means(&self, n_members: usize) -> Vec<f64> {
        self.values.iter().map(|sum| sum / n_members as f64).collect()
    }
}

impl Window {
    /// Zeros for `n_conditions`.
    fn cleared(&mut self, n_conditions: usize) -> &mut SymmetricProduct {
        let product = self.product.get_or_insert_with(|| SymmetricProduct::new(n_conditions));
        if product.diagonal().len() == n_conditions {
            product.clear();
        } else {
            *product = SymmetricProduct::new(n_conditions);
        }
        product
    }
}

/// Adds the products of the members' rows of `patterns` `[n_channels, n_conditions]`, each less `shift`.
fn add(
    product: &mut SymmetricProduct,
    patterns: &Array2<f64>,
    members: &[usize],
    shift: Option<&[f64]>,
    weight: f64,
) {
    let (rows, n) = (rows_of(patterns), patterns.ncols());
    for panel in SymmetricProduct::panels(members.len()) {
        let members = &members[panel];
        product.add_columns(members.len(), weight, |member, first, values| {
            let row = &rows[members[member] * n + first..][..values.len()];
            match shift.map(|shift| &shift[first..first + values.len()]) {
                None => values.copy_from_slice(row),
                Some(shift) => {
                    let entries = values.iter_mut().zip(row).zip(shift);
                    entries.for_each(|((value, entry), shift)| *value = entry - shift);
                }
            }
        });
    }
}

/// `(k_ii + k_jj - 2 k_ij) / p`, at least `floor`.
fn distances(product: &SymmetricProduct, n_members: usize, floor: f64) -> Vec<f64> {
    let scale = (n_members as f64).recip();
    let norms: Vec<f64> = product.diagonal().map(|norm| norm * scale).collect();
    upper(product, &norms, |a, b, product| (a + b - 2.0 * scale * product).max(floor))
}

/// `1 - k_ij / sqrt(k_ii k_jj)`. `squares` are the sums of squares of the patterns before they were centred: where
/// rounding alone is left of them, a pattern is constant.
fn correlation_distances(product: &SymmetricProduct, squares: &[f64]) -> Result<Vec<f64>> {
    let mut lengths: Vec<f64> = product.diagonal().map(f64::sqrt).collect();
    let rounding = |square: f64| 2.0 * f64::EPSILON * square.sqrt();
    let constant = lengths.iter().zip(squares).position(|(&length, &square)| length <= rounding(square));
    if let Some(condition) = constant {
        return Err(RsaError::ConstantPattern { condition });
    }
    lengths.iter_mut().for_each(|length| *length = length.recip());
    Ok(upper(product, &lengths, |a, b, product| 1.0 - (product * (a * b)).clamp(-1.0, 1.0)))
}

/// `entry(a_i, a_j, k_ij)` for all pairs `i < j`, row-major.
fn upper(product: &SymmetricProduct, a: &[f64], entry: impl Fn(f64, f64, f64) -> f64) -> Vec<f64> {
    let mut triangle = Vec::with_capacity(n_pairs(a.len()));
    for (i, &a_i) in a.iter().enumerate() {
        let others = a[i + 1..].iter().zip(&product.upper_row(i)[1..]);
        triangle.extend(others.map(|(&a_j, &k_ij)| entry(a_i, a_j, k_ij)));
    }
    triangle
}
