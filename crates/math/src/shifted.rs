//! Rows brought near 0 and summed in one pass.

use pulp::{Arch, NullaryFnOnce};

const LANES: usize = 8;

/// Writes `values - shift` to `out` and gives back their sum and the sum of their squares. One pass over memory, which
/// is what this costs; the order of the additions depends on the length alone.
///
/// # Panics
/// When `out` has another length than `values`.
pub fn shift_into(values: &[f64], shift: f64, out: &mut [f64]) -> [f64; 2] {
    assert_eq!(values.len(), out.len(), "as much room as there are values");
    Arch::new().dispatch(Shift { values, shift, out })
}

/// A named call, because a closure is not compiled for the vectors that it is dispatched to.
struct Shift<'a> {
    values: &'a [f64],
    shift: f64,
    out: &'a mut [f64],
}

impl NullaryFnOnce for Shift<'_> {
    type Output = [f64; 2];

    #[inline(always)]
    fn call(self) -> [f64; 2] {
        let (blocks, rest) = self.values.as_chunks::<LANES>();
        let (out_blocks, out_rest) = self.out.as_chunks_mut::<LANES>();
        let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
        for (block, out) in blocks.iter().zip(out_blocks) {
            for lane in 0..LANES {
                let value = block[lane] - self.shift;
                out[lane] = value;
                sums[lane] += value;
                squares[lane] += value * value;
            }
        }
        let (mut sum, mut square) = (fold(sums), fold(squares));
        for (value, out) in rest.iter().zip(out_rest) {
            *out = value - self.shift;
            sum += *out;
            square += *out * *out;
        }
        [sum, square]
    }
}

#[inline(always)]
fn fold([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_shifted_values() {
        for n in [0, 5, 8, 100] {
            let values: Vec<f64> = (0..n).map(|i| f64::from(i * i % 17)).collect();
            let mut out = vec![0.0; values.len()];
            let [sum, squares] = shift_into(&values, 3.0, &mut out);
            assert!(values.iter().zip(&out).all(|(value, out)| value - 3.0 == *out));
            assert_eq!([sum, squares], [out.iter().sum::<f64>(), out.iter().map(|v| v * v).sum::<f64>()]);
        }
    }
}
