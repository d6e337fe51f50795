//! List columns of signals, rebuilt in the precision they had.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, ListArray, RecordBatch};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result, Table, Unit};
use neuroloom_table::{UNIT, check};

/// Most samples that one column of lists can hold: Arrow counts them in 32 bits.
pub(crate) const MAX_SAMPLES: usize = i32::MAX as usize;

/// `rows` as a list column of the same item type as column `like` of `table`.
pub(crate) fn lists_like(table: &Table, like: &str, rows: Vec<Vec<f64>>) -> ArrayRef {
    let narrow = DataType::List(Arc::new(Field::new_list_field(DataType::Float32, true)));
    let column = table.batch().column_by_name(like);
    if column.is_some_and(|column| *column.data_type() == narrow) {
        let rows = rows.into_iter().map(|row| Some(row.into_iter().map(|value| Some(value as f32))));
        Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(rows))
    } else {
        let rows = rows.into_iter().map(|row| Some(row.into_iter().map(Some)));
        Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(rows))
    }
}

/// `table` with some columns replaced, all others, the source's own included, kept. The rows must still be in
/// the order of the key.
pub(crate) fn with_columns(table: &Table, replaced: Vec<(&str, ArrayRef)>) -> Result<Table> {
    let batch = table.batch();
    let mut columns = batch.columns().to_vec();
    let mut fields: Vec<Field> = batch.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    for (name, array) in replaced {
        let (index, field) = fields
            .iter_mut()
            .enumerate()
            .find(|(_, field)| field.name() == name)
            .ok_or_else(|| Error::internal(format!("{} tables have no column {name:?}", table.kind())))?;
        field.set_data_type(array.data_type().clone());
        columns[index] = array;
    }
    let schema = Arc::new(arrow_schema::Schema::new(fields));
    let batch = RecordBatch::try_new(schema, columns)
        .map_err(|e| Error::internal(format!("{} table: {e}", table.kind())))?;
    check(table.kind(), batch)
}

/// The rows of `table` numbered in `rows`, in that order.
pub(crate) fn take_rows(table: &Table, rows: &[usize]) -> Result<Table> {
    let indices: arrow_array::UInt32Array = rows.iter().map(|&row| row as u32).collect();
    let batch = arrow_select::take::take_record_batch(table.batch(), &indices)
        .map_err(|e| Error::internal(format!("{} table: cannot take rows: {e}", table.kind())))?;
    Ok(Table::from_checked(table.kind(), batch))
}

/// `table`, of an open kind, with a further column at its end; one of the same name gives way to it.
pub(crate) fn with_extra(table: &Table, name: &str, unit: Option<&Unit>, array: ArrayRef) -> Result<Table> {
    let batch = table.batch();
    let schema = batch.schema();
    let kept = schema.fields().iter().zip(batch.columns()).filter(|(field, _)| field.name() != name);
    let (mut fields, mut columns): (Vec<Field>, Vec<ArrayRef>) =
        kept.map(|(field, column)| (field.as_ref().clone(), column.clone())).unzip();
    let metadata = unit.map(|unit| (UNIT.to_owned(), unit.as_str().to_owned()));
    fields.push(
        Field::new(name, array.data_type().clone(), true)
            .with_metadata(metadata.into_iter().collect::<HashMap<_, _>>()),
    );
    columns.push(array);
    let batch = RecordBatch::try_new(Arc::new(arrow_schema::Schema::new(fields)), columns)
        .map_err(|e| Error::internal(format!("{} table: {e}", table.kind())))?;
    check(table.kind(), batch)
}
