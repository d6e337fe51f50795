//! The step that reads what was found, as a line of a pipeline.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::{Inspection, ObjectSummary};
use crate::Format;

/// Names that columns and arrays of times have.
const TIMES: [&str; 9] = ["t", "time", "times", "time_s", "t_s", "timestamp", "timestamps", "seconds", "ts"];

/// A step, and a line of a pipeline that uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The step: `ingest.table`.
    pub step: &'static str,
    /// A line to paste below `steps:`.
    pub yaml: String,
    /// What to complete or to know; empty for nothing.
    pub note: &'static str,
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}", self.yaml)?;
        if self.note.is_empty() { Ok(()) } else { writeln!(f, "  # {}", self.note) }
    }
}

/// The steps that read what `inspection` found at `path`, the best one first.
pub(super) fn steps(path: &Path, inspection: &Inspection) -> Vec<Suggestion> {
    let line = |step, with: &str, note| suggestion(path, step, with, note);
    let recognised = inspection.recognised.as_deref().unwrap_or("");
    match (inspection.format, recognised) {
        (Format::Nwb, _) => vec![line("ingest.nwb", "", "")],
        (Format::Hdf5, "CaImAn") => vec![line("ingest.caiman", "", "")],
        (Format::Hdf5, "Neural Latents Benchmark") => {
            vec![line("ingest.nlb", "bin_s: 0.005", "say the width of a bin, where the file does not")]
        }
        (Format::Hdf5, "rsatoolbox RDMs") => {
            vec![line(
                "ingest.rdms",
                "",
                "say `subject` and `region`, and `select` some, by their descriptors",
            )]
        }
        (Format::Folder, "Suite2p") => {
            vec![line(
                "ingest.suite2p",
                "fs_hz: 30",
                "say the frame rate: ops.npy, a pickle, is never loaded",
            )]
        }
        (Format::Folder, "Kilosort/phy") => vec![line("ingest.phy", "", "")],
        (Format::Folder, "ALF (IBL)") => vec![line("ingest.alf", "", "")],
        (Format::Folder, program) if program.starts_with("zarr") => {
            vec![line("ingest.minian", "", "needs the feature `zarr`")]
        }
        (Format::Zip, "pynapple (.npz)") => vec![line("ingest.pynapple", "", "")],
        (Format::Zip, program) if program.starts_with("NumPy") => arrays(path, inspection),
        (Format::Hdf5 | Format::MatV5 | Format::MatV73 | Format::Npy, _) => arrays(path, inspection),
        (Format::Parquet, _) => vec![parquet(path, inspection)],
        (Format::Text, program) if program.starts_with("a table") => text(path, inspection),
        (Format::CompoundFile, _) => {
            vec![line("ingest.connectome", "", "where it is a published connectome")]
        }
        (Format::Zip, "spreadsheet (.xlsx)") => {
            vec![line(
                "ingest.connectome",
                "",
                "where it is a published connectome; else save the sheet as CSV",
            )]
        }
        _ => Vec::new(),
    }
}

