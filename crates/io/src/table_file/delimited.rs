//! Text files of cells.

use std::path::Path;

use csv::{ByteRecord, Position, ReaderBuilder, StringRecord};
use neuroloom_core::{Error, Result, files};

use super::frame::{Cells, Column, Frame, NumberFormat, TextCells};
use super::params::{Delimiter, Header, Params};
use super::sniff;

/// Reads the text file at `path`.
///
/// # Errors
/// When it is no UTF-8 text, or its rows differ in their number of cells.
pub(super) fn read(path: &Path, params: &Params) -> Result<Frame> {
    let text = files::read_text(path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    parse(text, path, params)
}

/// Reads `text`, which stands in the file at `path`.
///
/// # Errors
/// When its rows differ in their number of cells.
pub(crate) fn parse(text: &str, path: &Path, params: &Params) -> Result<Frame> {
    let delimiter = match params.delimiter {
        Delimiter::Auto => sniff::delimiter(text, &params.comment),
        given => given,
    };
    let mut rows = match mark(delimiter) {
        Some(mark) => Rows::marked(text, path, params, mark)?,
        None => Rows::by_blanks(text, path, params)?,
    };
    let format = NumberFormat { na: params.na.clone(), decimal_comma: params.decimal_comma };
    let has_header = match params.header {
        Header::Yes => true,
        Header::No => false,
        Header::Auto => sniff::is_header(&rows.first, &format),
    };
    if !has_header && !rows.first.is_empty() {
        rows.insert_first();
    }
    let n_rows = rows.lines.len();
    let names: Vec<String> = if has_header {
        rows.first.iter().map(|name| name.trim().to_owned()).collect()
    } else {
        (0..rows.columns.len()).map(|i| i.to_string()).collect()
    };
    let columns = names.into_iter().zip(rows.columns);
    let columns = columns.map(|(name, cells)| Column { name, cells: Cells::Text(cells) }).collect();
    Ok(Frame { file: path.to_path_buf(), n_rows, columns, lines: Some(rows.lines), format })
}

/// The character of a delimiter; none of blanks.
fn mark(delimiter: Delimiter) -> Option<u8> {
    match delimiter {
        Delimiter::Auto | Delimiter::Comma => Some(b','),
        Delimiter::Tab => Some(b'\t'),
        Delimiter::Semicolon => Some(b';'),
        Delimiter::Pipe => Some(b'|'),
        Delimiter::Blanks => None,
    }
}

/// The first row, and the columns of those after it.
#[derive(Default)]
struct Rows {
    first: Vec<String>,
    first_line: u32,
    columns: Vec<TextCells>,
    lines: Vec<u32>,
}

impl Rows {
    /// Rows as RFC 4180 has them, cells separated by `mark`.
    fn marked(text: &str, path: &Path, params: &Params, mark: u8) -> Result<Self> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            // Rows are counted here, where their lines are known.
            .flexible(true)
            .delimiter(mark)
            .comment(params.comment.bytes().next())
            .from_reader(text.as_bytes());
        let mut rows = Self::default();
        let mut record = ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => return Ok(rows),
                Ok(true) => {
                    let line = last_line(text, reader.position());
                    // A cell is cut at bytes of ASCII, so it is UTF-8 as the text is.
                    let record = StringRecord::from_byte_record_lossy(record.clone());
                    rows.push(line, record.iter(), path)?;
                }
                Err(error) => {
                    return Err(Error::data(format!("the table cannot be read: {error}")).at_file(path));
                }
            }
        }
    }

    /// Rows whose cells are separated by any number of blanks.
    fn by_blanks(text: &str, path: &Path, params: &Params) -> Result<Self> {
        let mut rows = Self::default();
        for (i, line) in text.lines().enumerate().filter(|(_, line)| sniff::is_data(line, &params.comment)) {
            rows.push(u32::try_from(i + 1).unwrap_or(u32::MAX), line.split_whitespace(), path)?;
        }
        Ok(rows)
    }

    fn push<'a>(&mut self, line: u32, cells: impl Iterator<Item = &'a str>, path: &Path) -> Result<()> {
        if self.first.is_empty() {
            self.first = cells.map(str::to_owned).collect();
            self.first_line = line;
            self.columns = self.first.iter().map(|_| TextCells::default()).collect();
            return Ok(());
        }
        let mut n = 0;
        for cell in cells {
            if let Some(column) = self.columns.get_mut(n) {
                column.push(cell);
            }
            n += 1;
        }
        if n != self.columns.len() {
            return Err(ragged(path, line, self.columns.len(), n));
        }
        self.lines.push(line);
        Ok(())
    }

    /// Makes the first row one of data.
    fn insert_first(&mut self) {
        for (column, first) in self.columns.iter_mut().zip(&self.first) {
            let rest = std::mem::take(column);
            column.push(first);
            (0..self.lines.len()).for_each(|row| column.push(rest.get(row)));
        }
        self.lines.insert(0, self.first_line);
    }
}

/// The line on which the record before `next` ends. Where it begins is not known: the reader counts the empty lines
/// before a record to it.
fn last_line(text: &str, next: &Position) -> u32 {
    let before = usize::try_from(next.byte()).ok().and_then(|at| text.as_bytes().get(at.checked_sub(1)?));
    let line = next.line().saturating_sub(u64::from(before == Some(&b'\n')));
    u32::try_from(line).unwrap_or(u32::MAX)
}

fn ragged(path: &Path, line: u32, expected: usize, found: usize) -> Error {
    Error::data("a row has another number of cells than the first one")
        .at_file(path)
        .at_object(format!("line {line}"))
        .expected(format!("{expected} cells"))
        .found(format!("{found} cells"))
        .hint("if the delimiter was guessed wrongly, say it (`delimiter: tab`); quote cells that hold it")
}
