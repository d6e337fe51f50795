//! Finding columns by name.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use neuroloom_core::{Error, Result, nearest};

/// The place of the column called `name`, which the parameter `param` asks for.
///
/// # Errors
/// When there is none: those that there are, and the nearest.
pub(crate) fn place(schema: &Schema, name: &str, param: &str) -> Result<usize> {
    schema.index_of(name).map_err(|_| {
        let names = || schema.fields().iter().map(|field| field.name().as_str());
        let error = Error::params(format!("`{param}` names a column that is not there"))
            .expected(format!("one of {}", listing(names())))
            .found(name);
        match nearest(name, names()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        }
    })
}

/// The column called `name`, which the parameter `param` asks for.
///
/// # Errors
/// When there is none: those that there are, and the nearest.
pub(crate) fn column<'a>(batch: &'a RecordBatch, name: &str, param: &str) -> Result<&'a ArrayRef> {
    let at = place(&batch.schema(), name, param)?;
    batch.columns().get(at).ok_or_else(|| Error::internal("a column without values"))
}

/// The field called `name`, which is there.
pub(crate) fn field(batch: &RecordBatch, name: &str) -> Result<Field> {
    batch.schema().field_with_name(name).cloned().map_err(|e| Error::internal(e.to_string()))
}

/// The columns of `fields` and `arrays` as a table of `rows` rows.
pub(crate) fn assemble(fields: Vec<Field>, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let mut names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair.first() == pair.last());
    if let Some(name) = twice.and_then(|pair| pair.first()) {
        return Err(Error::params("the result would have two columns of one name").found(*name));
    }
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
    let schema = std::sync::Arc::new(Schema::new(fields));
    RecordBatch::try_new_with_options(schema, arrays, &options)
        .map_err(|e| Error::internal(format!("a table does not fit together: {e}")))
}

/// `a, b, c`, cut short after two dozen.
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 24;
    let mut names = names.into_iter();
    let shown: Vec<&str> = names.by_ref().take(SHOWN).collect();
    match (shown.is_empty(), names.count()) {
        (true, _) => "none".into(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
