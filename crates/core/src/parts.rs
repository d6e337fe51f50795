//! Tables in parts: what is larger than memory flows a part at a time.

use std::fmt;
use std::path::Path;

use crate::{Digest, Error, Result, Table, TableKind};

/// A table in parts, each of them a table of the same kind and columns. The rows are sorted by the kind's key within a
/// part and from part to part. Which rows share a part is for the writer to say: readers of recordings put one
/// recording into each, and no writer spreads a recording over several.
pub trait TableParts: Send + Sync + fmt::Debug {
    /// The kind.
    fn kind(&self) -> TableKind;

    /// Number of rows of all parts.
    fn n_rows(&self) -> usize;

    /// Number of parts.
    fn n_parts(&self) -> usize;

    /// The part at `index`.
    ///
    /// # Errors
    /// When there is no such part, or it cannot be read.
    fn part(&self, index: usize) -> Result<Table>;
}

/// A table that is whole has one part.
impl TableParts for Table {
    fn kind(&self) -> TableKind {
        self.kind()
    }

    fn n_rows(&self) -> usize {
        self.n_rows()
    }

    fn n_parts(&self) -> usize {
        1
    }

    fn part(&self, index: usize) -> Result<Table> {
        match index {
            0 => Ok(self.clone()),
            _ => Err(Error::internal(format!("a whole table has no part {index}"))),
        }
    }
}

/// Parts that are in a file already, which a store can take over instead of writing them again.
pub trait StoredParts: TableParts {
    /// Digest of the file's bytes.
    fn digest(&self) -> Digest;

    /// Gives the file the name `target`, on the same file system.
    ///
    /// # Errors
    /// When it was moved before, or the operating system refuses.
    fn move_to(&self, target: &Path) -> Result<()>;
}
