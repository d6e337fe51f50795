//! Parquet files of any writer.

use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow_array::RecordBatch;
use neuroloom_core::{Error, Result};
use neuroloom_table::parquet::Source;

use super::frame::{Cells, Column, Frame, NumberFormat};
use super::params::{ColumnName, Params};
use crate::hdf5::contained;
use crate::row_groups::{broken, check_size};

/// Rows of one batch while reading.
const BATCH_ROWS: usize = 65_536;
/// Reads the Parquet file at `path`: the columns called `wanted`, or all.
///
/// # Errors
/// When it is damaged, claims more than its bytes can hold, or has no column that is wanted.
pub(super) fn read(path: &Path, params: &Params, wanted: Option<&[ColumnName]>) -> Result<Frame> {
    let source = Source::open(path)?;
    let opened =
        contained(|| ParquetRecordBatchReaderBuilder::try_new(source.clone()).map_err(|e| e.to_string()));
    let builder = opened.map_err(|e| broken(&source, path, &e))?;
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    check_size(builder.metadata(), path, source.size(), names.len())?;
    let empty = Frame {
        file: path.to_path_buf(),
        n_rows: 0,
        columns: Vec::new(),
        lines: None,
        format: NumberFormat { na: params.na.clone(), decimal_comma: params.decimal_comma },
    };
    let Some(wanted) = wanted else { return filled(empty, builder, &source) };
    let unread = names
        .iter()
        .map(|name| Column { name: name.clone(), cells: Cells::Text(super::frame::TextCells::default()) });
    let headers = Frame { columns: unread.collect(), ..empty };
    let roots = wanted.iter().map(|name| headers.index(name)).collect::<Result<Vec<_>>>()?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let columns = filled(Frame { columns: Vec::new(), ..headers }, builder.with_projection(mask), &source)?;
    by_name(columns, wanted, &names)
}

/// Columns by their number in the file get the name that stands there: those that were not read do not count.
fn by_name(mut frame: Frame, wanted: &[ColumnName], names: &[String]) -> Result<Frame> {
    let mut columns = Vec::with_capacity(names.len());
    let mut read = frame.columns.into_iter().peekable();
    for name in names {
        match read.next_if(|column| column.name == *name) {
            Some(column) => columns.push(column),
            None => columns
                .push(Column { name: name.clone(), cells: Cells::Text(super::frame::TextCells::default()) }),
        }
    }
    if read.next().is_some() {
        return Err(Error::internal(format!("columns {wanted:?} were read out of order")));
    }
    frame.columns = columns;
    Ok(frame)
}

fn filled(frame: Frame, builder: ParquetRecordBatchReaderBuilder<Source>, source: &Source) -> Result<Frame> {
    let batch = contained(|| batch(builder).map_err(|e| e.to_string()));
    let batch = batch.map_err(|e| broken(source, &frame.file, &e))?;
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let columns = columns
        .map(|(field, array)| Column { name: field.name().clone(), cells: Cells::Array(Arc::clone(array)) });
    Ok(Frame { n_rows: batch.num_rows(), columns: columns.collect(), ..frame })
}

fn batch(
    builder: ParquetRecordBatchReaderBuilder<Source>,
) -> std::result::Result<RecordBatch, arrow_schema::ArrowError> {
    let reader = builder.with_batch_size(BATCH_ROWS).build()?;
    let schema = arrow_array::RecordBatchReader::schema(&reader);
    let batches = reader.collect::<std::result::Result<Vec<_>, _>>()?;
    arrow_select::concat::concat_batches(&schema, &batches)
}
