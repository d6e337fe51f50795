//! The schema of a kind of table, and the check of a batch against it.

use arrow_array::{Array, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use neuroloom_core::{Error, Result, Table, TableKind};

use crate::{ColumnSpec, kinds};

/// The schema of a kind of table.
#[derive(Debug)]
pub struct KindSpec {
    /// Its name.
    pub kind: TableKind,
    /// What a row is.
    pub doc: &'static str,
    /// The columns that every such table has, in order.
    pub columns: &'static [ColumnSpec],
    /// The columns that rows are sorted by.
    pub key: &'static [&'static str],
    /// Whether further columns may follow (those of a trial table, say).
    pub open: bool,
}

impl KindSpec {
    /// The Arrow schema of the columns that every such table has.
    pub fn arrow(&self) -> SchemaRef {
        Schema::new(self.columns.iter().map(ColumnSpec::field).collect::<Vec<_>>()).into()
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&'static ColumnSpec> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The schema of `kind`.
///
/// # Errors
/// An internal error for a kind that is not in [`kinds::ALL`].
pub fn spec(kind: TableKind) -> Result<&'static KindSpec> {
    let known = kinds::ALL.iter().find(|spec| spec.kind == kind);
    known.copied().ok_or_else(|| Error::internal(format!("no schema for tables of kind {kind}")))
}

/// Checks that `batch` has the columns of `kind`, in order, with their types and nullability.
///
/// # Errors
/// The first column that is missing, misplaced, of another type, or null where it must not be.
pub fn check(kind: TableKind, batch: RecordBatch) -> Result<Table> {
    let spec = spec(kind)?;
    let schema = batch.schema();
    for (i, column) in spec.columns.iter().enumerate() {
        let wrong = |message: &str| Error::data(format!("{kind} table: {message}")).at_object(column.name);
        let Some(field) = schema.fields().get(i).filter(|field| field.name() == column.name) else {
            let found = schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>().join(", ");
            return Err(wrong("a column is missing or misplaced")
                .expected(format!("it as column {i}"))
                .found(found));
        };
        if !column.column_type.admits(field.data_type()) {
            let expected = column.column_type.arrow().to_string();
            return Err(wrong("a column has another type")
                .expected(expected)
                .found(field.data_type().to_string()));
        }
        let nulls = batch.column(i).null_count();
        if !column.nullable && nulls > 0 {
            return Err(wrong("a column lacks values")
                .expected("a value in every row")
                .found(format!("{nulls} nulls")));
        }
    }
    match schema.fields().get(spec.columns.len()) {
        Some(extra) if !spec.open => {
            Err(Error::data(format!("{kind} table: a column too many")).at_object(extra.name().as_str()))
        }
        _ => Ok(Table::from_checked(kind, batch)),
    }
}
