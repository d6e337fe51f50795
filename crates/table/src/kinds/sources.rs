//! Recordings and intervals.

use crate::ColumnType::{Id, Integer, Number, Text, TextList};
use crate::{ColumnSpec as C, KindSpec};

pub const RECORDINGS: KindSpec = KindSpec {
    kind: super::RECORDINGS,
    doc: "One row per recording: where it comes from and what was recorded.",
    columns: &[
        C::new("recording_id", Id, "Unique name of the recording"),
        C::new("source", Id, "Format or data set it was read from"),
        C::new("source_file", Text, "Name of the file it was read from, without folders"),
        C::new("session_start", Text, "Start of the session, as the source writes it (ISO 8601)").nullable(),
        C::new("subject_id", Id, "The animal or person").nullable(),
        C::new("species", Id, "Species, as the source writes it").nullable(),
        C::new("strain", Id, "Strain or genotype").nullable(),
        C::new("sex", Id, "Sex, as the source writes it").nullable(),
        C::new("age", Text, "Age, as the source writes it (ISO 8601 duration)").nullable(),
        C::new("lab", Text, "Laboratory").nullable(),
        C::new("institution", Text, "Institution").nullable(),
        C::new("description", Text, "What the source says of the session").nullable(),
        C::new("n_units", Integer, "Neurons or units in the recording").unit("1"),
        C::new("duration_s", Number, "From the first to the last sample, spike or interval end")
            .unit("s")
            .nullable(),
        C::new("skip_reason", Text, "Why a recording was left out; absent if it was used").nullable(),
    ],
    key: &["recording_id"],
    open: false,
};

pub const INTERVALS: KindSpec = KindSpec {
    kind: super::INTERVALS,
    doc: "One row per stretch of time; further columns are those of the source's table.",
    columns: &[
        C::new("recording_id", Id, "The recording"),
        C::new("interval_set", Id, "The table it stands in: trials, epochs, ..."),
        C::new("interval_id", Integer, "Its id in that table").unit("1"),
        C::new("start_s", Number, "Start, from the start of the session").unit("s"),
        C::new("stop_s", Number, "End, from the start of the session; NaN if the source says so").unit("s"),
        C::new("tags", TextList, "Labels of the interval").nullable(),
    ],
    key: &["recording_id", "interval_set", "interval_id"],
    open: true,
};
