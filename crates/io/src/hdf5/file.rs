//! An open HDF5 file: every question to it is bounded, contained and answered with a place.

use std::ops::Range;
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result};

use super::backend::Backend;
use super::contain::contain;
use super::fault::Fault;
use super::superblock;
use super::{DatasetInfo, Dtype, Number, Values};
use crate::detect;

/// Compressed data may be larger than the file, but not by more than deflate can achieve …
const MAX_EXPANSION: u64 = 1100;
/// … while datasets up to this size are read whatever they promise: a few kilobytes can hold that many zeros.
const ALWAYS_ALLOWED: u64 = 64 << 20;
/// The same for a single chunk, which is unpacked whole even where a few rows of it are wanted.
const CHUNK_ALWAYS_ALLOWED: u64 = 16 << 20;

/// Whether an object is a group or a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Holds other objects.
    Group,
    /// Holds data.
    Dataset,
}

/// A child of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its name in the group.
    pub name: String,
    /// Whether it only names an object that lies elsewhere in the file.
    pub is_soft_link: bool,
}

/// The value of an attribute; of an array the first element.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// The path of an object; none for a null reference.
    Reference(Option<String>),
    /// Something else.
    Other,
}

/// An HDF5 file, open for reading.
pub struct File {
    path: PathBuf,
    length: u64,
    backend: Backend,
}

impl File {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// When it is absent, is no HDF5 file (the message says what it looks like), or is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let (length, signature) = detect::require_hdf5(path)?;
        superblock::check_complete(path, length, signature)?;
        let backend = contain(|| Backend::open(path)).map_err(|fault| {
            Error::data(format!("cannot read the HDF5 file: {fault}"))
                .at_file(path)
                .hint("the file is damaged or was cut short: copy it again from its source")
        })?;
        Ok(Self { path: path.to_path_buf(), length, backend })
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What `object` is, links followed; none where there is no such object.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn kind(&self, object: &str) -> Result<Option<ObjectKind>> {
        self.ask(object, |backend| backend.kind(object))
    }

