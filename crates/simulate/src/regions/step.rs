use ndarray::Array2;
use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Seed, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;
use rayon::prelude::*;

use super::RegionsParams;
use crate::embedding::{normal, random_orthonormal};
use crate::names::unit_ids;
use crate::responses::{self, BYTES_PER_ROW, Population};

/// The step `simulate.regions`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegionsStep;

impl Step for RegionsStep {
    type Params = RegionsParams;
    const ID: &'static str = "simulate.regions";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Regions with a geometry of their own in several subjects, for identification",
            about: "A region has normal coordinates of the conditions that all subjects share; a subject's channels see them through a random orthonormal embedding of its own, with \
                    standard deviation `signal`, and Gaussian noise in every fold. Only dissimilarities tell regions apart across subjects. Without signal identification is at \
                    chance, 1/n_regions: what a method finds above it is its own error. Random streams belong to a region or a subject by number: more of \
                    them change none of the others.",
            reference: None,
            inputs: Vec::new(),
            outputs: vec![PortSpec::required(
                "responses",
                kinds::RESPONSES,
                "A row per subject (recording), region, channel, fold and condition",
            )],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &RegionsParams, _: &PlannedInputs) -> Result<StepPlan> {
        let rows = params.n_rows();
        let memory = Resources::memory(rows.saturating_mul(BYTES_PER_ROW)).cores(ctx.threads);
        Ok(StepPlan::new(memory).output(
            "responses",
            kinds::RESPONSES,
            [
                ("recordings", params.n_subjects as u64),
                ("units", params.n_channels as u64),
                ("conditions", params.n_conditions as u64),
                ("folds", params.n_folds as u64),
                ("rows", rows),
            ],
        ))
    }

    fn run(&self, ctx: &RunContext, params: &RegionsParams, _: &Inputs) -> Result<StepOutput> {
        let geometries = ctx.seed().child("geometries");
        let geometry = |region: usize| {
            let mut rng = geometries.child_index(region as u64).rng();
            normal((params.n_conditions, params.n_dimensions), &mut rng)
        };
        let geometries: Vec<Array2<f64>> = (0..params.n_regions).map(geometry).collect();
        let (subjects, regions) = (names("subject", params.n_subjects), names("region", params.n_regions));
        let seed = ctx.seed().child("subjects");
        let all: Vec<(usize, usize)> = (0..params.n_subjects)
            .flat_map(|subject| (0..params.n_regions).map(move |r| (subject, r)))
            .collect();
        let populations = all.par_iter().map(|&(subject, region)| {
            ctx.check_cancelled()?;
            let seed = seed.child_index(subject as u64).child_index(region as u64);
            Ok(Population {
                recording_id: subjects[subject].clone(),
                region: Some(regions[region].clone()),
                folds: folds(params, &geometries[region], seed),
            })
        });
        let populations = populations.collect::<Result<Vec<_>>>()?;
        let summary = Summary::default()
            .count("subjects", params.n_subjects)
            .count("regions", params.n_regions)
            .number("chance of identification", 1.0 / params.n_regions as f64, Unit::ONE);
        Ok(StepOutput::new(summary).table("responses", responses::table(&populations, None)?))
    }
}

fn names(what: &str, n: usize) -> Vec<String> {
    unit_ids(n).map(|number| format!("{what}{number}")).collect()
}

/// Responses of a region of a subject in every fold.
fn folds(params: &RegionsParams, geometry: &Array2<f64>, seed: Seed) -> Vec<Array2<f64>> {
    let embedding =
        random_orthonormal(params.n_dimensions, params.n_channels, &mut seed.child("embedding").rng());
    // An embedded coordinate has variance n_dimensions/n_channels.
    let scale = params.signal * (params.n_channels as f64 / params.n_dimensions as f64).sqrt();
    let signal = geometry.dot(&embedding) * scale;
    let noise = seed.child("noise");
    let fold = |fold: usize| {
        let mut rng = noise.child_index(fold as u64).rng();
        &signal + &(normal(signal.dim(), &mut rng) * params.noise)
    };
    (0..params.n_folds).map(fold).collect()
}
