//! Text with separated columns.

use std::path::Path;

use neuroloom_core::{Error, Result, files};

use super::{Cell, Sheet};

/// Reads a text file of columns: see [`parse_delimited`].
///
/// # Errors
/// When the file is absent, is no UTF-8, or a quoted cell does not end.
pub fn read_delimited(path: &Path) -> Result<Sheet> {
    parse_delimited(&files::read_text(path)?).map_err(|error| error.at_file(path))
}

/// Splits text into cells. They are separated by tabs where the first line has one (whatever the file's ending says),
/// else by semicolons or commas, whichever the first line has more of. A cell may be quoted as in RFC 4180.
///
/// # Errors
/// When a quoted cell does not end.
pub fn parse_delimited(text: &str) -> Result<Sheet> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let separator = separator(text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default());
    let mut sheet = Sheet::new("");
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut rest = text;
    while !rest.is_empty() {
        let (cell, after) = next_cell(rest, separator).ok_or_else(|| {
            Error::data("a quoted cell does not end")
                .at_object(sheet.place(row, column))
                .expected("a closing quotation mark")
        })?;
        sheet.set(row, column, Cell::Text(cell.into()));
        let end_of_line = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r']));
        rest = match end_of_line {
            Some(next) => {
                (row, column) = (row.saturating_add(1), 0);
                next
            }
            None => {
                column = column.saturating_add(1);
                after.strip_prefix(separator).unwrap_or(after)
            }
        };
    }
    Ok(sheet)
}

fn separator(line: &str) -> char {
    // Every second piece between quotation marks is quoted.
    let unquoted = || line.split('"').step_by(2);
    let count = |separator: char| unquoted().map(|piece| piece.matches(separator).count()).sum::<usize>();
    match (count('\t') > 0, count(';') > count(',')) {
        (true, _) => '\t',
        (false, true) => ';',
        (false, false) => ',',
    }
}

/// The next cell and what follows it, from its separator or line end on; none where a quoted cell does not end.
fn next_cell(text: &str, separator: char) -> Option<(String, &str)> {
    let is_end = |character: char| character == separator || character == '\n' || character == '\r';
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(is_end).unwrap_or(text.len());
        let (cell, after) = text.split_at(end);
        return Some((cell.to_owned(), after));
    };
    let mut cell = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        cell.push_str(part);
        let Some(doubled) = after.strip_prefix('"') else {
            // What stands between the quotation mark and the separator belongs to the cell, as spreadsheets have it.
            let end = after.find(is_end).unwrap_or(after.len());
            let (tail, next) = after.split_at(end);
            cell.push_str(tail);
            return Some((cell, next));
        };
        cell.push('"');
        rest = doubled;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<String> {
        let sheet = parse_delimited(text).unwrap();
        let rows = sheet.rows_from(0);
        rows.iter()
            .map(|row| sheet.header(*row).into_iter().map(|(_, cell)| cell).collect::<Vec<_>>().join("|"))
            .collect()
    }

    #[test]
    fn every_usual_separator_is_understood() {
        for text in ["a\tb,c\n1\t2\n", "a;\"b,c\"\r\n1;2", "a,\"b,c\"\n1,2\n", "\u{feff}a,\"b,c\"\r1,2"] {
            assert_eq!(cells(text), ["a|b,c", "1|2"], "{text:?}");
        }
    }

    #[test]
    fn quotes_hold_separators_line_breaks_and_quotes() {
        let sheet = parse_delimited("\"a \"\"b\"\"\",\"x\ny\"z,\n,last").unwrap();
        assert_eq!(sheet.text(0, 0).as_deref(), Some("a \"b\""));
        assert_eq!(sheet.text(0, 1).as_deref(), Some("x\nyz"));
        assert_eq!((sheet.text(0, 2), sheet.text(1, 1).as_deref()), (None, Some("last")));
        assert!(parse_delimited("a,\"b\nc").unwrap_err().to_string().contains("row 1, column B"));
    }
}
