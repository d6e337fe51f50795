//! `simulate.volume` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::{Volume, VolumeParams, figures, tables};

/// The step `simulate.volume`.
#[derive(Clone, Copy, Debug, Default)]
pub struct VolumeStep;

/// Peak memory per response: the value, the columns, and the columns while they are sorted.
const BYTES_PER_RESPONSE: u64 = 160;

impl Step for VolumeStep {
    type Params = VolumeParams;
    const ID: &'static str = "simulate.volume";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "A volume of voxels of which one ball holds a compass",
            about: "Voxels on a grid are measured while conditions are shown, directions evenly around a circle. A voxel \
                    of the ball in the middle answers with signal cos(direction - its own direction), the others not \
                    at all; Gaussian noise of every measurement comes on top. Every voxel has a random stream of its \
                    own. For searchlights: they must light up in the ball alone.",
            reference: Some("for the question: Kriegeskorte, Goebel & Bandettini 2006, PNAS 103:3863"),
            inputs: Vec::new(),
            outputs: vec![
                PortSpec::required("responses", kinds::RESPONSES, "Responses of every voxel"),
                PortSpec::required("positions", kinds::POSITIONS, "Where the voxels lie, mm"),
                PortSpec::required("truth", kinds::TABLE, "Truth: which voxels are tuned, and to what"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &VolumeParams, _: &PlannedInputs) -> Result<StepPlan> {
        let (units, conditions) = (params.n_voxels(), params.n_conditions as u64);
        let sizes = [
            ("recordings", 1),
            ("units", units),
            ("conditions", conditions),
            ("folds", params.folds as u64),
            ("rows", params.n_responses()),
        ];
        let memory = params.n_responses().saturating_mul(BYTES_PER_RESPONSE);
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output("responses", kinds::RESPONSES, sizes)
            .output("positions", kinds::POSITIONS, [("recordings", 1), ("units", units), ("rows", units)])
            .output("truth", kinds::TABLE, [("rows", units)]))
    }

    fn run(&self, ctx: &RunContext, params: &VolumeParams, _: &Inputs) -> Result<StepOutput> {
        let volume = Volume::simulate(params, ctx.seed());
        ctx.check_cancelled()?;
        let n_tuned = volume.preferred_rad.iter().flatten().count();
        let mut summary = Summary::default()
            .count("voxels", volume.positions_mm.len())
            .count("tuned voxels", n_tuned)
            .count("conditions", params.n_conditions)
            .count("folds", params.folds)
            .figure(figures::ball(params, &volume));
        if n_tuned == 0 {
            summary = summary.warn("no voxel lies in the ball: there is nothing to find");
        }
        Ok(StepOutput::new(summary)
            .table("responses", tables::responses(params, &volume)?)
            .table("positions", tables::positions(&volume)?)
            .table("truth", tables::truth(&volume)?))
    }
}
