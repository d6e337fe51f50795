//! What the report shows of a deconvolution.

use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};
use neuroloom_core::{Figure, Result, Table};
use neuroloom_table::Columns;

use super::trace::Deconvolved;

/// Units shown.
const UNITS: usize = 3;
/// Samples shown of each.
const SAMPLES: usize = 500;

/// Traces, what explains them and the activity of the units whose activity is largest for their noise; none without traces.
pub(super) fn examples(before: &Table, found: &[Deconvolved]) -> Result<Option<Figure>> {
    let clarity = |each: &Deconvolved| {
        let activity = each.fit.activity.iter().filter(|s| !s.is_nan()).sum::<f64>();
        if each.prior.sigma > 0.0 { activity / each.prior.sigma } else { 0.0 }
    };
    let mut order: Vec<(f64, usize)> = found.iter().map(clarity).zip(0..).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let caption = "The units with most activity for their noise: the trace, what is left of it without the noise, and the \
                   activity; of each the samples from the first with activity on.";
    let mut figure = Figure::new("deconvolution", "Calcium and activity", caption);
    for (_, row) in order.into_iter().take(UNITS) {
        figure = figure.panel(panel(before, row, &found[row])?);
    }
    Ok((!figure.panels.is_empty()).then_some(figure))
}

fn panel(before: &Table, row: usize, found: &Deconvolved) -> Result<Panel> {
    let trace = before.lists("trace")?.get(row).unwrap_or_default();
    let first = found.fit.activity.iter().position(|s| *s > 0.0).unwrap_or(0);
    let first = first.saturating_sub(SAMPLES / 20).min(trace.len().saturating_sub(SAMPLES));
    let times = before.time_base(row)?.times_s(trace.len());
    let shown = |name: &str, values: &mut dyn Iterator<Item = f64>| Series {
        name: name.into(),
        x: times.iter().skip(first).take(SAMPLES).copied().collect(),
        y: values.skip(first).take(SAMPLES).collect(),
    };
    let fit = &found.fit;
    let series = vec![
        shown("trace", &mut trace.iter().copied()),
        shown("denoised", &mut fit.calcium.iter().map(|c| c + fit.baseline)),
        shown("activity", &mut fit.activity.iter().copied()),
    ];
    Ok(Panel {
        title: format!("unit {}", before.text("unit_id")?.get_or_empty(row)),
        x: Axis::new("time (s)"),
        y: Axis::new(format!(
            "{} ({})",
            before.text("signal")?.get_or_empty(row),
            before.text("trace_unit")?.get_or_empty(row)
        )),
        content: Content::Lines(Lines { series }),
    })
}
