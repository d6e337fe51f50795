//! The kinds of tables, one constant each. [`ALL`] lists their schemas.

mod bicluster;
mod bicluster_summary;
mod celegans;
mod frames;
mod graphs;
mod langevin;
mod mds;
mod nlb;
mod rsa;
mod rsa_inference;
mod rsa_topology;
mod searchlight;
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
/// One row per (RDM, condition): its dissimilarity with itself across runs.
pub const RDM_DIAGONAL: TableKind = TableKind::new("rdm_diagonal");
/// One row per (unit, observation): noise of the responses.
pub const RESIDUALS: TableKind = TableKind::new("residuals");
/// One row per (RDM, thresholds, pair): a grid of geo-topological transforms.
pub const RDM_GRID: TableKind = TableKind::new("rdm_grid");
/// One row per (pair of RDMs, thresholds): similarity after the transform.
pub const RDM_GRID_SIMILARITIES: TableKind = TableKind::new("rdm_grid_similarities");
/// One row per (descriptor, RDM): the region that it was taken for.
pub const IDENTIFICATION: TableKind = TableKind::new("identification");
/// One row per descriptor or class of them: how often regions were identified.
pub const ACCURACY: TableKind = TableKind::new("accuracy");
/// One row per pair of classes of descriptors: which identifies better.
pub const ACCURACY_PAIRS: TableKind = TableKind::new("accuracy_pairs");
/// One row per (pair of RDMs, thresholds): adaptive geo-topological dependence.
pub const AGTIC: TableKind = TableKind::new("agtic");
/// One row per (pair of RDMs, statistic): tests of dependence.
pub const AGTIC_TESTS: TableKind = TableKind::new("agtic_tests");
/// One row per (measure, model, resample, RDM): how well a model predicts.
pub const RSA_EVALUATIONS: TableKind = TableKind::new("rsa_evaluations");
/// One row per (measure, model): mean, uncertainty, tests.
pub const RSA_MODEL_STATS: TableKind = TableKind::new("rsa_model_stats");
/// One row per (measure, pair of models): which predicts better.
pub const RSA_MODEL_PAIRS: TableKind = TableKind::new("rsa_model_pairs");
/// One row per measure: noise ceiling.
pub const RSA_CEILING: TableKind = TableKind::new("rsa_ceiling");
/// One row per (measure, model, split, component): fitted parameters.
pub const RSA_MODEL_WEIGHTS: TableKind = TableKind::new("rsa_model_weights");
/// One row per channel: where it lies.
pub const POSITIONS: TableKind = TableKind::new("positions");
/// One row per (centre, channel): what a searchlight sees.
pub const NEIGHBOURHOODS: TableKind = TableKind::new("neighbourhoods");
/// One row per (centre, model, measure): local similarity.
pub const SEARCHLIGHT: TableKind = TableKind::new("searchlight");
/// One row per (centre, pair): local dissimilarities.
pub const SEARCHLIGHT_RDMS: TableKind = TableKind::new("searchlight_rdms");

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

/// One row per (recording, chain, sweep): a draw of a bi-clustering.
pub const BICLUSTER_DRAWS: TableKind = TableKind::new("bicluster_draws");
/// One row per (recording, neuron): its place in the draws.
pub const BICLUSTER_UNITS: TableKind = TableKind::new("bicluster_units");
/// One row per (recording, bin): its place in the draws.
pub const BICLUSTER_BINS: TableKind = TableKind::new("bicluster_bins");
/// One row per held-out entry: how probable its count is under the draws.
pub const BICLUSTER_HELD_OUT: TableKind = TableKind::new("bicluster_held_out");
/// One row per (recording, neuron): its cluster and parameters.
pub const BICLUSTER_NEURONS: TableKind = TableKind::new("bicluster_neurons");
/// One row per (recording, bin): its state.
pub const BICLUSTER_STATES: TableKind = TableKind::new("bicluster_states");
/// One row per neuron or bin: how often it is in one group with the others.
pub const BICLUSTER_SIMILARITY: TableKind = TableKind::new("bicluster_similarity");
/// One row per (recording, cluster, latent): its course.
pub const BICLUSTER_LATENTS: TableKind = TableKind::new("bicluster_latents");
/// One row per (recording, neuron): its expected counts.
pub const BICLUSTER_RATES: TableKind = TableKind::new("bicluster_rates");
/// One row per (recording, state): its dynamics.
pub const BICLUSTER_DYNAMICS: TableKind = TableKind::new("bicluster_dynamics");
/// One row per recording: predictions of held-out counts.
pub const BICLUSTER_SCORES: TableKind = TableKind::new("bicluster_scores");
/// One row per (recording, scalar): whether chains agree.
pub const BICLUSTER_DIAGNOSTICS: TableKind = TableKind::new("bicluster_diagnostics");
/// One row per (neurons or bins, known labels, method): agreement with what is known.
pub const BICLUSTER_AGREEMENT: TableKind = TableKind::new("bicluster_agreement");

/// One row per (recording, metric, split, unit, channel): how well rates predict.
pub const NLB_METRICS: TableKind = TableKind::new("nlb_metrics");
/// One row per (recording, split, condition, unit): the mean response, measured and predicted.
pub const NLB_PSTH: TableKind = TableKind::new("nlb_psth");
/// One row per (recording, setting): how well a setting that was chosen from did.
pub const NLB_CHOICE: TableKind = TableKind::new("nlb_choice");
/// One row per (recording, split, metric, model): scores of several models side by side.
pub const NLB_COMPARISON: TableKind = TableKind::new("nlb_comparison");

