//! What the report shows of ΔF/F.

use neuroloom_core::figure::{Content, Series};
use neuroloom_core::{Figure, Result, Table};

use crate::each_trace::{SHOWN, liveliest_row, panel};
use crate::sampled::Sampled;

/// The liveliest trace with its baseline, and its ΔF/F; none without traces. `baseline` gives the baseline of a trace.
pub(super) fn baseline_and_dff(
    before: &Table,
    after: &Table,
    baseline: impl Fn(&Sampled) -> Vec<f64>,
) -> Result<Option<Figure>> {
    let Some(row) = liveliest_row(after)? else { return Ok(None) };
    let mut raw = panel(before, row, "fluorescence and baseline")?;
    if let Content::Lines(lines) = &mut raw.content {
        let y: Vec<f64> = baseline(&Sampled::read(before, "trace", row)?).into_iter().take(SHOWN).collect();
        let x = lines.series.first().map(|series| series.x.clone()).unwrap_or_default();
        for series in &mut lines.series {
            series.name = "fluorescence".into();
        }
        lines.series.push(Series { name: "baseline".into(), x, y });
    }
    let caption = format!("The first {SHOWN} samples at most of one trace with its baseline, and its ΔF/F.");
    Ok(Some(Figure::new("dff", "Baseline and ΔF/F", caption).panel(raw).panel(panel(after, row, "ΔF/F")?)))
}
