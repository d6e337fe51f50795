//! One unit of work: a recording becomes its parts of the tables.

use neuroloom_core::{Error, Result, Table};

use super::report::Glimpse;
use super::tables;
use crate::worm::{Session, Stretch};
use crate::{Source, Unit};

/// A recording, read or left out.
pub(super) struct Read {
    pub row: Row,
    pub traces: Option<Table>,
    pub behaviour: Option<Table>,
    pub stretches: Vec<Stretch>,
    pub notes: Vec<String>,
    pub glimpse: Option<Glimpse>,
}

/// Its row in the table of recordings.
pub(super) struct Row {
    pub id: String,
    pub source: Source,
    pub file: String,
    pub strain: Option<String>,
    pub session: Session,
    pub n_units: u64,
    pub n_labelled: usize,
    pub duration_s: Option<f64>,
    pub skip_reason: Option<String>,
}

impl Read {
    /// Reads `unit`.
    ///
    /// # Errors
    /// When it cannot be read and `strict` is set; or an internal one.
    pub fn of(unit: &Unit, strict: bool) -> Result<Self> {
        if let Some(reason) = unit.skip_reason() {
            return match strict {
                true => Err(Error::data(reason)
                    .at_file(&unit.path)
                    .hint("set `strict: false` to go on without it")),
                false => Ok(Self::skipped(unit, reason.to_owned())),
            };
        }
        let worm = match unit.read() {
            Ok(worm) => worm,
            Err(error) if strict => return Err(error),
            Err(error) => return Ok(Self::skipped(unit, reason(unit, &error))),
        };
        let row = Row {
            n_units: worm.recording.columns.len() as u64,
            n_labelled: worm.n_labelled(),
            duration_s: Some(worm.duration_s()),
            strain: worm.strain.clone(),
            session: worm.session.clone(),
            ..Row::of(unit)
        };
        let glimpse = (row.n_labelled > 0).then(|| Glimpse::of(&worm));
        Ok(Self {
            row,
            traces: Some(tables::traces(&worm)?),
            behaviour: tables::behaviour(&worm)?,
            stretches: worm.stretches,
            notes: worm.notes,
            glimpse,
        })
    }

    fn skipped(unit: &Unit, reason: String) -> Self {
        let row = Row { skip_reason: Some(reason), n_units: unit.n_columns().unwrap_or(0), ..Row::of(unit) };
        Self { row, traces: None, behaviour: None, stretches: Vec::new(), notes: Vec::new(), glimpse: None }
    }
}

impl Row {
    fn of(unit: &Unit) -> Self {
        Self {
            id: unit.id.clone(),
            source: unit.source,
            file: unit.file_name(),
            strain: None,
            session: Session::default(),
            n_units: 0,
            n_labelled: 0,
            duration_s: None,
            skip_reason: None,
        }
    }
}

/// The error without folders: where the files lie is no part of a result.
fn reason(unit: &Unit, error: &Error) -> String {
    let file = error.location().file.as_ref().filter(|file| **file != unit.path);
    let file = file.and_then(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
    let place = [file, error.location().object.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let place = match error.location().offset {
        Some(offset) => format!("{place} at {offset}"),
        None => place,
    };
    let mut words = error.message().to_owned();
    if !place.is_empty() {
        words.push_str(&format!(" ({place})"));
    }
    for (name, text) in [("expected", error.expected_text()), ("found", error.found_text())] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            words.push_str(&format!("; {name} {text}"));
        }
    }
    words
}
