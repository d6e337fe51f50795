//! The table of traces.

use std::sync::Arc;

use arrow_array::Float64Array;
use neuroloom_core::{Result, Table, TimeBase, Unit};

use super::plane::Plane;
use crate::trace_rows::{TraceRow, TraceRows};

/// Rows of the table in the making.
pub(super) struct Rows {
    rows: TraceRows,
    probability: Vec<Option<f64>>,
    times: TimeBase,
}

impl Rows {
    /// No rows yet, and room for those of `planes`: a sample every `1 / fs_hz` seconds from 0.
    ///
    /// # Errors
    /// When there is not that much memory.
    pub(super) fn of(planes: &[Plane], fs_hz: f64) -> Result<Self> {
        let is_single = planes.iter().all(|plane| plane.is_single);
        let n_samples = |plane: &Plane| plane.n_rois * plane.n_samples * plane.signals.len();
        let rows = TraceRows::with_room(is_single, planes.iter().map(n_samples).sum())?;
        let times = TimeBase::Regular { t0_s: 0.0, dt_s: fs_hz.recip() };
        Ok(Self { rows, probability: Vec::new(), times })
    }

    /// Adds a row for each region of `plane` and each signal, and gives the number of regions. Regions are called
    /// by their number, after `prefix`.
    pub(super) fn append(&mut self, plane: &Plane, prefix: &str, only_cells: bool) -> Result<usize> {
        let cells = plane.cells()?;
        let is_kept = |roi: &usize| !only_cells || cells.is_cell.get(*roi) == Some(&Some(true));
        let kept: Vec<usize> = (0..plane.n_rois).filter(is_kept).collect();
        for &signal in &plane.signals {
            let numbers = plane.samples(signal)?;
            for &roi in &kept {
                let row = TraceRow {
                    unit_id: format!("{prefix}{roi}"),
                    signal: signal.name().to_owned(),
                    segment: 0,
                    is_cell: cells.is_cell.get(roi).copied().flatten(),
                    unit: Unit::ARBITRARY,
                };
                self.probability.push(cells.probability.get(roi).copied().flatten());
                let samples = roi * plane.n_samples..(roi + 1) * plane.n_samples;
                self.rows.push(row, &self.times, &numbers, samples);
            }
        }
        Ok(kept.len())
    }

    /// The table.
    ///
    /// # Errors
    /// When there are more samples than a column of lists can hold.
    pub(super) fn table(self, recording_id: &str) -> Result<Table> {
        let probability = Arc::new(self.probability.into_iter().collect::<Float64Array>());
        let table = self.rows.into_builder(recording_id).map_err(|error| {
            error.hint("read fewer `signals`, set `only_cells: true`, or read the planes one by one")
        })?;
        table.extra("cell_probability", Some(&Unit::ONE), probability).finish()
    }
}
