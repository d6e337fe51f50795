//! Which bins the neurons of a recording have in common.

use std::collections::BTreeMap;
use std::ops::Range;

use neuroloom_core::{Error, Result};

use super::recording::Bin;
use super::rows::Row;

/// Bins at least, and per segment.
const MIN_BINS: usize = 10;
const MIN_SEGMENT: usize = 3;

/// Segments of one neuron, in order.
pub(super) struct Segments {
    pub name: String,
    pub region: Option<String>,
    pub rows: Vec<Row>,
}

/// The neurons of a recording, sorted by name.
///
/// # Errors
/// A segment of a neuron that stands twice.
pub(super) fn by_unit(recording: &str, rows: Vec<Row>) -> Result<Vec<Segments>> {
    let mut units: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        units.entry(row.unit.clone()).or_default().push(row);
    }
    let mut neurons = Vec::with_capacity(units.len());
    for (name, mut rows) in units {
        rows.sort_by_key(|row| row.segment);
        if let Some(twice) = rows.windows(2).find(|pair| pair[0].segment == pair[1].segment) {
            return Err(Error::data("a neuron stands twice")
                .at_object(format!("recording {recording:?}, unit {name:?}"))
                .expected("one row per neuron and segment")
                .found(format!("two rows of segment {}", twice[0].segment)));
        }
        let region = rows.iter().find_map(|row| row.region.clone());
        neurons.push(Segments { name, region, rows });
    }
    Ok(neurons)
}

/// Bins of the segments, one after the other.
///
/// # Errors
/// Where a neuron has other bins than the first one, a segment is too short, or there are too few bins.
pub(super) fn common_bins(recording: &str, neurons: &[Segments]) -> Result<Vec<Range<usize>>> {
    let Some((first, others)) = neurons.split_first() else { return Ok(Vec::new()) };
    for neuron in others {
        check_same(recording, first, neuron)?;
    }
    let mut segments: Vec<Range<usize>> = Vec::with_capacity(first.rows.len());
    for row in &first.rows {
        if row.counts.len() < MIN_SEGMENT {
            return Err(Error::data("a segment is too short for dynamics")
                .at_object(format!("recording {recording:?}, segment {}", row.segment))
                .expected(format!("at least {MIN_SEGMENT} bins"))
                .found(row.counts.len().to_string())
                .hint("leave the segment out, or use narrower bins"));
        }
        let start = segments.last().map_or(0, |last| last.end);
        segments.push(start..start + row.counts.len());
    }
    let n_bins = segments.last().map_or(0, |last| last.end);
    if n_bins < MIN_BINS {
        return Err(Error::data("there are too few bins")
            .at_object(format!("recording {recording:?}"))
            .expected(format!("at least {MIN_BINS}"))
            .found(n_bins.to_string())
            .hint("use narrower bins in prepare.bin"));
    }
    Ok(segments)
}

fn check_same(recording: &str, first: &Segments, neuron: &Segments) -> Result<()> {
    let different = |what: &str, expected: String, found: String| {
        Err(Error::data(format!("neurons have different {what}"))
            .at_object(format!("recording {recording:?}, unit {:?}", neuron.name))
            .expected(format!("{expected}, as unit {:?}", first.name))
            .found(found)
            .hint("bin all neurons of a recording in one step prepare.bin"))
    };
    let names = |of: &Segments| format!("{:?}", of.rows.iter().map(|row| row.segment).collect::<Vec<_>>());
    if names(first) != names(neuron) {
        return different("segments", names(first), names(neuron));
    }
    for (a, b) in first.rows.iter().zip(&neuron.rows) {
        let segment = a.segment;
        if a.counts.len() != b.counts.len() {
            let [expected, found] =
                [a, b].map(|row| format!("{} bins in segment {segment}", row.counts.len()));
            return different("numbers of bins", expected, found);
        }
        if a.dt_s != b.dt_s {
            return different(
                "bins",
                format!("dt_s {}", a.dt_s),
                format!("dt_s {} in segment {segment}", b.dt_s),
            );
        }
        if (a.start_s - b.start_s).abs() > 1e-6 * a.dt_s {
            let [expected, found] = [a, b].map(|row| format!("segment {segment} from {} s", row.start_s));
            return different("bins", expected, found);
        }
    }
    let differs = |row: &&Row| row.dt_s != first.rows[0].dt_s;
    match neuron.rows.iter().find(differs) {
        Some(row) => different(
            "bins",
            format!("dt_s {} in all segments", first.rows[0].dt_s),
            format!("dt_s {} in segment {}", row.dt_s, row.segment),
        ),
        None => Ok(()),
    }
}

/// The bins of all segments, in order; how many neurons are seen in them is not known yet.
pub(super) fn bins_of(neurons: &[Segments]) -> Vec<Bin> {
    let rows = neurons.first().map_or(&[][..], |neuron| neuron.rows.as_slice());
    let bins = rows.iter().flat_map(|row| {
        let (start_s, dt_s, segment) = (row.start_s, row.dt_s, row.segment);
        (0..row.counts.len()).map(move |bin| Bin {
            segment,
            start_s: start_s + bin as f64 * dt_s,
            dt_s,
            n_observed: 0,
        })
    });
    bins.collect()
}
