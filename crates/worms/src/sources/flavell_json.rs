//! JSON of the Flavell laboratory: the layout of wormwideweb.org, and pairs of `time_trace.json` and `neurons.json`.
//!
//! wormwideweb: `timestamp_confocal[n_samples]`, `trace_array[n_neurons][n_samples]` (z-scored), `labeled` by region from
//! 1. The pair: `[[t_s, [value, …]], …]`, and the names of the columns.

use std::path::{Path, PathBuf};

use neuroloom_celegans::{Profile, RawColumn};
use neuroloom_core::{Error, Result, files};
use serde::Deserialize;

use super::json::{self, Entries, Labelled, Sample};
use crate::listing::stem;
use crate::shape::{self, Extents};
use crate::source::NEURONS;
use crate::worm::{Behaviour, Header, Layout, Stretch, Worm};

const PAIR: &str = "time_trace.json";

/// One file, which is one worm.
pub(super) struct JsonFile {
    path: PathBuf,
    profile: Profile,
    length: u64,
}

/// Opens the file at `path`; JSON has no headers, so that nothing is read yet.
///
/// # Errors
/// When it is absent.
pub(super) fn open(path: &Path, profile: Profile) -> Result<JsonFile> {
    let length = files::size(path)?;
    Ok(JsonFile { path: path.to_path_buf(), profile, length })
}

impl Layout for JsonFile {
    fn worms(&self) -> Vec<Header> {
        vec![Header::text(stem(&self.path), self.length)]
    }

    fn read(&self, _: usize) -> Result<Worm> {
        let is_pair = self.path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(PAIR));
        let mut worm = if is_pair { pair(&self.path)? } else { worm_wide_web(&self.path)? };
        if self.profile == Profile::Compat {
            worm.recording.columns.iter_mut().for_each(to_single);
        }
        Ok(worm)
    }
}

/// The published reader keeps 32 bits of every sample.
fn to_single(column: &mut RawColumn<'static>) {
    column.trace.to_mut().iter_mut().for_each(|value| *value = f64::from(*value as f32));
}

#[derive(Deserialize)]
struct WormWideWeb {
    timestamp_confocal: Vec<Sample>,
    trace_array: Vec<Vec<Sample>>,
    #[serde(default)]
    labeled: Entries<Labelled>,
    #[serde(default)]
    velocity: Option<Vec<Sample>>,
    #[serde(default)]
    head_angle: Option<Vec<Sample>>,
    #[serde(default)]
    angular_velocity: Option<Vec<Sample>>,
    #[serde(default)]
    pumping: Option<Vec<Sample>>,
    #[serde(default)]
    reversal_events: Option<Vec<(i64, i64)>>,
}

fn worm_wide_web(path: &Path) -> Result<Worm> {
    let mut file: WormWideWeb = json::read(path)?;
    let mut times_s = json::numbers(&file.timestamp_confocal);
    let n_samples = file.trace_array.first().map_or(0, Vec::len);
    let extents = Extents { n_samples, n_columns: file.trace_array.len() };
    extents.check(extents.n_columns, times_s.len()).map_err(|error| error.at_object("trace_array"))?;
    let labels =
        json::labels(&file.labeled, extents.n_columns).map_err(|error| error.at_object("labeled"))?;
    let n_times = times_s.len();
    times_s.truncate(n_samples);
    let traces = std::mem::take(&mut file.trace_array).into_iter().zip(labels).enumerate();
    let columns = traces.map(|(number, (trace, label))| shape::column(number, label, json::numbers(&trace)));
    let mut worm = Worm::new(times_s, columns.collect());
    if n_times > n_samples {
        worm.notes.push(format!("{n_times} times cut to the {n_samples} samples"));
    }
    worm.notes.extend(extents.suspicion());
    worm.behaviour = file.behaviour(n_samples, &mut worm.notes);
    worm.stretches = file.reversals(&worm.recording.times_s, &mut worm.notes);
    Ok(worm)
}

impl WormWideWeb {
    fn behaviour(&self, n_samples: usize, notes: &mut Vec<String>) -> Vec<Behaviour> {
        let channels = [
            ("angular_velocity", "rad/s", &self.angular_velocity),
            ("head_angle", "rad", &self.head_angle),
            ("pumping", "Hz", &self.pumping),
            ("velocity", "mm/s", &self.velocity),
        ];
        let mut found = Vec::new();
        for (signal, unit, samples) in channels {
            match samples {
                Some(samples) if samples.len() == n_samples => {
                    found.push(Behaviour { signal: signal.to_owned(), unit, values: json::numbers(samples) });
                }
                Some(samples) => {
                    notes.push(format!(
                        "{signal} has {} values for {n_samples} samples; left out",
                        samples.len()
                    ));
                }
                None => {}
            }
        }
        found
    }

    /// First and last frame of every reversal, from 1.
    fn reversals(&self, times_s: &[f64], notes: &mut Vec<String>) -> Vec<Stretch> {
        let frame = |number: i64| times_s.get(usize::try_from(number).ok()?.checked_sub(1)?).copied();
        let mut found = Vec::new();
        for &(start, stop) in self.reversal_events.iter().flatten() {
            match (frame(start), frame(stop)) {
                (Some(start_s), Some(stop_s)) => found.push(Stretch { set: "reversal", start_s, stop_s }),
                _ => notes
                    .push(format!("a reversal at frames {start} to {stop}, which are not there; left out")),
            }
        }
        found
    }
}

/// Frames with their times; the first names of `neurons.json` are those of the columns.
fn pair(path: &Path) -> Result<Worm> {
    let frames: Vec<(f64, Vec<Sample>)> = json::read(path)?;
    let names: Vec<Option<String>> = json::read(&path.with_file_name(NEURONS))?;
    let n_columns = frames.first().map_or(0, |(_, values)| values.len());
    if let Some(index) = frames.iter().position(|(_, values)| values.len() != n_columns) {
        return Err(Error::data("a frame has another number of neurons than the first one")
            .at_object(format!("frame {index}"))
            .expected(format!("{n_columns} values"))
            .found(frames.get(index).map_or(0, |(_, values)| values.len()).to_string()));
    }
    if names.len() < n_columns {
        return Err(Error::data("there are fewer names than columns")
            .at_file(path.with_file_name(NEURONS))
            .expected(format!("{n_columns} names or more"))
            .found(names.len().to_string()));
    }
    let trace = |column: usize| -> Vec<f64> {
        frames.iter().filter_map(|(_, values)| Some(values.get(column)?.0)).collect()
    };
    let n_names = names.len();
    let columns = names.into_iter().take(n_columns).enumerate();
    let columns = columns.map(|(number, name)| shape::column(number, name, trace(number))).collect();
    let mut worm = Worm::new(frames.iter().map(|(t_s, _)| *t_s).collect(), columns);
    if n_names > n_columns {
        worm.notes.push(format!("the first {n_columns} of {n_names} names are those of the columns"));
    }
    Ok(worm)
}
