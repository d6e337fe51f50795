//! A table as it stands in its file: named columns of text or of Arrow arrays.

use std::path::{Path, PathBuf};

use arrow_array::ArrayRef;
use neuroloom_core::{Error, Result, nearest};

use super::arrow_cells;
use super::params::ColumnName;

/// Columns of one length.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) file: PathBuf,
    pub(crate) n_rows: usize,
    pub(crate) columns: Vec<Column>,
    /// Line of each row of a text file, from 1.
    pub(super) lines: Option<Vec<u32>>,
    pub(super) format: NumberFormat,
}

/// One column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(super) cells: Cells,
}

#[derive(Debug)]
pub(super) enum Cells {
    Text(TextCells),
    Array(ArrayRef),
}

/// How a text file writes numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberFormat {
    pub(super) na: Vec<String>,
    pub(super) decimal_comma: bool,
}

impl NumberFormat {
    fn is_na(&self, cell: &str) -> bool {
        self.na.iter().any(|word| word == cell)
    }

    /// The number in `cell`; NaN for no value.
    pub(super) fn number(&self, cell: &str) -> Option<f64> {
        let cell = cell.trim();
        if self.is_na(cell) {
            return Some(f64::NAN);
        }
        if self.decimal_comma {
            return cell.replace(',', ".").parse().ok();
        }
        cell.parse().ok()
    }
}

/// Cells in one string: a column of millions of short cells must not be as many allocations.
#[derive(Debug, Default)]
pub(super) struct TextCells {
    text: String,
    ends: Vec<usize>,
}

impl TextCells {
    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    pub(super) fn get(&self, row: usize) -> &str {
        let start = row.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(row).copied());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }
}

