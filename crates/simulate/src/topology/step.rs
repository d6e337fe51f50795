use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Seed, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::{Shape, TopologyParams, figures};
use crate::embedding::{normal, random_orthonormal};
use crate::responses::{self, BYTES_PER_ROW, Population};

/// The step `simulate.topology`.
#[derive(Clone, Copy, Debug, Default)]
pub struct TopologyStep;

impl Step for TopologyStep {
    type Params = TopologyParams;
    const ID: &'static str = "simulate.topology";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Responses on curves of known topology: circles and eights, flat, bent and untangled",
            about: "Conditions are points of a closed curve: a circle, two circles, or an infinity sign (x = sin 2 pi t, y = sin 4 pi t / 2) whose height makes it \
                    flat (z = 0), twisted (z = h cos 4 pi t; both meet themselves), or untangled (z = h cos 2 pi t, or that plus the twist; both are single loops). A \
                    curve is put into channels by random orthonormal directions, which keeps its distances, and gets Gaussian noise in every fold. What a geo-topological transform keeps, and what it \
                    ignores, can be read off the maps of these RDMs.",
            reference: Some("Toy examples of Lin & Kriegeskorte, PNAS 2024, arXiv 2309.11028"),
            inputs: Vec::new(),
            outputs: vec![PortSpec::required(
                "responses",
                kinds::RESPONSES,
                "A row per curve (recording), channel, fold and point",
            )],
        }
    }

    fn plan(&self, _: &PlanContext, params: &TopologyParams, _: &PlannedInputs) -> Result<StepPlan> {
        let rows = params.n_rows();
        Ok(StepPlan::new(Resources::memory(rows.saturating_mul(BYTES_PER_ROW))).output(
            "responses",
            kinds::RESPONSES,
            [
                ("recordings", params.shapes.len() as u64),
                ("units", params.n_channels as u64),
                ("conditions", params.n_points as u64),
                ("folds", params.n_folds as u64),
                ("rows", rows),
            ],
        ))
    }

    fn run(&self, ctx: &RunContext, params: &TopologyParams, _: &Inputs) -> Result<StepOutput> {
        let mut populations = Vec::with_capacity(params.shapes.len());
        for &shape in &params.shapes {
            ctx.check_cancelled()?;
            populations.push(population(shape, params, ctx.seed().child(shape.name())));
        }
        let places: Vec<f64> = (0..params.n_points).map(|i| i as f64 / params.n_points as f64).collect();
        let summary = Summary::default()
            .count("curves", params.shapes.len())
            .count("points of a curve", params.n_points)
            .figure(figures::curves(params));
        Ok(StepOutput::new(summary).table("responses", responses::table(&populations, Some(&places))?))
    }
}

/// A curve in channels; its random numbers do not depend on which other curves there are.
fn population(shape: Shape, params: &TopologyParams, seed: Seed) -> Population {
    let directions = random_orthonormal(3, params.n_channels, &mut seed.child("directions").rng());
    let curve = shape.points(params.n_points, params.height).dot(&directions);
    let noise = seed.child("noise");
    let fold = |fold: usize| {
        let mut rng = noise.child_index(fold as u64).rng();
        &curve + &(normal(curve.dim(), &mut rng) * params.noise)
    };
    Population {
        recording_id: shape.name().to_owned(),
        region: None,
        folds: (0..params.n_folds).map(fold).collect(),
    }
}
