//! Parquet files of other programs.

use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use neuroloom_core::Result;
use neuroloom_table::parquet::Source;

use crate::engine::settled_table;

/// The first `rows` rows, or all: integers of 64 bits, text and lists as our own tables have them.
pub(super) fn read(path: &Path, rows: Option<usize>) -> Result<RecordBatch> {
    let source = Source::open(path)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(source.clone()).map_err(|e| source.explain(e))?;
    let schema = Arc::clone(builder.schema());
    let builder = match rows {
        Some(rows) => builder.with_limit(rows),
        None => builder,
    };
    let reader = builder.build().map_err(|e| source.explain(e))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| source.explain(e))?;
    let batch = concat_batches(&schema, &batches).map_err(|e| source.explain(e))?;
    settled_table(&batch).map_err(|e| e.at_file(path))
}
