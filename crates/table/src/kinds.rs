//! The kinds of tables, one constant each. [`ALL`] lists their schemas.

mod celegans;
mod frames;
mod graphs;
mod rsa;
mod signals;
mod sources;
mod tensors;

use neuroloom_core::TableKind;

use crate::KindSpec;

/// Any columns: what filters, joins, groups and queries give.
pub const TABLE: TableKind = TableKind::new("table");
/// One row per recording.
pub const RECORDINGS: TableKind = TableKind::new("recordings");
/// One row per (recording, unit): spike times.
pub const SPIKES: TableKind = TableKind::new("spikes");
/// One row per (recording, unit, trial): spike times around an event.
pub const ALIGNED_SPIKES: TableKind = TableKind::new("aligned_spikes");
/// One row per (recording, unit, signal, segment): a sampled signal of a neuron.
pub const TRACES: TableKind = TableKind::new("traces");
/// One row per (recording, signal, channel): a sampled signal of the animal or its surroundings.
pub const BEHAVIOUR: TableKind = TableKind::new("behaviour");
/// One row per (recording, split, signal, trial, unit): a signal on the bins of a trial.
pub const TRIALS: TableKind = TableKind::new("trials");
/// One row per stretch of time: trials, epochs, stimuli.
pub const INTERVALS: TableKind = TableKind::new("intervals");
/// One row per (recording, unit, condition, fold): the response of a neuron to a condition.
pub const RESPONSES: TableKind = TableKind::new("responses");
/// One row per (RDM, pair of conditions): representational dissimilarities.
pub const RDMS: TableKind = TableKind::new("rdms");
/// One row per RDM: where it comes from.
pub const RDM_INDEX: TableKind = TableKind::new("rdm_index");
/// One row per pair of RDMs: their similarity.
pub const COMPARISONS: TableKind = TableKind::new("comparisons");
/// One row per (RDM, condition, dimension): a map of the conditions.
pub const EMBEDDING: TableKind = TableKind::new("embedding");

/// One row per neuron of C. elegans: name, class, position.
pub const NEURONS: TableKind = TableKind::new("neurons");
/// One row per (recording, neuron of C. elegans): activity on the common clock.
pub const HOMOGENISED: TableKind = TableKind::new("homogenised");
/// One row per recording that was homogenised: clocks and settings.
pub const HOMOGENISED_RECORDINGS: TableKind = TableKind::new("homogenised_recordings");
/// One row per (recording, column of the source): what became of its label.
pub const NEURON_LABELS: TableKind = TableKind::new("neuron_labels");
/// One row per warning.
pub const WARNINGS: TableKind = TableKind::new("warnings");
/// The 15-column layout of the published homogenised C. elegans data set.
pub const PUBLISHED: TableKind = TableKind::new("celegans_published");
/// One row per reading of a connection, as its source writes it.
pub const CONNECTOME_READINGS: TableKind = TableKind::new("connectome_readings");
/// One row per (source, ordered pair of neurons): connection weights.
pub const CONNECTOME_EDGES: TableKind = TableKind::new("connectome_edges");
/// One row per ordered pair of neurons: connection over several sources.
pub const CONNECTOME_CONSENSUS: TableKind = TableKind::new("connectome_consensus");

/// One row per (recording, neuron): the signed roots of the differential affinity.
pub const AFFINITY: TableKind = TableKind::new("affinity");
/// One row per fibre along the last mode of a tensor.
pub const TENSOR: TableKind = TableKind::new("tensor");
/// One row per entry of a sparse tensor.
pub const TENSOR_ENTRIES: TableKind = TableKind::new("tensor_entries");
/// One row per place along a mode of a tensor: its label.
pub const TENSOR_MODES: TableKind = TableKind::new("tensor_modes");
/// One row per (rank, mode, place, component): factors.
pub const NTF_FACTORS: TableKind = TableKind::new("ntf_factors");
/// One row per (rank, component): weight, time, animals.
pub const NTF_COMPONENTS: TableKind = TableKind::new("ntf_components");
/// One row per (rank, start): how a fit went.
pub const NTF_RUNS: TableKind = TableKind::new("ntf_runs");
/// One row per (criterion, rank): what speaks for a number of components.
pub const NTF_RANK: TableKind = TableKind::new("ntf_rank");
/// One row per edge of a graph.
pub const EDGES: TableKind = TableKind::new("edges");
/// One row per (graph, model, level, member): its group.
pub const PARTITION: TableKind = TableKind::new("partition");
/// One row per (graph, node, group): how often the node was in the group.
pub const MEMBERSHIP: TableKind = TableKind::new("membership");
/// One row per (graph, model): description length of the best fit.
pub const SBM_FIT: TableKind = TableKind::new("sbm_fit");
/// One row per (graph, model, term): what a description length is made of.
pub const SBM_TERMS: TableKind = TableKind::new("sbm_terms");
/// One row per (graph, model, level, pair of groups): the edges between them.
pub const BLOCKS: TableKind = TableKind::new("blocks");
/// One row per (graph, model, sweep): how a description length fell.
pub const ENTROPY_TRACE: TableKind = TableKind::new("entropy_trace");
/// One row per (graph, community): an atlas of communities.
pub const COMMUNITIES: TableKind = TableKind::new("communities");
/// One row per (graph, community, neuron class): their overlap.
pub const OVERLAPS: TableKind = TableKind::new("overlaps");
/// One row per (graph, model, level): how near a partition comes to the true one.
pub const SCORES: TableKind = TableKind::new("scores");

/// The schemas of all kinds.
pub const ALL: &[&KindSpec] = &[
    &frames::TABLE,
    &sources::RECORDINGS,
    &signals::SPIKES,
    &signals::ALIGNED_SPIKES,
    &signals::TRACES,
    &signals::BEHAVIOUR,
    &signals::TRIALS,
    &sources::INTERVALS,
    &rsa::RESPONSES,
    &rsa::RDMS,
    &rsa::RDM_INDEX,
    &rsa::COMPARISONS,
    &rsa::EMBEDDING,
    &celegans::NEURONS,
    &celegans::HOMOGENISED,
    &celegans::HOMOGENISED_RECORDINGS,
    &celegans::NEURON_LABELS,
    &celegans::WARNINGS,
    &celegans::PUBLISHED,
    &celegans::CONNECTOME_READINGS,
    &celegans::CONNECTOME_EDGES,
    &celegans::CONNECTOME_CONSENSUS,
    &tensors::AFFINITY,
    &tensors::TENSOR,
    &tensors::TENSOR_ENTRIES,
    &tensors::TENSOR_MODES,
    &tensors::NTF_FACTORS,
    &tensors::NTF_COMPONENTS,
    &tensors::NTF_RUNS,
    &tensors::NTF_RANK,
    &graphs::EDGES,
    &graphs::PARTITION,
    &graphs::MEMBERSHIP,
    &graphs::SBM_FIT,
    &graphs::SBM_TERMS,
    &graphs::BLOCKS,
    &graphs::ENTROPY_TRACE,
    &graphs::COMMUNITIES,
    &graphs::OVERLAPS,
    &graphs::SCORES,
];
