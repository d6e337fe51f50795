//! Signals of regions of interest: `RoiResponseSeries` into traces.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use neuroloom_core::{Error, Result, Table, TimeBase, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::clock::{self, Clock};
use super::matrix::{self, Layout, Sample, Scale};
use super::planes::{self, Plane};
use super::{names, series};
use crate::hdf5::{Attribute, Dtype, File};
use crate::lists::lists;
use crate::span::Span;
use crate::times::Times;

/// The headers of a `RoiResponseSeries`.
#[derive(Clone, Debug)]
pub(super) struct RoiSeries {
    pub(super) path: String,
    /// Path of the table of regions of interest.
    pub(super) plane: String,
    /// `fluorescence`, `dff`, `neuropil`, `deconvolved`; with its name where a plane has several of the kind.
    pub(super) signal: String,
    pub(super) dtype: Dtype,
    pub(super) layout: Layout,
    pub(super) clock: Clock,
    pub(super) unit: Unit,
    /// What its headers leave open.
    pub(super) note: Option<String>,
}

impl RoiSeries {
    /// Reads the headers of the series at `path`.
    ///
    /// # Errors
    /// When its data do not fit its regions of interest, or the headers are damaged.
    pub(super) fn of(file: &File, path: &str, container_type: &str) -> Result<Self> {
        let (data, rois) = (format!("{path}/data"), format!("{path}/rois"));
        for needed in [&data, &rois] {
            if !file.has_dataset(needed)? {
                return Err(file.error(needed, "a series of regions of interest lacks a dataset"));
            }
        }
        let Some(Attribute::Reference(Some(plane))) = file.attribute(&rois, "table")? else {
            return Err(file
                .error(&rois, "the regions of interest belong to no table")
                .expected("an attribute table that refers to a PlaneSegmentation"));
        };
        let info = file.sized_info(&data)?;
        let clock = Clock::of(file, path)?;
        let n_rois = file.sized_info(&rois)?.n_rows();
        let (layout, note) = orientation(file, &data, &info.shape, n_rois, clock.n_timestamps())?;
        Ok(Self {
            path: path.to_owned(),
            plane,
            signal: signal(path, container_type).to_owned(),
            dtype: info.dtype,
            layout,
            clock,
            unit: series::unit(file, &data)?,
            note,
        })
    }

    /// Number of values.
    pub(super) fn n_values(&self) -> usize {
        self.layout.n_samples.saturating_mul(self.layout.n_channels)
    }
}

/// What a series measures, by its own name and that of its container.
fn signal(path: &str, container_type: &str) -> &'static str {
    let name = names::last(path).to_lowercase();
    let container = names::last(names::parent(path)).to_lowercase();
    let says = |words: &[&str]| {
        words.iter().any(|word| name.contains(word)) || words.iter().any(|word| container.contains(word))
    };
    if says(&["deconv", "spks", "spike", "event"]) {
        "deconvolved"
    } else if says(&["neuropil"]) {
        "neuropil"
    } else if container_type == "DfOverF" || says(&["dfoverf", "dff", "df_over_f", "df/f", "deltaf"]) {
        "dff"
    } else {
        "fluorescence"
    }
}

/// Which dimension is time: the one that has as many entries as there are times; the other has those of the
/// table of regions of interest.
fn orientation(
    file: &File,
    data: &str,
    shape: &[u64],
    n_rois: u64,
    n_times: Option<u64>,
) -> Result<(Layout, Option<String>)> {
    let times_fit = |n: u64| n_times.is_none_or(|times| times == n);
    let (n_samples, roi_first, note) = match *shape {
        [n] if n_rois == 1 => (n, false, None),
        [a, b] if b == n_rois && times_fit(a) => {
            let square = a == b && n_times.is_none();
            let note = square.then(|| {
                format!(
                    "{data}: as many samples as regions of interest; taken as (time, region), as NWB says"
                )
            });
            (a, false, note)
        }
        [a, b] if a == n_rois && times_fit(b) => (b, true, None),
        _ => {
            let times = n_times.map_or_else(|| "any number of".to_owned(), |n| n.to_string());
            return Err(file
                .error(data, "the shape of the data fits neither its times nor its regions of interest")
                .expected(format!("{times} times × {n_rois} regions"))
                .found(format!("{shape:?}")));
        }
    };
    Ok((series::layout(file, data, n_samples, n_rois, roi_first)?, note))
}

/// Gives series of one plane and one signal their own names: `fluorescence/Series1`.
pub(super) fn tell_apart(all: &mut [RoiSeries]) {
    let mut uses: BTreeMap<(String, String), usize> = BTreeMap::new();
    for series in all.iter() {
        *uses.entry((series.plane.clone(), series.signal.clone())).or_default() += 1;
    }
    for series in all.iter_mut() {
        if uses.get(&(series.plane.clone(), series.signal.clone())).is_some_and(|&n| n > 1) {
            series.signal = format!("{}/{}", series.signal, names::with_container(&series.path));
        }
    }
}

