//! The kinds of tables, one constant each. [`ALL`] lists their schemas.

mod celegans;
mod frames;
mod rsa;
mod signals;
mod sources;

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
];
