//! Bayesian bi-clustering: what the draws say.

use crate::ColumnType::{Id, Integer, Number, NumberList};
use crate::{ColumnSpec as C, KindSpec};

const RECORDING: C = C::new("recording_id", Id, "The recording");
const UNIT: C = C::new("unit_id", Id, "The neuron, unique within its recording");
const CLUSTER: C =
    C::new("cluster", Integer, "Cluster of the point estimate, in the order of first members").unit("1");
const STATE: C =
    C::new("state", Integer, "State of the point estimate, in the order of first bins").unit("1");

pub const BICLUSTER_NEURONS: KindSpec = KindSpec {
    kind: super::BICLUSTER_NEURONS,
    doc: "One row per (recording, neuron) that was used: its cluster and its parameters. Intervals are 95 % highest \
          density.",
    columns: &[
        RECORDING,
        UNIT,
        C::new("region", Id, "Brain region, as the source writes it").nullable(),
        CLUSTER,
        C::new("probability", Number, "Share of the draws in which its cluster is matched to this one")
            .unit("1"),
        C::new(
            "own_similarity",
            Number,
            "Mean posterior similarity with the others of its cluster; absent if alone",
        )
        .unit("1")
        .nullable(),
        C::new("baseline", Number, "d: posterior mean of the log expected count at a resting cluster")
            .unit("1")
            .nullable(),
        C::new("baseline_low", Number, "Lower end of its interval").unit("1").nullable(),
        C::new("baseline_high", Number, "Upper end of its interval").unit("1").nullable(),
        C::new("dispersion", Number, "r: posterior mean; the variance of a count is m + m²/r").unit("1"),
        C::new("dispersion_low", Number, "Lower end of its interval").unit("1"),
        C::new("dispersion_high", Number, "Upper end of its interval").unit("1"),
        C::new("loadings", NumberList, "c: posterior means, by latents of the table of latents")
            .unit("1")
            .nullable(),
        C::new("loadings_low", NumberList, "Lower ends of their intervals").unit("1").nullable(),
        C::new("loadings_high", NumberList, "Upper ends of their intervals").unit("1").nullable(),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};

pub const BICLUSTER_STATES: KindSpec = KindSpec {
    kind: super::BICLUSTER_STATES,
    doc: "One row per (recording, bin): its state, which drives the step to the next bin.",
    columns: &[
        RECORDING,
        C::new("bin", Integer, "The bin, from 0").unit("1"),
        C::new("start_s", Number, "Start of the bin").unit("s"),
        STATE,
        C::new("probability", Number, "Share of the draws in which its state is matched to this one")
            .unit("1"),
    ],
    key: &["recording_id", "bin"],
    open: false,
};

pub const BICLUSTER_SIMILARITY: KindSpec = KindSpec {
    kind: super::BICLUSTER_SIMILARITY,
    doc: "One row per (recording, neurons or bins, thing): the share of draws in which it is in one group with each other.",
    columns: &[
        RECORDING,
        C::new("of", Id, "What is compared: neurons or bins"),
        C::new("place", Integer, "Position of the neuron, or the bin").unit("1"),
        C::new("similarity", NumberList, "With each neuron by position, or each bin that has a row")
            .unit("1"),
    ],
    key: &["recording_id", "of", "place"],
    open: false,
};

pub const BICLUSTER_LATENTS: KindSpec = KindSpec {
    kind: super::BICLUSTER_LATENTS,
    doc: "One row per (recording, cluster, latent): its course over the bins. Intervals are 95 % highest density.",
    columns: &[
        RECORDING,
        CLUSTER,
        C::new("latent", Integer, "0: the population baseline mu; 1 to p: the latents x").unit("1"),
        C::new("n_draws", Integer, "Draws that were averaged").unit("1"),
        C::new("mean", NumberList, "Posterior mean in every bin").unit("1"),
        C::new("low", NumberList, "Lower end of the interval").unit("1"),
        C::new("high", NumberList, "Upper end of the interval").unit("1"),
    ],
    key: &["recording_id", "cluster", "latent"],
    open: false,
};

pub const BICLUSTER_RATES: KindSpec = KindSpec {
    kind: super::BICLUSTER_RATES,
    doc: "One row per (recording, neuron): its expected counts. Intervals are 95 % highest density.",
    columns: &[
        RECORDING,
        UNIT,
        C::new("mean", NumberList, "Posterior mean of the expected count in every bin").unit("1"),
        C::new("low", NumberList, "Lower end of the interval").unit("1"),
        C::new("high", NumberList, "Upper end of the interval").unit("1"),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};

pub const BICLUSTER_DYNAMICS: KindSpec = KindSpec {
    kind: super::BICLUSTER_DYNAMICS,
    doc: "One row per (recording, state): posterior means of X' = A X + b + e, e ~ N(0, Q), over the draws whose clusters \
          are those of the point estimate one to one.",
    columns: &[
        RECORDING,
        STATE,
        C::new("share", Number, "Share of the bins in this state").unit("1"),
        C::new("n_draws", Integer, "Draws that were averaged").unit("1"),
        C::new("spectral_radius", Number, "Largest size of the eigenvalues of A; below 1 latents decay")
            .unit("1"),
        C::new("transition", NumberList, "A, row by row; latents cluster by cluster, the baseline first")
            .unit("1"),
        C::new("offset", NumberList, "b").unit("1"),
        C::new("noise", NumberList, "Q, row by row").unit("1"),
    ],
    key: &["recording_id", "state"],
    open: false,
};

pub const BICLUSTER_SCORES: KindSpec = KindSpec {
    kind: super::BICLUSTER_SCORES,
    doc: "One row per recording: how well counts that no chain saw are predicted.",
    columns: &[
        RECORDING,
        C::new("n_entries", Integer, "Counts that were held out").unit("1"),
        C::new("n_spikes", Number, "Their sum").unit("1"),
        C::new("log_mean_per_entry", Number, "Log posterior predictive probability per count").unit("nat"),
        C::new("log_mean_per_spike", Number, "The same per spike").unit("nat"),
        C::new("mean_log_per_entry", Number, "Mean over draws of the log probability, per count").unit("nat"),
        C::new("homogeneous_per_entry", Number, "Log probability under constant Poisson rates, per count")
            .unit("nat"),
        C::new("bits_per_spike", Number, "Gain over constant rates per spike").unit("bit"),
    ],
    key: &["recording_id"],
    open: false,
};

pub const BICLUSTER_DIAGNOSTICS: KindSpec = KindSpec {
    kind: super::BICLUSTER_DIAGNOSTICS,
    doc: "One row per (recording, scalar): whether chains agree on it. Only scalars that do not depend on names of clusters.",
    columns: &[
        RECORDING,
        C::new(
            "scalar",
            Id,
            "log_lik_train, n_clusters, n_states, dispersion of a neuron, eta (log expected count) ...",
        ),
        C::new("n_chains", Integer, "Chains").unit("1"),
        C::new("n_draws", Integer, "Draws of every chain").unit("1"),
        C::new("mean", Number, "Posterior mean").unit("1"),
        C::new("sd", Number, "Posterior standard deviation").unit("1"),
        C::new("r_hat", Number, "Rank-normalised split R-hat; absent where no draw differs")
            .unit("1")
            .nullable(),
        C::new("ess_bulk", Number, "Effective sample size of the bulk").unit("1").nullable(),
        C::new("ess_tail", Number, "Effective sample size of the tails").unit("1").nullable(),
    ],
    key: &["recording_id", "scalar"],
    open: false,
};

pub const BICLUSTER_AGREEMENT: KindSpec = KindSpec {
    kind: super::BICLUSTER_AGREEMENT,
    doc: "One row per (recording, neurons or bins, known labels, method): how far groups agree with what is known.",
    columns: &[
        RECORDING,
        C::new("of", Id, "What is grouped: neurons or bins"),
        C::new("against", Id, "The known labels: cluster, region, or the name of a set of intervals"),
        C::new("method", Id, "bicluster, or a plain method that was told how many groups there are"),
        C::new("n_things", Integer, "Neurons or bins with a known label").unit("1"),
        C::new("n_groups", Integer, "Groups of the method among them").unit("1"),
        C::new("n_known", Integer, "Known groups").unit("1"),
        C::new("ari", Number, "Adjusted Rand index: 1 the same, 0 by chance").unit("1"),
        C::new("ami", Number, "Adjusted mutual information: 1 the same, 0 by chance").unit("1"),
    ],
    key: &["recording_id", "of", "against", "method"],
    open: false,
};
