//! The condition of every interval.

use std::collections::HashMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::MovieParams;

/// Conditions by recording and interval.
pub(super) struct Labels<'a>(HashMap<&'a str, HashMap<i64, String>>);

impl<'a> Labels<'a> {
    /// Those of an intervals table; intervals without a label have no condition.
    ///
    /// # Errors
    /// When the column is absent, or an interval of several sets has two labels.
    pub(super) fn read(intervals: &'a Table, params: &MovieParams) -> Result<Self> {
        let (recordings, sets) = (intervals.text("recording_id")?, intervals.text("interval_set")?);
        let ids = intervals.integers("interval_id")?;
        let mut labels: HashMap<&str, HashMap<i64, String>> = HashMap::new();
        for row in 0..intervals.n_rows() {
            if params.interval_set.as_deref().is_some_and(|set| sets.get(row) != Some(set)) {
                continue;
            }
            let Some(label) = label(intervals, &params.condition, row)? else { continue };
            let (recording, id) = (recordings.get_or_empty(row), ids.value(row));
            let known = labels.entry(recording).or_default().entry(id).or_insert_with(|| label.clone());
            if *known != label {
                return Err(Error::data("intervals: an interval has two conditions")
                    .at_object(format!("{recording}, interval {id}"))
                    .at_offset(row as u64)
                    .expected(known.as_str())
                    .found(label)
                    .hint("say which `interval_set` the trials belong to"));
            }
        }
        Ok(Self(labels))
    }

    pub(super) fn get(&self, recording: &str, interval: i64) -> Option<&str> {
        self.0.get(recording)?.get(&interval).map(String::as_str)
    }
}

fn label(intervals: &Table, column: &str, row: usize) -> Result<Option<String>> {
    if let Ok(tags) = intervals.text_lists(column) {
        let tags = tags.get(row);
        return Ok((!tags.is_empty()).then(|| tags.join("+")));
    }
    if let Ok(texts) = intervals.text(column) {
        return Ok(texts.get(row).map(str::to_owned));
    }
    Ok(intervals.numbers(column)?.get(row).filter(|value| value.is_finite()).map(|value| value.to_string()))
}
