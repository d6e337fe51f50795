//! Stimuli, what cells respond to them, and the clusters that are told apart by their most discriminative stimuli.

use crate::ColumnType::{Bool, Id, Integer, Number, NumberList, SignalList};
use crate::{ColumnSpec as C, KindSpec};

const RECORDING: C = C::new("recording_id", Id, "The recording");
const UNIT: C = C::new("unit_id", Id, "The neuron, unique within its recording");
const STIMULUS: C = C::new("stimulus_id", Id, "The stimulus");
const SPLIT: C = C::new("split", Id, "fit: the neuron took part in the search; held_out: it did not");
const CLUSTER: C = C::new("cluster", Integer, "The cluster, from 0").unit("1");
const RESTART: C = C::new("restart", Integer, "The restart, from 0; -1 is their consensus").unit("1");
const PASS: C = C::new("pass", Integer, "Pass over all clusters, from 0").unit("1");
const DT: C = C::new("dt_s", Number, "Interval between frames").unit("s");

pub const STIMULI: KindSpec = KindSpec {
    kind: super::STIMULI,
    doc: "One row per (stimulus, channel): what is on the screen, frame by frame, row by row. All channels of a \
          stimulus have the same frames and pixels.",
    columns: &[
        STIMULUS,
        C::new("channel", Integer, "The channel, from 0").unit("1"),
        C::new("channel_name", Id, "Its name: contrast, green, uv, ..."),
        C::new("stimulus_kind", Id, "movie, image, full_field, bar, or mds: most discriminative"),
        C::new("split", Id, "train, val or test of a movie; what else it is for"),
        C::new("cluster", Integer, "The cluster that it drives most").unit("1").nullable(),
        C::new("n_frames", Integer, "Frames").unit("1"),
        C::new("height", Integer, "Rows of pixels").unit("1"),
        C::new("width", Integer, "Columns of pixels").unit("1"),
        DT,
        C::new("pixel_um", Number, "Side of a pixel on the retina").unit("um").nullable(),
        C::new("display_offset", Number, "Display level of the value 0").unit("1").nullable(),
        C::new("display_scale", Number, "Display levels per 1 of the values").unit("1").nullable(),
        C::new("values", SignalList, "Values [frame, row, column]").unit("1"),
    ],
    key: &["stimulus_id", "channel"],
    open: false,
};

pub const STIMULUS_RESPONSES: KindSpec = KindSpec {
    kind: super::STIMULUS_RESPONSES,
    doc: "One row per (recording, neuron, stimulus, repeat): the response to a stimulus, from its first frame on.",
    columns: &[
        RECORDING,
        UNIT,
        STIMULUS,
        C::new("repeat", Integer, "The repeat, from 0").unit("1"),
        C::new("t0_s", Number, "Time of sample 0 from the first frame of the stimulus").unit("s"),
        C::new("dt_s", Number, "Interval between samples").unit("s"),
        C::new("trace", SignalList, "The samples, in trace_unit; NaN was measured and is invalid"),
        C::new("trace_unit", Id, "Unit of the samples"),
    ],
    key: &["recording_id", "stimulus_id", "repeat", "unit_id"],
    open: false,
};

pub const STIMULUS_UNITS: KindSpec = KindSpec {
    kind: super::STIMULUS_UNITS,
    doc: "One row per neuron: where its receptive field lies on the screen.",
    columns: &[
        RECORDING,
        UNIT,
        C::new("rf_y_px", Number, "Row of its centre, from the middle of the screen").unit("px").nullable(),
        C::new("rf_x_px", Number, "Column of its centre, from the middle of the screen")
            .unit("px")
            .nullable(),
    ],
    key: &["recording_id", "unit_id"],
    open: true,
};

pub const CELL_TYPES: KindSpec = KindSpec {
    kind: super::CELL_TYPES,
    doc: "One row per neuron of known type.",
    columns: &[RECORDING, UNIT, C::new("type", Id, "Its type")],
    key: &["recording_id", "unit_id"],
    open: true,
};

