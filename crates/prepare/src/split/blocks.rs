//! Splitting time into blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray};
use neuroloom_core::{Error, Result, Seed, Table, TimeBase};
use neuroloom_table::{Columns, TableBuilder, kinds};

use super::{BlockOrder, Blocks, Fractions, Part, assign};
use crate::interval_selector::connected;
use crate::sampled::Sampled;
use crate::{Span, Support, spike_trains};

/// Most blocks of one recording.
const MAX_BLOCKS: f64 = 1e6;
/// The set that the blocks stand in.
const SET: &str = "blocks";

/// A stretch of time and its part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// When it is.
    pub span: Span,
    /// Where it belongs.
    pub part: Part,
}

/// Cuts every stretch of `time` into blocks of equal length, as near to `length_s` as whole blocks allow, and gives each a
/// part: by chance in exact shares ([`assign`]), or one part after the other.
///
/// Where neighbours are of different parts, `gap_s` between them belongs to neither, half of it taken from each. A block that
/// has nothing left is gone.
///
/// # Errors
/// When the blocks are too many.
pub fn time_blocks(time: &Support, blocks: &Blocks, fractions: Fractions, seed: Seed) -> Result<Vec<Block>> {
    let spans = spans(time, blocks.length_s)?;
    let parts = match blocks.order {
        BlockOrder::Shuffled => assign(&vec![0; spans.len()], fractions, seed),
        BlockOrder::InTime => in_time(spans.len(), fractions),
    };
    let whole = spans.into_iter().zip(parts).map(|(span, part)| Block { span, part }).collect();
    Ok(without_gaps(whole, blocks.gap_s))
}

fn spans(time: &Support, length_s: f64) -> Result<Vec<Span>> {
    let n_blocks: f64 = time.spans().iter().map(|span| span.duration_s() / length_s).sum();
    if n_blocks.is_nan() || n_blocks > MAX_BLOCKS {
        return Err(Error::params("the blocks are too many")
            .at_object("blocks.length_s")
            .expected(format!("at most {MAX_BLOCKS} blocks in a recording"))
            .found(format!("{n_blocks:.0}"))
            .hint("make the blocks longer"));
    }
    let cut = |span: &Span| {
        let n = (span.duration_s() / length_s).round().max(1.0) as usize;
        let (start_s, stop_s) = (span.start_s, span.stop_s);
        let edge = move |k: usize| {
            if k == n { stop_s } else { start_s + k as f64 * ((stop_s - start_s) / n as f64) }
        };
        (0..n).map(move |k| Span::new(edge(k), edge(k + 1)))
    };
    Ok(time.spans().iter().flat_map(cut).collect())
}

/// The first blocks train, the next valid, the last test.
fn in_time(n: usize, fractions: Fractions) -> Vec<Part> {
    let part = |k: usize| {
        let place = (k as f64 + 0.5) / n as f64;
        if place < fractions.train {
            Part::Train
        } else if place < fractions.train + fractions.valid {
            Part::Valid
        } else {
            Part::Test
        }
    };
    (0..n).map(part).collect()
}

/// Takes from every block what is too near to blocks of other parts, half of what is missing from each side.
fn without_gaps(blocks: Vec<Block>, gap_s: f64) -> Vec<Block> {
    // Of the near blocks, nearest first: how much time is missing to the first of another part.
    let missing_s = |part: Part, near: &mut dyn Iterator<Item = (f64, Part)>| {
        let mut near = near.take_while(|(apart_s, _)| *apart_s < gap_s);
        near.find(|(_, other)| *other != part).map_or(0.0, |(apart_s, _)| gap_s - apart_s)
    };
    let cut = |(i, block): (usize, &Block)| {
        let (before, after) = (blocks.iter().take(i).rev(), blocks.iter().skip(i + 1));
        let mut before = before.map(|other| (block.span.start_s - other.span.stop_s, other.part));
        let mut after = after.map(|other| (other.span.start_s - block.span.stop_s, other.part));
        let start_s = block.span.start_s + missing_s(block.part, &mut before) / 2.0;
        let stop_s = block.span.stop_s - missing_s(block.part, &mut after) / 2.0;
        Block { span: Span::new(start_s, stop_s), part: block.part }
    };
    let cut: Vec<Block> = blocks.iter().enumerate().map(cut).collect();
    cut.into_iter().filter(|block| block.span.duration_s() > 0.0).collect()
}

/// The time that is split, by recording: that of the chosen intervals, or from the first to the last moment of the tables.
///
/// # Errors
/// When the intervals cannot be found, or there is no time.
pub(super) fn time_to_split<'a>(
    blocks: &Blocks,
    intervals: Option<&Table>,
    spikes: Option<&'a Table>,
    traces: Option<&'a Table>,
) -> Result<BTreeMap<String, Support>> {
    let times = match &blocks.within {
        Some(within) => within.supports(connected(intervals)?)?,
        None => {
            let mut extents = BTreeMap::new();
            spikes.map_or(Ok(()), |spikes| extend_by_spikes(&mut extents, spikes))?;
            traces.map_or(Ok(()), |traces| extend_by_traces(&mut extents, traces))?;
            extents.into_iter().map(|(name, span)| (name, Support::new([span]))).collect()
        }
    };
    if times.values().all(Support::is_empty) {
        return Err(Error::data("there is no time to split into blocks")
            .at_object("blocks")
            .expected("intervals that last, or tables with samples or spikes")
            .found("none"));
    }
    Ok(times)
}

