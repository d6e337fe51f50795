//! Tables of recordings out of files that have no layout of their own: clocks that are recognised, rows of signals and
//! of spikes, and what the report says of them.

mod clock;
mod signals;
mod trains;

use neuroloom_core::{Result, StepOutput, Summary, Table, Unit};
use neuroloom_table::{Columns, TableBuilder, kinds};

pub use clock::TimeUnit;
pub(crate) use clock::{first_fall, time_base};
pub(crate) use signals::{Extra, SignalRow, behaviour, traces};
pub(crate) use trains::{TrainRow, spikes};

use crate::summaries;

/// The tables of one or several recordings; those that the source has nothing for are absent.
#[derive(Clone, Debug)]
pub struct Recordings {
    /// One row per recording.
    pub recordings: Table,
    /// A row per unit: spike times.
    pub spikes: Option<Table>,
    /// A row per unit: a sampled signal.
    pub traces: Option<Table>,
    /// A row per channel.
    pub behaviour: Option<Table>,
    /// A row per stretch of time.
    pub intervals: Option<Table>,
    /// A row per unit and condition.
    pub responses: Option<Table>,
    /// Residuals, positions or neighbourhoods of channels, at the port that bears the name of the kind.
    pub channels: Option<Table>,
    /// What was guessed or left out.
    pub notes: Vec<String>,
}

impl Recordings {
    pub(crate) fn new(recordings: Table, notes: Vec<String>) -> Self {
        Self {
            recordings,
            spikes: None,
            traces: None,
            behaviour: None,
            intervals: None,
            responses: None,
            channels: None,
            notes,
        }
    }

    /// The tables at their ports, with metrics, figures and warnings.
    ///
    /// # Errors
    /// An internal one, if a table is not what it was built as.
    pub(crate) fn into_output(self) -> Result<StepOutput> {
        let mut output = StepOutput::new(self.summary()?).table("recordings", self.recordings);
        let optional = [
            ("spikes", self.spikes),
            ("traces", self.traces),
            ("behaviour", self.behaviour),
            ("intervals", self.intervals),
            ("responses", self.responses),
        ];
        let channels = self.channels.map(|table| (table.kind().name(), table));
        if let Some((port, table)) = channels {
            output = output.table(port, table);
        }
        for (port, table) in optional {
            output = match table {
                Some(table) => output.table(port, table),
                None => output,
            };
        }
        Ok(output)
    }

    fn summary(&self) -> Result<Summary> {
        let mut summary = Summary::default();
        let n = self.recordings.n_rows();
        let durations = self.recordings.numbers("duration_s")?;
        if n == 1 {
            if let Some(duration_s) = durations.get(0) {
                summary = summary.number("duration", duration_s, Unit::SECOND);
            }
        } else {
            summary = summary.count("recordings", n);
        }
        if let Some(table) = &self.spikes {
            summary = summaries::spikes(summary, table)?;
        }
        if let Some(table) = &self.traces {
            summary = summaries::traces(summary, table)?;
        }
        if let Some(table) = &self.behaviour {
            summary = summary.count("behaviour channels", table.n_rows());
        }
        if let Some(table) = &self.intervals {
            summary = summaries::intervals(summary, table)?;
        }
        if let Some(table) = &self.responses {
            summary = summary.count("responses", table.n_rows());
        }
        if let Some(table) = &self.channels {
            summary = summary.count(table.kind().name(), table.n_rows());
        }
        Ok(self.notes.iter().fold(summary, Summary::warn))
    }
}

/// What the table of recordings says of one.
#[derive(Clone, Debug)]
pub(crate) struct RecordingRow {
    pub(crate) recording_id: String,
    pub(crate) n_units: usize,
    /// From the first to the last sample, spike or end, seconds.
    pub(crate) duration_s: Option<f64>,
}

/// The table of recordings, all read from the file or files called `source_file`.
pub(crate) fn recordings(rows: &[RecordingRow], source: &str, source_file: &str) -> Result<Table> {
    TableBuilder::new(kinds::RECORDINGS)
        .text("recording_id", rows.iter().map(|row| row.recording_id.as_str()))
        .text("source", rows.iter().map(|_| source))
        .text("source_file", rows.iter().map(|_| source_file))
        .integers("n_units", rows.iter().map(|row| row.n_units as i64))
        .optional_numbers("duration_s", rows.iter().map(|row| row.duration_s))
        .finish()
}
