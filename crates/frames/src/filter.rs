//! Rows that a condition holds for.

use arrow_array::cast::AsArray;
use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::DataType;
use arrow_select::filter::filter_record_batch;
use neuroloom_core::{Error, Result};
use polars::prelude::{Expr, IntoLazy, col};

use crate::columns::place;
use crate::engine::{frame_of, isolated, refused, table_of};
use crate::rows::{ROW, numbered};
use crate::sql;

const HOLDS: &str = "\u{1}holds";

/// The rows of `batch` for which `condition` is true, in their order, every column as it was.
///
/// `condition` is an SQL expression over the columns: `region = 'adn' AND rate_hz > 0.5`. A row for which it is absent,
/// because a value in it is, does not stay. An aggregate stands for all rows: `rate_hz > avg(rate_hz)`.
///
/// # Errors
/// When the condition cannot be read, names a column that is not there, compares what cannot be compared, or is no
/// truth value.
pub fn filter(batch: &RecordBatch, condition: &str) -> Result<RecordBatch> {
    let holds = isolated(|| holds(batch, condition))?;
    filter_record_batch(batch, &holds).map_err(|e| Error::internal(format!("rows cannot be filtered: {e}")))
}

fn holds(batch: &RecordBatch, condition: &str) -> Result<BooleanArray> {
    let condition = sql::condition(condition)?;
    let schema = batch.schema();
    // Only what the condition looks at has to cross.
    let mut used = columns_of(&condition)
        .iter()
        .map(|name| place(&schema, name, "where"))
        .collect::<Result<Vec<_>>>()?;
    used.sort_unstable();
    used.dedup();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let looked_at = batch.project(&used).map_err(|e| Error::internal(e.to_string()))?;
    let frame = numbered(frame_of(&looked_at)?)?;
    let result = frame.lazy().with_column(condition.alias(HOLDS)).select([col(HOLDS), col(ROW)]).collect();
    let result = table_of(&result.map_err(|e| refused(&e, &names))?)?;
    let column = result.column_by_name(HOLDS).ok_or_else(|| Error::internal("the condition has no value"))?;
    match column.data_type() {
        DataType::Boolean => Ok(column.as_boolean().clone()),
        // `NULL`, or a comparison with it, is true nowhere.
        DataType::Null => Ok(BooleanArray::new_null(batch.num_rows())),
        other => Err(Error::params("`where` is neither true nor false")
            .expected("a condition: `rate_hz > 0.5`, `region IN ('adn', 'ca1')`")
            .found(format!("values of type {other}"))),
    }
}

fn columns_of(expression: &Expr) -> Vec<String> {
    let columns = expression.into_iter().filter_map(|part| match part {
        Expr::Column(name) => Some(name.to_string()),
        _ => None,
    });
    columns.collect()
}
