//! The connections of one source.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result};

use super::{ConnectomeParams, Pair, Reading, ReadingType};
use crate::{Profile, QualityWarning, names};

/// Share of rows outside the 300 names that is worth a warning, and how many names it lists.
const OUTSIDE_SHARE: f64 = 0.1;
const OUTSIDE_NAMES: usize = 10;

/// Weights of an ordered pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weights {
    /// Gap junctions, the same in both directions; 0 for none.
    pub gap: f64,
    /// Chemical synapses, or the functional response; 0 for none.
    pub chem: f64,
}

/// Readings that made no edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// A name outside the 300.
    pub outside: usize,
    /// A weight of 0, or one that is not finite.
    pub weightless: usize,
    /// A type that says nothing new (receiving side) or is no connection between neurons.
    pub ignored: usize,
    /// A functional reading with too high a false discovery rate.
    pub insignificant: usize,
}

/// The connections of a source.
#[derive(Clone, Debug)]
pub struct SourceEdges {
    /// Its name.
    pub source: String,
    /// Unit of its weights.
    pub unit: String,
    /// Whether its weights are functional responses.
    pub functional: bool,
    /// Weights by ordered pair; none is 0 altogether.
    pub edges: BTreeMap<Pair, Weights>,
    /// What made no edge.
    pub dropped: Dropped,
    /// What the user should know.
    pub warnings: Vec<QualityWarning>,
}

/// Brings the readings of a source, in the order of the source, to weights per ordered pair.
///
/// Gap junctions: the mean of all readings of the unordered pair, written in both directions. Chemical
/// synapses: in exact the sum of all readings of the ordered pair, in compat the first. Exact takes zero padding out
/// of names and counts monadic synapses of type `S`; compat loses both.
///
/// # Errors
/// When a type is unknown, an anatomical weight is negative, or a q-value is outside `[0, 1]`.
pub fn source_edges(
    source: &str,
    unit: &str,
    readings: &[Reading],
    params: &ConnectomeParams,
) -> Result<SourceEdges> {
    let mut gap: BTreeMap<Pair, (f64, usize)> = BTreeMap::new();
    let mut chem: BTreeMap<Pair, f64> = BTreeMap::new();
    let mut dropped = Dropped::default();
    let mut outside: BTreeMap<&str, usize> = BTreeMap::new();
    let mut functional = false;
    for reading in readings {
        let meaning = reading.reading_type()?;
        if meaning == ReadingType::Ignored
            || (meaning == ReadingType::MonadicChemical && params.profile == Profile::Compat)
        {
            dropped.ignored += 1;
            continue;
        }
        check_weight(reading, meaning)?;
        functional |= meaning == ReadingType::Functional;
        if meaning == ReadingType::Functional && !reading.is_significant(params.q_threshold)? {
            dropped.insignificant += 1;
            continue;
        }
        let slots = [&reading.pre, &reading.post].map(|name| slot(name, meaning, params.profile));
        let [Some(pre), Some(post)] = slots else {
            dropped.outside += 1;
            let strangers =
                slots.iter().zip([&reading.pre, &reading.post]).filter(|(slot, _)| slot.is_none());
            strangers.for_each(|(_, name)| *outside.entry(name).or_default() += 1);
            continue;
        };
        if !reading.weight.is_finite() || reading.weight == 0.0 {
            dropped.weightless += 1;
            continue;
        }
        if meaning == ReadingType::Gap {
            let (sum, n) = gap.entry((pre.min(post), pre.max(post))).or_default();
            *sum += reading.weight;
            *n += 1;
        } else if params.profile == Profile::Exact {
            *chem.entry((pre, post)).or_default() += reading.weight;
        } else {
            chem.entry((pre, post)).or_insert(reading.weight);
        }
    }
    let warnings = outside_warning(readings.len(), dropped.outside, outside).into_iter().collect();
    let edges = joined(gap, chem);
    Ok(SourceEdges { source: source.to_owned(), unit: unit.to_owned(), functional, edges, dropped, warnings })
}

fn joined(gap: BTreeMap<Pair, (f64, usize)>, chem: BTreeMap<Pair, f64>) -> BTreeMap<Pair, Weights> {
    let mut edges: BTreeMap<Pair, Weights> = BTreeMap::new();
    for ((a, b), (sum, n)) in gap {
        let mean = sum / n as f64;
        edges.entry((a, b)).or_default().gap = mean;
        edges.entry((b, a)).or_default().gap = mean;
    }
    for (pair, weight) in chem {
        edges.entry(pair).or_default().chem = weight;
    }
    // Functional responses of opposite sign can cancel.
    edges.retain(|_, weights| *weights != Weights::default());
    edges
}

fn slot(name: &str, meaning: ReadingType, profile: Profile) -> Option<usize> {
    let name =
        if meaning == ReadingType::Functional { names::of_functional_atlas(name, profile) } else { name };
    let unpadded = (profile == Profile::Exact).then(|| names::without_zero_padding(name)).flatten();
    names::slot(unpadded.as_deref().unwrap_or(name))
}

fn check_weight(reading: &Reading, meaning: ReadingType) -> Result<()> {
    let negative = reading.weight < 0.0 && meaning != ReadingType::Functional;
    if !negative {
        return Ok(());
    }
    Err(Error::data("the weight of a connection makes no sense")
        .at_object("weight")
        .at_offset(reading.row)
        .expected("a number of synapses or sections, 0 or more")
        .found(format!("{} for {} to {}", reading.weight, reading.pre, reading.post)))
}

fn outside_warning(rows: usize, outside: usize, names: BTreeMap<&str, usize>) -> Option<QualityWarning> {
    let share = outside as f64 / rows.max(1) as f64;
    let mut commonest: Vec<(usize, &str)> = names.into_iter().map(|(name, count)| (count, name)).collect();
    commonest.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let listed: Vec<String> =
        commonest.iter().take(OUTSIDE_NAMES).map(|(count, name)| format!("{name:?} ({count})")).collect();
    (share > OUTSIDE_SHARE).then(|| {
        let message = format!(
            "{outside} of {rows} readings name a cell outside the 300 neurons and are left out; the commonest: {}",
            listed.join(", ")
        );
        QualityWarning::new("names_outside", message)
    })
}
