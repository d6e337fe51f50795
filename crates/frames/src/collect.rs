//! The tables of a sweep below each other.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Float64Array, Int64Array, RecordBatch, new_null_array};
use arrow_schema::{Field, Schema};
use arrow_select::concat::concat;
use neuroloom_core::{Error, Result, Variant};
use neuroloom_table::{UNIT, whole};

use crate::columns::{assemble, place};
use crate::rows::checked_rows;

/// The rows of all variants, in their order, with one column per collected axis in front that has the variant's label.
///
/// The labels of an axis are integers where all of them are whole numbers, numbers where all are numbers, and otherwise
/// text. The other columns are those that any of the tables has, in the order in which they first come, with their units;
/// a table that lacks one has no values there. With `columns` only those are kept, in the order given.
///
/// # Errors
/// When a column is called like an axis, or has another type or unit in another variant; when one of `columns` is in no
/// table; when there are more rows than a table can have.
pub fn collect(variants: &[Variant], columns: Option<&[String]>) -> Result<RecordBatch> {
    let pieces = variants.iter().map(Piece::read).collect::<Result<Vec<_>>>()?;
    let rows = pieces.iter().try_fold(0, |sum: usize, piece| sum.checked_add(piece.batch.num_rows()));
    let rows = rows.unwrap_or(usize::MAX);
    checked_rows(rows)?;
    let kept = selected(union(&pieces)?, columns)?;
    let (mut fields, mut arrays) = axes(&pieces)?;
    for field in kept {
        if fields.iter().any(|axis| axis.name() == field.name()) {
            return Err(Error::params("a column is called like a collected axis")
                .found(field.name().as_str())
                .hint("choose the others in `columns`, or give the axis another name"));
        }
        arrays.push(below_each_other(&pieces, &field)?);
        fields.push(field);
    }
    assemble(fields, arrays, rows)
}

/// The table of a variant.
struct Piece<'a> {
    variant: &'a Variant,
    batch: RecordBatch,
}

impl<'a> Piece<'a> {
    fn read(variant: &'a Variant) -> Result<Self> {
        let table = whole(variant.table.as_ref()).map_err(|error| error.at_object(name(variant)))?;
        Ok(Self { variant, batch: table.batch().clone() })
    }
}

/// A variant in a message: `rank=4, fold=2`.
fn name(variant: &Variant) -> String {
    let labels = variant.labels.iter().map(|(axis, label)| format!("{axis}={label}"));
    labels.collect::<Vec<_>>().join(", ")
}

/// A column per axis.
fn axes(pieces: &[Piece<'_>]) -> Result<(Vec<Field>, Vec<ArrayRef>)> {
    let names =
        |piece: &Piece<'_>| piece.variant.labels.iter().map(|(axis, _)| axis.clone()).collect::<Vec<_>>();
    let axes = pieces.first().map(names).unwrap_or_default();
    if pieces.iter().any(|piece| names(piece) != axes) {
        return Err(Error::internal("the variants of an input do not have the same axes"));
    }
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (at, axis) in axes.iter().enumerate() {
        let labels = labels(pieces, at);
        fields.push(Field::new(axis, labels.data_type().clone(), false));
        arrays.push(labels);
    }
    Ok((fields, arrays))
}

/// The labels on the axis at `at`, once per row of their tables.
fn labels(pieces: &[Piece<'_>], at: usize) -> ArrayRef {
    let label =
        |piece: &Piece<'_>| piece.variant.labels.get(at).map_or("", |(_, label)| label.as_str()).to_owned();
    let labels: Vec<(String, usize)> =
        pieces.iter().map(|piece| (label(piece), piece.batch.num_rows())).collect();
    if let Some(whole) = all(&labels, |label| label.parse::<i64>().ok()) {
        return Arc::new(Int64Array::from_iter_values(whole));
    }
    // `nan` and `inf` are words of people who name their conditions, before they are numbers.
    let number = |label: &str| label.parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(numbers) = all(&labels, number) {
        return Arc::new(Float64Array::from_iter_values(numbers));
    }
    let rows = labels.iter().flat_map(|(label, rows)| std::iter::repeat_n(label.as_str(), *rows));
    Arc::new(rows.collect::<DictionaryArray<Int32Type>>())
}

/// The values that `read` gives for the labels, each as often as its table has rows, provided that it gives one for all.
fn all<T: Copy>(labels: &[(String, usize)], read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let values =
        labels.iter().map(|(label, rows)| Some((read(label)?, *rows))).collect::<Option<Vec<_>>>()?;
    Some(values.into_iter().flat_map(|(value, rows)| std::iter::repeat_n(value, rows)).collect())
}

/// The columns that any of the tables has. A column that one of them lacks may have gaps.
fn union(pieces: &[Piece<'_>]) -> Result<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for piece in pieces {
        for field in piece.batch.schema().fields() {
            match places.get(field.name()).and_then(|at| fields.get_mut(*at)) {
                None => {
                    places.insert(field.name().clone(), fields.len());
                    fields.push(field.as_ref().clone());
                }
                Some(known) => {
                    check_alike(known, field, piece.variant)?;
                    known.set_nullable(known.is_nullable() || field.is_nullable());
                }
            }
        }
    }
    for field in &mut fields {
        if pieces.iter().any(|piece| piece.batch.schema().index_of(field.name()).is_err()) {
            field.set_nullable(true);
        }
    }
    Ok(fields)
}

fn check_alike(known: &Field, field: &Field, variant: &Variant) -> Result<()> {
    let differs = |what: &str| {
        Error::data(format!("the column `{}` has another {what} than in the variants before", field.name()))
            .at_object(name(variant))
    };
    if known.data_type() != field.data_type() {
        let error =
            differs("type").expected(known.data_type().to_string()).found(field.data_type().to_string());
        return Err(error);
    }
    let unit = |field: &Field| field.metadata().get(UNIT).cloned().unwrap_or_else(|| "no unit".into());
    if unit(known) != unit(field) {
        return Err(differs("unit").expected(unit(known)).found(unit(field)));
    }
    Ok(())
}

fn selected(fields: Vec<Field>, columns: Option<&[String]>) -> Result<Vec<Field>> {
    let Some(columns) = columns else { return Ok(fields) };
    let schema = Schema::new(fields);
    let one = |column: &String| Ok(schema.field(place(&schema, column, "columns")?).clone());
    columns.iter().map(one).collect()
}

/// The column `field` of all tables, absent where a table lacks it.
fn below_each_other(pieces: &[Piece<'_>], field: &Field) -> Result<ArrayRef> {
    let of = |piece: &Piece<'_>| match piece.batch.column_by_name(field.name()) {
        Some(array) => Arc::clone(array),
        None => new_null_array(field.data_type(), piece.batch.num_rows()),
    };
    let arrays: Vec<ArrayRef> = pieces.iter().map(of).collect();
    if arrays.is_empty() {
        return Ok(new_null_array(field.data_type(), 0));
    }
    let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    concat(&arrays).map_err(|e| {
        Error::data(format!("the variants of a column do not fit into one: {e}"))
            .at_object(field.name().as_str())
            .hint("choose the columns that are needed in `columns`")
    })
}
