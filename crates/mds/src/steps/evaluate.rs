//! `mds.evaluate`

use std::collections::BTreeMap;

use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Panel};
use neuroloom_core::{
    Description, Error, Figure, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Seed, Step, StepOutput, StepParams, StepPlan, Summary, Table, Unit as Units,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{Unit, known_types, numbered, units};
use crate::agreement::agreement;
use crate::baselines::{Baseline, principal_components};
use crate::card::EncoderCard;

/// Parameters of `mds.evaluate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluateParams {
    /// Other ways of sorting the same neurons, by their recorded responses.
    pub baselines: Vec<Baseline>,
    /// Beginnings of the names of stimuli whose responses are features, a set of baselines for each.
    pub features: Vec<String>,
    /// Clusters that baselines are told; without it they choose.
    pub k: Option<usize>,
    /// Principal components of the features.
    pub components: usize,
}

impl Default for EvaluateParams {
    fn default() -> Self {
        Self {
            baselines: vec![Baseline::Kmeans, Baseline::Gmm, Baseline::Spectral],
            features: vec!["chirp".into(), "bar".into()],
            k: None,
            components: 20,
        }
    }
}

impl StepParams for EvaluateParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.components >= 1, "components", || "must be at least 1, got 0".into());
        issues.require(self.k != Some(0), "k", || "must be at least 1, got 0".into());
        issues.require(self.features.iter().all(|name| !name.is_empty()), "features", || {
            "must not have an empty name".into()
        });
    }
}

/// The step `mds.evaluate`.
#[derive(Clone, Copy, Debug, Default)]
pub struct EvaluateStep;

impl Step for EvaluateStep {
    type Params = EvaluateParams;
    const ID: &'static str = "mds.evaluate";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Clusters of neurons against their known types, beside other ways of sorting them",
            about: "Agreement of the clusters with the types (adjusted Rand index, adjusted mutual information, purity), \
                    precision and recall of every cluster against the type that most of its neurons are of; for the \
                    neurons that took part in the search, for those held out, and for neurons that were assigned by \
                    measured responses. Baselines sort the same neurons by recorded responses to other stimuli: \
                    k-means, Gaussian mixtures and spectral clustering on principal components.",
            reference: Some(
                "Hubert and Arabie 1985, J Classif 2:193; Vinh, Epps and Bailey 2010, JMLR 11:2837",
            ),
            inputs: vec![
                PortSpec::required("known_types", kinds::CELL_TYPES, "The types"),
                PortSpec::optional("clusters", kinds::MDS_CLUSTERS, "Of `mds.cluster`"),
                PortSpec::optional("assignment", kinds::MDS_ASSIGNMENT, "Of `mds.assign`"),
                PortSpec::optional(
                    "responses",
                    kinds::STIMULUS_RESPONSES,
                    "Recorded responses, for the baselines",
                ),
                PortSpec::optional(
                    "encoder",
                    kinds::MDS_ENCODER,
                    "Of `mds.fit_encoder`: the baselines sort by what neurons read from its features too",
                ),
            ],
            outputs: vec![PortSpec::required("agreement", kinds::MDS_AGREEMENT, "All measures")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &EvaluateParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let units = inputs.required("known_types")?.dim("units").unwrap_or(1000);
        let bytes =
            units.saturating_mul(units).saturating_mul(48).saturating_add(units.saturating_mul(64 << 10));
        Ok(StepPlan::new(Resources::memory(bytes)).output("agreement", kinds::MDS_AGREEMENT, []))
    }

    fn run(&self, ctx: &RunContext, params: &EvaluateParams, inputs: &Inputs) -> Result<StepOutput> {
        let types = known_types(inputs.required("known_types")?)?;
        let mut sortings = Vec::new();
        if let Some(table) = inputs.optional("clusters") {
            sortings.extend(clustered(table)?);
        }
        if let Some(table) = inputs.optional("assignment") {
            sortings.push(assigned(table)?);
        }
        if let Some(table) = inputs.optional("responses") {
            sortings.extend(baselines(table, params, ctx.seed())?);
        }
        if let Some(table) = inputs.optional("encoder") {
            sortings.extend(readout_baselines(table, params, ctx.seed())?);
        }
        let mut rows = Vec::new();
        let mut summary = Summary::default();
        for sorting in &sortings {
            let Some(known) = Known::new(sorting, &types) else { continue };
            rows.extend(known.measures(sorting));
            summary = summary.number(
                format!("{} ({}): ARI", sorting.method, sorting.split),
                known.ari(),
                Units::ONE,
            );
            if sorting.method == "mds" {
                summary = summary.figure(known.figure(sorting));
            }
        }
        if rows.is_empty() {
            return Err(Error::data("no neuron with a cluster has a known type")
                .expected("clusters, an assignment or responses of neurons of `known_types`")
                .found(format!("{} known types, {} ways of sorting", types.len(), sortings.len())));
        }
        Ok(StepOutput::new(summary).table("agreement", table(&rows)?))
    }
}

