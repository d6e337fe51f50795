//! What stands along the modes of a tensor.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table, nearest};
use neuroloom_table::Columns;

use crate::affinity::pairs;
use crate::{ImplicitAffinity, Layout};

/// A mode: its name and what stands at its places.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::steps) struct ModeLabels {
    pub(in crate::steps) name: String,
    pub(in crate::steps) labels: Vec<String>,
    /// Times of the places, seconds, of a mode of time.
    pub(in crate::steps) times_s: Option<Vec<f64>>,
}

impl ModeLabels {
    fn new(name: &str, labels: Vec<String>) -> Self {
        Self { name: name.to_owned(), labels, times_s: None }
    }
}

/// The modes of an affinity tensor.
pub(super) fn of_affinity(affinity: &ImplicitAffinity) -> Vec<ModeLabels> {
    let n_frames = affinity.n_frames();
    let time = ModeLabels {
        name: "time".into(),
        labels: (0..n_frames).map(|frame| frame.to_string()).collect(),
        times_s: Some((0..n_frames).map(|frame| affinity.t0_s + frame as f64 * affinity.dt_s).collect()),
    };
    let animals =
        ModeLabels::new("animal", affinity.worms.iter().map(|worm| worm.recording_id.clone()).collect());
    let neurons = &affinity.neurons;
    match affinity.layout {
        Layout::Pairs => {
            let pairs = pairs(neurons.len()).map(|(i, j)| format!("{}|{}", neurons[i], neurons[j]));
            vec![time, animals, ModeLabels::new("pair", pairs.collect())]
        }
        Layout::Square => {
            let mut modes = vec![
                ModeLabels::new("neuron", neurons.clone()),
                ModeLabels::new("partner", neurons.clone()),
                time,
            ];
            modes.extend((affinity.worms.len() > 1).then_some(animals));
            modes
        }
    }
}

/// Lengths of the modes of a table of labels.
pub(super) fn lengths(table: &Table) -> Result<Vec<usize>> {
    Ok(read_all(table)?.into_iter().map(|mode| mode.labels.len()).collect())
}

/// The labels of a tensor of `shape`: those of the table, or numbers.
pub(super) fn read(table: Option<&Table>, shape: &[usize]) -> Result<Vec<ModeLabels>> {
    let Some(table) = table else {
        let numbers = |length: usize| (0..length).map(|place| place.to_string()).collect();
        let modes = shape.iter().enumerate();
        return Ok(modes
            .map(|(mode, length)| ModeLabels::new(&format!("mode {mode}"), numbers(*length)))
            .collect());
    };
    let modes = read_all(table)?;
    let found: Vec<usize> = modes.iter().map(|mode| mode.labels.len()).collect();
    if found != shape {
        return Err(Error::data("tensor_modes table: the labels do not fit the tensor")
            .expected(format!("modes of {shape:?} places"))
            .found(format!("{found:?}")));
    }
    Ok(modes)
}

fn read_all(table: &Table) -> Result<Vec<ModeLabels>> {
    let (numbers, indices) = (table.integers("mode")?, table.integers("index")?);
    let (names, labels, times) = (table.text("mode_name")?, table.text("label")?, table.numbers("t_s")?);
    let mut modes: BTreeMap<i64, (String, BTreeMap<i64, usize>)> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let (_, places) = modes
            .entry(numbers.value(row))
            .or_insert_with(|| (names.get_or_empty(row).to_owned(), BTreeMap::new()));
        if places.insert(indices.value(row), row).is_some() {
            return Err(wrong_places(numbers.value(row), row));
        }
    }
    let mut read = Vec::new();
    for ((expected, (number, (name, places))), _) in (0..).zip(modes).zip(0..crate::MAX_MODES) {
        if number != expected || (0..).zip(places.keys()).any(|(expected, index)| expected != *index) {
            return Err(wrong_places(number, places.values().next().copied().unwrap_or(0)));
        }
        let rows: Vec<usize> = places.into_values().collect();
        let times_s: Option<Vec<f64>> = rows.iter().map(|row| times.get(*row)).collect();
        let labels = rows.iter().map(|row| labels.get_or_empty(*row).to_owned()).collect();
        read.push(ModeLabels { name, labels, times_s });
    }
    Ok(read)
}

fn wrong_places(mode: i64, row: usize) -> Error {
    Error::data("tensor_modes table: places are missing or stand twice")
        .at_object(format!("mode {mode}"))
        .at_offset(row as u64)
        .expected("modes and places numbered from 0, each once")
}

/// The number of the mode that a parameter names, by its name or its number.
pub(in crate::steps) fn find_mode(modes: &[ModeLabels], word: &str, parameter: &str) -> Result<usize> {
    let named = modes.iter().position(|mode| mode.name == word);
    let numbered = || word.parse::<usize>().ok().filter(|mode| *mode < modes.len());
    named.or_else(numbered).ok_or_else(|| {
        let names = || modes.iter().map(|mode| mode.name.as_str());
        let error = Error::params(format!("`{parameter}` names a mode that the tensor does not have"))
            .expected(format!("one of {}, or its number", names().collect::<Vec<_>>().join(", ")))
            .found(word);
        match nearest(word, names()) {
            Some(name) => error.hint(format!("did you mean `{name}`?")),
            None => error,
        }
    })
}
