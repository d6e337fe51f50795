//! `explode`.

use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, Float64Array, ListArray, RecordBatch};
use neuroloom_frames::explode;
use proptest::prelude::*;

use crate::support::{
    columns, dictionary, names, number_column, numbers, rows, says, table, text_column, texts, type_of,
    unit_of, words,
};

proptest! {
    #[test]
    fn every_item_has_a_row(rows in rows(), skip in 0..5_usize) {
        // A slice: its lists do not begin at the first item of the buffer.
        let batch = table(&rows);
        let skip = skip.min(rows.len());
        let long = explode(&batch.slice(skip, rows.len() - skip), &words(&["spike_times_s"]), false).unwrap();
        let mut expected = Vec::new();
        for row in &rows[skip..] {
            for item in row.spikes.iter().flatten() {
                expected.push((row.region.clone(), row.rate, Some(*item)));
            }
        }
        let found = texts(&long, "region").into_iter().zip(numbers(&long, "rate_hz"));
        let found = found.zip(numbers(&long, "spike_times_s")).map(|((region, rate), item)| (region, rate, item));
        prop_assert_eq!(found.collect::<Vec<_>>(), expected);
        prop_assert_eq!(names(&long), names(&batch));
        prop_assert_eq!(unit_of(&long, "spike_times_s"), Some("s".to_owned()));
        prop_assert_eq!(type_of(&long, "region"), dictionary());
    }
}

fn lists(lists: &[Option<&[f64]>]) -> ArrayRef {
    let lists = lists.iter().map(|list| list.map(|list| list.iter().map(|x| Some(*x))));
    Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(lists))
}

fn traces(value: ArrayRef, t: &[Option<&[f64]>]) -> RecordBatch {
    columns(vec![
        ("unit_id", text_column(&["a", "b"])),
        ("t0_s", Arc::new(Float64Array::from(vec![Some(10.0), None]))),
        ("dt_s", Arc::new(Float64Array::from(vec![Some(0.5), None]))),
        ("t_s", lists(t)),
        ("value", value),
    ])
}

#[test]
fn every_sample_gets_its_time() {
    let value = lists(&[Some(&[1.0, 2.0, 3.0]), Some(&[4.0, 5.0])]);
    let long = explode(&traces(value, &[None, Some(&[7.0, 9.5])]), &words(&["value"]), true).unwrap();
    assert_eq!(names(&long), ["unit_id", "value", "t_s"]);
    assert_eq!(numbers(&long, "t_s"), [10.0, 10.5, 11.0, 7.0, 9.5].map(Some));
    assert_eq!(numbers(&long, "value"), [1.0, 2.0, 3.0, 4.0, 5.0].map(Some));
    assert_eq!(unit_of(&long, "t_s").as_deref(), Some("s"));
}

#[test]
fn samples_of_32_bits_stay_so() {
    let rows = vec![Some(vec![Some(1.0_f32)]), Some(vec![Some(2.0), Some(3.0)])];
    let value: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(rows));
    let long = explode(&columns(vec![("value", value)]), &words(&["value"]), false).unwrap();
    assert_eq!(type_of(&long, "value"), arrow_schema::DataType::Float32);
    assert_eq!(long.num_rows(), 3);
}

#[test]
fn items_under_an_absent_list_do_not_count() {
    let values: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0, 4.0]));
    let field = Arc::new(arrow_schema::Field::new_list_field(arrow_schema::DataType::Float64, true));
    let offsets = vec![0, 1, 3, 4];
    let list = ListArray::try_new(
        field,
        arrow_buffer::OffsetBuffer::new(offsets.into()),
        values,
        Some(vec![true, false, true].into()),
    );
    let list: ArrayRef = Arc::new(list.unwrap());
    assert_eq!(list.null_count(), 1);
    let long = explode(&columns(vec![("x", list)]), &words(&["x"]), false).unwrap();
    assert_eq!(numbers(&long, "x"), [Some(1.0), Some(4.0)]);
}

#[test]
fn mistakes_are_named() {
    let value = || lists(&[Some(&[1.0, 2.0]), Some(&[4.0, 5.0])]);
    let mistake =
        |batch: &RecordBatch, columns: &[&str], time| explode(batch, &words(columns), time).unwrap_err();
    let good = traces(value(), &[None, Some(&[7.0, 9.5])]);
    says(&mistake(&good, &["valu"], false), &["`columns`", "did you mean `value`?"]);
    says(&mistake(&good, &["unit_id"], false), &["has no lists", "unit_id"]);
    says(&mistake(&traces(value(), &[None, Some(&[7.0])]), &["value"], true), &["2 times", "1", "t_s at 1"]);
    says(&mistake(&traces(value(), &[None, None]), &["value"], true), &["no time base", "t_s at 1"]);
    says(
        &mistake(&columns(vec![("value", value())]), &["value"], true),
        &["has no time base", "leave `time` out"],
    );
    let two = columns(vec![("a", value()), ("b", lists(&[Some(&[1.0, 2.0]), None]))]);
    says(&mistake(&two, &["a", "b"], false), &["differ in length", "b at 1", "2 items", "0 items"]);
    let text = columns(vec![
        ("value", value()),
        ("t0_s", text_column(&["x", "y"])),
        ("dt_s", number_column(&[1.0; 2])),
    ]);
    says(&mistake(&text, &["value"], true), &["t0_s", "Float64"]);
}
