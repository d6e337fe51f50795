//! Rows of all files, and the tables that are made of them.

use std::collections::BTreeMap;

use neuroloom_core::{Result, Table, TimeBase};
use neuroloom_table::{TableBuilder, kinds};

use super::channels::ChannelRows;
use super::params::{Kind, Params};
use crate::assembled::{self, Extra, RecordingRow, Recordings, SignalRow, TrainRow};

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) signals: Vec<SignalRow>,
    pub(super) trains: Vec<TrainRow>,
    pub(super) intervals: Vec<IntervalRow>,
    pub(super) responses: Vec<ResponseRow>,
    pub(super) channels: ChannelRows,
    /// A list per column of `keep`, with an item per row.
    pub(super) kept: Vec<Vec<Option<String>>>,
    /// Recordings that were met, also those without rows.
    pub(super) recordings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// A stretch of time.
#[derive(Clone, Debug)]
pub(super) struct IntervalRow {
    pub(super) recording_id: String,
    pub(super) id: i64,
    pub(super) start_s: f64,
    pub(super) stop_s: f64,
}

/// The response of a unit to a condition.
#[derive(Clone, Debug)]
pub(super) struct ResponseRow {
    pub(super) recording_id: String,
    pub(super) unit_id: String,
    pub(super) condition: String,
    pub(super) fold: i64,
    pub(super) response: f64,
}

impl Gathered {
    /// Room for `n` kept columns.
    pub(super) fn new(n: usize) -> Self {
        Self { kept: vec![Vec::new(); n], ..Self::default() }
    }

    /// The tables, read from the file or files called `source_file`.
    ///
    /// # Errors
    /// When a unit is there twice in one recording.
    pub(super) fn into_recordings(self, params: &Params, source_file: &str) -> Result<Recordings> {
        let rows = self.recording_rows();
        let recordings = assembled::recordings(&rows, "table", source_file)?;
        let mut made = Recordings::new(recordings, self.notes);
        let extras: Vec<Extra> = params
            .keep
            .iter()
            .zip(self.kept)
            .map(|(name, texts)| Extra { name: name.to_string(), texts })
            .collect();
        let unit = params.unit_of_values();
        match params.kind {
            Kind::Traces => {
                let signal = params.signal_or("activity");
                made.traces = Some(assembled::traces(self.signals, &signal, &unit, false, extras)?);
            }
            Kind::Behaviour => made.behaviour = Some(assembled::behaviour(self.signals, &unit, false)?),
            Kind::Spikes => made.spikes = Some(assembled::spikes(self.trains, extras)?),
            Kind::Intervals => {
                made.intervals = Some(intervals(self.intervals, &params.signal_or("intervals"), extras)?);
            }
            Kind::Responses => made.responses = Some(responses(&self.responses, &unit)?),
            Kind::Residuals | Kind::Positions | Kind::Neighbourhoods => {
                made.channels = Some(self.channels.table(&unit)?);
            }
        }
        Ok(made)
    }

    fn recording_rows(&self) -> Vec<RecordingRow> {
        let mut rows: BTreeMap<&str, (std::collections::BTreeSet<&str>, Span)> = BTreeMap::new();
        for id in &self.recordings {
            rows.entry(id).or_default();
        }
        for row in &self.signals {
            let (units, span) = rows.entry(&row.recording_id).or_default();
            units.insert(&row.name);
            span.add_clock(&row.times, row.samples.len());
        }
        for row in &self.trains {
            let (units, span) = rows.entry(&row.recording_id).or_default();
            units.insert(&row.unit_id);
            row.times_s.first().into_iter().chain(row.times_s.last()).for_each(|&time| span.add(time));
        }
        for row in &self.intervals {
            let (_, span) = rows.entry(&row.recording_id).or_default();
            span.add(row.start_s);
            span.add(row.stop_s);
        }
        for row in &self.responses {
            rows.entry(&row.recording_id).or_default().0.insert(&row.unit_id);
        }
        for (recording_id, unit_id) in self.channels.units() {
            rows.entry(recording_id).or_default().0.insert(unit_id);
        }
        rows.into_iter()
            .map(|(id, (units, span))| RecordingRow {
                recording_id: id.to_owned(),
                n_units: units.len(),
                duration_s: span.length_s(),
            })
            .collect()
    }
}

/// From the earliest to the latest time.
#[derive(Clone, Copy, Debug, Default)]
struct Span(Option<(f64, f64)>);

impl Span {
    fn add(&mut self, time: f64) {
        if time.is_finite() {
            let (low, high) = self.0.unwrap_or((time, time));
            self.0 = Some((low.min(time), high.max(time)));
        }
    }

    fn add_clock(&mut self, times: &TimeBase, n: usize) {
        if let Some(last) = n.checked_sub(1) {
            self.add(times.time_s(0));
            self.add(times.time_s(last));
        }
    }

    fn length_s(self) -> Option<f64> {
        self.0.map(|(low, high)| high - low)
    }
}

fn intervals(rows: Vec<IntervalRow>, set: &str, extras: Vec<Extra>) -> Result<Table> {
    let builder = TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", rows.iter().map(|row| row.recording_id.as_str()))
        .text("interval_set", rows.iter().map(|_| set))
        .integers("interval_id", rows.iter().map(|row| row.id))
        .numbers("start_s", rows.iter().map(|row| row.start_s))
        .numbers("stop_s", rows.iter().map(|row| row.stop_s));
    extras.into_iter().try_fold(builder, |builder, extra| extra.add_to(builder, kinds::INTERVALS))?.finish()
}

fn responses(rows: &[ResponseRow], unit: &str) -> Result<Table> {
    TableBuilder::new(kinds::RESPONSES)
        .text("recording_id", rows.iter().map(|row| row.recording_id.as_str()))
        .text("unit_id", rows.iter().map(|row| row.unit_id.as_str()))
        .text("condition", rows.iter().map(|row| row.condition.as_str()))
        .integers("fold", rows.iter().map(|row| row.fold))
        .numbers("response", rows.iter().map(|row| row.response))
        .text("response_unit", rows.iter().map(|_| unit))
        .finish()
}
