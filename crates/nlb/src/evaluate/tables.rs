//! Scores and responses as tables.

use ndarray::{ArrayView3, Axis};
use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::scores::{Score, Scored};

/// All scores.
pub(super) fn metrics(all: &[Scored<'_>]) -> Result<Table> {
    let rows = || all.iter().flat_map(|scored| scored.scores.iter().map(move |score| (scored, score)));
    let score = |pick: fn(&Score) -> Option<&str>| rows().map(move |(_, score)| pick(score));
    TableBuilder::new(kinds::NLB_METRICS)
        .text("recording_id", rows().map(|(scored, _)| scored.recording.id.as_str()))
        .text("metric", rows().map(|(_, score)| score.metric.as_str()))
        .text("split", rows().map(|(_, score)| score.split.as_str()))
        .optional_text("unit_id", score(|score| score.unit_id.as_deref()))
        .optional_text("channel", score(|score| score.channel.as_deref()))
        .optional_numbers("value", rows().map(|(_, score)| score.value))
        .text("value_unit", rows().map(|(_, score)| score.value_unit))
        .integers("n", rows().map(|(_, score)| score.n as i64))
        .optional_text("note", score(|score| score.note.as_deref()))
        .finish()
}

/// Measured and predicted responses; none where no trials have conditions.
pub(super) fn psth(all: &[Scored<'_>]) -> Result<Option<Table>> {
    let rows = || {
        all.iter().filter_map(|scored| Some((scored, scored.responses.as_ref()?))).flat_map(
            |(scored, own)| {
                let units = scored.recording.units.len();
                (0..own.conditions.len()).flat_map(move |i| (0..units).map(move |k| (scored, own, i, k)))
            },
        )
    };
    if rows().next().is_none() {
        return Ok(None);
    }
    let trace = |values: &ArrayView3<'_, f64>, i: usize, k: usize, dt_s: f64| {
        let values = values.index_axis(Axis(0), i);
        values.column(k).iter().map(|count| count / dt_s).collect::<Vec<f64>>()
    };
    let table = TableBuilder::new(kinds::NLB_PSTH)
        .text("recording_id", rows().map(|(scored, ..)| scored.recording.id.as_str()))
        .text("split", rows().map(|(scored, ..)| scored.part.split.as_str()))
        .text("condition", rows().map(|(_, own, i, _)| own.conditions.get(i).map_or("", String::as_str)))
        .text(
            "unit_id",
            rows().map(|(scored, _, _, k)| scored.recording.units.get(k).map_or("", |unit| unit.id.as_str())),
        )
        .integers("n_trials", rows().map(|(_, own, i, _)| own.n_trials.get(i).map_or(0, |n| *n as i64)))
        .numbers("t0_s", rows().map(|(scored, ..)| scored.recording.t0_s))
        .numbers("dt_s", rows().map(|(scored, ..)| scored.recording.dt_s))
        .lists(
            "measured_hz",
            rows().map(|(scored, own, i, k)| trace(&own.measured.view(), i, k, scored.recording.dt_s)),
        )
        .lists(
            "predicted_hz",
            rows().map(|(scored, own, i, k)| trace(&own.predicted.view(), i, k, scored.recording.dt_s)),
        );
    Ok(Some(table.finish()?))
}
