//! RDMs at every cell of thresholds.

use rayon::prelude::*;

use super::GridTransform;
use crate::transforms::{Edges, Geodesic, RankedRdm, Thresholds, largest_finite};
use crate::{Rdm, Result};

/// RDMs that were ranked once, to be transformed at any cell.
pub(super) struct RankedSet<'a> {
    transform: GridTransform,
    rdms: &'a [Rdm],
    ranked: Vec<RankedRdm>,
}

impl<'a> RankedSet<'a> {
    /// # Errors
    /// Fewer than three conditions, a missing entry, a constant RDM.
    pub fn new(transform: GridTransform, rdms: &'a [Rdm]) -> Result<Self> {
        let ranked = |rdm: &Rdm| {
            rdm.require(3)?;
            RankedRdm::new(rdm.dissimilarities()).map_err(|error| error.in_rdm(rdm.name()))
        };
        let ranked: Vec<Result<RankedRdm>> = rdms.par_iter().map(ranked).collect();
        Ok(Self { transform, rdms, ranked: ranked.into_iter().collect::<Result<_>>()? })
    }

    /// All RDMs at one cell.
    ///
    /// # Errors
    /// Where the transform is not defined for one of them.
    pub fn at(&self, cell: Thresholds) -> Result<Vec<Rdm>> {
        let mut values = self.first_pass(cell)?;
        if self.transform == GridTransform::Geodesic {
            geodesic(cell)?.finish_set(&mut values);
        }
        self.rdms.iter().zip(values).map(|(rdm, values)| rdm.with_dissimilarities(values)).collect()
    }

    /// The length that unreachable pairs get at every cell; 0 for transforms that have none.
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub fn largest_lengths(&self, cells: &[Thresholds]) -> Result<Vec<f64>> {
        let largest = |&cell: &Thresholds| match self.transform {
            GridTransform::Geotop => Ok(0.0),
            GridTransform::Geodesic => {
                Ok(self.first_pass(cell)?.iter().map(|lengths| largest_finite(lengths)).fold(0.0, f64::max))
            }
        };
        cells.iter().map(largest).collect()
    }

    /// RDM number `index` at all cells, with the lengths of [`largest_lengths`](Self::largest_lengths).
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub fn rdm_at(&self, index: usize, cells: &[Thresholds], largest: &[f64]) -> Result<Vec<Vec<f64>>> {
        let values = |(&cell, &largest): (&Thresholds, &f64)| {
            let mut values = self.values(index, cell)?;
            if self.transform == GridTransform::Geodesic {
                geodesic(cell)?.finish(&mut values, largest);
            }
            Ok(values)
        };
        let values: Vec<Result<Vec<f64>>> = cells.par_iter().zip(largest).map(values).collect();
        values.into_iter().collect()
    }

    fn first_pass(&self, cell: Thresholds) -> Result<Vec<Vec<f64>>> {
        let values: Vec<Result<Vec<f64>>> =
            (0..self.rdms.len()).into_par_iter().map(|index| self.values(index, cell)).collect();
        values.into_iter().collect()
    }

    fn values(&self, index: usize, cell: Thresholds) -> Result<Vec<f64>> {
        let (rdm, ranked) = (&self.rdms[index], &self.ranked[index]);
        match self.transform {
            GridTransform::Geotop => {
                let mut values = vec![0.0; ranked.x().len()];
                ranked.geotop_into(cell, &mut values);
                Ok(values)
            }
            GridTransform::Geodesic => {
                let lengths = geodesic(cell)?.path_lengths_of(ranked, rdm.n_conditions());
                lengths.map_err(|error| error.in_rdm(rdm.name()))
            }
        }
    }
}

fn geodesic(cell: Thresholds) -> Result<Geodesic> {
    Geodesic::new(Edges::Thresholds(cell), true)
}
