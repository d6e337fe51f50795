//! The units table into spikes.

use arrow_array::types::Float64Type;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds, spec};

use super::electrodes;
use super::extra;
use super::planes;
use super::table::{DynamicTable, row_range};
use crate::hdf5::File;
use crate::lists::lists;
use crate::span::Span;

const UNITS: &str = "/units";
/// Text columns that say how good a unit is, in order of preference.
const QUALITY_COLUMNS: [&str; 5] = ["quality", "KSLabel", "ks_label", "kslabel", "cluster_quality"];
/// Columns that become columns of the spikes table, and those too large or too special to be kept.
const KNOWN_COLUMNS: [&str; 9] = [
    "spike_times",
    "obs_intervals",
    "electrodes",
    "electrode_group",
    "waveform_mean",
    "waveform_sd",
    "waveforms",
    "spike_amplitudes",
    "timeseries",
];

/// The spikes of a file.
pub(super) struct Spikes {
    pub(super) table: Table,
    pub(super) span: Span,
}

/// Number of units and of spikes, by the headers.
///
/// # Errors
/// When the table is damaged.
pub(super) fn count(file: &File) -> Result<(u64, u64)> {
    let units = DynamicTable::open(file, UNITS)?;
    Ok((units.n_rows() as u64, units.length("spike_times")? as u64))
}

/// Reads the units table. Within a unit, times must ascend unless `sort` puts them in order.
///
/// # Errors
/// When a column is missing or damaged, an index decreases or points past its end, or a spike time is no
/// finite number or earlier than the one before.
pub(super) fn read(file: &File, recording_id: &str, sort: bool, notes: &mut Vec<String>) -> Result<Spikes> {
    let units = DynamicTable::open(file, UNITS)?;
    if units.n_rows() > 1 && !units.is_ragged("spike_times")? {
        return Err(units.missing("spike_times_index"));
    }
    let ids = units.ids()?;
    if planes::repeats(&ids) {
        notes.push("/units/id: ids repeat; units are called by their row number".to_owned());
    }
    let offsets = spike_offsets(&units)?;
    let mut times: Vec<f64> = file.numbers(&units.path_of("spike_times"))?;
    note_leftover(&offsets, times.len(), notes);
    check_times(&units, &offsets, &mut times, sort)?;
    let mut span = Span::default();
    span.add_all(&times);

    let places = electrodes::places(&units)?;
    let (quality, quality_column) = quality(&units)?;
    let used: Vec<&str> =
        places.used.iter().map(String::as_str).chain(quality_column).chain(KNOWN_COLUMNS).collect();
    let observed = observed(&units)?;
    let mut builder = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", std::iter::repeat_n(recording_id, ids.len()))
        .text("unit_id", planes::unit_names(&ids))
        .optional_text("region", places.region)
        .optional_text("electrode_group", places.group)
        .optional_text("quality", quality)
        .array("spike_times_s", lists::<Float64Type>(times, &offsets, None)?);
    if let Some((starts, stops)) = observed {
        let (starts, stops) = (starts.into_iter().map(Some), stops.into_iter().map(Some));
        builder = builder.optional_lists("observed_start_s", starts).optional_lists("observed_stop_s", stops);
    }
    let (further, left_out) = extra::columns(&units, &used)?;
    notes.extend(left_out.iter().map(|name| format!("/units/{name}: not one value per unit; left out")));
    for (name, column) in further {
        builder = builder.extra(&free_name(kinds::SPIKES, &name)?, None, column.into_array());
    }
    Ok(Spikes { table: builder.finish()?, span })
}

/// A name for a further column that no column of the kind has.
pub(super) fn free_name(kind: neuroloom_core::TableKind, name: &str) -> Result<String> {
    Ok(if spec(kind)?.column(name).is_some() { format!("nwb_{name}") } else { name.to_owned() })
}

/// Offsets of the units into the spike times; a table of one unit needs no index.
fn spike_offsets(units: &DynamicTable<'_>) -> Result<Vec<usize>> {
    if units.is_ragged("spike_times")? {
        return units.offsets("spike_times");
    }
    Ok(match units.n_rows() {
        0 => vec![0],
        _ => vec![0, units.length("spike_times")?],
    })
}

fn note_leftover(offsets: &[usize], n_spikes: usize, notes: &mut Vec<String>) {
    let taken = offsets.last().copied().unwrap_or(0);
    if taken < n_spikes {
        notes.push(format!(
            "/units/spike_times: the last {} spikes belong to no unit; left out",
            n_spikes - taken
        ));
    }
}

fn check_times(units: &DynamicTable<'_>, offsets: &[usize], times: &mut [f64], sort: bool) -> Result<()> {
    let path = units.path_of("spike_times");
    for unit in 0..units.n_rows() {
        let range = row_range(offsets, unit);
        let first = range.start;
        let train = times.get_mut(range).unwrap_or_default();
        if let Some(i) = train.iter().position(|time| !time.is_finite()) {
            return Err(units
                .file()
                .error(&path, "a spike time is no finite number")
                .at_offset((first + i) as u64)
                .expected("seconds from the start of the session")
                .found(format!("{} in row {unit} of the units", train.get(i).copied().unwrap_or(f64::NAN))));
        }
        if sort {
            train.sort_by(f64::total_cmp);
        } else if let Some(i) = train.windows(2).position(|pair| matches!(pair, [a, b] if b < a)) {
            return Err(backwards(units, &path, unit, first + i + 1, train.get(i..).unwrap_or_default()));
        }
    }
    Ok(())
}

fn backwards(units: &DynamicTable<'_>, path: &str, unit: usize, at: usize, pair: &[f64]) -> Error {
    let error = units.file().error(path, "spike times run backwards").at_offset(at as u64);
    let found = match pair {
        [earlier, later, ..] => format!("{later} s after {earlier} s in row {unit} of the units"),
        _ => String::new(),
    };
    error
        .expected("times that do not decrease within a unit")
        .found(found)
        .hint("set `sort_spikes: true` if only the order is wrong")
}

fn quality(units: &DynamicTable<'_>) -> Result<(Vec<Option<String>>, Option<&'static str>)> {
    for name in QUALITY_COLUMNS {
        if units.has(name)?
            && !units.is_ragged(name)?
            && units.file().info(&units.path_of(name))?.dtype.is_text()
        {
            return Ok((units.texts(name)?, Some(name)));
        }
    }
    Ok((vec![None; units.n_rows()], None))
}

/// Starts and ends of the stretches in which each unit was observed.
type Observed = Option<(Vec<Vec<f64>>, Vec<Vec<f64>>)>;

fn observed(units: &DynamicTable<'_>) -> Result<Observed> {
    if !units.has("obs_intervals")? {
        return Ok(None);
    }
    let path = units.path_of("obs_intervals");
    let shape = units.file().info(&path)?.shape;
    if !matches!(shape.as_slice(), [_, 2]) {
        return Err(units
            .file()
            .error(&path, "the observation intervals have another shape")
            .expected("(intervals, 2): start and end")
            .found(format!("{shape:?}")));
    }
    let bounds: Vec<f64> = units.file().numbers(&path)?;
    let offsets = units.offsets("obs_intervals")?;
    let side = |side: usize| -> Vec<Vec<f64>> {
        (0..units.n_rows())
            .map(|unit| row_range(&offsets, unit).filter_map(|i| bounds.get(2 * i + side).copied()).collect())
            .collect()
    };
    Ok(Some((side(0), side(1))))
}
