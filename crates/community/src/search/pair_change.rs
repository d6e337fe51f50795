//! What a move does to the pairs of groups of its own level.

use super::bundle::Bundle;
use super::flow::Flow;
use super::proposal::Change;
use super::state::State;
use super::tier::Tier;

impl State<'_> {
    /// Which changed pairs of the level the tier above has to know.
    fn noted(&self) -> Noted {
        let Some(upper) = self.tiers.get(1) else {
            return Noted::None;
        };
        let stays = upper.labels[self.bundle.from as usize] == upper.labels[self.proposal.to as usize];
        match (stays, self.shared.weighted) {
            (false, _) => Noted::All,
            (true, false) => Noted::None,
            // Sums above stay; squares of sums matter to variances alone.
            (true, true) if self.shared.cost.has_variances() => Noted::All,
            (true, true) => Noted::FilledOrEmptied,
        }
    }

    /// Pairs of the graph's own level, where sizes do not matter; notes them for the tier above.
    pub(super) fn lowest_pair_change(&mut self) -> f64 {
        let noted = self.noted();
        let Self { shared, tiers, bundle, proposal, .. } = self;
        let (tier, r, s) = (&tiers[0], bundle.from, proposal.to);
        let variances = shared.cost.has_variances();
        let changes = &mut proposal.tiers[0].changes;
        let totals = &mut proposal.totals[0];
        changes.clear();
        let mut note = |a: u32, b: u32, old: Flow, new: Flow| {
            if shared.weighted {
                totals.add(&old, variances, -1);
                totals.add(&new, variances, 1);
            }
            if let Some(flow) = noted.lifted(old, new) {
                changes.push(Change { r: a, s: b, flow });
            }
        };
        let mut nats = bundle.loss;
        let (row_r, row_s, costs_s) = (tier.row(r), tier.row(s), tier.costs(s));
        for &t in &bundle.touched {
            if t == r {
                continue;
            }
            if t == s {
                nats -= bundle.losses[t as usize];
                continue;
            }
            let (at, k) = (t as usize, bundle.flows[t as usize]);
            let new = row_s[at].plus(k);
            nats += shared.lowest_pair(false, &new) - costs_s[at];
            if shared.weighted || noted != Noted::None {
                note(r, t, row_r[at], row_r[at].minus(k).settled());
                note(s, t, row_s[at], new);
            }
        }
        for (a, b, old, new) in inner(tier, bundle, s) {
            nats += shared.lowest_pair(a == b, &new) - tier.costs(a)[b as usize];
            note(a, b, old, new);
        }
        nats
    }

    /// Pairs of a level above the lowest, where sizes matter to each pair; notes them for the tier above.
    pub(super) fn pair_change(&mut self) -> f64 {
        let noted = self.noted();
        let Self { shared, tiers, bundle, proposal, .. } = self;
        let tier = &tiers[0];
        let (r, s, size) = (bundle.from, proposal.to, bundle.size);
        let variances = shared.cost.has_variances();
        let changes = &mut proposal.tiers[0].changes;
        let totals = &mut proposal.totals[0];
        changes.clear();
        let (n_r, n_s) = (tier.sizes[r as usize], tier.sizes[s as usize]);
        let mut nats = 0.0;
        let mut visit = |a: u32, b: u32, old: Flow, new: Flow, before: (i32, i32), after: (i32, i32)| {
            let same = a == b;
            nats += shared.pair(false, same, after.0, after.1, &new)
                - shared.pair(false, same, before.0, before.1, &old);
            if shared.weighted {
                totals.add(&old, variances, -1);
                totals.add(&new, variances, 1);
            }
            if let Some(flow) = noted.lifted(old, new) {
                changes.push(Change { r: a, s: b, flow });
            }
        };
        let (row_r, row_s) = (tier.row(r), tier.row(s));
        for &t in tier.occupied().iter().filter(|&&t| t != r && t != s) {
            let (k, n_t) = (bundle.flows[t as usize], tier.sizes[t as usize]);
            let (old_r, old_s) = (row_r[t as usize], row_s[t as usize]);
            visit(r, t, old_r, old_r.minus(k).settled(), (n_r, n_t), (n_r - size, n_t));
            visit(s, t, old_s, old_s.plus(k).settled(), (n_s, n_t), (n_s + size, n_t));
        }
        for (a, b, old, new) in inner(tier, bundle, s) {
            let (before, after) = match (a == r, b == r) {
                (true, true) => ((n_r, n_r), (n_r - size, n_r - size)),
                (false, false) => ((n_s, n_s), (n_s + size, n_s + size)),
                _ => ((n_r, n_s), (n_r - size, n_s + size)),
            };
            visit(a, b, old, new, before, after);
        }
        nats
    }

    pub(super) fn move_flows(&mut self) {
        let Self { shared, graph, tiers, bundle, proposal, .. } = self;
        let (tier, r, s) = (&mut tiers[0], bundle.from, proposal.to);
        let changed = inner(tier, bundle, s);
        let set = |tier: &mut Tier, a: u32, b: u32, flow: Flow| {
            tier.set_flow(a, b, flow);
            if graph.lowest {
                tier.set_cost(a, b, shared.lowest_pair(a == b, &flow));
            }
        };
        for &t in bundle.touched.iter().filter(|&&t| t != r && t != s) {
            let k = bundle.flows[t as usize];
            let (from, to) = (tier.flow(r, t).minus(k).settled(), tier.flow(s, t).plus(k).settled());
            set(tier, r, t, from);
            set(tier, s, t, to);
        }
        for (a, b, _, new) in changed {
            set(tier, a, b, new);
        }
    }
}

/// Which pairs of a level the level above has to know when they change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Noted {
    None,
    FilledOrEmptied,
    All,
}

impl Noted {
    #[inline]
    fn lifted(self, old: Flow, new: Flow) -> Option<Flow> {
        match self {
            Self::None => None,
            // Its edges and sums stay in the same pair above.
            Self::FilledOrEmptied => {
                let count = i32::from(new.m > 0) - i32::from(old.m > 0);
                (count != 0).then(|| Flow { count, ..Flow::default() })
            }
            Self::All => Some(Flow::lifted(old, new)),
        }
    }
}

/// The pairs (r, r), (s, s) and (r, s) of a bundle that goes from r to s, before and after.
fn inner(tier: &Tier, bundle: &Bundle, s: u32) -> [(u32, u32, Flow, Flow); 3] {
    let r = bundle.from;
    let (to_r, to_s) = (bundle.flows[r as usize], bundle.flows[s as usize]);
    let (rr, ss, rs) = (tier.flow(r, r), tier.flow(s, s), tier.flow(r, s));
    [
        (r, r, rr, rr.minus(to_r).minus(bundle.own).settled()),
        (s, s, ss, ss.plus(to_s).plus(bundle.own).settled()),
        (r, s, rs, rs.plus(to_r).minus(to_s).settled()),
    ]
}
