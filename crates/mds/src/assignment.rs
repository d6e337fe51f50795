//! Neurons go to clusters by what they respond to the stimuli.

use crate::gain::Gains;
use crate::groups::Groups;
use crate::options::Assign;
use crate::real::Real;

/// The cluster of every neuron by its responses `[stimulus][neuron]`, by `rule`; `groups` are the clusters that the
/// stimuli were made for.
pub fn assign<F: Real>(rule: Assign, responses: &[Vec<F>], gains: &Gains, groups: &Groups) -> Vec<usize> {
    match rule {
        Assign::Argmax => argmax(responses),
        Assign::Template => Templates::new(responses, gains, groups).assign(responses, gains),
    }
}

/// The stimulus with the largest response of every neuron; the first of several.
///
/// What a neuron's gain is does not matter: it scales all of its responses alike.
pub fn argmax<F: Real>(responses: &[Vec<F>]) -> Vec<usize> {
    let n_units = responses.first().map_or(0, Vec::len);
    let best = |unit: usize| {
        let values = responses.iter().map(|row| row[unit]).enumerate();
        values.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(0, |(k, _)| k)
    };
    (0..n_units).map(best).collect()
}

/// The largest response of every neuron, and how much larger it is than the next; none of one stimulus.
pub fn margins<F: Real>(responses: &[Vec<F>]) -> Vec<(f64, Option<f64>)> {
    let n_units = responses.first().map_or(0, Vec::len);
    let of_unit = |unit: usize| {
        let mut values: Vec<f64> = responses.iter().map(|row| row[unit].double()).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        let first = values.first().copied().unwrap_or(f64::NAN);
        (first, values.get(1).map(|second| first - second))
    };
    (0..n_units).map(of_unit).collect()
}

/// What the neurons of every cluster respond to all stimuli.
///
/// A profile is the vector of a neuron's normalised responses over the stimuli, brought to length 1; a template is the
/// mean profile of a cluster, brought to length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Templates {
    rows: Vec<Vec<f64>>,
}

impl Templates {
    /// The templates of `groups` by responses `[stimulus][neuron]`.
    pub fn new<F: Real>(responses: &[Vec<F>], gains: &Gains, groups: &Groups) -> Self {
        let mut rows = vec![vec![0.0; responses.len()]; groups.k()];
        for (unit, &cluster) in groups.labels().iter().enumerate() {
            for (sum, value) in rows[cluster].iter_mut().zip(profile(responses, gains, unit)) {
                *sum += value;
            }
        }
        rows.iter_mut().for_each(|row| to_unit_length(row));
        Self { rows }
    }

    /// The cluster with the template most like its profile, of every neuron.
    pub fn assign<F: Real>(&self, responses: &[Vec<F>], gains: &Gains) -> Vec<usize> {
        let n_units = responses.first().map_or(0, Vec::len);
        (0..n_units).map(|unit| self.nearest(&profile(responses, gains, unit))).collect()
    }

    /// The template most like a profile; the first of several.
    pub fn nearest(&self, profile: &[f64]) -> usize {
        let cosine = |row: &Vec<f64>| row.iter().zip(profile).map(|(a, b)| a * b).sum::<f64>();
        let values = self.rows.iter().map(cosine).enumerate();
        values.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(0, |(k, _)| k)
    }
}

fn profile<F: Real>(responses: &[Vec<F>], gains: &Gains, unit: usize) -> Vec<f64> {
    let mut values: Vec<f64> = responses.iter().map(|row| gains.apply(unit, row[unit].double())).collect();
    to_unit_length(&mut values);
    values
}

pub(crate) fn to_unit_length(values: &mut [f64]) {
    let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    if norm > 0.0 {
        values.iter_mut().for_each(|value| *value /= norm);
    }
}

/// The same for neurons that took no part in the search: `responses [stimulus][neuron]` are those of all neurons, `fit`
/// those that `groups` are of, in their order.
pub(crate) fn assign_held_out<F: Real>(
    rule: Assign,
    responses: &[Vec<F>],
    gains: &Gains,
    fit: &[usize],
    groups: &Groups,
) -> Vec<usize> {
    match rule {
        Assign::Argmax => argmax(responses),
        Assign::Template => {
            let of_fit = |row: &Vec<F>| fit.iter().map(|&unit| row[unit]).collect::<Vec<F>>();
            let fitted: Vec<Vec<F>> = responses.iter().map(of_fit).collect();
            Templates::new(&fitted, &gains.select(fit), groups).assign(responses, gains)
        }
    }
}
