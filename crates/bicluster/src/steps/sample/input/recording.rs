//! One recording: its neurons side by side.

use ndarray::Array2;
use neuroloom_core::{Error, Result, Seed};

use super::layout::{Segments, bins_of, by_unit, common_bins};
use super::rows::Row;
use crate::Counts;
use crate::hold_out::{HeldOutEntry, split};
use crate::steps::sample::params::{SampleParams, Silent};

/// Neurons at least.
const MIN_UNITS: usize = 2;
/// Spikes per neuron and bin, on average, that bins of a sensible width have.
const MEAN_COUNT: [f64; 2] = [0.001, 1000.0];

/// Counts of a recording, with what chains do not see taken out.
pub(in crate::steps::sample) struct Recording {
    pub name: String,
    pub units: Vec<Unit>,
    pub bins: Vec<Bin>,
    /// Of the neurons that are used.
    pub counts: Counts,
    /// Of the neurons that are used, by their positions.
    pub held_out: Vec<HeldOutEntry>,
    pub warnings: Vec<String>,
}

/// A neuron that was offered.
pub(in crate::steps::sample) struct Unit {
    pub name: String,
    pub region: Option<String>,
    /// Its place in the draws; none where it was left out because it is silent.
    pub position: Option<usize>,
    pub n_spikes: u64,
    pub n_bins: usize,
    pub n_held_out: usize,
}

/// A bin.
pub(in crate::steps::sample) struct Bin {
    pub segment: i64,
    pub start_s: f64,
    pub dt_s: f64,
    /// Neurons whose count the chains see.
    pub n_observed: usize,
}

impl Recording {
    /// # Errors
    /// A neuron that stands twice; neurons of different bins; too few neurons or bins; a silent neuron, where that is
    /// an error; bins that are far too narrow or wide.
    pub(super) fn new(name: String, rows: Vec<Row>, params: &SampleParams, seed: Seed) -> Result<Self> {
        let neurons = by_unit(&name, rows)?;
        let segments = common_bins(&name, &neurons)?;
        let n_bins = segments.last().map_or(0, |segment| segment.end);
        let (counts, observed) = matrices(&neurons, n_bins);
        let seed = seed.child(&name);
        let hold_out = |(neuron, observed): (&Segments, ndarray::ArrayView1<'_, bool>)| {
            params.hold_out.bins(&neuron.name, &observed.to_vec(), params.hold_out_fraction, seed)
        };
        let bins: Vec<Vec<usize>> = neurons.iter().zip(observed.rows()).map(hold_out).collect();
        let (entries, seen) = split(&counts, &observed, &bins);
        let all = Counts::new(counts, seen, segments);
        let units = units(&neurons, &all, &bins);
        check_units(&name, &units, params.silent)?;
        let used: Vec<usize> = (0..units.len()).filter(|&unit| units[unit].position.is_some()).collect();
        let counts = of_units(&all, &used);
        check_rate(&name, &counts)?;
        let placed = |entry: HeldOutEntry| Some(HeldOutEntry { unit: units[entry.unit].position?, ..entry });
        let held_out = entries.into_iter().filter_map(placed).collect();
        let mut bins = bins_of(&neurons);
        for (bin, described) in bins.iter_mut().enumerate() {
            described.n_observed = (0..counts.n_units()).filter(|&unit| counts.seen(unit)[bin]).count();
        }
        let mut recording = Self { name, units, bins, counts, held_out, warnings: Vec::new() };
        recording.warnings = recording.doubts();
        Ok(recording)
    }

    /// What the user should know that is no error.
    fn doubts(&self) -> Vec<String> {
        let name = &self.name;
        let mut doubts = Vec::new();
        let silent: Vec<&str> =
            self.units.iter().filter(|unit| unit.position.is_none()).map(|unit| unit.name.as_str()).collect();
        if !silent.is_empty() {
            doubts.push(format!(
                "{name}: {} neurons without a spike in the bins that chains see were left out: {}",
                silent.len(),
                silent.join(", ")
            ));
        }
        let constant = self.units.iter().filter(|unit| unit.position.is_some_and(|at| self.is_constant(at)));
        let constant: Vec<&str> = constant.map(|unit| unit.name.as_str()).collect();
        if !constant.is_empty() {
            doubts.push(format!(
                "{name}: neurons with the same count in every bin say nothing about clusters: {}",
                constant.join(", ")
            ));
        }
        let empty = self.bins.iter().filter(|bin| bin.n_observed == 0).count();
        if empty > 0 {
            doubts.push(format!("{name}: {empty} bins without any count that chains see"));
        }
        doubts
    }

