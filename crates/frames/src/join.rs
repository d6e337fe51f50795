//! Two tables side by side, by the values of key columns.

use std::collections::BTreeSet;

use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field};
use arrow_select::interleave::interleave;
use neuroloom_core::{Error, Result};
use polars::prelude::{DataFrame, IntoLazy, JoinArgs, JoinType, col};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::columns::{assemble, column, place};
use crate::engine::{cast, comparable, frame_of, isolated, refused};
use crate::rows::{ROW, checked_rows, gather_columns, numbered, row_numbers};

const RIGHT_ROW: &str = "\u{1}right row";

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Every pair of rows with equal keys.
    #[default]
    Inner,
    /// The same, and the rows of the left table without a partner.
    Left,
    /// The same, and the rows of either table without a partner.
    Full,
    /// Rows of the left table with a partner, once each, without columns of the right table.
    Semi,
    /// Rows of the left table without a partner.
    Anti,
}

/// How two tables are joined.
#[derive(Clone, Debug)]
pub struct Join<'a> {
    /// Key columns, which both tables have. A row whose key is absent has no partner.
    pub on: &'a [String],
    /// Which rows stay.
    pub how: How,
    /// Ending of a column of the right table whose name the left one has too.
    pub suffix: &'a str,
}

/// Joins `left` and `right`: all columns of `left`, then those of `right` that are not keys. Rows are in the order of
/// `left`, those of one left row in the order of `right`; rows of `right` without a partner come last.
///
/// # Errors
/// When a key is absent from a table, is a list, or is text in one and a number in the other; when two columns of the
/// result have one name.
pub fn join(left: &RecordBatch, right: &RecordBatch, join: &Join<'_>) -> Result<RecordBatch> {
    let pairs = isolated(|| pairs(left, right, join))?;
    let (mut fields, mut arrays) = gather_columns(left, 0..left.num_columns(), &pairs.left)?;
    if matches!(join.how, How::Semi | How::Anti) {
        return assemble(fields, arrays, pairs.left.len());
    }
    if join.how == How::Full {
        fill_keys(&mut fields, &mut arrays, left, right, join.on, &pairs)?;
    }
    let schema = right.schema();
    let others = (0..right.num_columns()).filter(|at| !join.on.contains(schema.field(*at).name()));
    let (right_fields, right_arrays) = gather_columns(right, others, &pairs.right)?;
    let taken: BTreeSet<String> = fields.iter().map(|field| field.name().clone()).collect();
    fields.extend(right_fields.into_iter().map(|field| {
        let name = field.name().clone();
        if taken.contains(&name) { field.with_name(format!("{name}{}", join.suffix)) } else { field }
    }));
    arrays.extend(right_arrays);
    assemble(fields, arrays, pairs.left.len())
}

/// Row numbers of the result in either table; null where there is no partner.
struct Pairs {
    left: UInt32Array,
    right: UInt32Array,
}

fn pairs(left: &RecordBatch, right: &RecordBatch, join: &Join<'_>) -> Result<Pairs> {
    let (left, right) = keys(left, right, join.on)?;
    let mut right = numbered(right)?;
    right.rename(ROW, RIGHT_ROW.into()).map_err(|e| Error::internal(e.to_string()))?;
    let keys: Vec<_> = (0..join.on.len()).map(|at| col(key_name(at))).collect();
    let how = match join.how {
        How::Inner => JoinType::Inner,
        How::Left => JoinType::Left,
        How::Full => JoinType::Full,
        How::Semi => JoinType::Semi,
        How::Anti => JoinType::Anti,
    };
    let joined = numbered(left)?.lazy().join(right.lazy(), keys.clone(), keys, JoinArgs::new(how)).collect();
    let names: Vec<&str> = join.on.iter().map(String::as_str).collect();
    let joined = joined.map_err(|e| refused(&e, &names))?;
    checked_rows(joined.height())?;
    let left = row_numbers(&joined, ROW)?;
    let right = match join.how {
        How::Semi | How::Anti => UInt32Array::new_null(left.len()),
        _ => row_numbers(&joined, RIGHT_ROW)?,
    };
    Ok(in_order(&left, &right))
}

