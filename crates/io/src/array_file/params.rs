//! Parameters of `ingest.array`.

use neuroloom_core::{DataPath, ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assembled::TimeUnit;

/// What the array is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sampled signals of neurons.
    #[default]
    Traces,
    /// Spike times.
    Spikes,
    /// Sampled signals of the animal or its surroundings.
    Behaviour,
}

/// Which way round a matrix lies, as its program counts: rows first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// As the lengths of `time` and `units` say; else the longer side is time, and a warning says so.
    #[default]
    Auto,
    /// A row per unit.
    UnitsByTime,
    /// A row per sample.
    TimeByUnits,
}

/// Parameters of `ingest.array`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The file (`.npy`, `.npz`, `.mat` or HDF5, told by its first bytes), relative to the pipeline file.
    pub path: DataPath,
    /// The array in it: a member of an archive (`spikes`), a place in a MATLAB file (`NEURAL`, `est.neurons{2}.trace`,
    /// `units(:).times` for a field of all records), a dataset of an HDF5 file (`/group/data`). One `*` stands for all
    /// names that fit, a unit each: `unit_*`, `/units/*/times`. Not needed where there is one array only.
    #[serde(default)]
    pub object: Option<String>,
    /// What the array is of.
    #[serde(default, rename = "as")]
    pub kind: Kind,
    /// Which way round a matrix lies.
    #[serde(default)]
    pub orientation: Orientation,
    /// Samples per second, Hz: where there is no array of times, or times are in samples.
    #[serde(default)]
    pub fs_hz: Option<f64>,
    /// The array of sample times.
    #[serde(default)]
    pub time: Option<String>,
    /// What times are in.
    #[serde(default)]
    pub time_unit: TimeUnit,
    /// The array of the units' names; by default their numbers, from 1 in MATLAB files and from 0 in others.
    #[serde(default)]
    pub units: Option<String>,
    /// The array with the unit of each spike, where `object` has the times of all units in one list.
    #[serde(default)]
    pub spike_units: Option<String>,
    /// Whether to sort spike times that run backwards within a unit, instead of refusing them.
    #[serde(default)]
    pub sort: bool,
    /// What was measured: `dff`, `fluorescence`, `spike_count` …; the name of the series of a behaviour.
    #[serde(default)]
    pub signal: Option<String>,
    /// Unit of the values.
    #[serde(default)]
    pub value_unit: Option<String>,
    /// Name of the recording; by default the file's, without its ending.
    #[serde(default)]
    pub recording_id: Option<String>,
}

impl Params {
    /// Parameters with which the only array of the file at `path` is read as traces; the clock is still to be said.
    pub fn new(path: &str) -> Self {
        Self {
            path: DataPath::new(path),
            object: None,
            kind: Kind::default(),
            orientation: Orientation::default(),
            fs_hz: None,
            time: None,
            time_unit: TimeUnit::default(),
            units: None,
            spike_units: None,
            sort: false,
            signal: None,
            value_unit: None,
            recording_id: None,
        }
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file");
        let names = [
            ("recording_id", &self.recording_id),
            ("object", &self.object),
            ("time", &self.time),
            ("units", &self.units),
            ("spike_units", &self.spike_units),
            ("signal", &self.signal),
        ];
        for (field, name) in names {
            issues.require_name(name.as_deref(), field);
        }
        if let Some(fs_hz) = self.fs_hz {
            issues.require_positive(fs_hz, "fs_hz");
        }
        let stars = self.object.as_deref().unwrap_or("").matches('*').count();
        issues.require(stars < 2, "object", || format!("must have one `*` at most, got {stars}"));
        let is_spikes = self.kind == Kind::Spikes;
        issues.require(is_spikes || self.fs_hz.is_some() || self.time.is_some(), "fs_hz", || {
            "must be given where `time` names no array of times".into()
        });
        issues.require(self.time_unit != TimeUnit::Samples || self.fs_hz.is_some(), "fs_hz", || {
            "must be given for times in samples".into()
        });
        issues.require(is_spikes || self.spike_units.is_none(), "spike_units", || {
            "has a meaning for spikes only".into()
        });
        issues.require(!is_spikes || self.time.is_none(), "time", || {
            "has a meaning for sampled signals only: the times of spikes are the `object`".into()
        });
    }
}
