//! Separated values in text.

use std::io::{BufReader, Seek};
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_csv::ReaderBuilder;
use arrow_csv::reader::Format;
use arrow_schema::Schema;
use arrow_select::concat::concat_batches;
use neuroloom_core::{Error, Result, files};

use crate::engine::settled_table;

/// The first `rows` rows, or all. The first line has the names. A column has the narrowest type that all its values fit:
/// truth values, integers, numbers, dates, else text; an empty cell is an absent value.
pub(super) fn read(path: &Path, separator: u8, rows: Option<usize>) -> Result<RecordBatch> {
    let broken = |e: &dyn std::fmt::Display| {
        Error::data(format!("not a readable table of separated values: {e}"))
            .at_file(path)
            .expected("a line of names, then lines with as many values")
    };
    let format = || Format::default().with_header(true).with_delimiter(separator);
    let mut file = files::open(path)?;
    let (schema, _) = format().infer_schema(BufReader::new(&mut file), rows).map_err(|e| broken(&e))?;
    check_names(path, &schema)?;
    file.rewind().map_err(|e| Error::io("read", path, &e))?;
    let schema = Arc::new(schema);
    let reader = ReaderBuilder::new(Arc::clone(&schema)).with_format(format());
    let reader = match rows {
        Some(rows) => reader.with_bounds(0, rows),
        None => reader,
    };
    let reader = reader.build(BufReader::new(file)).map_err(|e| broken(&e))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| broken(&e))?;
    let batch = concat_batches(&schema, &batches).map_err(|e| broken(&e))?;
    settled_table(&batch).map_err(|e| e.at_file(path))
}

fn check_names(path: &Path, schema: &Schema) -> Result<()> {
    let mut names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    names.sort_unstable();
    let wrong = |message: &str| {
        Err(Error::data(message)
            .at_file(path)
            .expected("a first line with a name of its own for each column"))
    };
    if names.first().is_some_and(|name| name.is_empty()) {
        return wrong("a column has no name");
    }
    let twice = names.windows(2).find(|pair| pair.first() == pair.last());
    match twice.and_then(|pair| pair.first()) {
        Some(name) => wrong(&format!("two columns are called `{name}`")),
        None => Ok(()),
    }
}
