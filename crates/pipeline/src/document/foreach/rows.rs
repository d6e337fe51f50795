//! The rows of a delimited text file: a header and cells.

use std::io::Read;
use std::path::Path;

use neuroloom_core::files;

use super::super::axis::TASKS_LIMIT;

/// A list of recordings is smaller.
const SIZE_LIMIT: u64 = 64 << 20;

/// A table of text.
pub(super) struct Rows {
    pub columns: Vec<String>,
    /// Each with the line that it begins in, from 1, and as many cells as there are columns.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// Reads the file at `path`: with tabs between the cells where its name ends in `.tsv` or `.tab`, otherwise commas.
///
/// # Errors
/// Why it cannot be read, and where.
pub(super) fn read(path: &Path) -> Result<Rows, String> {
    let delimiter = delimiter(path)?;
    let bytes = bytes(path)?;
    // Spreadsheets put a byte order mark in front.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text);
    let header = reader.headers().map_err(|error| wrong(path, &error))?;
    let columns: Vec<String> = header.iter().map(str::to_owned).collect();
    check_columns(path, &columns)?;
    let mut rows = Vec::new();
    for record in reader.into_records() {
        let record = record.map_err(|error| wrong(path, &error))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(str::to_owned).collect()));
        if rows.len() > TASKS_LIMIT {
            return Err(format!("{} has more than {TASKS_LIMIT} rows", path.display()));
        }
    }
    Ok(Rows { columns, rows })
}

fn delimiter(path: &Path) -> Result<u8, String> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(b','),
        Some("tsv" | "tab") => Ok(b'\t'),
        _ => {
            Err(format!("{} is no table that is read here: it must end in `.csv` or `.tsv`", path.display()))
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let why = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let file = files::open(path).map_err(|error| why(&error.message()))?;
    let mut bytes = Vec::new();
    file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| why(&error))?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(format!("{} is larger than {} MiB", path.display(), SIZE_LIMIT >> 20));
    }
    Ok(bytes)
}

fn check_columns(path: &Path, columns: &[String]) -> Result<(), String> {
    if columns.is_empty() {
        return Err(format!("{} is empty: its first line must name the columns", path.display()));
    }
    let mut seen = std::collections::BTreeSet::new();
    match columns.iter().find(|column| !seen.insert(column.as_str())) {
        Some(column) => Err(format!("{} has two columns that are called `{column}`", path.display())),
        None => Ok(()),
    }
}

fn wrong(path: &Path, error: &csv::Error) -> String {
    let line = error.position().map(csv::Position::line);
    let place = match line {
        Some(line) => format!("{}:{line}", path.display()),
        None => path.display().to_string(),
    };
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{place}: the row has {len} cells, the header {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => format!("{place}: the row is not UTF-8 text"),
        _ => format!("{place}: {error}"),
    }
}