    fn is_constant(&self, position: usize) -> bool {
        let (counts, seen) = (self.counts.unit(position), self.counts.seen(position));
        let mut seen = counts.iter().zip(seen).filter(|(_, seen)| **seen).map(|(count, _)| count);
        let first = seen.next();
        seen.all(|count| Some(count) == first)
    }
}

/// Counts and whether they were observed, `[n_units, n_bins]`.
fn matrices(neurons: &[Segments], n_bins: usize) -> (Array2<u32>, Array2<bool>) {
    let mut counts = Array2::zeros((neurons.len(), n_bins));
    let mut observed = Array2::from_elem((neurons.len(), n_bins), false);
    for (neuron, (mut counts, mut observed)) in
        neurons.iter().zip(counts.rows_mut().into_iter().zip(observed.rows_mut()))
    {
        let entries = neuron.rows.iter().flat_map(|row| &row.counts);
        for (entry, (count, observed)) in entries.zip(counts.iter_mut().zip(&mut observed)) {
            *count = entry.unwrap_or(0);
            *observed = entry.is_some();
        }
    }
    (counts, observed)
}

fn units(neurons: &[Segments], all: &Counts, held_out: &[Vec<usize>]) -> Vec<Unit> {
    let mut next = 0;
    let described = |(unit, neuron): (usize, &Segments)| {
        let n_spikes = all.unit(unit).iter().map(|&count| u64::from(count)).sum();
        let position = (n_spikes > 0).then(|| {
            next += 1;
            next - 1
        });
        Unit {
            name: neuron.name.clone(),
            region: neuron.region.clone(),
            position,
            n_spikes,
            n_bins: all.seen(unit).iter().filter(|&&seen| seen).count(),
            n_held_out: held_out[unit].len(),
        }
    };
    neurons.iter().enumerate().map(described).collect()
}

fn check_units(name: &str, units: &[Unit], silent: Silent) -> Result<()> {
    let first_silent = units.iter().find(|unit| unit.position.is_none());
    if let (Silent::Error, Some(unit)) = (silent, first_silent) {
        return Err(Error::data("a neuron has no spike in the bins that chains see")
            .at_object(format!("recording {name:?}, unit {:?}", unit.name))
            .expected("at least one spike")
            .found(format!("0 spikes in {} bins", unit.n_bins))
            .hint("leave it out, or use `silent: drop`"));
    }
    let n_used = units.iter().filter(|unit| unit.position.is_some()).count();
    if n_used < MIN_UNITS {
        return Err(Error::data("there are too few neurons for clusters of neurons")
            .at_object(format!("recording {name:?}"))
            .expected(format!("at least {MIN_UNITS} with spikes in the bins that chains see"))
            .found(format!("{n_used} of {}", units.len())));
    }
    Ok(())
}

fn of_units(all: &Counts, used: &[usize]) -> Counts {
    let counts = Array2::from_shape_fn((used.len(), all.n_bins()), |(at, bin)| all.unit(used[at])[bin]);
    let seen = Array2::from_shape_fn((used.len(), all.n_bins()), |(at, bin)| all.seen(used[at])[bin]);
    Counts::new(counts, seen, all.segments().to_vec())
}

fn check_rate(name: &str, counts: &Counts) -> Result<()> {
    let units = 0..counts.n_units();
    let n_spikes: u64 =
        units.clone().map(|unit| counts.unit(unit).iter().map(|&y| u64::from(y)).sum::<u64>()).sum();
    let n_seen: usize = units.map(|unit| counts.seen(unit).iter().filter(|&&seen| seen).count()).sum();
    let mean = n_spikes as f64 / n_seen.max(1) as f64;
    let [least, most] = MEAN_COUNT;
    let wrong = |what: &str| {
        Error::data(format!("bins are far too {what} for these neurons"))
            .at_object(format!("recording {name:?}"))
            .expected(format!("between {least} and {most} spikes per neuron and bin on average"))
            .found(format!("{mean:.6}"))
            .hint("count spikes again with another `dt_s` in prepare.bin")
    };
    match mean {
        mean if mean > most => Err(wrong("wide")),
        mean if mean < least => Err(wrong("narrow")),
        _ => Ok(()),
    }
}