/// Neurons, sorted in some way.
struct Sorting {
    method: String,
    split: &'static str,
    units: Vec<Unit>,
    labels: Vec<usize>,
}

fn clustered(table: &Table) -> Result<Vec<Sorting>> {
    let (all, splits, clusters) = (units(table)?, table.text("split")?, table.integers("cluster")?);
    let of_split = |split: &'static str| {
        let rows: Vec<usize> = (0..all.len()).filter(|&row| splits.get(row) == Some(split)).collect();
        Sorting {
            method: "mds".into(),
            split,
            units: rows.iter().map(|&row| all[row].clone()).collect(),
            labels: rows.iter().map(|&row| clusters.value(row).max(0) as usize).collect(),
        }
    };
    Ok([of_split("fit"), of_split("held_out")].into_iter().filter(|one| !one.units.is_empty()).collect())
}

fn assigned(table: &Table) -> Result<Sorting> {
    let (all, clusters) = (units(table)?, table.numbers("cluster")?);
    let placed =
        all.into_iter().enumerate().filter_map(|(row, unit)| Some((unit, clusters.get(row)? as usize)));
    let (units, labels) = placed.unzip();
    Ok(Sorting { method: "mds_assign".into(), split: "assigned", units, labels })
}

fn baselines(table: &Table, params: &EvaluateParams, seed: Seed) -> Result<Vec<Sorting>> {
    let mut sortings = Vec::new();
    for prefix in &params.features {
        let features = features(table, prefix)?;
        let (units, rows): (Vec<Unit>, Vec<Vec<f64>>) = features.into_iter().unzip();
        if units.is_empty() {
            return Err(Error::params("no stimulus has a name of `features`")
                .at_object(prefix.as_str())
                .expected("responses to a stimulus whose name begins so"));
        }
        sortings.extend(sorted(prefix, &units, &rows, params, seed)?);
    }
    Ok(sortings)
}

/// All baselines on rows of features, one per neuron.
fn sorted(
    name: &str,
    units: &[Unit],
    rows: &[Vec<f64>],
    params: &EvaluateParams,
    seed: Seed,
) -> Result<Vec<Sorting>> {
    let scores = principal_components(rows, params.components)?;
    let sorting = |baseline: &Baseline| {
        let method = format!("{}_{name}", baseline.name());
        let labels = baseline.labels(&scores, params.k, seed.child(&method))?;
        Ok(Sorting { method, split: "all", units: units.to_vec(), labels })
    };
    params.baselines.iter().map(sorting).collect()
}

/// The baselines on the weights that neurons give to the features of an encoder.
fn readout_baselines(table: &Table, params: &EvaluateParams, seed: Seed) -> Result<Vec<Sorting>> {
    let (card, network, parameters) = EncoderCard::read(table)?;
    sorted("readouts", &card.units, &network.readout_rows(&parameters), params, seed)
}

/// Traces of a neuron to all stimuli of a beginning, one behind the other, the repeats averaged.
fn features(table: &Table, prefix: &str) -> Result<BTreeMap<Unit, Vec<f64>>> {
    let (names, traces) = (table.text("stimulus_id")?, table.lists("trace")?);
    let mut sums: BTreeMap<Unit, BTreeMap<String, (usize, Vec<f64>)>> = BTreeMap::new();
    for (row, unit) in units(table)?.into_iter().enumerate() {
        let name = names.get_or_empty(row);
        if !name.starts_with(prefix) {
            continue;
        }
        let trace = traces.get(row).unwrap_or_default();
        let (n, sum) = sums
            .entry(unit)
            .or_default()
            .entry(name.to_owned())
            .or_insert_with(|| (0, vec![0.0; trace.len()]));
        *n += 1;
        sum.iter_mut().zip(trace.iter()).for_each(|(sum, value)| *sum += value);
    }
    let joined = |stimuli: BTreeMap<String, (usize, Vec<f64>)>| {
        stimuli
            .into_values()
            .flat_map(|(n, sum)| sum.into_iter().map(move |value| value / n as f64))
            .collect()
    };
    Ok(sums.into_iter().map(|(unit, stimuli)| (unit, joined(stimuli))).collect())
}

