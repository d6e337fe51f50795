//! The tables of `mds.cluster`.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::assignment::margins;
use crate::confusion::Confusion;
use crate::restarts::Restarted;
use crate::search::{Clusters, Iteration, SplitTrial};
use crate::steps::labels::Unit;

/// All neurons and what they respond.
pub(super) struct View<'a> {
    pub units: &'a [Unit],
    /// The fitted neurons.
    pub fit: &'a [usize],
    /// The cluster of every neuron.
    pub labels: &'a [usize],
    /// `[stimulus][neuron]`.
    pub responses: &'a [Vec<f32>],
    pub clusters: &'a Clusters<f32>,
    pub min_report: usize,
}

impl View<'_> {
    fn split(&self, unit: usize) -> &'static str {
        if self.fit.binary_search(&unit).is_ok() { "fit" } else { "held_out" }
    }

    /// Confusion of the neurons of a split; none without any.
    pub(super) fn confusion(&self, split: &str) -> Option<Confusion> {
        let members: Vec<usize> = (0..self.units.len()).filter(|&unit| self.split(unit) == split).collect();
        let labels: Vec<usize> = members.iter().map(|&unit| self.labels[unit]).collect();
        let pick = |row: &Vec<f32>| members.iter().map(|&unit| row[unit]).collect::<Vec<f32>>();
        let responses: Vec<Vec<f32>> = self.responses.iter().map(pick).collect();
        (!members.is_empty()).then(|| Confusion::new(&responses, &labels))
    }
}

pub(super) fn clusters(view: &View<'_>) -> Result<Table> {
    let n = view.units.len();
    let margins = margins(view.responses);
    let own = |unit: usize| f64::from(view.responses[view.labels[unit]][unit]);
    let sizes = view.clusters.groups.sizes();
    let reported = |unit: usize| sizes.get(view.labels[unit]).is_some_and(|&size| size >= view.min_report);
    let all = |unit: usize| view.responses.iter().map(|row| f64::from(row[unit])).collect();
    TableBuilder::new(kinds::MDS_CLUSTERS)
        .text("recording_id", view.units.iter().map(|unit| &unit.0))
        .text("unit_id", view.units.iter().map(|unit| &unit.1))
        .text("split", (0..n).map(|unit| view.split(unit)))
        .integers("cluster", view.labels.iter().map(|&label| label as i64))
        .numbers("response", (0..n).map(own))
        .optional_numbers("margin", margins.iter().map(|(_, margin)| *margin))
        .optional_bools("reported", (0..n).map(|unit| Some(reported(unit))))
        .lists("responses", (0..n).map(all))
        .finish()
}

pub(super) fn em_trace(found: &Restarted<f32>) -> Result<Table> {
    let rows: Vec<(i64, &Iteration)> = found
        .runs
        .iter()
        .enumerate()
        .flat_map(|(restart, run)| run.trace.iter().map(move |iteration| (restart as i64, iteration)))
        .collect();
    let integers = |f: fn(&Iteration) -> usize| rows.iter().map(move |(_, one)| f(one) as i64);
    let share = |one: &Iteration| {
        if one.n_clusters < 2 { 0.0 } else { one.mean_j / (one.n_clusters as f64).ln() }
    };
    TableBuilder::new(kinds::MDS_TRACE)
        .integers("restart", rows.iter().map(|(restart, _)| *restart))
        .text("phase", rows.iter().map(|(_, one)| one.phase.name()))
        .integers("pass", integers(|one| one.pass))
        .integers("iteration", integers(|one| one.iteration))
        .integers("n_clusters", integers(|one| one.n_clusters))
        .integers("changed", integers(|one| one.changed))
        .numbers("mean_j", rows.iter().map(|(_, one)| one.mean_j))
        .numbers("mean_j_share", rows.iter().map(|(_, one)| share(one)))
        .integers("smallest", integers(|one| one.sizes.0))
        .integers("largest", integers(|one| one.sizes.1))
        .integers("steps", integers(|one| one.steps))
        .finish()
}

pub(super) fn split_trace(found: &Restarted<f32>) -> Result<Table> {
    let rows: Vec<(i64, &SplitTrial)> = found
        .runs
        .iter()
        .enumerate()
        .flat_map(|(restart, run)| run.splits.iter().map(move |trial| (restart as i64, trial)))
        .collect();
    let integers = |f: fn(&SplitTrial) -> usize| rows.iter().map(move |(_, one)| f(one) as i64);
    TableBuilder::new(kinds::MDS_SPLITS)
        .integers("restart", rows.iter().map(|(restart, _)| *restart))
        .integers("pass", integers(|one| one.pass))
        .integers("cluster", integers(|one| one.cluster))
        .integers("n_sub", integers(|one| one.n_sub))
        .optional_numbers("loss_before", rows.iter().map(|(_, one)| one.losses.map(|losses| losses.0)))
        .optional_numbers("loss_after", rows.iter().map(|(_, one)| one.losses.map(|losses| losses.1)))
        .optional_bools("accepted", rows.iter().map(|(_, one)| Some(one.accepted)))
        .finish()
}

pub(super) fn confusion(view: &View<'_>) -> Result<Table> {
    let mut rows = Vec::new();
    for split in ["fit", "held_out"] {
        let Some(confusion) = view.confusion(split) else { continue };
        let k = confusion.sizes.len();
        let pairs = (0..k).flat_map(|stimulus| (0..k).map(move |cluster| (stimulus, cluster)));
        let filled = pairs.filter(|(_, cluster)| confusion.sizes[*cluster] > 0);
        rows.extend(filled.map(|(stimulus, cluster)| {
            let mean = confusion.means[stimulus][cluster];
            (
                split,
                stimulus,
                cluster,
                confusion.sizes[cluster],
                mean,
                confusion.normalised(stimulus, cluster),
            )
        }));
    }
    TableBuilder::new(kinds::MDS_CONFUSION)
        .text("split", rows.iter().map(|row| row.0))
        .integers("stimulus_cluster", rows.iter().map(|row| row.1 as i64))
        .integers("unit_cluster", rows.iter().map(|row| row.2 as i64))
        .integers("n_units", rows.iter().map(|row| row.3 as i64))
        .numbers("mean_response", rows.iter().map(|row| row.4))
        .numbers("normalised", rows.iter().map(|row| row.5))
        .finish()
}

/// ARI of every two searches.
pub(super) fn stability(found: &Restarted<f32>, n_units: usize) -> Result<Table> {
    let n = found.stability.len();
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
    TableBuilder::new(kinds::MDS_AGREEMENT)
        .text("method", pairs.iter().map(|(a, _)| format!("restart_{a}")))
        .text("against", pairs.iter().map(|(_, b)| format!("restart_{b}")))
        .text("split", pairs.iter().map(|_| "fit"))
        .text("metric", pairs.iter().map(|_| "ari"))
        .text("item", pairs.iter().map(|_| "all"))
        .numbers("value", pairs.iter().map(|&(a, b)| found.stability[a][b]))
        .integers("n_units", pairs.iter().map(|_| n_units as i64))
        .finish()
}
