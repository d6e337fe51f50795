//! Two tables: their rows and columns, and how far apart the values are.

use std::collections::BTreeMap;

use neuroloom_core::{Result, Table};
use neuroloom_pipeline::manifest::TableRecord;
use serde::Serialize;

use super::column::{self, ColumnDifference};
use super::rows;
use super::tasks::{Role, both};
use crate::run::Run;

/// A table that is not the same bytes in two runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableDifference {
    /// The port of the task.
    pub port: String,
    /// Kind of table.
    pub kind: String,
    /// In what it differs.
    #[serde(flatten)]
    pub state: TableState,
}

/// In what a table differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TableState {
    /// Only the first run has it.
    OnlyInA {
        /// Its rows.
        rows: u64,
    },
    /// Only the second run has it.
    OnlyInB {
        /// Its rows.
        rows: u64,
    },
    /// Both have it.
    Differs(Box<Contents>),
}

/// In what the contents of two tables differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contents {
    /// The columns whose values tell which rows belong together; none where rows are matched by their place.
    pub matched_by: Vec<String>,
    /// Rows that both have.
    pub rows_in_both: usize,
    /// Rows that only the first has.
    pub rows_only_in_a: usize,
    /// Rows that only the second has.
    pub rows_only_in_b: usize,
    /// Columns that only the first has.
    pub columns_only_in_a: Vec<String>,
    /// Columns that only the second has.
    pub columns_only_in_b: Vec<String>,
    /// Columns of other types; their values are not compared.
    pub retyped: Vec<Retyped>,
    /// The columns with values that differ in rows that both have.
    pub columns: Vec<ColumnDifference>,
}

/// A column that has another type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retyped {
    /// Its name.
    pub column: String,
    /// Its Arrow type in the first table.
    pub a: String,
    /// Its Arrow type in the second table.
    pub b: String,
}

impl TableDifference {
    /// A table that one run alone has.
    pub(super) fn alone(port: &str, table: &TableRecord, role: Role) -> Self {
        let rows = table.rows;
        let state = match role {
            Role::OnlyInA => TableState::OnlyInA { rows },
            _ => TableState::OnlyInB { rows },
        };
        Self { port: port.to_owned(), kind: table.kind.clone(), state }
    }
}

/// The tables of a task that differ. What has equal digests is equal and is not read.
pub(super) fn compare_all(
    a: &Run,
    b: &Run,
    one: &BTreeMap<String, TableRecord>,
    other: &BTreeMap<String, TableRecord>,
) -> Result<Vec<TableDifference>> {
    let mut found = Vec::new();
    for (port, one, other) in both(one, other) {
        match (one, other) {
            (Some(one), Some(other)) if one.digest == other.digest => {}
            (Some(one), Some(other)) => {
                let contents = compare(&a.table(one)?, &b.table(other)?)?;
                let state = TableState::Differs(Box::new(contents));
                found.push(TableDifference { port: port.to_owned(), kind: other.kind.clone(), state });
            }
            (Some(table), None) => found.push(TableDifference::alone(port, table, Role::OnlyInA)),
            (None, Some(table)) => found.push(TableDifference::alone(port, table, Role::OnlyInB)),
            (None, None) => {}
        }
    }
    Ok(found)
}

/// Compares two tables: rows by the key of their kind, columns by name.
///
/// # Errors
/// An internal error where the values of a column cannot be shown.
pub(super) fn compare(a: &Table, b: &Table) -> Result<Contents> {
    let rows = rows::matched(a, b);
    let (schema_a, schema_b) = (a.batch().schema(), b.batch().schema());
    let mut retyped = Vec::new();
    let mut columns = Vec::new();
    for field in schema_b.fields() {
        let name = field.name().as_str();
        let Ok(before) = schema_a.field_with_name(name) else { continue };
        if column::comparable(before.data_type(), field.data_type()) {
            columns.extend(column::compare(a, b, name, &rows.pairs)?);
        } else {
            let (a, b) = (before.data_type().to_string(), field.data_type().to_string());
            retyped.push(Retyped { column: name.to_owned(), a, b });
        }
    }
    Ok(Contents {
        rows_in_both: rows.pairs.len(),
        rows_only_in_a: a.n_rows().saturating_sub(rows.pairs.len()),
        rows_only_in_b: b.n_rows().saturating_sub(rows.pairs.len()),
        matched_by: rows.matched_by,
        columns_only_in_a: missing(a, b),
        columns_only_in_b: missing(b, a),
        retyped,
        columns,
    })
}

