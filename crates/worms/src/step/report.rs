//! What the report says of the recordings.

use std::collections::BTreeMap;

use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Panel};
use neuroloom_core::{Figure, Summary};

use super::read::Row;
use crate::{Source, Worm};

/// Warnings that are listed one by one.
const MOST_WARNINGS: usize = 30;
/// Bars of recordings; beyond, there is one per source.
const MOST_BARS: usize = 40;
/// Rows and columns of the picture of one recording.
const MOST_ROWS: usize = 50;
const MOST_COLUMNS: usize = 400;

/// Metrics, warnings and figures.
pub(super) fn summary(rows: &[Row], notes: &[(String, String)], glimpse: Option<&Glimpse>) -> Summary {
    let read: Vec<&Row> = rows.iter().filter(|row| row.skip_reason.is_none()).collect();
    let mut summary = Summary::default()
        .count("recordings", rows.len())
        .count("read", read.len())
        .count("neurons", read.iter().map(|row| row.n_units as usize).sum())
        .count("labelled", read.iter().map(|row| row.n_labelled).sum());
    for (source, rows) in by_source(&read) {
        let labelled = mean(rows.iter().map(|row| row.n_labelled as f64));
        let recorded = mean(rows.iter().map(|row| row.n_units as f64));
        let words =
            format!("{} recordings, on average {labelled:.1} of {recorded:.1} neurons labelled", rows.len());
        summary = summary.text(source.name(), words);
    }
    let skipped = rows.iter().filter_map(|row| Some((&row.id, row.skip_reason.as_ref()?)));
    let skipped = skipped.map(|(id, reason)| format!("{id} is skipped: {reason}"));
    let warnings: Vec<String> =
        skipped.chain(notes.iter().map(|(id, note)| format!("{id}: {note}"))).collect();
    let n_more = warnings.len().saturating_sub(MOST_WARNINGS);
    summary = warnings.into_iter().take(MOST_WARNINGS).fold(summary, Summary::warn);
    if n_more > 0 {
        summary =
            summary.warn(format!("{n_more} warnings more; skip_reason stands in the table of recordings"));
    }
    if !read.is_empty() {
        summary = summary.figure(labelled(&read));
    }
    match glimpse {
        Some(glimpse) => summary.figure(glimpse.figure()),
        None => summary,
    }
}

fn by_source<'a>(rows: &[&'a Row]) -> BTreeMap<Source, Vec<&'a Row>> {
    let mut sources: BTreeMap<Source, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        sources.entry(row.source).or_default().push(row);
    }
    sources
}

/// Bars of labelled and recorded neurons.
fn labelled(rows: &[&Row]) -> Figure {
    let bars: Vec<(String, f64, f64)> = if rows.len() <= MOST_BARS {
        rows.iter().map(|row| (row.id.clone(), row.n_labelled as f64, row.n_units as f64)).collect()
    } else {
        let of = |(source, rows): (Source, Vec<&Row>)| {
            let labelled = mean(rows.iter().map(|row| row.n_labelled as f64));
            (source.name().to_owned(), labelled, mean(rows.iter().map(|row| row.n_units as f64)))
        };
        by_source(rows).into_iter().map(of).collect()
    };
    let series =
        |name: &str, values: Vec<f64>| BarSeries { name: name.to_owned(), values, errors: Vec::new() };
    let content = Content::Bars(Bars {
        series: vec![
            series("labelled", bars.iter().map(|bar| bar.1).collect()),
            series("recorded", bars.iter().map(|bar| bar.2).collect()),
        ],
        groups: bars.into_iter().map(|bar| bar.0).collect(),
    });
    let caption = "Neurons with a label in the source and all neurons, by recording (means by source where there are many).";
    Figure::new("labelled", "Labelled neurons", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("recording"),
        y: Axis::new("neurons"),
        content,
    })
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (n, sum) = values.fold((0_usize, 0.0), |(n, sum), value| (n + 1, sum + value));
    if n == 0 { 0.0 } else { sum / n as f64 }
}

/// The labelled neurons of one recording, small enough to draw.
pub(super) struct Glimpse {
    id: String,
    labels: Vec<String>,
    n_columns: usize,
    values: Vec<f64>,
    duration_s: f64,
}

impl Glimpse {
    /// Means of neighbouring samples, in standard deviations of each neuron.
    pub fn of(worm: &Worm) -> Self {
        let columns = &worm.recording.columns;
        let labelled =
            columns.iter().filter_map(|column| Some((column.label_given.as_ref()?, &column.trace)));
        let n_samples = worm.recording.times_s.len();
        let stride = n_samples.div_ceil(MOST_COLUMNS).max(1);
        let (mut labels, mut values) = (Vec::new(), Vec::new());
        for (label, trace) in labelled.take(MOST_ROWS) {
            labels.push(label.clone());
            values.extend(standardised(trace).chunks(stride).map(|chunk| mean(chunk.iter().copied())));
        }
        let id = worm.recording.id.clone();
        Self { id, labels, n_columns: n_samples.div_ceil(stride), values, duration_s: worm.duration_s() }
    }

    fn figure(&self) -> Figure {
        let caption = format!(
            "The first labelled neurons of {}, in standard deviations of each; means of neighbouring samples over {:.0} s.",
            self.id, self.duration_s
        );
        Figure::new("recording", "One recording", caption).panel(Panel {
            title: self.id.clone(),
            x: Axis::new("samples (binned)"),
            y: Axis::new("neuron"),
            content: Content::Heatmap(Heatmap {
                n_rows: self.labels.len(),
                n_columns: self.n_columns,
                values: self.values.clone(),
                row_labels: self.labels.clone(),
                column_labels: Vec::new(),
                colour_label: "activity (sd)".to_owned(),
                scale: ColourScale::Diverging,
            }),
        })
    }
}

fn standardised(trace: &[f64]) -> Vec<f64> {
    let measured = || trace.iter().copied().filter(|value| value.is_finite());
    let centre = mean(measured());
    let sd = mean(measured().map(|value| (value - centre).powi(2))).sqrt();
    let scale = if sd > 0.0 { sd } else { 1.0 };
    trace.iter().map(|value| (value - centre) / scale).collect()
}
