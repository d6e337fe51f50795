//! All tables of a recording.

use neuroloom_core::{Result, Summary, Table, Unit};
use neuroloom_table::Columns;

use super::{intervals, spikes, traces};

/// The tables of a recording; those that its source has nothing for are absent.
pub(crate) struct Tables<'a> {
    pub(crate) recordings: &'a Table,
    pub(crate) spikes: Option<&'a Table>,
    pub(crate) traces: Option<&'a Table>,
    pub(crate) behaviour: Option<&'a Table>,
    pub(crate) intervals: Option<&'a Table>,
    /// What was left out or looks odd.
    pub(crate) notes: &'a [String],
}

/// Metrics, figures and warnings of a recording.
///
/// # Errors
/// An internal one, if a table is not what it was built as.
pub(crate) fn recording(tables: Tables<'_>) -> Result<Summary> {
    let mut summary = Summary::default();
    if let Some(duration_s) = tables.recordings.numbers("duration_s")?.get(0) {
        summary = summary.number("duration", duration_s, Unit::SECOND);
    }
    if let Some(table) = tables.spikes {
        summary = spikes(summary, table)?;
    }
    if let Some(table) = tables.traces {
        summary = traces(summary, table)?;
    }
    if let Some(table) = tables.behaviour {
        summary = summary.count("behaviour channels", table.n_rows());
    }
    if let Some(table) = tables.intervals {
        summary = intervals(summary, table)?;
    }
    Ok(tables.notes.iter().fold(summary, Summary::warn))
}
