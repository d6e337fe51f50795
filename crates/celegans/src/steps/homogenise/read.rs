//! Recordings out of the input tables.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use crate::{RawColumn, Recording};

/// What the table of recordings says, and what of it was met so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    recordings: BTreeMap<String, Source>,
    /// The signals of all traces so far.
    signals: BTreeSet<String>,
    /// The last recording so far.
    last: Option<String>,
}

/// A part of the traces, and the recordings in it.
pub(super) struct SourcePart {
    traces: Table,
    /// The recordings, sorted by id.
    pub list: Vec<Source>,
}

/// A recording in the input tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub id: String,
    pub dataset: String,
    pub file: String,
    pub signal_unit: String,
    pub licence_note: Option<String>,
    /// Why the reader left it out.
    pub skip_reason: Option<String>,
    /// Its rows in the traces table, by column of the source.
    pub rows: Vec<usize>,
}

impl Known {
    /// Reads the table of recordings, where there is one.
    pub fn new(recordings: Option<&Table>) -> Result<Self> {
        let mut known = Self::default();
        let Some(recordings) = recordings else { return Ok(known) };
        let ids = recordings.text("recording_id")?;
        let (datasets, files) = (recordings.text("source")?, recordings.text("source_file")?);
        let reasons = recordings.text("skip_reason")?;
        for row in 0..recordings.n_rows() {
            let id = ids.get_or_empty(row).to_owned();
            let source = Source {
                id: id.clone(),
                dataset: datasets.get_or_empty(row).to_owned(),
                file: files.get_or_empty(row).to_owned(),
                skip_reason: reasons.get(row).map(str::to_owned),
                ..Source::default()
            };
            known.recordings.insert(id, source);
        }
        Ok(known)
    }

    /// The recordings in `traces` with the rows of `signal` (of the only one, if none is named).
    ///
    /// # Errors
    /// When a column is missing, or a recording has several signals and none is named.
    pub fn part(&mut self, traces: Table, signal: Option<&str>) -> Result<SourcePart> {
        let mut list: BTreeMap<String, Source> = BTreeMap::new();
        let (ids, signals) = (traces.text("recording_id")?, traces.text("signal")?);
        let mut only: BTreeMap<&str, &str> = BTreeMap::new();
        for row in 0..traces.n_rows() {
            let (id, found) = (ids.get_or_empty(row), signals.get_or_empty(row));
            if !self.signals.contains(found) {
                self.signals.insert(found.to_owned());
            }
            match signal {
                None if *only.entry(id).or_insert(found) != found => return Err(self.several_signals(id)),
                Some(asked) if asked != found => continue,
                _ => {}
            }
            match list.get_mut(id) {
                Some(source) => source.rows.push(row),
                None => {
                    list.insert(id.to_owned(), self.first_seen(&traces, id, row)?);
                }
            }
        }
        if list.is_empty() {
            return Ok(SourcePart { traces, list: Vec::new() });
        }
        for column in ["label_given", "raw_column"] {
            require_column(&traces, column)?;
        }
        let numbers = traces.integers("raw_column")?;
        for source in list.values_mut() {
            source.rows.sort_by_key(|&row| numbers.value(row));
        }
        let list: Vec<Source> = list.into_values().collect();
        self.check_order(&list)?;
        Ok(SourcePart { traces, list })
    }

    /// A recording that begins in one part and goes on in the next would be homogenised in pieces.
    fn check_order(&mut self, list: &[Source]) -> Result<()> {
        let (Some(first), Some(last)) = (list.first(), list.last()) else { return Ok(()) };
        if let Some(before) = self.last.replace(last.id.clone())
            && before >= first.id
        {
            return Err(Error::data("the traces of a recording do not stand together")
                .at_object(&first.id)
                .expected("recordings in the order of their ids, each in one part of the file")
                .found(format!("traces after those of {before}")));
        }
        Ok(())
    }

    /// The recordings of which no trace was met, by id.
    ///
    /// # Errors
    /// When `signal` was asked for and no trace at all was of it.
    pub fn without_traces(self, signal: Option<&str>) -> Result<Vec<Source>> {
        match signal.filter(|asked| !self.signals.is_empty() && !self.signals.contains(*asked)) {
            None => Ok(self.recordings.into_values().collect()),
            Some(asked) => Err(Error::params(format!("no traces of the signal {asked:?}"))
                .at_object("signal")
                .expected(self.listed())
                .found(asked)),
        }
    }

