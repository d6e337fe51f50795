//! The unit of true rates, which these files do not keep: spikes per second or spikes per bin.

use neuroloom_core::{Error, Result, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contents::{Contents, Signal};
use super::dataset_name::{RATE_TRUTH, SPIKE_COUNT};
use crate::hdf5::File;

/// By so much may the mean of the counts differ from what the true rates promise.
const TOLERANCE: f64 = 0.2;

/// Unit of true rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TruthUnit {
    /// Spikes per second.
    Hz,
    /// Spikes per bin.
    CountsPerBin,
}

impl TruthUnit {
    /// The unit that the table of trials has.
    pub fn unit(self) -> Unit {
        match self {
            Self::Hz => Unit::HERTZ,
            Self::CountsPerBin => Unit::ONE,
        }
    }

    /// Spikes per bin of a rate of one.
    fn per_bin(self, bin_s: f64) -> f64 {
        match self {
            Self::Hz => bin_s,
            Self::CountsPerBin => 1.0,
        }
    }
}

/// The unit of the true rates of a file, by comparing their mean with that of the counts: the one that is `asked` for, or
/// the one that fits better. None where the file has no true rates.
///
/// # Errors
/// When the mean count differs by more than 20 % from what the rates promise in that unit, or there are no counts to
/// tell the unit by.
pub(super) fn unit(
    file: &File,
    contents: &Contents,
    asked: Option<TruthUnit>,
    bin_s: f64,
) -> Result<Option<TruthUnit>> {
    let Some((dataset, ratio)) = ratio(file, contents)? else { return Ok(None) };
    let off = |unit: TruthUnit| (ratio.unwrap_or(f64::NAN) / unit.per_bin(bin_s) - 1.0).abs();
    let likely = if off(TruthUnit::Hz) <= off(TruthUnit::CountsPerBin) {
        TruthUnit::Hz
    } else {
        TruthUnit::CountsPerBin
    };
    match (asked, ratio) {
        (Some(unit), None) => Ok(Some(unit)),
        (None, None) => Err(file
            .error(&dataset, "the unit of the true rates is not known, and there are no counts to tell it by")
            .hint("set `truth_unit` to `hz` or `counts_per_bin`")),
        (asked, Some(ratio)) => {
            let unit = asked.unwrap_or(likely);
            if off(unit) <= TOLERANCE {
                return Ok(Some(unit));
            }
            Err(file
                .error(&dataset, "the true rates do not fit the counts")
                .expected(format!("a mean count of {} times the mean rate, within 20 %", unit.per_bin(bin_s)))
                .found(format!("{ratio} times"))
                .hint("correct `bin_s` or `truth_unit`; or leave the signal `rate_truth` out of `signals`"))
        }
    }
}

/// The dataset of true rates, and mean count over mean rate where both are there.
fn ratio(file: &File, contents: &Contents) -> Result<Option<(String, Option<f64>)>> {
    let (mut counts, mut rates) = (Mean::default(), Mean::default());
    let mut dataset = None;
    for split in &contents.splits {
        let Some(truth) = split.signal(RATE_TRUTH) else { continue };
        dataset = dataset.or_else(|| truth.blocks.first().map(|block| block.observed.dataset.clone()));
        rates.add(file, truth)?;
        if let Some(counted) = split.signal(SPIKE_COUNT) {
            counts.add(file, counted)?;
        }
    }
    let ratio = counts.value().zip(rates.value()).map(|(count, rate)| count / rate);
    Ok(dataset.map(|dataset| (dataset, ratio.filter(|ratio| ratio.is_finite()))))
}

#[derive(Default)]
struct Mean {
    sum: f64,
    n: usize,
}

impl Mean {
    /// Adds the values of the units that a model may see; true rates are of these.
    fn add(&mut self, file: &File, signal: &Signal) -> Result<()> {
        let Some(block) = signal.blocks.first() else {
            return Err(Error::internal("a signal of trials without datasets"));
        };
        let values: Vec<f64> = file.numbers(&block.observed.dataset)?;
        let finite = || values.iter().filter(|value| value.is_finite());
        self.sum += finite().sum::<f64>();
        self.n += finite().count();
        Ok(())
    }

    fn value(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }
}
