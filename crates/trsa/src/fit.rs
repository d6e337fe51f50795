//! Models of RDMs, and how those with parameters are fitted to training data.
//!
//! A [`Model`] predicts an RDM from one or more component RDMs: a fixed one, the best of a set, a weighted sum of a
//! set, or a mixture of two neighbours of an ordered set. Parameters are fitted from inner products of the training
//! pairs alone ([`Training`]), so a fit inside a bootstrap costs no pass over the dissimilarities.

mod interpolate;
mod nnls;
mod ridge;
mod training;

use ndarray::Array2;

use crate::{Rdm, Result, RsaError, n_pairs};

pub use interpolate::interpolate;
pub use nnls::nnls;
pub use ridge::ridge;
pub use training::Training;

/// What a model predicts: one RDM, or one of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    name: String,
    kind: ModelKind,
    components: Vec<Rdm>,
}

/// How the components of a model become a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ModelKind {
    /// The only component. No parameters.
    Fixed,
    /// The component that is most similar to the training data.
    Select,
    /// A weighted sum of the components.
    Weighted {
        /// Whether weights below 0 are forbidden.
        non_negative: bool,
        /// Added to the diagonal of the normal equations, at least 0.
        ridge: f64,
    },
    /// A mixture `w a + (1 - w) b`, `0 <= w <= 1`, of two neighbours in the order of the components.
    Interpolate,
}

impl Model {
    /// A model that predicts `rdm`, under its name.
    pub fn fixed(rdm: Rdm) -> Self {
        Self { name: rdm.name().to_owned(), kind: ModelKind::Fixed, components: vec![rdm] }
    }

    /// A model of `components`.
    ///
    /// # Errors
    /// Too few components for the kind (interpolation: 2; a fixed model: exactly 1), more weights than pairs of
    /// conditions, a ridge that is not a finite number of at least 0.
    pub fn new(name: impl Into<String>, kind: ModelKind, components: Vec<Rdm>) -> Result<Self> {
        let model = Self { name: name.into(), kind, components };
        model.check().map_err(|error| error.in_model(&model.name))?;
        Ok(model)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its kind.
    pub fn kind(&self) -> ModelKind {
        self.kind
    }

    /// Its components, in order.
    pub fn components(&self) -> &[Rdm] {
        &self.components
    }

    fn check(&self) -> Result<()> {
        let found = self.components.len();
        let (least, most) = match self.kind {
            ModelKind::Fixed => (1, 1),
            ModelKind::Select => (1, usize::MAX),
            ModelKind::Interpolate => (2, usize::MAX),
            ModelKind::Weighted { ridge, .. } => {
                if !(ridge.is_finite() && ridge >= 0.0) {
                    return Err(RsaError::BadRidge { ridge });
                }
                (1, self.components.first().map_or(0, |rdm| n_pairs(rdm.n_conditions())))
            }
        };
        match found {
            n if n < least => Err(RsaError::TooFewComponents { least, found }),
            n if n > most => Err(RsaError::TooManyParameters { pairs: most, found }),
            _ => Ok(()),
        }
    }
}

impl ModelKind {
    /// `fixed`, `select`, `weighted`, `interpolate`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Select => "select",
            Self::Weighted { .. } => "weighted",
            Self::Interpolate => "interpolate",
        }
    }

    /// Whether it has parameters.
    pub fn is_flexible(self) -> bool {
        self != Self::Fixed
    }

    /// The weights of the components that suit the training data best.
    ///
    /// - select: 1 for the component with the highest mean similarity with the training RDMs (the first of equals);
    /// - weighted: least squares, `argmin |y - X'w|² + ridge |w|²` for the pooled training RDM y, scaled to length 1;
    ///   for the cosine X and y are the dissimilarities, for the correlation their deviations from the mean, for the
    ///   whitened measures both are whitened;
    /// - interpolate: the maximum of the mean similarity over all segments, in closed form.
    ///
    /// # Errors
    /// When the normal equations of a ridge fit are singular.
    pub fn fit(self, training: &Training) -> Result<Vec<f64>> {
        match self {
            Self::Fixed => Ok(vec![1.0]),
            Self::Select => Ok(select(training)),
            Self::Interpolate => Ok(interpolate(&training.products, &training.mean_products)),
            Self::Weighted { non_negative, ridge: penalty } => {
                let mut normal: Array2<f64> = training.products.clone();
                normal.diag_mut().mapv_inplace(|entry| entry + penalty);
                let weights = match non_negative {
                    true => nnls(&normal, &training.pooled_products),
                    false => ridge(&normal, &training.pooled_products)?,
                };
                Ok(of_length_one(weights))
            }
        }
    }
}

/// 1 for the component of the highest mean similarity.
fn select(training: &Training) -> Vec<f64> {
    let mut weights = vec![0.0; training.similarities.len()];
    let best =
        training.similarities.iter().enumerate().fold(None, |best: Option<(usize, f64)>, next| match best {
            Some((_, similarity)) if *next.1 > similarity => Some((next.0, *next.1)),
            None if next.1.is_finite() => Some((next.0, *next.1)),
            kept => kept,
        });
    if let Some(weight) = weights.get_mut(best.map_or(0, |(place, _)| place)) {
        *weight = 1.0;
    }
    weights
}

/// The similarity does not depend on the length; a fixed one makes fits comparable.
fn of_length_one(mut weights: Vec<f64>) -> Vec<f64> {
    let length = weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
    if length > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= length);
    }
    weights
}
