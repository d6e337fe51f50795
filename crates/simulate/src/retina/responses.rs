//! `simulate.retina_responses`: what simulated cells would respond to any stimuli.

use ndarray::Array2;
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
                PortSpec::required("stimuli", kinds::STIMULI, "What they are shown; one channel"),
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

/// Names and frames of the stimuli.
fn read_stimuli(table: &Table, grid: Grid) -> Result<Vec<(String, Array2<f64>)>> {
    let (ids, channels, values) =
        (table.text("stimulus_id")?, table.integers("channel")?, table.lists("values")?);
    let (heights, widths, dt_s) =
        (table.integers("height")?, table.integers("width")?, table.numbers("dt_s")?);
    let row = |row: usize| {
        let id = ids.get_or_empty(row).to_owned();
        let wrong = |message: &str| Error::data(message).at_object(format!("stimuli: {id}"));
        let size = (channels.value(row), heights.value(row), widths.value(row));
        if size != (0, grid.height as i64, grid.width as i64) {
            return Err(wrong("the simulated cells have another screen")
                .expected(format!("one channel of {} x {} pixels", grid.height, grid.width))
                .found(format!("channel {} of {} x {}", size.0, size.1, size.2)));
        }
        let rate = 1.0 / dt_s.get(row).unwrap_or(f64::NAN);
        if (rate - FRAMES_PER_S).abs() > 1e-3 * FRAMES_PER_S || rate.is_nan() {
            return Err(wrong("the simulated cells have another frame rate")
                .expected(format!("{FRAMES_PER_S} Hz"))
                .found(format!("{rate} Hz")));
        }
        let values = values.get(row).unwrap_or_default().into_owned();
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(wrong("a stimulus has a value that is not finite").at_offset(at as u64));
        }
        let frames = Array2::from_shape_vec((values.len() / grid.n_pixels(), grid.n_pixels()), values);
        frames
            .map_err(|_| wrong("the values of a stimulus do not fill whole frames"))
            .map(|frames| (id.clone(), frames))
    };
    (0..table.n_rows()).map(row).collect()
}
