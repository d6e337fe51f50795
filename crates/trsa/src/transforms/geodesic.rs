use std::fmt;

use neuroloom_math::{average_ranks, shortest_paths};

use super::{Compat, Edges, RankedRdm};
use crate::{Result, RsaError, n_pairs};

/// The geodesic transform (RGDM) of Lin & Kriegeskorte (arXiv 2309.11028): the conditions as a graph of near pairs, and
/// the lengths of the shortest ways along it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geodesic {
    edges: Edges,
    rank_after: bool,
    compat: Compat,
}

impl Geodesic {
    /// The graph of `edges`. With `rank_after`, as published, the lengths become ranks within their RDM.
    ///
    /// # Errors
    /// A share outside (0, 1], or no neighbours.
    pub fn new(edges: Edges, rank_after: bool) -> Result<Self> {
        Ok(Self { edges: edges.check()?, rank_after, compat: Compat::Paper })
    }

    /// The same by another definition.
    #[must_use]
    pub fn compat(self, compat: Compat) -> Self {
        Self { compat, ..self }
    }

    /// The rule that makes the graph.
    pub fn edges(&self) -> Edges {
        self.edges
    }

    /// Lengths of the shortest ways between all pairs, infinite where no way leads.
    ///
    /// Edges are rounded to multiples of a power of two below 1e-12, so that sums of them are exact: ways of the same
    /// length are ties, in whatever order their edges were added and the conditions stand.
    ///
    /// # Errors
    /// A constant RDM, a number of pairs that fits no number of conditions, too many neighbours, no edge left.
    pub fn path_lengths(&self, dissimilarities: &[f64]) -> Result<Vec<f64>> {
        let n_conditions = n_conditions(dissimilarities.len())?;
        self.path_lengths_of(&RankedRdm::new(dissimilarities)?, n_conditions)
    }

    /// [`path_lengths`](Self::path_lengths) of an RDM that was ranked before.
    pub(crate) fn path_lengths_of(&self, rdm: &RankedRdm, n_conditions: usize) -> Result<Vec<f64>> {
        let mut lengths = self.edges.lengths(rdm, n_conditions, self.compat)?;
        let unit = exact_unit(n_conditions);
        lengths.iter_mut().for_each(|length| *length = (*length / unit).round() * unit);
        Ok(shortest_paths(n_conditions, &lengths))
    }

    /// Gives pairs that no way joins the length `largest`, and ranks if it should. Returns how many pairs that were.
    pub(crate) fn finish(&self, lengths: &mut Vec<f64>, largest: f64) -> usize {
        let mut n_unreachable = 0;
        for length in lengths.iter_mut().filter(|length| length.is_infinite()) {
            *length = largest;
            n_unreachable += 1;
        }
        if self.rank_after {
            *lengths = average_ranks(lengths);
        }
        n_unreachable
    }

    /// The same for a set of RDMs, with the largest length that any pair of the set has.
    pub(crate) fn finish_set(&self, set: &mut [Vec<f64>]) -> usize {
        let largest = set.iter().map(|lengths| largest_finite(lengths)).fold(0.0, f64::max);
        set.iter_mut().map(|lengths| self.finish(lengths, largest)).sum()
    }
}

/// The largest length of a way; 0 where there is none.
pub(crate) fn largest_finite(lengths: &[f64]) -> f64 {
    lengths.iter().copied().filter(|length| length.is_finite()).fold(0.0, f64::max)
}

/// A power of two such that sums of `n_conditions` lengths of at most 1 are exact when these are its multiples.
fn exact_unit(n_conditions: usize) -> f64 {
    let terms = n_conditions.next_power_of_two() as f64;
    terms * (-52_f64).exp2()
}

fn n_conditions(found: usize) -> Result<usize> {
    let n_conditions = ((1.0 + (1.0 + 8.0 * found as f64).sqrt()) / 2.0).round() as usize;
    let expected = n_pairs(n_conditions);
    if expected == found {
        Ok(n_conditions)
    } else {
        Err(RsaError::WrongLength { n_conditions, expected, found })
    }
}

impl fmt::Display for Geodesic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.edges {
            Edges::Thresholds(_) => "geodesic",
            Edges::Shortest(_) => "rgdm_p_shortest",
            Edges::Nearest(_) => "rgdm_k_nearest",
            Edges::NearestShare(_) => "rgdm_p_nearest",
        };
        let unranked = if self.rank_after { "" } else { ", rank_after=false" };
        let compat = if self.compat == Compat::Paper { "" } else { ", compat=authors" };
        write!(f, "{name}({}{unranked}{compat})", self.edges)
    }
}
