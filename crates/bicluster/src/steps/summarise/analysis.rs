//! What the draws of a recording say together.

use super::SummariseParams;
use super::draws::Draws;
use super::index::Recording;
use crate::matching::matched;
use crate::{Interval, Similarity, point_partition};

/// Share of the draws that intervals span.
const MASS: f64 = 0.95;

/// Partitions of neurons and bins, and how sure they are.
pub(super) struct Analysis {
    pub(super) neurons: Groups,
    pub(super) bins: Groups,
    /// r of every neuron.
    pub(super) dispersions: Vec<Interval>,
    /// Similarity of neurons.
    pub(super) neuron_similarity: Similarity,
    /// Similarity of the bins `similar_bins`.
    pub(super) bin_similarity: Similarity,
    pub(super) similar_bins: Vec<usize>,
}

/// A partition.
pub(super) struct Groups {
    /// Group of every thing, in the order of first members.
    pub(super) labels: Vec<usize>,
    /// Share of the draws in which its group is matched to this one.
    pub(super) probabilities: Vec<f64>,
}

impl Groups {
    /// Number of groups.
    pub(super) fn n_groups(&self) -> usize {
        self.labels.iter().max().map_or(0, |&last| last + 1)
    }

    /// Things by group, and by number within one.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order.sort_by_key(|&thing| (self.labels[thing], thing));
        order
    }
}

/// Point estimates of a recording.
pub(super) fn analyse(recording: &Recording, draws: &Draws, params: &SummariseParams) -> Analysis {
    let labels = draws.labels();
    let neuron_similarity = Similarity::of(&labels, recording.units.len());
    let neurons = groups(point_partition(&neuron_similarity, &labels, params.point), &labels);
    let states = draws.states(params.state_draws);
    let every = recording.bins.len().div_ceil(params.similarity_bins).max(1);
    let similar_bins: Vec<usize> = (0..recording.bins.len()).step_by(every).collect();
    let thinned: Vec<Vec<u16>> =
        states.iter().map(|draw| draw.iter().copied().step_by(every).collect()).collect();
    let bin_similarity = Similarity::of(&thinned, similar_bins.len());
    let partition = point_partition(&bin_similarity, &thinned, params.point);
    let bins = groups(on_all_bins(partition, &thinned, &states, every), &states);
    let dispersions = (0..recording.units.len()).map(|unit| dispersion(draws, unit)).collect();
    Analysis { neurons, bins, dispersions, neuron_similarity, bin_similarity, similar_bins }
}

fn dispersion(draws: &Draws, unit: usize) -> Interval {
    let values = draws.chains.values().flat_map(|chain| chain.dispersions.iter().map(|draw| draw[unit]));
    Interval::of(&mut values.collect::<Vec<_>>(), MASS)
}

fn groups(labels: Vec<usize>, draws: &[Vec<u16>]) -> Groups {
    let mut together = vec![0.0; labels.len()];
    for draw in draws {
        let names = matched(draw, &labels);
        for ((share, &group), &label) in together.iter_mut().zip(draw).zip(&labels) {
            *share += f64::from(u8::from(names[usize::from(group)] == label));
        }
    }
    let n = draws.len().max(1) as f64;
    Groups { labels, probabilities: together.into_iter().map(|share| share / n).collect() }
}

/// The partition of every `every`-th bin for all of them: each of the others is where most draws, matched to it, say.
fn on_all_bins(partition: Vec<usize>, thinned: &[Vec<u16>], states: &[Vec<u16>], every: usize) -> Vec<usize> {
    if every == 1 {
        return partition;
    }
    let n_groups = partition.iter().max().map_or(0, |&last| last + 1);
    let n_bins = states.first().map_or(0, Vec::len);
    let mut votes = ndarray::Array2::<u32>::zeros((n_bins, n_groups));
    for (thinned, draw) in thinned.iter().zip(states) {
        let names = matched(thinned, &partition);
        for (bin, &state) in draw.iter().enumerate() {
            // A state that no chosen bin has stands for none.
            if let Some(&name) = names.get(usize::from(state))
                && let Some(vote) = votes.get_mut((bin, name))
            {
                *vote += 1;
            }
        }
    }
    let voted = |bin: usize| {
        let votes = votes.row(bin).into_iter().copied().enumerate();
        votes.max_by_key(|&(group, n)| (n, std::cmp::Reverse(group))).map_or(0, |(group, _)| group)
    };
    (0..n_bins).map(|bin| if bin % every == 0 { partition[bin / every] } else { voted(bin) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_between_follow_the_draws() {
        let states = vec![vec![0, 0, 0, 1, 1, 1, 1], vec![0, 0, 0, 0, 1, 1, 2]];
        let thinned: Vec<Vec<u16>> =
            states.iter().map(|draw| draw.iter().copied().step_by(2).collect()).collect();
        let found = on_all_bins(vec![0, 0, 1, 1], &thinned, &states, 2);
        assert_eq!(found, [0, 0, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn probabilities_follow_groups_whatever_their_names() {
        let found = groups(vec![0, 0, 1, 1], &[vec![0, 0, 1, 1], vec![1, 1, 0, 0], vec![0, 1, 1, 1]]);
        assert_eq!(found.probabilities, [1.0, 2.0 / 3.0, 1.0, 1.0]);
        assert_eq!((found.n_groups(), found.order()), (2, vec![0, 1, 2, 3]));
    }
}