fn suggestion(path: &Path, step: &'static str, with: &str, note: &'static str) -> Suggestion {
    // JSON is YAML, so a name in JSON's quotes is safe whatever is in it.
    let quoted = quoted(&path.to_string_lossy());
    let more = if with.is_empty() { String::new() } else { format!(", {with}") };
    Suggestion { step, yaml: format!("recording: {{ use: {step}, with: {{ path: {quoted}{more} }} }}"), note }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_time(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    TIMES.contains(&last.to_ascii_lowercase().as_str())
}

/// The largest matrix is the one that is meant, most likely; a list of as many times as it has samples is its clock.
fn arrays(path: &Path, inspection: &Inspection) -> Vec<Suggestion> {
    let size = |object: &ObjectSummary| {
        object.shape.as_deref().unwrap_or_default().iter().fold(1_u64, |n, &extent| n.saturating_mul(extent))
    };
    let readable =
        || inspection.objects.iter().filter(|object| object.shape.is_some() && object.unreadable.is_none());
    let is_matrix = |object: &&ObjectSummary| {
        let long = object.shape.as_deref().unwrap_or_default().iter().filter(|&&extent| extent > 1).count();
        long == 2 && !matches!(object.dtype.as_deref(), Some("cell" | "struct" | "char" | "text"))
    };
    let cell = readable().find(|object| object.dtype.as_deref() == Some("cell"));
    let matrix = readable().filter(is_matrix).max_by_key(|object| size(object));
    let longest = matrix.and_then(|matrix| matrix.shape.as_deref().unwrap_or_default().iter().copied().max());
    let time = readable().find(|object| is_time(&object.path) && Some(size(object)) == longest);
    let clock = match time {
        Some(time) if inspection.format != Format::Npy => format!("time: {}", quoted(&time.path)),
        _ => "fs_hz: 30".to_owned(),
    };
    let object = |object: &ObjectSummary| match inspection.format {
        Format::Npy => String::new(),
        _ => format!("object: {}, ", quoted(&object.path)),
    };
    let mut found = Vec::new();
    if let Some(matrix) = matrix {
        let note = "say the sampling rate (or `time`) and, where it matters, `orientation` and `value_unit`";
        found.push(suggestion(path, "ingest.array", &format!("{}{clock}", object(matrix)), note));
    }
    if let Some(cell) = cell {
        let with = format!("as: spikes, object: {}", quoted(&cell.path));
        found.push(suggestion(
            path,
            "ingest.array",
            &with,
            "if it holds the spike times of each unit, in seconds",
        ));
    }
    found
}

fn parquet(path: &Path, inspection: &Inspection) -> Suggestion {
    let kind = inspection.recognised.as_deref().and_then(|text| text.strip_prefix("table of "));
    match kind {
        Some("traces") => suggestion(
            path,
            "ingest.table",
            "layout: nested, columns: { recording: recording_id, unit: unit_id, value: trace, time: t_s, t0: t0_s, dt: dt_s }",
            "a table of ours: the output of a step need not be read again in the same pipeline",
        ),
        Some("spikes") => suggestion(
            path,
            "ingest.table",
            "as: spikes, layout: nested, columns: { recording: recording_id, unit: unit_id, time: spike_times_s }",
            "a table of ours: the output of a step need not be read again in the same pipeline",
        ),
        _ => table(path, inspection),
    }
}

fn text(path: &Path, inspection: &Inspection) -> Vec<Suggestion> {
    let mut found = vec![table(path, inspection)];
    if inspection.objects.len() == 2 {
        let events =
            suggestion(path, "ingest.events", "", "if each line is a spike: a unit and a time in seconds");
        found.insert(0, events);
    }
    found
}

/// Wide, with the column that is called as times are; long, where there are few columns and words among them.
fn table(path: &Path, inspection: &Inspection) -> Suggestion {
    let columns = &inspection.objects;
    let time = columns.iter().find(|column| is_time(&column.path));
    let is_list =
        |column: &&ObjectSummary| column.dtype.as_deref().is_some_and(|dtype| dtype.starts_with("list of"));
    let word = columns.iter().find(|column| column.dtype.as_deref() == Some("text"));
    let value =
        columns.iter().rev().find(|column| column.dtype.as_deref() != Some("text") && !is_time(&column.path));
    let name = |column: Option<&ObjectSummary>, otherwise: &str| {
        column.map_or_else(|| otherwise.to_owned(), |column| quoted(&column.path))
    };
    if let Some(list) = columns.iter().find(is_list) {
        let with = format!(
            "layout: nested, fs_hz: 30, columns: {{ unit: {}, value: {} }}",
            name(word, "UNIT"),
            quoted(&list.path)
        );
        return suggestion(
            path,
            "ingest.table",
            &with,
            "a row per unit; say the sampling rate, or the column of times",
        );
    }
    if word.is_some() {
        let with = format!(
            "layout: long, columns: {{ unit: {}, time: {}, value: {} }}",
            name(word, "UNIT"),
            name(time, "TIME"),
            name(value, "VALUE")
        );
        return suggestion(
            path,
            "ingest.table",
            &with,
            "a row per unit and time; check which column is which",
        );
    }
    match time {
        Some(time) => {
            let with = format!("columns: {{ time: {} }}", quoted(&time.path));
            suggestion(path, "ingest.table", &with, "a column per unit; say `time_unit` if it is not seconds")
        }
        None => suggestion(
            path,
            "ingest.table",
            "fs_hz: 30",
            "a column per unit (or `units_in: rows`); say the sampling rate",
        ),
    }
}
