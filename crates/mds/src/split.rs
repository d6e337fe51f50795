//! Splits: a cluster is cut in parts where all stimuli together gain by it.

use neuroloom_core::{Result, Seed};

use crate::assignment::assign;
use crate::encoder::Encoder;
use crate::groups::Groups;
use crate::init::chunks;
use crate::real::Real;
use crate::search::{Check, Clusters, Problem, Search, SplitTrial};

/// Tries to split every cluster, in passes until one changes nothing. Whether any split was kept.
pub(crate) fn split_phase<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    found: &mut Search<F>,
    seed: Seed,
    check: Check<'_>,
) -> Result<bool> {
    let mut any = false;
    for pass in 0..problem.options.split.max_passes {
        let changed = SplitPass { problem, pass, seed: seed.child_index(pass as u64), before: None }
            .run(found, check)?;
        any |= changed;
        if !changed {
            break;
        }
    }
    Ok(any)
}

struct SplitPass<'a, E> {
    problem: Problem<'a, E>,
    pass: usize,
    seed: Seed,
    /// The mean loss without a split: the same as long as none was kept, where noise is paired.
    before: Option<f64>,
}

impl<E> SplitPass<'_, E> {
    fn run<F: Real>(mut self, found: &mut Search<F>, check: Check<'_>) -> Result<bool>
    where
        E: Encoder<F>,
    {
        let mut changed = false;
        for cluster in 0..found.clusters.groups.k() {
            check()?;
            let groups = &found.clusters.groups;
            let parts = self.problem.options.split.parts;
            if cluster >= groups.k() || groups.sizes()[cluster] < parts {
                continue;
            }
            let (trial, clusters) = self.attempt(groups, cluster)?;
            if let Some(clusters) = clusters {
                found.clusters = clusters;
                self.before = None;
                changed = true;
            }
            found.splits.push(trial);
        }
        Ok(changed)
    }

    /// A split of one cluster, and what it leads to if it is worth it.
    fn attempt<F: Real>(
        &mut self,
        groups: &Groups,
        cluster: usize,
    ) -> Result<(SplitTrial, Option<Clusters<F>>)>
    where
        E: Encoder<F>,
    {
        let none = |n_sub| SplitTrial { pass: self.pass, cluster, n_sub, losses: None, accepted: false };
        let own = self.seed.child("cluster").child_index(cluster as u64);
        let Some(labels) = self.local(groups, cluster, own.child("local"))? else {
            return Ok((none(1), None));
        };
        let n_sub = Groups::new(&labels).k() + 1 - groups.k();
        let settings = self.problem.options.split;
        // Unpaired, both sides draw noise of their own.
        let (noise, other) =
            if settings.paired { (self.seed, self.seed) } else { (own.child("before"), own.child("after")) };
        let before = match self.before.filter(|_| settings.paired) {
            Some(before) => before,
            None => self.losses::<F>(groups, noise)?.0,
        };
        self.before = Some(before);
        let first = self.evaluated::<F>(Groups::new(&labels), other.child("regroup"))?;
        let labels = assign(self.problem.options.assign, &first.responses, self.problem.gains, &first.groups);
        let (after, clusters) = self.losses(&Groups::new(&labels), other)?;
        let accepted = after < before - settings.min_gain;
        let trial = SplitTrial { n_sub, losses: Some((before, after)), accepted, ..none(n_sub) };
        Ok((trial, clusters.filter(|_| accepted)))
    }

    /// Mean loss of fresh stimuli over all trials, and the clusters of the first.
    fn losses<F: Real>(&self, groups: &Groups, noise: Seed) -> Result<(f64, Option<Clusters<F>>)>
    where
        E: Encoder<F>,
    {
        let trials = self.problem.options.split.trials.max(1);
        let (mut total, mut first) = (0.0, None);
        for trial in 0..trials {
            let clusters = self.evaluated(groups.clone(), noise.child("trial").child_index(trial as u64))?;
            total += clusters.mean_loss();
            first.get_or_insert(clusters);
        }
        Ok((total / trials as f64, first))
    }

    fn evaluated<F: Real>(&self, groups: Groups, noise: Seed) -> Result<Clusters<F>>
    where
        E: Encoder<F>,
    {
        let starts = self.problem.fresh(groups.k(), noise);
        let options = self.problem.options;
        self.problem.stimuli(groups, starts, options.tau, options.split.steps)
    }

    /// Labels of all neurons after the members of `cluster` were sorted among themselves, the best of several random
    /// starts; none where they stay together. The first part keeps the number, others follow the last.
    fn local<F: Real>(&self, groups: &Groups, cluster: usize, seed: Seed) -> Result<Option<Vec<usize>>>
    where
        E: Encoder<F>,
    {
        let members = groups.members(cluster);
        let encoder = self.problem.encoder.select(&members);
        let gains = self.problem.gains.select(&members);
        let local = Problem { encoder: &encoder, gains: &gains, options: self.problem.options };
        let mut best: Option<(f64, Groups)> = None;
        for start in 0..self.problem.options.split.local_starts.max(1) {
            let found = local_alternation::<F, E>(local, members.len(), seed.child_index(start as u64))?;
            if let Some((share, groups)) = found
                && best.as_ref().is_none_or(|(most, _)| share > *most)
            {
                best = Some((share, groups));
            }
        }
        Ok(best.map(|(_, parts)| {
            let mut labels = groups.labels().to_vec();
            for (&unit, &part) in members.iter().zip(parts.labels()) {
                labels[unit] = if part == 0 { cluster } else { groups.k() - 1 + part };
            }
            labels
        }))
    }
}

/// Alternates a step of the stimuli and an assignment over few neurons; none where one part is left.
fn local_alternation<F: Real, E: Encoder<F>>(
    local: Problem<'_, E>,
    n_members: usize,
    seed: Seed,
) -> Result<Option<(f64, Groups)>> {
    let settings = local.options.split;
    let mut groups = chunks(n_members, settings.parts, seed.child("chunks"));
    let mut stimuli = local.fresh(groups.k(), seed.child("start"));
    let mut share = 0.0;
    for _ in 0..settings.local_max {
        if groups.k() <= 1 {
            return Ok(None);
        }
        let clusters = local.stimuli(groups, stimuli, local.options.tau, settings.local_steps)?;
        let labels = assign(local.options.assign, &clusters.responses, local.gains, &clusters.groups);
        let (next, kept) = Groups::with_kept(&labels);
        share = clusters.mean_j_share();
        let changed = labels != clusters.groups.labels();
        Clusters { groups, stimuli, .. } = clusters.regrouped(next, &kept);
        // With one step per assignment nothing may change for long: go on to the end, as published.
        if !changed && settings.local_steps > 1 {
            break;
        }
    }
    Ok((groups.k() > 1).then_some((share, groups)))
}