pub const RETINA_CELLS: KindSpec = KindSpec {
    kind: super::RETINA_CELLS,
    doc: "One row per simulated ganglion cell: all of its parameters. Frames are those of the screen.",
    columns: &[
        RECORDING,
        UNIT,
        C::new("type", Id, "Its type"),
        C::new("channels", Integer, "Channels of its screen: 1, or green and UV").unit("1"),
        C::new("height", Integer, "Rows of its screen").unit("1"),
        C::new("width", Integer, "Columns of its screen").unit("1"),
        C::new("centre_sd_px", Number, "Standard deviation of the centre; the surround's is twice as large")
            .unit("px"),
        C::new("surround", Number, "Weight of the surround").unit("1"),
        C::new("tau_frames", Number, "Time constant of the temporal filter").unit("frames"),
        C::new("biphasic", Number, "Weight of the second lobe of the temporal filter").unit("1"),
        C::new("threshold", Number, "Threshold, in standard deviations of the drive").unit("1"),
        C::new("off_weight", Number, "Weight of the OFF part of ON-OFF cells").unit("1"),
        C::new("direction_rad", Number, "Preferred direction of cells that have one").unit("rad"),
        C::new("amplitude", Number, "Scale of the rate").unit("a.u."),
        C::new("centre_y_px", Number, "Row of the receptive field, from the middle").unit("px"),
        C::new("centre_x_px", Number, "Column of the receptive field, from the middle").unit("px"),
        C::new("uv_weight", Number, "Weight of UV against one of green of 1").unit("1"),
        C::new("drive_sd", Number, "Standard deviation of the drive over the training movie").unit("1"),
        C::new("calcium_sd", Number, "Standard deviation of the calcium signal over the training movie")
            .unit("a.u."),
        C::new("recording_sd", Number, "Standard deviation of the recording of the training movie")
            .unit("a.u."),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};

pub const MDS_CLUSTERS: KindSpec = KindSpec {
    kind: super::MDS_CLUSTERS,
    doc: "One row per neuron: the cluster whose stimulus drives it most.",
    columns: &[
        RECORDING,
        UNIT,
        SPLIT,
        CLUSTER,
        C::new("response", Number, "Response to the stimulus of its cluster").unit("a.u."),
        C::new("margin", Number, "How much larger that is than the next largest").unit("a.u.").nullable(),
        C::new("reported", Bool, "Whether the cluster has enough neurons to be reported"),
        C::new("responses", NumberList, "Responses to the stimuli of all clusters, in their order")
            .unit("a.u."),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};

pub const MDS_TRACE: KindSpec = KindSpec {
    kind: super::MDS_TRACE,
    doc: "One row per iteration of the alternation between stimuli and clusters.",
    columns: &[
        RESTART,
        C::new("phase", Id, "em, split_em (the alternation after splits) or final"),
        PASS,
        C::new("iteration", Integer, "Iteration within the phase, from 0").unit("1"),
        C::new("n_clusters", Integer, "Clusters whose stimuli were optimised").unit("1"),
        C::new("changed", Integer, "Neurons that went to another cluster").unit("1"),
        C::new("mean_j", Number, "Mean objective of the stimuli").unit("nat"),
        C::new("mean_j_share", Number, "The same over ln K, its largest value").unit("1"),
        C::new("smallest", Integer, "Neurons of the smallest cluster").unit("1"),
        C::new("largest", Integer, "Neurons of the largest cluster").unit("1"),
        C::new("steps", Integer, "Gradient steps of a stimulus, the longest").unit("1"),
    ],
    key: &["restart", "phase", "pass", "iteration"],
    open: false,
};

pub const MDS_SPLITS: KindSpec = KindSpec {
    kind: super::MDS_SPLITS,
    doc: "One row per cluster that was tried to be split.",
    columns: &[
        RESTART,
        PASS,
        CLUSTER,
        C::new("n_sub", Integer, "Parts that the local alternation ended with").unit("1"),
        C::new("loss_before", Number, "Mean loss of the stimuli before").unit("nat").nullable(),
        C::new("loss_after", Number, "Mean loss of the stimuli after").unit("nat").nullable(),
        C::new("accepted", Bool, "Whether the split was kept"),
    ],
    key: &["restart", "pass", "cluster"],
    open: false,
};

pub const MDS_CONFUSION: KindSpec = KindSpec {
    kind: super::MDS_CONFUSION,
    doc: "One row per (stimulus, cluster of neurons): how the neurons respond to it.",
    columns: &[
        SPLIT,
        C::new("stimulus_cluster", Integer, "The cluster that the stimulus is of").unit("1"),
        C::new("unit_cluster", Integer, "The cluster that the neurons are of").unit("1"),
        C::new("n_units", Integer, "Neurons").unit("1"),
        C::new("mean_response", Number, "Their mean response").unit("a.u."),
        C::new("normalised", Number, "The same over their response to their own stimulus").unit("1"),
    ],
    key: &["split", "stimulus_cluster", "unit_cluster"],
    open: false,
};

pub const MDS_AGREEMENT: KindSpec = KindSpec {
    kind: super::MDS_AGREEMENT,
    doc: "One row per measure of agreement between two ways of sorting the same neurons.",
    columns: &[
        C::new("method", Id, "What sorted: mds, kmeans_chirp, gmm_bars, restart_3, ..."),
        C::new("against", Id, "What it is held against: type, a restart, ..."),
        SPLIT,
        C::new("metric", Id, "ari, ami, purity, n_clusters, precision or recall"),
        C::new("item", Id, "The cluster or type that it is about; all for none"),
        C::new("value", Number, "The value").unit("1"),
        C::new("n_units", Integer, "Neurons").unit("1"),
    ],
    key: &["method", "against", "split", "metric", "item"],
    open: false,
};

pub const MDS_ASSIGNMENT: KindSpec = KindSpec {
    kind: super::MDS_ASSIGNMENT,
    doc: "One row per neuron: its cluster by its measured responses to the stimuli.",
    columns: &[
        RECORDING,
        UNIT,
        CLUSTER.nullable(),
        C::new("status", Id, "assigned, or unassigned: no response stands out of its noise"),
        C::new("response", Number, "Largest mean response to a stimulus").unit("a.u."),
        C::new("margin", Number, "How much larger that is than the next largest").unit("a.u."),
        C::new("confidence", Number, "Share of resamples of the repeats that give the same cluster")
            .unit("1")
            .nullable(),
        C::new("n_repeats", Integer, "Fewest repeats of a stimulus").unit("1"),
        C::new("responses", NumberList, "Mean responses to the stimuli, in the order of their clusters")
            .unit("a.u."),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};

pub const MDS_ENCODER: KindSpec = KindSpec {
    kind: super::MDS_ENCODER,
    doc: "One row per tensor of an encoder, with what the encoder is and which neurons it is of.",
    columns: &[
        C::new("position", Integer, "Place of the tensor in the encoder, from 0").unit("1"),
        C::new("tensor", Id, "Its name"),
        C::new("shape", NumberList, "Its shape").unit("1"),
        C::new("values", SignalList, "Its values, row-major").unit("1"),
        C::new("card", Id, "Layers, screen, frame rate and neurons as JSON, the same in every row"),
    ],
    key: &["position"],
    open: false,
};

pub const MDS_HISTORY: KindSpec = KindSpec {
    kind: super::MDS_HISTORY,
    doc: "One row per epoch of a fit of an encoder. Losses are means over frames and neurons, without penalties.",
    columns: &[
        C::new("epoch", Integer, "The epoch, from 0").unit("1"),
        C::new("train_loss", Number, "Loss of what is fitted, while it is").unit("a.u."),
        C::new("valid_loss", Number, "Loss of what is not").unit("a.u."),
        C::new("lr", Number, "Learning rate").unit("1"),
    ],
    key: &["epoch"],
    open: false,
};

pub const MDS_QUALITY: KindSpec = KindSpec {
    kind: super::MDS_QUALITY,
    doc: "One row per neuron: how well an encoder predicts its responses to movies that it was not fitted to.",
    columns: &[
        RECORDING,
        UNIT,
        C::new("correlation", Number, "Correlation of the prediction with the mean over the repeats")
            .unit("1"),
        C::new("ceiling", Number, "Largest correlation that any model can reach in expectation")
            .unit("1")
            .nullable(),
        C::new("normalised", Number, "The correlation over that").unit("1").nullable(),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};
