//! Rows of sampled signals, into tables of traces and of behaviour.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use neuroloom_core::{Error, Result, Table, TableKind, TimeBase};
use neuroloom_table::{ColumnType, TableBuilder, kinds};

/// One sampled signal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignalRow {
    pub(crate) recording_id: String,
    /// The unit of a trace; the series of a behaviour.
    pub(crate) name: String,
    pub(crate) times: TimeBase,
    pub(crate) samples: Vec<f64>,
}

/// A further column, a word per row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Extra {
    pub(crate) name: String,
    pub(crate) texts: Vec<Option<String>>,
}

impl Extra {
    /// Adds the column to a table of the open kind `kind`: into the column of that name if it has one for words
    /// (`region`), else behind the others, as numbers if all of it are.
    ///
    /// # Errors
    /// When the kind has such a column that is not for the user to fill.
    pub(crate) fn add_to(self, builder: TableBuilder, kind: TableKind) -> Result<TableBuilder> {
        if let Some(column) = neuroloom_table::spec(kind)?.column(&self.name) {
            if column.nullable && column.column_type == ColumnType::Id {
                return Ok(builder.optional_text(column.name, self.texts));
            }
            return Err(Error::params(format!(
                "a column to keep is called as one that tables of {kind} have"
            ))
            .at_object(self.name)
            .hint("rename it in the file"));
        }
        let array: ArrayRef = match numbers(&self.texts) {
            Some(numbers) => Arc::new(numbers.into_iter().collect::<Float64Array>()),
            None => Arc::new(self.texts.into_iter().collect::<StringArray>()),
        };
        Ok(builder.extra(&self.name, None, array))
    }
}

/// Texts as numbers, if all of them are and there is one.
fn numbers(texts: &[Option<String>]) -> Option<Vec<Option<f64>>> {
    let number = |text: &Option<String>| match text {
        None => Some(None),
        Some(text) => text.trim().parse::<f64>().ok().map(Some),
    };
    texts.iter().map(number).collect::<Option<Vec<_>>>().filter(|numbers| numbers.iter().any(Option::is_some))
}

/// The table of traces of `rows`; samples are kept in 32 bits if `is_single`.
///
/// # Errors
/// When a unit has two rows in one recording, or there are more samples than a table can hold.
pub(crate) fn traces(
    rows: Vec<SignalRow>,
    signal: &str,
    unit: &str,
    is_single: bool,
    extras: Vec<Extra>,
) -> Result<Table> {
    check(&rows, "unit")?;
    let n = rows.len();
    let builder = TableBuilder::new(kinds::TRACES)
        .text("recording_id", rows.iter().map(|row| row.recording_id.as_str()))
        .text("unit_id", rows.iter().map(|row| row.name.as_str()))
        .text("signal", std::iter::repeat_n(signal, n))
        .integers("segment", std::iter::repeat_n(0, n))
        .text("trace_unit", std::iter::repeat_n(unit, n));
    let builder = samples(clocks(builder, &rows), "trace", rows, is_single);
    extras.into_iter().try_fold(builder, |builder, extra| extra.add_to(builder, kinds::TRACES))?.finish()
}

/// The table of behaviour of `rows`, a series of one channel each.
///
/// # Errors
/// As [`traces`].
pub(crate) fn behaviour(rows: Vec<SignalRow>, unit: &str, is_single: bool) -> Result<Table> {
    check(&rows, "series")?;
    let n = rows.len();
    let builder = TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", rows.iter().map(|row| row.recording_id.as_str()))
        .text("signal", rows.iter().map(|row| row.name.as_str()))
        .integers("channel", std::iter::repeat_n(0, n))
        .text("value_unit", std::iter::repeat_n(unit, n));
    samples(clocks(builder, &rows), "value", rows, is_single).finish()
}

fn clocks(builder: TableBuilder, rows: &[SignalRow]) -> TableBuilder {
    let regular = |row: &SignalRow| match row.times {
        TimeBase::Regular { t0_s, dt_s } => Some((t0_s, dt_s)),
        TimeBase::Explicit(_) => None,
    };
    let explicit = |row: &SignalRow| match &row.times {
        TimeBase::Regular { .. } => None,
        TimeBase::Explicit(times) => Some(times.clone()),
    };
    builder
        .optional_numbers("t0_s", rows.iter().map(|row| regular(row).map(|(t0_s, _)| t0_s)))
        .optional_numbers("dt_s", rows.iter().map(|row| regular(row).map(|(_, dt_s)| dt_s)))
        .optional_lists("t_s", rows.iter().map(explicit))
}

fn samples(builder: TableBuilder, column: &str, rows: Vec<SignalRow>, is_single: bool) -> TableBuilder {
    let samples = rows.into_iter().map(|row| row.samples);
    if is_single {
        return builder
            .lists_f32(column, samples.map(|row| row.into_iter().map(|value| value as f32).collect()));
    }
    builder.lists(column, samples)
}

/// A list column counts its items in 32 bits.
fn check(rows: &[SignalRow], what: &str) -> Result<()> {
    let mut names: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.recording_id.as_str(), row.name.as_str())).collect();
    names.sort_unstable();
    let twice = names.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some(*a),
        _ => None,
    });
    if let Some((recording, name)) = twice {
        return Err(Error::data(format!("a {what} is there twice"))
            .at_object(name)
            .expected(format!("every {what} once in recording {recording}"))
            .found("two rows or columns of that name"));
    }
    let n_samples: usize = rows.iter().map(|row| row.samples.len()).sum();
    if i32::try_from(n_samples).is_ok() {
        return Ok(());
    }
    Err(Error::data("too many samples for one table")
        .expected(format!("at most {}", i32::MAX))
        .found(n_samples.to_string())
        .hint("read the file in parts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extra_column_is_numeric_where_all_of_it_is() {
        let of =
            |texts: &[&str]| numbers(&texts.iter().map(|&text| Some(text.to_owned())).collect::<Vec<_>>());
        assert_eq!(of(&["1", "2.5"]), Some(vec![Some(1.0), Some(2.5)]));
        assert_eq!(of(&["1", "CA1"]), None);
        assert_eq!(numbers(&[None]), None);
    }

    #[test]
    fn a_unit_that_is_there_twice_is_refused() {
        let row = |name: &str| SignalRow {
            recording_id: "a".into(),
            name: name.into(),
            times: TimeBase::Regular { t0_s: 0.0, dt_s: 1.0 },
            samples: vec![1.0],
        };
        assert!(traces(vec![row("1"), row("2")], "dff", "1", false, vec![]).is_ok());
        let error = behaviour(vec![row("1"), row("2"), row("1")], "m", true).unwrap_err();
        assert_eq!(error.location().object.as_deref(), Some("1"));
    }
}
