//! Tables for other programs.

use std::io::Write;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_json::LineDelimitedWriter;
use arrow_json::writer::{LineDelimited, WriterBuilder};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{check, kinds};

use crate::columns::{assemble, listing};
use crate::explode;

/// How a table is written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Values separated by commas, after a line of names.
    Csv,
    /// The same with tabulators.
    Tsv,
    /// A JSON object per line; lists stay lists.
    Ndjson,
}

/// Writes `table` to `out`. Absent values are empty cells in CSV and `null` in JSON, which has no NaN either.
///
/// # Errors
/// When a column has lists and the format has none; when `out` fails.
pub fn write(table: &Table, format: Format, out: &mut dyn Write) -> Result<()> {
    match format {
        Format::Csv => separated(table.batch(), b',', out),
        Format::Tsv => separated(table.batch(), b'\t', out),
        Format::Ndjson => lines(table.batch(), out),
    }
}

/// `table` without lists: a row per item of the lists `columns`, or of all lists where none is named, with the time of
/// each item where the table has a time base. Lists that are not named are left out.
///
/// # Errors
/// When the lists of a row differ in length, or a column is not there or no list.
pub fn without_lists(table: &Table, columns: &[String]) -> Result<Table> {
    let batch = table.batch();
    let all = lists(batch);
    let sampled = ["t0_s", "dt_s"].iter().all(|name| batch.schema().index_of(name).is_ok());
    let exploded: Vec<String> = match columns {
        [] => all.iter().filter(|name| !(sampled && *name == "t_s")).cloned().collect(),
        named => named.to_vec(),
    };
    let left_out =
        |name: &String| all.contains(name) && !exploded.contains(name) && !(sampled && name == "t_s");
    let schema = batch.schema();
    let kept: Vec<usize> =
        (0..batch.num_columns()).filter(|at| !left_out(schema.field(*at).name())).collect();
    let kept = batch.project(&kept).map_err(|e| Error::internal(e.to_string()))?;
    check(kinds::TABLE, explode(&kept, &exploded, sampled)?)
}

/// The columns that have lists.
fn lists(batch: &RecordBatch) -> Vec<String> {
    let schema = batch.schema();
    let lists = schema.fields().iter().filter(|field| {
        matches!(field.data_type(), DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..))
    });
    lists.map(|field| field.name().clone()).collect()
}

fn separated(batch: &RecordBatch, separator: u8, out: &mut dyn Write) -> Result<()> {
    let lists = lists(batch);
    if !lists.is_empty() {
        return Err(Error::params("this format has no lists")
            .found(format!("lists in {}", listing(lists.iter().map(String::as_str))))
            .hint("explode them to a row per item, or write ndjson, which keeps lists"));
    }
    let mut writer = arrow_csv::WriterBuilder::new().with_header(true).with_delimiter(separator).build(out);
    writer.write(&plain(batch)?).map_err(|e| unwritten(&e))
}

fn lines(batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
    let builder = WriterBuilder::new().with_explicit_nulls(true);
    let mut writer: LineDelimitedWriter<_> = builder.build::<_, LineDelimited>(out);
    writer.write(&plain(batch)?).and_then(|()| writer.finish()).map_err(|e| unwritten(&e))
}

/// Dictionaries as text.
fn plain(batch: &RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let array = match array.data_type() {
            DataType::Dictionary(_, value) => arrow_cast::cast(array, value),
            _ => Ok(ArrayRef::clone(array)),
        };
        let array = array.map_err(|e| Error::internal(format!("ids cannot be written out: {e}")))?;
        Ok((Field::new(field.name(), array.data_type().clone(), true), array))
    });
    let (fields, arrays) = columns.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    assemble(fields, arrays, batch.num_rows())
}

fn unwritten(error: &arrow_schema::ArrowError) -> Error {
    Error::new(neuroloom_core::ErrorKind::Io, format!("the table cannot be written: {error}"))
}
