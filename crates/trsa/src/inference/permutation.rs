//! Permutation tests.

use std::ops::Range;

use ndarray::{Array2, ArrayView1};
use neuroloom_core::Seed;
use neuroloom_math::{average_ranks, dot, mean, sum_of_squares};
use rand::RngExt;
use rayon::prelude::*;

use super::folds::shuffle;
use super::significance::{CeilingTest, ModelTest, PairTest, Tests};
use super::{Evaluator, FixedResult};
use crate::compare::{Measure, compare};
use crate::{Rdm, Result, RsaError};

/// Similarities under relabelled conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct PermutationResult {
    /// Mean similarity of every model over RDMs, `[n_permutations, n_models]`.
    pub similarities: Array2<f64>,
}

/// Mean similarities with the conditions of the models relabelled at random, the same labels for all models, for the
/// permutations of these numbers.
///
/// # Errors
/// When a model has parameters, or the measure refuses an RDM.
pub fn permutation_test(
    evaluator: &Evaluator<'_>,
    seed: Seed,
    permutations: Range<u64>,
) -> Result<PermutationResult> {
    let problem = evaluator.problem();
    if problem.is_flexible() {
        return Err(RsaError::NotCrossValidated);
    }
    let n_models = problem.n_models();
    let n = (permutations.end.saturating_sub(permutations.start)) as usize;
    let features = Features::of(evaluator);
    let rows: Vec<Result<Vec<f64>>> = permutations
        .into_par_iter()
        .map(|index| {
            let mut labels: Vec<usize> = (0..problem.n_conditions()).collect();
            shuffle(&mut labels, seed.child("labels").child_index(index));
            let places = relabelled_pairs(&labels);
            match &features {
                Some(features) => Ok(features.similarities(&places)),
                None => by_comparison(evaluator, &places),
            }
        })
        .collect();
    let values = rows.into_iter().collect::<Result<Vec<_>>>()?.concat();
    let similarities = Array2::from_shape_vec((n, n_models), values)
        .unwrap_or_else(|_| Array2::from_elem((n, n_models), f64::NAN));
    Ok(PermutationResult { similarities })
}

impl PermutationResult {
    /// Tests against the permutations: `p = (1 + number at least as large) / (1 + n)`, one-sided for every model. Two
    /// models are compared by flipping the signs of the differences of subjects at random, as often as labels were
    /// permuted, two-sided; with a single subject they are not.
    pub fn tests(&self, data: &FixedResult, seed: Seed) -> Tests {
        let (n_subjects, n_models) = data.of_subjects.dim();
        let means: Vec<f64> =
            data.of_subjects.columns().into_iter().map(|column| column.sum() / n_subjects as f64).collect();
        let variance = |model: usize| data.variances.as_ref().map_or(f64::NAN, |v| v.models[model]);
        let models = means.iter().enumerate().map(|(model, &mean)| ModelTest {
            mean,
            variance: variance(model),
            interval: (f64::NAN, f64::NAN),
            p_zero: p_value(self.similarities.column(model).iter(), mean),
            q_zero: f64::NAN,
            p_ceiling: f64::NAN,
            q_ceiling: f64::NAN,
        });
        let pairs = crate::pairs(n_models).enumerate().map(|(place, (a, b))| PairTest {
            models: (a, b),
            difference: means[a] - means[b],
            variance: data.variances.as_ref().map_or(f64::NAN, |v| v.pairs[place]),
            p: self.sign_flips(data, (a, b), seed.child("signs").child_index(place as u64)),
            q: f64::NAN,
        });
        let ends = data.ceiling.map_or([f64::NAN; 2], |ceiling| [ceiling.lower, ceiling.upper]);
        let variances = data.variances.as_ref().map_or([f64::NAN; 2], |v| v.ceiling_variances);
        let ceiling = CeilingTest { ends, variances, p_zero: f64::NAN };
        Tests { models: models.collect(), pairs: pairs.collect(), ceiling, df: f64::NAN }
            .with_discovery_rates()
    }

    fn sign_flips(&self, data: &FixedResult, (a, b): (usize, usize), seed: Seed) -> f64 {
        let differences: Vec<f64> = data.of_subjects.outer_iter().map(|row| row[a] - row[b]).collect();
        if differences.len() < 2 {
            return f64::NAN;
        }
        let mut rng = seed.rng();
        let mut flipped = || -> f64 {
            let sign = |difference: &f64| if rng.random() { *difference } else { -difference };
            differences.iter().map(sign).sum::<f64>().abs()
        };
        let flips: Vec<f64> = (0..self.similarities.nrows()).map(|_| flipped()).collect();
        p_value(flips.iter(), differences.iter().sum::<f64>().abs())
    }
}

