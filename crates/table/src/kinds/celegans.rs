//! C. elegans: neurons of the nervous system, homogenised activity and connectomes.

use crate::ColumnType::{Bool, Id, Integer, Integer32, Number, NumberList, SignalList, Text, TextList};
use crate::{ColumnSpec as C, KindSpec};

const RECORDING: C = C::new("recording_id", Id, "The worm: source/file stem");
const SLOT: &str = "Place of the neuron in the sorted list of the 300 names, from 0; -1 for none";
const PRE: C = C::new("pre", Id, "Presynaptic neuron, or the stimulated one");
const POST: C = C::new("post", Id, "Postsynaptic neuron, or the responding one");
const PRE_SLOT: C = C::new("pre_slot", Integer, SLOT).unit("1");
const POST_SLOT: C = C::new("post_slot", Integer, SLOT).unit("1");

const fn position(name: &'static str, doc: &'static str) -> C {
    C::new(name, Number, doc).unit("um").nullable()
}

pub const NEURONS: KindSpec = KindSpec {
    kind: super::NEURONS,
    doc: "One row per neuron of the hermaphrodite: names and what an atlas says of them.",
    columns: &[
        C::new("neuron", Id, "Name: AVAL"),
        C::new("slot", Integer, SLOT).unit("1"),
        C::new("class", Id, "Class: AVA"),
        C::new("type", Id, "inter, motor, sensory or pharyngeal").nullable(),
        C::new("transmitter", Id, "Neurotransmitter; acetylcholine is written ACh").nullable(),
        position("x_um", "Position of the soma, lateral"),
        position("y_um", "Position of the soma, antero-posterior"),
        position("z_um", "Position of the soma, lateral"),
    ],
    key: &["slot"],
    open: false,
};

pub const HOMOGENISED: KindSpec = KindSpec {
    kind: super::HOMOGENISED,
    doc: "One row per (recording, neuron): its activity on the common clock, in the order of the method. \
          Signals that were not asked for are absent.",
    columns: &[
        RECORDING,
        C::new("position", Integer, "Row of the neuron within its recording, from 0").unit("1"),
        C::new("neuron", Id, "Name, or the position where the neuron has none"),
        C::new("slot", Integer, SLOT).unit("1"),
        C::new("is_labeled", Bool, "Whether the neuron has one of the 300 names"),
        C::new("label_given", Text, "Label in the source").nullable(),
        C::new(
            "label_status",
            Id,
            "exact, padded, resolved, ambiguous, duplicate, unknown, none; guessed (compat); published",
        ),
        C::new("raw_column", Integer, "Column in the source, from 0; absent where it is not known")
            .unit("1")
            .nullable(),
        C::new("imputed_fraction", Number, "Share of the original samples that was imputed, where known")
            .unit("1")
            .nullable(),
        C::new("imputed_start", NumberList, "First original sample of every imputed stretch")
            .unit("1")
            .nullable(),
        C::new("imputed_stop", NumberList, "First original sample after every imputed stretch")
            .unit("1")
            .nullable(),
        C::new("signal_unit", Id, "Unit of the source's signal; calcium_data is in standard deviations"),
        C::new("original_calcium_data", SignalList, "The signal on the source's clock, in signal_unit")
            .nullable(),
        C::new("calcium_data", SignalList, "Smoothed, resampled and normalised").nullable(),
        C::new("raw_calcium_data", SignalList, "Resampled, in signal_unit").nullable(),
        C::new("smooth_calcium_data", SignalList, "Smoothed and resampled, in signal_unit").nullable(),
        C::new("residual_calcium", SignalList, "Time derivative, resampled, in signal_unit per second")
            .nullable(),
        C::new(
            "smooth_residual_calcium",
            SignalList,
            "Time derivative, smoothed and resampled, in signal_unit per second",
        )
        .nullable(),
    ],
    key: &["recording_id", "position"],
    open: false,
};

