//! Sweeps over the modes until the error hardly drops any more.

use ndarray::Array2;

use crate::error::{NtfError, Result};
use crate::factors::{Factor, column_norms, inner};
use crate::mask::{Grams, Mask};
use crate::operand::{Operand, Products};
use crate::options::{FitOptions, Loss, Method};
use crate::start::{Start, Status};
use crate::update::{Equations, bcd, hals, kl, mu, smooth_hals};

/// What is fitted, and how.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// The tensor.
    pub operand: &'a dyn Operand,
    /// The entries that count.
    pub mask: &'a Mask,
    /// How it is fitted.
    pub options: &'a FitOptions,
}

/// The last mode that was updated in a sweep, and what it was updated with.
struct Last {
    mode: usize,
    product: Factor,
    grams: Grams,
}

impl Problem<'_> {
    /// Takes `start` on for at most `n_sweeps` sweeps, or to its end.
    ///
    /// # Errors
    /// When the loss is not available for the tensor.
    pub fn advance(&self, start: &mut Start, n_sweeps: usize) -> Result<()> {
        let mut products = self.operand.products(self.options.rank);
        for _ in 0..n_sweeps {
            if start.status.is_some() {
                return Ok(());
            }
            match self.options.loss {
                Loss::Gaussian => self.gaussian_sweep(start, products.as_mut()),
                Loss::Kl => self.kl_sweep(start)?,
            }
            start.status = self.status(start);
        }
        Ok(())
    }

    fn status(&self, start: &Start) -> Option<Status> {
        if let [.., before, now] = start.objective.as_slice() {
            let drop = before - now;
            // Extrapolation may make one sweep worse and the next one better.
            let settled = if self.options.extrapolate {
                (0.0..self.options.tolerance).contains(&drop)
            } else {
                drop < self.options.tolerance
            };
            if settled {
                return Some(Status::Converged);
            }
        }
        (start.iterations() >= self.options.max_iterations).then_some(Status::MaxIterations)
    }

    fn free_modes(&self) -> impl Iterator<Item = usize> {
        (0..self.operand.shape().len()).filter(|mode| !self.options.mode(*mode).fixed)
    }

    fn gaussian_sweep(&self, start: &mut Start, products: &mut dyn Products) {
        let (error, objective) = match (self.options.method, self.options.extrapolate) {
            (Method::Bcd, _) => self.bcd_sweep(start, products),
            (_, true) => self.extrapolated_sweep(start, products),
            (_, false) => self.plain_sweep(start, products),
        };
        start.trace.push(error);
        start.objective.push(objective);
    }

    fn plain_sweep(&self, start: &mut Start, products: &mut dyn Products) -> (f64, f64) {
        let mut factors = std::mem::take(&mut start.factors);
        let mut last = None;
        for mode in self.free_modes() {
            let (factor, step) = self.improved(mode, &mut factors, start, products);
            factors[mode] = factor;
            last = Some(step);
        }
        start.factors = factors;
        last.map_or((f64::NAN, f64::NAN), |last| self.objective(&start.factors, &last))
    }

    /// A sweep in which every mode sees the extrapolated factors of the others.
    fn extrapolated_sweep(&self, start: &mut Start, products: &mut dyn Products) -> (f64, f64) {
        let before = start.factors.clone();
        let mut seen =
            if start.before.is_empty() { before.clone() } else { std::mem::take(&mut start.before) };
        let mut last = None;
        for mode in self.free_modes() {
            let (factor, step) = self.improved(mode, &mut seen, start, products);
            let (beta, signed) = (start.extrapolation.beta, self.options.mode(mode).signed);
            seen[mode] = extrapolated(&factor, &before[mode], beta, signed);
            start.factors[mode] = factor;
            last = Some(step);
        }
        let Some(last) = last else { return (f64::NAN, f64::NAN) };
        let mut evaluated = seen.clone();
        evaluated[last.mode].clone_from(&start.factors[last.mode]);
        let (error, objective) = self.objective(&evaluated, &last);
        self.steer(start, seen, objective);
        (error, objective)
    }

    /// The better factor of `mode`, which is taken out of `factors`.
    fn improved(
        &self,
        mode: usize,
        factors: &mut [Factor],
        start: &mut Start,
        products: &mut dyn Products,
    ) -> (Factor, Last) {
        let product = products.mttkrp(factors, mode);
        let grams = self.mask.grams(factors, mode);
        let mut factor = std::mem::take(&mut factors[mode]);
        self.update(&mut factor, &self.equations(mode, &product, &grams));
        self.revive(&mut factor, start);
        (factor, Last { mode, product, grams })
    }

    fn equations<'a>(&self, mode: usize, product: &'a Factor, grams: &'a Grams) -> Equations<'a> {
        let mode = self.options.mode(mode);
        Equations { product, grams, penalty: mode.penalty, sign: mode.sign() }
    }

    fn update(&self, factor: &mut Factor, equations: &Equations<'_>) {
        let FitOptions { method, inner, floor, .. } = *self.options;
        match method {
            Method::Mu => mu(factor, equations),
            Method::Hals | Method::Bcd if equations.penalty.smooth > 0.0 => {
                smooth_hals(factor, equations, inner, floor);
            }
            Method::Hals | Method::Bcd => hals(factor, equations, inner, floor),
        }
    }

    /// Starts components anew that vanished, once each, with the norm of the mean column.
    fn revive(&self, factor: &mut Factor, start: &mut Start) {
        if !self.options.revive || start.revivals.is_empty() {
            return;
        }
        let norms = column_norms(factor);
        let mean = norms.iter().sum::<f64>() / norms.len().max(1) as f64;
        for (component, _) in norms.iter().enumerate().filter(|(_, norm)| **norm == 0.0) {
            if mean == 0.0 || std::mem::replace(&mut start.revived[component], true) {
                continue;
            }
            let mut numbers = start.revivals.iter().cycle().skip(component * 97);
            factor.column_mut(component).mapv_inplace(|_| numbers.next().copied().unwrap_or(1.0));
            let norm = column_norms(factor)[component];
            factor.column_mut(component).mapv_inplace(|value| value * mean / norm);
        }
    }

    /// Sets the factors that the next sweep starts from: the extrapolated ones unless they made things worse.
    fn steer(&self, start: &mut Start, seen: Vec<Factor>, objective: f64) {
        let worse = start.objective.last().is_some_and(|before| objective > *before);
        let extrapolation = &mut start.extrapolation;
        if worse {
            extrapolation.beta_max = extrapolation.beta;
            extrapolation.beta /= 1.5;
            start.before.clear();
        } else {
            extrapolation.beta_max = (1.05 * extrapolation.beta_max).min(1.0);
            extrapolation.beta = (1.05 * extrapolation.beta).min(extrapolation.beta_max);
            start.before = seen;
        }
    }

    fn bcd_sweep(&self, start: &mut Start, products: &mut dyn Products) -> (f64, f64) {
        let entry = start.factors.clone();
        let momentum = start.momentum.clone();
        let before = if start.before.is_empty() { entry.clone() } else { std::mem::take(&mut start.before) };
        let mut outcome = self.bcd_pass(start, &before, products, false);
        let worse = start.objective.last().is_some_and(|last| outcome.1 > *last);
        if worse {
            start.factors.clone_from(&entry);
            start.momentum = momentum;
            outcome = self.bcd_pass(start, &entry, products, true);
        }
        start.before = entry;
        outcome
    }

    fn bcd_pass(
        &self,
        start: &mut Start,
        before: &[Factor],
        products: &mut dyn Products,
        plain: bool,
    ) -> (f64, f64) {
        let mut last = None;
        for mode in self.free_modes() {
            let product = products.mttkrp(&start.factors, mode);
            let grams = self.mask.grams(&start.factors, mode);
            start.factors[mode] = bcd(
                &start.factors[mode],
                &before[mode],
                &self.equations(mode, &product, &grams),
                &mut start.momentum[mode],
                plain,
            );
            last = Some(Last { mode, product, grams });
        }
        last.map_or((f64::NAN, f64::NAN), |last| self.objective(&start.factors, &last))
    }

    /// The relative error, and what is made small, both relative to the norm of the tensor.
    fn objective(&self, factors: &[Factor], last: &Last) -> (f64, f64) {
        let squared_norm = self.operand.squared_norm();
        let factor = &factors[last.mode];
        let squared = squared_norm + last.grams.quadratic(factor) - 2.0 * inner(factor, &last.product);
        let mut error = (squared.max(0.0) / squared_norm).sqrt();
        if error < self.operand.safe_error()
            && let Some(residual) = self.residual(factors)
        {
            error = (residual / squared_norm).sqrt();
        }
        let penalties = self.penalties(factors);
        (error, (error * error + 2.0 * penalties / squared_norm).sqrt())
    }

    fn penalties(&self, factors: &[Factor]) -> f64 {
        factors.iter().enumerate().map(|(mode, factor)| self.options.mode(mode).penalty.of(factor)).sum()
    }

    fn residual(&self, factors: &[Factor]) -> Option<f64> {
        match self.mask {
            Mask::Full | Mask::Observed(_) => self.operand.residual(factors, None),
            Mask::Hidden(hidden) => self.operand.residual(factors, Some(hidden)),
            Mask::Columns(_) | Mask::Neurons(_) => None,
        }
    }

    fn kl_sweep(&self, start: &mut Start) -> Result<()> {
        let mut last = None;
        for mode in self.free_modes() {
            let ratios = self.operand.ratios(&start.factors, mode)?;
            let sums = self.mask.row_sums(&start.factors, mode).ok_or(NtfError::NotAvailable {
                what: "`loss: kl`",
                tensor: "a tensor with masked neurons",
                instead: "use `form: dense` in `ntf.affinity`",
            })?;
            kl(&mut start.factors[mode], &ratios, &sums, &self.options.mode(mode).penalty);
            last = Some((mode, sums));
        }
        let Some((mode, sums)) = last else { return Ok(()) };
        let divergence =
            self.operand.ratios(&start.factors, mode)?.divergence + inner(&start.factors[mode], &sums);
        let total = self.operand.total();
        let penalties = self.penalties(&start.factors);
        start.objective.push((divergence + penalties) / total);
        let residual = self.residual(&start.factors);
        start
            .trace
            .push(residual.map_or(f64::NAN, |residual| (residual / self.operand.squared_norm()).sqrt()));
        Ok(())
    }
}

/// `max(0, U + beta (U - U_before))`.
fn extrapolated(factor: &Factor, before: &Factor, beta: f64, signed: bool) -> Factor {
    Array2::from_shape_fn(factor.dim(), |at| {
        let value = factor[at] + beta * (factor[at] - before[at]);
        if signed { value } else { value.max(0.0) }
    })
}
