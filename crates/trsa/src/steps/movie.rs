//! `rsa.movie`

mod bins;
mod figure;
mod labels;
mod params;
mod trials;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::index::{IndexRow, index_table};
use super::rdm::{in_group, index_row, no_group_left, warnings};
use super::responses::Group;
use super::tables::rdms_table;
use crate::Rdm;
use crate::estimators::movie;
use bins::Bins;
use figure::{Film, strip};
use trials::{Signals, signals};

pub use params::MovieParams;

/// `rsa.movie`: dissimilarities over time.
#[derive(Clone, Copy, Debug)]
pub struct RdmMovie;

impl Step for RdmMovie {
    type Params = MovieParams;
    const ID: &'static str = "rsa.movie";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Movies of representational dissimilarity matrices",
            about: "When does a group of neurons tell conditions apart? Trials (traces cut by prepare.align) are averaged within \
                condition, fold and time bin; every bin gives an RDM by any estimator of rsa.rdm. The k-th trial of a condition \
                is in fold k mod `folds`. A sample belongs to the bins [start, start + bin_s) that hold its time. The noise is \
                estimated from all bins together, so that dissimilarities can be compared over time.",
            reference: Some(
                "Kriegeskorte, Mur & Bandettini 2008, Front Syst Neurosci 2:4; crossnobis: Walther et al. 2016, NeuroImage 137:188",
            ),
            inputs: vec![
                PortSpec::required(
                    "traces",
                    kinds::TRACES,
                    "Trials of prepare.align, a row per unit and trial",
                ),
                PortSpec::required("intervals", kinds::INTERVALS, "What condition every trial is"),
            ],
            outputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "An RDM per group of neurons and time bin"),
                PortSpec::required("index", kinds::RDM_INDEX, "Group and time of every RDM"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &MovieParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let samples = inputs.required("traces")?.dim("samples").unwrap_or(0);
        Ok(StepPlan::new(Resources::memory(samples.saturating_mul(48)).cores(ctx.threads))
            .output("rdms", kinds::RDMS, [])
            .output("index", kinds::RDM_INDEX, []))
    }

    fn run(&self, ctx: &RunContext, params: &MovieParams, inputs: &Inputs) -> Result<StepOutput> {
        let (groups, bins) = signals(inputs.required("traces")?, inputs.required("intervals")?, params)?;
        let (used, left_out): (Vec<Signals>, Vec<Signals>) =
            groups.into_iter().partition(|signals| signals.group.channels.len() >= params.min_units);
        let left_out: Vec<Group> = left_out.into_iter().map(|signals| signals.group).collect();
        if used.is_empty() {
            return Err(no_group_left(params.min_units, &left_out));
        }
        let progress = ctx.begin("RDM movies", Some(used.len() as u64));
        let (mut films, mut index) = (Vec::with_capacity(used.len()), Vec::new());
        for signals in &used {
            ctx.check_cancelled()?;
            let (film, rows) = film(signals, params, &bins)?;
            films.push(film);
            index.extend(rows);
            progress.advance(1);
        }
        let rdms: Vec<Rdm> = films.iter().flat_map(|film| film.rdms.clone()).collect();
        let units: Vec<&str> = index.iter().map(|row| row.unit.as_str()).collect();
        let groups: Vec<Group> = used.into_iter().map(|signals| signals.group).collect();
        let summary = Summary::default().count("RDMs", rdms.len()).count("time bins", bins.n_bins());
        let summary = warnings(summary, &groups, &left_out).figure(strip(&films));
        Ok(StepOutput::new(summary)
            .table("rdms", rdms_table(&rdms, &units)?)
            .table("index", index_table(&index)?))
    }
}

/// The movie of a group, and its rows in the index.
fn film(signals: &Signals, params: &MovieParams, bins: &Bins) -> Result<(Film, Vec<IndexRow>)> {
    let (group, estimator) = (&signals.group, params.estimator());
    let frames = movie(&estimator, signals.values.view()).map_err(|error| in_group(error, group))?;
    let row = index_row(group, &estimator, params.subject_before.as_deref());
    let conditions: std::sync::Arc<[String]> = group.conditions.clone().into();
    let digits = bins.n_bins().saturating_sub(1).to_string().len();
    let (mut rdms, mut rows) = (Vec::with_capacity(frames.len()), Vec::with_capacity(frames.len()));
    for (bin, frame) in frames.into_iter().enumerate() {
        // Padded, so that the bins of a sorted table are in time.
        let rdm_id = format!("{}/bin {bin:0digits$}", group.name);
        rdms.push(Rdm::new(&rdm_id, std::sync::Arc::clone(&conditions), frame)?);
        rows.push(IndexRow { rdm_id, time_s: Some(bins.centre_s(bin)), ..row.clone() });
    }
    let times_s = (0..rdms.len()).map(|bin| bins.centre_s(bin)).collect();
    Ok((Film { name: group.name.clone(), unit: row.unit, times_s, rdms }, rows))
}
