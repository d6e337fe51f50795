//! Which neurons and frames the tensor has.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result};

use super::params::{AffinityParams, Length};
use super::read::{Grid, Recording};

/// The modes of the tensor.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    /// Neurons, in order.
    pub neurons: Vec<String>,
    /// Recordings, in order.
    pub recordings: Vec<String>,
    /// The clock of all.
    pub grid: Grid,
    /// Frames that all recordings have.
    pub n_frames: usize,
    /// Frames of the longest recording.
    pub longest: usize,
    /// Neurons that were left out because no name says which they are.
    pub n_unnamed: usize,
    /// Named neurons that were not asked for, or that too few recordings have.
    pub n_rare: usize,
}

impl Chosen {
    /// What `params` choose of `recordings`.
    ///
    /// # Errors
    /// Different clocks; different lengths where that is an error; neurons that no recording has; fewer than two
    /// neurons, in all or in one recording.
    pub(super) fn of(recordings: &[Recording], params: &AffinityParams) -> Result<Self> {
        let (first, n_frames) = common_grid(recordings, params.length)?;
        let (neurons, n_rare) = neurons(recordings, params)?;
        let chosen = Self {
            neurons,
            recordings: recordings.iter().map(|recording| recording.id.clone()).collect(),
            grid: first.grid,
            n_frames,
            longest: recordings.iter().map(|recording| recording.n_frames).max().unwrap_or(0),
            n_unnamed: recordings.iter().map(|recording| recording.n_unnamed).sum(),
            n_rare,
        };
        recordings.iter().try_for_each(|recording| chosen.check_pairs_of(recording))?;
        Ok(chosen)
    }

    /// The traces of a recording, in the order of the neurons; none where it lacks one.
    pub(super) fn traces(&self, mut recording: Recording) -> Vec<Option<Vec<f64>>> {
        let trace = |neuron: &String| {
            let mut trace = recording.neurons.remove(neuron)?;
            trace.truncate(self.n_frames);
            Some(trace)
        };
        self.neurons.iter().map(trace).collect()
    }

    /// A recording without a pair would be a slice of the tensor in which all is masked.
    fn check_pairs_of(&self, recording: &Recording) -> Result<()> {
        let n = self.neurons.iter().filter(|neuron| recording.neurons.contains_key(*neuron)).count();
        if n >= 2 {
            return Ok(());
        }
        Err(Error::data("a recording has no pair of the neurons")
            .at_object(&recording.id)
            .expected(format!("at least 2 of the {} neurons", self.neurons.len()))
            .found(format!("{n}, and {} without a name", recording.n_unnamed))
            .hint("leave the recording out with prepare.select, or choose other `neurons`"))
    }
}

/// A recording with the clock of all, and the number of frames that all have.
fn common_grid(recordings: &[Recording], length: Length) -> Result<(&Recording, usize)> {
    let Some(shortest) = recordings.iter().min_by_key(|recording| recording.n_frames) else {
        return Err(Error::data("there are no recordings").expected("at least one with two neurons"));
    };
    let (n_frames, grid) = (shortest.n_frames, shortest.grid);
    for recording in recordings {
        if !recording.grid.agrees(grid, n_frames) {
            return Err(Error::data("the recordings are on different clocks")
                .at_object(format!("{} and {}", shortest.id, recording.id))
                .expected(format!("{grid}, as {} has", shortest.id))
                .found(recording.grid.to_string())
                .hint("bring all to one clock first: prepare.resample, or celegans.homogenise for worms"));
        }
        if length == Length::Error && recording.n_frames != n_frames {
            return Err(Error::data("the recordings differ in length")
                .at_object(format!("{} and {}", shortest.id, recording.id))
                .expected(format!("{n_frames} frames, as {} has", shortest.id))
                .found(recording.n_frames.to_string())
                .hint("use `length: common` to cut all to the frames that all have"));
        }
    }
    Ok((shortest, n_frames))
}

/// The neurons, and how many named ones are left out.
fn neurons(recordings: &[Recording], params: &AffinityParams) -> Result<(Vec<String>, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in recordings.iter().flat_map(|recording| recording.neurons.keys()) {
        *counts.entry(name).or_default() += 1;
    }
    if let Some(asked) = &params.neurons {
        return match asked.iter().find(|name| !counts.contains_key(name.as_str())) {
            None => Ok((asked.clone(), counts.len() - asked.len())),
            Some(absent) => Err(unknown(absent, &counts)),
        };
    }
    let min_worms = params.min_worms.unwrap_or(recordings.len().min(2));
    let chosen: Vec<String> =
        counts.iter().filter(|(_, n)| **n >= min_worms).map(|(name, _)| (*name).to_owned()).collect();
    match chosen.len() {
        0 | 1 => Err(too_few(chosen.len(), min_worms, recordings, &counts)),
        n => Ok((chosen, counts.len() - n)),
    }
}

fn unknown(name: &str, counts: &BTreeMap<&str, usize>) -> Error {
    let error = Error::params("no recording has such a neuron")
        .at_object("neurons")
        .expected(format!("names among the {} of the recordings", counts.len()))
        .found(name);
    match neuroloom_core::nearest(name, counts.keys().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

fn too_few(n: usize, min_worms: usize, recordings: &[Recording], counts: &BTreeMap<&str, usize>) -> Error {
    let n_unnamed: usize = recordings.iter().map(|recording| recording.n_unnamed).sum();
    Error::data("there are too few neurons for a pair")
        .at_object("min_worms")
        .expected(format!("at least 2 neurons in at least {min_worms} of {} recordings", recordings.len()))
        .found(format!("{n}; {} neurons have a name, {n_unnamed} have none", counts.len()))
        .hint("lower `min_worms`, or name the `neurons`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(id: &str, names: &[&str]) -> Recording {
        Recording {
            id: id.into(),
            grid: Grid { t0_s: 0.0, dt_s: 0.25 },
            n_frames: 10,
            neurons: names.iter().map(|name| ((*name).to_owned(), vec![0.0; 10])).collect(),
            n_unnamed: 0,
        }
    }

    #[test]
    fn a_neuron_of_one_animal_counts_only_where_there_is_one() {
        let worms = [recording("a", &["AVAL", "AVAR", "RIML"]), recording("b", &["AVAL", "AVAR"])];
        let params = AffinityParams::default();
        let both = Chosen::of(&worms, &params).unwrap();
        assert_eq!((both.neurons, both.n_rare), (vec!["AVAL".to_owned(), "AVAR".to_owned()], 1));
        assert_eq!(Chosen::of(&worms[..1], &params).unwrap().neurons.len(), 3);
    }

    #[test]
    fn neurons_come_in_the_order_that_was_asked_for() {
        let worms = [recording("a", &["AVAL", "AVAR", "RIML"]), recording("b", &["AVAL", "AVAR"])];
        let asked = |names: &[&str]| AffinityParams {
            neurons: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ..AffinityParams::default()
        };
        let chosen = Chosen::of(&worms, &asked(&["RIML", "AVAR", "AVAL"])).unwrap();
        assert_eq!(chosen.neurons, ["RIML", "AVAR", "AVAL"]);
        assert_eq!(chosen.traces(worms[1].clone()).iter().filter(|trace| trace.is_none()).count(), 1);
        let error = Chosen::of(&worms, &asked(&["AVAL", "RIMR"])).unwrap_err();
        assert_eq!(error.hint_text(), Some("did you mean `RIML`?"));
        let error = Chosen::of(&worms, &asked(&["RIML", "AVAR"])).unwrap_err();
        assert_eq!(error.location().object.as_deref(), Some("b"));
    }
}
