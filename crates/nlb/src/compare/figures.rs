//! What the report shows of compared models.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, Content, Panel};

use super::rows::Row;

/// Scores that are drawn, where there are any, and what their axes are called.
const DRAWN: [(&str, &str); 7] = [
    ("co_bps", "co-bps (bit per spike)"),
    ("fp_bps", "fp-bps (bit per spike)"),
    ("rate_r2", "R² of rates"),
    ("rate_r2_forward", "R² of rates to come"),
    ("velocity_r2", "R² of behaviour"),
    ("psth_r2", "R² of responses"),
    ("tp_correlation", "correlation with interval"),
];
/// What the bar of the true rates is called.
const TRUTH: &str = "true rates";

/// A panel for each score, a bar for each model.
pub(super) fn comparison(models: &[String], rows: &[Row]) -> Option<Figure> {
    let caption = "Scores of all units together. Co-bps: units that a model has not seen; fp-bps: bins that were to come; both as \
                   gain over the mean rate. The last bar, where there is one, is what the true rates score.";
    let mut figure = Figure::new("comparison", "Models side by side", caption);
    for (metric, label) in DRAWN {
        let own: Vec<&Row> = rows.iter().filter(|row| row.metric == metric).collect();
        if own.iter().any(|row| row.value.is_some()) {
            figure = figure.panel(panel(models, &own, label));
        }
    }
    (!figure.panels.is_empty()).then_some(figure)
}

fn panel(models: &[String], rows: &[&Row], label: &str) -> Panel {
    let mut parts: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.recording_id.as_str(), row.split.as_str())).collect();
    parts.dedup();
    parts.sort_unstable();
    parts.dedup();
    let with_truth = rows.iter().any(|row| row.truth.is_some());
    let series = parts.iter().map(|&(recording, split)| {
        let own = || {
            rows.iter()
                .filter(move |row| (row.recording_id.as_str(), row.split.as_str()) == (recording, split))
        };
        let of = |model: &String| own().find(|row| row.model == *model).and_then(|row| row.value);
        let truth = own().find_map(|row| row.truth);
        let values = models.iter().map(of).chain(with_truth.then_some(truth));
        BarSeries {
            name: if parts.len() > 1 { format!("{recording} {split}") } else { String::new() },
            values: values.map(|value| value.unwrap_or(f64::NAN)).collect(),
            errors: Vec::new(),
        }
    });
    let groups = models.iter().cloned().chain(with_truth.then(|| TRUTH.to_owned())).collect();
    Panel {
        title: label.into(),
        x: Axis::new("model"),
        y: Axis::new(label),
        content: Content::Bars(Bars { groups, series: series.collect() }),
    }
}
