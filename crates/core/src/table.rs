//! The value that flows between steps.

use arrow_array::RecordBatch;

use crate::TableKind;

/// An Arrow table of a known kind. Build one with `neuroloom_table::TableBuilder`, which checks the
/// columns against the kind's schema and sorts the rows by its key.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    kind: TableKind,
    batch: RecordBatch,
}

impl Table {
    /// Pairs a batch with its kind, unchecked; `neuroloom_table` is where batches are checked.
    pub fn from_checked(kind: TableKind, batch: RecordBatch) -> Self {
        Self { kind, batch }
    }

    /// The kind.
    pub fn kind(&self) -> TableKind {
        self.kind
    }

    /// The columns.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.batch.num_rows()
    }
}
