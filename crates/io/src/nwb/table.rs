//! `DynamicTable`: columns of equal length, some of them ragged.

use std::ops::Range;

use neuroloom_core::{Error, Result};

use super::names;
use crate::hdf5::{Child, File, Number};

/// Suffix of the column that says where the rows of a ragged column end.
const INDEX: &str = "_index";
/// Levels of ragged indices that are resolved; NWB uses two.
const MAX_LEVELS: usize = 4;

/// A table of the file.
pub(super) struct DynamicTable<'a> {
    file: &'a File,
    path: String,
    n_rows: usize,
}

impl<'a> DynamicTable<'a> {
    /// The table at `path`.
    ///
    /// # Errors
    /// When it has no column `id`.
    pub(super) fn open(file: &'a File, path: &str) -> Result<Self> {
        let id = format!("{path}/id");
        if !file.has_dataset(&id)? {
            return Err(missing(file, path, "id"));
        }
        let n_rows = file.sized_info(&id)?.n_elements().and_then(|n| usize::try_from(n).ok());
        let n_rows = n_rows.ok_or_else(|| file.error(&id, "the column is larger than any memory"))?;
        Ok(Self { file, path: path.to_owned(), n_rows })
    }

    /// Number of rows.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The file.
    pub(super) fn file(&self) -> &'a File {
        self.file
    }

    /// Path of a column.
    pub(super) fn path_of(&self, column: &str) -> String {
        format!("{}/{column}", self.path)
    }

    /// Whether it has a column called `name`.
    pub(super) fn has(&self, name: &str) -> Result<bool> {
        self.file.has_dataset(&self.path_of(name))
    }

    /// An error for a column that must be there and is not.
    pub(super) fn missing(&self, column: &str) -> Error {
        missing(self.file, &self.path, column)
    }

    /// Names of the columns, without `id` and the indices of ragged ones.
    pub(super) fn columns(&self) -> Result<Vec<String>> {
        let mut columns = Vec::new();
        for Child { name, .. } in self.file.children(&self.path)? {
            if name != "id" && !name.ends_with(INDEX) && self.has(&name)? {
                columns.push(name);
            }
        }
        Ok(columns)
    }

    /// The ids of the rows.
    pub(super) fn ids(&self) -> Result<Vec<i64>> {
        self.file.numbers(&self.path_of("id"))
    }

    /// A column of numbers, one per row.
    pub(super) fn numbers<T: Number>(&self, name: &str) -> Result<Vec<T>> {
        let values = self.file.numbers(&self.path_of(name))?;
        self.check_length(name, values.len())?;
        Ok(values)
    }

    /// A column of text, one per row; an empty string is no value.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<Option<String>>> {
        let texts = self.file.texts(&self.path_of(name))?;
        self.check_length(name, texts.len())?;
        Ok(texts.into_iter().map(present).collect())
    }

    /// A column of references, one per row.
    pub(super) fn references(&self, name: &str) -> Result<Vec<Option<String>>> {
        let paths = self.file.references(&self.path_of(name))?;
        self.check_length(name, paths.len())?;
        Ok(paths)
    }

    /// Whether a column holds a list per row.
    pub(super) fn is_ragged(&self, name: &str) -> Result<bool> {
        self.has(&format!("{name}{INDEX}"))
    }

    /// Which values of the ragged column `name` belong to which row: row `r` has `offsets[r]..offsets[r + 1]`.
    /// Indices of several levels are resolved; without an index every row has one value.
    ///
    /// # Errors
    /// When an index decreases or points past the end.
    pub(super) fn offsets(&self, name: &str) -> Result<Vec<usize>> {
        self.offsets_through(name, MAX_LEVELS)
    }

    fn offsets_through(&self, name: &str, levels: usize) -> Result<Vec<usize>> {
        if !self.is_ragged(name)? {
            self.check_length(name, self.length(name)?)?;
            return Ok((0..=self.n_rows).collect());
        }
        let index = format!("{name}{INDEX}");
        if levels == 0 {
            let error =
                self.file.error(&self.path_of(&index), "the index of a ragged column has too many levels");
            return Err(error.expected(format!("at most {MAX_LEVELS}")));
        }
        let rows = self.offsets_through(&index, levels - 1)?;
        let ends = self.ends(&index, self.length(name)?)?;
        // A row ends where the last of its entries in the index ends.
        let offsets: Option<Vec<usize>> = rows.iter().map(|&entry| ends.get(entry).copied()).collect();
        offsets.ok_or_else(|| self.file.error(&self.path_of(&index), "the index is shorter than the table"))
    }

    /// The ends that an index holds, after a leading 0.
    fn ends(&self, index: &str, n_values: usize) -> Result<Vec<usize>> {
        let path = self.path_of(index);
        let ends: Vec<u64> = self.file.numbers(&path)?;
        let mut offsets = Vec::with_capacity(ends.len() + 1);
        offsets.push(0);
        let mut last = 0;
        for (row, &end) in ends.iter().enumerate() {
            if end < last {
                return Err(self
                    .file
                    .error(&path, "the index of a ragged column decreases")
                    .at_offset(row as u64)
                    .expected(format!("an end of at least {last}"))
                    .found(end.to_string())
                    .hint("the file is damaged or was written wrongly: write it again from its source"));
            }
            if end > n_values as u64 {
                return Err(self
                    .file
                    .error(&path, "the index of a ragged column points past the end of the column")
                    .at_offset(row as u64)
                    .expected(format!("an end of at most {n_values}"))
                    .found(end.to_string())
                    .hint("the file is damaged or was written wrongly: write it again from its source"));
            }
            last = end;
            offsets.push(end as usize);
        }
        Ok(offsets)
    }

    /// Number of rows that a column stores, which of a ragged one are its values.
    pub(super) fn length(&self, name: &str) -> Result<usize> {
        Ok(self.file.sized_info(&self.path_of(name))?.n_rows() as usize)
    }

    fn check_length(&self, name: &str, found: usize) -> Result<()> {
        if found == self.n_rows {
            return Ok(());
        }
        Err(self
            .file
            .error(&self.path_of(name), "the column has another length than its table")
            .expected(format!("{} rows, as the column id has", self.n_rows))
            .found(found.to_string()))
    }
}

/// The part of `values` that a row of a ragged column has.
pub(super) fn row_range(offsets: &[usize], row: usize) -> Range<usize> {
    let start = offsets.get(row).copied().unwrap_or(0);
    start..offsets.get(row + 1).copied().unwrap_or(start)
}

/// Text that says something.
pub(super) fn present(text: String) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        None
    } else if trimmed.len() == text.len() {
        Some(text)
    } else {
        Some(trimmed.to_owned())
    }
}

fn missing(file: &File, table: &str, column: &str) -> Error {
    let children = file.children(table).unwrap_or_default();
    let found = children.into_iter().map(|child| child.name).collect::<Vec<_>>().join(", ");
    file.error(&format!("{table}/{column}"), "the table lacks a column")
        .expected(format!("a column {column} in {}", names::last(table)))
        .found(if found.is_empty() { "no columns".to_owned() } else { found })
}
