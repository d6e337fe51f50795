//! Reading a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array};
use neuroloom_core::{Error, Result, Unit, files};

use super::clusters::{self, Clusters};
use super::params_py::ParamsPy;
use crate::spike_trains::{self, SpikeRecording, UnitRow};
use crate::{npy, recording_row};

const PARAMS: &str = "params.py";
const TIMES: &str = "spike_times.npy";
/// The units of the spikes: what a person made of them, else what Kilosort did.
const UNITS: [&str; 2] = ["spike_clusters.npy", "spike_templates.npy"];

/// What to read, and what the folder may not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// Name of the recording; by default the folder's.
    pub recording_id: Option<String>,
    /// Samples per second, Hz; by default that of `params.py`.
    pub sample_rate_hz: Option<f64>,
    /// Whether to leave out units that are not labelled `good`.
    pub good_only: bool,
    /// Whether to put spike times in order where they run backwards, instead of refusing them.
    pub sort_spikes: bool,
}

impl ReadOptions {
    pub(super) fn recording_id(&self, path: &Path) -> String {
        self.recording_id.clone().unwrap_or_else(|| recording_row::recording_id(path, |_| false, "phy"))
    }
}

/// Reads the Kilosort or phy output in the folder `path`. Spike times are samples divided by the sample rate.
///
/// # Errors
/// When files are missing, damaged or of different lengths, no sample rate is known, or times run backwards.
pub fn read(path: &Path, options: &ReadOptions) -> Result<SpikeRecording> {
    let rate_hz = sample_rate_hz(path, options)?;
    let (times, units) = (path.join(TIMES), units_file(path)?);
    let samples = npy::read(&times)?;
    let samples = samples.vector().map_err(|error| error.at_file(&times))?;
    let times_s: Vec<f64> = samples.to_f64().into_iter().map(|sample| sample / rate_hz).collect();
    let ids = npy::read(&units)?;
    let ids = ids.vector().and_then(|ids| ids.to_i64()).map_err(|error| error.at_file(&units))?;
    let trains =
        spike_trains::group(&times_s, &ids, options.sort_spikes).map_err(|error| error.at_file(&times))?;

    let clusters = clusters::read(path)?;
    let notes = notes(&units, &clusters);
    let is_kept =
        |id: &i64| !options.good_only || clusters.quality.get(id).is_some_and(|label| label == "good");
    let kept: Vec<(i64, Vec<f64>)> = trains.into_iter().filter(|(id, _)| is_kept(id)).collect();
    let channel: ArrayRef = Arc::new(parsed(&kept, &clusters.channel).collect::<Int64Array>());
    let depth: ArrayRef = Arc::new(parsed(&kept, &clusters.depth).collect::<Float64Array>());
    let rows = kept.into_iter().map(|(id, spike_times_s)| UnitRow {
        unit_id: id.to_string(),
        region: None,
        electrode_group: clusters.shank.get(&id).cloned(),
        quality: clusters.quality.get(&id).cloned(),
        spike_times_s,
    });
    let id = options.recording_id(path);
    let mut table = spike_trains::table(&id, rows.collect());
    if !clusters.channel.is_empty() {
        table = table.extra("channel", Some(&Unit::ONE), channel);
    }
    if !clusters.depth.is_empty() {
        table = table.extra("depth_um", Some(&Unit::parse("um")), depth);
    }
    SpikeRecording::new(&id, "phy", path, table.finish()?, notes)
}

/// The files that are read.
///
/// # Errors
/// When those that must be there are not.
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let params = Some(path.join(PARAMS)).filter(|params| files::is_file(params));
    let needed = [path.join(TIMES), units_file(path)?];
    Ok(needed.into_iter().chain(params).chain(clusters::files_in(path)).collect())
}

/// Number of spikes, by the header of their times.
///
/// # Errors
/// When it is damaged.
pub(super) fn n_spikes(path: &Path) -> Result<u64> {
    Ok(npy::read_header(&path.join(TIMES))?.n_items().unwrap_or(0) as u64)
}

fn units_file(path: &Path) -> Result<PathBuf> {
    let found = UNITS.iter().map(|name| path.join(name)).find(|file| files::is_file(file));
    found.filter(|_| files::is_file(&path.join(TIMES))).ok_or_else(|| {
        Error::data("no Kilosort or phy output")
            .at_file(path)
            .expected(format!("a folder with {TIMES} and one of {}", UNITS.join(", ")))
            .found(if files::is_folder(path) { "a folder without them" } else { "no such folder" })
    })
}

fn sample_rate_hz(path: &Path, options: &ReadOptions) -> Result<f64> {
    let params = path.join(PARAMS);
    let found = match options.sample_rate_hz {
        Some(rate_hz) => Some(rate_hz),
        None if files::is_file(&params) => ParamsPy::read(&params)?.sample_rate_hz,
        None => None,
    };
    found.filter(|rate_hz| rate_hz.is_finite() && *rate_hz > 0.0).ok_or_else(|| {
        Error::data("the sample rate is not known")
            .at_file(params)
            .expected("a line such as `sample_rate = 30000.0`")
            .found(found.map_or_else(|| "none".to_owned(), |rate_hz| rate_hz.to_string()))
            .hint("set `sample_rate_hz`; params.py is read as text and never run")
    })
}

fn notes(units: &Path, clusters: &Clusters) -> Vec<String> {
    let mut notes = Vec::new();
    if units.ends_with("spike_templates.npy") {
        notes.push("no spike_clusters.npy: units are Kilosort's templates".to_owned());
    }
    if clusters.quality.is_empty() {
        notes.push(
            "no labels of clusters (cluster_info.tsv, cluster_group.tsv, cluster_KSLabel.tsv)".to_owned(),
        );
    }
    notes
}

fn parsed<'a, T: std::str::FromStr>(
    units: &'a [(i64, Vec<f64>)],
    column: &'a std::collections::BTreeMap<i64, String>,
) -> impl Iterator<Item = Option<T>> + 'a {
    units.iter().map(|(id, _)| column.get(id).and_then(|cell| cell.parse().ok()))
}
