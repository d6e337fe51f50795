//! Conditions that are stimuli: groups of intervals.

use std::collections::BTreeMap;

use arrow_array::Array;
use neuroloom_core::{Error, Result, Table, Unit};
use neuroloom_table::Columns;

use super::{Condition, Conditions, StimulusParams, TuningParams, Visit};
use crate::interval_selector::interval;
use crate::{IntervalSelector, Span, Support, listing};

/// One presentation of a stimulus.
struct Trial {
    recording: String,
    span: Span,
    condition: Condition,
}

/// Groups intervals into stimuli. Repeat `k` of a stimulus within a recording, in time, is in fold `k mod folds`.
///
/// # Errors
/// When no interval is chosen, the column is absent, or an interval has no end.
pub(super) fn stimulus_conditions(
    params: &TuningParams,
    stimulus: &StimulusParams,
    intervals: &Table,
    within: Option<&BTreeMap<String, Support>>,
) -> Result<Conditions> {
    let selector =
        IntervalSelector { tag: stimulus.tag.clone(), ..IntervalSelector::set(&stimulus.interval_set) };
    let mut trials = Vec::new();
    let mut unnamed = 0;
    for row in selector.rows(intervals)? {
        let conditions = conditions_of(intervals, &stimulus.column, row)?;
        unnamed += usize::from(conditions.is_empty());
        for condition in conditions {
            let recording = intervals.text("recording_id")?.get_or_empty(row).to_owned();
            trials.push(Trial {
                recording,
                span: window(stimulus, interval(intervals, row)?.span),
                condition,
            });
        }
    }
    let n_all = trials.len();
    trials.retain(|trial| match within {
        Some(supports) => supports.get(&trial.recording).is_some_and(|support| support.covers(trial.span)),
        None => true,
    });
    if trials.is_empty() {
        return Err(Error::data("no interval names a stimulus")
            .expected(format!("{selector} with a value in {:?}, whole in `within`", stimulus.column))
            .found(format!("{n_all} with a value, none of them inside")));
    }
    let mut warnings = Vec::new();
    if unnamed > 0 {
        warnings.push(format!("{unnamed} intervals have no value in {:?} and are left out", stimulus.column));
    }
    if trials.len() < n_all {
        warnings.push(format!(
            "{} response windows reach out of `within` and are left out",
            n_all - trials.len()
        ));
    }
    let conditions = distinct(&trials);
    Ok(Conditions {
        visits: visits(&trials, &conditions, params.folds),
        conditions,
        unit: column_unit(intervals, &stimulus.column),
        variable: stimulus.column.clone(),
        geometry: None,
        warnings,
    })
}

fn window(stimulus: &StimulusParams, interval: Span) -> Span {
    let start_s = interval.start_s + stimulus.offset_s;
    Span::new(start_s, stimulus.duration_s.map_or(interval.stop_s, |duration_s| start_s + duration_s))
}

/// The stimuli that the interval in `row` shows: its tags, or the one value of a column; none where it is absent.
fn conditions_of(intervals: &Table, column: &str, row: usize) -> Result<Vec<Condition>> {
    let named = |label: String| Condition { label, value: None };
    if let Ok(tags) = intervals.text_lists(column) {
        return Ok(tags.get(row).into_iter().map(named).collect());
    }
    if let Ok(texts) = intervals.text(column) {
        return Ok(texts.get(row).map(|text| named(text.to_owned())).into_iter().collect());
    }
    if let Ok(numbers) = intervals.numbers(column) {
        let value = numbers.get(row).filter(|value| value.is_finite());
        return Ok(value.map(|v| Condition { label: v.to_string(), value: Some(v) }).into_iter().collect());
    }
    if let Ok(bools) = intervals.bools(column) {
        let value = (row < bools.len() && bools.is_valid(row)).then(|| bools.value(row));
        return Ok(value.map(|value| named(value.to_string())).into_iter().collect());
    }
    let schema = intervals.batch().schema();
    Err(Error::data("the intervals have no such column of words or numbers")
        .at_object("intervals")
        .expected(format!("{column:?}"))
        .found(listing(schema.fields().iter().map(|field| field.name().as_str())))
        .hint("name one of them in `stimulus: { column: ... }`"))
}

fn column_unit(intervals: &Table, column: &str) -> Option<Unit> {
    let schema = intervals.batch().schema();
    schema.field_with_name(column).ok()?.metadata().get("unit").map(|unit| Unit::parse(unit))
}

/// The stimuli, each once, by value and label.
fn distinct(trials: &[Trial]) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = trials.iter().map(|trial| trial.condition.clone()).collect();
    conditions.sort_by(|a, b| {
        let (x, y) = (a.value.unwrap_or(f64::NEG_INFINITY), b.value.unwrap_or(f64::NEG_INFINITY));
        x.total_cmp(&y).then_with(|| a.label.cmp(&b.label))
    });
    conditions.dedup_by(|a, b| a.label == b.label);
    conditions
}

fn visits(trials: &[Trial], conditions: &[Condition], folds: usize) -> BTreeMap<String, Vec<Visit>> {
    let index: BTreeMap<&str, usize> =
        conditions.iter().enumerate().map(|(i, condition)| (condition.label.as_str(), i)).collect();
    let mut visits: BTreeMap<String, Vec<Visit>> = BTreeMap::new();
    for trial in trials {
        if let Some(&condition) = index.get(trial.condition.label.as_str()) {
            visits.entry(trial.recording.clone()).or_default().push(Visit {
                span: trial.span,
                condition,
                fold: 0,
            });
        }
    }
    for visits in visits.values_mut() {
        visits.sort_by(|a, b| {
            a.span.start_s.total_cmp(&b.span.start_s).then(a.span.stop_s.total_cmp(&b.span.stop_s))
        });
        let mut repeats = vec![0; conditions.len()];
        for visit in visits {
            if let Some(repeat) = repeats.get_mut(visit.condition) {
                visit.fold = *repeat % folds.max(1);
                *repeat += 1;
            }
        }
    }
    visits
}
