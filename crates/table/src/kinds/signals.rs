//! Spikes, traces and behaviour.

use crate::ColumnType::{Bool, Id, Integer, Number, NumberList, SignalList};
use crate::{ColumnSpec as C, KindSpec};

const RECORDING: C = C::new("recording_id", Id, "The recording");
const UNIT: C = C::new("unit_id", Id, "The neuron, unique within its recording");
const REGION: C = C::new("region", Id, "Brain region, as the source writes it").nullable();
const T0: C = C::new("t0_s", Number, "Time of sample 0 of a regular time base").unit("s").nullable();
const DT: C = C::new("dt_s", Number, "Interval between samples of a regular time base").unit("s").nullable();
const T: C = C::new("t_s", NumberList, "Time of every sample, where the time base is not regular")
    .unit("s")
    .nullable();

pub const SPIKES: KindSpec = KindSpec {
    kind: super::SPIKES,
    doc: "One row per (recording, unit): spike times, ascending, from the start of the session.",
    columns: &[
        RECORDING,
        UNIT,
        REGION,
        C::new("electrode_group", Id, "Shank, tetrode or probe").nullable(),
        C::new("quality", Id, "Label given by the sorter or by hand: good, mua, ...").nullable(),
        C::new("spike_times_s", NumberList, "Spike times; empty for a silent unit").unit("s"),
        C::new("observed_start_s", NumberList, "Starts of the stretches in which the unit was observed")
            .unit("s")
            .nullable(),
        C::new("observed_stop_s", NumberList, "Ends of the stretches in which the unit was observed")
            .unit("s")
            .nullable(),
    ],
    key: &["recording_id", "unit_id"],
    open: true,
};

pub const ALIGNED_SPIKES: KindSpec = KindSpec {
    kind: super::ALIGNED_SPIKES,
    doc: "One row per (recording, unit, trial): spike times, ascending, from the event of the trial.",
    columns: &[
        RECORDING,
        UNIT,
        REGION,
        C::new("trial", Integer, "Number of the event in time within the recording, from 0").unit("1"),
        C::new("interval_id", Integer, "The interval that the event belongs to").unit("1"),
        C::new("event_s", Number, "When the event was, from the start of the session").unit("s"),
        C::new("spike_times_s", NumberList, "Spike times from the event; empty for a silent trial").unit("s"),
    ],
    key: &["recording_id", "unit_id", "trial"],
    open: true,
};

pub const TRACES: KindSpec = KindSpec {
    kind: super::TRACES,
    doc: "One row per (recording, unit, signal, segment): a sampled signal. Either t0_s and dt_s or t_s give the times.",
    columns: &[
        RECORDING,
        UNIT,
        REGION,
        C::new("signal", Id, "What was measured or derived: fluorescence, dff, spike_count, rate, ..."),
        C::new("segment", Integer, "Contiguous stretch within the recording, from 0").unit("1"),
        C::new("is_cell", Bool, "Whether the source accepts the region of interest as a cell").nullable(),
        T0,
        DT,
        T,
        C::new("trace", SignalList, "The samples, in trace_unit; NaN was measured and is invalid"),
        C::new("trace_unit", Id, "Unit of the samples"),
    ],
    key: &["recording_id", "signal", "unit_id", "segment"],
    open: true,
};

pub const BEHAVIOUR: KindSpec = KindSpec {
    kind: super::BEHAVIOUR,
    doc: "One row per (recording, signal, channel): a sampled signal of the animal or its surroundings.",
    columns: &[
        RECORDING,
        C::new("signal", Id, "Name of the series, with its container: CompassDirection/ry"),
        C::new("channel", Integer, "Column of a series with several, from 0").unit("1"),
        T0,
        DT,
        T,
        C::new("value", SignalList, "The samples, in value_unit; NaN was measured and is invalid"),
        C::new("value_unit", Id, "Unit of the samples"),
    ],
    key: &["recording_id", "signal", "channel"],
    open: false,
};

pub const TRIALS: KindSpec = KindSpec {
    kind: super::TRIALS,
    doc: "One row per (recording, split, signal, trial, unit): a signal on the bins of a trial. All trials of a signal \
          have the same units; the first n_observed bins are those that a model may see.",
    columns: &[
        RECORDING,
        C::new("split", Id, "Part that the trial belongs to: train, valid or test"),
        C::new(
            "signal",
            Id,
            "What is on the bins: spike_count, rate, rate_truth, or the name of a behaviour",
        ),
        C::new("trial", Integer, "Number of the trial within its split, from 0").unit("1"),
        UNIT,
        C::new(
            "held",
            Id,
            "held_in: a model may see the unit; held_out: it predicts it; absent for other signals",
        )
        .nullable(),
        C::new("source_trial", Integer, "Number of the trial in the source, where that has its own")
            .unit("1")
            .nullable(),
        C::new("t0_s", Number, "Start of the first bin, from the start of the trial").unit("s"),
        C::new("dt_s", Number, "Width of a bin").unit("s"),
        C::new("n_observed", Integer, "Bins that a model may see; those behind them are to be predicted")
            .unit("1"),
        C::new("value", SignalList, "A value per bin, in value_unit; NaN was measured and is invalid"),
        C::new("value_unit", Id, "Unit of the values; 1 for counts per bin"),
    ],
    key: &["recording_id", "split", "signal", "trial", "unit_id"],
    open: true,
};
