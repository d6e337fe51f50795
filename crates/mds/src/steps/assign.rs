//! `mds.assign`

use std::collections::BTreeMap;

use neuroloom_core::{
    Description, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Seed, Step, StepOutput, StepParams, StepPlan, Summary, Table, Unit as Units,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{Unit, units};
use super::stimuli::{TableStimulus, read_stimuli};
use crate::assignment::Templates;
use crate::gain::Gains;
use crate::groups::Groups;
use crate::options::Assign;

/// Parameters of `mds.assign`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AssignParams {
    /// To the stimulus with the largest response (argmax), or to the cluster whose profile is most alike (template; asks
    /// for the input `clusters`).
    pub rule: Assign,
    /// Last frames of a stimulus whose mean is the response; those of the search.
    pub window: usize,
    /// Resamples of the repeats for the confidence.
    pub resamples: usize,
    /// A neuron is assigned where a mean response is at least so many standard errors over the repeats from 0.
    pub min_se: f64,
}

impl Default for AssignParams {
    fn default() -> Self {
        Self { rule: Assign::Template, window: 10, resamples: 200, min_se: 2.0 }
    }
}

impl StepParams for AssignParams {
    fn check(&self, issues: &mut ParamIssues) {
        for (count, least, path) in [(self.window, 1, "window"), (self.resamples, 0, "resamples")] {
            issues.require((least..=100_000).contains(&count), path, || {
                format!("must be between {least} and 100000, got {count}")
            });
        }
        let holds = self.min_se.is_finite() && self.min_se >= 0.0;
        issues.require(holds, "min_se", || {
            format!("must be a finite number of at least 0, got {}", self.min_se)
        });
    }
}

/// The step `mds.assign`.
#[derive(Clone, Copy, Debug, Default)]
pub struct AssignStep;

impl Step for AssignStep {
    type Params = AssignParams;
    const ID: &'static str = "mds.assign";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Clusters of new neurons by their measured responses to the most discriminative stimuli",
            about: "Every stimulus of a search was shown, the receptive field in the middle, once or more. A neuron goes to \
                    the cluster whose stimulus drives it most, or whose mean profile of responses over all stimuli is most \
                    like its own. The confidence is the share of resamples of the repeats that give the same cluster; \
                    neurons without any response above their noise stay unassigned.",
            reference: Some("Burg et al. 2024, ICLR (arXiv 2401.05342)"),
            inputs: vec![
                PortSpec::required("responses", kinds::STIMULUS_RESPONSES, "Responses to all of the stimuli"),
                PortSpec::required("mds_stimuli", kinds::STIMULI, "The stimuli, one per cluster"),
                PortSpec::optional(
                    "clusters",
                    kinds::MDS_CLUSTERS,
                    "The fitted neurons, for `rule: template`",
                ),
            ],
            outputs: vec![PortSpec::required(
                "assignment",
                kinds::MDS_ASSIGNMENT,
                "The cluster of every neuron",
            )],
        }
    }

    fn plan(&self, _: &PlanContext, _: &AssignParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let units = inputs.required("responses")?.dim("units").unwrap_or(1000);
        Ok(StepPlan::new(Resources::memory(units.saturating_mul(64 << 10))).output(
            "assignment",
            kinds::MDS_ASSIGNMENT,
            [("units", units)],
        ))
    }

    fn run(&self, ctx: &RunContext, params: &AssignParams, inputs: &Inputs) -> Result<StepOutput> {
        let stimuli = read_stimuli(inputs.required("mds_stimuli")?)?;
        let measured = measured(inputs.required("responses")?, &stimuli, params.window)?;
        let rule = Rule::new(params.rule, inputs.optional("clusters"), stimuli.len())?;
        let assigned: Vec<Assigned> = measured
            .iter()
            .enumerate()
            .map(|(k, (unit, trials))| rule.assign(unit, trials, params, ctx.seed().child_index(k as u64)))
            .collect();
        let clusters: Vec<i64> =
            stimuli.iter().enumerate().map(|(k, one)| one.cluster.unwrap_or(k as i64)).collect();
        let seconds: f64 = stimuli.iter().map(|one| one.shape.frames as f64 * one.dt_s).sum();
        let n_without = assigned.iter().filter(|one| one.place.is_none()).count();
        let summary = Summary::default()
            .count("neurons", assigned.len())
            .count("unassigned neurons", n_without)
            .number("time of all stimuli, one repeat", seconds, Units::SECOND);
        Ok(StepOutput::new(summary).table("assignment", table(&assigned, &clusters)?))
    }
}

