//! Venkatachalam2024: a CSV table per worm, in a zip archive or loose.
//!
//! A row is a neuron, its name in the column `neuron`. After 9 columns that describe it and 98 blank frames come the samples,
//! up to the last column but one; the name of a column is its frame, of 0.375 s each.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{csv, text_matrix};
use crate::listing::stem;
use crate::shape;
use crate::worm::{Header, Layout, Worm};

const FIRST_SAMPLE: usize = 9 + 98;
const FRAME_S: f64 = 0.375;
/// Deflate makes one byte of at most 1032.
const HIGHEST_RATIO: u64 = 1032;

/// An archive of tables, or one of them.
pub(super) struct Tables {
    path: PathBuf,
    /// Names in the archive; none of a loose table.
    members: Option<Vec<String>>,
    headers: Vec<Header>,
}

/// Opens the archive or the table at `path` and lists what is in it.
///
/// # Errors
/// When it is absent, or an archive is damaged or has no tables.
pub(super) fn open(path: &Path) -> Result<Tables> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        let length = files::size(path)?;
        let headers = vec![Header::text(stem(path), length)];
        return Ok(Tables { path: path.to_path_buf(), members: None, headers });
    }
    let mut archive = archive(path)?;
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let mut members: Vec<String> = names.into_iter().filter(|name| is_table(name)).collect();
    members.sort();
    if members.is_empty() {
        return Err(Error::data("the archive has no tables").at_file(path).expected("*.csv"));
    }
    let mut headers = Vec::new();
    for member in &members {
        let entry = archive.by_name(member).map_err(|e| damaged(path, &e).at_object(member))?;
        headers.push(Header::text(
            stem(Path::new(member)),
            length(path, member, entry.size(), entry.compressed_size())?,
        ));
    }
    Ok(Tables { path: path.to_path_buf(), members: Some(members), headers })
}

fn is_table(name: &str) -> bool {
    let is_litter = name.split('/').any(|part| part == "__MACOSX" || part.starts_with('.'));
    name.to_ascii_lowercase().ends_with(".csv") && !is_litter
}

impl Layout for Tables {
    fn worms(&self) -> Vec<Header> {
        self.headers.clone()
    }

    fn read(&self, worm: usize) -> Result<Worm> {
        let Some(members) = &self.members else { return table(&files::read_text(&self.path)?) };
        let member = members.get(worm).ok_or_else(|| Error::internal("no such table in the archive"))?;
        let text = self.member(member)?;
        table(&text).map_err(|error| {
            // The archive is the file; the table in it is part of the place.
            let place = error.location().object.clone().unwrap_or_default();
            Error::data(format!("{member}, {place}: {}", error.message()))
                .expected(error.expected_text().unwrap_or_default())
                .found(error.found_text().unwrap_or_default())
                .at_object(member)
        })
    }
}

impl Tables {
    fn member(&self, member: &str) -> Result<String> {
        let mut archive = archive(&self.path)?;
        let entry = archive.by_name(member).map_err(|e| damaged(&self.path, &e).at_object(member))?;
        let length = length(&self.path, member, entry.size(), entry.compressed_size())?;
        let mut bytes = Vec::new();
        // One byte more than was claimed tells an entry that claims too little.
        let read = entry.take(length.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|e| damaged(&self.path, &ZipError::Io(e)).at_object(member))?;
        let broken = |what: &str| Error::data(what.to_owned()).at_file(&self.path).at_object(member);
        if bytes.len() as u64 != length {
            return Err(broken("a table is longer or shorter than the archive says"));
        }
        String::from_utf8(bytes).map_err(|_| broken("the table is not text").expected("UTF-8"))
    }
}

fn archive(path: &Path) -> Result<ZipArchive<BufReader<files::File>>> {
    ZipArchive::new(BufReader::new(files::open(path)?)).map_err(|e| damaged(path, &e))
}

fn damaged(path: &Path, cause: &ZipError) -> Error {
    Error::data("this is no zip archive, or a damaged one").at_file(path).found(cause.to_string())
}

fn length(path: &Path, member: &str, length: u64, packed: u64) -> Result<u64> {
    let most = packed.saturating_mul(HIGHEST_RATIO);
    if length <= most {
        return Ok(length);
    }
    Err(Error::data("a table of the archive claims more than its bytes can hold")
        .at_file(path)
        .at_object(member)
        .expected(format!("at most {most} bytes"))
        .found(length.to_string()))
}

/// The worm in the table `text`.
fn table(text: &str) -> Result<Worm> {
    let mut records = csv::records(text);
    let header = records.next().unwrap_or_default();
    let names = header.iter().position(|name| name.trim() == "neuron").ok_or_else(|| {
        Error::data("the table has no names of neurons")
            .at_object("the first line")
            .expected("a column called neuron")
    })?;
    let n_columns = header.len();
    let frames = FIRST_SAMPLE..n_columns.saturating_sub(1).max(FIRST_SAMPLE);
    let times_s =
        header.iter().enumerate().filter(|(column, _)| frames.contains(column)).map(|(column, name)| {
            let frame =
                text_matrix::number(name).map_err(|e| e.at_object(format!("the name of column {column}")))?;
            Ok(frame * FRAME_S)
        });
    let times_s = times_s.collect::<Result<Vec<f64>>>()?;
    if times_s.is_empty() {
        return Err(Error::data("the table has no samples")
            .at_object("the first line")
            .expected(format!("{} columns or more", FIRST_SAMPLE + 2))
            .found(n_columns.to_string()));
    }
    let mut columns = Vec::new();
    for (row, record) in records.enumerate() {
        let line = row + 2;
        if record.len() != n_columns {
            return Err(Error::data("a row has another number of columns than the first line")
                .at_object(format!("row {line}"))
                .expected(n_columns.to_string())
                .found(record.len().to_string()));
        }
        let samples = record.iter().enumerate().filter(|(column, _)| frames.contains(column));
        let trace = samples.map(|(column, word)| {
            text_matrix::number(word).map_err(|e| e.at_object(format!("row {line}, column {column}")))
        });
        let name = record.get(names).map(|name| name.as_ref().to_owned());
        columns.push(shape::column(row, name, trace.collect::<Result<Vec<f64>>>()?));
    }
    Ok(Worm::new(times_s, columns))
}
