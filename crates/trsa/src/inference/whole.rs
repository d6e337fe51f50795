//! Measures that need whole RDMs: samples of subjects alone.

use std::ops::Range;

use ndarray::Array2;

use super::ceiling::Ceiling;
use super::view::{Split, sample_mean};
use super::{Evaluator, Multiplicities};
use crate::compare::{Measure, compare};
use crate::{Rdm, Result};

/// Similarities of whole RDMs.
#[derive(Debug)]
pub(super) struct WholeView {
    measure: Measure,
    rdms: Vec<Rdm>,
    /// Similarities `[n_components, n_rdms]`.
    pub(super) similarities: Array2<f64>,
}

impl WholeView {
    pub(super) fn new(evaluator: &Evaluator<'_>) -> Result<Self> {
        let problem = evaluator.problem();
        let rdm = |(row, values): (usize, ndarray::ArrayView1<'_, f64>)| {
            Rdm::new(problem.name(row), problem.conditions().clone(), values.to_vec())
        };
        let mut all = problem.vectors().outer_iter().enumerate().map(rdm).collect::<Result<Vec<_>>>()?;
        let rdms = all.split_off(problem.n_components());
        let similarities = compare(&all, &rdms, evaluator.measure())?;
        Ok(Self { measure: evaluator.measure(), rdms, similarities })
    }

    pub(super) fn mixture(
        &self,
        evaluator: &Evaluator<'_>,
        components: Range<usize>,
        weights: &[f64],
    ) -> Result<Vec<f64>> {
        self.with_rdms(evaluator, evaluator.problem().prediction(components, weights))
    }

    pub(super) fn ceilings(
        &self,
        evaluator: &Evaluator<'_>,
        subjects: &Multiplicities,
    ) -> Result<Vec<Ceiling>> {
        let groups = evaluator.problem().groups();
        let present = subjects.present();
        let all = self.with_rdms(evaluator, self.pool(groups, subjects))?;
        let mut others = vec![Vec::new(); subjects.counts().len()];
        for &group in present.iter().filter(|_| present.len() > 1) {
            let rest: Vec<usize> = present.iter().copied().filter(|other| *other != group).collect();
            others[group] = self.with_rdms(evaluator, self.pool(groups, &subjects.restricted(&rest)))?;
        }
        let mean = |values: &[f64], members: &[usize]| {
            members.iter().map(|&rdm| values[rdm]).sum::<f64>() / members.len() as f64
        };
        Ok(Ceiling::of_groups(groups, subjects, |group, members| {
            let lower = if others[group].is_empty() { &all } else { &others[group] };
            Ceiling { lower: mean(lower, members), upper: mean(&all, members) }
        }))
    }

    pub(super) fn fold_ceiling(&self, evaluator: &Evaluator<'_>, split: &Split<'_>) -> Result<Ceiling> {
        let groups = evaluator.problem().groups();
        let end = |pooled: &Multiplicities| -> Result<f64> {
            let values = self.with_rdms(evaluator, self.pool(groups, pooled))?;
            Ok(sample_mean(&values, groups, split.test))
        };
        Ok(Ceiling { lower: end(split.train)?, upper: end(split.all)? })
    }

    /// Mean of the RDMs of a sample of subjects, over their root mean squares unless the measure tells sizes apart.
    fn pool(&self, groups: &[usize], subjects: &Multiplicities) -> Vec<f64> {
        let mut pool = vec![0.0; self.rdms.first().map_or(0, |rdm| rdm.dissimilarities().len())];
        let mut total = 0.0;
        for (rdm, &group) in self.rdms.iter().zip(groups) {
            let count = f64::from(subjects.counts()[group]);
            let values = rdm.dissimilarities();
            let scale = match self.measure {
                Measure::NegRiemDist => 1.0,
                _ => (neuroloom_math::sum_of_squares(values) / values.len() as f64).sqrt(),
            };
            if count > 0.0 && scale > 0.0 {
                pool.iter_mut().zip(values).for_each(|(sum, value)| *sum += count * value / scale);
            }
            total += count;
        }
        pool.iter_mut().for_each(|sum| *sum /= total);
        pool
    }

    /// Similarity of dissimilarities with every RDM.
    fn with_rdms(&self, evaluator: &Evaluator<'_>, dissimilarities: Vec<f64>) -> Result<Vec<f64>> {
        let conditions = evaluator.problem().conditions().clone();
        let rdm = Rdm::new("prediction", conditions, dissimilarities)?;
        Ok(compare(&[rdm], &self.rdms, evaluator.measure())?.into_iter().collect())
    }
}
