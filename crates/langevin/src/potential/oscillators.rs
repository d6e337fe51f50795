//! Coupled oscillators.

use ndarray::Array2;
use neuroloom_nn::{CounterStream, Layout, Real, Segment, fill_normal};

/// Channels of the convolution.
pub const CHANNELS: usize = 4;
/// Taps of the convolution.
pub const TAPS: usize = 3;
/// The 12 numbers through which the kernel acts.
const SUMMED: usize = CHANNELS * TAPS;
const KERNEL: usize = CHANNELS * SUMMED;

/// How kernels are normalised and started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OscillatorRule {
    /// Smallest norm that taps are divided by.
    pub epsilon: f64,
    /// Standard deviation of the kernel at the start.
    pub start_sd: f64,
}

/// With `z` as `Z` `[4, dim/4]`: `U = sum_{o,c,i} Y[o, i] Z[c, i]`, `Y[o, i] = sum_{c,k} Khat[o,c,k] Z[c, i+k-1]`, zero
/// beyond the ends; `Khat[o,c,:] = K[o,c,:]/max(|K[o,c,:]|, epsilon)`. `U` depends on `kb[c,k] = sum_o Khat[o,c,k]` alone,
/// and its force is linear and symmetric: with `s = sum_c Z[c]`
///
/// ```text
/// f[c,j] = sum_k kb[c,k] s[j-k+1] + sum_{c',k} kb[c',k] Z[c', j+k-1]
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Oscillators {
    n: usize,
    rule: OscillatorRule,
    kernel: Segment,
}

impl Oscillators {
    /// The potential of `dim` dimensions, a multiple of 4; its tensor is `potential.kernel` `[4, 4, 3]`.
    pub fn new(layout: &mut Layout, dim: usize, rule: OscillatorRule) -> Self {
        let kernel = layout.add("potential.kernel", &[CHANNELS, CHANNELS, TAPS]);
        Self { n: dim / CHANNELS, rule, kernel }
    }

    /// Where the kernel lies, `[4, 4, 3]`.
    pub fn kernel(&self) -> Segment {
        self.kernel
    }

    /// Smallest norm that taps are divided by.
    pub fn epsilon(&self) -> f64 {
        self.rule.epsilon
    }

    pub(super) fn initialise<T: Real>(&self, stream: CounterStream, tensor: u32, parameters: &mut [T]) {
        fill_normal(stream, tensor, self.rule.start_sd, self.kernel.of_mut(parameters));
    }

    /// `Khat` `[4, 4, 3]`.
    pub fn normalised_kernel<T: Real>(&self, parameters: &[T]) -> [T; KERNEL] {
        let epsilon = T::from_f64(self.rule.epsilon);
        let mut normalised = [T::ZERO; KERNEL];
        let taps = self.kernel.of(parameters).as_chunks::<TAPS>().0;
        for (target, taps) in normalised.as_chunks_mut::<TAPS>().0.iter_mut().zip(taps) {
            let scale = T::ONE / norm(taps).at_least(epsilon);
            *target = taps.map(|tap| tap * scale);
        }
        normalised
    }

    /// `kb` `[4, 3]`.
    pub fn summed_kernel<T: Real>(&self, parameters: &[T]) -> [T; SUMMED] {
        let mut summed = [T::ZERO; SUMMED];
        for of_output in self.normalised_kernel(parameters).as_chunks::<SUMMED>().0 {
            summed.iter_mut().zip(of_output).for_each(|(sum, &value)| *sum += value);
        }
        summed
    }

    /// The matrix of the force, `f = z G` `[dim, dim]`.
    pub fn matrix<T: Real>(&self, parameters: &[T]) -> Array2<f64> {
        let (n, dim) = (self.n, self.n * CHANNELS);
        let kernel = self.summed_kernel(parameters).map(T::to_f64);
        let tap = |channel: usize, from: usize, to: usize| {
            let k = (to + 1).checked_sub(from).filter(|&k| k < TAPS);
            k.map_or(0.0, |k| kernel[channel * TAPS + k])
        };
        // G[(c,j),(c',j')] = kb[c, j-j'+1] + kb[c', j'-j+1]
        Array2::from_shape_fn((dim, dim), |(a, b)| {
            let ((c, j), (other, i)) = ((a / n, a % n), (b / n, b % n));
            tap(c, i, j) + tap(other, j, i)
        })
    }

