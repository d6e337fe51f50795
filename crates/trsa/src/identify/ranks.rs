//! Ranks of one RDM under any multiplicities of its pairs, from one sort.

/// The pairs of an RDM by ascending dissimilarity.
#[derive(Clone, Debug)]
pub(super) struct Ascending {
    pairs: Vec<u32>,
    /// Whether a pair has the dissimilarity of the one before it.
    is_tied: Vec<bool>,
}

/// Quantiles of ranks: where the ranks of an RDM change, one item per group of ties.
#[derive(Clone, Debug, Default)]
pub(super) struct RankTable {
    /// Pairs up to the end of the group, copies counted.
    ends: Vec<f64>,
    /// Average rank of the group, from 1.
    ranks: Vec<f64>,
}

impl Ascending {
    /// Sorts `dissimilarities`, of which none is NaN.
    pub(super) fn of(dissimilarities: &[f64]) -> Self {
        let value = |pair: u32| dissimilarities[pair as usize];
        let mut pairs: Vec<u32> = (0..dissimilarities.len() as u32).collect();
        pairs.sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)));
        let is_tied =
            pairs.iter().enumerate().map(|(at, &pair)| at > 0 && value(pairs[at - 1]) == value(pair));
        Self { is_tied: is_tied.collect(), pairs }
    }

    /// Writes the average rank of every pair that is kept to its place in `ranks`: `place` and number of copies of a pair
    /// as `kept` tells, none for pairs that are absent.
    pub(super) fn rank(&self, kept: impl Fn(usize) -> Option<(usize, f64)>, ranks: &mut [f64]) -> RankTable {
        let mut table = RankTable::default();
        let mut group = Vec::new();
        let (mut before, mut copies) = (0.0, 0.0);
        let mut close = |group: &mut Vec<usize>, before: &mut f64, copies: &mut f64| {
            if group.is_empty() {
                return;
            }
            let rank = *before + (*copies + 1.0) / 2.0;
            group.drain(..).for_each(|place| ranks[place] = rank);
            *before += *copies;
            *copies = 0.0;
            table.ends.push(*before);
            table.ranks.push(rank);
        };
        for (&pair, &is_tied) in self.pairs.iter().zip(&self.is_tied) {
            if !is_tied {
                close(&mut group, &mut before, &mut copies);
            }
            if let Some((place, n)) = kept(pair as usize) {
                group.push(place);
                copies += n;
            }
        }
        close(&mut group, &mut before, &mut copies);
        table
    }
}

impl RankTable {
    /// Quantile `q` (type 7) of the ranks, every copy of a pair counted.
    pub(super) fn quantile(&self, q: f64) -> f64 {
        let n = self.ends.last().copied().unwrap_or(1.0);
        let position = (n - 1.0) * q;
        let (low, high) = (self.at(position.floor()), self.at(position.floor() + 1.0));
        low + position.fract() * (high - low)
    }

    /// Whether all ranks are the same.
    pub(super) fn is_constant(&self) -> bool {
        self.ranks.len() < 2
    }

    /// The rank at a place, from 0, of the ranks in ascending order; the last one beyond the end.
    fn at(&self, place: f64) -> f64 {
        let group = self.ends.partition_point(|&end| end <= place);
        self.ranks.get(group).or(self.ranks.last()).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use neuroloom_math::{Ranking, quantile_sorted, ranking};

    use super::*;

    #[test]
    fn weighted_ranks_are_those_of_repeated_values() {
        let values = [3.0, 1.0, 3.0, 2.0, 5.0, 4.0];
        let copies = [2, 1, 3, 0, 1, 4];
        let kept: Vec<usize> = (0..values.len()).filter(|&i| copies[i] > 0).collect();
        let place = |pair: usize| Some((kept.iter().position(|&k| k == pair)?, f64::from(copies[pair])));
        let mut found = vec![0.0; kept.len()];
        let table = Ascending::of(&values).rank(place, &mut found);

        let repeated: Vec<f64> =
            values.iter().zip(copies).flat_map(|(&value, n)| vec![value; n as usize]).collect();
        let Ranking { ranks, sorted } = ranking(&repeated);
        for (at, &pair) in kept.iter().enumerate() {
            let same = repeated.iter().position(|&value| value == values[pair]).unwrap();
            assert_eq!(found[at], ranks[same]);
        }
        for q in [0.0, 0.1, 0.35, 0.5, 0.77, 1.0] {
            assert!((table.quantile(q) - quantile_sorted(&sorted, q).unwrap()).abs() < 1e-12, "{q}");
        }
    }
}