type Extents = BTreeMap<String, Span>;

fn extend(extents: &mut Extents, recording: &str, span: Span) {
    let own = extents.entry(recording.to_owned()).or_insert(span);
    *own = Span::new(own.start_s.min(span.start_s), own.stop_s.max(span.stop_s));
}

fn extend_by_spikes(extents: &mut Extents, spikes: &Table) -> Result<()> {
    for train in spike_trains(spikes)? {
        let observed = train.observed.as_ref().map(Support::spans).unwrap_or_default();
        for span in observed.iter().filter(|span| span.start_s.is_finite() && span.stop_s.is_finite()) {
            extend(extents, train.recording_id, *span);
        }
        let ends = train.times_s.first().zip(train.times_s.last()).filter(|_| train.observed.is_none());
        if let Some((first, last)) = ends {
            extend(extents, train.recording_id, Span::new(first.min(0.0), last.next_up()));
        }
    }
    Ok(())
}

fn extend_by_traces(extents: &mut Extents, traces: &Table) -> Result<()> {
    let recordings = traces.text("recording_id")?;
    for row in 0..traces.n_rows() {
        let trace = Sampled::read(traces, "trace", row)?;
        let Some(last) = trace.values.len().checked_sub(1) else { continue };
        let last_s = trace.base.time_s(last);
        let stop_s = match trace.base {
            TimeBase::Regular { dt_s, .. } => last_s + dt_s,
            TimeBase::Explicit(_) => last_s.next_up(),
        };
        extend(extents, recordings.get_or_empty(row), Span::new(trace.base.time_s(0), stop_s));
    }
    Ok(())
}

/// The blocks of all recordings as intervals, their parts as tags.
pub(super) fn table(blocks: &BTreeMap<String, Vec<Block>>) -> Result<Table> {
    let rows =
        || blocks.iter().flat_map(|(recording, own)| own.iter().enumerate().map(move |row| (recording, row)));
    let parts: DictionaryArray<Int32Type> = rows().map(|(_, (_, block))| Some(block.part.name())).collect();
    let parts: ArrayRef = Arc::new(parts);
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", rows().map(|(recording, _)| recording))
        .text("interval_set", rows().map(|_| SET))
        .integers("interval_id", rows().map(|(_, (id, _))| id as i64))
        .numbers("start_s", rows().map(|(_, (_, block))| block.span.start_s))
        .numbers("stop_s", rows().map(|(_, (_, block))| block.span.stop_s))
        .optional_text_lists("tags", rows().map(|(_, (_, block))| Some(vec![block.part.name().to_owned()])))
        .extra("split", None, parts)
        .finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks(length_s: f64, gap_s: f64, order: BlockOrder) -> Blocks {
        Blocks { length_s, gap_s, order, within: None }
    }

    proptest! {
        #[test]
        fn blocks_tile_time_but_for_the_gaps_between_parts(
            length_s in 0.5..20.0f64, gap_s in 0.0..3.0f64, stop in 5.0..200.0f64, seed in 0u64..20, in_time: bool,
        ) {
            let time = Support::new([Span::new(-3.0, 1.0), Span::new(2.0, stop)]);
            let order = if in_time { BlockOrder::InTime } else { BlockOrder::Shuffled };
            let found = time_blocks(&time, &blocks(length_s, gap_s, order), Fractions::default(), Seed::root(seed)).unwrap();
            let whole = time_blocks(&time, &blocks(length_s, 0.0, order), Fractions::default(), Seed::root(seed)).unwrap();
            let total: f64 = whole.iter().map(|block| block.span.duration_s()).sum();
            prop_assert!((total - time.duration_s()).abs() < 1e-9);
            for pair in found.windows(2) {
                let apart_s = pair[1].span.start_s - pair[0].span.stop_s;
                prop_assert!(apart_s > -1e-9);
                prop_assert!(pair[0].part == pair[1].part || apart_s > gap_s - 1e-9, "{pair:?}");
            }
            for block in &found {
                prop_assert!(time.covers(block.span));
            }
        }

        #[test]
        fn shares_are_met_to_one_block(n in 1usize..200, train in 0.0..1.0f64, seed in 0u64..20, in_time: bool) {
            let order = if in_time { BlockOrder::InTime } else { BlockOrder::Shuffled };
            let fractions = Fractions { train, valid: 0.0, test: 1.0 - train };
            let time = Support::new([Span::new(0.0, n as f64)]);
            let found = time_blocks(&time, &blocks(1.0, 0.0, order), fractions, Seed::root(seed)).unwrap();
            let n_train = found.iter().filter(|block| block.part == Part::Train).count() as f64;
            prop_assert!((n_train - train * n as f64).abs() <= 1.0);
            prop_assert_eq!(found.len(), n);
        }
    }

    #[test]
    fn in_time_the_parts_follow_each_other() {
        let time = Support::new([Span::new(0.0, 10.0)]);
        let found =
            time_blocks(&time, &blocks(1.0, 0.0, BlockOrder::InTime), Fractions::default(), Seed::root(0))
                .unwrap();
        assert!(found.is_sorted_by_key(|block| block.part));
        let error =
            time_blocks(&time, &blocks(1e-9, 0.0, BlockOrder::InTime), Fractions::default(), Seed::root(0));
        assert!(error.unwrap_err().report().contains("blocks.length_s"));
    }
}
