//! A column of two tables, over the rows that both have.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, ListColumn, TextColumn};
use serde::Serialize;

use super::distance::{Distance, Meter};

/// A column with values that differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnDifference {
    /// Its name.
    pub column: String,
    /// Rows whose value differs.
    pub rows: u64,
    /// Rows in which one table has a value and the other none.
    pub absent: u64,
    /// How far apart the numbers are; none for text, truth values and other types.
    pub numbers: Option<Distance>,
}

type Pairs = [(usize, usize)];

/// Whether the values of columns of these types can be compared: words are words however they are stored, numbers of
/// all widths are numbers.
pub(super) fn comparable(a: &DataType, b: &DataType) -> bool {
    a == b || (class(a) != Class::Other && class(a) == class(b))
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Integer,
    Float,
    FloatList,
    Text,
    Other,
}

fn class(data_type: &DataType) -> Class {
    match data_type {
        DataType::UInt64 => Class::Float,
        DataType::List(item) if item.data_type().is_floating() => Class::FloatList,
        DataType::Utf8 => Class::Text,
        DataType::Dictionary(_, words) if **words == DataType::Utf8 => Class::Text,
        other if other.is_integer() => Class::Integer,
        other if other.is_floating() => Class::Float,
        _ => Class::Other,
    }
}

/// In what the column `name` differs over `pairs` of rows; none where it does not.
///
/// # Errors
/// An internal error where its values cannot be read.
pub(super) fn compare(a: &Table, b: &Table, name: &str, pairs: &Pairs) -> Result<Option<ColumnDifference>> {
    let (Some(one), Some(other)) = (a.batch().column_by_name(name), b.batch().column_by_name(name)) else {
        return Ok(None);
    };
    let mut tally = Tally::default();
    match (class(one.data_type()), class(other.data_type())) {
        (Class::Integer, Class::Integer) => tally.integers(&widened(one)?, &widened(other)?, pairs),
        (Class::Float, Class::Float) => tally.floats(&floats(one)?, &floats(other)?, pairs),
        (Class::FloatList, Class::FloatList) => match (a.lists(name), b.lists(name)) {
            (Ok(one), Ok(other)) => tally.lists(one, other, pairs),
            _ => tally.others(one, other, pairs)?,
        },
        (Class::Text, Class::Text) => match (a.text(name), b.text(name)) {
            (Ok(one), Ok(other)) => tally.texts(one, other, pairs),
            _ => tally.others(one, other, pairs)?,
        },
        _ => tally.others(one, other, pairs)?,
    }
    Ok(tally.finish(name))
}

fn widened(array: &ArrayRef) -> Result<Int64Array> {
    Ok(cast(array, &DataType::Int64).map_err(unreadable)?.as_primitive::<Int64Type>().clone())
}

fn floats(array: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(array, &DataType::Float64).map_err(unreadable)?.as_primitive::<Float64Type>().clone())
}

fn unreadable(error: arrow_schema::ArrowError) -> Error {
    Error::internal(format!("a column cannot be compared: {error}"))
}

#[derive(Default)]
struct Tally {
    rows: u64,
    absent: u64,
    meter: Option<Meter>,
}

impl Tally {
    /// Counts a row: absent on one side, or compared by `differs`.
    fn row<T>(&mut self, a: Option<T>, b: Option<T>, differs: impl FnOnce(&mut Self, T, T) -> bool) {
        let differs = match (a, b) {
            (Some(a), Some(b)) => differs(self, a, b),
            (None, None) => false,
            _ => {
                self.absent += 1;
                true
            }
        };
        self.rows += u64::from(differs);
    }

    fn meter(&mut self) -> &mut Meter {
        self.meter.get_or_insert_default()
    }

    fn integers(&mut self, a: &Int64Array, b: &Int64Array, pairs: &Pairs) {
        for &(i, j) in pairs {
            let (one, other) = (a.is_valid(i).then(|| a.value(i)), b.is_valid(j).then(|| b.value(j)));
            self.row(one, other, |tally, one, other| tally.meter().integers(one, other));
        }
    }

    fn floats(&mut self, a: &Float64Array, b: &Float64Array, pairs: &Pairs) {
        for &(i, j) in pairs {
            let (one, other) = (a.is_valid(i).then(|| a.value(i)), b.is_valid(j).then(|| b.value(j)));
            self.row(one, other, |tally, one, other| tally.meter().pair(one, other));
        }
    }

    fn lists(&mut self, a: ListColumn<'_>, b: ListColumn<'_>, pairs: &Pairs) {
        for &(i, j) in pairs {
            self.row(a.get(i), b.get(j), |tally, one, other| {
                let meter = tally.meter();
                if one.len() != other.len() {
                    meter.lengths();
                    return true;
                }
                let items = one.iter().zip(other.iter());
                items.fold(false, |differs, (&one, &other)| meter.pair(one, other) | differs)
            });
        }
    }

    fn texts(&mut self, a: TextColumn<'_>, b: TextColumn<'_>, pairs: &Pairs) {
        for &(i, j) in pairs {
            self.row(a.get(i), b.get(j), |_, one, other| one != other);
        }
    }

    /// Whatever else there is, by what is printed of it.
    fn others(&mut self, a: &ArrayRef, b: &ArrayRef, pairs: &Pairs) -> Result<()> {
        let options = FormatOptions::new().with_null("null");
        let one = ArrayFormatter::try_new(a, &options).map_err(unreadable)?;
        let other = ArrayFormatter::try_new(b, &options).map_err(unreadable)?;
        for &(i, j) in pairs {
            let (x, y) = (a.is_valid(i).then_some(i), b.is_valid(j).then_some(j));
            self.row(x, y, |_, i, j| one.value(i).to_string() != other.value(j).to_string());
        }
        Ok(())
    }

    fn finish(self, name: &str) -> Option<ColumnDifference> {
        let numbers = self.meter.map(Meter::finish);
        let Self { rows, absent, .. } = self;
        (rows > 0).then(|| ColumnDifference { column: name.to_owned(), rows, absent, numbers })
    }
}
