//! What a file holds, by its headers alone.

use neuroloom_core::{Error, Result};

use super::behaviour::Named;
use super::names;
use super::read::ReadOptions;
use super::rois::{self, RoiSeries};
use super::series::Series;
use crate::hdf5::{self, File, Object, ObjectKind, Visit};

/// Series of images: not for a table of signals.
const IMAGES: [&str; 7] = [
    "ImageSeries",
    "TwoPhotonSeries",
    "OnePhotonSeries",
    "OpticalSeries",
    "ImageMaskSeries",
    "IndexSeries",
    "RGBImage",
];
/// Raw recordings of electrodes: read only where they are named, because of their size.
const RAW: [&str; 8] = [
    "ElectricalSeries",
    "SpikeEventSeries",
    "PatchClampSeries",
    "CurrentClampSeries",
    "CurrentClampStimulusSeries",
    "IZeroClampSeries",
    "VoltageClampSeries",
    "VoltageClampStimulusSeries",
];

/// What will be read.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Whether there is a units table with spike times.
    pub(super) has_spikes: bool,
    /// Paths of the tables of intervals.
    pub(super) intervals: Vec<String>,
    /// Signals of regions of interest.
    pub(super) rois: Vec<RoiSeries>,
    /// Other series, with their names.
    pub(super) behaviour: Vec<Named>,
    /// What is left out, and why.
    pub(super) notes: Vec<String>,
}

/// The type that NWB gives to an object; empty where it gives none.
pub(crate) fn neurodata_type(file: &File, path: &str) -> Result<String> {
    Ok(file.text_attribute(path, "neurodata_type")?.unwrap_or_default())
}

/// Lists what `options` ask for.
///
/// # Errors
/// When headers are damaged, or something named in `options` is not in the file.
pub(super) fn of(file: &File, options: &ReadOptions) -> Result<Contents> {
    let mut found = Found::default();
    for root in ["/acquisition", "/processing", "/intervals", "/stimulus/presentation"] {
        hdf5::walk(file, root, |object| found.visit(file, object))?;
    }
    let mut contents = Contents {
        has_spikes: file.has_dataset("/units/spike_times")?,
        intervals: std::mem::take(&mut found.intervals),
        ..Contents::default()
    };
    if !contents.has_spikes && file.kind("/units")? == Some(ObjectKind::Group) {
        contents.notes.push("/units: the table has no spike times; left out".to_owned());
    }
    select(file, options, found, &mut contents)?;
    Ok(contents)
}

/// Objects met on the walk, before anything is chosen.
#[derive(Debug, Default)]
struct Found {
    intervals: Vec<String>,
    /// Path and type of the container.
    rois: Vec<(String, String)>,
    /// Path and type.
    series: Vec<(String, String)>,
    images: Vec<String>,
}

impl Found {
    fn visit(&mut self, file: &File, object: &Object) -> Result<Visit> {
        if object.kind == ObjectKind::Dataset {
            return Ok(Visit::Skip);
        }
        let path = object.path.as_str();
        let kind = neurodata_type(file, path)?;
        let has = |name: &str| file.has_dataset(&hdf5::join(path, name));
        if kind == "TimeIntervals" || (path.starts_with("/intervals/") && has("start_time")?) {
            self.intervals.push(path.to_owned());
        } else if kind == "RoiResponseSeries" {
            self.rois.push((path.to_owned(), neurodata_type(file, names::parent(path))?));
        } else if IMAGES.contains(&kind.as_str()) {
            self.images.push(path.to_owned());
        } else if kind.ends_with("Series") || has("timestamps")? || has("starting_time")? {
            self.series.push((path.to_owned(), kind));
        } else if !has("id")? {
            return Ok(Visit::Descend);
        }
        Ok(Visit::Skip)
    }
}

fn select(file: &File, options: &ReadOptions, found: Found, contents: &mut Contents) -> Result<()> {
    let mut choice = Choice::new(options, &found);
    for (path, container_type) in &found.rois {
        if choice.takes_signal(path, "") {
            contents.rois.push(RoiSeries::of(file, path, container_type)?);
        }
    }
    rois::tell_apart(&mut contents.rois);
    let paths: Vec<&str> = found.series.iter().map(|(path, _)| path.as_str()).collect();
    for ((path, kind), name) in found.series.iter().zip(names::unique(&paths, names::with_container)) {
        let take = match choice.reason_to_skip(path, &name, kind) {
            Some(reason) => Err(reason),
            None => Series::of(file, path)?.map_err(|reason| format!("{reason}; left out")),
        };
        match take {
            Ok(series) => contents.behaviour.push((name, series)),
            Err(reason) if reason.is_empty() => {}
            Err(reason) => contents.notes.push(format!("{path}: {reason}")),
        }
    }
    contents.notes.extend(found.images.iter().map(|path| format!("{path}: images; left out")));
    choice.check_all_found(file)
}

/// What the options name, and what of it was met.
struct Choice<'a> {
    options: &'a ReadOptions,
    known: Vec<String>,
    missed: Vec<&'a str>,
}

impl<'a> Choice<'a> {
    fn new(options: &'a ReadOptions, found: &Found) -> Self {
        let signals = options.signals.iter().flatten();
        let missed = signals.chain(&options.series).map(String::as_str).collect();
        let paths = found.rois.iter().chain(&found.series).map(|(path, _)| names::with_container(path));
        Self { options, known: paths.collect(), missed }
    }

    /// Whether a signal is asked for: all are where none is named.
    fn takes_signal(&mut self, path: &str, name: &str) -> bool {
        let options = self.options;
        let Some(signals) = &options.signals else { return true };
        self.meets_any(signals, path, name)
    }

    /// Why a series is not read, in words (empty: because others were asked for), or none if it is.
    fn reason_to_skip(&mut self, path: &str, name: &str, kind: &str) -> Option<String> {
        let options = self.options;
        if self.meets_any(&options.series, path, name) {
            return None;
        }
        if RAW.contains(&kind) {
            return Some(format!("a raw {kind}; left out unless `series` names it"));
        }
        if path.starts_with("/stimulus/") && !options.stimuli {
            return Some("a stimulus; left out unless `stimuli` is true".to_owned());
        }
        (!self.takes_signal(path, name)).then(String::new)
    }

    /// Whether one of `names` means the series. All are tried, so that none that fits is reported as missing.
    fn meets_any(&mut self, names: &'a [String], path: &str, name: &str) -> bool {
        names.iter().filter(|wanted| self.meets(wanted, path, name)).count() > 0
    }

    /// Whether `wanted` is the series' name, its path, or a container of it.
    fn meets(&mut self, wanted: &'a str, path: &str, name: &str) -> bool {
        let wanted_path = wanted.trim_matches('/');
        let within = |place: &str| {
            let place = place.trim_matches('/');
            place == wanted_path || place.strip_prefix(wanted_path).is_some_and(|rest| rest.starts_with('/'))
        };
        let short = names::with_container(path);
        let meets = within(path) || within(&short) || within(name) || names::last(path) == wanted_path;
        if meets {
            self.missed.retain(|missed| *missed != wanted);
        }
        meets
    }

    fn check_all_found(&self, file: &File) -> Result<()> {
        let Some(missed) = self.missed.first() else { return Ok(()) };
        let known = if self.known.is_empty() { "no series at all".to_owned() } else { self.known.join(", ") };
        Err(Error::data(format!("there is no series called {missed:?}"))
            .at_file(file.path())
            .expected("the name or path of a time series in `signals` and `series`")
            .found(known))
    }
}