pub const HOMOGENISED_RECORDINGS: KindSpec = KindSpec {
    kind: super::HOMOGENISED_RECORDINGS,
    doc: "One row per recording that was given to the homogenisation, used or not, with its clocks and settings.",
    columns: &[
        RECORDING,
        C::new("source_dataset", Id, "Data set: Dag2023, Flavell2023, ..."),
        C::new("raw_data_file", Text, "Name of the file it was read from, without folders"),
        C::new("status", Id, "used, skipped or failed"),
        C::new("skip_reason", Text, "Why it was skipped or failed").nullable(),
        C::new("n_neurons", Integer, "Neurons, labelled or not").unit("1"),
        C::new("n_labeled", Integer, "Neurons with one of the 300 names").unit("1"),
        C::new("original_median_dt_s", Number, "Median interval of the source's samples")
            .unit("s")
            .nullable(),
        C::new("original_max_timesteps", Integer, "Samples of the source").unit("1"),
        C::new("resample_dt_s", Number, "Interval of the common clock").unit("s"),
        C::new("resample_path", Id, "up: interpolated; down: means of interpolated samples").nullable(),
        C::new("aggregate_timestamp", Id, "Where a mean is stamped: start or centroid of its interval"),
        C::new("max_timesteps", Integer, "Samples on the common clock").unit("1").nullable(),
        C::new("original_time_in_seconds", NumberList, "The source's clock, from its first sample")
            .unit("s")
            .nullable(),
        C::new("time_in_seconds", NumberList, "The common clock").unit("s").nullable(),
        C::new("smooth_method", Id, "moving, gaussian, exponential or none"),
        C::new(
            "smooth_parameter",
            Number,
            "Window (samples), sigma (samples) or alpha of the smoother; absent for none",
        )
        .unit("1")
        .nullable(),
        C::new("interpolate_method", Id, "linear"),
        C::new("normalization_method", Id, "standard or causal"),
        C::new("impute_method", Id, "none, linear or chained"),
        C::new("profile", Id, "exact or compat"),
        C::new("storage", Id, "float32 or float16: precision that the signals were rounded to"),
        C::new("signal_unit", Id, "Unit of the source's signal").nullable(),
        C::new("licence_note", Text, "What the source says of its licence").nullable(),
    ],
    key: &["recording_id"],
    open: false,
};

pub const NEURON_LABELS: KindSpec = KindSpec {
    kind: super::NEURON_LABELS,
    doc: "One row per (recording, column of the source): what became of its label.",
    columns: &[
        RECORDING,
        C::new("raw_column", Integer, "Column in the source, from 0").unit("1"),
        C::new("label_given", Text, "Label in the source").nullable(),
        C::new(
            "label_status",
            Id,
            "exact, padded, resolved, ambiguous, duplicate, unknown, none; guessed (compat)",
        ),
        C::new("neuron", Id, "Name in the result, or its position; absent where the column was dropped")
            .nullable(),
        C::new("drop_reason", Text, "Why the column is not in the result").nullable(),
    ],
    key: &["recording_id", "raw_column"],
    open: false,
};

pub const WARNINGS: KindSpec = KindSpec {
    kind: super::WARNINGS,
    doc: "One row per thing that the user should know and that is no error.",
    columns: &[
        C::new("subject", Id, "The recording or the source it is about"),
        C::new("code", Id, "What sort of thing: time_gap, transposed, ..."),
        C::new("object", Text, "The neuron, column or field").nullable(),
        C::new("position", Integer, "Sample or row, from 0").unit("1").nullable(),
        C::new("message", Text, "The warning in words"),
    ],
    key: &["subject", "code", "position"],
    open: false,
};

pub const PUBLISHED: KindSpec = KindSpec {
    kind: super::PUBLISHED,
    doc: "The 15-column layout of the published homogenised data set, one row per (worm, neuron).",
    columns: &[
        C::new("source_dataset", Text, "Data set: Dag2023, Flavell2023, ..."),
        C::new("raw_data_file", Text, "Name of the file it was read from"),
        C::new("worm", Text, "worm0, worm1, ... in the sorted order of the files of a source"),
        C::new("neuron", Text, "Name, or the position where the neuron has none"),
        C::new("slot", Integer32, SLOT).unit("1"),
        C::new("is_labeled_neuron", Bool, "Whether the neuron has one of the 300 names"),
        C::new("smooth_method", Text, "moving, gaussian, exponential or none"),
        C::new("interpolate_method", Text, "linear"),
        C::new("normalization_method", Text, "standard or causal"),
        C::new("original_calcium_data", SignalList, "The signal on the source's clock").unit("a.u."),
        C::new("calcium_data", SignalList, "Smoothed, resampled and normalised").unit("1"),
        C::new("original_time_in_seconds", SignalList, "The source's clock").unit("s"),
        C::new("time_in_seconds", SignalList, "The common clock").unit("s"),
        C::new("original_max_timesteps", Integer32, "Samples of the source").unit("1"),
        C::new("max_timesteps", Integer32, "Samples on the common clock").unit("1"),
    ],
    // The rows keep the order of the method, which no column says: worm10 stands before worm2 in byte order.
    key: &[],
    open: false,
};

