//! Values of one column as columns of their own.

use std::collections::BTreeMap;
use std::ops::Range;

use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::ArrowError;
use neuroloom_core::{Error, Result};

use crate::columns::{assemble, column, field};
use crate::engine::comparable;
use crate::group::{Aggregation, Function, group};
use crate::rows::{checked_rows, gather, gather_columns};

/// More columns than this are no table that anybody reads.
const COLUMNS_LIMIT: usize = 10_000;
const VALUE: &str = "\u{1}value";

/// How a table is pivoted.
#[derive(Clone, Debug)]
pub struct Pivot<'a> {
    /// Columns with a row of the result for each combination of their values.
    pub index: &'a [String],
    /// Column with a column of the result for each of its values.
    pub on: &'a str,
    /// Column with the values.
    pub values: &'a str,
    /// What to make of several values for one cell.
    pub aggregate: Function,
}

/// Pivots `batch`: a row per combination of the values of `index`, sorted by them; a column per value of `on`, sorted
/// and named by it. A cell that no row is for is absent.
///
/// # Errors
/// When a column is not there or the function does not fit; when there are more than 10 000 values of `on`, or one of
/// them is called like a column of `index`.
pub fn pivot(batch: &RecordBatch, pivot: &Pivot<'_>) -> Result<RecordBatch> {
    let long = long(batch, pivot)?;
    let columns = columns(&long, pivot.on)?;
    let rows = row_ranges(&long, pivot.index)?;
    let width = columns.names.len();
    let cells = columns.names.iter().enumerate().map(|(at, name)| {
        // The cells of a row are sorted, as the columns are.
        let cell = |row: &Range<usize>| columns.of_rows.get(row.clone())?.binary_search(&at).ok();
        let sources = rows.iter().map(|row| cell(row).and_then(|i| u32::try_from(row.start + i).ok()));
        (name, sources.collect::<UInt32Array>())
    });
    let firsts = rows.iter().map(|row| checked_rows(row.start)).collect::<Result<Vec<_>>>()?;
    let (mut fields, mut arrays) = gather_columns(&long, 0..pivot.index.len(), &firsts.into())?;
    fields.reserve(width);
    let (values, of_values) = (column(&long, VALUE, "values")?, field(&long, VALUE)?);
    for (name, sources) in cells {
        arrays.push(gather(values, &sources)?);
        fields.push(of_values.clone().with_name(name).with_nullable(true));
    }
    assemble(fields, arrays, rows.len())
}

/// A row per (index, on), sorted by both: the columns `index`, `on`, value.
fn long(batch: &RecordBatch, pivot: &Pivot<'_>) -> Result<RecordBatch> {
    column(batch, pivot.on, "on")?;
    column(batch, pivot.values, "values")?;
    let by: Vec<String> = pivot.index.iter().cloned().chain([pivot.on.to_owned()]).collect();
    let value = Aggregation::new(pivot.aggregate, pivot.values);
    group(batch, &by, &BTreeMap::from([(VALUE.to_owned(), value)]))
}

struct Columns {
    /// Of the columns, in their order.
    names: Vec<String>,
    /// For each row of the long table the place of its column.
    of_rows: Vec<usize>,
}

fn columns(long: &RecordBatch, on: &str) -> Result<Columns> {
    let distinct = group(long, &[on.to_owned()], &BTreeMap::new())?;
    if distinct.num_rows() > COLUMNS_LIMIT {
        return Err(Error::params("`on` has too many values to be columns")
            .at_object(on)
            .expected(format!("at most {COLUMNS_LIMIT}"))
            .found(distinct.num_rows().to_string()));
    }
    let names = texts(column(&distinct, on, "on")?)?;
    let places: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, n)| (n.as_str(), at)).collect();
    if places.len() < names.len() {
        return Err(Error::params("two values of `on` are written alike").at_object(on));
    }
    let of_rows = texts(column(long, on, "on")?)?;
    let of_rows = of_rows.iter().filter_map(|text| places.get(text.as_str()).copied()).collect();
    Ok(Columns { of_rows, names })
}

/// Values as the names of columns; an absent one is `null`.
fn texts(array: &ArrayRef) -> Result<Vec<String>> {
    let plain = comparable(array)?.ok_or_else(|| Error::internal("a key that is none"))?;
    let options = FormatOptions::default().with_null("null");
    let formatter = ArrayFormatter::try_new(&plain, &options);
    let unwritten = |e: ArrowError| Error::data(format!("values cannot be names of columns: {e}"));
    let formatter = formatter.map_err(unwritten)?;
    (0..plain.len()).map(|row| formatter.value(row).try_to_string().map_err(unwritten)).collect()
}

/// The stretches of rows with equal values in `index`.
fn row_ranges(long: &RecordBatch, index: &[String]) -> Result<Vec<Range<usize>>> {
    let rows = long.num_rows();
    if index.is_empty() {
        return Ok(if rows == 0 { Vec::new() } else { vec![Range { start: 0, end: rows }] });
    }
    let keys = index.iter().map(|name| comparable(column(long, name, "index")?));
    let keys: Vec<ArrayRef> = keys.collect::<Result<Option<_>>>()?.unwrap_or_default();
    let ranges = arrow_ord::partition::partition(&keys);
    Ok(ranges.map_err(|e| Error::internal(format!("rows cannot be told apart: {e}")))?.ranges())
}
