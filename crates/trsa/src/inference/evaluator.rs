use ndarray::{Array2, ArrayView1, Axis, s};
use neuroloom_math::mean;
use rayon::prelude::*;

use super::gram::GramView;
use super::pairs::PairSample;
use super::rank_view::RankView;
use super::ranks::Order;
use super::view::View;
use super::whole::WholeView;
use super::{Multiplicities, Problem};
use crate::compare::Measure;
use crate::{Result, RsaError};

/// A problem prepared for one measure of similarity.
#[derive(Debug)]
pub struct Evaluator<'a> {
    problem: &'a Problem,
    measure: Measure,
    kernel: Kernel,
    /// The vectors, less their means where the measure or a fit asks for deviations.
    shifted: Array2<f64>,
    /// The same with a row per pair, and 1 behind the vectors: `[n_pairs, n_vectors + 1]`.
    by_pairs: Array2<f64>,
    /// The square of the largest entry of every shifted vector.
    largest_squares: Vec<f64>,
    /// Pairs by ascending dissimilarity, of every vector; for rank measures.
    orders: Vec<Order>,
    /// The evaluation of the data themselves.
    whole: View,
}

/// The arithmetic behind a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kernel {
    /// Inner products of the dissimilarities.
    Gram(Form),
    /// Ranks of the dissimilarities.
    Ranks(RankMeasure),
    /// A function of whole RDMs.
    Whole,
}

/// A bilinear form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Whether means are removed.
    pub centred: bool,
    /// Whether the covariance of dissimilarities that share a condition is divided out.
    pub whitened: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RankMeasure {
    Spearman,
    RhoA,
    TauA,
    TauB,
}

impl Kernel {
    fn of(measure: Measure) -> Self {
        let gram = |centred, whitened| Self::Gram(Form { centred, whitened });
        match measure {
            Measure::Cosine => gram(false, false),
            Measure::Corr => gram(true, false),
            Measure::CosineCov => gram(false, true),
            Measure::CorrCov => gram(true, true),
            Measure::Spearman => Self::Ranks(RankMeasure::Spearman),
            Measure::RhoA => Self::Ranks(RankMeasure::RhoA),
            Measure::TauA => Self::Ranks(RankMeasure::TauA),
            Measure::TauB => Self::Ranks(RankMeasure::TauB),
            Measure::Bures | Measure::BuresMetric | Measure::NegRiemDist => Self::Whole,
        }
    }

    /// The form in which weights of components are fitted: that of the measure, else that of the correlation.
    fn fitting_form(self) -> Form {
        match self {
            Self::Gram(form) => form,
            Self::Ranks(_) | Self::Whole => Form { centred: true, whitened: false },
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Prepares `problem` for `measure`.
    ///
    /// # Errors
    /// An RDM for which the measure is not defined: constant, for cosines all 0; a measure of which small values are good.
    pub fn new(problem: &'a Problem, measure: Measure) -> Result<Self> {
        if measure.is_distance() {
            return Err(RsaError::NotASimilarity { measure: measure.name() });
        }
        let kernel = Kernel::of(measure);
        let (centred, ranked) = (kernel.fitting_form().centred, matches!(kernel, Kernel::Ranks(_)));
        check(problem, kernel)?;
        let mut shifted = problem.vectors().clone();
        if centred {
            shifted.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
                let shift = row.as_slice().map_or(0.0, mean);
                row -= shift;
            });
        }
        let rows: Vec<&[f64]> = problem.vectors().outer_iter().filter_map(|row| row.to_slice()).collect();
        let orders = if ranked { rows.par_iter().map(|row| Order::of(row)).collect() } else { Vec::new() };
        let largest = |row: ArrayView1<'_, f64>| row.iter().fold(0.0, |most: f64, x| most.max(x * x));
        let largest_squares = shifted.outer_iter().map(largest).collect();
        let (n, n_pairs) = shifted.dim();
        let mut by_pairs = Array2::ones((n_pairs, n + 1));
        by_pairs.slice_mut(s![.., ..n]).assign(&shifted.t());
        let whole = View::Empty;
        let mut evaluator =
            Self { problem, measure, kernel, shifted, by_pairs, largest_squares, orders, whole };
        evaluator.whole = evaluator.compute(PairSample::new(Multiplicities::once(problem.n_conditions())))?;
        Ok(evaluator)
    }

    /// The problem.
    pub fn problem(&self) -> &Problem {
        self.problem
    }

    /// The measure.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// Whether conditions can be drawn with repeats and left out. Not for measures of whole RDMs, which copies of a
    /// condition would make singular.
    pub fn can_resample_conditions(&self) -> bool {
        self.kernel != Kernel::Whole
    }

    /// All similarities of the data themselves.
    pub(super) fn whole(&self) -> &View {
        &self.whole
    }

    /// All similarities under the multiplicities of a sample of conditions.
    pub(super) fn view(&self, conditions: &Multiplicities) -> Result<View> {
        let sample = PairSample::new(conditions.clone());
        if sample.is_too_small() { Ok(View::Empty) } else { self.compute(sample) }
    }

    /// What a fit of weights needs, for the multiplicities of a sample of conditions.
    pub(super) fn fitting_view(&self, conditions: &Multiplicities) -> GramView {
        GramView::new(self, &PairSample::new(conditions.clone()), self.kernel.fitting_form())
    }

    pub(super) fn shifted(&self) -> &Array2<f64> {
        &self.shifted
    }

    pub(super) fn by_pairs(&self) -> &Array2<f64> {
        &self.by_pairs
    }

    pub(super) fn largest_squares(&self) -> &[f64] {
        &self.largest_squares
    }

    pub(super) fn orders(&self) -> &[Order] {
        &self.orders
    }

    fn compute(&self, sample: PairSample) -> Result<View> {
        Ok(match self.kernel {
            Kernel::Gram(form) => View::Gram(GramView::new(self, &sample, form)),
            Kernel::Ranks(measure) => View::Ranks(RankView::new(self, sample, measure)),
            Kernel::Whole => View::Whole(WholeView::new(self)?),
        })
    }
}

fn check(problem: &Problem, kernel: Kernel) -> Result<()> {
    for (place, row) in problem.vectors().outer_iter().enumerate() {
        let constant = row.iter().zip(row.iter().skip(1)).all(|(a, b)| a == b);
        let error = match kernel {
            Kernel::Gram(Form { centred: false, .. }) if row.iter().all(|value| *value == 0.0) => {
                RsaError::ZeroRdm
            }
            Kernel::Gram(Form { centred: true, .. }) if constant => {
                RsaError::ConstantRdm { needed: "their correlation" }
            }
            Kernel::Ranks(_) if constant => RsaError::ConstantRdm { needed: "their rank correlation" },
            _ => continue,
        };
        return Err(error.in_rdm(problem.name(place)));
    }
    Ok(())
}
