//! The tables of fitted graphs.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::fitted::{Fitted, model_id};
use crate::{BlockSum, Status, WeightModel};

/// A row per graph, level and member.
pub(super) fn partition(fitted: &[Fitted]) -> Result<Table> {
    struct Row<'a> {
        fitted: &'a Fitted,
        level: usize,
        member: usize,
        group: u32,
    }
    let levels = |fitted: &'_ Fitted| fitted.fit.levels.len();
    let rows: Vec<Row<'_>> = fitted
        .iter()
        .flat_map(|fitted| (0..levels(fitted)).map(move |level| (fitted, level)))
        .flat_map(|(fitted, level)| {
            let groups = fitted.fit.levels[level].iter().enumerate();
            groups.map(move |(member, &group)| Row { fitted, level, member, group })
        })
        .collect();
    let name = |row: &Row<'_>| match row.level {
        0 => row.fitted.edges.nodes[row.member].clone(),
        _ => row.member.to_string(),
    };
    TableBuilder::new(kinds::PARTITION)
        .text("graph_id", rows.iter().map(|row| &row.fitted.edges.graph_id))
        .text("model_id", rows.iter().map(|row| row.fitted.model_id()))
        .integers("level", rows.iter().map(|row| row.level as i64))
        .integers("node_index", rows.iter().map(|row| row.member as i64))
        .text("node", rows.iter().map(name))
        .integers("group", rows.iter().map(|row| i64::from(row.group)))
        .finish()
}

/// A row per graph and model that was fitted; what is known of the winner alone is absent elsewhere.
pub(super) fn fits(fitted: &[Fitted]) -> Result<Table> {
    let rows: Vec<_> = fitted
        .iter()
        .flat_map(|fitted| fitted.fit.compared.iter().map(move |compared| (fitted, compared)))
        .map(|(fitted, compared)| {
            let best = (compared.model == fitted.fit.model).then_some(fitted);
            (fitted, compared, best)
        })
        .collect();
    let groups =
        |fitted: &Fitted| (0..fitted.fit.levels.len()).map(|level| fitted.n_groups(level) as f64).collect();
    let transform = |weights: WeightModel| if weights == WeightModel::Lognormal { "log" } else { "none" };
    let status = |fitted: &Fitted| match fitted.fit.status {
        Status::Converged => "converged",
        Status::MaxSweeps => "max_sweeps",
    };
    TableBuilder::new(kinds::SBM_FIT)
        .text("graph_id", rows.iter().map(|(fitted, ..)| &fitted.edges.graph_id))
        .text("model_id", rows.iter().map(|(_, compared, _)| model_id(&compared.model)))
        .optional_bools("deg_corr", rows.iter().map(|(_, compared, _)| Some(compared.model.deg_corr)))
        .text("weight_model", rows.iter().map(|(_, compared, _)| compared.model.weights.name()))
        .text("transform", rows.iter().map(|(_, compared, _)| transform(compared.model.weights)))
        .optional_bools("nested", rows.iter().map(|(_, compared, _)| Some(compared.model.nested)))
        .integers("n_nodes", rows.iter().map(|(fitted, ..)| fitted.graph.n_nodes() as i64))
        .integers("n_edges", rows.iter().map(|(fitted, ..)| fitted.graph.edges().len() as i64))
        .optional_integers(
            "n_levels",
            rows.iter().map(|(.., best)| best.map(|best| best.fit.levels.len() as i64)),
        )
        .optional_lists("n_groups", rows.iter().map(|(.., best)| best.map(groups)))
        .numbers("dl_nats", rows.iter().map(|(_, compared, _)| compared.total))
        .optional_bools("best", rows.iter().map(|(.., best)| Some(best.is_some())))
        .optional_integers(
            "restarts",
            rows.iter().map(|(.., best)| best.map(|best| best.fit.restarts.len() as i64)),
        )
        .optional_integers(
            "accepted_moves",
            rows.iter().map(|(.., best)| best.map(|best| best.fit.accepted as i64)),
        )
        .optional_text("status", rows.iter().map(|(.., best)| best.map(status)))
        .finish()
}

