//! Choosing intervals by set, tag and id.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, ParamIssues, Result, Table};
use neuroloom_table::Columns;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Span, Support, listing};

/// Which intervals: those of a set that carry the tag and have one of the ids, where these are given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalSelector {
    /// Name of the set that the intervals stand in: `epochs`, `trials`.
    pub interval_set: String,
    /// Only intervals that carry this tag: `wake`.
    #[serde(default)]
    pub tag: Option<String>,
    /// Only intervals with these ids.
    #[serde(default)]
    pub ids: Option<Vec<i64>>,
}

/// One interval that was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectedInterval {
    /// Its id within its set.
    pub id: i64,
    /// When it was.
    pub span: Span,
}

impl IntervalSelector {
    /// All intervals of a set.
    pub fn set(interval_set: impl Into<String>) -> Self {
        Self { interval_set: interval_set.into(), tag: None, ids: None }
    }

    /// The intervals of a set that carry `tag`.
    pub fn tagged(interval_set: impl Into<String>, tag: impl Into<String>) -> Self {
        Self { tag: Some(tag.into()), ..Self::set(interval_set) }
    }

    /// Reports what no table can satisfy; `path` is the parameter that holds the selector.
    pub fn check(&self, issues: &mut ParamIssues, path: &str) {
        issues.require(!self.interval_set.is_empty(), &format!("{path}.interval_set"), || {
            "must name a set of intervals, got an empty name".into()
        });
        issues.require(self.ids.as_ref().is_none_or(|ids| !ids.is_empty()), &format!("{path}.ids"), || {
            "must list at least one id, got none".into()
        });
    }

    /// The rows of an intervals table that it chooses, ascending.
    ///
    /// # Errors
    /// When it chooses none: the error lists the sets and tags that there are.
    pub fn rows(&self, intervals: &Table) -> Result<Vec<usize>> {
        let (sets, tags) = (intervals.text("interval_set")?, intervals.text_lists("tags")?);
        let ids = intervals.numbers("interval_id")?;
        let chosen = |&row: &usize| {
            sets.get(row) == Some(self.interval_set.as_str())
                && self.tag.as_ref().is_none_or(|tag| tags.get(row).contains(tag))
                && self.ids.as_ref().is_none_or(|list| {
                    ids.get(row).is_some_and(|id| list.iter().any(|&listed| listed as f64 == id))
                })
        };
        let rows: Vec<usize> = (0..intervals.n_rows()).filter(chosen).collect();
        if rows.is_empty() { Err(self.nothing(intervals)?) } else { Ok(rows) }
    }

    /// The chosen intervals of every recording, by start.
    ///
    /// # Errors
    /// When it chooses none, or one that has no end.
    pub fn intervals(&self, table: &Table) -> Result<BTreeMap<String, Vec<SelectedInterval>>> {
        let mut chosen: BTreeMap<String, Vec<SelectedInterval>> = BTreeMap::new();
        for row in self.rows(table)? {
            let recording = table.text("recording_id")?.get_or_empty(row).to_owned();
            chosen.entry(recording).or_default().push(interval(table, row)?);
        }
        for intervals in chosen.values_mut() {
            intervals.sort_by(|a, b| a.span.start_s.total_cmp(&b.span.start_s).then(a.id.cmp(&b.id)));
        }
        Ok(chosen)
    }

    /// The union of the chosen intervals of every recording.
    ///
    /// # Errors
    /// As [`intervals`](Self::intervals).
    pub fn supports(&self, table: &Table) -> Result<BTreeMap<String, Support>> {
        let chosen = self.intervals(table)?;
        let union = |intervals: Vec<SelectedInterval>| Support::new(intervals.iter().map(|each| each.span));
        Ok(chosen.into_iter().map(|(recording, intervals)| (recording, union(intervals))).collect())
    }

    fn nothing(&self, intervals: &Table) -> Result<Error> {
        let (sets, tags) = (intervals.text("interval_set")?, intervals.text_lists("tags")?);
        let rows = 0..intervals.n_rows();
        let known: BTreeSet<&str> = rows.clone().filter_map(|row| sets.get(row)).collect();
        let of_set = rows.filter(|&row| sets.get(row) == Some(self.interval_set.as_str()));
        let known_tags: BTreeSet<String> = of_set.flat_map(|row| tags.get(row)).collect();
        let found = if known.contains(self.interval_set.as_str()) {
            format!("in {:?} the tags {}", self.interval_set, listing(known_tags))
        } else {
            format!("the interval sets {}", listing(known))
        };
        Ok(Error::data("no interval matches").expected(self.to_string()).found(found))
    }
}

impl std::fmt::Display for IntervalSelector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "intervals of {:?}", self.interval_set)?;
        if let Some(tag) = &self.tag {
            write!(f, " tagged {tag:?}")?;
        }
        match &self.ids {
            Some(ids) => write!(f, " with ids {ids:?}"),
            None => Ok(()),
        }
    }
}

/// The union of the chosen intervals of every recording, or nothing where no selector is given.
///
/// # Errors
/// When a selector is given and the table is not, or as [`IntervalSelector::supports`].
pub(crate) fn supports_of(
    selector: Option<&IntervalSelector>,
    intervals: Option<&Table>,
) -> Result<Option<BTreeMap<String, Support>>> {
    selector.map(|selector| selector.supports(connected(intervals)?)).transpose()
}

/// The intervals table that a parameter asks for.
///
/// # Errors
/// When it is not connected.
pub(crate) fn connected<T>(intervals: Option<T>) -> Result<T> {
    intervals.ok_or_else(|| {
        Error::params("intervals are chosen, but the input `intervals` is not connected")
            .hint("connect it: `in: { spikes: source.spikes, intervals: source.intervals }`")
    })
}

/// The interval in `row` of an intervals table.
///
/// # Errors
/// When its start or stop is not a number, or it stops before it starts.
pub(crate) fn interval(table: &Table, row: usize) -> Result<SelectedInterval> {
    let number = |name: &str| Ok::<_, Error>(table.numbers(name)?.get(row).unwrap_or(f64::NAN));
    let (id, span) = (number("interval_id")? as i64, Span::new(number("start_s")?, number("stop_s")?));
    if span.start_s.is_finite() && span.stop_s.is_finite() && span.start_s <= span.stop_s {
        return Ok(SelectedInterval { id, span });
    }
    let set = table.text("interval_set")?.get_or_empty(row);
    Err(Error::data("an interval has no usable start and stop")
        .at_object(format!("intervals: {set} {id}"))
        .expected("a start and a stop in seconds, the stop not before the start")
        .found(format!("[{}, {})", span.start_s, span.stop_s))
        .hint("choose other intervals, by tag or by `ids`, or complete the source"))
}
