//! What the report says of a recording.

use neuroloom_core::{Result, Summary};

use super::read::Recording;
use crate::summaries::{self, Tables};

/// Metrics, figures and warnings of `recording`.
///
/// # Errors
/// An internal one, if a table is not what it was built as.
pub(super) fn summary(recording: &Recording) -> Result<Summary> {
    summaries::recording(Tables {
        recordings: &recording.recordings,
        spikes: recording.spikes.as_ref(),
        traces: recording.traces.as_ref(),
        behaviour: recording.behaviour.as_ref(),
        intervals: recording.intervals.as_ref(),
        notes: &recording.notes,
    })
}
