//! `simulate.retina_responses`: what simulated cells would respond to any stimuli.

use ndarray::{Array2, Axis};
use neuroloom_core::{
    Description, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table,
};
use neuroloom_table::{Columns, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::battery::FRAMES_PER_S;
use super::filters::Grid;
use super::population::Noise;
use super::tables::{self, Presentation, read_cells};

/// Parameters of `simulate.retina_responses`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetinaResponsesParams {
    /// How often every stimulus is shown.
    pub repeats: usize,
    /// Whether every stimulus is shown with the receptive field in the middle of the screen.
    pub centred: bool,
    /// Standard deviation of the logarithm of the gain, which changes from repeat to repeat.
    pub gain_sd: f64,
    /// Standard deviation of the noise in every frame, in standard deviations of the cell's calcium signal.
    pub noise_sd: f64,
}

impl Default for RetinaResponsesParams {
    fn default() -> Self {
        Self { repeats: 1, centred: true, gain_sd: 0.1, noise_sd: 0.6 }
    }
}

impl StepParams for RetinaResponsesParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require((1..=1000).contains(&self.repeats), "repeats", || {
            format!("must be between 1 and 1000, got {}", self.repeats)
        });
        for (value, path) in [(self.gain_sd, "gain_sd"), (self.noise_sd, "noise_sd")] {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
    }
}

/// The step `simulate.retina_responses`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetinaResponsesStep;

impl Step for RetinaResponsesStep {
    type Params = RetinaResponsesParams;
    const ID: &'static str = "simulate.retina_responses";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Recordings of simulated ganglion cells under given stimuli",
            about: "The cells of `simulate.retina` are shown other stimuli, as those that a method has found: the \
                    later experiment. Every stimulus begins with the screen at 0.",
            reference: None,
            inputs: vec![
                PortSpec::required("cells", kinds::RETINA_CELLS, "The cells"),
                PortSpec::required(
                    "stimuli",
                    kinds::STIMULI,
                    "What they are shown; the channels of their screen",
                ),
            ],
            outputs: vec![PortSpec::required(
                "responses",
                kinds::STIMULUS_RESPONSES,
                "Recordings of all cells",
            )],
        }
    }

    fn plan(
        &self,
        ctx: &PlanContext,
        params: &RetinaResponsesParams,
        inputs: &PlannedInputs,
    ) -> Result<StepPlan> {
        let units = inputs.required("cells")?.dim("units").unwrap_or(1);
        let samples = inputs.required("stimuli")?.dim("samples").unwrap_or(1000);
        let memory = units.saturating_mul(samples).saturating_mul(64 + 24 * params.repeats as u64);
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads)).output(
            "responses",
            kinds::STIMULUS_RESPONSES,
            [("units", units)],
        ))
    }

    fn run(&self, ctx: &RunContext, params: &RetinaResponsesParams, inputs: &Inputs) -> Result<StepOutput> {
        let (retina, names) = read_cells(inputs.required("cells")?)?;
        let stimuli = read_stimuli(inputs.required("stimuli")?, retina.grid)?;
        let noise = Noise { gain_sd: params.gain_sd, noise_sd: params.noise_sd };
        let mut shown = Vec::new();
        for (id, frames) in &stimuli {
            ctx.check_cancelled()?;
            let calcium = retina.calcium(frames.view(), params.centred);
            for repeat in 0..params.repeats {
                let seed = ctx.seed().child(id).child_index(repeat as u64);
                let traces = retina.record(&calcium, noise, seed);
                shown.push(Presentation { stimulus_id: id.clone(), repeat, traces });
            }
        }
        let recording = names.first().map_or("", |(recording, _)| recording.as_str());
        let ids: Vec<String> = names.iter().map(|(_, unit)| unit.clone()).collect();
        let table = tables::responses(recording, &ids, 1.0 / FRAMES_PER_S, shown)?;
        let summary = Summary::default().count("cells", ids.len()).count("stimuli", stimuli.len());
        Ok(StepOutput::new(summary).table("responses", table))
    }
}

/// Names and frames `[frame, channel * pixel]` of the stimuli.
fn read_stimuli(table: &Table, grid: Grid) -> Result<Vec<(String, Array2<f64>)>> {
    let ids = table.text("stimulus_id")?;
    let mut stimuli: Vec<(&str, Vec<Option<Array2<f64>>>)> = Vec::new();
    for row in 0..table.n_rows() {
        let id = ids.get_or_empty(row);
        let (channel, frames) = read_channel(table, row, grid)?;
        let place = stimuli.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            stimuli.push((id, vec![None; grid.channels]));
            stimuli.len() - 1
        });
        stimuli[place].1[channel] = Some(frames);
    }
    stimuli.into_iter().map(|(id, channels)| Ok((id.to_owned(), side_by_side(id, channels)?))).collect()
}

fn wrong(id: &str, message: &str) -> Error {
    Error::data(message).at_object(format!("stimuli: {id}"))
}

/// All channels of a stimulus, `[frame, channel * pixel]`.
fn side_by_side(id: &str, channels: Vec<Option<Array2<f64>>>) -> Result<Array2<f64>> {
    let n = channels.len();
    let known: Vec<Array2<f64>> = channels.into_iter().flatten().collect();
    if known.len() < n {
        return Err(wrong(id, "a stimulus lacks a channel of the cells' screen")
            .expected(format!("{n} channels"))
            .found(known.len().to_string()));
    }
    let views: Vec<_> = known.iter().map(|frames| frames.view()).collect();
    ndarray::concatenate(Axis(1), &views)
        .map_err(|_| wrong(id, "the channels of a stimulus have different numbers of frames"))
}

/// The number of a channel and its frames `[frame, pixel]`.
fn read_channel(table: &Table, row: usize, grid: Grid) -> Result<(usize, Array2<f64>)> {
    let id = table.text("stimulus_id")?.get_or_empty(row);
    let integer = |name: &str| -> Result<i64> { Ok(table.integers(name)?.value(row)) };
    let (channel, height, width) = (integer("channel")?, integer("height")?, integer("width")?);
    let channels = if grid.channels == 1 { "one channel" } else { "channels 0 and 1" };
    let fits = (0..grid.channels as i64).contains(&channel);
    if !fits || (height, width) != (grid.height as i64, grid.width as i64) {
        return Err(wrong(id, "the simulated cells have another screen")
            .expected(format!("{channels} of {} x {} pixels", grid.height, grid.width))
            .found(format!("channel {channel} of {height} x {width}")));
    }
    let rate = 1.0 / table.numbers("dt_s")?.get(row).unwrap_or(f64::NAN);
    if (rate - FRAMES_PER_S).abs() > 1e-3 * FRAMES_PER_S || rate.is_nan() {
        return Err(wrong(id, "the simulated cells have another frame rate")
            .expected(format!("{FRAMES_PER_S} Hz"))
            .found(format!("{rate} Hz")));
    }
    let values = table.lists("values")?.get(row).unwrap_or_default().into_owned();
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        return Err(wrong(id, "a stimulus has a value that is not finite").at_offset(at as u64));
    }
    Array2::from_shape_vec((values.len() / grid.n_pixels(), grid.n_pixels()), values)
        .map(|frames| (channel as usize, frames))
        .map_err(|_| wrong(id, "the values of a stimulus do not fill whole frames"))
}
