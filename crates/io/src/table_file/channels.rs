//! Tables with a row per channel, or per channel and something else: residuals, positions, neighbourhoods.

use std::collections::HashSet;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::frame::Frame;
use super::gather::Gathered;
use super::params::{ColumnName, Params};
use super::records::{counts, folds, recordings, required};

/// What was read of one kind so far.
#[derive(Debug, Default)]
pub(super) enum ChannelRows {
    /// Another kind is read.
    #[default]
    None,
    /// Observation, fold where it is known, and residual.
    Residuals(Vec<Row<(i64, Option<i64>, f64)>>),
    /// Coordinates; the third may be absent.
    Positions(Vec<Row<(f64, f64, Option<f64>)>>),
    /// The centre.
    Neighbourhoods(Vec<Row<String>>),
}

/// Something about a channel of a recording.
#[derive(Debug)]
pub(super) struct Row<T> {
    recording_id: String,
    unit_id: String,
    value: T,
}

impl ChannelRows {
    /// Recording and channel of every row.
    pub(super) fn units(&self) -> Vec<(&str, &str)> {
        fn names<T>(rows: &[Row<T>]) -> Vec<(&str, &str)> {
            rows.iter().map(|row| (row.recording_id.as_str(), row.unit_id.as_str())).collect()
        }
        match self {
            Self::None => Vec::new(),
            Self::Residuals(rows) => names(rows),
            Self::Positions(rows) => names(rows),
            Self::Neighbourhoods(rows) => names(rows),
        }
    }

    /// The table; `unit` is that of the values.
    ///
    /// # Errors
    /// When a row stands twice.
    pub(super) fn table(&self, unit: &str) -> Result<Table> {
        self.check_unique()?;
        let (recordings, units): (Vec<&str>, Vec<&str>) = self.units().into_iter().unzip();
        let with_names =
            |kind| TableBuilder::new(kind).text("recording_id", &recordings).text("unit_id", &units);
        let unit = std::iter::repeat_n(unit, units.len());
        match self {
            Self::None => with_names(kinds::POSITIONS),
            Self::Residuals(rows) => with_names(kinds::RESIDUALS)
                .integers("observation", rows.iter().map(|row| row.value.0))
                .optional_integers("fold", rows.iter().map(|row| row.value.1))
                .numbers("residual", rows.iter().map(|row| row.value.2))
                .text("residual_unit", unit),
            Self::Positions(rows) => with_names(kinds::POSITIONS)
                .numbers("x", rows.iter().map(|row| row.value.0))
                .numbers("y", rows.iter().map(|row| row.value.1))
                .optional_numbers("z", rows.iter().map(|row| row.value.2))
                .text("position_unit", unit),
            Self::Neighbourhoods(rows) => {
                with_names(kinds::NEIGHBOURHOODS).text("centre_id", rows.iter().map(|row| &row.value))
            }
        }
        .finish()
    }

    fn check_unique(&self) -> Result<()> {
        let details: Vec<String> = match self {
            Self::None | Self::Positions(_) => vec![String::new(); self.units().len()],
            Self::Residuals(rows) => {
                rows.iter().map(|row| format!(", observation {}", row.value.0)).collect()
            }
            Self::Neighbourhoods(rows) => rows.iter().map(|row| format!(", centre {}", row.value)).collect(),
        };
        let mut seen = HashSet::new();
        match self.units().into_iter().zip(&details).find(|key| !seen.insert(*key)) {
            None => Ok(()),
            Some(((recording, unit), detail)) => Err(Error::data("a row stands twice")
                .at_object(format!("{recording}/{unit}{detail}"))
                .expected("one row per channel, and per observation or centre where there are such")),
        }
    }
}

/// Rows of one frame: `values` has one per row.
fn rows<T>(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    values: impl IntoIterator<Item = T>,
) -> Result<impl Iterator<Item = Row<T>>> {
    let units = frame.ids(required(frame, params.columns.unit.as_ref(), "a channel")?)?;
    let recordings = recordings(frame, params, recording_id)?;
    let rows = recordings.into_iter().zip(units).zip(values);
    Ok(rows.map(|((recording_id, unit_id), value)| Row { recording_id, unit_id, value }))
}

/// Adds the residuals of a table: unit, observation, value, and where it is named fold.
///
/// # Errors
/// When a name is missing, a value is no number, or an observation none from 0.
pub(super) fn residuals(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    let column = |name: &Option<ColumnName>| required(frame, name.as_ref(), "a residual");
    let observations = counts(frame, column(&params.columns.observation)?, "an observation")?;
    let values = frame.numbers(column(&params.columns.value)?)?;
    let folds = match &params.columns.fold {
        Some(_) => folds(frame, params)?.into_iter().map(Some).collect(),
        None => vec![None; frame.n_rows],
    };
    let residuals =
        observations.into_iter().zip(folds).zip(values).map(|((o, fold), value)| (o, fold, value));
    let found = rows(frame, params, recording_id, residuals)?;
    match &mut gathered.channels {
        ChannelRows::Residuals(known) => known.extend(found),
        other => *other = ChannelRows::Residuals(found.collect()),
    }
    Ok(())
}

/// Adds the positions of a table: unit, x, y and where it is named z.
///
/// # Errors
/// When a name is missing or a coordinate is no number.
pub(super) fn positions(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    let numbers = |name: &Option<ColumnName>| -> Result<Vec<f64>> {
        frame.numbers(required(frame, name.as_ref(), "a position")?)
    };
    let (x, y) = (numbers(&params.columns.x)?, numbers(&params.columns.y)?);
    let z = match &params.columns.z {
        Some(_) => numbers(&params.columns.z)?.into_iter().map(Some).collect(),
        None => vec![None; frame.n_rows],
    };
    let places = x.into_iter().zip(y).zip(z).map(|((x, y), z)| (x, y, z));
    let found = rows(frame, params, recording_id, places)?;
    match &mut gathered.channels {
        ChannelRows::Positions(known) => known.extend(found),
        other => *other = ChannelRows::Positions(found.collect()),
    }
    Ok(())
}

/// Adds the neighbourhoods of a table: centre, unit.
///
/// # Errors
/// When a name is missing.
pub(super) fn neighbourhoods(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    let centres = frame.ids(required(frame, params.columns.centre.as_ref(), "a neighbourhood")?)?;
    let found = rows(frame, params, recording_id, centres)?;
    match &mut gathered.channels {
        ChannelRows::Neighbourhoods(known) => known.extend(found),
        other => *other = ChannelRows::Neighbourhoods(found.collect()),
    }
    Ok(())
}
