//! HDF5 files of the Flavell laboratory (Dag2023, and Flavell2023 in this form).
//!
//! `gcamp/traces_array_F_F20` is `[n_samples, n_neurons]`, `timing/timestamp_confocal` has a time per sample or more;
//! labels stand in the dictionary under the file's name without `-data.h5`.

use std::path::{Path, PathBuf};

use neuroloom_core::Result;
use neuroloom_io::hdf5::File;

use super::Context;
use super::dictionary::Dictionary;
use crate::listing::stem;
use crate::shape::{self, Extents, Order};
use crate::source::DICTIONARY;
use crate::worm::{Behaviour, Header, Layout, Stretch, Worm};

const TRACES: &str = "/gcamp/traces_array_F_F20";
const TIMES: &str = "/timing/timestamp_confocal";
/// Channels of one value per sample, with the units in which the laboratory publishes them.
const BEHAVIOUR: [(&str, &str); 9] = [
    ("angular_velocity", "rad/s"),
    ("head_angle", "rad"),
    ("nose_angle", "rad"),
    ("nose_curling", "a.u."),
    ("pumping", "Hz"),
    ("stage_x", "a.u."),
    ("stage_y", "a.u."),
    ("velocity", "mm/s"),
    ("worm_curvature", "rad"),
];

/// One file, which is one worm.
pub(super) struct DagFile {
    path: PathBuf,
    uid: String,
    extents: Extents,
    dictionary: Option<Dictionary>,
}

/// Opens the file at `path` by its headers.
///
/// # Errors
/// When it is no HDF5 file, has no traces `[n_samples, n_neurons]`, or the label dictionary cannot be read.
pub(super) fn open(path: &Path, context: &Context) -> Result<DagFile> {
    let dictionary = context.dictionary.clone()?;
    let file = File::open(path)?;
    require(&file, TIMES)?;
    Ok(DagFile { path: path.to_path_buf(), uid: uid(path), extents: extents(&file)?, dictionary })
}

/// The file's name without the *suffix* `-data.h5`: taking away its characters from the end, as published, loses the
/// recordings whose name ends in one of them.
pub(super) fn uid(path: &Path) -> String {
    let stem = stem(path);
    stem.strip_suffix("-data").map_or(stem.clone(), str::to_owned)
}

impl Layout for DagFile {
    fn worms(&self) -> Vec<Header> {
        let Extents { n_samples, n_columns } = self.extents;
        let sized = Header::sized(self.uid.clone(), n_columns as u64, n_samples as u64);
        vec![Header { skip_reason: self.skip_reason(), ..sized }]
    }

    fn read(&self, _: usize) -> Result<Worm> {
        let file = File::open(&self.path)?;
        let extents = extents(&file)?;
        let labels = match &self.dictionary {
            Some(dictionary) => dictionary.labels(&self.uid, extents.n_columns)?.unwrap_or_default(),
            None => Vec::new(),
        };
        let mut times_s: Vec<f64> = file.numbers(TIMES)?;
        extents
            .check(labels.len(), times_s.len())
            .map_err(|error| error.at_file(&self.path).at_object(TRACES))?;
        let n_times = times_s.len();
        times_s.truncate(extents.n_samples);
        let values: Vec<f64> = file.numbers(TRACES)?;
        let mut worm = Worm::new(times_s, shape::columns(&values, Order::BySample, extents, labels));
        if n_times > extents.n_samples {
            worm.notes.push(format!("{n_times} times cut to the {} samples", extents.n_samples));
        }
        worm.notes.extend(extents.suspicion());
        worm.behaviour = behaviour(&file, extents.n_samples, &mut worm.notes)?;
        worm.stretches = stretches(&file, &worm.recording.times_s, &mut worm.notes)?;
        Ok(worm)
    }
}

