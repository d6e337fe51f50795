//! Where recordings go: traces and behaviour part by part into files, the rest into tables of few rows.

use std::path::Path;
use std::sync::Arc;

use neuroloom_core::{Result, StepOutput};
use neuroloom_table::kinds;
use neuroloom_table::parquet::PartsWriter;

use super::read::{Read, Row};
use super::report::{self, Glimpse};
use super::tables;
use crate::worm::Stretch;

/// Takes recordings in the order of their ids.
pub(super) struct Sink {
    traces: PartsWriter,
    behaviour: PartsWriter,
    has_traces: bool,
    has_behaviour: bool,
    rows: Vec<Row>,
    stretches: Vec<(String, Stretch)>,
    notes: Vec<(String, String)>,
    glimpse: Option<Glimpse>,
}

impl Sink {
    /// Nothing yet; temporary files are in `folder`.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn new(folder: &Path) -> Result<Self> {
        Ok(Self {
            traces: PartsWriter::new(folder, kinds::TRACES)?,
            behaviour: PartsWriter::new(folder, kinds::BEHAVIOUR)?,
            has_traces: false,
            has_behaviour: false,
            rows: Vec::new(),
            stretches: Vec::new(),
            notes: Vec::new(),
            glimpse: None,
        })
    }

    /// Appends a recording.
    ///
    /// # Errors
    /// When the operating system refuses, or the recordings are out of order.
    pub fn append(&mut self, read: Read) -> Result<()> {
        if let Some(traces) = &read.traces {
            self.traces.append(traces)?;
            self.has_traces = true;
        }
        if let Some(behaviour) = &read.behaviour {
            self.behaviour.append(behaviour)?;
            self.has_behaviour = true;
        }
        let id = &read.row.id;
        self.stretches.extend(read.stretches.into_iter().map(|stretch| (id.clone(), stretch)));
        self.notes.extend(read.notes.into_iter().map(|note| (id.clone(), note)));
        self.glimpse = self.glimpse.take().or(read.glimpse);
        self.rows.push(read.row);
        Ok(())
    }

    /// The tables and the report.
    ///
    /// # Errors
    /// When the operating system refuses, or what was written does not read back.
    pub fn finish(self) -> Result<StepOutput> {
        let summary = report::summary(&self.rows, &self.notes, self.glimpse.as_ref());
        let output = StepOutput::new(summary)
            .table("recordings", tables::recordings(&self.rows)?)
            .table("intervals", tables::intervals(&self.stretches)?);
        let output = match self.has_traces {
            true => output.stored("traces", Arc::new(self.traces.finish()?)),
            false => output.table("traces", tables::no_traces()?),
        };
        Ok(match self.has_behaviour {
            true => output.stored("behaviour", Arc::new(self.behaviour.finish()?)),
            false => output.table("behaviour", tables::no_behaviour()?),
        })
    }
}