    /// The force on rows of `z`, given `kb`; it is its own adjoint.
    pub(super) fn force<T: Real>(&self, kernel: &[T], room: &mut Vec<T>, z: &[T], force: &mut [T]) {
        let n = self.n;
        room.clear();
        room.resize((CHANNELS + 2) * (n + 2), T::ZERO);
        let (padded, rest) = room.split_at_mut(CHANNELS * (n + 2));
        let (sum, common) = rest.split_at_mut(n + 2);
        let common = &mut common[..n];
        for (z, force) in z.chunks_exact(CHANNELS * n).zip(force.chunks_exact_mut(CHANNELS * n)) {
            sum.fill(T::ZERO);
            for (channel, padded) in z.chunks_exact(n).zip(padded.chunks_exact_mut(n + 2)) {
                padded[1..=n].copy_from_slice(channel);
                sum[1..=n].iter_mut().zip(channel).for_each(|(sum, &z)| *sum += z);
            }
            common.fill(T::ZERO);
            for (taps, padded) in kernel.as_chunks::<TAPS>().0.iter().zip(padded.chunks_exact(n + 2)) {
                for (k, &tap) in taps.iter().enumerate() {
                    common.iter_mut().zip(&padded[k..]).for_each(|(f, &z)| *f += tap * z);
                }
            }
            for (taps, force) in kernel.as_chunks::<TAPS>().0.iter().zip(force.chunks_exact_mut(n)) {
                force.copy_from_slice(common);
                for (k, &tap) in taps.iter().enumerate() {
                    force.iter_mut().zip(&sum[TAPS - 1 - k..]).for_each(|(f, &s)| *f += tap * s);
                }
            }
        }
    }

    /// Adds `dkb[c,k] = sum_j d[c,j] s[j-k+1] + (sum_{c'} d[c',j]) Z[c, j+k-1]` over all rows.
    pub(super) fn add_kernel_gradient<T: Real>(&self, z: &[T], d_force: &[T], d_kernel: &mut [T]) {
        let n = self.n;
        let (mut sum, mut d_sum) = (vec![T::ZERO; n + 2], vec![T::ZERO; n + 2]);
        for (z, d) in z.chunks_exact(CHANNELS * n).zip(d_force.chunks_exact(CHANNELS * n)) {
            add_channels(z, n, &mut sum);
            add_channels(d, n, &mut d_sum);
            let channels = z.chunks_exact(n).zip(d.chunks_exact(n));
            for ((z, d), taps) in channels.zip(d_kernel.as_chunks_mut::<TAPS>().0) {
                for (k, tap) in taps.iter_mut().enumerate() {
                    // s[j-k+1] stands at j-k+2 of the padded sum; i = j+k-1 turns the second term into that of the first.
                    let shifted = d.iter().zip(&sum[TAPS - 1 - k..]);
                    shifted.for_each(|(&d, &s)| *tap += d * s);
                    let shifted = z.iter().zip(&d_sum[TAPS - 1 - k..]);
                    shifted.for_each(|(&z, &d)| *tap += z * d);
                }
            }
        }
    }

    /// Adds to `gradient` what the cotangent of `kb` means for the kernel.
    pub(super) fn add_gradient<T: Real>(&self, parameters: &[T], d_kernel: &[T], gradient: &mut [T]) {
        let epsilon = T::from_f64(self.rule.epsilon);
        let normalised = self.normalised_kernel(parameters);
        let taps =
            self.kernel.of(parameters).as_chunks::<TAPS>().0.iter().zip(normalised.as_chunks::<TAPS>().0);
        let gradients = self.kernel.of_mut(gradient).as_chunks_mut::<TAPS>().0;
        let d_kernel = d_kernel.as_chunks::<TAPS>().0.iter().cycle();
        for (((taps, unit), gradient), d) in taps.zip(gradients).zip(d_kernel) {
            let norm = norm(taps);
            let mut along = T::ZERO;
            d.iter().zip(unit).for_each(|(&d, &unit)| along += d * unit);
            for ((g, &d), &unit) in gradient.iter_mut().zip(d).zip(unit) {
                *g += if norm > epsilon { (d - unit * along) / norm } else { d / epsilon };
            }
        }
    }

    pub(super) fn energy<T: Real>(&self, parameters: &[T], z: &[T]) -> Vec<f64> {
        let kernel = self.summed_kernel(parameters);
        let mut force = vec![T::ZERO; z.len()];
        self.force(&kernel, &mut Vec::new(), z, &mut force);
        // A quadratic form is half the inner product of position and force.
        let dim = CHANNELS * self.n;
        let rows = z.chunks_exact(dim).zip(force.chunks_exact(dim));
        rows.map(|(z, f)| z.iter().zip(f).map(|(z, f)| z.to_f64() * f.to_f64()).sum::<f64>() / 2.0).collect()
    }
}

fn norm<T: Real>(taps: &[T; TAPS]) -> T {
    let [a, b, c] = *taps;
    (a * a + b * b + c * c).root()
}

/// Sum of the channels of a row, padded with a zero on each side.
fn add_channels<T: Real>(row: &[T], n: usize, sum: &mut [T]) {
    sum.fill(T::ZERO);
    for channel in row.chunks_exact(n) {
        sum[1..=n].iter_mut().zip(channel).for_each(|(sum, &value)| *sum += value);
    }
}
