//! A network with one hidden layer.

use neuroloom_math::{Factor, Target, product};
use neuroloom_nn::{CounterStream, Layout, Real, Segment, fill_uniform};

/// `U = sum_k a_k ln cosh(W_k z + b_k)`, force `W' (a o tanh(W z + b))`, with as many hidden values as dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    dim: usize,
    weight: Segment,
    bias: Segment,
    height: Segment,
}

impl Network {
    /// The potential of `dim` dimensions; its tensors are `potential.weight`, `potential.bias` and `potential.height`.
    pub fn new(layout: &mut Layout, dim: usize) -> Self {
        Self {
            dim,
            weight: layout.add("potential.weight", &[dim, dim]),
            bias: layout.add("potential.bias", &[dim]),
            height: layout.add("potential.height", &[dim]),
        }
    }

    pub(super) fn initialise<T: Real>(&self, stream: CounterStream, tensor: u32, parameters: &mut [T]) {
        let bound = 1.0 / (self.dim as f64).sqrt();
        for (number, segment) in [self.weight, self.bias, self.height].into_iter().enumerate() {
            fill_uniform(stream, tensor + number as u32, bound, segment.of_mut(parameters));
        }
    }

    pub(super) fn force<T: Real>(&self, parameters: &[T], room: &mut Vec<T>, z: &[T], force: &mut [T]) {
        self.slopes(parameters, room, z);
        let height = self.height.of(parameters);
        for row in room.chunks_exact_mut(self.dim) {
            row.iter_mut().zip(height).for_each(|(tanh, &height)| *tanh *= height);
        }
        let (rows, n) = (z.len() / self.dim, self.dim);
        let weight = Factor::rows(self.weight.of(parameters), n);
        product(Target::replace(force, n), [rows, n, n], Factor::rows(room, n), weight, T::ONE);
    }

    pub(super) fn backward<T: Real>(
        &self,
        parameters: &[T],
        room: &mut Vec<T>,
        z: &[T],
        d_force: &[T],
        dz: &mut [T],
        gradient: &mut [T],
    ) {
        let (rows, n) = (z.len() / self.dim, self.dim);
        let shape = [rows, n, n];
        self.slopes(parameters, room, z);
        let weight = self.weight.of(parameters);
        let mut d = vec![T::ZERO; z.len()];
        product(
            Target::replace(&mut d, n),
            shape,
            Factor::rows(d_force, n),
            Factor::transposed(weight, n),
            T::ONE,
        );
        self.turn_back(parameters, room, &mut d, gradient);
        let target = Target::add(self.weight.of_mut(gradient), n);
        product(target, [n, rows, n], Factor::transposed(room, n), Factor::rows(d_force, n), T::ONE);
        let target = Target::add(self.weight.of_mut(gradient), n);
        product(target, [n, rows, n], Factor::transposed(&d, n), Factor::rows(z, n), T::ONE);
        product(Target::add(dz, n), shape, Factor::rows(&d, n), Factor::rows(weight, n), T::ONE);
    }

    /// `tanh(W z + b)` of every row, into `room`.
    fn slopes<T: Real>(&self, parameters: &[T], room: &mut Vec<T>, z: &[T]) {
        let (rows, n) = (z.len() / self.dim, self.dim);
        room.clear();
        (0..rows).for_each(|_| room.extend_from_slice(self.bias.of(parameters)));
        let weight = Factor::transposed(self.weight.of(parameters), n);
        product(Target::add(room, n), [rows, n, n], Factor::rows(z, n), weight, T::ONE);
        room.iter_mut().for_each(|x| *x = x.hyperbolic_tangent());
    }

    /// Turns the cotangents `d` of `a o tanh` into those of what enters the tangent, and `room` from the tangents into
    /// `a o tanh`; adds to the gradients of heights and biases.
    fn turn_back<T: Real>(&self, parameters: &[T], room: &mut [T], d: &mut [T], gradient: &mut [T]) {
        let n = self.dim;
        let height = self.height.of(parameters);
        for (tanh, d) in room.chunks_exact_mut(n).zip(d.chunks_exact_mut(n)) {
            let heights = self.height.of_mut(gradient).iter_mut();
            heights.zip(&*tanh).zip(&*d).for_each(|((g, &tanh), &d)| *g += tanh * d);
            for ((tanh, d), &a) in tanh.iter_mut().zip(&mut *d).zip(height) {
                *d *= a * (T::ONE - *tanh * *tanh);
                *tanh *= a;
            }
            self.bias.of_mut(gradient).iter_mut().zip(&*d).for_each(|(g, &d)| *g += d);
        }
    }

    pub(super) fn energy<T: Real>(&self, parameters: &[T], z: &[T]) -> Vec<f64> {
        let n = self.dim;
        let (weight, bias) = (self.weight.of(parameters), self.bias.of(parameters));
        let height = self.height.of(parameters);
        let term = |z: &[T], k: usize| {
            let row = weight[k * n..][..n].iter().zip(z);
            let x = row.map(|(w, z)| w.to_f64() * z.to_f64()).sum::<f64>() + bias[k].to_f64();
            // ln cosh without overflow.
            height[k].to_f64() * (x.abs() + (-2.0 * x.abs()).exp().ln_1p() - std::f64::consts::LN_2)
        };
        z.chunks_exact(n).map(|z| (0..n).map(|k| term(z, k)).sum()).collect()
    }
}
