//! A workbook of either format.

use std::path::Path;

use neuroloom_core::{Error, Result, files};

use super::sheet::shortened;
use super::xls::Xls;
use super::xlsx::Xlsx;
use super::{Sheet, compound};

/// Largest workbook that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// An open workbook.
pub struct Workbook {
    format: Format,
}

enum Format {
    Xlsx(Xlsx),
    Xls(Xls),
}

impl Workbook {
    /// Whether `head`, the first bytes of a file, is that of a zip archive or a compound file.
    pub fn is_one(head: &[u8]) -> bool {
        head.starts_with(b"PK\x03\x04") || head.starts_with(&compound::MAGIC)
    }

    /// Opens the workbook at `path` and lists its sheets.
    ///
    /// # Errors
    /// When the file is absent, larger than 256 MiB, neither `.xlsx` nor `.xls` (Excel 97 or later), encrypted or
    /// damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let length = files::size(path)?;
        if length > LARGEST {
            return Err(Error::data("the workbook is too large")
                .at_file(path)
                .expected(format!("at most {LARGEST} bytes"))
                .found(length.to_string()));
        }
        let bytes = files::read_bytes(path)?;
        Self::of_bytes(bytes).map_err(|error| error.at_file(path))
    }

    fn of_bytes(bytes: Vec<u8>) -> Result<Self> {
        let format = if bytes.starts_with(&compound::MAGIC) {
            Format::Xls(Xls::open(&bytes)?)
        } else {
            Format::Xlsx(Xlsx::open(bytes)?)
        };
        Ok(Self { format })
    }

    /// Names of its sheets, in order.
    pub fn names(&self) -> Vec<&str> {
        match &self.format {
            Format::Xlsx(book) => book.names().collect(),
            Format::Xls(book) => book.names().collect(),
        }
    }

    /// Reads the sheet called `name`.
    ///
    /// # Errors
    /// When there is none (the message lists those present) or it is damaged.
    pub fn sheet(&mut self, name: &str) -> Result<Sheet> {
        let names = self.names();
        let Some(ordinal) = names.iter().position(|known| *known == name) else {
            return Err(Error::data("a sheet is missing")
                .expected(format!("a sheet called {name:?}"))
                .found(shortened(&names)));
        };
        self.nth(ordinal)
    }

    /// Reads the sheet at place `ordinal`, from 0.
    ///
    /// # Errors
    /// When there is none or it is damaged.
    pub fn nth(&mut self, ordinal: usize) -> Result<Sheet> {
        let sheet = match &mut self.format {
            Format::Xlsx(book) => book.nth(ordinal)?,
            Format::Xls(book) => book.nth(ordinal)?,
        };
        sheet.ok_or_else(|| {
            Error::data("a sheet is missing")
                .expected(format!("{} or more", ordinal.saturating_add(1)))
                .found(format!("{} sheets", self.names().len()))
        })
    }
}
