//! Search over hierarchies: each level in turn, coupled to those above (Peixoto, Phys. Rev. X 4, 011047, 2014).

use neuroloom_core::Seed;

use super::chain::Chain;
use super::level_graph::LevelGraph;
use super::multilevel::{Candidate, Effort, Level, stream};
use super::random::Random;
use super::shared::Shared;
use super::sweep::LEAST_GAIN;
use crate::blocks::{BlockSum, block_sums, deviations};
use crate::hierarchy::{composed, n_groups};
use crate::weights::LevelSpread;
use crate::{DescriptionLength, Observer, Result, SbmOptions, Status, TracePoint};

/// Searches of the graph itself, from one group per node, in one search of a hierarchy.
const MOST_FROM_SCRATCH: u32 = 2;

/// Sweeps of an excursion.
const HOP_SWEEPS: u32 = 3;

/// The result of one search.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) levels: Vec<Vec<u32>>,
    pub(crate) description_length: DescriptionLength,
    pub(crate) trace: Vec<TracePoint>,
    pub(crate) sweeps: u64,
    pub(crate) accepted: u64,
    pub(crate) status: Status,
}

/// Search number `restart` on a graph.
///
/// # Errors
/// Cancellation.
pub(crate) fn search(
    shared: &Shared,
    options: &SbmOptions,
    seed: Seed,
    restart: u32,
    observer: &dyn Observer,
) -> Result<Found> {
    let effort = Effort { sweeps: 0, accepted: 0, left: 0, exhausted: false, observer };
    let mut levels = vec![vec![0; shared.graph.n_nodes()]];
    if shared.model.nested {
        close(&mut levels);
    }
    let total = shared.description_length(&levels).total;
    let trace = vec![TracePoint { sweep: 0, total }];
    Hierarchy {
        shared,
        options,
        levels,
        total,
        random: stream(seed, restart),
        effort,
        from_scratch: 0,
        trace,
    }
    .search()
}

/// Excursions of a Markov chain from the result of a search, each kept if the descent after it ends lower.
///
/// # Errors
/// Cancellation.
pub(crate) fn polish(
    shared: &Shared,
    options: &SbmOptions,
    seed: Seed,
    found: Found,
    excursions: u32,
    observer: &dyn Observer,
) -> Result<Found> {
    let Found { mut levels, sweeps, accepted, trace, status, .. } = found;
    if shared.model.nested {
        close(&mut levels);
    }
    let seed = seed.child("excursions");
    let exhausted = status == Status::MaxSweeps;
    let mut hierarchy = Hierarchy {
        shared,
        options,
        total: shared.description_length(&levels).total,
        levels,
        random: Random::new(seed.child("descents")),
        effort: Effort { sweeps, accepted, left: 0, exhausted, observer },
        from_scratch: MOST_FROM_SCRATCH,
        trace,
    };
    for excursion in 0..excursions {
        hierarchy.hop(seed.child_index(u64::from(excursion)))?;
    }
    Ok(hierarchy.finish())
}

struct Hierarchy<'a> {
    shared: &'a Shared,
    options: &'a SbmOptions,
    /// From the graph up; when nested, the last has one group.
    levels: Vec<Vec<u32>>,
    /// Their description length.
    total: f64,
    random: Random,
    effort: Effort<'a>,
    /// Searches of the graph itself that did not start from what was known.
    from_scratch: u32,
    trace: Vec<TracePoint>,
}

