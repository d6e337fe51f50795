//! A row of the table of draws, checked against the neurons and bins that it should be of.

use std::borrow::Cow;

use ndarray::{Array1, Array2};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, ListColumn, TextColumn};

use crate::steps::summarise::index::Recording;
use crate::{Dynamics, LatentDraw};

/// The columns of a part.
pub(super) struct Rows<'a> {
    table: &'a Table,
    recordings: TextColumn<'a>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(table: &'a Table) -> Result<Self> {
        Ok(Self { table, recordings: table.text("recording_id")? })
    }

    pub(super) fn recording(&self, row: usize) -> &'a str {
        self.recordings.get_or_empty(row)
    }

    fn list(&self, name: &str) -> Result<ListColumn<'_>> {
        self.table.lists(name)
    }
}

/// A draw as it stands in the table.
pub(super) struct DrawRow<'a> {
    rows: &'a Rows<'a>,
    row: usize,
    recording: &'a Recording,
}

impl<'a> DrawRow<'a> {
    pub(super) fn new(rows: &'a Rows<'a>, row: usize, recording: &'a Recording) -> Self {
        Self { rows, row, recording }
    }

    pub(super) fn chain(&self) -> i64 {
        self.number("chain").map_or(0, |chain| chain as i64)
    }

    /// A number that every draw has.
    pub(super) fn number(&self, name: &str) -> Result<f64> {
        let value = self.rows.table.numbers(name)?.get(self.row);
        value.ok_or_else(|| self.broken(name, "a number", "none"))
    }

    pub(super) fn has_latents(&self) -> bool {
        let length = |name: &str| self.rows.list(name).map_or(0, |column| column.length(self.row));
        length("paths") > 0 && length("loadings") > 0
    }

    /// Cluster of every neuron.
    pub(super) fn labels(&self) -> Result<Vec<u16>> {
        self.groups("labels", self.recording.units.len())
    }

    /// State of every bin.
    pub(super) fn states(&self) -> Result<Vec<u16>> {
        self.groups("states", self.recording.bins.len())
    }

    /// r of every neuron.
    pub(super) fn dispersions(&self) -> Result<Vec<f64>> {
        Ok(self.numbers("dispersions", self.recording.units.len())?.into_owned())
    }

    /// Loadings, latents and dynamics.
    pub(super) fn latents(&self) -> Result<LatentDraw> {
        let (n_units, n_bins) = (self.recording.units.len(), self.recording.bins.len());
        let labels: Vec<usize> = self.labels()?.into_iter().map(usize::from).collect();
        let n_clusters = labels.iter().max().map_or(0, |&last| last + 1);
        let weights = self.list("loadings")?;
        let width = weights.len() / n_units.max(1) + 1;
        let weights = self.matrix("loadings", n_units, width - 1)?;
        let baselines = self.numbers("baselines", n_units)?;
        let mut loadings = Array2::zeros((n_units, width));
        for (unit, mut row) in loadings.outer_iter_mut().enumerate() {
            row[0] = baselines[unit];
            row.iter_mut().skip(1).zip(weights.row(unit)).for_each(|(place, value)| *place = *value);
        }
        let paths = self.matrix("paths", n_bins, n_clusters * width)?;
        Ok(LatentDraw { labels, loadings, paths, dynamics: self.dynamics(n_clusters * width)? })
    }

    /// (A, b, Q) of every state that occurs.
    fn dynamics(&self, n: usize) -> Result<Vec<Dynamics>> {
        let n_states = self.states()?.iter().max().map_or(0, |&last| usize::from(last) + 1);
        let transition = self.matrix("transition", n_states * n, n)?;
        let noise = self.matrix("noise", n_states * n, n)?;
        let offset = self.matrix("offset", n_states, n)?;
        let block =
            |of: &Array2<f64>, state: usize| of.slice(ndarray::s![state * n..(state + 1) * n, ..]).to_owned();
        let of = |state: usize| Dynamics {
            transition: block(&transition, state),
            offset: Array1::from(offset.row(state).to_vec()),
            noise: block(&noise, state),
        };
        Ok((0..n_states).map(of).collect())
    }

    fn groups(&self, name: &str, n: usize) -> Result<Vec<u16>> {
        let group = |&value: &f64| {
            let whole =
                value >= 0.0 && value < f64::from(u16::MAX) && value.fract() == 0.0 && value < n as f64;
            if whole {
                Ok(value as u16)
            } else {
                Err(self.broken(name, "numbers of groups from 0", &value.to_string()))
            }
        };
        self.numbers(name, n)?.iter().map(group).collect()
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Array2<f64>> {
        let values = self.numbers(name, rows * columns)?.into_owned();
        Array2::from_shape_vec((rows, columns), values).map_err(|e| Error::internal(format!("{name}: {e}")))
    }

    /// A list of `n` finite numbers.
    fn numbers(&self, name: &str, n: usize) -> Result<Cow<'_, [f64]>> {
        let list = self.list(name)?;
        if list.len() != n {
            return Err(self.broken(name, &format!("{n} values"), &list.len().to_string()));
        }
        match list.iter().find(|value| !value.is_finite()) {
            Some(value) => Err(self.broken(name, "finite numbers", &value.to_string())),
            None => Ok(list),
        }
    }

    fn list(&self, name: &str) -> Result<Cow<'_, [f64]>> {
        Ok(self.rows.list(name)?.get(self.row).unwrap_or_default())
    }

    fn broken(&self, name: &str, expected: &str, found: &str) -> Error {
        Error::data("a draw does not fit the neurons and bins it should be of")
            .at_object(format!("recording {:?}, column {name}", self.recording.name))
            .at_offset(self.row as u64)
            .expected(expected)
            .found(found)
            .hint("connect `draws`, `units` and `bins` of the same step")
    }
}
