//! The square layout of an affinity tensor, factorised from the signed roots alone.
//!
//! With `H+ = max(h, 0)` and `H- = max(-h, 0)`, `A(t) = h+ h+' + h- h-' - diag(h+^2 + h-^2)`, so that products with
//! factors need `n_neurons x n_frames` work where the tensor has `n_neurons^2 x n_frames` entries.

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::padding::{pad, unpad};
use super::{Operand, Products};
use crate::factors::Factor;
use crate::implicit::{ImplicitAffinity, Worm};
use crate::kernels::{LeftSum, padded, right_product};
use crate::mask::Hidden;
use crate::real::Real;

/// Neurons x neurons x time of one animal, neurons x neurons x time x animal of several.
#[derive(Debug)]
pub struct SquareAffinity<T> {
    shape: Vec<usize>,
    worms: Vec<Roots<T>>,
    squared_norm: f64,
}

/// `H+`, `H-` and `D = H+^2 + H-^2` of one animal, each `[n_neurons, n_frames]`.
#[derive(Debug)]
struct Roots<T> {
    plus: Vec<T>,
    minus: Vec<T>,
    diagonal: Vec<T>,
    n_frames: usize,
}

impl<T: Real> SquareAffinity<T> {
    /// The square layout of `affinity`.
    pub fn new(affinity: &ImplicitAffinity) -> Self {
        let (n_neurons, n_frames) = (affinity.n_neurons(), affinity.n_frames());
        let mut shape = vec![n_neurons, n_neurons, n_frames];
        if affinity.worms.len() > 1 {
            shape.push(affinity.worms.len());
        }
        Self {
            shape,
            worms: affinity.worms.iter().map(Roots::new).collect(),
            squared_norm: affinity.worms.iter().map(|worm| squared_norm(worm.h.view())).sum(),
        }
    }
}

/// `sum_t (sum_i h+^2)^2 + (sum_i h-^2)^2 - sum D^2`.
fn squared_norm(h: ArrayView2<'_, f64>) -> f64 {
    let of_frame = |frame: ndarray::ArrayView1<'_, f64>| {
        let (mut plus, mut minus, mut fourth) = (0.0, 0.0, 0.0);
        for h in frame {
            let square = h * h;
            if *h > 0.0 {
                plus += square;
            } else {
                minus += square;
            }
            fourth += square * square;
        }
        plus * plus + minus * minus - fourth
    };
    h.columns().into_iter().map(of_frame).sum()
}

impl<T: Real> Roots<T> {
    fn new(worm: &Worm) -> Self {
        let values = |value: fn(f64) -> f64| worm.h.iter().map(|h| T::from_f64(value(*h))).collect();
        Self {
            plus: values(|h| h.max(0.0)),
            minus: values(|h| (-h).max(0.0)),
            diagonal: values(|h| h * h),
            n_frames: worm.h.ncols(),
        }
    }

    /// `H' U` `[n_frames, rank]` for one of the three matrices.
    fn project(&self, h: &[T], factor: &Factor) -> Factor {
        let width = padded(factor.ncols());
        let (mut q, mut sums) = (LeftSum::new(self.n_frames, width), vec![0.0; self.n_frames * width]);
        q.add(h, &pad(factor));
        q.add_to(&mut sums);
        unpad(&sums, width, factor.ncols())
    }

    /// `H Z` `[n_neurons, rank]` for one of the three matrices.
    fn spread(&self, h: &[T], z: &Factor) -> Factor {
        let width = padded(z.ncols());
        let n_neurons = h.len() / self.n_frames.max(1);
        let mut p = vec![0.0; n_neurons * width];
        right_product(h, &pad(z), width, &mut p);
        unpad(&p, width, z.ncols())
    }

    /// `H+((H+' B) o C) + H-((H-' B) o C) - B o (D C)`.
    fn neurons(&self, other: &Factor, times: &Factor) -> Factor {
        let plus = self.spread(&self.plus, &(self.project(&self.plus, other) * times));
        let minus = self.spread(&self.minus, &(self.project(&self.minus, other) * times));
        plus + minus - other * &self.spread(&self.diagonal, times)
    }

    /// `(H+' A) o (H+' B) + (H-' A) o (H-' B) - D' (A o B)`.
    fn times(&self, a: &Factor, b: &Factor) -> Factor {
        let side = |h| self.project(h, a) * self.project(h, b);
        side(&self.plus) + side(&self.minus) - self.project(&self.diagonal, &(a * b))
    }
}

impl<T: Real> Operand for SquareAffinity<T> {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn name(&self) -> &'static str {
        "an implicit affinity in the square layout"
    }

    fn squared_norm(&self) -> f64 {
        self.squared_norm
    }

    fn safe_error(&self) -> f64 {
        0.0
    }

    fn products(&self, _: usize) -> Box<dyn Products + '_> {
        Box::new(SquareProducts(self))
    }

    fn residual(&self, _: &[Factor], _: Option<&Hidden>) -> Option<f64> {
        None
    }
}

struct SquareProducts<'a, T>(&'a SquareAffinity<T>);

impl<T: Real> Products for SquareProducts<'_, T> {
    fn mttkrp(&mut self, factors: &[Factor], mode: usize) -> Factor {
        let (a, b, times) = (&factors[0], &factors[1], &factors[2]);
        let worms = factors.get(3);
        let parts: Vec<Factor> = self
            .0
            .worms
            .par_iter()
            .enumerate()
            .map(|(number, roots)| {
                let weights = worms.map(|worms| worms.row(number));
                let weighted =
                    |factor: &Factor| weights.map_or_else(|| factor.clone(), |weights| factor * &weights);
                match mode {
                    0 => roots.neurons(b, &weighted(times)),
                    1 => roots.neurons(a, &weighted(times)),
                    2 => weighted(&roots.times(a, b)),
                    _ => (roots.times(a, b) * times).sum_axis(ndarray::Axis(0)).insert_axis(ndarray::Axis(0)),
                }
            })
            .collect();
        if mode == 3 {
            let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
            return ndarray::concatenate(ndarray::Axis(0), &views).unwrap_or_default();
        }
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |sum, part| sum + part)
    }
}
