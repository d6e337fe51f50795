//! What a file holds, by the names and headers of its datasets.

use std::collections::BTreeMap;

use neuroloom_core::Result;

use super::dataset_name::{self, Held, Role, SPIKE_COUNT, Split};
use super::matrix::Matrix;
use super::read::ReadOptions;
use super::root;
use crate::hdf5::{File, join};

/// The trials of a file.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    /// By name of the split.
    pub(super) splits: Vec<SplitContents>,
    /// Units that a model may see; those held out are numbered behind them.
    pub(super) n_held_in: usize,
    /// Width of a bin by the name of the group, seconds.
    pub(super) group_bin_s: Option<f64>,
    /// What is left out.
    pub(super) notes: Vec<String>,
}

/// The trials of one split.
#[derive(Clone, Debug)]
pub(super) struct SplitContents {
    pub(super) split: Split,
    /// By name.
    pub(super) signals: Vec<Signal>,
    /// The dataset with the numbers of the trials in the source.
    pub(super) source_trials: Option<String>,
}

/// A signal of one split.
#[derive(Clone, Debug)]
pub(super) struct Signal {
    pub(super) name: String,
    /// Held in before held out.
    pub(super) blocks: Vec<Block>,
}

/// Units of a signal that share a dataset.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) held: Option<Held>,
    /// The bins that a model may see.
    pub(super) observed: Matrix,
    /// Those behind them.
    pub(super) forward: Option<Matrix>,
}

/// Datasets of a split by signal, by whether they are held out, and by whether they are forward ones.
type Found = BTreeMap<String, BTreeMap<Option<Held>, [Option<Matrix>; 2]>>;

impl Contents {
    /// Reads names and headers.
    ///
    /// # Errors
    /// When no or several groups have trials, a signal that is asked for is missing, or datasets of a split differ in
    /// trials or bins, or those of a signal in units.
    pub(super) fn of(file: &File, options: &ReadOptions) -> Result<Self> {
        let group = root::find(file, options.group.as_deref())?;
        let mut notes = Vec::new();
        let mut found: BTreeMap<Split, (Found, Option<String>)> = BTreeMap::new();
        for child in file.children(&group)? {
            let path = join(&group, &child.name);
            if !file.has_dataset(&path)? {
                continue;
            }
            let parsed = dataset_name::parse(&child.name, options.eval_split);
            match parsed {
                Some((split, Role::SourceTrials)) => found.entry(split).or_default().1 = Some(path),
                Some((split, Role::Signal { signal, held, forward })) if is_wanted(options, &signal) => {
                    let Some(matrix) = Matrix::of(file, &path)? else {
                        refuse_unshaped(file, &path, held)?;
                        notes.push(format!("{path}: not trials × bins × units; left out"));
                        continue;
                    };
                    let blocks = found.entry(split).or_default().0.entry(signal).or_default();
                    let slot = &mut blocks.entry(held).or_default()[usize::from(forward)];
                    if let Some(first) = slot.replace(matrix) {
                        let error = file.error(&path, "two datasets hold the same part of a signal");
                        return Err(error.found(format!("{} and {path}", first.dataset)));
                    }
                }
                Some(_) => {}
                None => notes.push(format!("{path}: its name says no signal of trials; left out")),
            }
        }
        let mut splits = Vec::new();
        for (split, (signals, source_trials)) in found {
            let signals = signals_of(signals, &mut notes);
            if !signals.is_empty() {
                check_split(file, &signals)?;
                splits.push(SplitContents { split, signals, source_trials });
            }
        }
        check_asked(file, &group, options, &splits)?;
        check_units(file, &splits)?;
        let n_held_in = n_held_in(&splits);
        Ok(Self { splits, n_held_in, group_bin_s: root::bin_s(&group), notes })
    }

    /// All matrices.
    pub(super) fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        let blocks = self.splits.iter().flat_map(|split| &split.signals).flat_map(|signal| &signal.blocks);
        blocks.flat_map(|block| [Some(&block.observed), block.forward.as_ref()]).flatten()
    }

    /// Rows of the table.
    pub(super) fn n_rows(&self) -> usize {
        let blocks = self.splits.iter().flat_map(|split| &split.signals).flat_map(|signal| &signal.blocks);
        blocks.map(|block| block.observed.n_trials.saturating_mul(block.observed.n_units)).sum()
    }

    /// Whether 32-bit floats hold all values.
    pub(super) fn is_single(&self) -> bool {
        self.matrices().all(|matrix| matrix.is_single)
    }
}

impl SplitContents {
    /// Number of trials.
    pub(super) fn n_trials(&self) -> usize {
        let first = self.signals.first().and_then(|signal| signal.blocks.first());
        first.map_or(0, |block| block.observed.n_trials)
    }

    /// The signal called `name`.
    pub(super) fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }
}

