//! Building tables: columns in, a checked and sorted table out.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::{Float32Type, Float64Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch,
    RecordBatchOptions, StringArray, UInt32Array, new_null_array,
};
use arrow_schema::{Field, Schema};
use neuroloom_core::{Error, Result, Table, TableKind, Unit};

use crate::column::UNIT;
use crate::columns::{Columns, SortKey};
use crate::{ColumnSpec, ColumnType, check, spec};

/// Collects the columns of a table; [`finish`](Self::finish) checks and sorts them.
#[derive(Debug)]
pub struct TableBuilder {
    kind: TableKind,
    columns: HashMap<String, ArrayRef>,
    extra: Vec<(Field, ArrayRef)>,
    mistake: Option<Error>,
}

impl TableBuilder {
    /// A table of `kind` without columns yet. Nullable columns that are never given stay null.
    pub fn new(kind: TableKind) -> Self {
        Self { kind, columns: HashMap::new(), extra: Vec::new(), mistake: None }
    }

    /// A column of ids or text.
    #[must_use]
    pub fn text<T: AsRef<str>>(self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.optional_text(name, values.into_iter().map(Some))
    }

    /// A column of ids or text with gaps.
    #[must_use]
    pub fn optional_text<T: AsRef<str>>(
        self,
        name: &str,
        values: impl IntoIterator<Item = Option<T>>,
    ) -> Self {
        let plain = self.spec_of(name).is_some_and(|column| column.column_type == ColumnType::Text);
        let array = text_array(values, plain);
        self.array(name, array)
    }

    /// A column of numbers.
    #[must_use]
    pub fn numbers(self, name: &str, values: impl IntoIterator<Item = f64>) -> Self {
        self.array(name, Arc::new(Float64Array::from_iter_values(values)))
    }

    /// A column of numbers with gaps.
    #[must_use]
    pub fn optional_numbers(self, name: &str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        self.array(name, Arc::new(values.into_iter().collect::<Float64Array>()))
    }

    /// A column of integers.
    #[must_use]
    pub fn integers(self, name: &str, values: impl IntoIterator<Item = i64>) -> Self {
        self.array(name, Arc::new(Int64Array::from_iter_values(values)))
    }

    /// A column of integers with gaps.
    #[must_use]
    pub fn optional_integers(self, name: &str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.array(name, Arc::new(values.into_iter().collect::<Int64Array>()))
    }

    /// A column of truth values with gaps.
    #[must_use]
    pub fn optional_bools(self, name: &str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        self.array(name, Arc::new(values.into_iter().collect::<BooleanArray>()))
    }

    /// A column of lists of 64-bit floats.
    #[must_use]
    pub fn lists(self, name: &str, values: impl IntoIterator<Item = Vec<f64>>) -> Self {
        self.optional_lists(name, values.into_iter().map(Some))
    }