/// A row per graph and term of its description length.
pub(super) fn terms(fitted: &[Fitted]) -> Result<Table> {
    let rows = || {
        fitted
            .iter()
            .flat_map(|fitted| fitted.fit.description_length.terms.iter().map(move |term| (fitted, term)))
    };
    TableBuilder::new(kinds::SBM_TERMS)
        .text("graph_id", rows().map(|(fitted, _)| &fitted.edges.graph_id))
        .text("model_id", rows().map(|(fitted, _)| fitted.model_id()))
        .text("term", rows().map(|(_, (term, _))| term))
        .numbers("nats", rows().map(|(_, (_, nats))| *nats))
        .finish()
}

/// A row per graph, level and pair of groups with edges.
pub(super) fn blocks(fitted: &[Fitted]) -> Result<Table> {
    let rows = || {
        fitted.iter().flat_map(|fitted| fitted.fit.blocks.iter().flatten().map(move |pair| (fitted, pair)))
    };
    let weighted = |fitted: &Fitted, value: fn(&BlockSum) -> f64, pair: &BlockSum| {
        (fitted.fit.model.weights != WeightModel::None).then(|| value(pair))
    };
    TableBuilder::new(kinds::BLOCKS)
        .text("graph_id", rows().map(|(fitted, _)| &fitted.edges.graph_id))
        .text("model_id", rows().map(|(fitted, _)| fitted.model_id()))
        .integers("level", rows().map(|(_, pair)| i64::from(pair.level)))
        .integers("r", rows().map(|(_, pair)| i64::from(pair.r)))
        .integers("s", rows().map(|(_, pair)| i64::from(pair.s)))
        .integers("n_edges", rows().map(|(_, pair)| pair.m as i64))
        .optional_numbers("weight_sum", rows().map(|(fitted, pair)| weighted(fitted, |pair| pair.sum, pair)))
        .optional_numbers(
            "weight_sum_squares",
            rows().map(|(fitted, pair)| weighted(fitted, |pair| pair.sum_of_squares, pair)),
        )
        .finish()
}

/// A row per graph and point of its best search.
pub(super) fn trace(fitted: &[Fitted]) -> Result<Table> {
    let rows = || fitted.iter().flat_map(|fitted| fitted.fit.trace.iter().map(move |point| (fitted, point)));
    TableBuilder::new(kinds::ENTROPY_TRACE)
        .text("graph_id", rows().map(|(fitted, _)| &fitted.edges.graph_id))
        .text("model_id", rows().map(|(fitted, _)| fitted.model_id()))
        .integers("sweep", rows().map(|(_, point)| point.sweep as i64))
        .numbers("dl_nats", rows().map(|(_, point)| point.total))
        .finish()
}

/// A row per graph, node and group that the node was in.
pub(super) fn membership(fitted: &[Fitted]) -> Result<Table> {
    let rows = || {
        fitted.iter().filter_map(|fitted| Some((fitted, fitted.marginals.as_ref()?))).flat_map(
            |(fitted, sampled)| {
                sampled.memberships.iter().map(move |membership| (fitted, sampled, membership))
            },
        )
    };
    TableBuilder::new(kinds::MEMBERSHIP)
        .text("graph_id", rows().map(|(fitted, ..)| &fitted.edges.graph_id))
        .integers("node_index", rows().map(|(.., membership)| i64::from(membership.node)))
        .text("node", rows().map(|(fitted, _, membership)| &fitted.edges.nodes[membership.node as usize]))
        .integers("group", rows().map(|(.., membership)| i64::from(membership.group)))
        .numbers("probability", rows().map(|(.., membership)| membership.probability))
        .integers(
            "consensus",
            rows().map(|(_, sampled, membership)| i64::from(sampled.consensus[membership.node as usize])),
        )
        .finish()
}
