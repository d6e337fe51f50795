//! Which of two classes of descriptors identifies better?

use crate::inference::StudentT;

/// A test of a difference of accuracies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The first accuracy minus the second.
    pub difference: f64,
    /// The t value, where the test has one.
    pub statistic: Option<f64>,
    /// Its degrees of freedom.
    pub df: Option<f64>,
    /// p value, two-sided.
    pub p: f64,
}

/// The share of bootstrap samples on the other side of 0, doubled: `p = 2 min(P(a <= b), P(a >= b))`, each share as `(k + 1)/(B + 1)`, at
/// most 1. `a` and `b` are accuracies of the same samples; samples in which one is NaN do not count.
pub fn bootstrap_difference(observed: f64, a: &[f64], b: &[f64]) -> Difference {
    let differences: Vec<f64> =
        a.iter().zip(b).map(|(a, b)| unrounded(a - b)).filter(|d| !d.is_nan()).collect();
    let share = |is_such: fn(&f64) -> bool| {
        let k = differences.iter().copied().filter(is_such).count();
        (k + 1) as f64 / (differences.len() + 1) as f64
    };
    let p = 2.0 * share(|&d| d <= 0.0).min(share(|&d| d >= 0.0));
    Difference { difference: unrounded(observed), statistic: None, df: None, p: p.min(1.0) }
}

/// The published test: `t = mean(a - b)/sd(a - b)` over the pairs of random cells, with the population's standard deviation and without the root of
/// their number, and as many degrees of freedom as there are subjects. It is no valid t test (cells are no
/// independent observations); it is here to compare with published numbers.
pub fn published_t_test(a: &[f64], b: &[f64], n_subjects: usize) -> Difference {
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let n = differences.len() as f64;
    let mean = unrounded(differences.iter().sum::<f64>() / n);
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
    // Without any spread nothing is left of t but its sign.
    let t = if mean == 0.0 { 0.0 } else { mean / unrounded(variance.sqrt()) };
    Difference {
        difference: mean,
        statistic: t.is_finite().then_some(t),
        df: Some(n_subjects as f64),
        p: 2.0 * StudentT::new(n_subjects as f64).upper_tail(t.abs()),
    }
}

/// Accuracies are shares of counts: what differs by less than this is rounding of their means, and 0.
fn unrounded(difference: f64) -> f64 {
    if difference.abs() < 1e-12 { 0.0 } else { difference }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_in_every_sample_has_the_smallest_p() {
        let (a, b) = (vec![0.9; 99], vec![0.5; 99]);
        assert_eq!(bootstrap_difference(0.4, &a, &b).p, 0.02);
        assert_eq!(bootstrap_difference(-0.4, &b, &a).p, 0.02);
        assert_eq!(bootstrap_difference(0.0, &a, &a).p, 1.0);
        let rounded = bootstrap_difference(0.1 + 0.2 - 0.3, &[0.1 + 0.2; 99], &[0.3; 99]);
        assert_eq!((rounded.difference, rounded.p), (0.0, 1.0));
    }

    #[test]
    fn the_published_t_has_no_root_of_n() {
        let found = published_t_test(&[0.5, 0.7], &[0.4, 0.5], 10);
        // Differences 0.1 and 0.2: mean 0.15, population sd 0.05.
        assert!((found.statistic.unwrap() - 3.0).abs() < 1e-12);
        assert_eq!(found.df, Some(10.0));
        let constant = published_t_test(&[0.7, 0.8], &[0.4, 0.5], 10);
        assert_eq!((constant.statistic, constant.p), (None, 0.0));
        let rounded = published_t_test(&[0.1 + 0.2, 0.3], &[0.3, 0.1 + 0.2], 10);
        assert_eq!((rounded.difference, rounded.p), (0.0, 1.0));
    }
}
