//! Tables as short texts.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, downcast_dictionary_array};
use arrow_schema::{DataType, FieldRef, Schema};
use neuroloom_core::Table;

use crate::ColumnSection;
use crate::number::significant;

/// Longest text of a cell, characters.
const MOST_CHARACTERS: usize = 60;
/// Items of a list that are shown before the `…`.
const FIRST_ITEMS: usize = 2;

/// Name, type, unit and meaning of every column of `schema`.
pub fn columns(schema: &Schema) -> Vec<ColumnSection> {
    let column = |field: &FieldRef| {
        let metadata = |key: &str| field.metadata().get(key).cloned().unwrap_or_default();
        ColumnSection {
            name: field.name().clone(),
            data_type: type_name(field.data_type()),
            unit: metadata(neuroloom_table::UNIT),
            doc: metadata(neuroloom_table::DOC),
        }
    };
    schema.fields().iter().map(column).collect()
}

/// The first `rows` rows of `table` as short texts, one per column: numbers to six digits, lists as
/// `[0.1, 0.2, … 8.5] (1200)` with their length, absent values as nothing.
pub fn preview(table: &Table, rows: usize) -> Vec<Vec<String>> {
    let batch = table.batch();
    let cells = |row: usize| batch.columns().iter().map(|column| cell(column, row)).collect();
    (0..rows.min(batch.num_rows())).map(cells).collect()
}

fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 => "text".to_owned(),
        DataType::Dictionary(_, values) => type_name(values),
        DataType::Boolean => "yes/no".to_owned(),
        DataType::Float32 => "number (32 bit)".to_owned(),
        DataType::Float64 => "number".to_owned(),
        integer if integer.is_integer() => "integer".to_owned(),
        DataType::List(item) | DataType::LargeList(item) => match type_name(item.data_type()).as_str() {
            "text" => "list of texts".to_owned(),
            "number" => "list of numbers".to_owned(),
            "number (32 bit)" => "list of numbers (32 bit)".to_owned(),
            other => format!("list of {other}"),
        },
        other => other.to_string(),
    }
}

/// The value in `row`, which must be a row of `array`.
fn cell(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return String::new();
    }
    match array.data_type() {
        DataType::Utf8 => short(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => short(array.as_string::<i64>().value(row)),
        DataType::Boolean => if array.as_boolean().value(row) { "yes" } else { "no" }.to_owned(),
        DataType::Float64 => significant(array.as_primitive::<Float64Type>().value(row), 6),
        DataType::Float32 => significant(f64::from(array.as_primitive::<Float32Type>().value(row)), 6),
        DataType::Dictionary(..) => dictionary_cell(array, row),
        DataType::List(_) => list_cell(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list_cell(&array.as_list::<i64>().value(row)),
        _ => integer_cell(array, row),
    }
}

fn dictionary_cell(array: &ArrayRef, row: usize) -> String {
    downcast_dictionary_array!(
        array => array.key(row).map(|key| cell(array.values(), key)).unwrap_or_default(),
        _ => String::new()
    )
}

fn integer_cell(array: &ArrayRef, row: usize) -> String {
    fn value<T: ArrowPrimitiveType>(array: &ArrayRef, row: usize) -> Option<String>
    where
        T::Native: ToString,
    {
        Some(array.as_primitive_opt::<T>()?.value(row).to_string())
    }
    let readers = [
        value::<Int64Type>,
        value::<Int32Type>,
        value::<Int16Type>,
        value::<Int8Type>,
        value::<UInt64Type>,
        value::<UInt32Type>,
        value::<UInt16Type>,
        value::<UInt8Type>,
    ];
    let text = readers.iter().find_map(|read| read(array, row));
    text.unwrap_or_else(|| format!("({})", array.data_type()))
}

fn list_cell(items: &ArrayRef) -> String {
    let n = items.len();
    let item = |i: usize| if items.is_null(i) { "absent".to_owned() } else { cell(items, i) };
    if n <= FIRST_ITEMS + 2 {
        return short(&format!("[{}]", (0..n).map(item).collect::<Vec<_>>().join(", ")));
    }
    let first = (0..FIRST_ITEMS).map(item).collect::<Vec<_>>().join(", ");
    format!("[{}, … {}] ({n})", short(&first), short(&item(n - 1)))
}

fn short(text: &str) -> String {
    if text.chars().count() <= MOST_CHARACTERS {
        return text.to_owned();
    }
    text.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::UInt8Type;
    use arrow_array::{DictionaryArray, Int16Array, RecordBatch};
    use neuroloom_core::TableKind;
    use neuroloom_table::{TableBuilder, kinds};

    use super::*;

    fn spikes() -> Table {
        TableBuilder::new(kinds::SPIKES)
            .text("recording_id", ["a", "a", "b"])
            .text("unit_id", ["1", "2", "3"])
            .lists("spike_times_s", [vec![0.1 + 0.2, f64::NAN], (0..1200).map(f64::from).collect(), vec![]])
            .finish()
            .unwrap()
    }

    fn column(rows: &[Vec<String>], table: &Table, name: &str) -> Vec<String> {
        let i = table.batch().schema().index_of(name).unwrap();
        rows.iter().map(|row| row[i].clone()).collect()
    }

    #[test]
    fn long_lists_keep_their_ends_and_length() {
        let table = spikes();
        let rows = preview(&table, 10);
        assert_eq!(column(&rows, &table, "spike_times_s"), ["[0.3, NaN]", "[0, 1, … 1199] (1200)", "[]"]);
        assert_eq!(column(&rows, &table, "region"), ["", "", ""]);
        assert_eq!(preview(&table, 1).len(), 1);
    }

    #[test]
    fn a_schema_says_units_and_meaning() {
        let columns = columns(&spikes().batch().schema());
        let times = columns.iter().find(|column| column.name == "spike_times_s").unwrap();
        assert_eq!((times.data_type.as_str(), times.unit.as_str()), ("list of numbers", "s"));
        assert!(columns.iter().all(|column| !column.doc.is_empty()));
    }

    #[test]
    fn foreign_types_have_a_text() {
        let narrow: ArrayRef = Arc::new(Int16Array::from(vec![Some(-3), None]));
        let keys: ArrayRef = Arc::new(DictionaryArray::<UInt8Type>::from_iter(["x", "y"]));
        let odd: ArrayRef = Arc::new(arrow_array::Date32Array::from(vec![1, 2]));
        let long: ArrayRef = Arc::new(arrow_array::StringArray::from(vec!["é".repeat(500), "b".into()]));
        let columns = [("narrow", narrow), ("keys", keys), ("odd", odd), ("long", long)];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(n, a)| (n, a, true))).unwrap();
        let rows = preview(&Table::from_checked(TableKind::new("any"), batch), 5);
        assert_eq!(rows[0][..3], ["-3", "x", "(Date32)"]);
        assert_eq!(rows[1][..2], ["", "y"]);
        assert_eq!(rows[0][3].chars().count(), MOST_CHARACTERS);
    }
}
