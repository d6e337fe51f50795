use super::ceiling::Ceiling;
use super::gram::GramView;
use super::rank_view::RankView;
use super::whole::WholeView;
use super::{Evaluator, Multiplicities};
use crate::Result;

/// All similarities in a sample of conditions.
#[derive(Debug)]
pub(super) enum View {
    /// Too few conditions: nothing is defined.
    Empty,
    Gram(GramView),
    Ranks(RankView),
    Whole(WholeView),
}

/// The subjects of a test set and of the training sets that ceilings are made of.
pub(super) struct Split<'a> {
    /// Those that models are tested on.
    pub test: &'a Multiplicities,
    /// Those that the lower end is pooled from.
    pub train: &'a Multiplicities,
    /// Those that the upper end is pooled from.
    pub all: &'a Multiplicities,
}

impl View {
    /// Similarity of a component with every RDM; NaN where it is not defined.
    pub(super) fn component(&self, component: usize, n_rdms: usize) -> Vec<f64> {
        let table = match self {
            Self::Empty => return vec![f64::NAN; n_rdms],
            Self::Gram(view) => &view.similarities,
            Self::Ranks(view) => &view.similarities,
            Self::Whole(view) => &view.similarities,
        };
        table.row(component).to_vec()
    }

    /// Similarity of a weighted sum of components with every RDM; 0 for a sum of nothing, which predicts nothing.
    pub(super) fn mixture(
        &self,
        evaluator: &Evaluator<'_>,
        components: std::ops::Range<usize>,
        weights: &[f64],
    ) -> Result<Vec<f64>> {
        let n_rdms = evaluator.problem().n_rdms();
        if weights.iter().all(|weight| *weight == 0.0) {
            return Ok(vec![0.0; n_rdms]);
        }
        if let Some(one) = only_one(weights) {
            return Ok(self.component(components.start + one, n_rdms));
        }
        match self {
            Self::Empty => Ok(vec![f64::NAN; n_rdms]),
            Self::Gram(view) => Ok(view.mixture(components, weights)),
            Self::Ranks(view) => Ok(view.mixture(&evaluator.problem().prediction(components, weights))),
            Self::Whole(view) => view.mixture(evaluator, components, weights),
        }
    }

    /// The noise ceiling over the groups of a sample of subjects.
    pub(super) fn ceiling(&self, evaluator: &Evaluator<'_>, subjects: &Multiplicities) -> Result<Ceiling> {
        Ok(Ceiling::mean(&self.ceilings(evaluator, subjects)?))
    }

    /// The same for every group that is present.
    pub(super) fn ceilings(
        &self,
        evaluator: &Evaluator<'_>,
        subjects: &Multiplicities,
    ) -> Result<Vec<Ceiling>> {
        match self {
            Self::Empty => Ok(vec![Ceiling::UNDEFINED]),
            Self::Gram(view) => Ok(view.ceilings(evaluator.problem().groups(), subjects)),
            Self::Ranks(view) => Ok(view.ceilings(evaluator.problem().groups(), subjects)),
            Self::Whole(view) => view.ceilings(evaluator, subjects),
        }
    }

    /// The noise ceiling of a test set: `self` are its conditions, `full` those of the whole sample.
    pub(super) fn fold_ceiling(
        &self,
        full: &View,
        evaluator: &Evaluator<'_>,
        split: &Split<'_>,
    ) -> Result<Ceiling> {
        let groups = evaluator.problem().groups();
        match (self, full) {
            (Self::Gram(view), Self::Gram(full)) => Ok(view.fold_ceiling(full, groups, split)),
            (Self::Ranks(view), Self::Ranks(full)) => Ok(view.fold_ceiling(full, groups, split)),
            (Self::Whole(view), Self::Whole(_)) => view.fold_ceiling(evaluator, split),
            _ => Ok(Ceiling::UNDEFINED),
        }
    }
}

/// The place of the only weight, if it is positive and all others are 0.
fn only_one(weights: &[f64]) -> Option<usize> {
    let place = weights.iter().position(|weight| *weight != 0.0)?;
    let alone = weights.iter().skip(place + 1).all(|weight| *weight == 0.0);
    (alone && weights[place] > 0.0).then_some(place)
}

/// Mean over the RDMs of a sample of subjects: RDM r counts as often as its subject stands in the sample.
pub(super) fn sample_mean(values: &[f64], groups: &[usize], subjects: &Multiplicities) -> f64 {
    let counts = subjects.counts();
    let (mut sum, mut total) = (0.0, 0.0);
    for (value, &group) in values.iter().zip(groups) {
        let count = f64::from(counts[group]);
        if count > 0.0 {
            sum += count * value;
            total += count;
        }
    }
    sum / total
}
