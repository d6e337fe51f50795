//! `community.score`

use std::collections::HashMap;

use neuroloom_core::figure::{Axis, BarSeries, Bars, Content, Panel};
use neuroloom_core::{
    Description, Error, Figure, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::partitions::{Partition, read_partitions};
use crate::{Score, score};

/// `community.score`: partitions against the truth.
#[derive(Clone, Copy, Debug)]
pub struct ScorePartitions;

/// Parameters of `community.score`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreParams {
    /// Level of the true hierarchy that is compared with, from 0.
    pub truth_level: usize,
}

impl StepParams for ScoreParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl Step for ScorePartitions {
    type Params = ScoreParams;
    const ID: &'static str = "community.score";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "How near partitions come to the true ones",
            about: "Every level of every partition against the truth of its graph, over the nodes that both have: nmi = \
                    2 I / (H + H'), mutual information over the mean entropy; ari, the Rand index adjusted for chance; \
                    overlap, the share of nodes in matched groups under the best matching. `best` marks the level with the \
                    largest nmi, as published benchmarks do; it is optimistic, because it looks at the truth: report \
                    level 0 beside it.",
            reference: Some(
                "Danon et al. 2005, J Stat Mech P09008; Hubert and Arabie 1985, J Classif 2:193; Kuhn 1955",
            ),
            inputs: vec![
                PortSpec::required("partition", kinds::PARTITION, "The partitions that were found"),
                PortSpec::required("truth", kinds::PARTITION, "The true partition of every graph"),
            ],
            outputs: vec![PortSpec::required("scores", kinds::SCORES, "A row per graph, model and level")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &ScoreParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let graphs = inputs.required("partition")?.dim("graphs");
        let dims = graphs.map(|graphs| ("graphs", graphs));
        Ok(StepPlan::new(Resources::default()).output("scores", kinds::SCORES, dims))
    }

    fn run(&self, ctx: &RunContext, params: &ScoreParams, inputs: &Inputs) -> Result<StepOutput> {
        let found = read_partitions(inputs.required("partition")?)?;
        let truth = read_partitions(inputs.required("truth")?)?;
        let truth_of: HashMap<&str, &Partition> =
            truth.iter().map(|truth| (truth.graph_id.as_str(), truth)).collect();
        let mut rows = Vec::new();
        for partition in &found {
            ctx.check_cancelled()?;
            let truth = truth_of.get(partition.graph_id.as_str()).copied();
            let truth = truth.ok_or_else(|| no_truth(partition, &truth_of))?;
            rows.extend(score_levels(partition, truth, params.truth_level)?);
        }
        Ok(StepOutput::new(summarise(&rows)).table("scores", scores_table(&rows)?))
    }
}

struct Row<'a> {
    partition: &'a Partition,
    level: usize,
    n_nodes: usize,
    n_true_groups: usize,
    score: Score,
    best: bool,
}

fn score_levels<'a>(partition: &'a Partition, truth: &Partition, truth_level: usize) -> Result<Vec<Row<'a>>> {
    let graph = format!("graph {:?}", partition.graph_id);
    if truth_level >= truth.levels.len() {
        return Err(Error::params(format!("{graph}: the truth has no such level"))
            .at_object("truth_level")
            .expected(format!("0 to {}", truth.levels.len() - 1))
            .found(truth_level.to_string()));
    }
    let true_groups = truth.groups_at(truth_level);
    let true_group: HashMap<&str, u32> =
        truth.nodes.iter().map(String::as_str).zip(true_groups.iter().copied()).collect();
    let shared: Vec<(usize, u32)> = partition
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(node, name)| Some((node, *true_group.get(name.as_str())?)))
        .collect();
    let expected: Vec<u32> = shared.iter().map(|&(_, group)| group).collect();
    let mut rows = Vec::with_capacity(partition.levels.len());
    for level in 0..partition.levels.len() {
        let groups = partition.groups_at(level);
        let groups: Vec<u32> = shared.iter().map(|&(node, _)| groups[node]).collect();
        let score = score(&groups, &expected).ok_or_else(|| {
            Error::data(format!("{graph}: the partition and the truth have no node in common"))
                .hint("name the nodes as the truth does")
        })?;
        let n_true_groups = truth.n_groups(truth_level);
        rows.push(Row { partition, level, n_nodes: shared.len(), n_true_groups, score, best: false });
    }
    let best = rows.iter().enumerate().rev().max_by(|a, b| a.1.score.nmi.total_cmp(&b.1.score.nmi));
    if let Some(best) = best.map(|(level, _)| level) {
        rows[best].best = true;
    }
    Ok(rows)
}