fn is_wanted(options: &ReadOptions, signal: &str) -> bool {
    options.signals.as_ref().is_none_or(|names| names.iter().any(|name| name == signal))
}

/// A signal of units must be a matrix; other datasets may be anything.
fn refuse_unshaped(file: &File, path: &str, held: Option<Held>) -> Result<()> {
    if held.is_none() {
        return Ok(());
    }
    let info = file.info(path)?;
    Err(file
        .error(path, "the dataset is no matrix of trials")
        .expected("numbers, [trials, bins, units], none of them 0")
        .found(format!("{} {}", info.shape_text(), info.dtype)))
}

/// Joins observed and forward bins. Forward bins alone are no trials.
fn signals_of(found: Found, notes: &mut Vec<String>) -> Vec<Signal> {
    let mut signals = Vec::new();
    for (name, parts) in found {
        let mut blocks = Vec::new();
        for (held, part) in parts {
            match part {
                [Some(observed), forward] => blocks.push(Block { held, observed, forward }),
                [None, Some(forward)] => {
                    notes.push(format!("{}: the bins before it are not there; left out", forward.dataset));
                }
                [None, None] => {}
            }
        }
        if !blocks.is_empty() {
            signals.push(Signal { name, blocks });
        }
    }
    signals
}

/// All datasets of a split have the same trials and bins.
fn check_split(file: &File, signals: &[Signal]) -> Result<()> {
    let blocks = || signals.iter().flat_map(|signal| &signal.blocks);
    let counts = signals.iter().find(|signal| signal.name == SPIKE_COUNT);
    let reference = counts.and_then(|signal| signal.blocks.first()).or_else(|| blocks().next());
    let Some(first) = reference.map(|block| &block.observed) else { return Ok(()) };
    let fits = |own: &Matrix| (own.n_trials, own.n_bins) == (first.n_trials, first.n_bins);
    if let Some(block) = blocks().find(|block| !fits(&block.observed)) {
        let expected = format!("{} trials × {} bins, as {} has", first.n_trials, first.n_bins, first.dataset);
        return Err(block
            .observed
            .unfit(file, "the datasets of a split do not fit", expected)
            .hint("name the signals to read in `signals`"));
    }
    let mut forward = blocks().filter_map(|block| Some((&block.observed, block.forward.as_ref()?)));
    let Some((_, first)) = forward.clone().next() else { return Ok(()) };
    let fits = |(observed, own): &(&Matrix, &Matrix)| {
        own.n_trials == observed.n_trials && own.n_units == observed.n_units && own.n_bins == first.n_bins
    };
    match forward.find(|pair| !fits(pair)) {
        Some((observed, own)) => {
            let expected =
                format!("{} trials × {} bins × {} units", observed.n_trials, first.n_bins, observed.n_units);
            Err(own.unfit(file, "forward bins do not fit those before them", expected))
        }
        None => Ok(()),
    }
}

/// Signals that are asked for by name must be in some split.
fn check_asked(file: &File, group: &str, options: &ReadOptions, splits: &[SplitContents]) -> Result<()> {
    let is_there = |name: &str| splits.iter().any(|split| split.signal(name).is_some());
    match options.signals.iter().flatten().find(|name| !is_there(name)) {
        Some(name) => Err(file
            .error(group, format!("the signal {name} is not there"))
            .hint("leave it out of `signals`, or leave `signals` out to read all")),
        None => Ok(()),
    }
}

/// A signal has the same units in every split.
fn check_units(file: &File, splits: &[SplitContents]) -> Result<()> {
    let mut known: BTreeMap<(&str, Option<Held>), &Matrix> = BTreeMap::new();
    for signal in splits.iter().flat_map(|split| &split.signals) {
        for block in &signal.blocks {
            let first = *known.entry((&signal.name, block.held)).or_insert(&block.observed);
            if first.n_units != block.observed.n_units {
                let expected = format!("{} units, as {} has", first.n_units, first.dataset);
                return Err(block.observed.unfit(file, "the splits differ in their units", expected));
            }
        }
    }
    for ((_, held), matrix) in known.iter().filter(|((_, held), _)| held.is_some()) {
        if let Some(counts) = known.get(&(SPIKE_COUNT, *held))
            && counts.n_units != matrix.n_units
        {
            let expected = format!("{} units, as {} has", counts.n_units, counts.dataset);
            return Err(matrix.unfit(file, "the signals of the units do not fit", expected));
        }
    }
    Ok(())
}

fn n_held_in(splits: &[SplitContents]) -> usize {
    let blocks = splits.iter().flat_map(|split| &split.signals).flat_map(|signal| &signal.blocks);
    blocks.filter(|block| block.held == Some(Held::In)).map(|block| block.observed.n_units).max().unwrap_or(0)
}
