//! A well of its own stiffness for each dimension.

use neuroloom_nn::{Layout, Real, Segment};

/// `U = 1/2 sum_d k_d z_d^2`, force `k o z`.
#[derive(Clone, Copy, Debug)]
pub struct Quadratic {
    stiffness: Segment,
}

impl Quadratic {
    /// The potential of `dim` dimensions; its tensor is `potential.stiffness`, 1 at the start.
    pub fn new(layout: &mut Layout, dim: usize) -> Self {
        Self { stiffness: layout.add("potential.stiffness", &[dim]) }
    }

    /// Where the stiffness lies, `[dim]`.
    pub fn stiffness(&self) -> Segment {
        self.stiffness
    }

    pub(super) fn initialise<T: Real>(&self, parameters: &mut [T]) {
        self.stiffness.of_mut(parameters).fill(T::ONE);
    }

    pub(super) fn force<T: Real>(&self, parameters: &[T], z: &[T], force: &mut [T]) {
        let stiffness = self.stiffness.of(parameters);
        for (z, force) in z.chunks_exact(stiffness.len()).zip(force.chunks_exact_mut(stiffness.len())) {
            for ((f, &z), &k) in force.iter_mut().zip(z).zip(stiffness) {
                *f = k * z;
            }
        }
    }

    pub(super) fn backward<T: Real>(
        &self,
        parameters: &[T],
        z: &[T],
        d_force: &[T],
        dz: &mut [T],
        gradient: &mut [T],
    ) {
        let (stiffness, gradient) = (self.stiffness.of(parameters), self.stiffness.of_mut(gradient));
        let n = stiffness.len();
        for ((z, d), dz) in z.chunks_exact(n).zip(d_force.chunks_exact(n)).zip(dz.chunks_exact_mut(n)) {
            for ((((g, &k), &z), &d), dz) in gradient.iter_mut().zip(stiffness).zip(z).zip(d).zip(dz) {
                *g += d * z;
                *dz += k * d;
            }
        }
    }

    pub(super) fn energy<T: Real>(&self, parameters: &[T], z: &[T]) -> Vec<f64> {
        let stiffness = self.stiffness.of(parameters);
        let energy = |z: &[T]| {
            let terms = z.iter().zip(stiffness).map(|(z, k)| k.to_f64() * z.to_f64() * z.to_f64());
            terms.sum::<f64>() / 2.0
        };
        z.chunks_exact(stiffness.len()).map(energy).collect()
    }
}