fn no_truth(partition: &Partition, truth_of: &HashMap<&str, &Partition>) -> Error {
    let mut known: Vec<&str> = truth_of.keys().copied().collect();
    known.sort_unstable();
    known.truncate(5);
    Error::data(format!("graph {:?} has no true partition", partition.graph_id))
        .at_object("truth")
        .expected(partition.graph_id.as_str())
        .found(known.join(", "))
        .hint("give the truth that came with the edges")
}

fn scores_table(rows: &[Row<'_>]) -> Result<Table> {
    TableBuilder::new(kinds::SCORES)
        .text("graph_id", rows.iter().map(|row| &row.partition.graph_id))
        .text("model_id", rows.iter().map(|row| &row.partition.model_id))
        .integers("level", rows.iter().map(|row| row.level as i64))
        .integers("n_nodes", rows.iter().map(|row| row.n_nodes as i64))
        .integers("n_groups", rows.iter().map(|row| row.partition.n_groups(row.level) as i64))
        .integers("n_true_groups", rows.iter().map(|row| row.n_true_groups as i64))
        .numbers("nmi", rows.iter().map(|row| row.score.nmi))
        .numbers("ari", rows.iter().map(|row| row.score.ari))
        .numbers("overlap", rows.iter().map(|row| row.score.overlap))
        .optional_bools("best", rows.iter().map(|row| Some(row.best)))
        .finish()
}

fn summarise(rows: &[Row<'_>]) -> Summary {
    let mean = |which: fn(&Row<'_>) -> bool, value: fn(&Score) -> f64| {
        let values: Vec<f64> = rows.iter().filter(|row| which(row)).map(|row| value(&row.score)).collect();
        neuroloom_math::mean(&values)
    };
    let bottom: fn(&Row<'_>) -> bool = |row| row.level == 0;
    let best: fn(&Row<'_>) -> bool = |row| row.best;
    Summary::default()
        .count("partitions", rows.iter().filter(|row| row.level == 0).count())
        .number("nmi of level 0, mean", mean(bottom, |score| score.nmi), Unit::ONE)
        .number("nmi of the best level, mean", mean(best, |score| score.nmi), Unit::ONE)
        .number("ari of level 0, mean", mean(bottom, |score| score.ari), Unit::ONE)
        .number("overlap of level 0, mean", mean(bottom, |score| score.overlap), Unit::ONE)
        .figure(figure(rows))
}

/// Graphs that are drawn.
const GROUPS: usize = 40;

fn figure(rows: &[Row<'_>]) -> Figure {
    let bottom: Vec<&Row<'_>> = rows.iter().filter(|row| row.level == 0).take(GROUPS).collect();
    let series = |name: &str, value: fn(&Score) -> f64| BarSeries {
        name: name.into(),
        values: bottom.iter().map(|row| value(&row.score)).collect(),
        errors: Vec::new(),
    };
    let panel = Panel {
        title: String::new(),
        x: Axis::new("graph"),
        y: Axis::new("agreement with the truth, level 0 (1)"),
        content: Content::Bars(Bars {
            groups: bottom.iter().map(|row| row.partition.graph_id.clone()).collect(),
            series: vec![
                series("nmi", |score| score.nmi),
                series("ari", |score| score.ari),
                series("overlap", |score| score.overlap),
            ],
        }),
    };
    let caption = "Agreement of the groups of nodes with the planted ones; 1 is the truth, 0 is chance for nmi and ari.";
    Figure::new("scores", "Agreement with the truth", caption).panel(panel)
}
