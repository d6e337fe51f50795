//! The events that trials are cut around.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::{AlignParams, Anchor};
use crate::listing;

/// One event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Event {
    /// The interval that it belongs to.
    pub(super) interval_id: i64,
    /// When it was, seconds.
    pub(super) time_s: f64,
}

/// The events of every recording, in time.
pub(super) type Events = BTreeMap<String, Vec<Event>>;

/// When and in which recordings the events are, for a message.
pub(super) fn describe(events: &Events) -> String {
    let times = events.values().flatten().map(|event| event.time_s);
    let (first, last) = times.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), t| (a.min(t), b.max(t)));
    format!("events from {first} s to {last} s, in recordings {}", listing(events.keys()))
}

/// The events that the parameters choose.
///
/// # Errors
/// When no interval is chosen, or the end that is the event is not known.
pub(super) fn events(params: &AlignParams, intervals: &Table) -> Result<Events> {
    let column = match params.anchor {
        Anchor::Start => "start_s",
        Anchor::Stop => "stop_s",
    };
    let (recordings, times, ids) =
        (intervals.text("recording_id")?, intervals.numbers(column)?, intervals.integers("interval_id")?);
    let mut events = Events::new();
    for row in params.events.rows(intervals)? {
        let interval_id = ids.value(row);
        let time_s = times.get(row).filter(|time| time.is_finite()).ok_or_else(|| {
            Error::data("an event has no time")
                .at_object(format!("{} {interval_id}", params.events.interval_set))
                .expected(format!("a finite {column}"))
                .found("none")
                .hint("choose other intervals by tag or by `ids`, or the other `anchor`")
        })?;
        events
            .entry(recordings.get_or_empty(row).to_owned())
            .or_default()
            .push(Event { interval_id, time_s });
    }
    for events in events.values_mut() {
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s).then(a.interval_id.cmp(&b.interval_id)));
    }
    Ok(events)
}
