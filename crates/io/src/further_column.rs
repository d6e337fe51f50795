//! A further column of a table, of whatever type its source has.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};

/// A column with one value per row, and gaps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Column {
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Bools(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
}

impl Column {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Bools(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// `n` gaps, of the type of `self`.
    pub(crate) fn gaps(&self, n: usize) -> Self {
        match self {
            Self::Integers(_) => Self::Integers(vec![None; n]),
            Self::Numbers(_) => Self::Numbers(vec![None; n]),
            Self::Bools(_) => Self::Bools(vec![None; n]),
            Self::Texts(_) => Self::Texts(vec![None; n]),
        }
    }

    /// This column with the rows of `other` below it. Integers and floats become floats, any other two types
    /// text.
    pub(crate) fn followed_by(self, other: Self) -> Self {
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
    pub(crate) fn into_array(self) -> ArrayRef {
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

    /// The values as text.
    pub(crate) fn into_texts(self) -> Vec<Option<String>> {
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
