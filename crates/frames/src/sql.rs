//! SQL over tables.

mod lineage;
mod parse;
mod stable;

pub(crate) use parse::condition;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result};
use polars::prelude::{IntoLazy, LazyFrame};
use polars::sql::SQLContext;

use crate::columns::assemble;
use crate::engine::{frame_of, isolated, refused, table_of};
use lineage::Origin;

/// The result of `query`, a `SELECT`, over `tables` by name.
///
/// Rows come in the order that `ORDER BY` gives them; without it in one that depends on the tables and the query alone.
/// A column of the result that is one of a table, unchanged, keeps its unit, its meaning and its dictionary; a minimum,
/// maximum, mean, sum, median, standard deviation or first or last value of a column keeps the unit. Whatever is computed
/// otherwise has none: nobody knows it.
///
/// # Errors
/// When the query cannot be read (with the place), is not a single `SELECT`, or names a table, column or function that
/// is not there; when a value does not fit.
pub fn query(tables: &[(&str, &RecordBatch)], query: &str) -> Result<RecordBatch> {
    let parsed = parse::query(query)?;
    parse::check_tables(&parsed, &tables.iter().map(|(name, _)| *name).collect::<Vec<_>>())?;
    let result = isolated(|| {
        let mut context = SQLContext::new();
        for (name, batch) in tables {
            context.register(name, frame_of(batch)?.lazy());
        }
        let names = column_names(tables);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let result = context.execute(query).map(stable::stable).and_then(LazyFrame::collect);
        table_of(&result.map_err(|e| refused(&e, &names))?)
    })?;
    if result.num_columns() == 0 {
        return Err(Error::params("the query gives no columns"));
    }
    labelled(&result, &lineage::origins(&parsed, tables))
}

/// Checks that `query` can be read and names no other tables than `tables`.
///
/// # Errors
/// When not, with the place.
pub(crate) fn check(query: &str, tables: &[&str]) -> Result<()> {
    parse::check_tables(&parse::query(query)?, tables)
}

fn column_names(tables: &[(&str, &RecordBatch)]) -> Vec<String> {
    let fields = tables.iter().flat_map(|(_, batch)| batch.schema().fields().to_vec());
    let mut names: Vec<String> = fields.map(|field| field.name().clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The columns of `result` with what is known of where they come from.
fn labelled(result: &RecordBatch, origins: &BTreeMap<String, Origin>) -> Result<RecordBatch> {
    let schema = result.schema();
    let labelled = schema.fields().iter().zip(result.columns()).map(|(field, array)| {
        let origin = origins.get(field.name());
        let array = match origin {
            Some(Origin::Column(source)) => as_in(source, array)?,
            _ => Arc::clone(array),
        };
        let metadata = origin.map(Origin::metadata).unwrap_or_default();
        Ok((Field::new(field.name(), array.data_type().clone(), true).with_metadata(metadata), array))
    });
    let (fields, arrays) = labelled.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    assemble(fields, arrays, result.num_rows())
}

/// Text is put in a dictionary again where its source has one.
fn as_in(source: &Field, array: &ArrayRef) -> Result<ArrayRef> {
    let ids = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    if *source.data_type() != ids || *array.data_type() != DataType::Utf8 {
        return Ok(Arc::clone(array));
    }
    arrow_cast::cast(array, &ids)
        .map_err(|e| Error::internal(format!("text cannot be put in a dictionary: {e}")))
}
