//! Which rows of two tables belong together.

use std::cmp::Ordering;

use neuroloom_core::Table;
use neuroloom_table::{Columns, NumberColumn, TextColumn, spec};

/// Rows of two tables that belong together.
#[derive(Debug)]
pub(super) struct Matched {
    /// The columns that tell so; none where the place does.
    pub matched_by: Vec<String>,
    /// A row of the first table and one of the second, in the order of the key.
    pub pairs: Vec<(usize, usize)>,
}

/// Matches rows by the key of the kind, where both tables are of one kind that has a key; else by their place. Of rows
/// with equal keys the first belongs to the first, and so on.
pub(super) fn matched(a: &Table, b: &Table) -> Matched {
    let names = if a.kind() == b.kind() { spec(b.kind()).map_or(&[][..], |spec| spec.key) } else { &[] };
    match (Keys::of(a, names), Keys::of(b, names)) {
        (Some(one), Some(other)) if !names.is_empty() && one.same_types(&other) => Matched {
            matched_by: names.iter().map(|&name| name.to_owned()).collect(),
            pairs: join(&one, &other),
        },
        _ => {
            let rows = a.n_rows().min(b.n_rows());
            Matched { matched_by: Vec::new(), pairs: (0..rows).map(|row| (row, row)).collect() }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Key<'a> {
    Text(TextColumn<'a>),
    Number(NumberColumn<'a>),
}

/// The key columns of a table, and its rows in their order.
struct Keys<'a> {
    columns: Vec<Key<'a>>,
    order: Vec<usize>,
}

impl<'a> Keys<'a> {
    /// None where a column is absent, or cannot be a key.
    fn of(table: &'a Table, names: &[&str]) -> Option<Self> {
        let text = |name: &str| table.text(name).map(Key::Text).ok();
        let number = |name: &str| table.numbers(name).map(Key::Number).ok();
        let columns =
            names.iter().map(|name| text(name).or_else(|| number(name))).collect::<Option<Vec<_>>>()?;
        let mut order: Vec<usize> = (0..table.n_rows()).collect();
        order.sort_by(|&one, &other| compare(&columns, one, &columns, other));
        Some(Self { columns, order })
    }

    fn same_types(&self, other: &Self) -> bool {
        let is_text = |key: &Key<'_>| matches!(key, Key::Text(_));
        self.columns.iter().map(is_text).eq(other.columns.iter().map(is_text))
    }
}

/// The merge join of two tables in the order of their keys.
fn join(a: &Keys<'_>, b: &Keys<'_>) -> Vec<(usize, usize)> {
    let mut pairs = Vec::with_capacity(a.order.len().min(b.order.len()));
    let (mut rows_a, mut rows_b) = (a.order.iter().copied().peekable(), b.order.iter().copied().peekable());
    while let (Some(&row_a), Some(&row_b)) = (rows_a.peek(), rows_b.peek()) {
        let order = compare(&a.columns, row_a, &b.columns, row_b);
        if order.is_eq() {
            pairs.push((row_a, row_b));
        }
        if order.is_le() {
            rows_a.next();
        }
        if order.is_ge() {
            rows_b.next();
        }
    }
    pairs
}

/// Absent values come first, NaN last.
fn compare(a: &[Key<'_>], row_a: usize, b: &[Key<'_>], row_b: usize) -> Ordering {
    let orders = a.iter().zip(b).map(|(one, other)| match (one, other) {
        (Key::Text(one), Key::Text(other)) => one.get(row_a).cmp(&other.get(row_b)),
        (Key::Number(one), Key::Number(other)) => match (one.get(row_a), other.get(row_b)) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            (one, other) => one.is_some().cmp(&other.is_some()),
        },
        (Key::Text(_), Key::Number(_)) => Ordering::Less,
        (Key::Number(_), Key::Text(_)) => Ordering::Greater,
    });
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use neuroloom_table::{TableBuilder, kinds};

    use super::*;

    #[test]
    fn rows_with_one_key_are_paired_in_turn() {
        let table = |units: &[&str]| {
            TableBuilder::new(kinds::SPIKES)
                .text("recording_id", units.iter().map(|_| "r"))
                .text("unit_id", units)
                .lists("spike_times_s", units.iter().map(|_| vec![0.0]))
                .finish()
                .unwrap()
        };
        let found = matched(&table(&["1", "2", "2", "4"]), &table(&["2", "2", "2", "3", "4"]));
        assert_eq!(found.pairs, [(1, 0), (2, 1), (3, 4)]);
        assert_eq!(found.matched_by, ["recording_id", "unit_id"]);
    }
}
