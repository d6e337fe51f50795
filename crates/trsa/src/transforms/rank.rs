use neuroloom_math::average_ranks;

/// Ranks of the dissimilarities within their RDM, from 1; ties share the mean of their ranks.
pub fn rank(dissimilarities: &[f64]) -> Vec<f64> {
    average_ranks(dissimilarities)
}