/// Responses `[stimulus][repeat]` of a neuron.
type Trials = Vec<Vec<f64>>;

/// Mean responses in the window of every repeat, by neuron.
fn measured(table: &Table, stimuli: &[TableStimulus], window: usize) -> Result<BTreeMap<Unit, Trials>> {
    let (names, traces, dt_s) = (table.text("stimulus_id")?, table.lists("trace")?, table.numbers("dt_s")?);
    let mut measured: BTreeMap<Unit, Trials> = BTreeMap::new();
    for (row, unit) in units(table)?.into_iter().enumerate() {
        let Some(k) = stimuli.iter().position(|one| Some(one.id.as_str()) == names.get(row)) else {
            continue;
        };
        let stimulus = &stimuli[k];
        let trace = traces.get(row).unwrap_or_default();
        let wrong = |message: &str| {
            Error::data(message).at_object(format!("{}: {} to {}", unit.0, unit.1, stimulus.id))
        };
        let dt_s = dt_s.get(row).unwrap_or(f64::NAN);
        let same_clock = (dt_s - stimulus.dt_s).abs() <= 1e-3 * stimulus.dt_s;
        if trace.len() != stimulus.shape.frames || !same_clock {
            return Err(wrong("a response and its stimulus have different lengths or clocks")
                .expected(format!("{} samples every {} s", stimulus.shape.frames, stimulus.dt_s))
                .found(format!("{} samples every {dt_s} s", trace.len())));
        }
        if window > trace.len() {
            return Err(wrong("the response window is longer than the stimulus")
                .expected(format!("at most {} frames", trace.len()))
                .found(window.to_string()));
        }
        let last = &trace[trace.len() - window..];
        let mean = last.iter().sum::<f64>() / window as f64;
        if !mean.is_finite() {
            return Err(wrong("a response is not finite"));
        }
        measured.entry(unit).or_insert_with(|| vec![Vec::new(); stimuli.len()])[k].push(mean);
    }
    for (unit, trials) in &measured {
        if let Some(k) = trials.iter().position(Vec::is_empty) {
            return Err(Error::data("a neuron was not shown all of the stimuli")
                .at_object(format!("{}: {}", unit.0, unit.1))
                .expected(format!("a response to {}", stimuli[k].id))
                .found("none"));
        }
    }
    if measured.is_empty() {
        return Err(Error::data("no neuron responds to any of the stimuli")
            .expected("responses to the stimuli of `mds_stimuli`")
            .hint("the names of the stimuli must be the same in both tables"));
    }
    Ok(measured)
}

/// How a profile becomes a place among the stimuli.
enum Rule {
    Argmax,
    Template(Templates),
}

/// A neuron and its place.
struct Assigned {
    unit: Unit,
    place: Option<usize>,
    confidence: Option<f64>,
    n_repeats: usize,
    means: Vec<f64>,
}

impl Rule {
    fn new(rule: Assign, clusters: Option<&Table>, n_stimuli: usize) -> Result<Self> {
        match (rule, clusters) {
            (Assign::Argmax, _) => Ok(Self::Argmax),
            (Assign::Template, Some(table)) => Ok(Self::Template(templates(table, n_stimuli)?)),
            (Assign::Template, None) => Err(Error::params("`rule: template` asks for the fitted neurons")
                .expected("the input `clusters`, from the same `mds.cluster` as the stimuli")
                .found("none")),
        }
    }

    fn place(&self, means: &[f64]) -> usize {
        match self {
            Self::Argmax => (0..means.len()).fold(0, |best, k| if means[k] > means[best] { k } else { best }),
            Self::Template(templates) => templates.nearest(means),
        }
    }