impl DagFile {
    fn skip_reason(&self) -> Option<String> {
        match &self.dictionary {
            None => Some(format!(
                "no label dictionary: {DICTIONARY} is neither beside the files nor one folder above"
            )),
            Some(dictionary) if !dictionary.has(&self.uid) => {
                Some(format!("{} is not in the label dictionary", self.uid))
            }
            Some(_) => None,
        }
    }
}

fn extents(file: &File) -> Result<Extents> {
    require(file, TRACES)?;
    let info = file.sized_info(TRACES)?;
    match info.shape.as_slice() {
        [n_samples, n_columns] => {
            Ok(Extents { n_samples: *n_samples as usize, n_columns: *n_columns as usize })
        }
        _ => Err(file
            .error(TRACES, "the traces are no matrix")
            .expected("(n_samples, n_neurons)")
            .found(info.shape_text())),
    }
}

fn require(file: &File, dataset: &str) -> Result<()> {
    match file.has_dataset(dataset)? {
        true => Ok(()),
        false => Err(file
            .error(dataset, "the file has no such dataset")
            .expected("the HDF5 layout of the Flavell laboratory")
            .hint("`neuroloom inspect` lists what is in it")),
    }
}

/// The channels that are there and were measured.
fn behaviour(file: &File, n_samples: usize, notes: &mut Vec<String>) -> Result<Vec<Behaviour>> {
    let mut found = Vec::new();
    for (signal, unit) in BEHAVIOUR {
        let dataset = format!("/behavior/{signal}");
        if !file.has_dataset(&dataset)? {
            continue;
        }
        let values: Vec<f64> = file.numbers(&dataset)?;
        if values.len() != n_samples {
            notes.push(format!("{signal} has {} values for {n_samples} samples; left out", values.len()));
        } else if values.iter().any(|value| !value.is_nan()) {
            found.push(Behaviour { signal: signal.to_owned(), unit, values });
        }
    }
    Ok(found)
}

/// Reversals (first and last frame, from 1) and the frame at which food was met.
fn stretches(file: &File, times_s: &[f64], notes: &mut Vec<String>) -> Result<Vec<Stretch>> {
    let mut found = Vec::new();
    let frame =
        |number: i64| -> Option<f64> { times_s.get(usize::try_from(number).ok()?.checked_sub(1)?).copied() };
    let mut add = |set, start: i64, stop: i64| match (frame(start), frame(stop)) {
        (Some(start_s), Some(stop_s)) => found.push(Stretch { set, start_s, stop_s }),
        _ => {
            notes
                .push(format!("{set} at frames {start} to {stop}, which are not in the recording; left out"));
        }
    };
    let reversals = "/behavior/reversal_events";
    if file.has_dataset(reversals)? {
        let (starts, stops) = pairs(file, reversals)?;
        starts.iter().zip(&stops).for_each(|(start, stop)| add("reversal", *start, *stop));
    }
    let food = "/timing/time_food_encounter";
    if file.has_dataset(food)? {
        file.numbers::<i64>(food)?.into_iter().for_each(|at| add("food_encounter", at, at));
    }
    Ok(found)
}

fn pairs(file: &File, dataset: &str) -> Result<(Vec<i64>, Vec<i64>)> {
    let info = file.sized_info(dataset)?;
    if info.shape.first() != Some(&2) || info.shape.len() != 2 {
        return Err(file
            .error(dataset, "the events are no list of starts and stops")
            .expected("(2, n_events)")
            .found(info.shape_text()));
    }
    let mut starts: Vec<i64> = file.numbers(dataset)?;
    let stops = starts.split_off(starts.len() / 2);
    Ok((starts, stops))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defect_a_a_name_that_ends_in_a_character_of_the_suffix_is_kept() {
        assert_eq!(uid(Path::new("a/2022-07-27-45-data.h5")), "2022-07-27-45");
        // What stripping the characters of `-data.h5` from the end gives.
        assert_eq!("2022-07-27-45-data.h5".trim_end_matches(|c| "-data.h5".contains(c)), "2022-07-27-4");
    }
}
