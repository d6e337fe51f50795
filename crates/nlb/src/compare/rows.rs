//! Scores of all units together, model by model.

use neuroloom_core::{Result, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

/// What stands in front of the name of a score of the true rates.
const TRUTH: &str = "truth_";

/// A score of a model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) recording_id: String,
    pub(super) split: String,
    pub(super) metric: String,
    pub(super) model: String,
    pub(super) value: Option<f64>,
    /// What the true rates score, where they are known.
    pub(super) truth: Option<f64>,
    pub(super) value_unit: String,
}

/// The scores of `model` in a table of `nlb.evaluate`.
pub(super) fn of_model(model: &str, metrics: &Table) -> Result<Vec<Row>> {
    let text = |name: &str| metrics.text(name);
    let (recording, split, metric, unit) =
        (text("recording_id")?, text("split")?, text("metric")?, text("value_unit")?);
    let (of_unit, of_channel, value) = (text("unit_id")?, text("channel")?, metrics.numbers("value")?);
    let of_all = |row: &usize| of_unit.get(*row).is_none() && of_channel.get(*row).is_none();
    let key = |row: usize| (recording.get_or_empty(row), split.get_or_empty(row), metric.get_or_empty(row));
    let all: Vec<usize> = (0..metrics.n_rows()).filter(of_all).collect();
    let truth = |row: usize| {
        let (recording, split, metric) = key(row);
        let name = format!("{TRUTH}{metric}");
        all.iter().find(|&&other| key(other) == (recording, split, &name)).and_then(|&other| value.get(other))
    };
    let own = all.iter().copied().filter(|&row| !metric.get_or_empty(row).starts_with(TRUTH));
    let row = |row: usize| Row {
        recording_id: recording.get_or_empty(row).to_owned(),
        split: split.get_or_empty(row).to_owned(),
        metric: metric.get_or_empty(row).to_owned(),
        model: model.to_owned(),
        value: value.get(row),
        truth: truth(row),
        value_unit: unit.get_or_empty(row).to_owned(),
    };
    Ok(own.map(row).collect())
}

/// All scores as a table.
pub(super) fn table(rows: &[Row]) -> Result<Table> {
    TableBuilder::new(kinds::NLB_COMPARISON)
        .text("recording_id", rows.iter().map(|row| &row.recording_id))
        .text("split", rows.iter().map(|row| &row.split))
        .text("metric", rows.iter().map(|row| &row.metric))
        .text("model", rows.iter().map(|row| &row.model))
        .optional_numbers("value", rows.iter().map(|row| row.value))
        .optional_numbers("truth", rows.iter().map(|row| row.truth))
        .text("value_unit", rows.iter().map(|row| &row.value_unit))
        .finish()
}
