//! Neural speed against a produced interval.

use ndarray::{Array3, s};
use neuroloom_core::{Error, Result};

use super::scores::{ONE, Score, Sources};
use crate::metrics::timing_correlation;
use crate::trials::{Part, Recording};

/// The score, where an interval is named.
pub(super) fn score(
    sources: &Sources<'_>,
    recording: &Recording,
    part: &Part,
    rates: &Array3<f64>,
) -> Result<Option<Score>> {
    let Some(interval) = &sources.params.produced_interval else { return Ok(None) };
    let missing = |column: &str| {
        Error::data("the table of trials lacks a column")
            .at_object("produced_interval")
            .expected(column.to_owned())
            .hint("keep it when trials are cut: `keep` of `nlb.trials`")
    };
    let produced = part.numbers(sources.trials, &interval.column).ok_or_else(|| missing(&interval.column))?;
    let by =
        interval.by.iter().map(|column| part.labels(sources.trials, column).ok_or_else(|| missing(column)));
    let by = by.collect::<Result<Vec<_>>>()?;
    let condition: Vec<Option<String>> = (0..part.n_trials())
        .map(|trial| {
            let words: Option<Vec<&str>> = by.iter().map(|labels| labels.get(trial)?.as_deref()).collect();
            words.filter(|_| !produced[trial].is_nan()).map(|words| words.join(" "))
        })
        .collect();
    let condition: Vec<Option<&str>> = condition.iter().map(Option::as_deref).collect();
    let n_in = recording.n_held_in();
    let n = condition.iter().flatten().count();
    let held_out = n_in..recording.units.len();
    if held_out.is_empty() {
        return Ok(Some(Score::absent(
            "tp_correlation",
            part,
            ONE,
            "no unit is held out: nothing says which bins count",
        )));
    }
    let spikes = part.counts_of(0..recording.n_observed, held_out);
    let rates = rates.slice(s![.., ..recording.n_observed, ..]);
    Ok(Some(match timing_correlation(spikes, rates, &condition, &produced) {
        Ok(r) => Score::new("tp_correlation", part, Some(r), ONE, n),
        Err(error) => Score::absent("tp_correlation", part, ONE, error.to_string()),
    }))
}
