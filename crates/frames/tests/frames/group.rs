//! `group`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Array, Float64Array};
use neuroloom_frames::{Aggregation, Function, group};
use proptest::prelude::*;

use crate::support::{
    Row, close, columns, dictionary, integers, number_column, numbers, rows, says, table, text_column, texts,
    type_of, unit_of, words,
};

type Groups<'a> = BTreeMap<(Option<&'a str>, Option<i64>), Vec<&'a Row>>;

/// `None` comes before `Some` in Rust as well.
fn groups(rows: &[Row]) -> Groups<'_> {
    let mut groups = Groups::new();
    for row in rows {
        groups.entry((row.region.as_deref(), row.unit)).or_default().push(row);
    }
    groups
}

fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = q * (sorted.len().checked_sub(1)? as f64);
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    Some(sorted[low] + (sorted[high] - sorted[low]) * (place - place.floor()))
}

fn slow(function: Function, q: f64, values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let some = |value: f64| (!values.is_empty()).then_some(value);
    match function {
        Function::Mean => some(sum / n),
        Function::Sum => Some(sum),
        Function::Min => some(values.iter().copied().fold(f64::INFINITY, f64::min)),
        Function::Max => some(values.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        Function::Median => quantile(values, 0.5),
        Function::Quantile => quantile(values, q),
        Function::Std => {
            let squares: f64 = values.iter().map(|x| (x - sum / n).powi(2)).sum();
            (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
        }
        other => panic!("{other:?} is tested elsewhere"),
    }
}

const NUMERIC: [Function; 7] = [
    Function::Mean,
    Function::Sum,
    Function::Min,
    Function::Max,
    Function::Median,
    Function::Std,
    Function::Quantile,
];

fn named(function: Function, q: f64) -> (String, Aggregation) {
    let q = (function == Function::Quantile).then_some(q);
    (format!("{function:?}"), Aggregation { column: Some("rate_hz".into()), function, q })
}

proptest! {
    #[test]
    fn aggregates_are_those_of_a_loop(rows in rows(), q in 0.0..=1.0_f64) {
        let aggregations: BTreeMap<_, _> = NUMERIC.into_iter().map(|function| named(function, q)).collect();
        let grouped = group(&table(&rows), &words(&["region", "unit"]), &aggregations).unwrap();
        let groups = groups(&rows);
        let keys: Vec<_> = groups.keys().map(|(region, _)| region.map(str::to_owned)).collect();
        prop_assert_eq!(texts(&grouped, "region"), keys);
        prop_assert_eq!(integers(&grouped, "unit"), groups.keys().map(|(_, unit)| *unit).collect::<Vec<_>>());
        for function in NUMERIC {
            let name = format!("{function:?}");
            for (members, found) in groups.values().zip(numbers(&grouped, &name)) {
                let values: Vec<f64> = members.iter().filter_map(|row| row.rate).collect();
                let expected = slow(function, q, &values);
                prop_assert!(close(expected, found), "{} of {:?}: {:?}, not {:?}", name, values, found, expected);
            }
            prop_assert_eq!(unit_of(&grouped, &name), Some("Hz".to_owned()));
        }
        prop_assert_eq!(type_of(&grouped, "region"), dictionary());
    }

    #[test]
    fn counts_and_picked_values_are_those_of_a_loop(rows in rows()) {
        let of = |function, column: &str| Aggregation::new(function, column);
        let aggregations = BTreeMap::from([
            ("rows".to_owned(), Aggregation { column: None, function: Function::Count, q: None }),
            ("rates".to_owned(), of(Function::Count, "rate_hz")),
            ("different".to_owned(), of(Function::NUnique, "unit")),
            ("first".to_owned(), of(Function::First, "spike_times_s")),
            ("last".to_owned(), of(Function::Last, "region")),
            ("least".to_owned(), of(Function::Min, "region")),
        ]);
        let grouped = group(&table(&rows), &words(&["unit"]), &aggregations).unwrap();
        let mut groups: BTreeMap<Option<i64>, Vec<&Row>> = BTreeMap::new();
        rows.iter().for_each(|row| groups.entry(row.unit).or_default().push(row));
        let groups: Vec<&Vec<&Row>> = groups.values().collect();
        let count = |counts: fn(&Row) -> bool| -> Vec<Option<i64>> {
            groups.iter().map(|members| Some(members.iter().filter(|row| counts(row)).count() as i64)).collect()
        };
        prop_assert_eq!(integers(&grouped, "rows"), count(|_| true));
        prop_assert_eq!(integers(&grouped, "rates"), count(|row| row.rate.is_some()));
        prop_assert_eq!(integers(&grouped, "different"), vec![Some(1); groups.len()]);
        let last: Vec<_> = groups.iter().map(|g| g.last().unwrap().region.clone()).collect();
        prop_assert_eq!(texts(&grouped, "last"), last);
        let least: Vec<_> = groups.iter().map(|g| g.iter().filter_map(|r| r.region.clone()).min()).collect();
        prop_assert_eq!(texts(&grouped, "least"), least);
        let first = grouped.column_by_name("first").unwrap();
        let absent: Vec<_> = (0..first.len()).map(|row| first.is_null(row)).collect();
        prop_assert_eq!(absent, groups.iter().map(|g| g[0].spikes.is_none()).collect::<Vec<_>>());
        prop_assert_eq!(unit_of(&grouped, "first"), Some("s".to_owned()));
        prop_assert_eq!(unit_of(&grouped, "rows"), Some("1".to_owned()));
        prop_assert_eq!(type_of(&grouped, "last"), dictionary());
    }
}

#[test]
fn without_keys_all_rows_are_one_group() {
    let aggregations = BTreeMap::from([named(Function::Sum, 0.0), named(Function::Mean, 0.0)]);
    let grouped = group(&columns(vec![("rate_hz", number_column(&[1.0, 2.0]))]), &[], &aggregations).unwrap();
    assert_eq!((numbers(&grouped, "Sum"), numbers(&grouped, "Mean")), (vec![Some(3.0)], vec![Some(1.5)]));
    let grouped = group(&table(&[]), &[], &aggregations).unwrap();
    assert_eq!((numbers(&grouped, "Sum"), numbers(&grouped, "Mean")), (vec![Some(0.0)], vec![None]));
}

#[test]
fn nan_is_a_key_of_its_own_and_comes_last() {
    let keys =
        Float64Array::from(vec![Some(f64::NAN), Some(1.0), None, Some(f64::NAN), Some(-0.0), Some(0.0)]);
    let batch =
        columns(vec![("k", Arc::new(keys)), ("rate_hz", number_column(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))]);
    let grouped = group(&batch, &words(&["k"]), &BTreeMap::from([named(Function::Sum, 0.0)])).unwrap();
    assert_eq!(numbers(&grouped, "Sum"), [Some(3.0), Some(11.0), Some(2.0), Some(5.0)]);
}

#[test]
fn nan_spoils_a_mean_and_not_a_minimum() {
    let batch = columns(vec![("rate_hz", number_column(&[f64::NAN, 2.0, 1.0]))]);
    let aggregations = BTreeMap::from([named(Function::Mean, 0.0), named(Function::Min, 0.0)]);
    let grouped = group(&batch, &[], &aggregations).unwrap();
    assert!(numbers(&grouped, "Mean")[0].unwrap().is_nan());
    assert_eq!(numbers(&grouped, "Min"), [Some(1.0)]);
}

#[test]
fn mistakes_are_named() {
    let batch = columns(vec![("region", text_column(&["a"])), ("rate_hz", number_column(&[1.0]))]);
    let mistake = |by: &[&str], name: &str, function, column: &str| {
        let aggregations = BTreeMap::from([(name.to_owned(), Aggregation::new(function, column))]);
        group(&batch, &words(by), &aggregations).unwrap_err()
    };
    says(&mistake(&["regin"], "x", Function::Mean, "rate_hz"), &["`by`", "did you mean `region`?"]);
    says(&mistake(&[], "x", Function::Mean, "rate"), &["aggregations.x.column", "rate_hz"]);
    says(&mistake(&[], "x", Function::Mean, "region"), &["`mean` does not fit", "region", "numbers"]);
    says(&mistake(&["region"], "region", Function::Mean, "rate_hz"), &["two columns of one name"]);
    let lists = group(&table(&[]), &words(&["spike_times_s"]), &BTreeMap::new()).unwrap_err();
    says(&lists, &["cannot be grouped by", "spike_times_s"]);
}
