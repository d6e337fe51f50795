//! Items of lists as rows of their own.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, Float64Array, ListArray, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result, TimeBase, Unit};
use neuroloom_table::UNIT;

use crate::columns::{assemble, column, place};
use crate::engine::cast;
use crate::rows::{checked_rows, gather, gather_columns};

/// The columns of the time base of a sampled signal.
const TIME_BASE: [&str; 3] = ["t0_s", "dt_s", "t_s"];
const TIME: &str = "t_s";

/// Gives every item of the list columns `columns` a row; the other columns are repeated. A row whose lists are empty or
/// absent disappears: a neuron without spikes has no spike to show.
///
/// With `time`, the columns `t0_s`, `dt_s` and `t_s` of the time base become one column `t_s` with the time of each item
/// in seconds: `t_s[i]` where the row has explicit times, `t0_s + i dt_s` where not.
///
/// # Errors
/// When a column is not there or no list; when the lists of a row differ in length; with `time`, when the table or a row
/// has no time base.
pub fn explode(batch: &RecordBatch, columns: &[String], time: bool) -> Result<RecordBatch> {
    let lists = columns.iter().map(|name| list(batch, name)).collect::<Result<Vec<_>>>()?;
    let lengths = lengths(batch.num_rows(), columns, &lists)?;
    let times = if time { Some(times(batch, &lengths)?) } else { None };
    let total = lengths.iter().try_fold(0, |sum: usize, length| sum.checked_add(*length));
    checked_rows(total.unwrap_or(usize::MAX))?;
    let rows = repeated(&lengths)?;
    let schema = batch.schema();
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (at, source) in schema.fields().iter().enumerate() {
        let name = source.name();
        if let Some(which) = columns.iter().position(|column| column == name) {
            let items = items(lists.get(which).ok_or_else(|| Error::internal("a lost list"))?)?;
            fields.push(
                Field::new(name, items.data_type().clone(), true).with_metadata(source.metadata().clone()),
            );
            arrays.push(items);
        } else if !(time && TIME_BASE.contains(&name.as_str())) {
            let (field, array) = gather_columns(batch, [at], &rows)?;
            fields.extend(field);
            arrays.extend(array);
        }
    }
    if let Some(times) = times {
        let metadata = HashMap::from([(UNIT.to_owned(), Unit::SECOND.as_str().to_owned())]);
        fields.push(Field::new(TIME, DataType::Float64, false).with_metadata(metadata));
        arrays.push(times);
    }
    assemble(fields, arrays, rows.len())
}

fn list(batch: &RecordBatch, name: &str) -> Result<ListArray> {
    let array = column(batch, name, "columns")?;
    let list = match array.data_type() {
        DataType::List(_) => Arc::clone(array),
        DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            arrow_cast::cast(array, &DataType::List(Arc::clone(item)))
                .map_err(|e| Error::data(format!("a list is too long: {e}")).at_object(name))?
        }
        other => {
            return Err(Error::params("`columns` names a column that has no lists")
                .at_object(name)
                .found(other.to_string()));
        }
    };
    list.as_list_opt().cloned().ok_or_else(|| Error::internal("a list that is none"))
}

/// Items in each row; all lists of a row must agree.
fn lengths(rows: usize, columns: &[String], lists: &[ListArray]) -> Result<Vec<usize>> {
    let length =
        |list: &ListArray, row: usize| if list.is_null(row) { 0 } else { list.value_length(row) as usize };
    let Some((first, others)) = lists.split_first() else { return Ok(vec![1; rows]) };
    let lengths: Vec<usize> = (0..rows).map(|row| length(first, row)).collect();
    for (name, list) in columns.iter().skip(1).zip(others) {
        let differs = lengths.iter().enumerate().find(|(row, expected)| length(list, *row) != **expected);
        if let Some((row, expected)) = differs {
            return Err(Error::data("lists of one row differ in length")
                .at_object(name.as_str())
                .at_offset(row as u64)
                .expected(format!("{expected} items, as in `{}`", columns.first().map_or("", String::as_str)))
                .found(format!("{} items", length(list, row)))
                .hint("explode columns of different lengths in steps of their own"));
        }
    }
    Ok(lengths)
}

