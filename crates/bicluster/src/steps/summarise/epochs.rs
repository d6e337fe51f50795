//! Which known state a bin is in.

use std::collections::BTreeSet;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::index::Recording;

/// The set of intervals that is meant.
///
/// # Errors
/// When it is not there, or none is named and there are several.
pub(super) fn chosen_set(table: &Table, asked: Option<&str>) -> Result<String> {
    let column = table.text("interval_set")?;
    let sets: BTreeSet<&str> = (0..table.n_rows()).filter_map(|row| column.get(row)).collect();
    let listed = || sets.iter().map(|set| format!("{set:?}")).collect::<Vec<_>>().join(", ");
    match asked {
        Some(asked) if sets.contains(asked) => Ok(asked.to_owned()),
        Some(asked) => Err(Error::params("no such set of intervals at `epochs`")
            .expected(format!("`epoch_set` to be one of {}", listed()))
            .found(format!("{asked:?}"))),
        None => match sets.first() {
            Some(only) if sets.len() == 1 => Ok((*only).to_owned()),
            Some(_) => Err(Error::params("there are several sets of intervals at `epochs`")
                .expected("`epoch_set` to name one of them")
                .found(listed())),
            None => Ok(String::new()),
        },
    }
}

/// The label of every bin: the first tag of the interval of `set` that its centre lies in (the number of the interval
/// where it has no tag); none where it lies in none. Of several intervals, the first.
///
/// # Errors
/// When a column of the table is missing.
pub(super) fn bin_labels(table: &Table, set: &str, recording: &Recording) -> Result<Vec<Option<String>>> {
    let (recordings, sets) = (table.text("recording_id")?, table.text("interval_set")?);
    let (starts, stops) = (table.numbers("start_s")?, table.numbers("stop_s")?);
    let (ids, tags) = (table.integers("interval_id")?, table.text_lists("tags")?);
    let rows = (0..table.n_rows())
        .filter(|&row| recordings.get(row) == Some(&recording.name) && sets.get(row) == Some(set));
    let spans: Vec<(f64, f64, String)> = rows
        .filter_map(|row| {
            let label = tags.get(row).into_iter().next().unwrap_or_else(|| ids.value(row).to_string());
            Some((starts.get(row)?, stops.get(row)?, label))
        })
        .collect();
    let label = |time: f64| {
        let span = spans.iter().find(|(start, stop, _)| (*start..*stop).contains(&time));
        span.map(|(_, _, label)| label.clone())
    };
    Ok(recording.bins.iter().map(|bin| label(bin.start_s + bin.dt_s / 2.0)).collect())
}
