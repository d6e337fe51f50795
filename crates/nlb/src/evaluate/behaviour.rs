//! Decoding of behaviour.

use ndarray::{Array2, Array3, Axis, s};
use neuroloom_core::{Error, Result};

use super::scores::{ONE, Score, Sources, rates_of};
use crate::metrics::{Samples, decode};
use crate::trials::{Part, Recording, Signals};

/// Signals that are decoded where none is named.
const USUAL: [&str; 3] = ["hand_vel", "finger_vel", "behavior"];
/// Columns of truth values whose trials share a decoder begin so.
const MASK: &str = "decode_mask_";

/// What was decoded.
pub(super) struct Decoding {
    pub(super) scores: Vec<Score>,
    pub(super) signal: String,
    pub(super) channels: Vec<String>,
    /// `[trials, n_observed, channels]`; NaN where it was not measured.
    pub(super) measured: Array3<f64>,
    /// The same from the rates; NaN of trials without a decoder.
    pub(super) decoded: Array3<f64>,
}

/// Decodes the behaviour of a split by what was fitted to the training trials; none where there is no behaviour, or the
/// split is the one that decoders are fitted to.
pub(super) fn decode_from(
    sources: &Sources<'_>,
    recording: &Recording,
    part: &Part,
    rates: &Array3<f64>,
) -> Result<Option<Decoding>> {
    let Some(signal) = signal(sources, recording)? else { return Ok(None) };
    let (Some(train), true) = (recording.part("train"), part.split != "train") else { return Ok(None) };
    let own = recording.behaviour(sources.trials, part, &signal)?;
    let trained = recording.behaviour(sources.trials, train, &signal)?;
    let (Some((channels, measured)), Some((_, trained))) = (own, trained) else { return Ok(None) };
    let metric = "velocity_r2";
    let seen = s![.., ..recording.n_observed, ..];
    let (measured, trained) = (measured.slice(seen).to_owned(), trained.slice(seen));
    let absent = |why: &str| {
        let score = Score::absent(metric, part, ONE, why);
        let decoded = Array3::from_elem(measured.dim(), f64::NAN);
        let (signal, channels, measured) = (signal.clone(), channels.clone(), measured.clone());
        Ok(Some(Decoding { scores: vec![score], signal, channels, measured, decoded }))
    };
    if sources.rates.rows(&recording.id, "train", crate::trials::RATE).is_empty() {
        return absent("there are no rates of the training trials to fit a decoder to");
    }
    if measured.iter().all(|value| value.is_nan()) {
        return absent("the behaviour is not known");
    }
    let train_rates = rates_of(sources.rates, recording, train)?;
    let (masks, train_masks) = (masks(sources, part), masks(sources, train));
    let fitted = decode(
        Samples { rates: train_rates.slice(seen), behaviour: trained, masks: train_masks.view() },
        Samples { rates: rates.slice(seen), behaviour: measured.view(), masks: masks.view() },
    )
    .map_err(|e| e.at_object(format!("signal {signal}")))?;
    let n = fitted.decoders.iter().map(|decoder| decoder.n).sum();
    let several = fitted.decoders.len() > 1;
    let mut all = Score::new(metric, part, Some(fitted.r2), ONE, n);
    if several {
        let each =
            fitted.decoders.iter().map(|decoder| format!("{:.4}", decoder.r2)).collect::<Vec<_>>().join(", ");
        all = all.note(format!("mean of the decoders of {} groups of trials: {each}", fitted.decoders.len()));
    }
    let mut scores = vec![all];
    for (place, channel) in channels.iter().enumerate() {
        let mean = fitted.decoders.iter().filter_map(|decoder| decoder.channels.get(place)).sum::<f64>();
        let mean = mean / fitted.decoders.len() as f64;
        scores.push(Score::new(metric, part, Some(mean), ONE, n).of_channel(channel));
    }
    let mut decoded = Array3::from_elem(measured.dim(), f64::NAN);
    for (mask, decoder) in fitted.decoders.iter().enumerate() {
        for trial in (0..part.n_trials()).filter(|&trial| masks[[trial, mask]]) {
            let rates = rates.index_axis(Axis(0), trial);
            let predicted = decoder.ridge.predict(rates.slice(s![..recording.n_observed, ..]));
            decoded.index_axis_mut(Axis(0), trial).assign(&predicted);
        }
    }
    Ok(Some(Decoding { scores, signal, channels, measured, decoded }))
}

/// The signal to decode.
fn signal(sources: &Sources<'_>, recording: &Recording) -> Result<Option<String>> {
    let names = sources.trials.names(&recording.id);
    if let Some(asked) = &sources.params.behaviour {
        if names.contains(&asked.as_str()) {
            return Ok(Some(asked.clone()));
        }
        return Err(Error::data("there is no such signal to decode")
            .at_object(format!("recording {}", recording.id))
            .expected(asked.clone())
            .found(names.join(", "))
            .hint("name one of them in `behaviour`, or leave it out"));
    }
    let mut usual = USUAL.into_iter().filter(|name| names.contains(name));
    match (usual.next(), usual.next()) {
        (Some(first), Some(second)) => Err(Error::data("several signals could be decoded")
            .expected("one of them in `behaviour`")
            .found(format!("{first}, {second}"))),
        (only, _) => Ok(only.map(str::to_owned)),
    }
}

/// Which trials share a decoder `[trials, masks]`; all share one where nothing says otherwise.
fn masks(sources: &Sources<'_>, part: &Part) -> Array2<bool> {
    decode_masks(sources.trials, part).unwrap_or_else(|| Array2::from_elem((part.n_trials(), 1), true))
}

/// Which trials share a decoder `[trials, masks]`, by the columns `decode_mask_…`; none where there are no such columns.
pub(crate) fn decode_masks(signals: &Signals<'_>, part: &Part) -> Option<Array2<bool>> {
    let schema = signals.table().batch().schema();
    let mut names: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .filter(|name| name.starts_with(MASK))
        .collect();
    names.sort_unstable();
    let columns: Vec<Vec<bool>> = names.iter().filter_map(|name| part.flags(signals, name)).collect();
    (!columns.is_empty()).then(|| {
        Array2::from_shape_fn((part.n_trials(), columns.len()), |(trial, mask)| columns[mask][trial])
    })
}
