//! From features of the observed bins to the counts of units and bins that are not seen.

use ndarray::parallel::prelude::*;
use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, s};
use neuroloom_core::{Error, Result, RunContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::regression::{Features, Glm, fit_poisson};
use crate::trials::Recording;

/// Added to smoothed counts before their logarithm.
const LOG_OFFSET: f64 = 0.01;

/// How smoothed counts enter a regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As they are.
    Linear,
    /// As their square roots.
    #[default]
    Sqrt,
    /// As their logarithms, after 0.01 is added.
    Log,
}

impl Scale {
    pub(super) fn apply(self, mut counts: Array3<f64>) -> Array3<f64> {
        match self {
            Self::Linear => {}
            Self::Sqrt => counts.mapv_inplace(f64::sqrt),
            Self::Log => counts.mapv_inplace(|count| (count + LOG_OFFSET).ln()),
        }
        counts
    }
}

/// Poisson regressions of units on features: one for all observed bins, and one for each forward bin on the features of
/// the last observed bin.
pub(super) struct Readout {
    /// Of the units from `first_unit` on.
    observed: Vec<Glm>,
    first_unit: usize,
    /// Of all units, by forward bin.
    forward: Vec<Vec<Glm>>,
}

impl Readout {
    /// Fits the units from `first_unit` on at the observed bins. `features` `[trials, n_observed, n_features]` and
    /// `counts` `[trials, n_bins, units]` are of the training trials.
    pub(super) fn observed(
        ctx: &RunContext,
        recording: &Recording,
        features: ArrayView3<'_, f64>,
        counts: ArrayView3<'_, f64>,
        first_unit: usize,
        penalty: f64,
    ) -> Result<Self> {
        let x = Features::new(flat(features)?.view())?;
        let units = first_unit..recording.units.len();
        let fit = |unit: usize| {
            ctx.check_cancelled()?;
            let own: Vec<f64> = counts.slice(s![.., ..recording.n_observed, unit]).iter().copied().collect();
            fit_poisson(&x, &own, penalty).map_err(|e| e.at_object(of_unit(recording, unit)))
        };
        let observed = units.into_par_iter().map(fit).collect::<Result<Vec<Glm>>>()?;
        Ok(Self { observed, first_unit, forward: Vec::new() })
    }

    /// Fits the forward bins of all units.
    pub(super) fn with_forward(
        mut self,
        ctx: &RunContext,
        recording: &Recording,
        features: ArrayView3<'_, f64>,
        counts: ArrayView3<'_, f64>,
        penalty: f64,
    ) -> Result<Self> {
        if recording.n_bins == recording.n_observed {
            return Ok(self);
        }
        let x = Features::new(features.index_axis(Axis(1), recording.n_observed - 1))?;
        let fit_bin = |bin: usize| {
            ctx.check_cancelled()?;
            let fit = |unit: usize| {
                let own = counts.slice(s![.., bin, unit]).to_vec();
                fit_poisson(&x, &own, penalty)
                    .map_err(|e| e.at_object(format!("{}, bin {bin}", of_unit(recording, unit))))
            };
            (0..recording.units.len()).map(fit).collect::<Result<Vec<Glm>>>()
        };
        let bins = recording.n_observed..recording.n_bins;
        self.forward = bins.into_par_iter().map(fit_bin).collect::<Result<Vec<_>>>()?;
        Ok(self)
    }

    /// Expected counts per bin `[trials, n_observed, units]` of the units from `first_unit` on.
    pub(super) fn predict_observed(&self, features: ArrayView3<'_, f64>) -> Result<Array3<f64>> {
        let (trials, bins, _) = features.dim();
        let x = flat(features)?;
        let mut rates = Array3::zeros((trials, bins, self.observed.len()));
        for (unit, glm) in self.observed.iter().enumerate() {
            let predicted = glm.predict(x.view());
            rates.slice_mut(s![.., .., unit]).iter_mut().zip(predicted).for_each(|(out, rate)| *out = rate);
        }
        Ok(rates)
    }

    /// Writes the rates of the observed bins of the units from `first_unit` on, and of the forward bins of all units,
    /// into `rates` `[trials, n_bins, units]`.
    pub(super) fn predict_into(&self, features: ArrayView3<'_, f64>, rates: &mut Array3<f64>) -> Result<()> {
        let observed = self.predict_observed(features)?;
        let n_observed = features.dim().1;
        rates.slice_mut(s![.., ..n_observed, self.first_unit..]).assign(&observed);
        let last: ArrayView2<'_, f64> = features.index_axis(Axis(1), n_observed - 1);
        for (ahead, glms) in self.forward.iter().enumerate() {
            for (unit, glm) in glms.iter().enumerate() {
                let predicted = glm.predict(last);
                let mut out = rates.slice_mut(s![.., n_observed + ahead, unit]);
                out.iter_mut().zip(predicted).for_each(|(out, rate)| *out = rate);
            }
        }
        Ok(())
    }
}

fn of_unit(recording: &Recording, unit: usize) -> String {
    format!("unit {}", recording.units.get(unit).map_or("", |unit| &unit.id))
}

/// `[trials, bins, features]` as `[trials * bins, features]`.
pub(super) fn flat(values: ArrayView3<'_, f64>) -> Result<Array2<f64>> {
    let (trials, bins, n) = values.dim();
    let values = values.as_standard_layout().into_owned();
    values.into_shape_with_order((trials * bins, n)).map_err(|e| Error::internal(e.to_string()))
}
