//! `prepare.bin` as a step.

use std::sync::Arc;

use arrow_array::Int64Array;
use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{TableBuilder, kinds};
use rayon::prelude::*;

use super::windows::{Segment, Windows, lay_out};
use super::{BinParams, count_spikes, mask_unobserved};
use crate::signal_lists::MAX_SAMPLES;
use crate::{SpikeTrain, spike_trains};

/// Largest count that a 32-bit sample holds exactly.
const MAX_COUNT: u64 = 1 << 24;

/// The step `prepare.bin`.
#[derive(Clone, Copy, Debug, Default)]
pub struct BinStep;

/// The counts of one unit in one segment.
struct Row<'a> {
    train: &'a SpikeTrain<'a>,
    segment: i64,
    place: Segment,
    counted: u64,
    samples: Vec<f32>,
}

impl Step for BinStep {
    type Params = BinParams;
    const ID: &'static str = "prepare.bin";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Spike counts in bins of equal width",
            about: "Counts the spikes of every unit in bins [start + k dt, start + (k + 1) dt): a spike on an \
                    edge falls into the later bin. With `within`, every chosen interval is binned from its own \
                    start and becomes a segment. Only whole bins are kept; bins in which a unit was not observed \
                    throughout are NaN.",
            reference: None,
            inputs: vec![
                PortSpec::required("spikes", kinds::SPIKES, "The spike trains"),
                PortSpec::optional("intervals", kinds::INTERVALS, "The intervals that `within` chooses from"),
            ],
            outputs: vec![PortSpec::required(
                "traces",
                kinds::TRACES,
                "Signal `spike_count`, a row per recording, unit and segment; t0_s is the centre of the first bin",
            )],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &BinParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let spikes = inputs.required("spikes")?;
        let window = params.start_s.zip(params.stop_s).filter(|_| params.within.is_none());
        let n_bins = window.map(|(start_s, stop_s)| ((stop_s - start_s) / params.dt_s) as u64);
        let samples = spikes.dim("units").zip(n_bins).map(|(units, bins)| units.saturating_mul(bins));
        let memory =
            spikes.dim("spikes").unwrap_or(0).saturating_mul(8) + samples.unwrap_or(0).saturating_mul(20);
        let known = ["recordings", "units"].into_iter().filter_map(|name| Some((name, spikes.dim(name)?)));
        let dims = known.chain(samples.map(|samples| ("samples", samples)));
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads)).output("traces", kinds::TRACES, dims))
    }

    fn run(&self, ctx: &RunContext, params: &BinParams, inputs: &Inputs) -> Result<StepOutput> {
        let trains = spike_trains(inputs.required("spikes")?)?;
        let windows = lay_out(params, &trains, inputs.optional("intervals"))?;
        check_size(&trains, &windows)?;
        ctx.check_cancelled()?;
        let rows = trains.par_iter().map(|train| unit_rows(train, &windows)).collect::<Result<Vec<_>>>()?;
        let rows: Vec<Row<'_>> = rows.into_iter().flatten().collect();
        let summary = summary(&trains, &windows, &rows);
        Ok(StepOutput::new(summary).table("traces", table(params, rows)?))
    }
}

fn check_size(trains: &[SpikeTrain<'_>], windows: &Windows) -> Result<()> {
    let bins_of = |recording: &str| {
        let segments = windows.segments.get(recording);
        segments.into_iter().flatten().map(|segment| segment.bins.n_bins() as f64).sum::<f64>()
    };
    let samples: f64 = trains.iter().map(|train| bins_of(train.recording_id)).sum();
    if samples <= MAX_SAMPLES as f64 {
        return Ok(());
    }
    Err(Error::params("too many bins for one table")
        .expected(format!("at most {MAX_SAMPLES} samples over all units"))
        .found(format!("{samples:.0}"))
        .hint("make `dt_s` wider, or choose fewer units or a shorter window"))
}

fn unit_rows<'a>(train: &'a SpikeTrain<'a>, windows: &Windows) -> Result<Vec<Row<'a>>> {
    let segments = windows.segments.get(train.recording_id).map_or(&[][..], Vec::as_slice);
    let rows = segments.iter().enumerate().map(|(segment, place)| {
        let counts = count_spikes(&train.times_s, &place.bins);
        if let Some(count) = counts.iter().find(|&&count| count > MAX_COUNT) {
            return Err(Error::data("a bin holds more spikes than a 32-bit sample can count exactly")
                .at_object(format!("recording {:?}, unit {:?}", train.recording_id, train.unit_id))
                .expected(format!("at most {MAX_COUNT}"))
                .found(count.to_string())
                .hint("make `dt_s` narrower"));
        }
        let samples = mask_unobserved(&counts, &place.bins, train.observed.as_ref());
        Ok(Row { train, segment: segment as i64, place: *place, counted: counts.iter().sum(), samples })
    });
    rows.collect()
}

fn table(params: &BinParams, rows: Vec<Row<'_>>) -> Result<Table> {
    let mut builder = TableBuilder::new(kinds::TRACES)
        .text("recording_id", rows.iter().map(|row| row.train.recording_id))
        .text("unit_id", rows.iter().map(|row| row.train.unit_id))
        .optional_text("region", rows.iter().map(|row| row.train.region))
        .text("signal", rows.iter().map(|_| "spike_count"))
        .integers("segment", rows.iter().map(|row| row.segment))
        .numbers("t0_s", rows.iter().map(|row| row.place.bins.centre(0)))
        .numbers("dt_s", rows.iter().map(|_| params.dt_s))
        .text("trace_unit", rows.iter().map(|_| Unit::ONE.as_str().to_owned()));
    if params.within.is_some() {
        let ids: Int64Array = rows.iter().map(|row| row.place.interval_id).collect();
        builder = builder.extra("interval_id", None, Arc::new(ids));
    }
    builder.lists_f32("trace", rows.into_iter().map(|row| row.samples)).finish()
}

fn summary(trains: &[SpikeTrain<'_>], windows: &Windows, rows: &[Row<'_>]) -> Summary {
    let spikes: usize = trains.iter().map(|train| train.times_s.len()).sum();
    let counted: u64 = rows.iter().map(|row| row.counted).sum();
    let segments = windows.segments.values().map(Vec::len).sum();
    let bins = windows.segments.values().flatten().map(|segment| segment.bins.n_bins()).sum();
    let silent = trains.iter().filter(|train| train.times_s.is_empty()).count();
    let mut summary = Summary::default()
        .count("units", trains.len())
        .count("segments", segments)
        .count("bins", bins)
        .count("spikes counted", counted as usize)
        .count("spikes outside the bins", spikes.saturating_sub(counted as usize));
    if silent > 0 {
        summary = summary.warn(format!("{silent} units have no spike: their counts are 0"));
    }
    if windows.too_short > 0 {
        summary =
            summary.warn(format!("{} intervals are shorter than a bin and left out", windows.too_short));
    }
    let uncovered =
        trains.iter().filter(|train| windows.segments.get(train.recording_id).is_none_or(Vec::is_empty));
    match uncovered.count() {
        0 => summary,
        n => summary.warn(format!("{n} units are of recordings without a chosen interval and left out")),
    }
}
