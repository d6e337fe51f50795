//! Random tables, and their rows as plain values.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use neuroloom_core::Error;
use neuroloom_table::UNIT;
use proptest::prelude::*;

/// A neuron.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// A dictionary column.
    pub region: Option<String>,
    /// Integers.
    pub unit: Option<i64>,
    /// Numbers in Hz.
    pub rate: Option<f64>,
    /// Lists of numbers in seconds.
    pub spikes: Option<Vec<f64>>,
}

pub fn rows() -> impl Strategy<Value = Vec<Row>> {
    let region = prop::option::of(prop::sample::select(vec!["", "adn", "ca1", "a region with a long name"]));
    let unit = prop::option::weighted(0.9, 0..4_i64);
    let rate = prop::option::weighted(0.8, (-20..20_i32).prop_map(|x| f64::from(x) / 8.0));
    let spikes = prop::option::weighted(0.8, prop::collection::vec((0..100_i32).prop_map(f64::from), 0..4));
    let row = (region, unit, rate, spikes).prop_map(|(region, unit, rate, spikes)| Row {
        region: region.map(str::to_owned),
        unit,
        rate,
        spikes,
    });
    prop::collection::vec(row, 0..40)
}

pub fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

pub fn field(name: &str, data_type: &DataType, unit: Option<&str>) -> Field {
    let metadata: HashMap<_, _> = unit.map(|unit| (UNIT.to_owned(), unit.to_owned())).into_iter().collect();
    Field::new(name, data_type.clone(), true).with_metadata(metadata)
}

/// The columns `region`, `unit`, `rate_hz` and `spike_times_s`.
pub fn table(rows: &[Row]) -> RecordBatch {
    let regions: DictionaryArray<Int32Type> = rows.iter().map(|row| row.region.as_deref()).collect();
    let units: Int64Array = rows.iter().map(|row| row.unit).collect();
    let rates: Float64Array = rows.iter().map(|row| row.rate).collect();
    let lists = rows.iter().map(|row| row.spikes.as_ref().map(|list| list.iter().map(|x| Some(*x))));
    let lists = ListArray::from_iter_primitive::<Float64Type, _, _>(lists);
    let arrays: Vec<ArrayRef> = vec![Arc::new(regions), Arc::new(units), Arc::new(rates), Arc::new(lists)];
    let named = [("region", None), ("unit", None), ("rate_hz", Some("Hz")), ("spike_times_s", Some("s"))];
    let fields = named.iter().zip(&arrays).map(|((name, unit), array)| field(name, array.data_type(), *unit));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), arrays).unwrap()
}

/// The rows of a table with the columns of [`table`].
pub fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    let region = texts(batch, "region");
    let unit = integers(batch, "unit");
    let rate = numbers(batch, "rate_hz");
    let lists = batch.column_by_name("spike_times_s").unwrap().as_list::<i32>().clone();
    let spikes =
        lists.iter().map(|list| list.map(|list| list.as_primitive::<Float64Type>().values().to_vec()));
    let columns = region.into_iter().zip(unit).zip(rate.into_iter().zip(spikes));
    columns.map(|((region, unit), (rate, spikes))| Row { region, unit, rate, spikes }).collect()
}

/// A column of ids or text.
pub fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let array = batch.column_by_name(name).unwrap_or_else(|| panic!("no {name} in {:?}", batch.schema()));
    let plain = arrow_cast::cast(array, &DataType::Utf8).unwrap();
    plain.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

pub fn integers(batch: &RecordBatch, name: &str) -> Vec<Option<i64>> {
    batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().iter().collect()
}

pub fn numbers(batch: &RecordBatch, name: &str) -> Vec<Option<f64>> {
    batch.column_by_name(name).unwrap().as_primitive::<Float64Type>().iter().collect()
}

pub fn names(batch: &RecordBatch) -> Vec<String> {
    batch.schema().fields().iter().map(|field| field.name().clone()).collect()
}

pub fn unit_of(batch: &RecordBatch, name: &str) -> Option<String> {
    batch.schema().field_with_name(name).unwrap().metadata().get(UNIT).cloned()
}

pub fn type_of(batch: &RecordBatch, name: &str) -> DataType {
    batch.schema().field_with_name(name).unwrap().data_type().clone()
}

/// Columns of text or numbers, for tests of one thing.
pub fn columns(named: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(named.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

pub fn text_column(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

pub fn number_column(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

pub fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Whether all of the error's report has `parts`.
pub fn says(error: &Error, parts: &[&str]) {
    let report = error.report();
    for part in parts {
        assert!(report.contains(part), "{part:?} is not in:\n{report}");
    }
}

pub fn close(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            (one - other).abs() < 1e-12 * (1.0 + one.abs()) || (one.is_nan() && other.is_nan())
        }
        (None, None) => true,
        _ => false,
    }
}
