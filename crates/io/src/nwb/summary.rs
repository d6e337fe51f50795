//! What the report says of a recording.

use neuroloom_core::{Result, Summary, Unit};
use neuroloom_table::Columns;

use super::read::Recording;
use crate::summaries;

/// Metrics, figures and warnings of `recording`.
///
/// # Errors
/// An internal one, if a table is not what it was built as.
pub(super) fn summary(recording: &Recording) -> Result<Summary> {
    let mut summary = Summary::default();
    if let Some(duration_s) = recording.recordings.numbers("duration_s")?.get(0) {
        summary = summary.number("duration", duration_s, Unit::SECOND);
    }
    if let Some(spikes) = &recording.spikes {
        summary = summaries::spikes(summary, spikes)?;
    }
    if let Some(traces) = &recording.traces {
        summary = summaries::traces(summary, traces)?;
    }
    if let Some(behaviour) = &recording.behaviour {
        summary = summary.count("behaviour channels", behaviour.n_rows());
    }
    if let Some(intervals) = &recording.intervals {
        summary = summaries::intervals(summary, intervals)?;
    }
    Ok(recording.notes.iter().fold(summary, Summary::warn))
}
