//! Against the true rates, where they are known.

use ndarray::{Array2, Array3, s};
use neuroloom_core::{Error, Result};

use super::bits::{Block, blocks, unscorable};
use super::params::{EvaluateParams, OnLeak};
use super::scores::{BITS, ONE, Score};
use crate::metrics::{bits_per_spike, mean_r2, per_trial_bits, r2_per_column, weighted_r2};
use crate::trials::{Part, Recording};

/// By so many standard errors may rates be better than the true ones.
const STANDARD_ERRORS: f64 = 3.0;

/// R² of the rates and bits per spike of the true ones. A warning where what is held out was predicted better than by
/// the true rates.
///
/// # Errors
/// When so, unless that is only to be warned of.
pub(super) fn scores(
    params: &EvaluateParams,
    recording: &Recording,
    part: &Part,
    rates: &Array3<f64>,
    truth: &Array3<f64>,
) -> Result<(Vec<Score>, Vec<String>)> {
    let forward = recording.n_observed..recording.n_bins;
    let mut scores = r2("rate_r2", recording, part, rates, truth, 0..recording.n_observed)?;
    scores.extend(r2("rate_r2_forward", recording, part, rates, truth, forward)?);
    let mut warnings = Vec::new();
    for block in blocks(recording) {
        if block.bins.is_empty() || block.units.is_empty() || unscorable(part, truth, &block).is_some() {
            continue;
        }
        let true_rates = truth.slice(s![.., block.bins.clone(), block.units.clone()]);
        let counts = part.counts_of(block.bins.clone(), block.units.clone());
        let best = bits_per_spike(true_rates, counts)?;
        scores.push(Score::new(&format!("truth_{}", block.metric), part, best.value, BITS, best.n));
        if unscorable(part, rates, &block).is_none() {
            warnings.extend(check_leak(params, recording, part, [rates, truth], &block)?);
        }
    }
    Ok((scores, warnings))
}

/// Mean R² of a unit over all bins of all trials, the same weighted by the variance of the units, and that of every unit.
fn r2(
    metric: &str,
    recording: &Recording,
    part: &Part,
    rates: &Array3<f64>,
    truth: &Array3<f64>,
    bins: std::ops::Range<usize>,
) -> Result<Vec<Score>> {
    let known = |all: &Array3<f64>| all.slice(s![.., bins.clone(), ..]).iter().all(|value| value.is_finite());
    if bins.is_empty() || !known(rates) || !known(truth) {
        return Ok(Vec::new());
    }
    let flat = |all: &Array3<f64>| {
        let all = all.slice(s![.., bins.clone(), ..]).as_standard_layout().into_owned();
        let (trials, bins, units) = all.dim();
        let flat: Array2<f64> =
            all.into_shape_with_order((trials * bins, units)).map_err(|e| Error::internal(e.to_string()))?;
        Ok::<_, Error>(flat)
    };
    let (truth, rates) = (flat(truth)?, flat(rates)?);
    let n = truth.nrows();
    let all = Score::new(metric, part, Some(mean_r2(truth.view(), rates.view())), ONE, n);
    let weighted = Score::new(
        &format!("{metric}_weighted"),
        part,
        Some(weighted_r2(truth.view(), rates.view())),
        ONE,
        n,
    );
    let units = r2_per_column(truth.view(), rates.view());
    let units = recording.units.iter().zip(units);
    let units = units.map(|(unit, r2)| Score::new(metric, part, Some(r2), ONE, n).of_unit(&unit.id));
    Ok([all, weighted].into_iter().chain(units).collect())
}

fn check_leak(
    params: &EvaluateParams,
    recording: &Recording,
    part: &Part,
    [rates, truth]: [&Array3<f64>; 2],
    block: &Block,
) -> Result<Option<String>> {
    let of = |all: &Array3<f64>| all.slice(s![.., block.bins.clone(), block.units.clone()]).to_owned();
    let counts = part.counts_of(block.bins.clone(), block.units.clone());
    let Some((gain, error)) = per_trial_bits(of(rates).view(), of(truth).view(), counts)? else {
        return Ok(None);
    };
    if gain <= STANDARD_ERRORS * error {
        return Ok(None);
    }
    let found = format!("{gain:.4} ± {error:.4} bit/spike better than the true rates");
    let place = format!("{} of the {} trials of {}", block.metric, part.split, recording.id);
    if block.metric == "reconstruction_bps" {
        return Ok(Some(format!(
            "{place}: {found}; the rates have followed the very spikes that they are scored on"
        )));
    }
    match params.leak {
        OnLeak::Warn => Ok(Some(format!("{place}: {found}; what was to be predicted was seen"))),
        OnLeak::Error => Err(Error::data(
            "rates predict better than the true rates: what was to be predicted was seen",
        )
        .at_object(place)
        .expected(format!("at most {STANDARD_ERRORS} standard errors over trials"))
        .found(found)
        .hint("look for held-out counts among the inputs of the model; `leak: warn` scores all the same")),
    }
}
