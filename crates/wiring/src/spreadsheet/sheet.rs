//! A grid of cells, most of them empty.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::{Error, Result, nearest};

/// The value of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text. Truth values and errors of a formula are kept as the words that a spreadsheet shows.
    Text(Arc<str>),
    /// A number.
    Number(f64),
}

/// A sheet of a workbook, or a text file: the cells that have a value, by row and column from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    name: String,
    cells: BTreeMap<(u32, u32), Cell>,
}

impl Sheet {
    /// A sheet called `name` without cells.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), cells: BTreeMap::new() }
    }

    /// Its name; that of a text file is empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives a cell its value; the last one counts. Blank text is no value.
    pub fn set(&mut self, row: u32, column: u32, cell: Cell) {
        let blank = matches!(&cell, Cell::Text(text) if text.trim().is_empty());
        if !blank {
            self.cells.insert((row, column), cell);
        }
    }

    /// Cells with a value.
    pub fn n_cells(&self) -> usize {
        self.cells.len()
    }

    /// The first row with a value.
    pub fn first_row(&self) -> Option<u32> {
        self.cells.keys().next().map(|(row, _)| *row)
    }

    /// The rows with a value, ascending, from `first` on.
    pub fn rows_from(&self, first: u32) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.range((first, 0)..).map(|((row, _), _)| *row).collect();
        rows.dedup();
        rows
    }

    /// Cells of a row from `column` on, ascending.
    pub fn row_from(&self, row: u32, column: u32) -> impl Iterator<Item = (u32, &Cell)> {
        self.cells.range((row, column)..=(row, u32::MAX)).map(|((_, column), cell)| (*column, cell))
    }

    /// The text of a cell without blanks around it, a whole number as its digits; none where it is empty.
    pub fn text(&self, row: u32, column: u32) -> Option<String> {
        self.cells.get(&(row, column)).map(Cell::text)
    }

    /// The number in a cell, or the one that its text spells; none where it is empty.
    ///
    /// # Errors
    /// When the cell holds something else, or a number that is not finite.
    pub fn number(&self, row: u32, column: u32) -> Result<Option<f64>> {
        let Some(cell) = self.cells.get(&(row, column)) else { return Ok(None) };
        let number = match cell {
            Cell::Number(number) => Some(*number),
            Cell::Text(text) => text.trim().parse().ok(),
        };
        number.filter(|number| number.is_finite()).map(Some).ok_or_else(|| {
            Error::data("a cell holds no number")
                .at_object(self.place(row, column))
                .expected("a finite number")
                .found(format!("{:?}", cell.text()))
        })
    }

    /// Where a cell is, as a spreadsheet program shows it: sheet, row from 1, column letters.
    pub fn place(&self, row: u32, column: u32) -> String {
        format!("{}column {}", self.row_place(row), letters(column))
    }

    /// The same for a whole row.
    pub fn row_place(&self, row: u32) -> String {
        let row = u64::from(row) + 1;
        match self.name.as_str() {
            "" => format!("row {row}, "),
            name => format!("sheet {name:?}, row {row}, "),
        }
    }

    /// The words in a row, by column.
    pub fn header(&self, row: u32) -> Vec<(u32, String)> {
        self.row_from(row, 0).map(|(column, cell)| (column, cell.text())).collect()
    }

    /// The column of the header in `row` that is called `name`, capitals aside.
    ///
    /// # Errors
    /// When there is none: the message lists those present.
    pub fn column(&self, row: u32, name: &str) -> Result<u32> {
        let header = self.header(row);
        let found = header.iter().find(|(_, word)| word == name);
        let found = found.or_else(|| header.iter().find(|(_, word)| word.eq_ignore_ascii_case(name)));
        found.map(|(column, _)| *column).ok_or_else(|| {
            let words: Vec<&str> = header.iter().map(|(_, word)| word.as_str()).collect();
            let error = Error::data("a column is missing")
                .at_object(self.row_place(row).trim_end_matches(", "))
                .expected(format!("{name:?}"))
                .found(shortened(&words));
            match nearest(name, words.into_iter()) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error,
            }
        })
    }
}

impl Cell {
    /// As text, without blanks around it; a whole number as its digits.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Names in a list that a person can read: the first twenty.
pub(super) fn shortened(names: &[&str]) -> String {
    const SHOWN: usize = 20;
    let listed: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
    match (names.len(), names.len().saturating_sub(SHOWN)) {
        (0, _) => "none".into(),
        (_, 0) => listed.join(", "),
        (_, more) => format!("{}, and {more} more", listed.join(", ")),
    }
}

/// 0 → A, 25 → Z, 26 → AA.
fn letters(column: u32) -> String {
    let mut rest = u64::from(column) + 1;
    let mut reversed = Vec::new();
    while rest > 0 {
        rest -= 1;
        reversed.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    reversed.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn numbers_are_read_from_text_too() {
        let mut sheet = Sheet::new("a");
        sheet.set(0, 0, Cell::Text(" 2.5 ".into()));
        sheet.set(0, 1, Cell::Text("many".into()));
        sheet.set(0, 2, Cell::Text("  ".into()));
        sheet.set(0, 3, Cell::Text("inf".into()));
        assert_eq!((sheet.number(0, 0).unwrap(), sheet.number(0, 2).unwrap()), (Some(2.5), None));
        let error = sheet.number(0, 1).unwrap_err();
        assert!(error.to_string().contains("sheet \"a\", row 1, column B"), "{error}");
        assert!(sheet.number(0, 3).is_err());
        assert_eq!(sheet.n_cells(), 3);
    }

    #[test]
    fn a_missing_column_lists_those_present() {
        let mut sheet = Sheet::new("");
        for (column, word) in ["pre", "Post", "typ"].into_iter().enumerate() {
            sheet.set(0, column as u32, Cell::Text(word.into()));
        }
        assert_eq!(sheet.column(0, "post").unwrap(), 1);
        let error = sheet.column(0, "type").unwrap_err();
        assert_eq!(error.found_text(), Some("\"pre\", \"Post\", \"typ\""));
        assert_eq!(error.hint_text(), Some("did you mean \"typ\"?"));
    }
}
