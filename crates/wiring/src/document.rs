//! A file that may hold readings, opened by what its first bytes say.

use std::io::Read;
use std::path::Path;

use neuroloom_core::{Error, Result, Table, files};
use neuroloom_io::{Format, detect};
use neuroloom_table::parquet;

use crate::spreadsheet::{Sheet, Workbook, parse_delimited};

/// An open file.
pub(crate) enum Document {
    /// `.xlsx` or `.xls`.
    Workbook(Workbook),
    /// Text with separated columns.
    Sheet(Sheet),
    /// Text that is JSON.
    Json(String),
    /// HDF5.
    Hdf5,
    /// A table of ours.
    Table(Table),
}

impl Document {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// When it is absent, damaged, or of a format that no connectome comes in.
    pub fn open(path: &Path) -> Result<Self> {
        let format = detect(path)?;
        match format {
            Format::Hdf5 | Format::Nwb => Ok(Self::Hdf5),
            Format::Parquet => parquet::read(path).map(Self::Table),
            Format::Text => Self::of_text(files::read_text(path)?).map_err(|error| error.at_file(path)),
            _ if Workbook::is_one(&head(path)?) => Workbook::open(path).map(Self::Workbook),
            _ => Err(Error::data("no connectome comes in this format")
                .at_file(path)
                .expected("text, JSON, .xlsx, .xls, HDF5 or Parquet")
                .found(format.to_string())),
        }
    }

    fn of_text(text: String) -> Result<Self> {
        if text.trim_start_matches('\u{feff}').trim_start().starts_with(['[', '{']) {
            return Ok(Self::Json(text));
        }
        parse_delimited(&text).map(Self::Sheet)
    }

    /// What it is, for messages.
    pub fn format(&self) -> &'static str {
        match self {
            Self::Workbook(_) => "a workbook",
            Self::Sheet(_) => "text with columns",
            Self::Json(_) => "JSON",
            Self::Hdf5 => "HDF5",
            Self::Table(_) => "a Parquet table",
        }
    }

    /// The sheet called `name` (of a text file the only one), or the first one.
    pub fn sheet(&mut self, name: Option<&str>) -> Result<Sheet> {
        match (self, name) {
            (Self::Workbook(book), Some(name)) => book.sheet(name),
            (Self::Workbook(book), None) => book.nth(0),
            (Self::Sheet(sheet), None) => Ok(sheet.clone()),
            (Self::Sheet(_), Some(name)) => Err(Error::data("a sheet is missing")
                .expected(format!("a workbook with the sheet {name:?}"))
                .found("text, which has no sheets")),
            (other, _) => Err(other.unexpected("a workbook, or text with columns")),
        }
    }

    /// The error for a file of another format.
    pub fn unexpected(&self, expected: &str) -> Error {
        Error::data("the file has another format than its source").expected(expected).found(self.format())
    }
}

fn head(path: &Path) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    let read = files::open(path)?.take(8).read_to_end(&mut head);
    read.map(|_| head).map_err(|e| Error::io("read", path, &e))
}