/// The number of each row, as often as it has items.
fn repeated(lengths: &[usize]) -> Result<UInt32Array> {
    checked_rows(lengths.len())?;
    let rows = lengths.iter().zip(0_u32..).flat_map(|(length, row)| std::iter::repeat_n(row, *length));
    Ok(rows.collect::<Vec<u32>>().into())
}

/// All items of the lists that are there, one after the other.
fn items(list: &ListArray) -> Result<ArrayRef> {
    let offsets = list.value_offsets();
    let bounds = offsets.first().zip(offsets.last()).map_or((0, 0), |(a, b)| (*a as usize, *b as usize));
    if list.null_count() == 0 {
        return Ok(list.values().slice(bounds.0, bounds.1 - bounds.0));
    }
    // Under an absent list there may be items that do not count.
    let present = offsets.windows(2).enumerate().filter(|(row, _)| list.is_valid(*row));
    let places = present.flat_map(|(_, pair)| match pair {
        [start, stop] => (*start as u32)..(*stop as u32),
        _ => 0..0,
    });
    gather(list.values(), &places.collect::<Vec<u32>>().into())
}

fn times(batch: &RecordBatch, lengths: &[usize]) -> Result<ArrayRef> {
    let schema = batch.schema();
    if !TIME_BASE.iter().any(|name| schema.index_of(name).is_ok()) {
        return Err(Error::params("`time` is asked for, and the table has no time base")
            .expected("columns `t0_s` and `dt_s`, or `t_s` with a list of times")
            .hint("leave `time` out: spike times are times already"));
    }
    let bases = Bases { t0: numbers(batch, "t0_s")?, dt: numbers(batch, "dt_s")?, t: explicit(batch)? };
    let mut times = Vec::with_capacity(lengths.iter().sum());
    for (row, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
        times.extend(bases.times_s(row, *length)?);
    }
    Ok(Arc::new(Float64Array::from(times)))
}

struct Bases {
    t0: Option<Float64Array>,
    dt: Option<Float64Array>,
    t: Option<ListArray>,
}

impl Bases {
    fn times_s(&self, row: usize, length: usize) -> Result<Vec<f64>> {
        if let Some(list) = self.t.as_ref().filter(|list| list.is_valid(row)) {
            let times = list.value(row);
            let times = times.as_primitive_opt::<Float64Type>().map(|times| times.values().to_vec());
            let times = times.unwrap_or_default();
            return if times.len() == length { Ok(times) } else { Err(disagree(row, length, times.len())) };
        }
        let at = |numbers: &Option<Float64Array>| {
            numbers.as_ref().filter(|numbers| numbers.is_valid(row)).map(|numbers| numbers.value(row))
        };
        match (at(&self.t0), at(&self.dt)) {
            (Some(t0_s), Some(dt_s)) => Ok(TimeBase::Regular { t0_s, dt_s }.times_s(length)),
            _ => Err(Error::data("a row has no time base")
                .at_object(TIME)
                .at_offset(row as u64)
                .expected("either t_s, or both t0_s and dt_s")),
        }
    }
}

fn disagree(row: usize, samples: usize, times: usize) -> Error {
    Error::data("a row has not one time for each sample")
        .at_object(TIME)
        .at_offset(row as u64)
        .expected(format!("{samples} times"))
        .found(format!("{times}"))
}

fn numbers(batch: &RecordBatch, name: &str) -> Result<Option<Float64Array>> {
    time_column(batch, name, &DataType::Float64).map(|array| array?.as_primitive_opt().cloned())
}

fn explicit(batch: &RecordBatch) -> Result<Option<ListArray>> {
    let item = Arc::new(Field::new_list_field(DataType::Float64, true));
    time_column(batch, TIME, &DataType::List(item)).map(|array| array?.as_list_opt().cloned())
}

/// A column of the time base as `target`, if the table has it.
fn time_column(batch: &RecordBatch, name: &str, target: &DataType) -> Result<Option<ArrayRef>> {
    if place(&batch.schema(), name, "time").is_err() {
        return Ok(None);
    }
    let array = column(batch, name, "time")?;
    cast(array, target).map(Some).map_err(|e| e.at_object(name))
}
