use super::Thresholds;
use crate::Result;

/// Cells of thresholds at which RDMs are transformed.
///
/// Prepare an RDM once as a [`RankedRdm`](super::RankedRdm); every cell then costs one pass over its entries.
///
/// ```
/// use neuroloom_trsa::transforms::{Grid, RankedRdm};
///
/// let rdm = RankedRdm::new(&[0.3, 0.9, 0.1, 0.4, 0.7, 0.2])?;
/// let mut cell = vec![0.0; rdm.x().len()];
/// for &thresholds in Grid::authors().cells() {
///     rdm.geotop_into(thresholds, &mut cell);
/// }
/// # Ok::<(), neuroloom_trsa::RsaError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    cells: Vec<Thresholds>,
}

impl Grid {
    /// The grid of Lin & Kriegeskorte: l = 0, 0.05, … 0.95; u from 1 down to above l in steps of 0.05; without cells
    /// where `l + u <= 0.01` or `l + u >= 1.99`. 210 cells.
    pub fn authors() -> Self {
        let at = |step: u32| f64::from(step) / 20.0;
        let of_l = |l: u32| (l + 1..=20).rev().map(move |u| Thresholds::new(at(l), at(u)));
        let cells = (0..20).flat_map(of_l).flatten();
        Self {
            cells: cells.filter(|cell| cell.l() + cell.u() > 0.01 && cell.l() + cell.u() < 1.99).collect(),
        }
    }

    /// Every `l < u` of multiples of `1 / n_steps`, l ascending, then u.
    pub fn regular(n_steps: u32) -> Self {
        let at = |step: u32| f64::from(step) / f64::from(n_steps);
        let of_l = |l: u32| (l + 1..=n_steps).map(move |u| Thresholds::new(at(l), at(u)));
        Self { cells: (0..n_steps).flat_map(of_l).flatten().collect() }
    }

    /// Every pair of a lower threshold of `l` and an upper one of `u` with `l <= u`, in that order.
    ///
    /// # Errors
    /// A quantile outside `[0, 1]`.
    pub fn product(l: &[f64], u: &[f64]) -> Result<Self> {
        for &quantile in l {
            Thresholds::new(quantile, 1.0)?;
        }
        for &quantile in u {
            Thresholds::new(0.0, quantile)?;
        }
        let pairs = l.iter().flat_map(|&l| u.iter().map(move |&u| (l, u))).filter(|(l, u)| l <= u);
        Ok(Self { cells: pairs.map(|(l, u)| Thresholds::new(l, u)).collect::<Result<_>>()? })
    }

    /// The cells, in order.
    pub fn cells(&self) -> &[Thresholds] {
        &self.cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authors_grid_has_210_cells_in_their_order() {
        let grid = Grid::authors();
        assert_eq!(grid.cells().len(), 210);
        let cells: Vec<(f64, f64)> = grid.cells().iter().map(|cell| (cell.l(), cell.u())).collect();
        assert_eq!(cells[..2], [(0.0, 1.0), (0.0, 0.95)]);
        assert_eq!(cells[209], (0.95, 1.0));
    }

    #[test]
    fn a_product_leaves_out_reversed_pairs_and_refuses_what_is_no_quantile() {
        let grid = Grid::product(&[0.2, 0.5], &[0.5, 0.3]).unwrap();
        let cells: Vec<(f64, f64)> = grid.cells().iter().map(|cell| (cell.l(), cell.u())).collect();
        assert_eq!(cells, [(0.2, 0.5), (0.2, 0.3), (0.5, 0.5)]);
        assert!(Grid::product(&[0.2], &[1.2]).is_err() && Grid::product(&[-0.1], &[1.0]).is_err());
        assert_eq!(Grid::regular(4).cells().len(), 10);
    }
}
