//! Which pairs of conditions are edges of a graph, and how long these are.

use std::fmt;

use super::{RankedRdm, Thresholds, minmax};
use crate::{Result, RsaError, pairs};

/// The rule that makes an RDM a graph of its conditions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edges {
    /// All pairs below the upper threshold; lengths are those of the geo-topological transform.
    Thresholds(Thresholds),
    /// The share p of the pairs that are shortest, p in (0, 1]; lengths are scaled ranks.
    Shortest(f64),
    /// Every condition with its k nearest ones; lengths are scaled ranks.
    Nearest(usize),
    /// Every condition with the share p of all conditions that is nearest, `k = int(p n)`; lengths are scaled ranks.
    NearestShare(f64),
}

/// Whose definition holds where the published program departs from its paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compat {
    /// The paper's: edges of length 0 are edges; two conditions are neighbours if either is among the nearest of the other.
    #[default]
    Paper,
    /// The program's: edges of length 0 are dropped; only the condition that comes first is asked for its nearest ones.
    Authors,
}

impl Edges {
    /// # Errors
    /// A share outside (0, 1], or no neighbours.
    pub(super) fn check(self) -> Result<Self> {
        match self {
            Self::Shortest(p) | Self::NearestShare(p) if !(p > 0.0 && p <= 1.0) => {
                Err(RsaError::BadParameter { name: "p", expected: "above 0 and at most 1", value: p })
            }
            Self::Nearest(0) => Err(RsaError::BadParameter { name: "k", expected: "1 or more", value: 0.0 }),
            _ => Ok(self),
        }
    }

    /// Lengths of the edges by pair of `n_conditions` conditions, infinite where there is none.
    ///
    /// # Errors
    /// A constant RDM, too many neighbours, no edge left.
    pub(super) fn lengths(&self, rdm: &RankedRdm, n_conditions: usize, compat: Compat) -> Result<Vec<f64>> {
        let mut lengths = match *self {
            Self::Thresholds(thresholds) => below_upper_threshold(rdm, thresholds)?,
            Self::Shortest(p) => {
                let longest = rdm.quantile(p).unwrap_or(f64::INFINITY);
                rdm.x().iter().map(|&x| if x <= longest { x } else { f64::INFINITY }).collect()
            }
            Self::Nearest(k) => nearest(rdm.x(), n_conditions, k, compat)?,
            Self::NearestShare(p) => {
                nearest(rdm.x(), n_conditions, (p * n_conditions as f64) as usize, compat)?
            }
        };
        if compat == Compat::Authors {
            lengths.iter_mut().filter(|length| **length == 0.0).for_each(|length| *length = f64::INFINITY);
        }
        if lengths.iter().all(|length| length.is_infinite()) {
            return Err(RsaError::NoEdgeLeft { edges: self.to_string() });
        }
        Ok(lengths)
    }
}

fn below_upper_threshold(rdm: &RankedRdm, thresholds: Thresholds) -> Result<Vec<f64>> {
    let mut lengths = vec![0.0; rdm.x().len()];
    rdm.geotop_into(thresholds, &mut lengths);
    let mut lengths = minmax(&lengths)
        .map_err(|_| RsaError::ConstantRdm { needed: "the geodesic transform at these thresholds" })?;
    lengths.iter_mut().filter(|length| **length == 1.0).for_each(|length| *length = f64::INFINITY);
    Ok(lengths)
}

/// Of equally near conditions the first is nearer.
fn nearest(x: &[f64], n_conditions: usize, k: usize, compat: Compat) -> Result<Vec<f64>> {
    if k == 0 || k >= n_conditions {
        return Err(RsaError::Neighbours { k, n_conditions });
    }
    let mut neighbours: Vec<Vec<(f64, usize)>> = vec![Vec::with_capacity(n_conditions - 1); n_conditions];
    for ((i, j), &x) in pairs(n_conditions).zip(x) {
        neighbours[i].push((x, j));
        neighbours[j].push((x, i));
    }
    let mut is_near = vec![false; n_conditions * n_conditions];
    for (i, neighbours) in neighbours.iter_mut().enumerate() {
        let order = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        let (near, last, _) = neighbours.select_nth_unstable_by(k - 1, order);
        near.iter().chain([&*last]).for_each(|&(_, j)| is_near[i * n_conditions + j] = true);
    }
    let is_edge = |(i, j): (usize, usize)| {
        let (forward, back) = (is_near[i * n_conditions + j], is_near[j * n_conditions + i]);
        forward || (back && compat == Compat::Paper)
    };
    Ok(pairs(n_conditions).zip(x).map(|(pair, &x)| if is_edge(pair) { x } else { f64::INFINITY }).collect())
}

impl fmt::Display for Edges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thresholds(thresholds) => thresholds.fmt(f),
            Self::Shortest(p) | Self::NearestShare(p) => write!(f, "p={p}"),
            Self::Nearest(k) => write!(f, "k={k}"),
        }
    }
}
