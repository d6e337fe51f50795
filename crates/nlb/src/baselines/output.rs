//! What the baselines have in common as steps.

use ndarray::Array3;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Panel};
use neuroloom_core::{
    Figure, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, StepOutput,
    StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::choice::{self, Choice};
use crate::trials::{RateRows, Recording, Signals, rate_table};

/// Peak memory per value of the table of trials: counts, smoothed counts, features and rates as 64-bit numbers, and the
/// table of rates.
const BYTES_PER_VALUE: u64 = 56;
/// Peak memory per row of the tables of trials and rates.
const BYTES_PER_ROW: u64 = 512;
/// Bins of a trial where their number is not known.
const USUAL_BINS: u64 = 200;

/// Rates of one recording.
pub(super) struct Predicted {
    /// For each split in order, expected counts per bin `[trials, bins, units]`.
    pub(super) parts: Vec<Array3<f64>>,
    /// How widths were chosen.
    pub(super) choices: Vec<Choice>,
    pub(super) warnings: Vec<String>,
}

pub(super) fn inputs() -> Vec<PortSpec> {
    vec![PortSpec::required("trials", kinds::TRIALS, "Signal `spike_count`, with units held in and out")]
}

pub(super) fn outputs() -> Vec<PortSpec> {
    vec![
        PortSpec::required(
            "rates",
            kinds::TRIALS,
            "Signal `rate` (Hz) of every split, trial and unit on all bins",
        ),
        PortSpec::required(
            "choice",
            kinds::NLB_CHOICE,
            "The widths that were tried; no rows where one was given",
        ),
    ]
}

pub(super) fn plan(ctx: &PlanContext, inputs: &PlannedInputs) -> Result<StepPlan> {
    let trials = inputs.required("trials")?;
    let rows = trials.dim("rows").unwrap_or(0);
    let values = rows.saturating_mul(USUAL_BINS);
    let memory = values.saturating_mul(BYTES_PER_VALUE).saturating_add(rows.saturating_mul(BYTES_PER_ROW));
    Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads))
        .output("rates", kinds::TRIALS, trials.dim("recordings").map(|n| ("recordings", n)))
        .output("choice", kinds::NLB_CHOICE, []))
}

/// Predicts every recording; rates are raised to `least_hz`.
pub(super) fn run(
    ctx: &RunContext,
    inputs: &Inputs,
    least_hz: f64,
    predict: impl Fn(&Signals<'_>, &Recording) -> Result<Predicted>,
) -> Result<StepOutput> {
    let signals = Signals::new(inputs.required("trials")?)?;
    let recordings = Recording::all(&signals)?;
    let (mut rows, mut choices) = (Vec::new(), Vec::new());
    let mut summary = Summary::default();
    for recording in &recordings {
        ctx.check_cancelled()?;
        let predicted =
            predict(&signals, recording).map_err(|e| e.at_object(format!("recording {}", recording.id)))?;
        let least = least_hz * recording.dt_s;
        for (part, mut rates) in recording.parts.iter().zip(predicted.parts) {
            rates.mapv_inplace(|rate| rate.max(least));
            rows.push(RateRows { recording, part, counts_per_bin: rates });
        }
        let name = if recordings.len() > 1 { format!("{}: ", recording.id) } else { String::new() };
        summary = summary
            .count(format!("{name}held-in units"), recording.n_held_in())
            .count(format!("{name}held-out units"), recording.units.len() - recording.n_held_in())
            .count(format!("{name}forward bins"), recording.n_bins - recording.n_observed);
        for choice in &predicted.choices {
            let width_s = choice.chosen * recording.dt_s;
            summary = summary.number(
                format!("{name}{}", choice.parameter.replace("_bins", "")),
                width_s,
                Unit::SECOND,
            );
        }
        summary = predicted.warnings.into_iter().fold(summary, Summary::warn);
        choices.extend(predicted.choices);
    }
    summary.figures.extend(choice::figure(&choices));
    summary.figures.extend(rows.first().map(example));
    Ok(StepOutput::new(summary).table("rates", rate_table(&rows)?).table("choice", choice::table(&choices)?))
}

/// Counts and rates of one trial side by side.
fn example(own: &RateRows<'_>) -> Figure {
    let (n_bins, n_units) = (own.recording.n_bins, own.recording.units.len());
    let image = |title: &str, values: ndarray::ArrayView2<'_, f64>, factor: f64, label: &str| Panel {
        title: title.into(),
        x: Axis::new(format!("bin of {} s", own.recording.dt_s)),
        y: Axis::new("unit"),
        content: Content::Heatmap(Heatmap {
            n_rows: n_units,
            n_columns: n_bins,
            values: values.t().iter().map(|value| value * factor).collect(),
            row_labels: Vec::new(),
            column_labels: Vec::new(),
            colour_label: label.into(),
            scale: ColourScale::Sequential,
        }),
    };
    let caption = "Spikes of the first trial and the rates that are predicted for it; units that are held out come last.";
    let figure = Figure::new("example", "A trial", caption);
    if own.part.n_trials() == 0 {
        return figure;
    }
    let rates = own.counts_per_bin.index_axis(ndarray::Axis(0), 0);
    figure.panel(image("counts", own.part.trial(0), 1.0, "spikes per bin")).panel(image(
        "rates",
        rates,
        1.0 / own.recording.dt_s,
        "rate (Hz)",
    ))
}
