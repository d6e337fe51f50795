//! All scores of the rates of a split.

use ndarray::Array3;
use neuroloom_core::{Error, Result, Table};

use super::behaviour::{self, Decoding};
use super::params::EvaluateParams;
use super::responses::{self, Responses};
use super::{bits, timing, truth};
use crate::trials::{Part, RATE, RATE_TRUTH, Recording, Signals};

/// The unit of bits per spike.
pub(super) const BITS: &str = "bit/spike";
/// The unit of shares of variance and correlations.
pub(super) const ONE: &str = "1";

/// One number.
#[derive(Clone, Debug)]
pub(super) struct Score {
    pub(super) metric: String,
    pub(super) split: String,
    pub(super) unit_id: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) value: Option<f64>,
    pub(super) value_unit: &'static str,
    pub(super) n: usize,
    pub(super) note: Option<String>,
}

impl Score {
    pub(super) fn new(
        metric: &str,
        part: &Part,
        value: Option<f64>,
        value_unit: &'static str,
        n: usize,
    ) -> Self {
        let value = value.filter(|value| value.is_finite());
        let (metric, split) = (metric.to_owned(), part.split.clone());
        Self { metric, split, unit_id: None, channel: None, value, value_unit, n, note: None }
    }

    pub(super) fn of_unit(self, unit: &str) -> Self {
        Self { unit_id: Some(unit.to_owned()), ..self }
    }

    pub(super) fn of_channel(self, channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), ..self }
    }

    pub(super) fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// A score that there is none of, and why.
    pub(super) fn absent(
        metric: &str,
        part: &Part,
        value_unit: &'static str,
        why: impl Into<String>,
    ) -> Self {
        Self::new(metric, part, None, value_unit, 0).note(why)
    }
}

/// The tables that are scored.
pub(super) struct Sources<'a> {
    pub(super) params: &'a EvaluateParams,
    pub(super) trials: &'a Signals<'a>,
    pub(super) rates: &'a Signals<'a>,
    pub(super) reference: Option<&'a Table>,
}

/// A split with its rates, expected counts per bin `[trials, bins, units]`.
pub(super) struct Scored<'a> {
    pub(super) recording: &'a Recording,
    pub(super) part: &'a Part,
    pub(super) rates: Array3<f64>,
    pub(super) truth: Option<Array3<f64>>,
    pub(super) scores: Vec<Score>,
    pub(super) responses: Option<Responses>,
    pub(super) decoding: Option<Decoding>,
    pub(super) warnings: Vec<String>,
}

/// Scores the rates of `part`.
pub(super) fn score<'a>(
    sources: &Sources<'_>,
    recording: &'a Recording,
    part: &'a Part,
) -> Result<Scored<'a>> {
    let rates = rates_of(sources.rates, recording, part)?;
    let truth = recording.rates(sources.trials, part, RATE_TRUTH)?;
    let (mut scores, mut warnings) = (Vec::new(), Vec::new());
    scores.extend(bits::scores(sources.params, recording, part, &rates)?);
    if let Some(truth) = &truth {
        let (own, warning) = truth::scores(sources.params, recording, part, &rates, truth)?;
        scores.extend(own);
        warnings.extend(warning);
    }
    let decoding = behaviour::decode_from(sources, recording, part, &rates)?;
    scores.extend(decoding.iter().flat_map(|decoding| decoding.scores.clone()));
    let responses = responses::responses(sources, recording, part, &rates)?;
    scores.extend(responses.iter().flat_map(|responses| responses.scores.clone()));
    scores.extend(timing::score(sources, recording, part, &rates)?);
    Ok(Scored { recording, part, rates, truth, scores, responses, decoding, warnings })
}

/// The rates of all units in all observed bins of a split; forward bins may be absent.
///
/// # Errors
/// When any is missing.
pub(super) fn rates_of(signals: &Signals<'_>, recording: &Recording, part: &Part) -> Result<Array3<f64>> {
    let Some(rates) = recording.rates(signals, part, RATE)? else {
        return Err(Error::data("there are no rates of a split that is to be scored")
            .at_object(format!("recording {}, split {}", recording.id, part.split))
            .expected(format!("rows of the signal {RATE}"))
            .found(format!("splits {}", signals.splits(&recording.id).join(", ")))
            .hint("name other `splits`"));
    };
    let missing = rates
        .indexed_iter()
        .find(|&((_, bin, _), rate)| bin < recording.n_observed && (rate.is_nan() || *rate < 0.0));
    if let Some(((trial, bin, unit), rate)) = missing {
        let unit = recording.units.get(unit).map_or("", |unit| &unit.id);
        return Err(Error::data("a rate is missing or no rate")
            .at_object(format!(
                "{} trial {}, unit {unit:?}, bin {bin}",
                part.split,
                part.trials.get(trial).copied().unwrap_or(0)
            ))
            .expected(format!("a rate of every trial, unit and observed bin ({})", recording.n_observed))
            .found(rate.to_string()));
    }
    Ok(rates)
}
