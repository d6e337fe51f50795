//! Further columns of a table, of whatever type they have.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use neuroloom_core::Result;

use super::table::DynamicTable;
use crate::hdf5::{Number, Values};

/// A column with one value per row, and gaps.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Column {
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Bools(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
}

/// Columns with their names, and the names of those left out because they hold anything else.
pub(super) type Further = (Vec<(String, Column)>, Vec<String>);

/// The columns of `table` with one number, truth value or string per row, without those in `known`; and the
/// names of those left out because they hold anything else.
pub(super) fn columns(table: &DynamicTable<'_>, known: &[&str]) -> Result<Further> {
    let (mut read, mut left_out) = (Vec::new(), Vec::new());
    for name in table.columns()? {
        if known.contains(&name.as_str()) {
            continue;
        }
        match column(table, &name)? {
            Some(column) => read.push((name, column)),
            None => left_out.push(name),
        }
    }
    Ok((read, left_out))
}

fn column(table: &DynamicTable<'_>, name: &str) -> Result<Option<Column>> {
    let path = table.path_of(name);
    let info = table.file().info(&path)?;
    let readable = info.dtype.is_numeric() || info.dtype.is_text() || info.dtype == crate::hdf5::Dtype::Bool;
    if table.is_ragged(name)? || info.shape != [table.n_rows() as u64] || !readable {
        return Ok(None);
    }
    Ok(of_values(table.file().values(&path, None)?))
}

fn of_values(values: Values) -> Option<Column> {
    Some(match values {
        Values::Bool(values) => Column::Bools(values.into_iter().map(Some).collect()),
        Values::Text(values) => Column::Texts(values.into_iter().map(Some).collect()),
        Values::F32(_) | Values::F64(_) => Column::Numbers(all(f64::convert(values).ok()?)),
        Values::References(_) => return None,
        integers => match i64::convert(integers.clone()) {
            Ok(values) => Column::Integers(all(values)),
            // Unsigned integers above 2^63.
            Err(_) => Column::Numbers(all(f64::convert(integers).ok()?)),
        },
    })
}

fn all<T>(values: Vec<T>) -> Vec<Option<T>> {
    values.into_iter().map(Some).collect()
}

impl Column {
    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Bools(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// `n` gaps, of the type of `self`.
    pub(super) fn gaps(&self, n: usize) -> Self {
        match self {
            Self::Integers(_) => Self::Integers(vec![None; n]),
            Self::Numbers(_) => Self::Numbers(vec![None; n]),
            Self::Bools(_) => Self::Bools(vec![None; n]),
            Self::Texts(_) => Self::Texts(vec![None; n]),
        }
    }

    /// This column with the rows of `other` below it. Integers and floats become floats, any other two types
    /// text.
    pub(super) fn followed_by(self, other: Self) -> Self {
        match (self, other) {
            (Self::Integers(a), Self::Integers(b)) => Self::Integers(chain(a, b)),
            (Self::Bools(a), Self::Bools(b)) => Self::Bools(chain(a, b)),
            (a @ (Self::Integers(_) | Self::Numbers(_)), b @ (Self::Integers(_) | Self::Numbers(_))) => {
                Self::Numbers(chain(a.into_numbers(), b.into_numbers()))
            }
            (a, b) => Self::Texts(chain(a.into_texts(), b.into_texts())),
        }
    }

    /// The Arrow column.
    pub(super) fn into_array(self) -> ArrayRef {
        match self {
            Self::Integers(values) => Arc::new(Int64Array::from(values)),
            Self::Numbers(values) => Arc::new(Float64Array::from(values)),
            Self::Bools(values) => Arc::new(BooleanArray::from(values)),
            Self::Texts(values) => Arc::new(StringArray::from(values)),
        }
    }

    fn into_numbers(self) -> Vec<Option<f64>> {
        match self {
            Self::Integers(values) => {
                values.into_iter().map(|value| value.map(|value| value as f64)).collect()
            }
            Self::Numbers(values) => values,
            Self::Bools(values) => values.into_iter().map(|value| value.map(f64::from)).collect(),
            Self::Texts(values) => vec![None; values.len()],
        }
    }

    fn into_texts(self) -> Vec<Option<String>> {
        fn shown<T: ToString>(values: Vec<Option<T>>) -> Vec<Option<String>> {
            values.into_iter().map(|value| value.map(|value| value.to_string())).collect()
        }
        match self {
            Self::Integers(values) => shown(values),
            Self::Numbers(values) => shown(values),
            Self::Bools(values) => shown(values),
            Self::Texts(values) => values,
        }
    }
}

fn chain<T>(mut first: Vec<T>, second: Vec<T>) -> Vec<T> {
    first.extend(second);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clashing_types_become_text() {
        let merged = Column::Integers(vec![Some(2)]).followed_by(Column::Texts(vec![Some("L".into()), None]));
        assert_eq!(merged, Column::Texts(vec![Some("2".into()), Some("L".into()), None]));
    }

    #[test]
    fn integers_and_floats_become_floats() {
        let merged = Column::Integers(vec![Some(2), None]).followed_by(Column::Numbers(vec![Some(0.5)]));
        assert_eq!(merged, Column::Numbers(vec![Some(2.0), None, Some(0.5)]));
    }
}