impl Hierarchy<'_> {
    fn search(mut self) -> Result<Found> {
        if self.shared.model.nested {
            self.climb()?;
        } else {
            self.improve(0)?;
        }
        Ok(self.finish())
    }

    fn finish(mut self) -> Found {
        if self.shared.model.nested {
            self.trim();
        }
        let description_length = self.shared.description_length(&self.levels);
        let status = if self.effort.exhausted { Status::MaxSweeps } else { Status::Converged };
        let (sweeps, accepted) = (self.effort.sweeps, self.effort.accepted);
        Found { levels: self.levels, description_length, trace: self.trace, sweeps, accepted, status }
    }

    /// Goes up where a level got better and down where it did not.
    fn climb(&mut self) -> Result<()> {
        let mut level = 0;
        loop {
            if self.improve(level)? {
                level = (level + 1).min(self.levels.len() - 1);
            } else if level == 0 {
                return Ok(());
            } else {
                level -= 1;
            }
            level = level.min(self.levels.len() - 1);
        }
    }

    /// Lets a Markov chain leave the optimum for a moment, then descends again (basin hopping, Wales and Doye 1997);
    /// back to where it began unless that helped.
    fn hop(&mut self, seed: Seed) -> Result<()> {
        let (levels, total) = (self.levels.clone(), self.total);
        let trace = std::mem::take(&mut self.trace);
        let mut chain = Chain::new(self.shared, levels.clone(), 1.0, Random::new(seed));
        for _ in 0..HOP_SWEEPS {
            chain.sweep();
        }
        self.levels = chain.levels;
        if self.shared.model.nested {
            close(&mut self.levels);
        }
        self.total = self.shared.description_length(&self.levels).total;
        self.climb()?;
        self.trace = trace;
        if self.total < total - LEAST_GAIN {
            self.trace.push(TracePoint { sweep: self.effort.sweeps, total: self.total });
        } else {
            (self.levels, self.total) = (levels, total);
        }
        Ok(())
    }

    /// Searches one level anew; whether that shortened the description.
    fn improve(&mut self, level: usize) -> Result<bool> {
        self.effort.left = u64::from(self.options.max_sweeps);
        let sums = block_sums(&self.shared.graph, &self.levels[..level]);
        let groups = sums.last().map(|pairs| LevelGraph::of_groups(n_groups(&self.levels[level - 1]), pairs));
        let graph = groups.as_ref().unwrap_or(&self.shared.lowest);
        if graph.n_nodes() < 2 {
            return Ok(false);
        }
        let distinct = level > 0 && self.options.levels_distinct;
        let part = Level { shared: self.shared, graph, below: spread(&sums), distinct };
        let current = part.candidate(&self.levels[level..]);
        let before = current.total;
        // What is there is bettered first: a search from scratch costs more, and of a graph that is done twice at most.
        let mut refined = current;
        if n_groups(&refined.levels[0]) > 1 {
            refined = part.refine(refined, &mut self.random, &mut self.effort)?;
            if self.take(level, &refined, before) {
                return Ok(true);
            }
        }
        if level == 0 && self.from_scratch == MOST_FROM_SCRATCH {
            return Ok(false);
        }
        self.from_scratch += u32::from(level == 0);
        let found = part.search(&refined.levels, &mut self.random, &mut self.effort)?;
        Ok(self.take(level, &found, before))
    }

    /// Takes over a level and those above it where these are shorter than `before`.
    fn take(&mut self, level: usize, found: &Candidate, before: f64) -> bool {
        if found.total > before - LEAST_GAIN {
            return false;
        }
        let levels = self.levels[..level].iter().chain(&found.levels).cloned().collect();
        self.adopt(levels, self.total + found.total - before)
    }

    /// Takes over levels of the given description length, unless they do not last: without levels that repeat the
    /// one below they may be no gain.
    fn adopt(&mut self, levels: Vec<Vec<u32>>, total: f64) -> bool {
        let (mut levels, mut total) = (levels, total);
        if self.shared.model.nested {
            let closed = close(&mut levels);
            let dropped = self.options.levels_distinct && drop_repeated(&mut levels);
            if closed || dropped {
                total = self.shared.description_length(&levels).total;
            }
        }
        let better = total < self.total - LEAST_GAIN;
        if better {
            (self.levels, self.total) = (levels, total);
            self.trace.push(TracePoint { sweep: self.effort.sweeps, total });
        }
        better
    }

    /// Takes away levels of one group as long as that does not lengthen the description.
    fn trim(&mut self) {
        // graph-tool has a level of one group on top of every hierarchy, and pays twice for its weights by that.
        let fewest = if self.shared.weighted && self.shared.pays_twice() { 2 } else { 1 };
        while self.levels.len() > fewest && n_groups(&self.levels[self.levels.len() - 1]) == 1 {
            let without = &self.levels[..self.levels.len() - 1];
            let total = self.shared.description_length(without).total;
            if total > self.total + LEAST_GAIN {
                break;
            }
            self.levels.pop();
            self.total = total;
        }
    }
}

/// Puts a level of a single group on top, once; whether there was none.
fn close(levels: &mut Vec<Vec<u32>>) -> bool {
    let single = levels.iter().skip(1).position(|labels| n_groups(labels) == 1);
    match single {
        Some(upper) => levels.truncate(upper + 2),
        None => levels.push(vec![0; levels.last().map_or(0, |labels| n_groups(labels))]),
    }
    single.is_none()
}

/// Takes away levels that repeat the one below; whether there were any.
fn drop_repeated(levels: &mut Vec<Vec<u32>>) -> bool {
    let before = levels.len();
    let mut level = 1;
    while level + 1 < levels.len() {
        if n_groups(&levels[level]) == levels[level].len() && levels[level].len() > 1 {
            let repeated = levels.remove(level);
            levels[level] = composed(&repeated, &levels[level]);
        } else {
            level += 1;
        }
    }
    levels.len() < before
}

/// The spread of the levels that `sums` are of.
pub(super) fn spread(sums: &[Vec<BlockSum>]) -> LevelSpread {
    let mut spread = LevelSpread::default();
    for (wide, deviation) in sums.iter().map(|pairs| deviations(pairs)) {
        spread.add(wide, deviation);
    }
    spread
}