/// The traces of all `series`.
pub(super) struct Traces {
    pub(super) table: Table,
    /// Regions of interest that have a trace.
    pub(super) n_units: usize,
    pub(super) span: Span,
}

/// Reads the samples. They stay 32-bit floats where every series has them.
///
/// # Errors
/// When data are damaged, or regions of interest do not exist.
pub(super) fn read(
    file: &File,
    recording_id: &str,
    all: &[RoiSeries],
    notes: &mut Vec<String>,
) -> Result<Traces> {
    if all.iter().all(|series| series.dtype.is_single()) {
        read_as::<Float32Type>(file, recording_id, all, notes)
    } else {
        read_as::<Float64Type>(file, recording_id, all, notes)
    }
}

fn read_as<T: ArrowPrimitiveType>(
    file: &File,
    recording_id: &str,
    all: &[RoiSeries],
    notes: &mut Vec<String>,
) -> Result<Traces>
where
    T::Native: Sample,
{
    let paths: Vec<&str> = all.iter().map(|series| series.plane.as_str()).collect();
    let planes = planes::read(file, &paths)?;
    let mut rows = Rows::<T>::new(all.iter().map(RoiSeries::n_values).sum())?;
    let mut span = Span::default();
    for series in all {
        let plane = planes.get(&series.plane).ok_or_else(|| Error::internal("a plane was not read"))?;
        notes.extend(series.note.clone());
        let times = series.clock.read(file, &series.path, series.layout.n_samples, notes)?;
        clock::add_to_span(&mut span, &times, series.layout.n_samples);
        rows.append(file, series, plane, &times)?;
    }
    let n_units = rows.unit_id.iter().collect::<BTreeSet<_>>().len();
    Ok(Traces { table: rows.table(recording_id)?, n_units, span })
}

/// Rows of the table in the making.
struct Rows<T: ArrowPrimitiveType> {
    unit_id: Vec<String>,
    region: Vec<Option<String>>,
    signal: Vec<String>,
    is_cell: Vec<Option<bool>>,
    unit: Vec<String>,
    times: Times,
    samples: Vec<T::Native>,
    offsets: Vec<usize>,
}

impl<T: ArrowPrimitiveType> Rows<T>
where
    T::Native: Sample,
{
    fn new(n_values: usize) -> Result<Self> {
        Ok(Self {
            unit_id: Vec::new(),
            region: Vec::new(),
            signal: Vec::new(),
            is_cell: Vec::new(),
            unit: Vec::new(),
            times: Times::new(),
            samples: matrix::block(n_values)?,
            offsets: vec![0],
        })
    }

    fn append(&mut self, file: &File, series: &RoiSeries, plane: &Plane, times: &TimeBase) -> Result<()> {
        let rois_path = format!("{}/rois", series.path);
        let rois: Vec<u64> = file.numbers(&rois_path)?;
        for (i, &roi) in rois.iter().enumerate() {
            let Some(unit_id) = plane.unit_ids.get(roi as usize) else {
                return Err(file
                    .error(&rois_path, "a region of interest does not exist")
                    .at_offset(i as u64)
                    .expected(format!("row numbers below {}", plane.unit_ids.len()))
                    .found(roi.to_string()));
            };
            self.unit_id.push(unit_id.clone());
            self.region.push(plane.region.clone());
            self.signal.push(series.signal.clone());
            self.is_cell.push(plane.is_cell.get(roi as usize).copied().flatten());
            self.unit.push(series.unit.as_str().to_owned());
            self.times.push(times);
            self.offsets.push(self.offsets.last().copied().unwrap_or(0) + series.layout.n_samples);
        }
        let scale = Scale::of(file, &series.path, series.layout.n_channels)?;
        matrix::append_channels(
            &mut self.samples,
            file,
            &format!("{}/data", series.path),
            series.layout,
            &scale,
        )
    }

    fn table(self, recording_id: &str) -> Result<Table> {
        let n = self.unit_id.len();
        let times = self.times.into_columns()?;
        TableBuilder::new(kinds::TRACES)
            .text("recording_id", std::iter::repeat_n(recording_id, n))
            .text("unit_id", &self.unit_id)
            .optional_text("region", self.region)
            .text("signal", &self.signal)
            .integers("segment", std::iter::repeat_n(0, n))
            .optional_bools("is_cell", self.is_cell)
            .array("t0_s", times.t0_s)
            .array("dt_s", times.dt_s)
            .array("t_s", times.t_s)
            .array("trace", lists::<T>(self.samples, &self.offsets, None)?)
            .text("trace_unit", &self.unit)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_was_measured() {
        assert_eq!(signal("/processing/ophys/Deconvolved/Deconvolved", "Fluorescence"), "deconvolved");
        assert_eq!(signal("/processing/ophys/Neuropil/Neuropil", "Fluorescence"), "neuropil");
        assert_eq!(signal("/processing/ophys/DfOverF/RoiResponseSeries", "DfOverF"), "dff");
        assert_eq!(
            signal("/processing/ophys/Fluorescence/RoiResponseSeries1", "Fluorescence"),
            "fluorescence"
        );
    }
}
