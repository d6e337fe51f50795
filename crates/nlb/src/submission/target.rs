//! What submissions are scored against.

use ndarray::{Array2, Array3, s};
use neuroloom_core::{Result, Table};
use neuroloom_table::Columns;

use super::datasets::{Dataset, Values, blocks, no_split, only, prefix};
use crate::evaluate::{condition_trials, decode_masks, reference};
use crate::trials::{Part, Recording, Signals};

/// Columns of a trial that stand for its behaviour where an interval is produced, in the benchmark's order.
const PRODUCED: [&str; 5] = ["is_eye", "theta", "is_short", "ts", "tp"];

/// Spikes of the evaluated trials, behaviour, decode masks, responses and jitter: a target. `psth` gives the reference
/// responses; without it there are none.
///
/// # Errors
/// When the tables do not fit, hold several recordings, or a split is missing.
pub fn targets(
    trials: &Table,
    psth: Option<&Table>,
    behaviour: Option<&str>,
    eval_split: &str,
) -> Result<Vec<Dataset>> {
    let signals = Signals::new(trials)?;
    let recording = only(&signals)?;
    let parts =
        ["train", eval_split].map(|split| recording.part(split).ok_or_else(|| no_split(&recording, split)));
    let [train, evaluated] = parts;
    let (train, evaluated) = (train?, evaluated?);
    let mut datasets = blocks(&recording, "eval", "spikes", &evaluated.counts, false);
    datasets.retain(|dataset| dataset.name != "eval_spikes_heldin");
    for part in [train, evaluated] {
        datasets.extend(behaviour_of(&signals, &recording, part, behaviour)?);
        if let Some(masks) = decode_masks(&signals, part) {
            datasets.push(Dataset {
                name: format!("{}_decode_mask", prefix(&part.split)),
                values: Values::Flags(masks),
            });
        }
    }
    if let Some(psth) = psth {
        datasets.extend(responses(&signals, &recording, [train, evaluated], psth)?);
    }
    datasets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(datasets)
}

fn behaviour_of(
    signals: &Signals<'_>,
    recording: &Recording,
    part: &Part,
    behaviour: Option<&str>,
) -> Result<Option<Dataset>> {
    let name = format!("{}_behavior", prefix(&part.split));
    if let Some(signal) = behaviour {
        let found = recording.behaviour(signals, part, signal)?;
        return Ok(found.map(|(_, values)| {
            let seen = values.slice(s![.., ..recording.n_observed, ..]).mapv(|value| value as f32);
            Dataset { name, values: Values::Cube(seen) }
        }));
    }
    let columns: Option<Vec<Vec<f64>>> =
        PRODUCED.iter().map(|column| part.numbers(signals, column)).collect();
    Ok(columns.map(|columns| {
        let values =
            Array2::from_shape_fn((part.n_trials(), columns.len()), |(trial, k)| columns[k][trial] as f32);
        Dataset { name, values: Values::Matrix(values) }
    }))
}

/// Reference responses as counts per bin, and the trials of their conditions.
fn responses(
    signals: &Signals<'_>,
    recording: &Recording,
    parts: [&Part; 2],
    psth: &Table,
) -> Result<Vec<Dataset>> {
    let conditions = psth.text("condition")?;
    let mut names: Vec<String> =
        (0..psth.n_rows()).filter_map(|row| conditions.get(row)).map(str::to_owned).collect();
    names.sort_by(|a, b| crate::trials::natural_order(a, b));
    names.dedup();
    let groups: Vec<(String, Vec<usize>)> = names.into_iter().map(|name| (name, Vec::new())).collect();
    let values: Array3<f64> = reference(psth, recording, &groups)?;
    let mut datasets =
        vec![Dataset { name: "psth".into(), values: Values::Cube(values.mapv(|value| value as f32)) }];
    for part in parts {
        let known = condition_trials(signals, part, "condition");
        let trials = groups.iter().map(|(name, _)| {
            let own = known.iter().find(|(own, _)| own == name);
            own.map_or_else(Vec::new, |(_, trials)| trials.iter().map(|&trial| trial as i32).collect())
        });
        let prefix = prefix(&part.split);
        datasets
            .push(Dataset { name: format!("{prefix}_cond_idx"), values: Values::Lists(trials.collect()) });
        if let Some(bins) = part.numbers(signals, "jitter_bins") {
            let bins = bins.into_iter().map(|bins| bins as i32).collect();
            datasets.push(Dataset { name: format!("{prefix}_jitter"), values: Values::Integers(bins) });
        }
    }
    Ok(datasets)
}
