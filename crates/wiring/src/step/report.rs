//! What the report says of the readings.

use std::path::Path;

use neuroloom_celegans::connectome::ReadingType;
use neuroloom_core::figure::{Axis, BarSeries, Bars, Content, Panel};
use neuroloom_core::{Figure, Summary};

use crate::{Collection, Source, SourceReadings};

/// Counts per source, what is absent, and the files that were passed over.
pub(super) fn summary(collection: &Collection) -> Summary {
    let mut summary = Summary::default();
    for source in collection.sources() {
        summary = summary
            .count(format!("{}: readings", source.source), source.readings.len())
            .text(format!("{}: file", source.source), file_name(&source.file));
    }
    let absent: Vec<&str> = Source::ALL
        .iter()
        .map(|source| source.name())
        .filter(|name| collection.get(name).is_none())
        .collect();
    if !absent.is_empty() {
        summary = summary.text("known sources that are not given", absent.join(", "));
    }
    for path in &collection.passed_over {
        summary = summary.warn(format!("{} is of no known connectome and was passed over", file_name(path)));
    }
    summary.figure(figure(collection))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn figure(collection: &Collection) -> Figure {
    let series = |name: &str, counts: fn(&SourceReadings) -> usize| BarSeries {
        name: name.into(),
        values: collection.sources().map(|source| counts(source) as f64).collect(),
        errors: Vec::new(),
    };
    let content = Content::Bars(Bars {
        groups: collection.sources().map(|source| source.source.clone()).collect(),
        series: vec![
            series("gap junctions", n_gap),
            series("other", |source| source.readings.len() - n_gap(source)),
        ],
    });
    Figure::new(
        "readings",
        "Readings per source",
        "Rows, or cells of a matrix, with a weight. Other: chemical synapses, signal propagation, and rows that mirror \
         or leave the nervous system.",
    )
    .panel(Panel { title: String::new(), x: Axis::new("source"), y: Axis::new("readings"), content })
}

fn n_gap(source: &SourceReadings) -> usize {
    let is_gap = |kind: Result<ReadingType, _>| matches!(kind, Ok(ReadingType::Gap));
    source.readings.iter().filter(|reading| is_gap(reading.reading_type())).count()
}