    /// Whether there is a dataset at `object`.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn has_dataset(&self, object: &str) -> Result<bool> {
        Ok(self.kind(object)? == Some(ObjectKind::Dataset))
    }

    /// The children of a group, links included, by ascending name.
    ///
    /// # Errors
    /// When it is no group.
    pub fn children(&self, group: &str) -> Result<Vec<Child>> {
        let mut children = self.ask(group, |backend| backend.children(group))?;
        children.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(children)
    }

    /// The attribute `name` of an object, if it has one. Attributes of groups are known as text only.
    ///
    /// # Errors
    /// When the object is absent or damaged.
    pub fn attribute(&self, object: &str, name: &str) -> Result<Option<Attribute>> {
        self.ask(object, |backend| backend.attribute(object, name))
    }

    /// The attribute `name` of an object where it is text.
    ///
    /// # Errors
    /// When the object is absent or damaged.
    pub fn text_attribute(&self, object: &str, name: &str) -> Result<Option<String>> {
        Ok(match self.attribute(object, name)? {
            Some(Attribute::Text(text)) => Some(text),
            _ => None,
        })
    }

    /// The attribute `name` of a dataset where it is a number.
    ///
    /// # Errors
    /// When the object is absent or damaged.
    pub fn number_attribute(&self, object: &str, name: &str) -> Result<Option<f64>> {
        Ok(match self.attribute(object, name)? {
            Some(Attribute::Number(number)) => Some(number),
            _ => None,
        })
    }

    /// Shape, stored type and storage of a dataset.
    ///
    /// # Errors
    /// When it is no dataset, or has a type that cannot be read at all.
    pub fn info(&self, dataset: &str) -> Result<DatasetInfo> {
        self.ask(dataset, |backend| backend.info(dataset))
    }

    /// The same, of a dataset that the file can hold: what is sized by it may be allocated.
    ///
    /// # Errors
    /// As [`info`](Self::info), or when it claims more than the file can hold.
    pub fn sized_info(&self, dataset: &str) -> Result<DatasetInfo> {
        let info = self.info(dataset)?;
        self.check_size(dataset, &info)?;
        Ok(info)
    }

    /// All elements of a dataset, or those of a range of rows (indices of the first dimension), as stored.
    ///
    /// # Errors
    /// When it claims more than the file can hold, is damaged, or has a type that cannot be read.
    pub fn values(&self, dataset: &str, rows: Option<Range<u64>>) -> Result<Values> {
        let info = self.sized_info(dataset)?;
        self.check_rows(dataset, &info, rows.as_ref())?;
        if let Dtype::Other(name, _) = &info.dtype {
            return Err(self.wrong_type(dataset, name, "numbers, truth values, text or references"));
        }
        self.ask(dataset, |backend| backend.read(dataset, &info, rows))
    }

    /// Numbers of any stored integer or float type.
    ///
    /// # Errors
    /// As [`values`](Self::values), or when an element is no such number.
    pub fn numbers<T: Number>(&self, dataset: &str) -> Result<Vec<T>> {
        self.convert(dataset, self.values(dataset, None)?)
    }

    /// Numbers of a range of rows.
    ///
    /// # Errors
    /// As [`numbers`](Self::numbers).
    pub fn number_rows<T: Number>(&self, dataset: &str, rows: Range<u64>) -> Result<Vec<T>> {
        self.convert(dataset, self.values(dataset, Some(rows))?)
    }

    /// Strings of fixed or variable length.
    ///
    /// # Errors
    /// As [`values`](Self::values), or when the elements are no strings.
    pub fn texts(&self, dataset: &str) -> Result<Vec<String>> {
        match self.values(dataset, None)? {
            Values::Text(texts) => Ok(texts),
            _ => Err(self.wrong_type(dataset, &self.info(dataset)?.dtype.to_string(), "text")),
        }
    }

    /// Paths of the objects that references lead to.
    ///
    /// # Errors
    /// As [`values`](Self::values), or when the elements are no references.
    pub fn references(&self, dataset: &str) -> Result<Vec<Option<String>>> {
        match self.values(dataset, None)? {
            Values::References(paths) => Ok(paths),
            _ => Err(self.wrong_type(dataset, &self.info(dataset)?.dtype.to_string(), "object references")),
        }
    }

    /// An error at `object` of this file.
    pub fn error(&self, object: &str, message: impl Into<String>) -> Error {
        Error::data(message).at_file(&self.path).at_object(object)
    }

    fn ask<T>(&self, object: &str, question: impl FnOnce(&Backend) -> Result<T, Fault>) -> Result<T> {
        contain(|| question(&self.backend)).map_err(|fault| {
            self.error(object, format!("cannot read the object: {fault}"))
                .hint("the file is damaged there, or uses a part of HDF5 that is not supported")
        })
    }

    fn convert<T: Number>(&self, dataset: &str, values: Values) -> Result<Vec<T>> {
        T::convert(values).map_err(|place| match place {
            Some(i) => self.error(dataset, "a value does not fit").at_offset(i as u64).expected(T::NAME),
            None => self.error(dataset, "the values are no numbers").expected("numbers"),
        })
    }

    fn check_size(&self, dataset: &str, info: &DatasetInfo) -> Result<()> {
        let unpacked = self.length.saturating_mul(MAX_EXPANSION);
        let limit = if info.chunk.is_some() { unpacked.max(ALWAYS_ALLOWED) } else { self.length };
        if info.bytes_of(&info.shape).is_none_or(|bytes| bytes > limit) {
            return Err(self
                .error(dataset, "the dataset claims more data than the file can hold")
                .expected(format!("at most {limit} bytes"))
                .found(format!("{} elements of {}", info.shape_text(), info.dtype))
                .hint("the file is damaged, was cut short, or keeps these data in another file"));
        }
        let Some(chunk) = &info.chunk else { return Ok(()) };
        let limit = unpacked.max(CHUNK_ALWAYS_ALLOWED);
        if info.bytes_of(chunk).is_none_or(|bytes| bytes > limit) {
            return Err(self
                .error(dataset, "a chunk of the dataset claims more data than the file can hold")
                .expected(format!("at most {limit} bytes"))
                .found(format!("{chunk:?} elements of {}", info.dtype))
                .hint("the file is damaged, or was cut short"));
        }
        Ok(())
    }

    fn check_rows(&self, dataset: &str, info: &DatasetInfo, rows: Option<&Range<u64>>) -> Result<()> {
        let fits = rows
            .is_none_or(|rows| !info.shape.is_empty() && rows.start <= rows.end && rows.end <= info.n_rows());
        if fits {
            return Ok(());
        }
        Err(Error::internal(format!("{dataset}: rows {rows:?} were asked of shape {}", info.shape_text())))
    }

    fn wrong_type(&self, dataset: &str, found: &str, expected: &str) -> Error {
        self.error(dataset, "the dataset has another type").expected(expected).found(found)
    }
}