/// Pairs in the order of the left table, then of the right, whatever order they were found in.
fn in_order(left: &UInt32Array, right: &UInt32Array) -> Pairs {
    let mut pairs: Vec<(Option<u32>, Option<u32>)> = left.iter().zip(right).collect();
    pairs.sort_by_key(|(left, right)| (left.is_none(), *left, *right));
    let (left, right): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    Pairs { left: left.into(), right: right.into() }
}

/// The key columns of both tables, in types in which they can be compared.
fn keys(left: &RecordBatch, right: &RecordBatch, on: &[String]) -> Result<(DataFrame, DataFrame)> {
    let (mut left_keys, mut right_keys) = (Vec::new(), Vec::new());
    for name in on {
        let one = key(left, name, "on (left)")?;
        let other = key(right, name, "on (right)")?;
        if one.data_type() != other.data_type() {
            return Err(Error::params("the key is of different types in the two tables")
                .at_object(name.as_str())
                .expected("text in both, or numbers in both")
                .found(format!("{} and {}", sort_of(&one), sort_of(&other))));
        }
        left_keys.push(one);
        right_keys.push(other);
    }
    let frame = |arrays: Vec<ArrayRef>, rows| {
        let fields = arrays.iter().enumerate();
        let fields = fields.map(|(at, array)| Field::new(key_name(at), array.data_type().clone(), true));
        frame_of(&assemble(fields.collect(), arrays, rows)?)
    };
    Ok((frame(left_keys, left.num_rows())?, frame(right_keys, right.num_rows())?))
}

/// Names of the keys while polars has them: those of the user may be anything.
fn key_name(at: usize) -> String {
    format!("key {at}")
}

fn key(batch: &RecordBatch, name: &str, param: &str) -> Result<ArrayRef> {
    let array = column(batch, name, param)?;
    comparable(array)?.ok_or_else(|| {
        Error::params("this column cannot be a key")
            .at_object(name)
            .expected("text, numbers or truth values")
            .found(array.data_type().to_string())
    })
}

fn sort_of(array: &ArrayRef) -> String {
    match array.data_type() {
        DataType::Utf8View => "text".into(),
        DataType::Int64 => "integers".into(),
        DataType::Float64 => "numbers with a fraction".into(),
        other => other.to_string(),
    }
}

/// Where a row of the right table has no partner, its keys stand in the key columns.
fn fill_keys(
    fields: &mut [Field],
    arrays: &mut [ArrayRef],
    left: &RecordBatch,
    right: &RecordBatch,
    on: &[String],
    pairs: &Pairs,
) -> Result<()> {
    let sources: Vec<(usize, usize)> = pairs
        .left
        .iter()
        .zip(&pairs.right)
        .map(|(left, right)| match (left, right) {
            (Some(row), _) => (0, row as usize),
            (None, row) => (1, row.unwrap_or_default() as usize),
        })
        .collect();
    for name in on {
        let at = place(&left.schema(), name, "on (left)")?;
        let (one, other) = (column(left, name, "on (left)")?, column(right, name, "on (right)")?);
        let not_joined =
            |e: ArrowError| Error::data(format!("the keys cannot be joined: {e}")).at_object(name.as_str());
        let other = cast(other, one.data_type()).map_err(|e| e.at_object(name.as_str()))?;
        let filled = interleave(&[one.as_ref(), other.as_ref()], &sources).map_err(not_joined)?;
        if let (Some(field), Some(array)) = (fields.get_mut(at), arrays.get_mut(at)) {
            field.set_nullable(filled.null_count() > 0);
            *array = filled;
        }
    }
    Ok(())
}
