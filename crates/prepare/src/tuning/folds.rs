//! Cross-validation folds in time.

use super::Visit;

/// Cuts the time of all visits together into `n_folds` blocks of equal length, in time; block `f` is fold `f`.
///
/// The clock runs only while a condition holds, so every fold gets the same share of the data whatever the gaps.
/// A visit belongs whole to the block in which it starts.
pub fn contiguous_folds(visits: &mut [Visit], n_folds: usize) {
    let total_s: f64 = visits.iter().map(|visit| visit.span.duration_s()).sum();
    let last = n_folds.saturating_sub(1);
    deal(visits, total_s / n_folds.max(1) as f64, |block| block.min(last));
}

/// Cuts the time of all visits together into blocks of `block_s` seconds and deals them to the folds in turn:
/// block `b` is in fold `b mod n_folds`. The clock is that of [`contiguous_folds`].
pub fn interleaved_folds(visits: &mut [Visit], n_folds: usize, block_s: f64) {
    deal(visits, block_s, |block| block % n_folds.max(1));
}

fn deal(visits: &mut [Visit], block_s: f64, fold_of: impl Fn(usize) -> usize) {
    let mut clock_s = 0.0;
    for visit in visits {
        visit.fold = fold_of((clock_s / block_s) as usize);
        clock_s += visit.span.duration_s();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Span;

    fn visits(durations: &[f64]) -> Vec<Visit> {
        let mut start = 0.0;
        let place = |&duration: &f64| {
            // A gap after every visit: the clock must not see it.
            let span = Span::new(start, start + duration);
            start += duration + 7.0;
            Visit { span, condition: 0, fold: 0 }
        };
        durations.iter().map(place).collect()
    }

    fn folds(visits: &[Visit]) -> Vec<usize> {
        visits.iter().map(|visit| visit.fold).collect()
    }

    #[test]
    fn contiguous_blocks_share_the_time_that_counts() {
        let mut visits = visits(&[1.0; 6]);
        contiguous_folds(&mut visits, 3);
        assert_eq!(folds(&visits), [0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn interleaved_blocks_return_to_the_first_fold() {
        let mut visits = visits(&[0.5; 8]);
        interleaved_folds(&mut visits, 2, 1.0);
        assert_eq!(folds(&visits), [0, 0, 1, 1, 0, 0, 1, 1]);
    }

    proptest! {
        #[test]
        fn contiguous_folds_differ_by_less_than_two_visits(
            durations in prop::collection::vec(0.01..1.0f64, 10..200), n_folds in 1usize..8,
        ) {
            let mut visits = visits(&durations);
            contiguous_folds(&mut visits, n_folds);
            let longest = durations.iter().copied().fold(0.0, f64::max);
            let share = durations.iter().sum::<f64>() / n_folds as f64;
            for fold in 0..n_folds {
                let time: f64 = visits.iter().filter(|v| v.fold == fold).map(|v| v.span.duration_s()).sum();
                prop_assert!((time - share).abs() <= longest + 1e-9);
            }
            prop_assert!(folds(&visits).is_sorted());
        }
    }
}
