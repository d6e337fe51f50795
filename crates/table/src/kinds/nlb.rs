//! Scores of predicted rates.

use crate::ColumnType::{Bool, Id, Integer, Number, SignalList, Text};
use crate::{ColumnSpec as C, KindSpec};

const RECORDING: C = C::new("recording_id", Id, "The recording");

pub const NLB_METRICS: KindSpec = KindSpec {
    kind: super::NLB_METRICS,
    doc: "One row per (recording, metric, split, unit, channel): a score of predicted rates.",
    columns: &[
        RECORDING,
        C::new(
            "metric",
            Id,
            "co_bps, fp_bps, reconstruction_bps, velocity_r2, psth_r2, tp_correlation, rate_r2, rate_r2_weighted, \
             rate_r2_forward; with truth_ in front, of the true rates",
        ),
        C::new("split", Id, "Part of the trials that was scored: train, valid or test"),
        C::new("unit_id", Id, "The neuron; absent where all were scored together").nullable(),
        C::new("channel", Id, "Channel of the behaviour; absent where all were scored together").nullable(),
        C::new("value", Number, "The score; absent where there is none").nullable(),
        C::new("value_unit", Id, "Unit of the score: bit/spike or 1"),
        C::new("n", Integer, "Values that were scored").unit("1"),
        C::new("note", Text, "What there is to say of the score").nullable(),
    ],
    key: &["recording_id", "metric", "split", "unit_id", "channel"],
    open: true,
};

pub const NLB_PSTH: KindSpec = KindSpec {
    kind: super::NLB_PSTH,
    doc: "One row per (recording, split, condition, unit): the mean response to a condition, measured and predicted.",
    columns: &[
        RECORDING,
        C::new(
            "split",
            Id,
            "Part of the trials that was predicted; absent of a reference without predictions",
        )
        .nullable(),
        C::new("condition", Id, "The condition"),
        C::new("unit_id", Id, "The neuron, unique within its recording"),
        C::new(
            "n_trials",
            Integer,
            "Trials of the condition that were averaged: measured ones of a reference, else predicted",
        )
        .unit("1"),
        C::new("t0_s", Number, "Start of the first bin, from the event").unit("s"),
        C::new("dt_s", Number, "Width of a bin").unit("s"),
        C::new("measured_hz", SignalList, "Smoothed mean response; NaN where it is not known").unit("Hz"),
        C::new("predicted_hz", SignalList, "Mean of the predicted rates").unit("Hz").nullable(),
    ],
    key: &["recording_id", "split", "condition", "unit_id"],
    open: true,
};

pub const NLB_CHOICE: KindSpec = KindSpec {
    kind: super::NLB_CHOICE,
    doc: "One row per (recording, setting): how well each setting did that was chosen from.",
    columns: &[
        RECORDING,
        C::new("parameter", Id, "What was chosen"),
        C::new("setting", Number, "The setting, in the unit of the parameter").unit("1"),
        C::new("criterion", Id, "What was compared: co_bps, leave_one_out_bps or reconstruction_bps"),
        C::new("value", Number, "The criterion on the validation trials").unit("bit/spike").nullable(),
        C::new("chosen", Bool, "Whether it is the setting that the rates are made with"),
    ],
    key: &["recording_id", "parameter", "setting"],
    open: false,
};

pub const NLB_COMPARISON: KindSpec = KindSpec {
    kind: super::NLB_COMPARISON,
    doc: "One row per (recording, split, metric, model): scores of several models side by side.",
    columns: &[
        RECORDING,
        C::new("split", Id, "Part of the trials that was scored"),
        C::new("metric", Id, "As in nlb_metrics"),
        C::new("model", Id, "The model"),
        C::new("value", Number, "The score; absent where there is none").nullable(),
        C::new("truth", Number, "What the true rates score; absent where they are not known").nullable(),
        C::new("value_unit", Id, "Unit of both: bit/spike or 1"),
    ],
    key: &["recording_id", "split", "metric", "model"],
    open: false,
};