impl Frame {
    /// Name of the file.
    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// The number of the column called `name`.
    ///
    /// # Errors
    /// When there is none, or several.
    pub(super) fn index(&self, name: &ColumnName) -> Result<usize> {
        let wanted = match name {
            ColumnName::Number(number) if *number < self.columns.len() => return Ok(*number),
            ColumnName::Number(number) => return Err(self.no_such(&number.to_string())),
            ColumnName::Name(name) => name,
        };
        let mut found = self.columns.iter().enumerate().filter(|(_, column)| column.name == *wanted);
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Ok(index),
            (None, _) => Err(self.no_such(wanted)),
            (Some((a, _)), Some((b, _))) => Err(self
                .error(wanted, "two columns have the same name")
                .found(format!("columns {a} and {b}, from 0"))
                .hint("name the column by its number")),
        }
    }

    /// The column called `name`.
    ///
    /// # Errors
    /// When there is none, or several.
    pub(super) fn column(&self, name: &ColumnName) -> Result<&Column> {
        let index = self.index(name)?;
        self.columns.get(index).ok_or_else(|| self.no_such(&name.to_string()))
    }

    /// The numbers of a column; NaN where there is no value.
    ///
    /// # Errors
    /// When a cell is no number.
    pub(super) fn numbers(&self, column: &Column) -> Result<Vec<f64>> {
        match &column.cells {
            Cells::Text(cells) => (0..self.n_rows).map(|row| self.number(column, cells, row)).collect(),
            Cells::Array(array) => match arrow_cells::numbers(array) {
                Some(numbers) => Ok(numbers),
                None => (0..self.n_rows).map(|row| self.parsed(column, array, row)).collect(),
            },
        }
    }

    /// Whether every cell of a column of text is a number or no value.
    pub(crate) fn is_numeric(&self, column: &Column) -> bool {
        self.numbers(column).is_ok()
    }

    /// The words of a column: ids and labels; none where there is no value.
    ///
    /// # Errors
    /// When it holds lists, or another type that is no word.
    pub(super) fn texts(&self, column: &Column) -> Result<Vec<Option<String>>> {
        match &column.cells {
            Cells::Text(cells) => Ok((0..self.n_rows)
                .map(|row| Some(cells.get(row).trim()).filter(|cell| !self.format.is_na(cell)).map(word))
                .collect()),
            Cells::Array(array) => arrow_cells::texts(array).ok_or_else(|| {
                self.error(&column.name, "a column holds no words")
                    .expected("text or numbers")
                    .found(array.data_type().to_string())
            }),
        }
    }

    /// The words of a column that every row has.
    ///
    /// # Errors
    /// Those of [`texts`](Self::texts), or when a row has none.
    pub(super) fn ids(&self, column: &Column) -> Result<Vec<String>> {
        let texts = self.texts(column)?;
        let ids = texts.into_iter().enumerate().map(|(row, text)| {
            text.ok_or_else(|| {
                self.error(&self.cell(column, row), "a name is missing").expected("a name in every row")
            })
        });
        ids.collect()
    }

    /// The lists of numbers of a column; empty where there is no value.
    ///
    /// # Errors
    /// When it holds no lists of numbers.
    pub(super) fn lists(&self, column: &Column) -> Result<Vec<Vec<f64>>> {
        let found = match &column.cells {
            Cells::Text(_) => "text".to_owned(),
            Cells::Array(array) => match arrow_cells::lists(array) {
                Some(lists) => return Ok(lists),
                None => array.data_type().to_string(),
            },
        };
        Err(self
            .error(&column.name, "a column holds no lists of numbers")
            .expected("a list in every row")
            .found(found)
            .hint("a table with one value per row is `layout: long`"))
    }

    /// Where a cell stands, in words.
    pub(super) fn cell(&self, column: &Column, row: usize) -> String {
        format!("{}, column {:?}", self.row(row), column.name)
    }

    /// Where a row stands, in words.
    pub(super) fn row(&self, row: usize) -> String {
        match self.lines.as_ref().and_then(|lines| lines.get(row)) {
            Some(line) => format!("line {line}"),
            None => format!("row {row}"),
        }
    }

    /// An error at `object` of this file.
    pub(super) fn error(&self, object: &str, message: &str) -> Error {
        Error::data(message).at_file(&self.file).at_object(object)
    }

    fn number(&self, column: &Column, cells: &TextCells, row: usize) -> Result<f64> {
        let cell = cells.get(row);
        self.format.number(cell).ok_or_else(|| self.no_number(column, row, cell))
    }

    fn parsed(&self, column: &Column, array: &ArrayRef, row: usize) -> Result<f64> {
        match arrow_cells::text(array, row) {
            Ok(None) => Ok(f64::NAN),
            Ok(Some(cell)) => self.format.number(&cell).ok_or_else(|| self.no_number(column, row, &cell)),
            Err(()) => Err(self
                .error(&column.name, "a column holds no numbers")
                .expected("numbers")
                .found(array.data_type().to_string())),
        }
    }

    fn no_number(&self, column: &Column, row: usize, cell: &str) -> Error {
        let error = self
            .error(&self.cell(column, row), "a cell is no number")
            .expected("a number, or a word of `na`")
            .found(format!("{cell:?}"));
        let comma = cell.matches(',').count() == 1 && cell.replace(',', ".").trim().parse::<f64>().is_ok();
        if comma && !self.format.decimal_comma {
            return error.hint("set `decimal_comma: true`");
        }
        error.hint("leave the column out (`units` names those to read, `keep` those to keep), or add the word to `na`")
    }

    fn no_such(&self, name: &str) -> Error {
        const MOST_NAMES: usize = 30;
        let names = || self.columns.iter().map(|column| column.name.as_str());
        let listed = names().take(MOST_NAMES).collect::<Vec<_>>().join(", ");
        let more = if self.columns.len() > MOST_NAMES { ", …" } else { "" };
        let error = self.error(name, "no such column").expected(name).found(format!("{listed}{more}"));
        match nearest(name, names()) {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error,
        }
    }
}

/// Numbers that name units are written in many ways: `11.0` is unit 11.
fn word(cell: &str) -> String {
    let whole = cell.strip_suffix(".0").filter(|digits| digits.parse::<i64>().is_ok());
    whole.unwrap_or(cell).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_went_in() {
        let mut cells = TextCells::default();
        ["a", "", "µV", "3"].iter().for_each(|cell| cells.push(cell));
        assert_eq!((0..5).map(|row| cells.get(row)).collect::<Vec<_>>(), ["a", "", "µV", "3", ""]);
    }

    #[test]
    fn numbers_are_read_as_the_file_writes_them() {
        let format = NumberFormat { na: vec!["-".into()], decimal_comma: true };
        assert_eq!(format.number(" 0,25"), Some(0.25));
        assert!(format.number("-").is_some_and(f64::is_nan));
        assert_eq!(format.number("x"), None);
        assert_eq!(NumberFormat::default().number("0,25"), None);
    }
}
