//! Conditions of a responses table, in their order.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

/// A stimulus, or a bin of a behavioural variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Its label.
    pub label: String,
    /// Its value, where it has one.
    pub value: Option<f64>,
}

/// The conditions that stand in `rows`: by value where all have one, otherwise by the bytes of their labels.
///
/// # Errors
/// When a condition has two values, or one that is not finite.
pub fn conditions(table: &Table, rows: impl IntoIterator<Item = usize>) -> Result<Vec<Condition>> {
    let (labels, values) = (table.text("condition")?, table.numbers("condition_value")?);
    let mut known: BTreeMap<&str, Option<f64>> = BTreeMap::new();
    for row in rows {
        let (label, value) = (labels.get_or_empty(row), values.get(row));
        let wrong = |message: &str| {
            Error::data(format!("responses: {message}")).at_object(format!("condition {label:?}"))
        };
        if value.is_some_and(|value| !value.is_finite()) {
            return Err(wrong("the value of a condition is not finite").at_offset(row as u64));
        }
        let first = *known.entry(label).or_insert(value);
        if first != value {
            return Err(wrong("a condition has two values")
                .expected(format!("condition_value {first:?} in all its rows"))
                .found(format!("{value:?} in row {row}")));
        }
    }
    let mut conditions: Vec<Condition> =
        known.into_iter().map(|(label, value)| Condition { label: label.to_owned(), value }).collect();
    if let Some(values) = condition_values(&conditions) {
        let mut order: Vec<usize> = (0..conditions.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        conditions = order.into_iter().map(|place| conditions[place].clone()).collect();
    }
    Ok(conditions)
}

/// The values, where all conditions have one.
pub fn condition_values(conditions: &[Condition]) -> Option<Vec<f64>> {
    conditions.iter().map(|condition| condition.value).collect()
}

/// Their labels.
pub fn labels(conditions: &[Condition]) -> Vec<String> {
    conditions.iter().map(|condition| condition.label.clone()).collect()
}
