//! Which neuron and which bin stands where in the lists of the draws.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use crate::HeldOut;

/// A recording whose draws are summarised.
pub(super) struct Recording {
    pub(super) name: String,
    /// Neurons by their positions.
    pub(super) units: Vec<Unit>,
    pub(super) bins: Vec<Bin>,
    /// Counts that no chain saw, with the position of the neuron and the bin of each.
    pub(super) held_out: Vec<(usize, usize, HeldOut)>,
}

/// A neuron.
pub(super) struct Unit {
    pub(super) name: String,
    pub(super) region: Option<String>,
}

/// A bin.
#[derive(Clone, Copy)]
pub(super) struct Bin {
    pub(super) segment: i64,
    pub(super) start_s: f64,
    pub(super) dt_s: f64,
}

/// Recordings in the order of their names.
///
/// # Errors
/// When positions of neurons or bins are not 0, 1, 2, ..., or counts were held out of neurons that are not there.
pub(super) fn read(units: &Table, bins: &Table, held_out: Option<&Table>) -> Result<Vec<Recording>> {
    let mut all_units = units_of(units)?;
    let mut all_bins = bins_of(bins)?;
    let mut recordings: Vec<Recording> = Vec::with_capacity(all_bins.len());
    for (name, bins) in std::mem::take(&mut all_bins) {
        let units = all_units.remove(&name).unwrap_or_default();
        let units = in_order(units, || format!("positions of the units of recording {name:?}"))?;
        let bins = in_order(bins, || format!("bins of recording {name:?}"))?;
        recordings.push(Recording { name, units, bins, held_out: Vec::new() });
    }
    if let Some(held_out) = held_out {
        add_held_out(&mut recordings, held_out)?;
    }
    Ok(recordings)
}

type Placed<T> = BTreeMap<String, Vec<(i64, T)>>;

fn units_of(table: &Table) -> Result<Placed<Unit>> {
    let [recordings, names, regions] = ["recording_id", "unit_id", "region"].map(|name| table.text(name));
    let (recordings, names, regions) = (recordings?, names?, regions?);
    let positions = table.numbers("position")?;
    let mut units: Placed<Unit> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let Some(position) = positions.get(row) else { continue };
        let unit =
            Unit { name: names.get_or_empty(row).to_owned(), region: regions.get(row).map(str::to_owned) };
        units.entry(recordings.get_or_empty(row).to_owned()).or_default().push((position as i64, unit));
    }
    Ok(units)
}

fn bins_of(table: &Table) -> Result<Placed<Bin>> {
    let recordings = table.text("recording_id")?;
    let (numbers, segments) = (table.integers("bin")?, table.integers("segment")?);
    let (starts, widths) = (table.numbers("start_s")?, table.numbers("dt_s")?);
    let mut bins: Placed<Bin> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let bin = Bin {
            segment: segments.value(row),
            start_s: starts.get(row).unwrap_or(f64::NAN),
            dt_s: widths.get(row).unwrap_or(f64::NAN),
        };
        bins.entry(recordings.get_or_empty(row).to_owned()).or_default().push((numbers.value(row), bin));
    }
    Ok(bins)
}

/// Things by places, which must be 0, 1, 2, ...
fn in_order<T>(mut placed: Vec<(i64, T)>, what: impl Fn() -> String) -> Result<Vec<T>> {
    placed.sort_by_key(|(place, _)| *place);
    for (expected, (found, _)) in placed.iter().enumerate() {
        if *found != expected as i64 {
            return Err(Error::data("places in the lists of the draws are not consecutive")
                .at_object(what())
                .expected(expected.to_string())
                .found(found.to_string())
                .hint("connect `units` and `bins` of the step that gave the draws, with all of their rows"));
        }
    }
    Ok(placed.into_iter().map(|(_, thing)| thing).collect())
}

fn add_held_out(recordings: &mut [Recording], table: &Table) -> Result<()> {
    let (names, units) = (table.text("recording_id")?, table.text("unit_id")?);
    let bins = table.integers("bin")?;
    let columns = ["count", "log_mean_probability", "mean_log_probability", "log_homogeneous"];
    let [counts, log_mean, mean_log, homogeneous] = columns.map(|name| table.numbers(name));
    let (counts, log_mean, mean_log, homogeneous) = (counts?, log_mean?, mean_log?, homogeneous?);
    let places: BTreeMap<(String, String), (usize, usize)> = recordings
        .iter()
        .enumerate()
        .flat_map(|(recording, of)| {
            let units = of.units.iter().enumerate();
            units.map(move |(unit, named)| ((of.name.clone(), named.name.clone()), (recording, unit)))
        })
        .collect();
    for row in 0..table.n_rows() {
        let key = (names.get_or_empty(row).to_owned(), units.get_or_empty(row).to_owned());
        let place = places.get(&key).and_then(|&(recording, unit)| {
            let bin = usize::try_from(bins.value(row)).ok()?;
            let recording = recordings.get_mut(recording)?;
            (bin < recording.bins.len()).then_some((recording, unit, bin))
        });
        let Some((recording, unit, bin)) = place else {
            return Err(Error::data("a held-out count is of a neuron or bin that the draws do not have")
                .at_object(format!("recording {:?}, unit {:?}, bin {}", key.0, key.1, bins.value(row)))
                .hint("connect `held_out`, `units` and `bins` of the same step"));
        };
        let number = |column: neuroloom_table::NumberColumn<'_>| column.get(row).unwrap_or(f64::NAN);
        let entry = HeldOut {
            count: number(counts),
            log_mean: number(log_mean),
            mean_log: number(mean_log),
            homogeneous: number(homogeneous),
        };
        recording.held_out.push((unit, bin, entry));
    }
    Ok(())
}
