//! `pivot`.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_frames::{Function, Pivot, pivot};
use proptest::prelude::*;

use crate::support::{
    columns, names, number_column, numbers, rows, says, table, text_column, texts, unit_of, words,
};

proptest! {
    #[test]
    fn cells_are_those_of_a_map(rows in rows()) {
        let (index, on) = (words(&["region"]), "unit");
        let wide = pivot(&table(&rows), &Pivot { index: &index, on, values: "rate_hz", aggregate: Function::Max });
        let wide = wide.unwrap();
        let units: BTreeSet<Option<i64>> = rows.iter().map(|row| row.unit).collect();
        let heading = |unit: &Option<i64>| unit.map_or("null".to_owned(), |unit| unit.to_string());
        let expected: Vec<String> =
            ["region".to_owned()].into_iter().chain(units.iter().map(heading)).collect();
        prop_assert_eq!(names(&wide), expected);
        let regions: BTreeSet<Option<String>> = rows.iter().map(|row| row.region.clone()).collect();
        prop_assert_eq!(texts(&wide, "region"), regions.iter().cloned().collect::<Vec<_>>());
        let mut cells: BTreeMap<_, f64> = BTreeMap::new();
        for row in &rows {
            if let Some(rate) = row.rate {
                let cell = cells.entry((row.region.clone(), row.unit)).or_insert(f64::NEG_INFINITY);
                *cell = cell.max(rate);
            }
        }
        for unit in &units {
            let column: Vec<_> = regions.iter().map(|r| cells.get(&(r.clone(), *unit)).copied()).collect();
            prop_assert_eq!(numbers(&wide, &heading(unit)), column);
            prop_assert_eq!(unit_of(&wide, &heading(unit)), Some("Hz".to_owned()));
        }
    }
}

fn wide(index: &[&str], on: &str, values: &str, aggregate: Function) -> neuroloom_core::Result<Vec<String>> {
    let batch = columns(vec![
        ("region", text_column(&["b", "a", "a"])),
        ("measure", text_column(&["rate", "depth", "rate"])),
        ("value", number_column(&[1.0, 2.0, 3.0])),
    ]);
    let wide = pivot(&batch, &Pivot { index: &words(index), on, values, aggregate })?;
    Ok(names(&wide))
}

#[test]
fn without_an_index_there_is_one_row() {
    let batch = columns(vec![("k", text_column(&["b", "a", "b"])), ("x", number_column(&[1.0, 2.0, 3.0]))]);
    let wide = pivot(&batch, &Pivot { index: &[], on: "k", values: "x", aggregate: Function::Sum }).unwrap();
    assert_eq!((names(&wide), wide.num_rows()), (words(&["a", "b"]), 1));
    assert_eq!((numbers(&wide, "a"), numbers(&wide, "b")), (vec![Some(2.0)], vec![Some(4.0)]));
}

#[test]
fn mistakes_are_named() {
    assert_eq!(wide(&["region"], "measure", "value", Function::Mean).unwrap(), ["region", "depth", "rate"]);
    let mistake = |index: &[&str], on, values, f| wide(index, on, values, f).unwrap_err();
    says(&mistake(&["region"], "mesure", "value", Function::Mean), &["`on`", "did you mean `measure`?"]);
    says(&mistake(&["region"], "measure", "valu", Function::Mean), &["`values`", "did you mean `value`?"]);
    says(&mistake(&["region"], "value", "measure", Function::Mean), &["does not fit", "measure"]);
    let many: Vec<f64> = (0..10_001).map(f64::from).collect();
    let batch = columns(vec![("k", number_column(&many)), ("x", number_column(&many))]);
    let error = pivot(&batch, &Pivot { index: &[], on: "k", values: "x", aggregate: Function::Sum });
    says(&error.unwrap_err(), &["too many values", "10001"]);
}
