//! Several tables of one kind as one: the rows of all, in the order of the key.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::{RecordBatch, UInt32Array};
use arrow_schema::SchemaRef;
use neuroloom_core::{Error, Result, Table, TableKind, TableParts};

use crate::columns::SortKey;
use crate::{Columns, spec, whole};

/// Tables of one kind whose rows do not share a key: the recordings of a collection, say.
#[derive(Debug)]
pub struct Joined {
    kind: TableKind,
    tables: Vec<Arc<dyn TableParts>>,
}

impl Joined {
    /// Puts `tables` together, at least one.
    ///
    /// # Errors
    /// When they are of several kinds.
    pub fn new(tables: Vec<Arc<dyn TableParts>>) -> Result<Self> {
        let kind = tables.first().map(|table| table.kind());
        let kind = kind.ok_or_else(|| Error::internal("no table to put together"))?;
        match tables.iter().find(|table| table.kind() != kind) {
            None => Ok(Self { kind, tables }),
            Some(other) => Err(Error::data("tables of several kinds cannot be put together")
                .expected(format!("a {kind} table"))
                .found(format!("a {} table", other.kind()))),
        }
    }

    /// All rows in one table.
    ///
    /// # Errors
    /// When a table cannot be read, the columns differ, or rows of two tables have the same key.
    pub fn whole(&self) -> Result<Table> {
        let tables = self.tables.iter().map(|table| whole(table.as_ref())).collect::<Result<Vec<_>>>()?;
        let schema = self.one_schema(&tables)?;
        let joined = arrow_select::concat::concat_batches(&schema, tables.iter().map(Table::batch));
        let joined = Table::from_checked(self.kind, joined.map_err(|e| self.failed(&e))?);
        let owners: Vec<usize> = tables
            .iter()
            .enumerate()
            .flat_map(|(at, table)| std::iter::repeat_n(at, table.n_rows()))
            .collect();
        let keys = joined.sort_keys(spec(self.kind)?.key)?;
        let compare = |a: usize, b: usize| SortKey::compare_all(&keys, a, b);
        let mut order: Vec<usize> = (0..joined.n_rows()).collect();
        order.sort_by(|&a, &b| compare(a, b));
        let same = |pair: &&[usize]| matches!(pair, [a, b] if compare(*a, *b).is_eq() && owners.get(*a) != owners.get(*b));
        if let Some(&[row, _]) = order.windows(2).find(same) {
            return Err(self.repeated(&joined, row));
        }
        let indices: UInt32Array = order.into_iter().map(|row| row as u32).collect();
        let batch = arrow_select::take::take_record_batch(joined.batch(), &indices);
        Ok(Table::from_checked(self.kind, batch.map_err(|e| self.failed(&e))?))
    }

    /// The same tables, so that the rows are in the order of the key from table to table.
    ///
    /// # Errors
    /// When a table cannot be read, the columns differ, or two tables begin with the same key.
    pub fn in_order(self) -> Result<Self> {
        let mut first: Vec<(Table, Arc<dyn TableParts>)> = Vec::new();
        for table in &self.tables {
            if table.n_rows() > 0 {
                first.push((head(table.as_ref())?, Arc::clone(table)));
            }
        }
        let heads: Vec<Table> = first.iter().map(|(head, _)| head.clone()).collect();
        let schema = self.one_schema(&heads)?;
        let heads = arrow_select::concat::concat_batches(&schema, heads.iter().map(Table::batch));
        let heads = Table::from_checked(self.kind, heads.map_err(|e| self.failed(&e))?);
        let keys = heads.sort_keys(spec(self.kind)?.key)?;
        let compare = |a: usize, b: usize| SortKey::compare_all(&keys, a, b);
        let mut order: Vec<usize> = (0..first.len()).collect();
        order.sort_by(|&a, &b| compare(a, b));
        let same = |pair: &&[usize]| matches!(pair, [a, b] if compare(*a, *b) == Ordering::Equal);
        if let Some(&[row, _]) = order.windows(2).find(same) {
            return Err(self.repeated(&heads, row));
        }
        let sorted = order.into_iter().filter_map(|at| Some(Arc::clone(&first.get(at)?.1)));
        let tables: Vec<_> = sorted.collect();
        // Tables without rows say nothing but their columns: one of them will do where there is nothing else.
        let tables = if tables.is_empty() { self.tables.into_iter().take(1).collect() } else { tables };
        Ok(Self { kind: self.kind, tables })
    }

