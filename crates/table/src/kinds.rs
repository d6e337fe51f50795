//! The kinds of tables, one constant each. [`ALL`] lists their schemas.

mod rsa;
mod signals;
mod sources;

use neuroloom_core::TableKind;

use crate::KindSpec;

/// One row per recording.
pub const RECORDINGS: TableKind = TableKind::new("recordings");
/// One row per (recording, unit): spike times.
pub const SPIKES: TableKind = TableKind::new("spikes");
/// One row per (recording, unit, signal, segment): a sampled signal of a neuron.
pub const TRACES: TableKind = TableKind::new("traces");
/// One row per (recording, signal, channel): a sampled signal of the animal or its surroundings.
pub const BEHAVIOUR: TableKind = TableKind::new("behaviour");
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

/// The schemas of all kinds.
pub const ALL: &[&KindSpec] = &[
    &sources::RECORDINGS,
    &signals::SPIKES,
    &signals::TRACES,
    &signals::BEHAVIOUR,
    &sources::INTERVALS,
    &rsa::RESPONSES,
    &rsa::RDMS,
    &rsa::RDM_INDEX,
    &rsa::COMPARISONS,
    &rsa::EMBEDDING,
];
