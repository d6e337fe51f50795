//! Whether a fit knows more than there is to know.

use neuroloom_core::{Error, Result, RunContext, Summary, Unit};

use super::LeakCheck;
use crate::model::Model;
use crate::predict::{Average, LatentSource, PredictOptions, predict};
use crate::scores::{Entries, LikelihoodGain, excess_over_truth, likelihood_gain, rate_r2, true_counts};
use crate::trainer::Fit;
use crate::trial_set::{Split, TrialSet};

/// Standard errors above the true rates that chance explains.
const MAX_EXCESS: f64 = 3.0;
/// Draws of the latents: the score of a few is near that of many.
const SAMPLES: u32 = 8;

/// Scores of the trials to validate.
pub(super) struct Leak {
    scores: Vec<(&'static str, Option<f64>, Option<f64>)>,
    rate_r2: Option<f64>,
    warnings: Vec<String>,
}

impl Leak {
    /// Adds the scores.
    pub(super) fn describe(&self, mut summary: Summary) -> Summary {
        let bits = || Unit::parse("bits/spike");
        for (name, found, truth) in &self.scores {
            if let Some(found) = found {
                summary = summary.number(format!("validation {name}"), *found, bits());
            }
            if let Some(truth) = truth {
                summary = summary.number(format!("validation {name} of the true rates"), *truth, bits());
            }
        }
        if let Some(r2) = self.rate_r2 {
            summary = summary.number("validation R² of rates", r2, Unit::ONE);
        }
        self.warnings.iter().fold(summary, Summary::warn)
    }
}

/// Scores the trials to validate, and compares them with the true rates where these are known.
///
/// # Errors
/// When the counts are more likely under the fit than under the true rates.
pub(super) fn check(
    ctx: &RunContext,
    action: LeakCheck,
    model: &Model,
    fit: &Fit<f32>,
    set: &TrialSet,
) -> Result<Leak> {
    let trials = set.of(Split::Valid);
    let options = PredictOptions {
        samples: SAMPLES,
        average: Average::Lograte,
        dropout: 0.0,
        latents: LatentSource::Posterior,
    };
    let rates = predict(model, &fit.parameters, set, &trials, &options, ctx.seed()).rate_counts;
    let truth = true_counts(set, &trials);
    let kinds = [
        ("bits per spike of seen units", Entries::Seen),
        ("co-bps of held-out units", Entries::HeldOut),
        ("fp-bps of bins to come", Entries::Forward),
    ];
    let mut leak = Leak { scores: Vec::new(), rate_r2: None, warnings: Vec::new() };
    for (name, entries) in kinds {
        let gain = likelihood_gain(set, &trials, &rates, entries);
        let best = truth.as_ref().map(|truth| likelihood_gain(set, &trials, truth, entries));
        if let Some(best) = &best {
            leak.warnings.extend(compare(action, name, &gain, best)?);
        }
        let best = best.and_then(|best| best.bits_per_spike());
        leak.scores.push((name, gain.bits_per_spike(), best));
    }
    leak.rate_r2 = truth.and_then(|truth| rate_r2(set, &truth, &rates, Entries::All));
    Ok(leak)
}

fn compare(
    action: LeakCheck,
    name: &str,
    gain: &LikelihoodGain,
    truth: &LikelihoodGain,
) -> Result<Option<String>> {
    let excess = excess_over_truth(gain, truth);
    if excess <= MAX_EXCESS {
        return Ok(None);
    }
    let bits = |gain: &LikelihoodGain| {
        gain.bits_per_spike().map_or_else(|| "none".into(), |bits| format!("{bits:.4} bits per spike"))
    };
    let message =
        "the fit predicts the trials to validate better than the true rates: it has learned to copy counts";
    match action {
        LeakCheck::Warn => Ok(Some(format!("{message} ({name}: {} against {})", bits(gain), bits(truth)))),
        LeakCheck::Error => Err(Error::data(message)
            .at_object(name)
            .expected(format!("at most {} and {MAX_EXCESS} standard errors", bits(truth)))
            .found(format!("{}, {excess:.1} standard errors more", bits(gain)))
            .hint("set `cd` below 1 and `cd_pass` to 0, or look at the fit with `leak_check: warn`")),
    }
}