/// One row per tensor of a fitted LangevinFlow model.
pub const LANGEVIN_MODEL: TableKind = TableKind::new("langevin_model");
/// One row per epoch of a fit.
pub const LANGEVIN_HISTORY: TableKind = TableKind::new("langevin_history");
/// One row per number that describes a potential.
pub const LANGEVIN_POTENTIAL: TableKind = TableKind::new("langevin_potential");
/// One row per (split, metric): how well predicted rates fit.
pub const LANGEVIN_SCORES: TableKind = TableKind::new("langevin_scores");

/// One row per (stimulus, channel): what is on the screen.
pub const STIMULI: TableKind = TableKind::new("stimuli");
/// One row per (recording, neuron, stimulus, repeat): a response.
pub const STIMULUS_RESPONSES: TableKind = TableKind::new("stimulus_responses");
/// One row per neuron: its place on the screen.
pub const STIMULUS_UNITS: TableKind = TableKind::new("stimulus_units");
/// One row per neuron of known type.
pub const CELL_TYPES: TableKind = TableKind::new("cell_types");
/// One row per simulated ganglion cell.
pub const RETINA_CELLS: TableKind = TableKind::new("retina_cells");
/// One row per neuron: its cluster by its most discriminative stimulus.
pub const MDS_CLUSTERS: TableKind = TableKind::new("mds_clusters");
/// One row per iteration of the search for most discriminative stimuli.
pub const MDS_TRACE: TableKind = TableKind::new("mds_trace");
/// One row per cluster that was tried to be split.
pub const MDS_SPLITS: TableKind = TableKind::new("mds_splits");
/// One row per (stimulus, cluster): mean responses.
pub const MDS_CONFUSION: TableKind = TableKind::new("mds_confusion");
/// One row per measure of agreement between partitions of neurons.
pub const MDS_AGREEMENT: TableKind = TableKind::new("mds_agreement");
/// One row per neuron: its cluster by measured responses.
pub const MDS_ASSIGNMENT: TableKind = TableKind::new("mds_assignment");
/// One row per tensor of a fitted encoder.
pub const MDS_ENCODER: TableKind = TableKind::new("mds_encoder");
/// One row per epoch of a fit of an encoder.
pub const MDS_HISTORY: TableKind = TableKind::new("mds_history");
/// One row per neuron: how well an encoder predicts it.
pub const MDS_QUALITY: TableKind = TableKind::new("mds_quality");

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
    &rsa::RDM_DIAGONAL,
    &rsa::RESIDUALS,
    &rsa_topology::RDM_GRID,
    &rsa_topology::RDM_GRID_SIMILARITIES,
    &rsa_topology::IDENTIFICATION,
    &rsa_topology::ACCURACY,
    &rsa_topology::ACCURACY_PAIRS,
    &rsa_topology::AGTIC,
    &rsa_topology::AGTIC_TESTS,
    &rsa_inference::RSA_EVALUATIONS,
    &rsa_inference::RSA_MODEL_STATS,
    &rsa_inference::RSA_MODEL_PAIRS,
    &rsa_inference::RSA_CEILING,
    &rsa_inference::RSA_MODEL_WEIGHTS,
    &searchlight::POSITIONS,
    &searchlight::NEIGHBOURHOODS,
    &searchlight::SEARCHLIGHT,
    &searchlight::SEARCHLIGHT_RDMS,
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
    &bicluster::BICLUSTER_DRAWS,
    &bicluster::BICLUSTER_UNITS,
    &bicluster::BICLUSTER_BINS,
    &bicluster::BICLUSTER_HELD_OUT,
    &bicluster_summary::BICLUSTER_NEURONS,
    &bicluster_summary::BICLUSTER_STATES,
    &bicluster_summary::BICLUSTER_SIMILARITY,
    &bicluster_summary::BICLUSTER_LATENTS,
    &bicluster_summary::BICLUSTER_RATES,
    &bicluster_summary::BICLUSTER_DYNAMICS,
    &bicluster_summary::BICLUSTER_SCORES,
    &bicluster_summary::BICLUSTER_DIAGNOSTICS,
    &bicluster_summary::BICLUSTER_AGREEMENT,
    &nlb::NLB_METRICS,
    &nlb::NLB_PSTH,
    &nlb::NLB_CHOICE,
    &nlb::NLB_COMPARISON,
    &langevin::LANGEVIN_MODEL,
    &langevin::LANGEVIN_HISTORY,
    &langevin::LANGEVIN_POTENTIAL,
    &langevin::LANGEVIN_SCORES,
    &mds::STIMULI,
    &mds::STIMULUS_RESPONSES,
    &mds::STIMULUS_UNITS,
    &mds::CELL_TYPES,
    &mds::RETINA_CELLS,
    &mds::MDS_CLUSTERS,
    &mds::MDS_TRACE,
    &mds::MDS_SPLITS,
    &mds::MDS_CONFUSION,
    &mds::MDS_AGREEMENT,
    &mds::MDS_ASSIGNMENT,
    &mds::MDS_ENCODER,
    &mds::MDS_HISTORY,
    &mds::MDS_QUALITY,
];
