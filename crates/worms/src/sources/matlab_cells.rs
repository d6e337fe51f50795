//! One worm of a MATLAB 7.3 struct without the others.
//!
//! A field with a worm per item is a dataset of object references; what each leads to is read when it is asked for.
//! (`neuroloom_io::mat73` reads a variable whole: all worms of a file.)

use std::path::Path;

use neuroloom_core::{Error, Result};
use neuroloom_io::hdf5::{Dtype, File, ObjectKind};

/// Cells in cells in cells … deeper than this hold no names.
const DEEPEST: usize = 4;

/// A struct in an open file.
pub(super) struct Struct {
    pub file: File,
    path: String,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// One array, at this path of the file.
    One(String),
    /// An array per worm, at these paths.
    PerWorm(Vec<String>),
}

impl Struct {
    /// Opens the struct called `name` in the file at `path`, or the only one in it.
    ///
    /// # Errors
    /// When the file is no HDF5 file (one of MATLAB 5 is told by name), or has no such struct.
    pub(super) fn open(path: &Path, name: &str) -> Result<Self> {
        let file = File::open(path)?;
        let mut found = Vec::new();
        for child in file.children("/")? {
            let path = format!("/{}", child.name);
            // `#refs#` holds the items of cells.
            if !child.name.starts_with('#') && file.kind(&path)? == Some(ObjectKind::Group) {
                found.push(child.name);
            }
        }
        let chosen = match found.as_slice() {
            [only] => Some(only),
            all => all.iter().find(|found| *found == name),
        };
        let Some(chosen) = chosen else {
            return Err(file
                .error("/", "the struct with the recordings is not there")
                .expected(name)
                .found(if found.is_empty() { "no struct".to_owned() } else { found.join(", ") }));
        };
        let path = format!("/{chosen}");
        Ok(Self { file, path })
    }

    /// The first of the fields `names` that is there.
    ///
    /// # Errors
    /// When none is, or an item of it leads nowhere.
    pub(super) fn field(&self, names: &[&str]) -> Result<Field> {
        let path = self.path_of(names)?;
        match self.file.sized_info(&path)?.dtype {
            Dtype::Reference => self.items(&path).map(Field::PerWorm),
            _ => Ok(Field::One(path)),
        }
    }

    /// Path of the first of the fields `names` that is there.
    ///
    /// # Errors
    /// When none is.
    pub(super) fn path_of(&self, names: &[&str]) -> Result<String> {
        for name in names {
            let path = format!("{}/{name}", self.path);
            if self.file.has_dataset(&path)? {
                return Ok(path);
            }
        }
        let children = self.file.children(&self.path)?;
        let found: Vec<&str> = children.iter().map(|child| child.name.as_str()).collect();
        Err(self
            .file
            .error(&self.path, "the struct lacks a field")
            .expected(names.join(" or "))
            .found(found.join(", ")))
    }

    /// Paths of the items of the cell array at `path`.
    ///
    /// # Errors
    /// When it is none, or an item leads nowhere.
    pub(super) fn items(&self, path: &str) -> Result<Vec<String>> {
        let lost =
            || self.file.error(path, "an item of a cell array leads nowhere").hint("the file is damaged");
        self.file.references(path)?.into_iter().map(|item| item.ok_or_else(lost)).collect()
    }

    /// Extents of the matrix at `path`, `[rows, columns]` as MATLAB has them.
    ///
    /// # Errors
    /// When it is no matrix of numbers.
    pub(super) fn extents(&self, path: &str) -> Result<(usize, usize)> {
        let info = self.file.sized_info(path)?;
        match info.shape.as_slice() {
            // The file has the last extent first.
            [columns, rows] if info.dtype.is_numeric() && !self.is_empty(path)? => {
                Ok((*rows as usize, *columns as usize))
            }
            _ => Err(self.file.error(path, "not a matrix of numbers").expected("a matrix").found(format!(
                "{} of {}",
                info.dtype,
                info.shape_text()
            ))),
        }
    }

    /// All numbers at `path`, by columns.
    ///
    /// # Errors
    /// When it is damaged or holds no numbers.
    pub(super) fn numbers(&self, path: &str) -> Result<Vec<f64>> {
        if self.is_empty(path)? {
            return Ok(Vec::new());
        }
        self.file.numbers(path)
    }

    /// The labels in the cell array at `path`, one per item: text, or the first that is not empty of a cell array in it.
    ///
    /// # Errors
    /// When it is no cell array, or damaged.
    pub(super) fn labels(&self, path: &str) -> Result<Vec<Option<String>>> {
        if self.is_empty(path)? {
            return Ok(Vec::new());
        }
        self.items(path)?.iter().map(|item| self.label(item, 0)).collect()
    }

    fn label(&self, path: &str, depth: usize) -> Result<Option<String>> {
        if depth > DEEPEST {
            return Err(self.file.error(path, "cells lie too deep in one another to hold a name"));
        }
        if self.file.kind(path)? != Some(ObjectKind::Dataset) || self.is_empty(path)? {
            return Ok(None);
        }
        let is_text = self.file.text_attribute(path, "MATLAB_class")?.as_deref() == Some("char");
        match self.file.sized_info(path)?.dtype {
            Dtype::Reference => {
                for item in self.items(path)? {
                    if let Some(label) = self.label(&item, depth + 1)? {
                        return Ok(Some(label));
                    }
                }
                Ok(None)
            }
            Dtype::Text(_) => Ok(self.file.texts(path)?.into_iter().find(|text| !text.trim().is_empty())),
            _ if is_text => {
                self.utf16(path).map(Some).map(|text| text.filter(|text| !text.trim().is_empty()))
            }
            // A number where a name should be says that there is none.
            _ => Ok(None),
        }
    }

    fn utf16(&self, path: &str) -> Result<String> {
        let no_text = || Error::data("a name is no text").at_file(self.file.path()).at_object(path);
        let units = self.file.numbers::<u64>(path)?;
        let units: Option<Vec<u16>> = units.into_iter().map(|unit| u16::try_from(unit).ok()).collect();
        String::from_utf16(&units.ok_or_else(no_text)?).map_err(|_| no_text())
    }

    /// Whether the dataset holds the extents of an array without items.
    fn is_empty(&self, path: &str) -> Result<bool> {
        Ok(self.file.number_attribute(path, "MATLAB_empty")?.is_some_and(|flag| flag != 0.0))
    }
}

impl Field {
    /// Number of worms; 1 for an array of its own.
    pub(super) fn n_worms(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::PerWorm(paths) => paths.len(),
        }
    }

    /// Path of the array of `worm`; one array is that of all worms.
    pub(super) fn of(&self, worm: usize) -> Option<&str> {
        match self {
            Self::One(path) => Some(path),
            Self::PerWorm(paths) => paths.get(worm).map(String::as_str),
        }
    }
}
