//! `query`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use neuroloom_frames::query;
use proptest::prelude::*;

use crate::support::{
    close, columns, dictionary, integers, names, number_column, numbers, rows, rows_of, says, table,
    text_column, texts, type_of, unit_of,
};

fn ask(tables: &[(&str, &RecordBatch)], text: &str) -> RecordBatch {
    query(tables, text).unwrap_or_else(|error| panic!("{text}: {}", error.report()))
}

proptest! {
    #[test]
    fn everything_comes_back_as_it_was(rows in rows()) {
        let batch = table(&rows);
        let all = ask(&[("a", &batch)], "SELECT * FROM a");
        prop_assert_eq!(all.schema(), batch.schema());
        prop_assert_eq!(rows_of(&all), rows);
    }

    #[test]
    fn grouped_means_are_those_of_a_loop(rows in rows()) {
        let text = "SELECT region, avg(rate_hz) AS mean_hz, count(*) AS n FROM t GROUP BY region ORDER BY region NULLS FIRST";
        let answer = ask(&[("t", &table(&rows))], text);
        let mut groups: BTreeMap<Option<String>, Vec<Option<f64>>> = BTreeMap::new();
        rows.iter().for_each(|row| groups.entry(row.region.clone()).or_default().push(row.rate));
        prop_assert_eq!(texts(&answer, "region"), groups.keys().cloned().collect::<Vec<_>>());
        let counts: Vec<_> = groups.values().map(|rates| Some(rates.len() as i64)).collect();
        prop_assert_eq!(integers(&answer, "n"), counts);
        for (rates, found) in groups.values().zip(numbers(&answer, "mean_hz")) {
            let rates: Vec<f64> = rates.iter().flatten().copied().collect();
            let mean = (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64);
            prop_assert!(close(mean, found), "{:?}, not {:?}", found, mean);
        }
        prop_assert_eq!(unit_of(&answer, "mean_hz"), Some("Hz".to_owned()));
        prop_assert_eq!(type_of(&answer, "region"), dictionary());
    }

    #[test]
    fn the_same_question_has_the_same_answer(rows in rows()) {
        let batch = table(&rows);
        // No ORDER BY, and groups.
        let text = "SELECT region, unit, sum(rate_hz) FROM a GROUP BY region, unit";
        prop_assert_eq!(ask(&[("a", &batch)], text), ask(&[("a", &batch)], text));
    }
}

fn units() -> (RecordBatch, RecordBatch) {
    use crate::support::Row;
    let row = |region: &str, unit, rate| Row {
        region: Some(region.into()),
        unit: Some(unit),
        rate: Some(rate),
        spikes: None,
    };
    let left = table(&[row("adn", 1, 4.0), row("ca1", 2, 1.0), row("adn", 3, 6.0)]);
    let depth = columns(vec![
        ("unit", Arc::new(arrow_array::Int64Array::from(vec![1, 3]))),
        ("rate_hz", number_column(&[0.1, 0.2])),
    ]);
    (left, depth)
}

#[test]
fn tables_are_joined() {
    let (a, b) = units();
    let answer =
        ask(&[("a", &a), ("b", &b)], "SELECT a.unit, b.rate_hz AS other FROM a JOIN b ON a.unit = b.unit");
    assert_eq!(integers(&answer, "unit"), [Some(1), Some(3)]);
    assert_eq!(numbers(&answer, "other"), [Some(0.1), Some(0.2)]);
}

#[test]
fn a_unit_is_kept_where_it_is_known_and_nowhere_else() {
    let (a, b) = units();
    let unit = |text: &str, column: &str| unit_of(&ask(&[("a", &a), ("b", &b)], text), column);
    let hertz = Some("Hz".to_owned());
    assert_eq!(unit("SELECT rate_hz AS r FROM a", "r"), hertz);
    assert_eq!(unit("SELECT x.rate_hz FROM a AS x WHERE unit > 1", "rate_hz"), hertz);
    assert_eq!(unit("SELECT max(rate_hz) FROM a", "rate_hz"), hertz);
    assert_eq!(unit("SELECT stddev(rate_hz) AS s FROM a GROUP BY region", "s"), hertz);
    assert_eq!(unit("SELECT (rate_hz) AS r FROM a ORDER BY r LIMIT 1", "r"), hertz);
    assert_eq!(unit("SELECT rate_hz * 1000 AS rate_hz FROM a", "rate_hz"), None);
    assert_eq!(unit("SELECT count(rate_hz) AS n FROM a", "n"), None);
    assert_eq!(unit("SELECT b.rate_hz AS r FROM a JOIN b USING (unit)", "r"), None);
    assert_eq!(
        unit("WITH a AS (SELECT rate_hz * 2 AS rate_hz FROM b) SELECT rate_hz FROM a", "rate_hz"),
        None
    );
    assert_eq!(unit("SELECT rate_hz FROM (SELECT rate_hz / 2 AS rate_hz FROM a) AS x", "rate_hz"), None);
    assert_eq!(unit("SELECT rate_hz FROM b UNION ALL SELECT rate_hz FROM b", "rate_hz"), None);
}

