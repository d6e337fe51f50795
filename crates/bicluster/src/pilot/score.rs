//! Which of several models to take, by how probable hidden counts are under each.

/// Standard errors by which a smaller model may predict worse: differences below them are chance.
const ERRORS: f64 = 2.0;

/// The first of the models that predicts as well as the best: at most two standard errors of the mean difference worse
/// (after Breiman et al. 1984, who took one). `scores` are log probabilities of the same entries under models that grow.
pub(super) fn fewest_as_good(scores: &[Vec<f64>]) -> usize {
    let mean = |scores: &Vec<f64>| scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    let best = scores.iter().enumerate().max_by(|a, b| mean(a.1).total_cmp(&mean(b.1)));
    let Some((best, best_scores)) = best else { return 0 };
    let as_good = |scores: &Vec<f64>| {
        let worse: Vec<f64> = best_scores.iter().zip(scores).map(|(best, score)| best - score).collect();
        let n = worse.len().max(1) as f64;
        let mean = worse.iter().sum::<f64>() / n;
        let variance = worse.iter().map(|worse| (worse - mean) * (worse - mean)).sum::<f64>() / n;
        mean <= ERRORS * (variance / n).sqrt()
    };
    scores.iter().position(as_good).unwrap_or(best)
}

#[cfg(test)]
mod tests {
    use super::fewest_as_good;

    #[test]
    fn the_smallest_that_is_within_two_errors_of_the_best_is_taken() {
        let alternating = |mean: f64, spread: f64| -> Vec<f64> {
            (0..100).map(|at| mean + if at % 2 == 0 { spread } else { -spread }).collect()
        };
        // Errors of the mean difference are a tenth of the spread.
        let scores = [alternating(-1.3, 0.0), alternating(-1.15, 1.0), alternating(-1.0, 0.0)];
        assert_eq!(fewest_as_good(&scores), 1);
        assert_eq!(fewest_as_good(&scores[..1]), 0);
        assert_eq!(fewest_as_good(&[]), 0);
    }
}
