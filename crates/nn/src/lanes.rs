//! Sums in lanes, in an order that depends on the length alone, so that they become vector code.

use crate::Real;

const LANES: usize = 16;

/// Sum of `values`.
#[inline(always)]
pub(crate) fn sum<T: Real>(values: &[T]) -> T {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut sums = [T::ZERO; LANES];
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += block[lane];
        }
    }
    sums.iter_mut().zip(rest).for_each(|(sum, &value)| *sum += value);
    fold(sums)
}

/// Sum of the products of `a` and `b`, which have the same length.
#[inline(always)]
pub(crate) fn inner<T: Real>(a: &[T], b: &[T]) -> T {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [T::ZERO; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter_mut().zip(a_rest.iter().zip(b_rest)).for_each(|(sum, (&a, &b))| *sum += a * b);
    fold(sums)
}

/// The largest of `values`; minus infinity where there is none.
#[inline(always)]
pub(crate) fn largest<T: Real>(values: &[T]) -> T {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut tops = [-T::ONE / T::ZERO; LANES];
    for block in blocks {
        for lane in 0..LANES {
            tops[lane] = tops[lane].at_least(block[lane]);
        }
    }
    tops.iter_mut().zip(rest).for_each(|(top, &value)| *top = top.at_least(value));
    tops.into_iter().fold(-T::ONE / T::ZERO, T::at_least)
}

#[inline(always)]
fn fold<T: Real>(mut sums: [T; LANES]) -> T {
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            let other = sums[lane + width];
            sums[lane] += other;
        }
    }
    sums[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_whole_numbers_are_exact() {
        for n in [0, 1, 15, 16, 17, 100] {
            let values: Vec<f32> = (0..n).map(|i| (i * 7 % 11) as f32 - 5.0).collect();
            assert_eq!(sum(&values), values.iter().sum::<f32>());
            assert_eq!(inner(&values, &values), values.iter().map(|x| x * x).sum::<f32>());
            assert_eq!(largest(&values), values.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        }
    }
}
