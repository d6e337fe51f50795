//! Walking into structs and cells.

use std::path::Path;

use neuroloom_core::{Error, Result, nearest};

use super::value::{CellArray, CharArray, MatValue, NumericArray, SparseArray, StructArray};

/// A value and where it stands: `est.neurons(2).C`. Places are written as MATLAB writes them, from 1; arguments
/// count from 0.
#[derive(Clone, Debug)]
pub struct View<'a> {
    file: &'a Path,
    place: String,
    value: &'a MatValue,
}

impl<'a> View<'a> {
    pub(super) fn new(file: &'a Path, place: &str, value: &'a MatValue) -> Self {
        Self { file, place: place.to_owned(), value }
    }

    /// The value.
    pub fn value(&self) -> &'a MatValue {
        self.value
    }

    /// Where it stands.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Field `name` of a struct that is one record.
    ///
    /// # Errors
    /// When this is no struct, has other than one record, or no such field.
    pub fn field(&self, name: &str) -> Result<Self> {
        let records = self.structs()?;
        if records.len() != 1 {
            return Err(self
                .error("a struct is not a single record")
                .expected("1 record")
                .found(format!("{} records", records.len())));
        }
        self.get(records, 0, name, format!("{}.{name}", self.place))
    }

    /// Field `name` of record `record` of a struct array.
    ///
    /// # Errors
    /// When this is no struct, or has no such record or field.
    pub fn record_field(&self, record: usize, name: &str) -> Result<Self> {
        let records = self.structs()?;
        if record >= records.len() {
            return Err(self.out_of_range("record", record, records.len()));
        }
        self.get(records, record, name, format!("{}({}).{name}", self.place, record + 1))
    }

    /// Whether this is a struct with a field `name`.
    pub fn has_field(&self, name: &str) -> bool {
        matches!(self.value, MatValue::Struct(records) if records.fields.iter().any(|field| field == name))
    }

    /// Item `index` of a cell array.
    ///
    /// # Errors
    /// When this is no cell array or has no such item.
    pub fn cell(&self, index: usize) -> Result<Self> {
        let cells = self.cells()?;
        let value = cells.items.get(index);
        let value = value.ok_or_else(|| self.out_of_range("item", index, cells.items.len()))?;
        Ok(Self { file: self.file, place: format!("{}{{{}}}", self.place, index + 1), value })
    }

    /// The struct array.
    ///
    /// # Errors
    /// When it is something else.
    pub fn structs(&self) -> Result<&'a StructArray> {
        match self.value {
            MatValue::Struct(records) => Ok(records),
            _ => Err(self.wrong_class("a struct")),
        }
    }

    /// The cell array.
    ///
    /// # Errors
    /// When it is something else.
    pub fn cells(&self) -> Result<&'a CellArray> {
        match self.value {
            MatValue::Cell(cells) => Ok(cells),
            _ => Err(self.wrong_class("a cell array")),
        }
    }

    /// The real numbers.
    ///
    /// # Errors
    /// When it is something else, or complex.
    pub fn numbers(&self) -> Result<&'a NumericArray> {
        match self.value {
            MatValue::Numeric(NumericArray { imaginary: Some(_), .. }) => Err(self
                .error("the numbers are complex")
                .expected("real numbers")
                .hint("save their real part")),
            MatValue::Numeric(array) => Ok(array),
            _ => Err(self.wrong_class("numbers")),
        }
    }

    /// The single real number or truth value.
    ///
    /// # Errors
    /// When it is something else or there are several.
    pub fn number(&self) -> Result<f64> {
        if let MatValue::Logical(array) = self.value
            && let [value] = array.values.as_slice()
        {
            return Ok(f64::from(u8::from(*value)));
        }
        let array = self.numbers()?;
        match array.values.get(0) {
            Some(value) if array.values.len() == 1 => Ok(value),
            _ => Err(self.error("not a single number").expected("1 × 1").found(extents(&array.shape))),
        }
    }

    /// The text of a char array of one row; the empty one of none.
    ///
    /// # Errors
    /// When it is something else or has several rows.
    pub fn text(&self) -> Result<&'a str> {
        match self.chars()?.rows.as_slice() {
            [] => Ok(""),
            [row] => Ok(row),
            rows => Err(self
                .error("not a single line of text")
                .expected("1 row")
                .found(format!("{} rows", rows.len()))),
        }
    }

    /// The char array.
    ///
    /// # Errors
    /// When it is something else.
    pub fn chars(&self) -> Result<&'a CharArray> {
        match self.value {
            MatValue::Char(array) => Ok(array),
            _ => Err(self.wrong_class("text")),
        }
    }

    /// The sparse matrix.
    ///
    /// # Errors
    /// When it is something else.
    pub fn sparse(&self) -> Result<&'a SparseArray> {
        match self.value {
            MatValue::Sparse(array) => Ok(array),
            _ => Err(self.wrong_class("a sparse matrix")),
        }
    }

    /// An error about this value.
    pub fn error(&self, message: &str) -> Error {
        Error::data(message).at_file(self.file).at_object(&self.place)
    }

    fn get(&self, records: &'a StructArray, record: usize, name: &str, place: String) -> Result<Self> {
        match records.get(record, name) {
            Some(value) => Ok(Self { file: self.file, place, value }),
            None => {
                let error =
                    self.error("a struct lacks a field").expected(name).found(records.fields.join(", "));
                Err(match nearest(name, records.fields.iter().map(String::as_str)) {
                    Some(near) => error.hint(format!("did you mean {near:?}?")),
                    None => error,
                })
            }
        }
    }

    fn wrong_class(&self, expected: &str) -> Error {
        let found = format!("{} of {}", self.value.class_name(), extents(&self.value.shape()));
        self.error("a value is of another class").expected(expected).found(found)
    }

    fn out_of_range(&self, what: &str, index: usize, n: usize) -> Error {
        self.error(&format!("no such {what}")).expected(format!("1 to {n}")).found((index + 1).to_string())
    }
}

fn extents(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}