pub const CONNECTOME_READINGS: KindSpec = KindSpec {
    kind: super::CONNECTOME_READINGS,
    doc: "One row per reading of a connection as its source writes it: names, type and weight untouched.",
    columns: &[
        C::new("source", Id, "Annotation: cook2019, chklovskii, witvliet2020_7, funconn, ..."),
        C::new("row", Integer, "Place in the source, from 0: ties and repeated readings are settled by it")
            .unit("1"),
        PRE,
        POST,
        C::new(
            "type",
            Id,
            "As the source writes it: chemical, electrical, Send, GapJunction, S, Sp, EJ, functional, ...",
        ),
        C::new(
            "weight",
            Number,
            "Weight as the source writes it, in weight_unit; signed for functional readings",
        ),
        C::new("weight_unit", Id, "sections, synapses or dF/F"),
        C::new("q_value", Number, "False discovery rate of a functional reading").unit("1").nullable(),
    ],
    key: &["source", "row"],
    open: false,
};

pub const CONNECTOME_EDGES: KindSpec = KindSpec {
    kind: super::CONNECTOME_EDGES,
    doc: "One row per (source, ordered pair of neurons): the weights of their connection.",
    columns: &[
        C::new("source", Id, "Annotation"),
        PRE,
        POST,
        PRE_SLOT,
        POST_SLOT,
        C::new("gap", Number, "Gap junctions, equal in both directions, in weight_unit; 0 for none"),
        C::new("chem", Number, "Chemical synapses or functional response, in weight_unit; 0 for none"),
        C::new("weight_unit", Id, "sections, synapses or dF/F"),
    ],
    key: &["source", "pre_slot", "post_slot"],
    open: false,
};

pub const CONNECTOME_CONSENSUS: KindSpec = KindSpec {
    kind: super::CONNECTOME_CONSENSUS,
    doc: "One row per ordered pair of neurons: its connection over several sources.",
    columns: &[
        PRE,
        POST,
        PRE_SLOT,
        POST_SLOT,
        C::new("mean_gap_weight", Number, "Mean over the sources with a gap junction, in weight_unit")
            .nullable(),
        C::new("mean_chem_weight", Number, "Mean over the sources with chemical synapses, in weight_unit")
            .nullable(),
        C::new("sd_gap", Number, "Standard deviation over these sources; absent for fewer than two")
            .nullable(),
        C::new("sd_chem", Number, "Standard deviation over these sources; absent for fewer than two")
            .nullable(),
        C::new("n_gap", Integer, "Sources with a gap junction").unit("1"),
        C::new("n_chem", Integer, "Sources with chemical synapses").unit("1"),
        C::new("functional_weight", Number, "Signal propagation, in functional_unit").nullable(),
        C::new("uncertainty", Number, "0.9 sd(chem) + 0.1 sd(gap) of the published rule; compat only")
            .nullable(),
        C::new("weight_unit", Id, "Unit of the mean weights"),
        C::new("functional_unit", Id, "Unit of functional_weight").nullable(),
        C::new("data_sources", TextList, "Sources with the connection, sorted").nullable(),
        C::new("pre_type", Id, "Type of the presynaptic neuron").nullable(),
        C::new("post_type", Id, "Type of the postsynaptic neuron").nullable(),
        position("pre_x_um", "Soma of the presynaptic neuron, lateral"),
        position("pre_y_um", "Soma of the presynaptic neuron, antero-posterior"),
        position("pre_z_um", "Soma of the presynaptic neuron, lateral"),
        position("post_x_um", "Soma of the postsynaptic neuron, lateral"),
        position("post_y_um", "Soma of the postsynaptic neuron, antero-posterior"),
        position("post_z_um", "Soma of the postsynaptic neuron, lateral"),
    ],
    key: &["pre_slot", "post_slot"],
    open: false,
};
