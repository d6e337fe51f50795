//! Merges of groups, best first.

use super::random::Random;
use super::state::State;
use super::sweep::LEAST_GAIN;

/// Up to this number of groups all pairs are tried.
const TRY_ALL: usize = 32;
/// Above, as many as this for each group.
const TRIED: usize = 8;

/// A merge and the change of the description length.
#[derive(Clone, Copy)]
struct Merge {
    nats: f64,
    from: u32,
    to: u32,
}

impl State<'_> {
    /// Merges groups until `target` are left, in rounds in which each group takes part in one merge.
    pub(super) fn merge_down(&mut self, target: usize, random: &mut Random) {
        while self.n_groups() > target {
            let merges = self.best_merges(random);
            let before = self.n_groups();
            let mut used = vec![false; self.tiers[0].capacity()];
            for merge in merges {
                if self.n_groups() == target {
                    break;
                }
                if used[merge.from as usize] || used[merge.to as usize] {
                    continue;
                }
                (used[merge.from as usize], used[merge.to as usize]) = (true, true);
                self.make(merge);
            }
            if self.n_groups() == before {
                return;
            }
        }
    }

    /// Merges two groups as long as that shortens the description; the change in nats.
    pub(super) fn merge_while_better(&mut self, random: &mut Random) -> f64 {
        let mut total = 0.0;
        while self.n_groups() > 1 {
            match self.best_merges(random).first() {
                Some(&merge) if merge.nats < -LEAST_GAIN => total += self.make(merge),
                _ => break,
            }
        }
        total
    }

    fn make(&mut self, merge: Merge) -> f64 {
        self.take_group(merge.from);
        let nats = self.delta(merge.to);
        self.commit();
        nats
    }

    /// The best merge of each group, best first.
    fn best_merges(&mut self, random: &mut Random) -> Vec<Merge> {
        let mut groups = self.tiers[0].occupied().to_vec();
        groups.sort_unstable();
        let all = groups.len() <= TRY_ALL;
        // Which of the two names stays is of no importance without levels above.
        let one_way = self.tiers.len() == 1;
        let mut merges = Vec::with_capacity(groups.len());
        for (at, &from) in groups.iter().enumerate() {
            self.take_group(from);
            let mut best: Option<Merge> = None;
            let mut weigh = |state: &mut Self, to: u32| {
                let nats = state.delta(to);
                if best.is_none_or(|best| nats < best.nats) {
                    best = Some(Merge { nats, from, to });
                }
            };
            if all {
                let first = if one_way { at + 1 } else { 0 };
                groups[first..].iter().filter(|&&to| to != from).for_each(|&to| weigh(self, to));
            } else {
                let mut tried = [from; TRIED];
                for count in 0..TRIED {
                    let to = self.nearby_group(from, &groups, random);
                    if to != from && !tried[..count].contains(&to) {
                        weigh(self, to);
                    }
                    tried[count] = to;
                }
            }
            merges.extend(best);
        }
        merges.sort_by(|a, b| a.nats.total_cmp(&b.nats).then((a.from, a.to).cmp(&(b.from, b.to))));
        merges
    }

    /// A group that a neighbouring group has edges to, or now and then any.
    fn nearby_group(&self, group: u32, groups: &[u32], random: &mut Random) -> u32 {
        let middle = self.step(group, random);
        middle
            .and_then(|middle| self.step(middle, random))
            .unwrap_or_else(|| groups[random.index(groups.len())])
    }

    /// A group by its number of edges to `group`.
    fn step(&self, group: u32, random: &mut Random) -> Option<u32> {
        let tier = &self.tiers[0];
        let row = tier.row(group);
        let own = i64::from(row[group as usize].m);
        let outside = tier.ends[group as usize] - 2 * own;
        if outside <= 0 {
            return None;
        }
        let mut left = random.index(outside as usize) as i64;
        for (other, flow) in row.iter().enumerate() {
            if other as u32 != group {
                left -= i64::from(flow.m);
                if left < 0 {
                    return Some(other as u32);
                }
            }
        }
        None
    }
}
