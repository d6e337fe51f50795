//! Lists of entries of a tensor, and those of every place of every mode.

use std::ops::Range;

use ndarray::Array2;
use rayon::prelude::*;

use crate::factors::Factor;
use crate::tensor::MAX_MODES;

/// Places of a mode per task; fixed, so that nothing depends on the number of threads.
const TASK_PLACES: usize = 256;

/// Entries (without values) of a tensor of `shape`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entries {
    shape: Vec<usize>,
    indices: Vec<[u32; MAX_MODES]>,
    /// Per mode: numbers of the entries by their place along it.
    orders: Vec<Order>,
}

#[derive(Clone, Debug, PartialEq)]
struct Order {
    entries: Vec<u32>,
    /// Where the entries of every place start; one more than there are places.
    starts: Vec<usize>,
}

impl Entries {
    /// Sorts `indices`, which are within `shape`, once for every mode.
    pub(crate) fn new(shape: Vec<usize>, indices: Vec<[u32; MAX_MODES]>) -> Self {
        let orders = (0..shape.len()).map(|mode| Order::new(&indices, mode, shape[mode])).collect();
        Self { shape, indices, orders }
    }

    /// Number of entries.
    pub(crate) fn len(&self) -> usize {
        self.indices.len()
    }

    /// Indices of the entries.
    pub(crate) fn indices(&self) -> &[[u32; MAX_MODES]] {
        &self.indices
    }

    /// Numbers of the entries at `place` of `mode`.
    pub(crate) fn at(&self, mode: usize, place: usize) -> &[u32] {
        let order = &self.orders[mode];
        &order.entries[order.starts[place]..order.starts[place + 1]]
    }

    /// Calls `work` with every place of `mode` and its entries; the answers in order.
    pub(crate) fn map_places<O: Send>(
        &self,
        mode: usize,
        work: impl Fn(usize, &[u32]) -> O + Sync,
    ) -> Vec<O> {
        let places = 0..self.shape[mode];
        places
            .into_par_iter()
            .with_min_len(TASK_PLACES)
            .map(|place| work(place, self.at(mode, place)))
            .collect()
    }

    /// Sets `row` to the Khatri-Rao row of `entry`: the product of the rows of all factors but that of `mode`; with a
    /// mode that does not exist, of all.
    pub(crate) fn khatri_rao_row(&self, entry: usize, factors: &[Factor], mode: usize, row: &mut [f64]) {
        row.fill(1.0);
        for (other, factor) in factors.iter().enumerate().filter(|(other, _)| *other != mode) {
            let place = self.indices[entry][other] as usize;
            row.iter_mut().zip(factor.row(place)).for_each(|(product, value)| *product *= value);
        }
    }

    /// Of every place of `mode`, the sum over its entries of `weight(entry, Khatri-Rao row)` times that row
    /// `[n_places, rank]`.
    pub(crate) fn weighted_rows(
        &self,
        factors: &[Factor],
        mode: usize,
        weight: impl Fn(usize, &[f64]) -> f64 + Sync,
    ) -> Factor {
        let rank = factors[mode].ncols();
        let rows = self.map_places(mode, |_, entries| {
            let (mut sum, mut row) = (vec![0.0; rank], vec![0.0; rank]);
            for &entry in entries {
                self.khatri_rao_row(entry as usize, factors, mode, &mut row);
                let weight = weight(entry as usize, &row);
                sum.iter_mut().zip(&row).for_each(|(sum, value)| *sum += weight * value);
            }
            sum
        });
        Array2::from_shape_vec((self.shape[mode], rank), rows.concat()).unwrap_or_default()
    }

    /// The model at `entry`.
    pub(crate) fn model(&self, entry: usize, factors: &[Factor], row: &mut [f64]) -> f64 {
        self.khatri_rao_row(entry, factors, MAX_MODES, row);
        row.iter().sum()
    }

    /// Fixed ranges of entries, for sums over all of them.
    pub(crate) fn chunks(&self) -> impl IndexedParallelIterator<Item = Range<usize>> + '_ {
        const CHUNK: usize = 8192;
        let n = self.len();
        (0..n.div_ceil(CHUNK)).into_par_iter().map(move |chunk| chunk * CHUNK..n.min((chunk + 1) * CHUNK))
    }
}

impl Order {
    fn new(indices: &[[u32; MAX_MODES]], mode: usize, length: usize) -> Self {
        let mut starts = vec![0; length + 1];
        for index in indices {
            starts[index[mode] as usize + 1] += 1;
        }
        for place in 0..length {
            starts[place + 1] += starts[place];
        }
        let (mut next, mut entries) = (starts.clone(), vec![0; indices.len()]);
        for (entry, index) in indices.iter().enumerate() {
            let place = &mut next[index[mode] as usize];
            entries[*place] = entry as u32;
            *place += 1;
        }
        Self { entries, starts }
    }
}