    fn one_schema(&self, tables: &[Table]) -> Result<SchemaRef> {
        let mut schemas = tables.iter().map(|table| table.batch().schema());
        let Some(first) = schemas.next() else { return Ok(spec(self.kind)?.arrow()) };
        match schemas.find(|other| *other != first) {
            None => Ok(first),
            Some(other) => {
                let names = |schema: &SchemaRef| {
                    let fields = schema.fields().iter().map(|f| format!("{} {}", f.name(), f.data_type()));
                    fields.collect::<Vec<_>>().join(", ")
                };
                Err(Error::data(format!("{} tables with other columns cannot be put together", self.kind))
                    .expected(names(&first))
                    .found(names(&other)))
            }
        }
    }

    fn repeated(&self, table: &Table, row: usize) -> Error {
        let key = spec(self.kind).map(|spec| spec.key).unwrap_or_default();
        let value = |name: &&str| match (table.text(name), table.numbers(name)) {
            (Ok(texts), _) => format!("{name} {}", texts.get(row).unwrap_or("null")),
            (_, Ok(numbers)) => format!("{name} {}", numbers.get(row).unwrap_or(f64::NAN)),
            _ => (*name).to_owned(),
        };
        let found = key.iter().map(value).collect::<Vec<_>>().join(", ");
        Error::data(format!(
            "rows of two {} tables have the same key: together they could not be told apart",
            self.kind
        ))
        .expected(format!("another ({}) in each", key.join(", ")))
        .found(found)
        .hint("collect them with `table.collect`, which adds a column for each axis")
    }

    fn failed(&self, error: &arrow_schema::ArrowError) -> Error {
        Error::internal(format!("{} tables cannot be put together: {error}", self.kind))
    }
}

/// The first row.
fn head(table: &dyn TableParts) -> Result<Table> {
    for index in 0..table.n_parts() {
        let part = table.part(index)?;
        if part.n_rows() > 0 {
            let batch: RecordBatch = part.batch().slice(0, 1);
            return Ok(Table::from_checked(part.kind(), batch));
        }
    }
    Err(Error::internal("a table with rows has none"))
}

impl TableParts for Joined {
    fn kind(&self) -> TableKind {
        self.kind
    }

    fn n_rows(&self) -> usize {
        self.tables.iter().map(|table| table.n_rows()).sum()
    }

    fn n_parts(&self) -> usize {
        self.tables.iter().map(|table| table.n_parts()).sum()
    }

    fn part(&self, index: usize) -> Result<Table> {
        let mut left = index;
        for table in &self.tables {
            if left < table.n_parts() {
                return table.part(left);
            }
            left -= table.n_parts();
        }
        Err(Error::internal(format!("the tables have no part {index} together")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TableBuilder, kinds};

    fn spikes(recording: &str, units: &[&str]) -> Arc<dyn TableParts> {
        let builder = TableBuilder::new(kinds::SPIKES)
            .text("recording_id", units.iter().map(|_| recording))
            .text("unit_id", units)
            .lists("spike_times_s", units.iter().map(|_| vec![1.0]));
        Arc::new(builder.finish().unwrap())
    }

    fn recordings(table: &Table) -> Vec<String> {
        let column = table.text("recording_id").unwrap();
        (0..table.n_rows()).map(|row| column.get(row).unwrap().to_owned()).collect()
    }

    #[test]
    fn rows_of_all_are_sorted_by_the_key() {
        let joined = || Joined::new(vec![spikes("b", &["1", "2"]), spikes("c", &[]), spikes("a", &["1"])]);
        assert_eq!(recordings(&joined().unwrap().whole().unwrap()), ["a", "b", "b"]);
        let parts = joined().unwrap().in_order().unwrap();
        assert_eq!((parts.n_parts(), parts.n_rows()), (2, 3));
        assert_eq!(recordings(&parts.part(0).unwrap()), ["a"]);
        assert_eq!(whole(&parts).unwrap().batch(), joined().unwrap().whole().unwrap().batch());
    }

    #[test]
    fn rows_that_could_not_be_told_apart_are_refused() {
        let joined = || Joined::new(vec![spikes("a", &["1"]), spikes("a", &["1", "2"])]).unwrap();
        for error in [joined().whole().unwrap_err(), joined().in_order().unwrap_err()] {
            assert!(error.report().contains("recording_id a, unit_id 1"), "{}", error.report());
        }
    }

    #[test]
    fn tables_of_several_kinds_are_refused() {
        let other = TableBuilder::new(kinds::TABLE).finish().unwrap();
        assert!(Joined::new(vec![spikes("a", &["1"]), Arc::new(other)]).is_err());
    }
}
