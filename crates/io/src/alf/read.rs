//! Reading a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array};
use neuroloom_core::{Error, Result, Unit, files};

use super::attributes::find;
use crate::numbers::Numbers;
use crate::spike_trains::{self, SpikeRecording, UnitRow};
use crate::{npy, recording_row};

/// What to read, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Name of the recording; by default the folder's.
    pub recording_id: Option<String>,
    /// Whether to put spike times in order where they run backwards, instead of refusing them.
    pub sort_spikes: bool,
}

impl ReadOptions {
    pub(super) fn recording_id(&self, path: &Path) -> String {
        self.recording_id
            .clone()
            .unwrap_or_else(|| recording_row::recording_id(path, |name| name == "alf", "alf"))
    }
}

/// The files that are read.
pub(super) struct Files {
    pub(super) times: PathBuf,
    clusters: PathBuf,
    channels: Option<PathBuf>,
    depths: Option<PathBuf>,
    acronyms: Option<PathBuf>,
}

impl Files {
    /// Finds them in `folder`.
    ///
    /// # Errors
    /// When times or clusters of the spikes are not there.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        if !files::is_folder(folder) {
            return Err(Error::data("no such folder").at_file(folder).expected("an ALF folder of one probe"));
        }
        let needed = |attribute: &str| {
            find(folder, "spikes", attribute)?.ok_or_else(|| {
                Error::data("no ALF spikes")
                    .at_file(folder)
                    .expected(format!("spikes.{attribute}.npy"))
                    .hint("give the folder of one probe, such as alf/probe00")
            })
        };
        Ok(Self {
            times: needed("times")?,
            clusters: needed("clusters")?,
            channels: find(folder, "clusters", "channels")?,
            depths: find(folder, "clusters", "depths")?,
            acronyms: find(folder, "channels", "brainLocationAcronyms_ccf_2017")?,
        })
    }

    pub(super) fn all(self) -> Vec<PathBuf> {
        let optional = [self.channels, self.depths, self.acronyms].into_iter().flatten();
        [self.times, self.clusters].into_iter().chain(optional).collect()
    }
}

/// Reads the spikes in the ALF folder `path`. Attributes of clusters belong to the cluster whose number is their row.
///
/// # Errors
/// When files are missing, damaged or of different lengths, or times run backwards within a unit.
pub fn read(path: &Path, options: &ReadOptions) -> Result<SpikeRecording> {
    let files = Files::of(path)?;
    let times_s = numbers(&files.times)?.to_f64();
    let ids = numbers(&files.clusters)?.to_i64().map_err(|error| error.at_file(&files.clusters))?;
    let trains = spike_trains::group(&times_s, &ids, options.sort_spikes)
        .map_err(|error| error.at_file(&files.times))?;

    let units: Vec<i64> = trains.keys().copied().collect();
    let channels = of_clusters(files.channels.as_deref(), &units)?;
    let depths = of_clusters(files.depths.as_deref(), &units)?;
    let regions = regions(&files, &channels)?;
    let rows = trains.into_iter().zip(regions).map(|((id, spike_times_s), region)| UnitRow {
        unit_id: id.to_string(),
        region,
        spike_times_s,
        ..UnitRow::default()
    });
    let id = options.recording_id(path);
    let mut table = spike_trains::table(&id, rows.collect());
    if files.channels.is_some() {
        let column: ArrayRef =
            Arc::new(channels.iter().map(|channel| channel.map(|c| c as i64)).collect::<Int64Array>());
        table = table.extra("channel", Some(&Unit::ONE), column);
    }
    if files.depths.is_some() {
        let column: ArrayRef = Arc::new(depths.into_iter().collect::<Float64Array>());
        table = table.extra("depth_um", Some(&Unit::parse("um")), column);
    }
    SpikeRecording::new(&id, "alf", path, table.finish()?, Vec::new())
}

fn numbers(path: &Path) -> Result<Numbers> {
    let array = npy::read(path)?;
    array.vector().map(std::borrow::Cow::into_owned).map_err(|error| error.at_file(path))
}

/// The value of each of `units` in the file at `path`; nothing without a file.
fn of_clusters(path: Option<&Path>, units: &[i64]) -> Result<Vec<Option<f64>>> {
    let Some(path) = path else { return Ok(vec![None; units.len()]) };
    let values = numbers(path)?;
    let value = |unit: &i64| {
        let value = usize::try_from(*unit).ok().and_then(|row| values.get(row));
        value.map(Some).ok_or_else(|| {
            Error::data("a cluster of the spikes has no attributes")
                .at_file(path)
                .expected(format!("clusters below {}", values.len()))
                .found(unit.to_string())
        })
    };
    units.iter().map(value).collect()
}

/// The region of each unit's channel; nothing where channels or regions are not known.
fn regions(files: &Files, channels: &[Option<f64>]) -> Result<Vec<Option<String>>> {
    let Some(path) = files.acronyms.as_deref() else { return Ok(vec![None; channels.len()]) };
    let array = npy::read(path)?;
    let npy::Values::Texts(acronyms) = array.values else {
        return Err(Error::data("brain regions are no text").at_file(path).expected("acronyms"));
    };
    let region = |channel: &Option<f64>| {
        let Some(channel) = *channel else { return Ok(None) };
        let known =
            (channel >= 0.0 && channel.fract() == 0.0).then(|| acronyms.get(channel as usize)).flatten();
        known.cloned().map(Some).ok_or_else(|| {
            Error::data("the channel of a cluster has no brain region")
                .at_file(path)
                .expected(format!("channels below {}", acronyms.len()))
                .found(channel.to_string())
        })
    };
    channels.iter().map(region).collect()
}
