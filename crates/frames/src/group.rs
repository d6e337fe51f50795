//! One row for all rows with equal keys.

mod aggregation;

pub use aggregation::{Aggregation, Function};

use std::collections::BTreeMap;

use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::Field;
use neuroloom_core::{Error, Result};
use polars::prelude::{DataFrame, Expr, IntoLazy, SortMultipleOptions, col};

use crate::columns::{assemble, column, field, place};
use crate::engine::{comparable, frame_of, isolated, refused, table_of};
use crate::rows::{ROW, gather, gather_columns, numbered, row_numbers};

/// Groups the rows of `batch` that have equal values in the columns `by` and gives each group a row: the columns `by`,
/// then one column per aggregation. Groups are sorted by `by`: absent values first, NaN last, text by its bytes.
/// Without `by`, all rows are one group.
///
/// A minimum, a mean, a quantile … have the unit of their column; counts have the unit `1`.
///
/// # Errors
/// When a column is not there, a key is a list, or a function does not fit its column.
pub fn group(
    batch: &RecordBatch,
    by: &[String],
    aggregations: &BTreeMap<String, Aggregation>,
) -> Result<RecordBatch> {
    let Grouped { frame, first } = isolated(|| grouped(batch, by, aggregations))?;
    let schema = batch.schema();
    let keys = by.iter().map(|name| place(&schema, name, "by")).collect::<Result<Vec<_>>>()?;
    let (mut fields, mut arrays) = gather_columns(batch, keys, &first)?;
    for (at, (name, aggregation)) in aggregations.iter().enumerate() {
        let values = frame.column_by_name(&slot(at)).ok_or_else(|| Error::internal("a lost aggregate"))?;
        let (field, array) = finished(batch, name, aggregation, values)?;
        fields.push(field);
        arrays.push(array);
    }
    assemble(fields, arrays, first.len())
}

/// Aggregates by group, and the first row of each.
struct Grouped {
    frame: RecordBatch,
    first: UInt32Array,
}

fn grouped(
    batch: &RecordBatch,
    by: &[String],
    aggregations: &BTreeMap<String, Aggregation>,
) -> Result<Grouped> {
    let frame = numbered(inputs(batch, by, aggregations)?)?;
    let mut work = vec![col(ROW).first()];
    for (at, aggregation) in aggregations.values().enumerate() {
        work.push(aggregation.expression(&input(at)).alias(slot(at)));
    }
    let frame = if by.is_empty() {
        frame.lazy().select(work).collect()
    } else {
        let keys: Vec<Expr> = (0..by.len()).map(|at| col(key(at))).collect();
        let order = SortMultipleOptions::default().with_nulls_last(false);
        frame.lazy().group_by_stable(&keys).agg(work).sort_by_exprs(&keys, order).collect()
    };
    let names: Vec<&str> = by.iter().map(String::as_str).collect();
    let frame = frame.map_err(|e| refused(&e, &names))?;
    let first = row_numbers(&frame, ROW)?;
    Ok(Grouped { frame: table_of(&frame)?, first })
}

/// Names of the columns while polars has them: those of the user may be anything.
fn key(at: usize) -> String {
    format!("key {at}")
}

fn input(at: usize) -> String {
    format!("input {at}")
}

fn slot(at: usize) -> String {
    format!("output {at}")
}

fn inputs(
    batch: &RecordBatch,
    by: &[String],
    aggregations: &BTreeMap<String, Aggregation>,
) -> Result<DataFrame> {
    let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    let mut add = |name: String, array: ArrayRef| {
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    };
    for (at, name) in by.iter().enumerate() {
        let array = column(batch, name, "by")?;
        let comparable = comparable(array)?.ok_or_else(|| {
            Error::params("rows cannot be grouped by this column")
                .at_object(name.as_str())
                .expected("text, numbers or truth values")
                .found(array.data_type().to_string())
        })?;
        add(key(at), comparable);
    }
    for (at, (name, aggregation)) in aggregations.iter().enumerate() {
        if let Some(values) = aggregation.input(batch, name)? {
            add(input(at), values);
        }
    }
    frame_of(&assemble(fields, arrays, batch.num_rows())?)
}

/// The column of the result, with its unit.
fn finished(
    batch: &RecordBatch,
    name: &str,
    aggregation: &Aggregation,
    values: &ArrayRef,
) -> Result<(Field, ArrayRef)> {
    let source = aggregation.column.as_deref().map(|column| field(batch, column)).transpose()?;
    if let (true, Some(source)) = (aggregation.function.picks_a_row(), &source) {
        let rows = arrow_cast::cast(values, &arrow_schema::DataType::UInt32);
        let rows = rows.map_err(|e| Error::internal(format!("row numbers are lost: {e}")))?;
        let rows = rows
            .as_any()
            .downcast_ref::<UInt32Array>()
            .ok_or_else(|| Error::internal("row numbers are lost"))?;
        let array = gather(column(batch, source.name(), "column")?, rows)?;
        return Ok((source.clone().with_name(name).with_nullable(true), array));
    }
    let metadata = aggregation.function.metadata(source.as_ref());
    let field = Field::new(name, values.data_type().clone(), true).with_metadata(metadata);
    Ok((field, ArrayRef::clone(values)))
}
