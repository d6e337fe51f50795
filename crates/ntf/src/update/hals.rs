//! Hierarchical alternating least squares (Cichocki and Phan 2009, IEICE Trans Fundam E92-A:708).

use ndarray::{ArrayViewMut2, Axis};
use pulp::Arch;
use rayon::prelude::*;

use super::{Equations, Sign};
use crate::factors::Factor;
use crate::mask::Grams;

/// Rows that are updated side by side, and rows of a task; fixed, so that nothing depends on the number of threads.
const LANES: usize = 16;
const TASK_ROWS: usize = 64 * LANES;

/// `inner` times, for every component p in turn: `u_p <- max(0, u_p + (m_p - l1 - U G_p - ridge u_p) / (G_pp + ridge))`,
/// the diagonal at least `floor`.
pub(crate) fn hals(factor: &mut Factor, equations: &Equations<'_>, inner: usize, floor: f64) {
    let Equations { product, grams, penalty, sign } = *equations;
    let rule = Rule { l1: penalty.l1, ridge: penalty.ridge, sign, inner, floor };
    let tasks = factor.axis_chunks_iter_mut(Axis(0), TASK_ROWS).into_par_iter();
    let products = product.axis_chunks_iter(Axis(0), TASK_ROWS).into_par_iter();
    tasks.zip(products).enumerate().for_each(|(task, (rows, product))| {
        let first = task * TASK_ROWS;
        match grams {
            Grams::Shared(gram) => rule.many_rows(rows, product, gram),
            Grams::PerRow { .. } => rule.one_by_one(rows, product, grams, first),
        }
    });
}

#[derive(Clone, Copy)]
struct Rule {
    l1: f64,
    ridge: f64,
    sign: Sign,
    inner: usize,
    floor: f64,
}

impl Rule {
    fn many_rows(
        &self,
        mut rows: ArrayViewMut2<'_, f64>,
        product: ndarray::ArrayView2<'_, f64>,
        gram: &Factor,
    ) {
        let rank = gram.nrows();
        let mut u = vec![[0.0; LANES]; rank];
        let mut m = vec![[0.0; LANES]; rank];
        let gram: Vec<f64> = gram.iter().copied().collect();
        for first in (0..rows.nrows()).step_by(LANES) {
            let n = LANES.min(rows.nrows() - first);
            for lane in 0..n {
                for p in 0..rank {
                    u[p][lane] = rows[[first + lane, p]];
                    m[p][lane] = product[[first + lane, p]];
                }
            }
            Arch::new().dispatch(|| self.sweep_lanes(&mut u, &m, &gram));
            for lane in 0..n {
                for p in 0..rank {
                    rows[[first + lane, p]] = u[p][lane];
                }
            }
        }
    }

    #[inline(always)]
    fn sweep_lanes(&self, u: &mut [[f64; LANES]], m: &[[f64; LANES]], gram: &[f64]) {
        let rank = u.len();
        for _ in 0..self.inner {
            for (p, gram) in gram.chunks_exact(rank).enumerate() {
                let mut model = [0.0; LANES];
                for (u, weight) in u.iter().zip(gram) {
                    for lane in 0..LANES {
                        model[lane] += weight * u[lane];
                    }
                }
                let scale = 1.0 / (gram[p] + self.ridge).max(self.floor);
                let (u, m) = (&mut u[p], &m[p]);
                for lane in 0..LANES {
                    let step = m[lane] - self.l1 - model[lane] - self.ridge * u[lane];
                    u[lane] += step * scale;
                }
                if self.sign == Sign::NonNegative {
                    for value in u {
                        *value = value.max(0.0);
                    }
                }
            }
        }
    }

    fn one_by_one(
        &self,
        mut rows: ArrayViewMut2<'_, f64>,
        product: ndarray::ArrayView2<'_, f64>,
        grams: &Grams,
        first: usize,
    ) {
        for (place, (mut u, m)) in rows.rows_mut().into_iter().zip(product.rows()).enumerate() {
            let gram = grams.of(first + place);
            for _ in 0..self.inner {
                for p in 0..u.len() {
                    let model: f64 = gram.row(p).dot(&u);
                    let step = m[p] - self.l1 - model - self.ridge * u[p];
                    let value = u[p] + step / (gram[[p, p]] + self.ridge).max(self.floor);
                    u[p] = if self.sign == Sign::NonNegative { value.max(0.0) } else { value };
                }
            }
        }
    }
}
