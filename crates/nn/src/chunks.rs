//! Work on a batch in chunks of trials that do not depend on the number of threads.

use rayon::prelude::*;

use crate::Real;

/// Trials of a chunk at least: fewer make small matrices.
const MIN_TRIALS: usize = 16;
/// Chunks of a batch at most: each has a gradient of its own.
const MAX_CHUNKS: usize = 8;
/// Values that are added up at a time.
const SUM_BLOCK: usize = 1 << 14;

/// Trials of a chunk of a batch of `n_trials`; the last chunk may have fewer.
///
/// ```
/// use neuroloom_nn::chunk_len;
///
/// assert_eq!([1, 16, 64, 128, 256].map(chunk_len), [16, 16, 16, 16, 32]);
/// ```
pub fn chunk_len(n_trials: usize) -> usize {
    n_trials.div_ceil(MAX_CHUNKS).max(MIN_TRIALS)
}

/// `sum = parts[0] + parts[1] + ...`, element by element and in this order.
///
/// # Panics
/// When a part is shorter than `sum`.
pub fn sum_chunks<T: Real>(parts: &[&[T]], sum: &mut [T]) {
    sum.par_chunks_mut(SUM_BLOCK).enumerate().for_each(|(block, sum)| {
        let first = block * SUM_BLOCK;
        sum.fill(T::ZERO);
        for part in parts {
            let part = &part[first..first + sum.len()];
            sum.iter_mut().zip(part).for_each(|(sum, &value)| *sum += value);
        }
    });
}
