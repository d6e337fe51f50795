//! Tensors, their affinities, and what factorisation makes of them.

use crate::ColumnType::{Bool, Id, Integer, Number, NumberList, SignalList, TextList};
use crate::{ColumnSpec as C, KindSpec};

const RANK: C = C::new("rank", Integer, "Number of components of the model").unit("1");
const START: C = C::new("start", Integer, "Number of the start, from 0").unit("1");
const COMPONENT: C = C::new("component", Integer, "The component, from 0, by descending weight").unit("1");
const MODE: C = C::new("mode", Integer, "Number of the mode, from 0").unit("1");
const MODE_NAME: C = C::new("mode_name", Id, "Name of the mode: time, animal, pair, neuron, ...");
const INDEX: C = C::new("index", Integer, "Place along the mode, from 0").unit("1");
const LABEL: C = C::new(
    "label",
    Id,
    "What stands there: a neuron, an animal, a pair `pre|post`; the index where it has no name",
);
const T: C = C::new("t_s", Number, "Time of the place, of modes of time").unit("s").nullable();

pub const AFFINITY: KindSpec = KindSpec {
    kind: super::AFFINITY,
    doc: "One row per (recording, neuron), all neurons of the tensor for every recording: the signed roots h of the \
          differential affinity. Of a recording, a_ij(t) = |h_i(t)| |h_j(t)| where both have one sign, else 0; a_ii = 0.",
    columns: &[
        C::new("recording_id", Id, "The recording, one of an animal"),
        C::new("neuron", Id, "Name of the neuron"),
        C::new("neuron_index", Integer, "Place of the neuron along its mode, from 0").unit("1"),
        C::new(
            "layout",
            Id,
            "How the tensor is laid out: pairs (time x animal x pair) or square (neuron x neuron x time)",
        ),
        C::new("observed", Bool, "Whether the recording has the neuron; where not, its pairs are masked"),
        C::new("t0_s", Number, "Time of frame 0").unit("s"),
        C::new("dt_s", Number, "Interval between frames").unit("s"),
        C::new(
            "h",
            SignalList,
            "Signed root of the affinity at every frame; 0 where the neuron is not observed",
        )
        .unit("1"),
    ],
    key: &["recording_id", "neuron_index"],
    open: false,
};

pub const TENSOR: KindSpec = KindSpec {
    kind: super::TENSOR,
    doc: "One row per fibre along the last mode of a tensor of 2 to 4 modes.",
    columns: &[
        C::new("index_0", Integer, "Place along mode 0, from 0").unit("1"),
        C::new("index_1", Integer, "Place along mode 1, of tensors of 3 modes and more").unit("1").nullable(),
        C::new("index_2", Integer, "Place along mode 2, of tensors of 4 modes").unit("1").nullable(),
        C::new("values", SignalList, "Values along the last mode; null or NaN where they were not observed")
            .unit("1"),
    ],
    key: &["index_0", "index_1", "index_2"],
    open: false,
};

pub const TENSOR_ENTRIES: KindSpec = KindSpec {
    kind: super::TENSOR_ENTRIES,
    doc: "One row per entry of a sparse tensor of 2 to 4 modes. What is not named is 0, or not observed: the step's choice.",
    columns: &[
        C::new("index_0", Integer, "Place along mode 0, from 0").unit("1"),
        C::new("index_1", Integer, "Place along mode 1, from 0").unit("1"),
        C::new("index_2", Integer, "Place along mode 2, of tensors of 3 modes and more").unit("1").nullable(),
        C::new("index_3", Integer, "Place along mode 3, of tensors of 4 modes").unit("1").nullable(),
        C::new("value", Number, "The entry").unit("1"),
    ],
    key: &["index_0", "index_1", "index_2", "index_3"],
    open: false,
};

pub const TENSOR_MODES: KindSpec = KindSpec {
    kind: super::TENSOR_MODES,
    doc: "One row per place along a mode of a tensor: what stands there.",
    columns: &[MODE, MODE_NAME, INDEX, LABEL, T],
    key: &["mode", "index"],
    open: false,
};

pub const NTF_FACTORS: KindSpec = KindSpec {
    kind: super::NTF_FACTORS,
    doc: "One row per (rank, mode, place, component): the factors, columns of length 1. The model is the sum over components of lambda times the outer product of its columns.",
    columns: &[
        RANK,
        MODE,
        MODE_NAME,
        COMPONENT,
        INDEX,
        LABEL,
        T,
        C::new("value", Number, "Entry of the unit column").unit("1"),
    ],
    key: &["rank", "mode", "component", "index"],
    open: false,
};

pub const NTF_COMPONENTS: KindSpec = KindSpec {
    kind: super::NTF_COMPONENTS,
    doc: "One row per (rank, component): weight, and when and in whom it is strong.",
    columns: &[
        RANK,
        COMPONENT,
        C::new("lambda", Number, "Weight of the component, in the unit of the tensor").unit("a.u."),
        C::new("share", Number, "Share of the component in the sum of squares of all components").unit("1"),
        C::new("peak_t_s", Number, "Time at which its time factor is largest").unit("s").nullable(),
        C::new("from_t_s", Number, "First time at which its time factor is at least half its maximum")
            .unit("s")
            .nullable(),
        C::new("until_t_s", Number, "Last time at which its time factor is at least half its maximum")
            .unit("s")
            .nullable(),
        C::new("top_animals", TextList, "Animals by descending weight, at most five").nullable(),
    ],
    key: &["rank", "component"],
    open: false,
};

pub const NTF_RUNS: KindSpec = KindSpec {
    kind: super::NTF_RUNS,
    doc: "One row per (rank, start): how the fit went.",
    columns: &[
        RANK,
        START,
        C::new("method", Id, "Update rule: hals, mu, bcd"),
        C::new("loss", Id, "What was made small: gaussian or kl"),
        C::new("dtype", Id, "Precision of the tensor: f32 or f64"),
        C::new("error", Number, "Relative error, |X - model| / |X|").unit("1"),
        C::new(
            "objective",
            Number,
            "What was made small, with penalties, relative to the size of the tensor",
        )
        .unit("1"),
        C::new("iterations", Integer, "Sweeps over all modes").unit("1"),
        C::new("status", Id, "converged, max_iter or zero_tensor"),
        C::new("effective_rank", Integer, "Components that are not 0").unit("1"),
        C::new(
            "similarity",
            Number,
            "Mean cosine of the matched columns with those of the best start of the rank; 1 for itself",
        )
        .unit("1"),
        C::new("best", Bool, "Whether it has the lowest objective of its rank"),
        C::new("trace", NumberList, "Relative error after every sweep").unit("1"),
    ],
    key: &["rank", "start"],
    open: false,
};

pub const NTF_RANK: KindSpec = KindSpec {
    kind: super::NTF_RANK,
    doc: "One row per (criterion, rank): what speaks for a number of components.",
    columns: &[
        C::new("criterion", Id, "error, similarity, core_consistency, cv_error, nuclear_norm"),
        RANK,
        C::new(
            "mean",
            Number,
            "Mean of the criterion over starts; of core_consistency that of the best start, in per cent",
        )
        .unit("1"),
        C::new("sd", Number, "Standard deviation over starts").unit("1").nullable(),
        C::new("n", Integer, "Starts that entered").unit("1"),
        C::new("suggested", Bool, "Whether the criterion's rule suggests this rank"),
    ],
    key: &["criterion", "rank"],
    open: false,
};
