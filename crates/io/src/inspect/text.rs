//! Text: tables of cells, events, JSON.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use neuroloom_core::{Error, Result, files};

use super::{Inspection, ObjectSummary, json};
use crate::table_file::{self, Params};

/// Bytes that are looked at to guess delimiter and types.
const HEAD: u64 = 256 << 10;
/// JSON is read as a whole, so only up to this length.
const LONGEST_JSON: u64 = 64 << 20;
/// Columns that are listed at most.
const MOST_COLUMNS: usize = 200;

pub(super) fn inspect(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let head = head(path)?;
    if head.trim_start().starts_with(['{', '[']) && inspection.length <= LONGEST_JSON {
        // Text that only looks like JSON is looked at as a table.
        if let Some(members) = json::members(&files::read_text(path)?) {
            inspection.recognised = Some("JSON".to_owned());
            inspection.objects = members;
            return Ok(());
        }
    }
    match table_file::frame_of_text(&head, path, &Params::new("")) {
        Ok(frame) => describe(path, &frame, &head, inspection),
        Err(error) => {
            inspection.notes.push(format!("no table: {}", error.message()));
            Ok(())
        }
    }
}

fn describe(path: &Path, frame: &table_file::Frame, head: &str, inspection: &mut Inspection) -> Result<()> {
    let delimiter = table_file::delimiter(head, "#");
    inspection.recognised =
        Some(format!("a table of {} columns, separated by {}", frame.columns.len(), delimiter.name()));
    for column in frame.columns.iter().take(MOST_COLUMNS) {
        let dtype = if frame.is_numeric(column) { "number" } else { "text" };
        inspection.objects.push(ObjectSummary::new(&column.name).dtype(dtype));
    }
    if frame.columns.len() > MOST_COLUMNS {
        inspection.notes.push(format!("{} columns, of which {MOST_COLUMNS} are listed", frame.columns.len()));
    }
    let lines = count_lines(path)?;
    // Lines of comments are few; a line that is quoted counts as several.
    let shown = head.lines().count() as u64;
    let above = shown.saturating_sub(frame.n_rows as u64);
    inspection.rows = Some(lines.saturating_sub(above));
    Ok(())
}

/// The first lines; the last one of them may be cut, and is left out.
fn head(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let read = files::open(path)?.take(HEAD).read_to_end(&mut bytes);
    read.map_err(|e| Error::io("read", path, &e))?;
    if bytes.len() as u64 == HEAD {
        let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes.truncate(end);
    }
    Ok(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned())
}

fn count_lines(path: &Path) -> Result<u64> {
    let mut reader = BufReader::with_capacity(1 << 16, files::open(path)?);
    let (mut lines, mut is_open) = (0, false);
    loop {
        let buffer = reader.fill_buf().map_err(|e| Error::io("read", path, &e))?;
        let Some(&last) = buffer.last() else { return Ok(lines + u64::from(is_open)) };
        lines += buffer.iter().filter(|&&byte| byte == b'\n').count() as u64;
        is_open = last != b'\n';
        let n = buffer.len();
        reader.consume(n);
    }
}