/// The neurons of a sorting whose type is known.
struct Known {
    labels: Vec<usize>,
    types: Vec<usize>,
    names: Vec<String>,
}

/// Method, split, metric, item, value, neurons.
type Row = (String, &'static str, &'static str, String, f64, usize);

impl Known {
    fn new(sorting: &Sorting, types: &BTreeMap<Unit, String>) -> Option<Self> {
        let pairs = sorting.units.iter().zip(&sorting.labels);
        let (labels, found): (Vec<usize>, Vec<&str>) =
            pairs.filter_map(|(unit, &label)| Some((label, types.get(unit)?.as_str()))).unzip();
        let (types, names) = numbered(found.iter().copied());
        (!labels.is_empty()).then_some(Self { labels, types, names })
    }

    fn ari(&self) -> f64 {
        agreement(&self.labels, &self.types).map_or(f64::NAN, |found| found.ari)
    }

    fn counts(&self) -> BTreeMap<usize, Vec<usize>> {
        let mut counts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (&label, &kind) in self.labels.iter().zip(&self.types) {
            counts.entry(label).or_insert_with(|| vec![0; self.names.len()])[kind] += 1;
        }
        counts
    }

    fn measures(&self, sorting: &Sorting) -> Vec<Row> {
        let n = self.labels.len();
        let row =
            |metric, item: String, value, n| (sorting.method.clone(), sorting.split, metric, item, value, n);
        let counts = self.counts();
        let mut rows = vec![row("n_clusters", "all".into(), counts.len() as f64, n)];
        if let Some(found) = agreement(&self.labels, &self.types) {
            rows.push(row("ari", "all".into(), found.ari, n));
            rows.push(row("ami", "all".into(), found.ami, n));
            rows.push(row("purity", "all".into(), found.purity, n));
        }
        for (cluster, counts) in &counts {
            let size: usize = counts.iter().sum();
            let major = (0..counts.len()).fold(0, |best, k| if counts[k] > counts[best] { k } else { best });
            let of_type = self.types.iter().filter(|&&kind| kind == major).count();
            let item = format!("{cluster}: {}", self.names[major]);
            rows.push(row("precision", item.clone(), counts[major] as f64 / size as f64, size));
            rows.push(row("recall", item, counts[major] as f64 / of_type as f64, of_type));
        }
        rows
    }

    /// Share of every type in every cluster.
    fn figure(&self, sorting: &Sorting) -> Figure {
        let counts = self.counts();
        let share = |kind: usize, counts: &Vec<usize>| {
            let of_type = self.types.iter().filter(|&&own| own == kind).count();
            counts[kind] as f64 / of_type as f64
        };
        let values =
            (0..self.names.len()).flat_map(|kind| counts.values().map(move |counts| share(kind, counts)));
        let image = Heatmap {
            n_rows: self.names.len(),
            n_columns: counts.len(),
            values: values.collect(),
            row_labels: self.names.clone(),
            column_labels: counts.keys().map(ToString::to_string).collect(),
            colour_label: "share of the type (1)".into(),
            scale: ColourScale::Sequential,
        };
        let name = format!("types_{}", sorting.split);
        let caption = "Where the neurons of every type went.";
        Figure::new(name, format!("Types in clusters, {}", sorting.split), caption).panel(Panel {
            title: String::new(),
            x: Axis::new("cluster"),
            y: Axis::new("type"),
            content: Content::Heatmap(image),
        })
    }
}

fn table(rows: &[Row]) -> Result<Table> {
    TableBuilder::new(kinds::MDS_AGREEMENT)
        .text("method", rows.iter().map(|row| &row.0))
        .text("against", rows.iter().map(|_| "type"))
        .text("split", rows.iter().map(|row| row.1))
        .text("metric", rows.iter().map(|row| row.2))
        .text("item", rows.iter().map(|row| &row.3))
        .numbers("value", rows.iter().map(|row| row.4))
        .integers("n_units", rows.iter().map(|row| row.5 as i64))
        .finish()
}