    fn assign(&self, unit: &Unit, trials: &Trials, params: &AssignParams, seed: Seed) -> Assigned {
        let means: Vec<f64> = trials.iter().map(|values| mean(values)).collect();
        let n_repeats = trials.iter().map(Vec::len).min().unwrap_or(0);
        let place = self.place(&means);
        // One repeat says nothing of its noise.
        let stands_out = n_repeats < 2
            || trials.iter().any(|values| mean(values) >= params.min_se * standard_error(values));
        let confidence = (n_repeats > 1 && params.resamples > 0).then(|| {
            let mut stream = seed.rng();
            let same = (0..params.resamples).filter(|_| {
                let drawn = trials.iter().map(|values| {
                    let drawn: f64 =
                        values.iter().map(|_| values[stream.random_range(0..values.len())]).sum();
                    drawn / values.len() as f64
                });
                self.place(&drawn.collect::<Vec<f64>>()) == place
            });
            same.count() as f64 / params.resamples as f64
        });
        Assigned { unit: unit.clone(), place: stands_out.then_some(place), confidence, n_repeats, means }
    }
}

/// Templates by the responses and clusters of the fitted neurons.
fn templates(table: &Table, n_stimuli: usize) -> Result<Templates> {
    let (splits, clusters, lists) =
        (table.text("split")?, table.integers("cluster")?, table.lists("responses")?);
    let fit: Vec<usize> = (0..table.n_rows()).filter(|&row| splits.get(row) == Some("fit")).collect();
    let mut responses = vec![Vec::new(); n_stimuli];
    let mut labels = Vec::new();
    for &row in &fit {
        let own = lists.get(row).unwrap_or_default();
        let label = usize::try_from(clusters.value(row)).unwrap_or(usize::MAX);
        if own.len() != n_stimuli || label >= n_stimuli {
            return Err(Error::data("the clusters are not those of the stimuli")
                .at_object("clusters")
                .at_offset(row as u64)
                .expected(format!("responses to {n_stimuli} stimuli, and a cluster below that"))
                .found(format!("{} responses, cluster {label}", own.len())));
        }
        responses.iter_mut().zip(own.iter()).for_each(|(row, value)| row.push(*value));
        labels.push(label);
    }
    let groups = Groups::new(&labels);
    if groups.k() != n_stimuli {
        return Err(Error::data("a stimulus has no fitted neuron")
            .expected(format!("{n_stimuli} clusters of fitted neurons"))
            .found(groups.k().to_string()));
    }
    Ok(Templates::new(&responses, &Gains::none(labels.len()), &groups))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn standard_error(values: &[f64]) -> f64 {
    let (mean, n) = (mean(values), values.len() as f64);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
}

fn table(assigned: &[Assigned], clusters: &[i64]) -> Result<Table> {
    let extremes = |one: &Assigned| {
        let mut sorted = one.means.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let first = sorted.first().copied().unwrap_or(f64::NAN);
        (first, first - sorted.get(1).copied().unwrap_or(f64::NAN))
    };
    let status = |one: &Assigned| if one.place.is_some() { "assigned" } else { "unassigned" };
    let cluster = |one: &Assigned| one.place.and_then(|place| clusters.get(place).copied());
    TableBuilder::new(kinds::MDS_ASSIGNMENT)
        .text("recording_id", assigned.iter().map(|one| &one.unit.0))
        .text("unit_id", assigned.iter().map(|one| &one.unit.1))
        .optional_integers("cluster", assigned.iter().map(cluster))
        .text("status", assigned.iter().map(status))
        .numbers("response", assigned.iter().map(|one| extremes(one).0))
        .numbers("margin", assigned.iter().map(|one| extremes(one).1))
        .optional_numbers("confidence", assigned.iter().map(|one| one.confidence))
        .integers("n_repeats", assigned.iter().map(|one| one.n_repeats as i64))
        .lists("responses", assigned.iter().map(|one| one.means.clone()))
        .finish()
}
