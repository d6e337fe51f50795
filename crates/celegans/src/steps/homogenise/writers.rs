//! The tables that are written recording by recording.

use std::sync::Arc;

use neuroloom_core::{Figure, Result, RunContext, StepOutput, Table};
use neuroloom_table::kinds;
use neuroloom_table::parquet::PartsWriter;

use super::processed::Processed;
use super::published::{self, Worms};
use super::{report, tables};
use crate::{Export, HomogeniseParams};

/// A recording with its tables, before they are written.
pub(super) struct Batch {
    pub result: Processed,
    traces: Table,
    signals: Option<Table>,
    figure: Option<Figure>,
}

impl Batch {
    /// Makes the tables of a recording.
    ///
    /// # Errors
    /// When a recording is too large for a table.
    pub fn new(mut result: Processed, params: &HomogeniseParams) -> Result<Self> {
        let signals =
            params.trace_signal.map(|signal| tables::signals(&result, params, signal)).transpose()?;
        let figure = report::activity_figure(&result, params);
        let traces = tables::traces(&result)?;
        // The published table is made of the signals too, when the worm has its number.
        if params.export == Export::None {
            result.drop_signals();
        }
        Ok(Self { result, traces, signals, figure })
    }
}

/// The files.
pub(super) struct Writers {
    traces: PartsWriter,
    signals: Option<PartsWriter>,
    published: Option<(PartsWriter, Worms)>,
    /// The first recording that was used.
    pub figure: Option<Figure>,
}

impl Writers {
    /// Files without rows, in the folder for temporaries.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn new(ctx: &RunContext, params: &HomogeniseParams) -> Result<Self> {
        let writer = |kind| PartsWriter::new(ctx.scratch(), kind);
        let published = params.export == Export::Published;
        let worms = Worms::new(params);
        Ok(Self {
            traces: writer(kinds::HOMOGENISED)?,
            signals: params.trace_signal.map(|_| writer(kinds::TRACES)).transpose()?,
            published: published.then(|| Ok((writer(kinds::PUBLISHED)?, worms))).transpose()?,
            figure: None,
        })
    }

    /// Appends the tables of `batches` and gives back what is left of them.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn write(&mut self, batches: Vec<Batch>) -> Result<Vec<Processed>> {
        batches.into_iter().map(|batch| self.append(batch)).collect()
    }

    fn append(&mut self, batch: Batch) -> Result<Processed> {
        let Batch { mut result, traces, signals, figure } = batch;
        self.traces.append(&traces)?;
        if let (Some(writer), Some(signals)) = (&mut self.signals, signals) {
            writer.append(&signals)?;
        }
        if let Some((writer, worms)) = &mut self.published {
            writer.append(&published::table(&result, worms)?)?;
            result.drop_signals();
        }
        self.figure = self.figure.take().or(figure);
        Ok(result)
    }

    /// Rows that were left out of the published layout; none where it was not asked for.
    pub fn unpublished(&self) -> Option<usize> {
        self.published.as_ref().map(|(_, worms)| worms.left_out)
    }

    /// Adds the finished tables to `output`.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn finish(self, output: StepOutput) -> Result<StepOutput> {
        let mut output = output.stored("traces", Arc::new(self.traces.finish()?));
        if let Some(writer) = self.signals {
            output = output.stored("signals", Arc::new(writer.finish()?));
        }
        if let Some((writer, _)) = self.published {
            output = output.stored("published", Arc::new(writer.finish()?));
        }
        Ok(output)
    }
}
