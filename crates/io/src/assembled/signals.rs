//! Rows of sampled signals, into tables of traces and of behaviour.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use neuroloom_core::{Error, Result, Table, TimeBase};
use neuroloom_table::{TableBuilder, kinds};

/// One sampled signal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignalRow {
    pub(crate) recording_id: String,
    /// The unit of a trace; the series of a behaviour.
    pub(crate) name: String,
    pub(crate) times: TimeBase,
    pub(crate) samples: Vec<f64>,
}

/// A further column, a value per row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Extra {
    pub(crate) name: String,
    pub(crate) values: ExtraValues,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExtraValues {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

impl Extra {
    /// The column of `texts`: of numbers if all of them are, else of text.
    pub(crate) fn of_texts(name: &str, texts: Vec<Option<String>>) -> Self {
        let number = |text: &Option<String>| match text {
            None => Some(None),
            Some(text) => text.trim().parse::<f64>().ok().map(Some),
        };
        let values = match texts.iter().map(number).collect() {
            Some(numbers) if texts.iter().any(Option::is_some) => ExtraValues::Numbers(numbers),
            _ => ExtraValues::Texts(texts),
        };
        Self { name: name.to_owned(), values }
    }

    /// Adds the column to a table of an open kind.
    pub(crate) fn add_to(self, builder: TableBuilder) -> TableBuilder {
        let array: ArrayRef = match self.values {
            ExtraValues::Numbers(values) => Arc::new(values.into_iter().collect::<Float64Array>()),
            ExtraValues::Texts(values) => Arc::new(values.into_iter().collect::<StringArray>()),
        };
        builder.extra(&self.name, None, array)
    }
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
    extras.into_iter().fold(builder, |builder, extra| extra.add_to(builder)).finish()
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
        return builder.lists_f32(column, samples.map(|row| row.into_iter().map(|value| value as f32).collect()));
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
        let of = |texts: &[&str]| Extra::of_texts("x", texts.iter().map(|&t| Some(t.to_owned())).collect()).values;
        assert_eq!(of(&["1", "2.5"]), ExtraValues::Numbers(vec![Some(1.0), Some(2.5)]));
        assert!(matches!(of(&["1", "CA1"]), ExtraValues::Texts(_)));
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
