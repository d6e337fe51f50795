//! Start values.

use crate::{CounterStream, Real};

/// Fills `values` with numbers that are uniform in `(-bound, bound)`, those of tensor number `tensor` of the stream.
pub fn fill_uniform<T: Real>(stream: CounterStream, tensor: u32, bound: f64, values: &mut [T]) {
    let mut draws = vec![0.0; values.len()];
    stream.uniforms([tensor, 0, 0], &mut draws);
    for (value, draw) in values.iter_mut().zip(draws) {
        *value = T::from_f64(bound * (2.0 * draw - 1.0));
    }
}

/// Fills `values` with normal numbers of mean 0 and deviation `sd`, those of tensor number `tensor` of the stream.
pub fn fill_normal<T: Real>(stream: CounterStream, tensor: u32, sd: f64, values: &mut [T]) {
    let mut draws = vec![0.0_f64; values.len()];
    stream.normals([tensor, 0, 1], &mut draws);
    for (value, draw) in values.iter_mut().zip(draws) {
        *value = T::from_f64(sd * draw);
    }
}