/// Values that differ by rounding alone count as equal.
fn p_value<'a>(null: impl Iterator<Item = &'a f64>, observed: f64) -> f64 {
    let (mut n, mut reached) = (0, 0);
    for value in null {
        n += 1;
        reached += usize::from(*value >= observed - 1e-12 * observed.abs());
    }
    (1 + reached) as f64 / (1 + n) as f64
}

/// The place of every pair after relabelling: pair (i, j) becomes (labels i, labels j).
fn relabelled_pairs(labels: &[usize]) -> Vec<u32> {
    let n = labels.len();
    let place = |(i, j): (usize, usize)| {
        let (a, b) = (labels[i].min(labels[j]), labels[i].max(labels[j]));
        (super::pairs::row_start(n, a) + b - a - 1) as u32
    };
    crate::pairs(n).map(place).collect()
}

/// Vectors whose inner products are similarities, under any order of the pairs.
struct Features {
    /// Of every model.
    models: Vec<Vec<f64>>,
    /// Mean over subjects of the means over their RDMs.
    data: Vec<f64>,
}

impl Features {
    /// None where the measure is no such inner product.
    fn of(evaluator: &Evaluator<'_>) -> Option<Self> {
        let problem = evaluator.problem();
        let feature = |row: usize| feature(problem.vectors().row(row), evaluator.measure());
        let models =
            problem.models().iter().map(|model| feature(model.components.start)).collect::<Option<_>>()?;
        let mut data = vec![0.0; problem.vectors().ncols()];
        for (rdm, share) in shares(problem.groups(), problem.n_groups()).into_iter().enumerate() {
            let feature = feature(problem.n_components() + rdm)?;
            data.iter_mut().zip(feature).for_each(|(sum, value)| *sum += share * value);
        }
        Some(Self { models, data })
    }

    fn similarities(&self, places: &[u32]) -> Vec<f64> {
        let mut permuted = vec![0.0; self.data.len()];
        let similarity = |model: &Vec<f64>| {
            permuted.iter_mut().zip(places).for_each(|(entry, &place)| *entry = model[place as usize]);
            dot(&permuted, &self.data)
        };
        self.models.iter().map(similarity).collect()
    }
}

/// The weight of every RDM in a mean over subjects.
fn shares(groups: &[usize], n_groups: usize) -> Vec<f64> {
    let mut sizes = vec![0.0; n_groups];
    groups.iter().for_each(|&group| sizes[group] += 1.0);
    groups.iter().map(|&group| 1.0 / (sizes[group] * n_groups as f64)).collect()
}

fn feature(values: ArrayView1<'_, f64>, measure: Measure) -> Option<Vec<f64>> {
    let values = values.to_vec();
    let n = values.len() as f64;
    let of_length_one = |values: Vec<f64>| {
        let scale = sum_of_squares(&values).sqrt().recip();
        values.into_iter().map(|value| value * scale).collect()
    };
    let centred = |values: Vec<f64>| {
        let shift = mean(&values);
        values.into_iter().map(|value| value - shift).collect::<Vec<f64>>()
    };
    Some(match measure {
        Measure::Cosine => of_length_one(values),
        Measure::Corr => of_length_one(centred(values)),
        Measure::Spearman => of_length_one(centred(average_ranks(&values))),
        Measure::RhoA => {
            let scale = (12.0 / (n * n * n - n)).sqrt();
            centred(average_ranks(&values)).into_iter().map(|rank| rank * scale).collect()
        }
        _ => return None,
    })
}

fn by_comparison(evaluator: &Evaluator<'_>, places: &[u32]) -> Result<Vec<f64>> {
    let problem = evaluator.problem();
    let rdm = |row: usize, places: Option<&[u32]>| {
        let values = problem.vectors().row(row);
        let values = match places {
            Some(places) => places.iter().map(|&place| values[place as usize]).collect(),
            None => values.to_vec(),
        };
        Rdm::new(problem.name(row), problem.conditions().clone(), values)
    };
    let models: Vec<Rdm> = problem
        .models()
        .iter()
        .map(|model| rdm(model.components.start, Some(places)))
        .collect::<Result<_>>()?;
    let data: Vec<Rdm> =
        (0..problem.n_rdms()).map(|r| rdm(problem.n_components() + r, None)).collect::<Result<_>>()?;
    let shares = shares(problem.groups(), problem.n_groups());
    let table = compare(&models, &data, evaluator.measure())?;
    Ok(table.outer_iter().map(|row| row.iter().zip(&shares).map(|(s, share)| s * share).sum()).collect())
}
