//! `filter`.

use neuroloom_frames::filter;
use proptest::prelude::*;

use crate::support::{Row, columns, number_column, rows, rows_of, says, table, text_column};

/// A condition, and the same in Rust.
type Case = (&'static str, fn(&Row) -> bool);

proptest! {
    #[test]
    fn filter_keeps_the_rows_that_a_loop_keeps(rows in rows()) {
        let cases: [Case; 7] = [
            ("region = 'adn'", |row| row.region.as_deref() == Some("adn")),
            ("rate_hz > 0.5 AND unit < 2", |row| {
                row.rate.is_some_and(|x| x > 0.5) && row.unit.is_some_and(|x| x < 2)
            }),
            ("region IN ('adn', 'ca1') OR unit = 3", |row| {
                row.region.as_deref().is_some_and(|r| r == "adn" || r == "ca1") || row.unit == Some(3)
            }),
            ("NOT (rate_hz BETWEEN -1 AND 1)", |row| row.rate.is_some_and(|x| !(-1.0..=1.0).contains(&x))),
            ("region LIKE '%long%'", |row| row.region.as_deref().is_some_and(|r| r.contains("long"))),
            ("rate_hz IS NULL", |row| row.rate.is_none()),
            ("1 = 1", |_| true),
        ];
        let batch = table(&rows);
        for (condition, holds) in cases {
            let kept = filter(&batch, condition).unwrap();
            let expected: Vec<Row> = rows.iter().filter(|row| holds(row)).cloned().collect();
            prop_assert_eq!(rows_of(&kept), expected, "{}", condition);
            prop_assert_eq!(kept.schema(), batch.schema(), "types, units and dictionaries stay");
        }
    }

    #[test]
    fn an_aggregate_stands_for_all_rows(rows in rows()) {
        let kept = filter(&table(&rows), "rate_hz > avg(rate_hz)").unwrap();
        let rates: Vec<f64> = rows.iter().filter_map(|row| row.rate).collect();
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        // All rates are multiples of 1/8: away from the mean by more than rounding, or equal to it.
        let expected = rows.iter().filter(|row| row.rate.is_some_and(|x| x > mean + 1e-9)).count();
        let at_most = rows.iter().filter(|row| row.rate.is_some_and(|x| x > mean - 1e-9)).count();
        prop_assert!((expected..=at_most).contains(&kept.num_rows()));
    }
}

#[test]
fn names_may_have_any_characters() {
    let batch =
        columns(vec![("firing rate (Hz)", number_column(&[1.0, 3.0])), ("select", text_column(&["a", "b"]))]);
    assert_eq!(filter(&batch, "\"firing rate (Hz)\" > 2 AND \"select\" = 'b'").unwrap().num_rows(), 1);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let batch = table(&[]);
    let mistake = |condition: &str| filter(&batch, condition).unwrap_err();
    says(&mistake("rate_hz >"), &["SQL cannot be read", "rate_hz >"]);
    says(&mistake("regoin = 'adn'"), &["where", "regoin", "rate_hz", "did you mean `region`?"]);
    says(&mistake("rate_hz > 1 rate_hz"), &["goes on", "line 1, column 13"]);
    says(&mistake("rate_hz + 1"), &["neither true nor false"]);
    says(&mistake("region = 'a"), &["Unterminated", "Line: 1, Column: 10"]);
    says(&mistake("frobnicate(rate_hz) > 1"), &["frobnicate"]);
    mistake("rate_hz IN (SELECT 1)");
    mistake("");
}

#[test]
fn a_text_is_not_compared_with_a_number() {
    let batch = columns(vec![("region", text_column(&["adn"])), ("x", number_column(&[1.0]))]);
    says(&filter(&batch, "region > 5").unwrap_err(), &["compare"]);
}

#[test]
fn nothing_fulfils_what_is_unknown() {
    let batch = columns(vec![("x", number_column(&[1.0, 2.0]))]);
    assert_eq!(filter(&batch, "x > NULL").unwrap().num_rows(), 0);
    assert_eq!(filter(&batch, "x = 1 OR NULL").unwrap().num_rows(), 1);
}
