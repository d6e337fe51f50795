//! What was shown and what was recorded, from tables.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use crate::fit::{Clip, Movies, TestClip};
use crate::steps::labels::{Unit, units};
use crate::steps::stimuli::{TableStimulus, read_stimuli};

/// Movies, responses and places of the neurons of all recordings.
pub(super) struct Recording {
    pub movies: Movies,
    pub units: Vec<Unit>,
    /// Row and column from the middle of the screen, px.
    pub places: Vec<[f64; 2]>,
    pub has_places: bool,
    /// Neurons whose responses never change: left out.
    pub constant: Vec<Unit>,
    pub dt_s: f64,
}

/// Responses of a neuron to a stimulus, by repeat.
type Repeats = BTreeMap<i64, Vec<f64>>;

impl Recording {
    /// # Errors
    /// When there is no movie to fit, movies differ in size or frame rate, a movie never changes, a response has another
    /// length or clock than its stimulus or is not finite, or a neuron did not see all movies.
    pub fn read(responses: &Table, stimuli: &Table, places: Option<&Table>) -> Result<Self> {
        let shown: Vec<TableStimulus> = read_stimuli(stimuli)?
            .into_iter()
            .filter(|one| one.split == "train" || one.split == "test")
            .collect();
        let first = shown.iter().find(|one| one.split == "train").ok_or_else(|| {
            Error::data("there is no stimulus to fit an encoder to")
                .expected("a stimulus of the split `train`")
                .found(format!("{} of the split `test`", shown.len()))
        })?;
        let (screen, dt_s) = ([first.shape.channels, first.shape.height, first.shape.width], first.dt_s);
        for movie in &shown {
            check_movie(movie, screen, dt_s)?;
        }
        let mut seen = read_responses(responses, &shown)?;
        let all: BTreeSet<Unit> = seen.keys().map(|(unit, _)| unit.clone()).collect();
        let (constant, kept): (Vec<Unit>, Vec<Unit>) =
            in_order(responses, &all)?.into_iter().partition(|unit| never_changes(&seen, unit, &shown));
        if kept.is_empty() {
            return Err(Error::data("there is no neuron with a response that changes")
                .expected("responses to the stimuli of the split `train`")
                .found(format!("{} neurons, all constant", constant.len())));
        }
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for movie in shown {
            let repeats = repeats(&mut seen, &kept, &movie.id)?;
            let clip = clip(&movie, &repeats);
            if movie.split == "train" { train.push(clip) } else { test.push(TestClip { clip, repeats }) }
        }
        let found = places.map(|table| read_places(table, &kept)).transpose()?;
        Ok(Self {
            movies: Movies { screen, n_units: kept.len(), train, test },
            has_places: found.is_some(),
            places: found.unwrap_or_else(|| vec![[0.0; 2]; kept.len()]),
            units: kept,
            constant,
            dt_s,
        })
    }
}

fn check_movie(movie: &TableStimulus, screen: [usize; 3], dt_s: f64) -> Result<()> {
    let wrong = |message: &str| Error::data(message.to_owned()).at_object(format!("stimuli: {}", movie.id));
    let own = [movie.shape.channels, movie.shape.height, movie.shape.width];
    if own != screen {
        let [channels, height, width] = screen;
        return Err(wrong("the movies have different screens")
            .expected(format!("{channels} channels of {height} x {width}, as the first"))
            .found(format!("{} of {} x {}", own[0], own[1], own[2])));
    }
    if (movie.dt_s - dt_s).abs() > 1e-3 * dt_s {
        return Err(wrong("the movies have different frame rates")
            .expected(format!("{} Hz, as the first", 1.0 / dt_s))
            .found(format!("{} Hz", 1.0 / movie.dt_s)));
    }
    for (channel, values) in movie.values.chunks_exact(movie.shape.channel_len()).enumerate() {
        if values.iter().all(|value| *value == values[0]) {
            return Err(wrong("a channel of a movie never changes").found(format!("channel {channel}")));
        }
    }
    Ok(())
}