    /// A column of lists of 64-bit floats with gaps.
    #[must_use]
    pub fn optional_lists(self, name: &str, values: impl IntoIterator<Item = Option<Vec<f64>>>) -> Self {
        let rows = values.into_iter().map(|row| row.map(|row| row.into_iter().map(Some)));
        self.array(name, Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(rows)))
    }

    /// A column of lists of 32-bit floats.
    #[must_use]
    pub fn lists_f32(self, name: &str, values: impl IntoIterator<Item = Vec<f32>>) -> Self {
        let rows = values.into_iter().map(|row| Some(row.into_iter().map(Some)));
        self.array(name, Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(rows)))
    }

    /// A column of lists of strings with gaps.
    #[must_use]
    pub fn optional_text_lists(
        self,
        name: &str,
        values: impl IntoIterator<Item = Option<Vec<String>>>,
    ) -> Self {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for row in values {
            match row {
                Some(items) => builder.append_value(items.into_iter().map(Some)),
                None => builder.append_null(),
            }
        }
        self.array(name, Arc::new(builder.finish()))
    }

    /// A column as an Arrow array, for bulk data that should not be copied.
    #[must_use]
    pub fn array(mut self, name: &str, array: ArrayRef) -> Self {
        if self.spec_of(name).is_none() {
            let error = Error::internal(format!("{} tables have no column {name:?}", self.kind));
            self.mistake.get_or_insert(error);
        }
        self.columns.insert(name.to_owned(), array);
        self
    }

    /// A further column of an open kind, in the order of the calls. Give the unit where it has one.
    #[must_use]
    pub fn extra(mut self, name: &str, unit: Option<&Unit>, array: ArrayRef) -> Self {
        let metadata: HashMap<_, _> =
            unit.map(|unit| (UNIT.to_owned(), unit.as_str().to_owned())).into_iter().collect();
        let field = Field::new(name, array.data_type().clone(), true).with_metadata(metadata);
        self.extra.push((field, array));
        self
    }

    /// The table, checked against the schema of its kind and sorted by its key (stably).
    ///
    /// # Errors
    /// When a column that must be there is not, has another type or length, or lacks values.
    pub fn finish(mut self) -> Result<Table> {
        if let Some(mistake) = self.mistake.take() {
            return Err(mistake);
        }
        let spec = spec(self.kind)?;
        let mut arrays = self.columns.values().chain(self.extra.iter().map(|(_, array)| array));
        let n_rows = arrays.next().map_or(0, Array::len);
        let mut fields = Vec::with_capacity(spec.columns.len() + self.extra.len());
        let mut arrays = Vec::with_capacity(fields.capacity());
        for column in spec.columns {
            let (field, array) = self.take(column, n_rows)?;
            fields.push(field);
            arrays.push(array);
        }
        for (field, array) in self.extra {
            fields.push(field);
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(n_rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .map_err(|e| Error::internal(format!("{} table: {e}", self.kind)))?;
        sorted(&check(self.kind, batch)?, spec.key)
    }

    fn take(&mut self, column: &ColumnSpec, n_rows: usize) -> Result<(Field, ArrayRef)> {
        let mut field = column.field();
        match self.columns.remove(column.name) {
            Some(array) if !column.nullable && array.null_count() > 0 => {
                Err(Error::data(format!("{} table: a column lacks values", self.kind))
                    .at_object(column.name)
                    .expected("a value in every row")
                    .found(format!("{} nulls", array.null_count())))
            }
            Some(array) => {
                if column.column_type.admits(array.data_type()) {
                    field.set_data_type(array.data_type().clone());
                }
                Ok((field, array))
            }
            None if column.nullable => {
                let array = new_null_array(field.data_type(), n_rows);
                Ok((field, array))
            }
            None => {
                Err(Error::internal(format!("{} table: column {:?} was never given", self.kind, column.name)))
            }
        }
    }

    fn spec_of(&self, name: &str) -> Option<&'static ColumnSpec> {
        spec(self.kind).ok()?.column(name)
    }
}

fn text_array<T: AsRef<str>>(values: impl IntoIterator<Item = Option<T>>, plain: bool) -> ArrayRef {
    let values: Vec<Option<T>> = values.into_iter().collect();
    let texts = values.iter().map(|value| value.as_ref().map(AsRef::as_ref));
    if plain {
        Arc::new(texts.collect::<StringArray>())
    } else {
        Arc::new(texts.collect::<DictionaryArray<Int32Type>>())
    }
}

/// Rows in the order of the key. Nulls come first, NaN last. Tables that are sorted already are not copied.
fn sorted(table: &Table, key: &[&str]) -> Result<Table> {
    let keys = table.sort_keys(key)?;
    let compare = |a: usize, b: usize| SortKey::compare_all(&keys, a, b);
    let n_rows = table.n_rows();
    if (1..n_rows).all(|row| compare(row - 1, row).is_le()) {
        return Ok(table.clone());
    }
    let mut order: Vec<usize> = (0..n_rows).collect();
    order.sort_by(|&a, &b| compare(a, b));
    let indices: UInt32Array = order.into_iter().map(|row| row as u32).collect();
    let batch = arrow_select::take::take_record_batch(table.batch(), &indices)
        .map_err(|e| Error::internal(format!("{} table: cannot sort: {e}", table.kind())))?;
    Ok(Table::from_checked(table.kind(), batch))
}
