//! Readings out of the input table.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use crate::connectome::{ConnectomeParams, Reading, SourceEdges, source_edges};

/// The edges of every source in `table`, sorted by source.
pub(super) fn sources(table: &Table, params: &ConnectomeParams) -> Result<Vec<SourceEdges>> {
    let (names, units) = (table.text("source")?, table.text("weight_unit")?);
    let mut by_source: BTreeMap<&str, (&str, Vec<Reading>)> = BTreeMap::new();
    let columns = ReadingColumns::new(table)?;
    for row in 0..table.n_rows() {
        let (source, unit) = (names.get_or_empty(row), units.get_or_empty(row));
        let (expected, readings) = by_source.entry(source).or_insert((unit, Vec::new()));
        if *expected != unit {
            return Err(Error::data("a source has weights of two units")
                .at_object(format!("weight_unit of {source}"))
                .at_offset(row as u64)
                .expected(*expected)
                .found(unit));
        }
        readings.push(columns.reading(row));
    }
    let edges = by_source.into_iter().map(|(source, (unit, readings))| {
        source_edges(source, unit, &readings, params).map_err(|error| error.at_file(source))
    });
    edges.collect()
}

struct ReadingColumns<'a> {
    row: &'a arrow_array::Int64Array,
    pre: neuroloom_table::TextColumn<'a>,
    post: neuroloom_table::TextColumn<'a>,
    kind: neuroloom_table::TextColumn<'a>,
    weight: neuroloom_table::NumberColumn<'a>,
    q_value: neuroloom_table::NumberColumn<'a>,
}

impl<'a> ReadingColumns<'a> {
    fn new(table: &'a Table) -> Result<Self> {
        Ok(Self {
            row: table.integers("row")?,
            pre: table.text("pre")?,
            post: table.text("post")?,
            kind: table.text("type")?,
            weight: table.numbers("weight")?,
            q_value: table.numbers("q_value")?,
        })
    }

    fn reading(&self, row: usize) -> Reading {
        Reading {
            row: u64::try_from(self.row.value(row)).unwrap_or(0),
            pre: self.pre.get_or_empty(row).to_owned(),
            post: self.post.get_or_empty(row).to_owned(),
            kind: self.kind.get_or_empty(row).to_owned(),
            weight: self.weight.get(row).unwrap_or(f64::NAN),
            q_value: self.q_value.get(row),
        }
    }
}
