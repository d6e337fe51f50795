//! Whether groups share more members than chance would bring.

use crate::log_gamma::ln_binomial;

/// Probability that `n_drawn` of `n_all` things, drawn at random, have at least `n_shared` of the `n_marked` ones among
/// them: the upper tail of the hypergeometric distribution (Fisher's exact test, one-sided). Numbers that cannot be have
/// the probability 0.
///
/// ```
/// // Both of two marked among four: one of the six pairs.
/// let p = neuroloom_community::hypergeometric_tail(2, 2, 2, 4);
/// assert!((p - 1.0 / 6.0).abs() < 1e-12);
/// ```
pub fn hypergeometric_tail(n_shared: u64, n_drawn: u64, n_marked: u64, n_all: u64) -> f64 {
    if n_drawn > n_all || n_marked > n_all {
        return 0.0;
    }
    let least = n_shared.max((n_drawn + n_marked).saturating_sub(n_all));
    let ways = ln_binomial(n_all, n_drawn);
    let probability = |shared: u64| {
        (ln_binomial(n_marked, shared) + ln_binomial(n_all - n_marked, n_drawn - shared) - ways).exp()
    };
    let tail: f64 = (least..=n_drawn.min(n_marked)).rev().map(probability).sum();
    tail.min(1.0)
}

/// The false discovery rate at which each of some tests would be called significant: p-values after Benjamini and Hochberg
/// 1995, in their order, at most 1.
///
/// ```
/// let q = neuroloom_community::benjamini_hochberg(&[0.01, 0.04, 0.03]);
/// assert_eq!(q, [0.03, 0.04, 0.04]);
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut q_values = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, &test) in order.iter().enumerate().rev() {
        least = least.min(p_values[test] * p_values.len() as f64 / (rank + 1) as f64);
        q_values[test] = least;
    }
    q_values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the subsets of `n_all` things with `n_drawn` of them, of which at least `n_shared` are among the first
    /// `n_marked`.
    fn by_counting(n_shared: u32, n_drawn: u32, n_marked: u32, n_all: u32) -> f64 {
        let subsets = || (0_u32..1 << n_all).filter(|subset| subset.count_ones() == n_drawn);
        let marked = (1_u32 << n_marked) - 1;
        let hits = subsets().filter(|subset| (subset & marked).count_ones() >= n_shared).count();
        hits as f64 / subsets().count() as f64
    }

    #[test]
    fn tails_are_those_of_all_subsets() {
        let n_all = 8;
        for n_drawn in 0..=n_all {
            for n_marked in 0..=n_all {
                for n_shared in 0..=n_all {
                    let [shared, drawn, marked, all] = [n_shared, n_drawn, n_marked, n_all].map(u64::from);
                    let found = hypergeometric_tail(shared, drawn, marked, all);
                    let counted = by_counting(n_shared, n_drawn, n_marked, n_all);
                    assert!((found - counted).abs() < 1e-12, "{n_shared} {n_drawn} {n_marked}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_has_no_probability() {
        assert_eq!(hypergeometric_tail(0, 5, 1, 4), 0.0);
        assert_eq!(hypergeometric_tail(3, 2, 4, 4), 0.0);
    }
}
