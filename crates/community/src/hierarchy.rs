//! Hierarchies of groups as plain lists.

use crate::{CommunityError, Graph, Result};

/// The labels with groups numbered by first appearance, and the old label of each group.
pub(crate) fn renumbered(labels: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let largest = labels.iter().max().map_or(0, |&label| label as usize + 1);
    let mut number = vec![u32::MAX; largest];
    let mut old = Vec::new();
    let new = labels
        .iter()
        .map(|&label| {
            let slot = &mut number[label as usize];
            if *slot == u32::MAX {
                *slot = old.len() as u32;
                old.push(label);
            }
            *slot
        })
        .collect();
    (new, old)
}

/// The hierarchy with the groups of every level numbered by first appearance.
pub(crate) fn canonical(levels: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut below: Option<Vec<u32>> = None;
    let mut result = Vec::with_capacity(levels.len());
    for level in levels {
        let labels = match below {
            None => level.clone(),
            Some(order) => order.iter().map(|&group| level[group as usize]).collect(),
        };
        let (labels, old) = renumbered(&labels);
        result.push(labels);
        below = Some(old);
    }
    result
}

/// Number of groups of a level whose groups are numbered without gaps.
pub(crate) fn n_groups(level: &[u32]) -> usize {
    level.iter().max().map_or(0, |&last| last as usize + 1)
}

/// The groups of level `upper` as a level on the nodes below `lower`.
pub(crate) fn composed(lower: &[u32], upper: &[u32]) -> Vec<u32> {
    lower.iter().map(|&group| upper[group as usize]).collect()
}

/// # Errors
/// No levels, a level that does not fit the one below, a group number without nodes.
pub(crate) fn check(graph: &Graph, levels: &[Vec<u32>]) -> Result<()> {
    if levels.is_empty() {
        return Err(CommunityError::NoLevels);
    }
    let mut expected = graph.n_nodes();
    for (level, labels) in levels.iter().enumerate() {
        if labels.len() != expected {
            return Err(CommunityError::LevelLength { level, expected, found: labels.len() });
        }
        expected = check_groups(level, labels)?;
    }
    Ok(())
}

fn check_groups(level: usize, labels: &[u32]) -> Result<usize> {
    let last = labels.iter().copied().max().unwrap_or(0);
    let mut met = vec![false; labels.len()];
    for &label in labels {
        if let Some(slot) = met.get_mut(label as usize) {
            *slot = true;
        }
    }
    let n_groups = last as usize + 1;
    let empty = met.iter().take(n_groups).position(|&met| !met);
    match empty.or((n_groups > labels.len()).then_some(labels.len())) {
        Some(empty) => Err(CommunityError::EmptyGroup { level, empty: empty as u32, last }),
        None => Ok(n_groups),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_by_first_appearance_at_every_level() {
        let levels = [vec![2, 0, 2, 1], vec![1, 0, 1]];
        assert_eq!(canonical(&levels), [vec![0, 1, 0, 2], vec![0, 0, 1]]);
    }

    #[test]
    fn a_hierarchy_must_fit() {
        let graph = Graph::new(3, &[(0, 1)], None).unwrap();
        assert_eq!(check(&graph, &[]), Err(CommunityError::NoLevels));
        assert!(check(&graph, &[vec![0, 1, 0], vec![0, 0]]).is_ok());
        let short = check(&graph, &[vec![0, 1, 0], vec![0]]);
        assert_eq!(short, Err(CommunityError::LevelLength { level: 1, expected: 2, found: 1 }));
        let gap = check(&graph, &[vec![0, 2, 0]]);
        assert_eq!(gap, Err(CommunityError::EmptyGroup { level: 0, empty: 1, last: 2 }));
        let far = check(&graph, &[vec![0, 1, u32::MAX - 1]]);
        assert!(matches!(far, Err(CommunityError::EmptyGroup { empty: 2, .. })));
    }
}
