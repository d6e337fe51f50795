//! The tables of `celegans.connectome`.

use std::collections::BTreeMap;

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::atlas::{Atlas, AtlasEntry};
use crate::connectome::{ConsensusEdge, Pair, SourceEdges, Weights};
use crate::names::{self, NAMES};

fn name(slot: usize) -> &'static str {
    NAMES.get(slot).copied().unwrap_or_default()
}

fn all_pairs() -> impl Iterator<Item = Pair> {
    (0..NAMES.len()).flat_map(|pre| (0..NAMES.len()).map(move |post| (pre, post)))
}

/// The table `connectome_edges`.
pub(super) fn edges(sources: &[SourceEdges], complete: bool) -> Result<Table> {
    let mut rows: Vec<(&SourceEdges, Pair, Weights)> = Vec::new();
    for source in sources {
        if complete {
            let weights = |pair: Pair| source.edges.get(&pair).copied().unwrap_or_default();
            rows.extend(all_pairs().map(|pair| (source, pair, weights(pair))));
        } else {
            rows.extend(source.edges.iter().map(|(pair, weights)| (source, *pair, *weights)));
        }
    }
    TableBuilder::new(kinds::CONNECTOME_EDGES)
        .text("source", rows.iter().map(|(source, ..)| &source.source))
        .text("pre", rows.iter().map(|(_, (pre, _), _)| name(*pre)))
        .text("post", rows.iter().map(|(_, (_, post), _)| name(*post)))
        .integers("pre_slot", rows.iter().map(|(_, (pre, _), _)| *pre as i64))
        .integers("post_slot", rows.iter().map(|(_, (_, post), _)| *post as i64))
        .numbers("gap", rows.iter().map(|(.., weights)| weights.gap))
        .numbers("chem", rows.iter().map(|(.., weights)| weights.chem))
        .text("weight_unit", rows.iter().map(|(source, ..)| &source.unit))
        .finish()
}

/// The table `connectome_consensus`. Pairs without a connection have absent means.
pub(super) fn consensus(
    pairs: &BTreeMap<Pair, ConsensusEdge>,
    unit: &str,
    functional_unit: Option<&str>,
    atlas: &Atlas,
    complete: bool,
) -> Result<Table> {
    let empty = ConsensusEdge::default();
    let rows: Vec<(Pair, &ConsensusEdge)> = if complete {
        all_pairs().map(|pair| (pair, pairs.get(&pair).unwrap_or(&empty))).collect()
    } else {
        pairs.iter().map(|(pair, edge)| (*pair, edge)).collect()
    };
    let edge = || rows.iter().map(|(_, edge)| *edge);
    let pre = || rows.iter().map(|((pre, _), _)| *pre);
    let post = || rows.iter().map(|((_, post), _)| *post);
    let kind = |slot: usize| atlas.entry(slot).and_then(|entry| entry.kind.clone());
    let mut table = TableBuilder::new(kinds::CONNECTOME_CONSENSUS)
        .text("pre", pre().map(name))
        .text("post", post().map(name))
        .integers("pre_slot", pre().map(|slot| slot as i64))
        .integers("post_slot", post().map(|slot| slot as i64))
        .optional_numbers("mean_gap_weight", edge().map(ConsensusEdge::mean_gap))
        .optional_numbers("mean_chem_weight", edge().map(ConsensusEdge::mean_chem))
        .optional_numbers("sd_gap", edge().map(ConsensusEdge::sd_gap))
        .optional_numbers("sd_chem", edge().map(ConsensusEdge::sd_chem))
        .integers("n_gap", edge().map(|edge| edge.gap.len() as i64))
        .integers("n_chem", edge().map(|edge| edge.chem.len() as i64))
        .optional_numbers("functional_weight", edge().map(ConsensusEdge::functional_weight))
        .optional_numbers("uncertainty", edge().map(ConsensusEdge::uncertainty))
        .text("weight_unit", rows.iter().map(|_| unit))
        .optional_text("functional_unit", rows.iter().map(|_| functional_unit))
        .optional_text_lists("data_sources", edge().map(|edge| Some(edge.sources.iter().cloned().collect())))
        .optional_text("pre_type", pre().map(kind))
        .optional_text("post_type", post().map(kind));
    for (axis, (pre_name, post_name)) in
        [("pre_x_um", "post_x_um"), ("pre_y_um", "post_y_um"), ("pre_z_um", "post_z_um")]
            .into_iter()
            .enumerate()
    {
        let position = |slot: usize| atlas.entry(slot).and_then(|entry| *entry.position_um.get(axis)?);
        table = table
            .optional_numbers(pre_name, pre().map(position))
            .optional_numbers(post_name, post().map(position));
    }
    table.finish()
}

/// The table `neurons`: all 300, with what the atlas says.
pub(super) fn neurons(atlas: &Atlas) -> Result<Table> {
    let entry = |slot: usize| atlas.entry(slot).cloned().unwrap_or_default();
    let entries: Vec<AtlasEntry> = (0..NAMES.len()).map(entry).collect();
    let axis = |axis: usize| entries.iter().map(move |entry| entry.position_um.get(axis).copied().flatten());
    TableBuilder::new(kinds::NEURONS)
        .text("neuron", NAMES)
        .integers("slot", (0..NAMES.len()).map(|slot| slot as i64))
        .text("class", NAMES.iter().map(|name| names::class(name).unwrap_or_default()))
        .optional_text("type", entries.iter().map(|entry| entry.kind.as_deref()))
        .optional_text("transmitter", entries.iter().map(|entry| entry.transmitter.as_deref()))
        .optional_numbers("x_um", axis(0))
        .optional_numbers("y_um", axis(1))
        .optional_numbers("z_um", axis(2))
        .finish()
}
