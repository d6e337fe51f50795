//! Names of groups from draw to draw.

use ndarray::Array2;
use neuroloom_math::assignment;

/// How many things groups of a draw share with groups of a reference, `[n_groups, n_reference]`.
fn overlaps<L: Copy + Into<usize>>(labels: &[L], reference: &[usize]) -> Array2<f64> {
    let rows = labels.iter().map(|&label| label.into() + 1).max().unwrap_or(0);
    let columns = reference.iter().map(|&group| group + 1).max().unwrap_or(0);
    let mut shared = Array2::zeros((rows, columns));
    for (&label, &group) in labels.iter().zip(reference) {
        shared[[label.into(), group]] += 1.0;
    }
    shared
}

/// The reference group that stands for every group of a draw, one to one, so that as many things as possible keep their
/// group; numbers beyond the reference's groups are for those that are left over.
pub(crate) fn matched<L: Copy + Into<usize>>(labels: &[L], reference: &[usize]) -> Vec<usize> {
    let shared = overlaps(labels, reference);
    assignment((-shared).view())
}

/// The group of a draw that holds most members of every reference group; of several, the largest, then the first.
pub(crate) fn majority<L: Copy + Into<usize>>(labels: &[L], reference: &[usize]) -> Vec<usize> {
    let shared = overlaps(labels, reference);
    let sizes = shared.sum_axis(ndarray::Axis(1));
    let best = |column: ndarray::ArrayView1<'_, f64>| {
        let groups = column.iter().zip(&sizes).enumerate();
        let best = groups.max_by(|a, b| {
            let (a_key, b_key) = (a.1, b.1);
            a_key.0.total_cmp(b_key.0).then(a_key.1.total_cmp(b_key.1)).then(b.0.cmp(&a.0))
        });
        best.map_or(0, |(group, _)| group)
    };
    shared.columns().into_iter().map(best).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_the_names_that_most_members_have() {
        let reference = [0, 0, 0, 1, 1, 2];
        assert_eq!(matched(&[1_u16, 1, 0, 0, 0, 2], &reference), [1, 0, 2]);
        // Four groups for three names: the one left over has a number of its own.
        let more = matched(&[0_u16, 0, 3, 1, 1, 2], &reference);
        assert_eq!(&more[..3], [0, 1, 2]);
        assert!(more[3] >= 3);
        assert_eq!(majority(&[1_u16, 1, 0, 0, 0, 0], &reference), [1, 0, 0]);
        // A tie between groups of sizes 1 and 3.
        assert_eq!(majority(&[0_u16, 1, 1, 1], &[0, 0, 1, 1]), [1, 1]);
    }
}
