//! `prepare.neuropil` as a step.

use std::collections::BTreeMap;

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{Columns, kinds};

use super::{NeuropilParams, subtract_neuropil};
use crate::each_trace::{before_and_after, each_trace, place, rows_of_signal, traces_of_signal};
use crate::sampled::Sampled;
use crate::signal_lists::{lists_like, with_columns};

/// The step `prepare.neuropil`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NeuropilStep;

impl Step for NeuropilStep {
    type Params = NeuropilParams;
    const ID: &'static str = "prepare.neuropil";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Neuropil subtraction",
            about: "Takes alpha times the signal of the neuropil around a cell away from the signal of the cell. The \
                    traces that come out are of the cells alone and keep the name of their signal.",
            reference: Some(
                "Chen et al. 2013 (Nature 499), methods: F_true = F_measured - r F_neuropil with r = 0.7",
            ),
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Both signals on the same samples")],
            outputs: vec![PortSpec::required("traces", kinds::TRACES, "The cells, without their neuropil")],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &NeuropilParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let samples = inputs.required("traces")?.dim("samples").unwrap_or(0);
        let resources = Resources::memory(samples.saturating_mul(40)).cores(ctx.threads);
        Ok(StepPlan::new(resources).output("traces", kinds::TRACES, []))
    }

    fn run(&self, ctx: &RunContext, params: &NeuropilParams, inputs: &Inputs) -> Result<StepOutput> {
        let traces = inputs.required("traces")?;
        let cells = traces_of_signal(traces, "signal", &params.signal)?;
        let neuropil = NeuropilRows::new(traces, &params.neuropil_signal)?;
        let corrected = each_trace(ctx, "subtract neuropil", &cells, |row, cell| {
            let around = neuropil.of(&cells, row, cell)?;
            Ok(subtract_neuropil(&cell.values, &around, params.alpha, params.keep_median))
        })?;
        let summary = summary(params, &corrected);
        let after = with_columns(&cells, vec![("trace", lists_like(&cells, "trace", corrected))])?;
        let figure = before_and_after(&cells, &after, |row| row, "neuropil subtraction")?;
        let summary = figure.into_iter().fold(summary, Summary::figure);
        Ok(StepOutput::new(summary).table("traces", after))
    }
}

/// Where the neuropil of each cell stands, by recording, unit and segment.
struct NeuropilRows<'a> {
    traces: &'a Table,
    signal: &'a str,
    rows: BTreeMap<(String, String, i64), usize>,
}

impl<'a> NeuropilRows<'a> {
    fn new(traces: &'a Table, signal: &'a str) -> Result<Self> {
        let rows = rows_of_signal(traces, "neuropil_signal", signal)?;
        let rows = rows.into_iter().map(|row| Ok((key(traces, row)?, row))).collect::<Result<_>>()?;
        Ok(Self { traces, signal, rows })
    }

    /// The neuropil samples of the cell in `row` of `cells`.
    ///
    /// # Errors
    /// When there are none, or they are not of the same moments.
    fn of(&self, cells: &Table, row: usize, cell: &Sampled) -> Result<Vec<f64>> {
        let Some(&found) = self.rows.get(&key(cells, row)?) else {
            return Err(Error::data("a cell has no neuropil trace")
                .expected(format!("a trace of the signal {:?} for the same unit and segment", self.signal))
                .found("none")
                .hint("leave the cell out with `prepare.select`"));
        };
        let around = Sampled::read(self.traces, "trace", found)?;
        if around.values.len() == cell.values.len() && around.base == cell.base {
            return Ok(around.values);
        }
        let say =
            |signal: &Sampled| format!("{} samples from {} s on", signal.values.len(), signal.base.time_s(0));
        Err(Error::data("cell and neuropil were not sampled together")
            .at_object(place(cells, row))
            .expected(format!("{} with the same time base", say(cell)))
            .found(say(&around))
            .hint("resample both to one time base"))
    }
}

fn key(traces: &Table, row: usize) -> Result<(String, String, i64)> {
    let name = |column: &str| Ok::<_, Error>(traces.text(column)?.get_or_empty(row).to_owned());
    let segment = traces.numbers("segment")?.get(row).unwrap_or(0.0) as i64;
    Ok((name("recording_id")?, name("unit_id")?, segment))
}

fn summary(params: &NeuropilParams, corrected: &[Vec<f64>]) -> Summary {
    let summary =
        Summary::default().count("traces", corrected.len()).number("alpha", params.alpha, Unit::ONE);
    let negative = corrected.iter().filter(|trace| {
        let valid = || trace.iter().filter(|value| !value.is_nan());
        valid().sum::<f64>() < 0.0
    });
    match negative.count() {
        0 => summary,
        n => summary.warn(format!(
            "{n} traces are negative on average after the subtraction: for ΔF/F use a smaller alpha or `keep_median`"
        )),
    }
}
