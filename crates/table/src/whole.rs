//! Parts put together again.

use neuroloom_core::{Error, Result, Table, TableParts};

use crate::spec;

/// All parts of `parts` in one table, for those who have room for it.
///
/// # Errors
/// When a part cannot be read.
pub fn whole(parts: &dyn TableParts) -> Result<Table> {
    let kind = parts.kind();
    let tables = (0..parts.n_parts()).map(|index| parts.part(index)).collect::<Result<Vec<_>>>()?;
    let schema = match tables.first() {
        Some(first) => first.batch().schema(),
        None => spec(kind)?.arrow(),
    };
    let batch = arrow_select::concat::concat_batches(&schema, tables.iter().map(Table::batch));
    let batch = batch.map_err(|e| Error::internal(format!("{kind} table: cannot join its parts: {e}")))?;
    Ok(Table::from_checked(kind, batch))
}
