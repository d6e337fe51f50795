//! Splitting the rows of an intervals table.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray};
use neuroloom_core::{Error, Result, Seed, Table};
use neuroloom_table::Columns;

use super::{Part, SplitParams, assign};
use crate::signal_lists::{with_columns, with_extra};
use crate::{IntervalSelector, listing};

/// The part of every interval; none for those that are not chosen.
pub(super) fn parts(
    intervals: &Table,
    chosen: &IntervalSelector,
    params: &SplitParams,
    seed: Seed,
) -> Result<Vec<Option<Part>>> {
    let mut parts = vec![None; intervals.n_rows()];
    let recordings = intervals.text("recording_id")?;
    let mut by_recording: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in chosen.rows(intervals)? {
        by_recording.entry(recordings.get_or_empty(row)).or_default().push(row);
    }
    for (recording, rows) in by_recording {
        let strata = strata(intervals, params.stratify_by.as_deref(), &rows)?;
        let assigned = assign(&strata, params.fractions, seed.child(recording));
        for (row, part) in rows.into_iter().zip(assigned) {
            parts[row] = Some(part);
        }
    }
    Ok(parts)
}

/// The stratum of each of `rows`: the rank of its value in `column`, all the same without one.
fn strata(intervals: &Table, column: Option<&str>, rows: &[usize]) -> Result<Vec<usize>> {
    let Some(column) = column else { return Ok(vec![0; rows.len()]) };
    let value = |row: usize| match (intervals.text(column), intervals.numbers(column)) {
        (Ok(words), _) => Ok(words.get(row).map(str::to_owned)),
        (_, Ok(numbers)) => Ok(numbers.get(row).map(|number| number.to_string())),
        _ => {
            let schema = intervals.batch().schema();
            Err(Error::data("the intervals have no such column of words or numbers")
                .at_object("stratify_by")
                .expected(format!("{column:?}"))
                .found(listing(schema.fields().iter().map(|field| field.name().as_str()))))
        }
    };
    let values = rows.iter().map(|&row| value(row)).collect::<Result<Vec<Option<String>>>>()?;
    let mut distinct = values.clone();
    distinct.sort();
    distinct.dedup();
    Ok(values.iter().map(|value| distinct.partition_point(|other| other < value)).collect())
}

/// The intervals with their part as a column and as one more tag.
pub(super) fn tagged(intervals: &Table, parts: &[Option<Part>]) -> Result<Table> {
    let tags = intervals.text_lists("tags")?;
    let mut lists = ListBuilder::new(StringBuilder::new());
    for (row, part) in parts.iter().enumerate() {
        // Parts of an earlier split give way to the new one.
        let is_part = |tag: &str| Part::ALL.iter().any(|part| part.name() == tag);
        let old = tags.get(row).into_iter().filter(|tag| part.is_none() || !is_part(tag));
        lists.append_value(old.chain(part.map(|part| part.name().to_owned())).map(Some));
    }
    let table = with_columns(intervals, vec![("tags", Arc::new(lists.finish()))])?;
    let names: DictionaryArray<Int32Type> = parts.iter().map(|part| part.map(Part::name)).collect();
    let names: ArrayRef = Arc::new(names);
    with_extra(&table, "split", None, names)
}