fn read_responses(table: &Table, shown: &[TableStimulus]) -> Result<BTreeMap<(Unit, String), Repeats>> {
    let by_id: BTreeMap<&str, &TableStimulus> = shown.iter().map(|one| (one.id.as_str(), one)).collect();
    let (names, traces) = (table.text("stimulus_id")?, table.lists("trace")?);
    let (repeats, dt_s) = (table.integers("repeat")?, table.numbers("dt_s")?);
    let mut seen: BTreeMap<(Unit, String), Repeats> = BTreeMap::new();
    for (row, unit) in units(table)?.into_iter().enumerate() {
        let Some(movie) = by_id.get(names.get_or_empty(row)) else { continue };
        let trace = traces.get(row).unwrap_or_default().into_owned();
        let wrong = |message: &str| {
            Error::data(message.to_owned()).at_object(format!("{}: {} to {}", unit.0, unit.1, movie.id))
        };
        let dt_s = dt_s.get(row).unwrap_or(f64::NAN);
        let same_clock = (dt_s - movie.dt_s).abs() <= 1e-3 * movie.dt_s;
        if trace.len() != movie.shape.frames || !same_clock {
            return Err(wrong("a response and its stimulus have different lengths or clocks")
                .expected(format!("{} samples every {} s", movie.shape.frames, movie.dt_s))
                .found(format!("{} samples every {dt_s} s", trace.len()))
                .hint("resample the responses to the frames of the stimulus first"));
        }
        if let Some(at) = trace.iter().position(|value| !value.is_finite()) {
            return Err(wrong("a response has a value that is not finite").at_offset(at as u64));
        }
        seen.entry((unit, movie.id.clone())).or_default().insert(repeats.value(row), trace);
    }
    Ok(seen)
}

/// The neurons in the order in which the table first names them.
fn in_order(table: &Table, all: &BTreeSet<Unit>) -> Result<Vec<Unit>> {
    let mut left = all.clone();
    Ok(units(table)?.into_iter().filter(|unit| left.remove(unit)).collect())
}

fn never_changes(seen: &BTreeMap<(Unit, String), Repeats>, unit: &Unit, shown: &[TableStimulus]) -> bool {
    let fitted = shown.iter().filter(|one| one.split == "train");
    let traces = fitted.filter_map(|movie| seen.get(&(unit.clone(), movie.id.clone())));
    let mut values = traces.flat_map(|repeats| repeats.values().flatten());
    let first = values.next();
    values.all(|value| Some(value) == first)
}

/// Responses `[repeat][frame * neuron]` to a movie.
fn repeats(seen: &mut BTreeMap<(Unit, String), Repeats>, kept: &[Unit], id: &str) -> Result<Vec<Vec<f32>>> {
    let mut all: Vec<Vec<Vec<f64>>> = Vec::with_capacity(kept.len());
    for unit in kept {
        let own = seen.remove(&(unit.clone(), id.to_owned())).unwrap_or_default();
        let expected = all.first().map_or_else(|| own.len().max(1), Vec::len);
        if own.len() != expected {
            return Err(Error::data("a neuron was not shown a movie as often as others")
                .at_object(format!("{}: {} to {id}", unit.0, unit.1))
                .expected(format!("{expected} repeats"))
                .found(own.len().to_string()));
        }
        all.push(own.into_values().collect());
    }
    let n_repeats = all.first().map_or(0, Vec::len);
    let frames = all.first().and_then(|own| own.first()).map_or(0, Vec::len);
    let repeat = |k: usize| {
        (0..frames).flat_map(|frame| all.iter().map(move |own| own[k][frame] as f32)).collect::<Vec<f32>>()
    };
    Ok((0..n_repeats).map(repeat).collect())
}

fn clip(movie: &TableStimulus, repeats: &[Vec<f32>]) -> Clip {
    let n = repeats.len() as f64;
    let mean = |k: usize| (repeats.iter().map(|one| f64::from(one[k])).sum::<f64>() / n) as f32;
    Clip {
        id: movie.id.clone(),
        frames: movie.values.iter().map(|&value| value as f32).collect(),
        n_frames: movie.shape.frames,
        traces: (0..repeats.first().map_or(0, Vec::len)).map(mean).collect(),
    }
}

/// # Errors
/// When a neuron is missing or its place is not known.
fn read_places(table: &Table, kept: &[Unit]) -> Result<Vec<[f64; 2]>> {
    let (y, x) = (table.numbers("rf_y_px")?, table.numbers("rf_x_px")?);
    let known: BTreeMap<Unit, [Option<f64>; 2]> =
        units(table)?.into_iter().enumerate().map(|(row, unit)| (unit, [y.get(row), x.get(row)])).collect();
    let place = |unit: &Unit| match known.get(unit) {
        Some([Some(y), Some(x)]) if y.is_finite() && x.is_finite() => Ok([*y, *x]),
        _ => Err(Error::data("the receptive field of a neuron is nowhere")
            .at_object(format!("{}: {}", unit.0, unit.1))
            .expected("rf_y_px and rf_x_px at the input `units`")
            .hint("leave `units` away: then all are looked for from the middle of the screen")),
    };
    kept.iter().map(place).collect()
}
