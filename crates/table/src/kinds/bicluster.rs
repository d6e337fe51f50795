//! Bayesian bi-clustering: posterior draws and what they were drawn for.

use crate::ColumnType::{Id, Integer, Number, NumberList};
use crate::{ColumnSpec as C, KindSpec};

const RECORDING: C = C::new("recording_id", Id, "The recording");
const UNIT: C = C::new("unit_id", Id, "The neuron, unique within its recording");
const CHAIN: C = C::new("chain", Integer, "The chain, from 0").unit("1");

pub const BICLUSTER_DRAWS: KindSpec = KindSpec {
    kind: super::BICLUSTER_DRAWS,
    doc: "One row per (recording, chain, sweep): a draw from the posterior. Lists over neurons follow the positions of \
          the table of units, lists over bins those of the table of bins.",
    columns: &[
        RECORDING,
        CHAIN,
        C::new("sweep", Integer, "Sweep of the chain, from 0, burn-in included").unit("1"),
        C::new("log_joint", Number, "Log density of counts and unknowns together").unit("nat"),
        C::new("log_lik_train", Number, "Log likelihood of the counts that the chain sees").unit("nat"),
        C::new("log_lik_test", Number, "Log likelihood of the counts held out; absent where none are")
            .unit("nat")
            .nullable(),
        C::new("n_clusters", Integer, "Occupied clusters of neurons").unit("1"),
        C::new("n_states", Integer, "States that occur").unit("1"),
        C::new("max_state_share", Number, "Share of the bins in the most frequent state").unit("1"),
        C::new("labels", NumberList, "Cluster of every neuron, in the order of first members").unit("1"),
        C::new("states", NumberList, "State of every bin: it drives the step to the next bin").unit("1"),
        C::new("baselines", NumberList, "d of every neuron, log expected count at a resting cluster")
            .unit("1"),
        C::new("dispersions", NumberList, "r of every neuron; the variance of a count is m + m²/r").unit("1"),
        C::new("loadings", NumberList, "c, neuron by neuron, latent by latent").unit("1").nullable(),
        C::new(
            "paths",
            NumberList,
            "Latents, bin by bin; within a bin cluster by cluster, its population baseline first",
        )
        .unit("1")
        .nullable(),
        C::new("transition", NumberList, "A of every state that occurs, row by row").unit("1").nullable(),
        C::new("offset", NumberList, "b of every state that occurs").unit("1").nullable(),
        C::new("noise", NumberList, "Q of every state that occurs, row by row").unit("1").nullable(),
        C::new("state_transitions", NumberList, "Probabilities between the states that occur, row by row")
            .unit("1")
            .nullable(),
    ],
    key: &["recording_id", "chain", "sweep"],
    open: false,
};

pub const BICLUSTER_UNITS: KindSpec = KindSpec {
    kind: super::BICLUSTER_UNITS,
    doc: "One row per (recording, neuron) that was offered: its place in the lists of the draws.",
    columns: &[
        RECORDING,
        UNIT,
        C::new("position", Integer, "Place in the lists of the draws, from 0; absent where it was left out")
            .unit("1")
            .nullable(),
        C::new("region", Id, "Brain region, as the source writes it").nullable(),
        C::new("status", Id, "used, or why it was left out: silent"),
        C::new("n_spikes", Integer, "Spikes in the bins that the chain sees").unit("1"),
        C::new("n_bins", Integer, "Bins that the chain sees").unit("1"),
        C::new("n_held_out", Integer, "Bins held out for scores").unit("1"),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};

pub const BICLUSTER_BINS: KindSpec = KindSpec {
    kind: super::BICLUSTER_BINS,
    doc: "One row per (recording, bin): its place in the lists of the draws.",
    columns: &[
        RECORDING,
        C::new("bin", Integer, "Place in the lists of the draws, from 0").unit("1"),
        C::new("segment", Integer, "Contiguous stretch; latents and states start anew with each").unit("1"),
        C::new("start_s", Number, "Start of the bin").unit("s"),
        C::new("dt_s", Number, "Width of the bin").unit("s"),
        C::new("n_observed", Integer, "Neurons whose count the chain sees").unit("1"),
    ],
    key: &["recording_id", "bin"],
    open: false,
};

pub const BICLUSTER_HELD_OUT: KindSpec = KindSpec {
    kind: super::BICLUSTER_HELD_OUT,
    doc: "One row per entry that was held out: how probable its count is under the draws.",
    columns: &[
        RECORDING,
        UNIT,
        C::new("bin", Integer, "The bin, from 0").unit("1"),
        C::new("count", Integer, "The count that the chains did not see").unit("1"),
        C::new(
            "log_mean_probability",
            Number,
            "Log of its probability, averaged over the draws of all chains",
        )
        .unit("nat"),
        C::new("mean_log_probability", Number, "Average of its log probability over the draws").unit("nat"),
        C::new("log_homogeneous", Number, "The same under a constant Poisson rate, that of the seen bins")
            .unit("nat"),
    ],
    key: &["recording_id", "unit_id", "bin"],
    open: false,
};