    fn first_seen(&mut self, traces: &Table, id: &str, row: usize) -> Result<Source> {
        let (dataset, file) = id.split_once('/').unwrap_or(("unknown", id));
        let note = |name: &str| {
            let column = traces.batch().column_by_name(name).and_then(|_| traces.text(name).ok());
            column.and_then(|column| column.get(row)).map(str::to_owned)
        };
        let known = self.recordings.remove(id);
        Ok(Source {
            signal_unit: traces.text("trace_unit")?.get_or_empty(row).to_owned(),
            licence_note: note("licence_note"),
            rows: vec![row],
            ..known.unwrap_or_else(|| Source {
                id: id.to_owned(),
                dataset: dataset.to_owned(),
                file: file.to_owned(),
                ..Source::default()
            })
        })
    }

    fn several_signals(&self, id: &str) -> Error {
        Error::params("the traces are of several signals")
            .at_object("signal")
            .expected("the name of one")
            .found(format!("{} in {id}", self.listed()))
            .hint("add `signal: NAME`")
    }

    fn listed(&self) -> String {
        self.signals.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl SourcePart {
    /// The recording of `source`. Traces of 64 bits are not copied.
    pub fn recording(&self, source: &Source) -> Result<Recording<'_>> {
        let traces = &self.traces;
        let segments = traces.numbers("segment")?;
        if source.rows.iter().any(|&row| segments.get(row) != Some(0.0)) {
            return Err(Error::data("the recording is in segments")
                .at_object("segment")
                .expected("one contiguous trace per neuron")
                .hint("homogenise recordings before they are cut"));
        }
        let first = source.rows.first().copied().unwrap_or(0);
        self.check_one_clock(source, first)?;
        let (labels, numbers) = (traces.text("label_given")?, traces.integers("raw_column")?);
        let samples = traces.lists("trace")?;
        let columns = source.rows.iter().map(|&row| RawColumn {
            raw_column: numbers.value(row),
            label_given: labels.get(row).filter(|label| !label.is_empty()).map(str::to_owned),
            trace: samples.get(row).unwrap_or_default(),
        });
        Ok(Recording {
            id: source.id.clone(),
            source: source.dataset.clone(),
            file: source.file.clone(),
            signal_unit: source.signal_unit.clone(),
            licence_note: source.licence_note.clone(),
            times_s: self.times_s(first)?,
            columns: columns.collect(),
        })
    }

    fn times_s(&self, row: usize) -> Result<Cow<'_, [f64]>> {
        if let Some(times_s) = self.traces.lists("t_s")?.get(row) {
            return Ok(times_s);
        }
        let n_samples = self.traces.lists("trace")?.length(row);
        Ok(self.traces.time_base(row)?.times_s(n_samples).into())
    }

    fn check_one_clock(&self, source: &Source, first: usize) -> Result<()> {
        let (times, t0, dt) =
            (self.traces.lists("t_s")?, self.traces.numbers("t0_s")?, self.traces.numbers("dt_s")?);
        // Bits, so that a NaN in the clock equals itself here and is reported as what it is later.
        let bits =
            |row: usize| -> Option<Vec<u64>> { Some(times.get(row)?.iter().map(|t| t.to_bits()).collect()) };
        let reference = (bits(first), t0.get(first), dt.get(first));
        match source.rows.iter().find(|&&row| (bits(row), t0.get(row), dt.get(row)) != reference) {
            None => Ok(()),
            Some(&row) => Err(Error::data("the traces of a recording have different clocks")
                .at_object("t_s")
                .at_offset(row as u64)
                .expected("one clock for all neurons of a recording")
                .hint("interpolate the traces to one clock, or give every clock a recording of its own")),
        }
    }
}

fn require_column(traces: &Table, name: &str) -> Result<()> {
    match traces.batch().column_by_name(name) {
        Some(column) if name == "raw_column" && column.null_count() > 0 => {
            Err(Error::data("a trace does not say which column of its source it is")
                .at_object(name)
                .expected("a number in every row")
                .found(format!("{} rows without", column.null_count())))
        }
        Some(_) => Ok(()),
        None => Err(Error::data(format!("the traces have no column {name:?}"))
            .at_object(name)
            .expected("label_given (text) and raw_column (integer) beside the columns of every traces table")
            .hint("read the recordings with `ingest.celegans`, or add these columns")),
    }
}