/// The columns of `a` that `b` lacks.
fn missing(a: &Table, b: &Table) -> Vec<String> {
    let (fields, other) = (a.batch().schema(), b.batch().schema());
    let names = fields.fields().iter().map(|field| field.name());
    names.filter(|name| other.field_with_name(name).is_err()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use neuroloom_table::{TableBuilder, kinds};

    use super::*;

    fn responses(rows: &[(&str, f64)]) -> Table {
        let n = rows.len();
        TableBuilder::new(kinds::RESPONSES)
            .text("recording_id", vec!["r"; n])
            .text("unit_id", rows.iter().map(|row| row.0))
            .text("condition", vec!["c"; n])
            .integers("fold", vec![0; n])
            .numbers("response", rows.iter().map(|row| row.1))
            .text("response_unit", vec!["Hz"; n])
            .finish()
            .unwrap()
    }

    fn traces(rows: &[(&str, &[f64])], wide: bool) -> Table {
        let n = rows.len();
        let builder = TableBuilder::new(kinds::TRACES)
            .text("recording_id", vec!["r"; n])
            .text("unit_id", rows.iter().map(|row| row.0))
            .text("signal", vec!["dff"; n])
            .integers("segment", vec![0; n])
            .text("trace_unit", vec!["1"; n]);
        let values: Vec<Vec<f64>> = rows.iter().map(|row| row.1.to_vec()).collect();
        let narrow = values.iter().map(|row| row.iter().map(|&value| value as f32).collect::<Vec<f32>>());
        let builder =
            if wide { builder.lists("trace", values.clone()) } else { builder.lists_f32("trace", narrow) };
        builder.finish().unwrap()
    }

    #[test]
    fn rows_are_matched_by_key_not_by_place() {
        let (a, b) = (responses(&[("1", 1.0), ("2", 2.0), ("3", 3.0)]), responses(&[("2", 2.5), ("3", 3.0)]));
        let found = compare(&a, &b).unwrap();
        assert_eq!((found.rows_in_both, found.rows_only_in_a, found.rows_only_in_b), (2, 1, 0));
        let [column] = found.columns.as_slice() else { panic!("{found:?}") };
        let distance = column.numbers.as_ref().unwrap();
        assert_eq!((column.column.as_str(), column.rows, distance.differing), ("response", 1, 1));
        assert_eq!((distance.max_absolute, distance.max_relative), (Some(0.5), Some(0.2)));
        assert_eq!(distance.correlation, None, "two values always correlate");
    }

    #[test]
    fn nan_differs_from_a_number_and_not_from_nan() {
        let (a, b) = (
            responses(&[("1", f64::NAN), ("2", f64::NAN), ("3", 1.0)]),
            responses(&[("1", f64::NAN), ("2", 2.0), ("3", f64::INFINITY)]),
        );
        let found = compare(&a, &b).unwrap();
        let distance = found.columns[0].numbers.clone().unwrap();
        assert_eq!((distance.not_finite, distance.differing, distance.max_absolute), (2, 0, None));
    }

    #[test]
    fn lists_are_compared_item_by_item_also_across_precisions() {
        let a = traces(&[("1", &[1.0, 2.0, 4.0]), ("2", &[0.5])], true);
        let b = traces(&[("1", &[1.0, 2.0, 3.0]), ("2", &[0.5, 0.5])], false);
        let found = compare(&a, &b).unwrap();
        let column = found.columns.iter().find(|column| column.column == "trace").unwrap();
        let distance = column.numbers.as_ref().unwrap();
        assert_eq!((column.rows, distance.values, distance.differing, distance.lengths), (2, 3, 1, 1));
        assert_eq!(distance.max_absolute, Some(1.0));
    }

    #[test]
    fn text_columns_count_rows_and_absent_values() {
        let table = |regions: [Option<&str>; 3]| {
            TableBuilder::new(kinds::SPIKES)
                .text("recording_id", ["r"; 3])
                .text("unit_id", ["1", "2", "3"])
                .optional_text("region", regions)
                .lists("spike_times_s", [vec![], vec![], vec![]])
                .finish()
                .unwrap()
        };
        let found = compare(&table([Some("a"), Some("b"), None]), &table([Some("a"), Some("c"), Some("c")]));
        let column = found.unwrap().columns.remove(0);
        assert_eq!((column.column.as_str(), column.rows, column.absent), ("region", 2, 1));
        assert_eq!(column.numbers, None);
    }
}
