//! Reading the columns of a table.

use std::borrow::Cow;
use std::cmp::Ordering;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, ListArray, StringArray,
};
use arrow_schema::DataType;
use neuroloom_core::{Error, Result, Table, TimeBase};

/// Typed access to the columns of a [`Table`].
pub trait Columns {
    /// A column of ids or text.
    ///
    /// # Errors
    /// When it is absent or has another type.
    fn text(&self, name: &str) -> Result<TextColumn<'_>>;

    /// A column of numbers, or of integers read as numbers.
    ///
    /// # Errors
    /// When it is absent or has another type.
    fn numbers(&self, name: &str) -> Result<NumberColumn<'_>>;

    /// A column of integers.
    ///
    /// # Errors
    /// When it is absent or has another type.
    fn integers(&self, name: &str) -> Result<&Int64Array>;

    /// A column of truth values.
    ///
    /// # Errors
    /// When it is absent or has another type.
    fn bools(&self, name: &str) -> Result<&BooleanArray>;

    /// A column of lists of 32- or 64-bit floats.
    ///
    /// # Errors
    /// When it is absent or has another type.
    fn lists(&self, name: &str) -> Result<ListColumn<'_>>;

    /// A column of lists of strings.
    ///
    /// # Errors
    /// When it is absent or has another type.
    fn text_lists(&self, name: &str) -> Result<TextListColumn<'_>>;

    /// The time base of a row of a table with `t0_s`, `dt_s` and `t_s`.
    ///
    /// # Errors
    /// When the row has none, or the columns are absent.
    fn time_base(&self, row: usize) -> Result<TimeBase>;

    /// Columns to sort by, the first of them first.
    ///
    /// # Errors
    /// When one is absent or cannot be sorted by.
    fn sort_keys(&self, names: &[&str]) -> Result<Vec<SortKey<'_>>>;
}

impl Columns for Table {
    fn text(&self, name: &str) -> Result<TextColumn<'_>> {
        let array = column(self, name)?;
        let dictionary = || {
            let keys = array.as_dictionary_opt::<Int32Type>()?;
            Some(TextColumn::Ids(keys, keys.values().as_string_opt::<i32>()?))
        };
        let plain = || array.as_string_opt::<i32>().map(TextColumn::Plain);
        dictionary().or_else(plain).ok_or_else(|| wrong_type(self, name, "text", array.data_type()))
    }

    fn numbers(&self, name: &str) -> Result<NumberColumn<'_>> {
        let array = column(self, name)?;
        let float = || array.as_primitive_opt::<Float64Type>().map(NumberColumn::Float);
        let integer = || array.as_primitive_opt::<Int64Type>().map(NumberColumn::Integer);
        float().or_else(integer).ok_or_else(|| wrong_type(self, name, "numbers", array.data_type()))
    }

    fn integers(&self, name: &str) -> Result<&Int64Array> {
        let array = column(self, name)?;
        array.as_primitive_opt().ok_or_else(|| wrong_type(self, name, "integers", array.data_type()))
    }

    fn bools(&self, name: &str) -> Result<&BooleanArray> {
        let array = column(self, name)?;
        array.as_boolean_opt().ok_or_else(|| wrong_type(self, name, "truth values", array.data_type()))
    }

    fn lists(&self, name: &str) -> Result<ListColumn<'_>> {
        let array = column(self, name)?;
        let lists = array
            .as_list_opt::<i32>()
            .filter(|lists| matches!(lists.value_type(), DataType::Float32 | DataType::Float64));
        lists.map(ListColumn).ok_or_else(|| wrong_type(self, name, "lists of numbers", array.data_type()))
    }

    fn text_lists(&self, name: &str) -> Result<TextListColumn<'_>> {
        let array = column(self, name)?;
        let lists = array.as_list_opt::<i32>().filter(|lists| lists.value_type() == DataType::Utf8);
        lists.map(TextListColumn).ok_or_else(|| wrong_type(self, name, "lists of text", array.data_type()))
    }

    fn time_base(&self, row: usize) -> Result<TimeBase> {
        if let Some(times) = self.lists("t_s")?.get(row) {
            return Ok(TimeBase::Explicit(times.into_owned()));
        }
        match (self.numbers("t0_s")?.get(row), self.numbers("dt_s")?.get(row)) {
            (Some(t0_s), Some(dt_s)) => Ok(TimeBase::Regular { t0_s, dt_s }),
            _ => Err(Error::data(format!("{} table: a row has no time base", self.kind()))
                .at_object("t_s")
                .at_offset(row as u64)
                .expected("either t_s, or both t0_s and dt_s")),
        }
    }

    fn sort_keys(&self, names: &[&str]) -> Result<Vec<SortKey<'_>>> {
        let key = |name: &&str| {
            self.text(name).map(SortKey::Text).or_else(|_| self.numbers(name).map(SortKey::Number))
        };
        names.iter().map(key).collect()
    }
}

