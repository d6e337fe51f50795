//! Merges: clusters that respond to each other's stimuli are one.

use crate::groups::Groups;
use crate::real::Real;
use crate::search::{Clusters, Problem};

/// Response to the other's stimulus, over the other's own, from which two clusters are one.
const ALIKE: f64 = 0.9;
/// Responses below this are no measure.
const SMALLEST: f64 = 1e-8;

/// Puts clusters together whose normalised mean responses to each other's stimulus are both at least 0.9, the pair with
/// the largest first. Whether any were.
pub(crate) fn merge<F: Real, E>(problem: Problem<'_, E>, clusters: &mut Clusters<F>) -> bool {
    let mut any = false;
    while let Some((a, b)) = most_alike(problem, clusters) {
        let labels: Vec<usize> =
            clusters.groups.labels().iter().map(|&label| if label == b { a } else { label }).collect();
        let (groups, kept) = Groups::with_kept(&labels);
        let old = std::mem::replace(clusters, Clusters::new(groups.clone(), Vec::new()));
        *clusters = old.regrouped(groups, &kept);
        any = true;
    }
    any
}

fn most_alike<F: Real, E>(problem: Problem<'_, E>, clusters: &Clusters<F>) -> Option<(usize, usize)> {
    let objective = problem.objective(&clusters.groups, problem.options.tau);
    let means: Vec<Vec<f64>> = clusters.responses.iter().map(|row| objective.means(row)).collect();
    let normalised = |a: usize, b: usize| means[a][b] / means[b][b].max(SMALLEST);
    let pairs = (0..means.len()).flat_map(|a| (a + 1..means.len()).map(move |b| (a, b)));
    let alike = pairs.map(|(a, b)| (normalised(a, b).min(normalised(b, a)), (a, b)));
    let most = alike.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (most.0 >= ALIKE).then_some(most.1)
}
