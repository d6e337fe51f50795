//! Signals of regions of interest: `RoiResponseSeries` into traces.
//!
//! The rows of the table are put in order before samples are read, so that each trace is read into its final place.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use neuroloom_core::{Error, Result, Table, TimeBase};
use neuroloom_table::{TableBuilder, kinds};

use super::clock;
use super::matrix::{self, Sample, Scale};
use super::planes::{self, Plane};
use super::rois::RoiSeries;
use crate::hdf5::File;
use crate::lists::lists;
use crate::span::Span;
use crate::times::Times;

/// The traces of a file.
pub(super) struct Traces {
    pub(super) table: Table,
    /// Regions of interest that have a trace.
    pub(super) n_units: usize,
    pub(super) span: Span,
}

/// Reads the samples of `all` series. They stay 32-bit floats where every series has them.
///
/// # Errors
/// When data are damaged, or regions of interest do not exist.
pub(super) fn read(
    file: &File,
    recording_id: &str,
    all: &[RoiSeries],
    notes: &mut Vec<String>,
) -> Result<Traces> {
    let paths: Vec<&str> = all.iter().map(|series| series.plane.as_str()).collect();
    let planes = planes::read(file, &paths)?;
    let mut rows = Rows::of(file, all, &planes, notes)?;
    rows.sort();
    let n_units = rows.rows.iter().map(|row| &row.unit_id).collect::<BTreeSet<_>>().len();
    let span = rows.span;
    let table = if all.iter().all(|series| series.dtype.is_single()) {
        rows.table::<Float32Type>(file, recording_id, all)?
    } else {
        rows.table::<Float64Type>(file, recording_id, all)?
    };
    Ok(Traces { table, n_units, span })
}

/// What is known of a trace beside its samples.
struct Row<'a> {
    signal: &'a str,
    unit_id: &'a str,
    region: Option<&'a str>,
    is_cell: Option<bool>,
    /// The series, by its number.
    series: usize,
    /// Its channel in the series.
    channel: usize,
}

/// Rows of the table in the making, and the time base of each series.
struct Rows<'a> {
    rows: Vec<Row<'a>>,
    times: Vec<TimeBase>,
    span: Span,
}

impl<'a> Rows<'a> {
    fn of(
        file: &File,
        all: &'a [RoiSeries],
        planes: &'a BTreeMap<String, Plane>,
        notes: &mut Vec<String>,
    ) -> Result<Self> {
        let mut rows = Self { rows: Vec::new(), times: Vec::new(), span: Span::default() };
        for series in all {
            let plane = planes.get(&series.plane).ok_or_else(|| Error::internal("a plane was not read"))?;
            notes.extend(series.note.clone());
            let times = series.clock.read(file, &series.path, series.layout.n_samples, notes)?;
            clock::add_to_span(&mut rows.span, &times, series.layout.n_samples);
            rows.append(file, series, plane)?;
            rows.times.push(times);
        }
        Ok(rows)
    }

    /// Adds the rows of the next series.
    fn append(&mut self, file: &File, series: &'a RoiSeries, plane: &'a Plane) -> Result<()> {
        let path = format!("{}/rois", series.path);
        let rois: Vec<u64> = file.numbers(&path)?;
        if rois.len() != series.layout.n_channels {
            return Err(file
                .error(&path, "the regions of interest have another shape")
                .expected(format!("{} row numbers", series.layout.n_channels))
                .found(rois.len().to_string()));
        }
        for (channel, &roi) in rois.iter().enumerate() {
            let Some(unit_id) = plane.unit_ids.get(roi as usize) else {
                return Err(file
                    .error(&path, "a region of interest does not exist")
                    .at_offset(channel as u64)
                    .expected(format!("row numbers below {}", plane.unit_ids.len()))
                    .found(roi.to_string()));
            };
            self.rows.push(Row {
                signal: &series.signal,
                unit_id,
                region: plane.region.as_deref(),
                is_cell: plane.is_cell.get(roi as usize).copied().flatten(),
                series: self.times.len(),
                channel,
            });
        }
        Ok(())
    }

    /// In the order of the table's key.
    fn sort(&mut self) {
        self.rows.sort_by(|a, b| (a.signal, a.unit_id).cmp(&(b.signal, b.unit_id)));
    }

    fn table<T: ArrowPrimitiveType>(
        &self,
        file: &File,
        recording_id: &str,
        all: &[RoiSeries],
    ) -> Result<Table>
    where
        T::Native: Sample,
    {
        let offsets = self.offsets(all);
        let samples = self.samples::<T::Native>(file, all, &offsets)?;
        let mut times = Times::new();
        for row in &self.rows {
            self.times.get(row.series).into_iter().for_each(|base| times.push(base));
        }
        let times = times.into_columns()?;
        let unit = |row: &Row<'_>| all.get(row.series).map_or("", |series| series.unit.as_str()).to_owned();
        TableBuilder::new(kinds::TRACES)
            .text("recording_id", std::iter::repeat_n(recording_id, self.rows.len()))
            .text("unit_id", self.rows.iter().map(|row| row.unit_id))
            .optional_text("region", self.rows.iter().map(|row| row.region))
            .text("signal", self.rows.iter().map(|row| row.signal))
            .integers("segment", std::iter::repeat_n(0, self.rows.len()))
            .optional_bools("is_cell", self.rows.iter().map(|row| row.is_cell))
            .array("t0_s", times.t0_s)
            .array("dt_s", times.dt_s)
            .array("t_s", times.t_s)
            .array("trace", lists::<T>(samples, &offsets, None)?)
            .text("trace_unit", self.rows.iter().map(unit))
            .finish()
    }

    /// Where each row's samples begin in the column, and where the last one's end.
    fn offsets(&self, all: &[RoiSeries]) -> Vec<usize> {
        let lengths =
            self.rows.iter().map(|row| all.get(row.series).map_or(0, |series| series.layout.n_samples));
        let ends = lengths.scan(0, |end: &mut usize, length| {
            *end += length;
            Some(*end)
        });
        std::iter::once(0).chain(ends).collect()
    }

    fn samples<T: Sample>(&self, file: &File, all: &[RoiSeries], offsets: &[usize]) -> Result<Vec<T>> {
        let mut samples = matrix::block(offsets.last().copied().unwrap_or(0))?;
        for (i, series) in all.iter().enumerate() {
            let mut starts = vec![0; series.layout.n_channels];
            for (row, &offset) in self.rows.iter().zip(offsets).filter(|(row, _)| row.series == i) {
                if let Some(start) = starts.get_mut(row.channel) {
                    *start = offset;
                }
            }
            let scale = Scale::of(file, &series.path, series.layout.n_channels)?;
            let data = format!("{}/data", series.path);
            matrix::read_channels(&mut samples, &starts, file, &data, series.layout, &scale)?;
        }
        Ok(samples)
    }
}