fn column<'a>(table: &'a Table, name: &str) -> Result<&'a ArrayRef> {
    table.batch().column_by_name(name).ok_or_else(|| {
        let schema = table.batch().schema();
        let found = schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", ");
        Error::data(format!("{} table: no such column", table.kind()))
            .at_object(name)
            .expected(name)
            .found(found)
    })
}

fn wrong_type(table: &Table, name: &str, expected: &str, found: &DataType) -> Error {
    let message = format!("{} table: a column has another type", table.kind());
    Error::data(message).at_object(name).expected(expected).found(found.to_string())
}

/// A column of strings.
#[derive(Clone, Copy, Debug)]
pub enum TextColumn<'a> {
    /// Stored as it is.
    Plain(&'a StringArray),
    /// Dictionary-encoded, with the words.
    Ids(&'a DictionaryArray<Int32Type>, &'a StringArray),
}

impl<'a> TextColumn<'a> {
    /// The string in `row`; none where it is absent or there is no such row.
    pub fn get(self, row: usize) -> Option<&'a str> {
        match self {
            Self::Plain(texts) => (row < texts.len() && texts.is_valid(row)).then(|| texts.value(row)),
            Self::Ids(keys, words) => {
                let word = (row < keys.len()).then(|| keys.key(row)).flatten()?;
                words.is_valid(word).then(|| words.value(word))
            }
        }
    }

    /// The string in `row`, or the empty one.
    pub fn get_or_empty(self, row: usize) -> &'a str {
        self.get(row).unwrap_or("")
    }
}

/// A column of numbers.
#[derive(Clone, Copy, Debug)]
pub enum NumberColumn<'a> {
    /// 64-bit floats.
    Float(&'a Float64Array),
    /// 64-bit integers, read as floats.
    Integer(&'a Int64Array),
}

impl NumberColumn<'_> {
    /// The number in `row`; none where it is absent or there is no such row.
    pub fn get(self, row: usize) -> Option<f64> {
        match self {
            Self::Float(values) => (row < values.len() && values.is_valid(row)).then(|| values.value(row)),
            Self::Integer(values) => {
                (row < values.len() && values.is_valid(row)).then(|| values.value(row) as f64)
            }
        }
    }
}

/// A column of lists of numbers.
#[derive(Clone, Copy, Debug)]
pub struct ListColumn<'a>(&'a ListArray);

impl<'a> ListColumn<'a> {
    /// The list in `row`, 32-bit floats widened; none where it is absent or there is no such row.
    pub fn get(self, row: usize) -> Option<Cow<'a, [f64]>> {
        let range = self.range(row)?;
        let values = self.0.values();
        if let Some(wide) = values.as_primitive_opt::<Float64Type>() {
            return wide.values().get(range).map(Cow::Borrowed);
        }
        let narrow = values.as_primitive_opt::<Float32Type>()?.values().get(range)?;
        Some(Cow::Owned(narrow.iter().map(|&value| f64::from(value)).collect()))
    }

    /// Number of items of the list in `row`; 0 where it is absent.
    pub fn length(self, row: usize) -> usize {
        self.range(row).map_or(0, |range| range.len())
    }

    fn range(self, row: usize) -> Option<std::ops::Range<usize>> {
        let present = row < self.0.len() && self.0.is_valid(row);
        let offsets = self.0.value_offsets();
        let (start, stop) = (*offsets.get(row)?, *offsets.get(row + 1)?);
        present.then_some(start as usize..stop as usize)
    }
}

/// A column of lists of strings.
#[derive(Clone, Copy, Debug)]
pub struct TextListColumn<'a>(&'a ListArray);

impl TextListColumn<'_> {
    /// The list in `row`; empty where it is absent.
    pub fn get(self, row: usize) -> Vec<String> {
        if row >= self.0.len() || self.0.is_null(row) {
            return Vec::new();
        }
        let items = self.0.value(row);
        let texts = items.as_string_opt::<i32>();
        texts.map(|texts| texts.iter().flatten().map(str::to_owned).collect()).unwrap_or_default()
    }
}

/// A column that rows can be sorted by: absent values first, NaN last.
#[derive(Clone, Copy, Debug)]
pub enum SortKey<'a> {
    /// By bytes.
    Text(TextColumn<'a>),
    /// By size.
    Number(NumberColumn<'a>),
}

impl SortKey<'_> {
    /// Order of two rows by several columns, the first of them first.
    pub fn compare_all(keys: &[Self], a: usize, b: usize) -> Ordering {
        let orders = keys.iter().map(|key| key.compare(a, b));
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Order of two rows.
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Text(texts) => texts.get(a).cmp(&texts.get(b)),
            Self::Number(numbers) => match (numbers.get(a), numbers.get(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            },
        }
    }
}