#[test]
fn wildcards_keep_units_and_dictionaries() {
    let (a, b) = units();
    let answer = ask(&[("a", &a), ("b", &b)], "SELECT * FROM a JOIN b ON a.unit = b.unit");
    assert_eq!(unit_of(&answer, "rate_hz").as_deref(), Some("Hz"));
    assert_eq!(type_of(&answer, "region"), dictionary());
    assert!(names(&answer).contains(&"rate_hz:b".to_owned()), "{:?}", names(&answer));
    assert_eq!(unit_of(&answer, "rate_hz:b"), None);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let (a, b) = units();
    let mistake = |text: &str| query(&[("a", &a), ("depths", &b)], text).unwrap_err();
    says(&mistake("SELEC * FROM a"), &["SQL cannot be read", "SELEC", "Line: 1, Column: 1"]);
    says(&mistake("SELECT *\nFROM a WHERE"), &["SQL cannot be read"]);
    says(&mistake("SELECT rate FROM a"), &["no column `rate`", "rate_hz"]);
    says(&mistake("SELECT * FROM depth"), &["no table `depth`", "a, depths", "did you mean `depths`?"]);
    says(&mistake("SELECT * FROM read_csv('/etc/passwd')"), &["no table `read_csv`"]);
    says(&mistake("SELECT * FROM a WHERE unit IN (SELECT unit FROM dephts)"), &["did you mean `depths`?"]);
    says(&mistake("DROP TABLE a"), &["no question"]);
    says(&mistake("CREATE TABLE x AS SELECT * FROM a"), &["no question"]);
    says(&mistake("SELECT 1; SELECT 2"), &["not exactly one statement", "2 statements"]);
    says(&mistake(""), &["not exactly one statement", "0 statements"]);
    says(&mistake("SELECT frobnicate(unit) FROM a"), &["frobnicate"]);
    mistake("SELECT region + 1 FROM a");
    mistake(&format!("SELECT {}1{} FROM a", "(".repeat(5000), ")".repeat(5000)));
    mistake(&format!("SELECT * FROM a WHERE region = '{}'", "x".repeat(1 << 20)));
}

#[test]
fn common_tables_are_tables() {
    let (a, _) = units();
    let text = "WITH fast AS (SELECT * FROM a WHERE rate_hz > 2) SELECT count(*) AS n FROM fast";
    assert_eq!(integers(&ask(&[("a", &a)], text), "n"), [Some(2)]);
}

#[test]
fn an_answer_without_rows_has_its_columns() {
    let (a, _) = units();
    let answer = ask(&[("a", &a)], "SELECT region, rate_hz FROM a WHERE unit > 100");
    assert_eq!((answer.num_rows(), names(&answer)), (0, vec!["region".to_owned(), "rate_hz".to_owned()]));
    assert_eq!(type_of(&answer, "region"), dictionary());
}

#[test]
fn text_survives_in_any_arrow_type() {
    let long = "a text that is longer than twelve bytes";
    let view: arrow_array::ArrayRef = Arc::new(arrow_array::StringViewArray::from(vec![long, "b"]));
    let large: arrow_array::ArrayRef = Arc::new(arrow_array::LargeStringArray::from(vec![long, "b"]));
    let small: arrow_array::ArrayRef = Arc::new(arrow_array::Int8Array::from(vec![-1, 2]));
    let batch = columns(vec![("v", view), ("l", large), ("s", small), ("t", text_column(&[long, "é"]))]);
    let answer = ask(&[("a", &batch)], "SELECT v, l, s, upper(t) AS t FROM a ORDER BY s DESC");
    assert_eq!(texts(&answer, "v"), [Some("b".to_owned()), Some(long.to_owned())]);
    assert_eq!(texts(&answer, "l"), texts(&answer, "v"));
    assert_eq!(texts(&answer, "t"), [Some("É".to_owned()), Some(long.to_uppercase())]);
    assert_eq!(integers(&answer, "s"), [Some(2), Some(-1)]);
}
