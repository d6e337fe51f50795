//! Which descriptors are computed, and what for.

use neuroloom_core::Seed;

use super::params::IdentifyParams;
use crate::identify::{Cell, Class, Descriptor, grid, random_cells};

/// All descriptors, each once, and the parts that they play.
#[derive(Clone, Debug)]
pub(super) struct Descriptors {
    all: Vec<Descriptor>,
    /// Of these the first so many are bootstrapped; the others belong to the grid alone.
    pub(super) n_bootstrapped: usize,
    /// Those that were asked for one by one, and the default cell.
    pub(super) single: Vec<usize>,
    /// Members of every class.
    pub(super) classes: Vec<(Class, Vec<usize>)>,
    /// Cells of the grid.
    pub(super) grid: Vec<usize>,
    /// The default cell.
    pub(super) default: usize,
}

impl Descriptors {
    pub(super) fn of(params: &IdentifyParams, seed: Seed) -> Self {
        let mut all = Vec::new();
        let mut single: Vec<usize> = params
            .descriptors
            .iter()
            .filter_map(|param| param.descriptor())
            .map(|descriptor| place(&mut all, descriptor))
            .collect();
        let default = place(&mut all, Descriptor::GeoTop(Cell::DEFAULT));
        if !single.contains(&default) {
            single.push(default);
        }
        let drawn = params.classes.then(|| random_cells(seed, params.cells_per_class));
        let classes =
            drawn.into_iter().flatten().map(|(class, cells)| (class, places(&mut all, cells))).collect();
        let n_bootstrapped = all.len();
        let grid = if params.grid { places(&mut all, grid()) } else { Vec::new() };
        Self { all, n_bootstrapped, single, classes, grid, default }
    }

    pub(super) fn all(&self) -> &[Descriptor] {
        &self.all
    }

    pub(super) fn bootstrapped(&self) -> &[Descriptor] {
        self.all.get(..self.n_bootstrapped).unwrap_or_default()
    }
}

fn places(all: &mut Vec<Descriptor>, cells: Vec<Cell>) -> Vec<usize> {
    cells.into_iter().map(|cell| place(all, Descriptor::GeoTop(cell))).collect()
}

/// The place of a descriptor, which is added where it is new.
fn place(all: &mut Vec<Descriptor>, descriptor: Descriptor) -> usize {
    all.iter().position(|known| *known == descriptor).unwrap_or_else(|| {
        all.push(descriptor);
        all.len() - 1
    })
}
