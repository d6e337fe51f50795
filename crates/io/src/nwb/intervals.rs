//! Tables of intervals: trials, epochs and the like, under one another in one table.

use std::collections::BTreeMap;

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::extra;
use super::names;
use super::table::{DynamicTable, row_range};
use super::units::free_name;
use crate::further_column::Column;
use crate::hdf5::File;
use crate::span::Span;

const KNOWN_COLUMNS: [&str; 4] = ["start_time", "stop_time", "tags", "timeseries"];

/// Number of intervals in the tables at `paths`, by the headers.
///
/// # Errors
/// When a table has no ids.
pub(super) fn count(file: &File, paths: &[String]) -> Result<u64> {
    paths.iter().map(|path| Ok(DynamicTable::open(file, path)?.n_rows() as u64)).sum()
}

/// Reads the tables at `paths`. Columns of one name in several tables become one column, with gaps where a
/// table lacks it.
///
/// # Errors
/// When a table lacks start or end, or is damaged.
pub(super) fn read(
    file: &File,
    recording_id: &str,
    paths: &[String],
    notes: &mut Vec<String>,
) -> Result<(Table, Span)> {
    let mut rows = Rows::default();
    let borrowed: Vec<&str> = paths.iter().map(String::as_str).collect();
    let sets = names::unique(&borrowed, |path| names::last(path).to_owned());
    for (path, set) in paths.iter().zip(sets) {
        rows.append(&DynamicTable::open(file, path)?, path, &set, notes)?;
    }
    let mut span = Span::default();
    span.add_all(&rows.start_s);
    span.add_all(&rows.stop_s);
    Ok((rows.table(recording_id)?, span))
}

#[derive(Default)]
struct Rows {
    set: Vec<String>,
    id: Vec<i64>,
    start_s: Vec<f64>,
    stop_s: Vec<f64>,
    tags: Vec<Option<Vec<String>>>,
    further: BTreeMap<String, Column>,
}

impl Rows {
    fn append(
        &mut self,
        table: &DynamicTable<'_>,
        path: &str,
        set: &str,
        notes: &mut Vec<String>,
    ) -> Result<()> {
        for needed in ["start_time", "stop_time"] {
            if !table.has(needed)? {
                return Err(table.missing(needed));
            }
        }
        let before = self.id.len();
        self.set.extend(std::iter::repeat_n(set.to_owned(), table.n_rows()));
        self.id.extend(table.ids()?);
        self.start_s.extend(table.numbers::<f64>("start_time")?);
        self.stop_s.extend(table.numbers::<f64>("stop_time")?);
        self.tags.extend(tags(table)?);
        let (further, left_out) = extra::columns(table, &KNOWN_COLUMNS)?;
        notes.extend(
            left_out.iter().map(|name| format!("{path}/{name}: not one value per interval; left out")),
        );
        for (name, column) in further {
            let name = free_name(kinds::INTERVALS, &name)?;
            let above = self.further.remove(&name).unwrap_or_else(|| column.gaps(before));
            self.further.insert(name, above.followed_by(column));
        }
        self.fill_gaps(table.n_rows());
        Ok(())
    }

    /// Gaps in the columns that the table added last does not have.
    fn fill_gaps(&mut self, n_added: usize) {
        let n = self.id.len();
        for column in self.further.values_mut() {
            if column.len() < n {
                let gaps = column.gaps(n_added);
                *column = std::mem::replace(column, gaps.gaps(0)).followed_by(gaps);
            }
        }
    }

    fn table(self, recording_id: &str) -> Result<Table> {
        let mut builder = TableBuilder::new(kinds::INTERVALS)
            .text("recording_id", std::iter::repeat_n(recording_id, self.id.len()))
            .text("interval_set", &self.set)
            .integers("interval_id", self.id)
            .numbers("start_s", self.start_s)
            .numbers("stop_s", self.stop_s)
            .optional_text_lists("tags", self.tags);
        for (name, column) in self.further {
            builder = builder.extra(&name, None, column.into_array());
        }
        builder.finish()
    }
}

/// The labels of every interval: a list per row, or one label per row.
fn tags(table: &DynamicTable<'_>) -> Result<Vec<Option<Vec<String>>>> {
    if !table.has("tags")? {
        return Ok(vec![None; table.n_rows()]);
    }
    let labels = table.file().texts(&table.path_of("tags"))?;
    let offsets = table.offsets("tags")?;
    let of_row = |row| labels.get(row_range(&offsets, row)).unwrap_or_default().to_vec();
    Ok((0..table.n_rows()).map(|row| Some(of_row(row))).collect())
}
