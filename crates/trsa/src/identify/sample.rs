//! RDMs of a sample: each once, or as a bootstrap drew them.

use ndarray::{Array2, ArrayViewMut2, s};
use neuroloom_math::{add_gram_upper, column_panels};

use super::distances::squared_distances;
use super::nearest::Row;
use super::observations::Observations;
use super::ranks::RankTable;
use super::{Cell, Descriptor};
use crate::{RsaError, n_pairs, pairs};

/// How often every RDM and every stimulus stands in a sample.
#[derive(Clone, Debug)]
pub(super) struct Copies {
    pub(super) rows: Vec<u32>,
    pub(super) stimuli: Vec<u32>,
}

/// The RDMs of a sample, without those and the pairs that it does not have. A pair of stimuli that were drawn `a` and `b`
/// times stands in it `a b` times; pairs of a stimulus with its own copy are dropped.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    rows: Vec<Row>,
    names: Vec<String>,
    /// Square root of the copies of every pair.
    scales: Vec<f64>,
    /// Dissimilarities `[n_rows, n_pairs]`, centred over the rows.
    raw: Array2<f64>,
    /// Average ranks within their row `[n_rows, n_pairs]`.
    ranks: Array2<f64>,
    tables: Vec<RankTable>,
}

impl Sample {
    pub(super) fn new(all: &Observations, copies: &Copies) -> Self {
        let kept: Vec<usize> = (0..all.n_rows()).filter(|&row| copies.rows[row] > 0).collect();
        let row = |&row: &usize| Row { weight: f64::from(copies.rows[row]), ..all.row(row) };
        let rows = kept.iter().map(row).collect();
        let (columns, weights) = kept_pairs(&copies.stimuli);
        let mut places = vec![None; n_pairs(copies.stimuli.len())];
        for (place, (&column, &weight)) in columns.iter().zip(&weights).enumerate() {
            places[column] = Some((place, weight));
        }
        let raw = Array2::from_shape_fn((kept.len(), columns.len()), |(row, column)| {
            all.centred()[[kept[row], columns[column]]]
        });
        let mut ranks = Array2::zeros(raw.dim());
        let mut tables = Vec::with_capacity(kept.len());
        for (&row, mut ranks) in kept.iter().zip(ranks.outer_iter_mut()) {
            let ranks = ranks.as_slice_mut().unwrap_or_default();
            tables.push(all.ascending(row).rank(|pair| places[pair], ranks));
        }
        let names = kept.iter().map(|&row| all.name(row).to_owned()).collect();
        let scales = weights.into_iter().map(f64::sqrt).collect();
        Self { rows, names, scales, raw, ranks, tables }
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Squared Euclidean distances `[n_rows, n_rows]` of what `descriptor` makes of the RDMs.
    ///
    /// # Errors
    /// When all dissimilarities of an RDM are the same and the descriptor is a geo-topological transform.
    pub(super) fn squared_distances(&self, descriptor: Descriptor) -> Result<Array2<f64>, RsaError> {
        let n_rows = self.rows.len();
        let thresholds = self.thresholds(descriptor)?;
        let mut gram = Array2::zeros((n_rows, n_rows));
        let mut panel = Array2::zeros((n_rows, 0));
        for range in column_panels(self.scales.len()) {
            if panel.ncols() != range.len() {
                panel = Array2::zeros((n_rows, range.len()));
            }
            let from = match descriptor {
                Descriptor::Raw => &self.raw,
                Descriptor::Rank | Descriptor::GeoTop(_) => &self.ranks,
            };
            panel.assign(&from.slice(s![.., range.clone()]));
            geotop(panel.view_mut(), &thresholds);
            scale(panel.view_mut(), &self.scales[range]);
            add_gram_upper(&mut gram, panel.view(), 1.0);
        }
        Ok(squared_distances(&gram))
    }

    /// Lower and upper threshold of every row, in ranks; none for a descriptor without.
    fn thresholds(&self, descriptor: Descriptor) -> Result<Vec<(f64, f64)>, RsaError> {
        let Some(cell) = descriptor.cell() else { return Ok(Vec::new()) };
        if let Some(row) = self.tables.iter().position(RankTable::is_constant) {
            let error = RsaError::ConstantRdm { needed: "the geo-topological transform" };
            return Err(error.in_rdm(&self.names[row]));
        }
        Ok(self.tables.iter().map(|table| quantiles(table, cell)).collect())
    }
}

fn quantiles(table: &RankTable, cell: Cell) -> (f64, f64) {
    (table.quantile(cell.l()), table.quantile(cell.u()))
}

/// The transform of [`GeoTop`](crate::transforms::GeoTop), on ranks that are not scaled: scale and offset of a row cancel.
fn geotop(mut panel: ArrayViewMut2<'_, f64>, thresholds: &[(f64, f64)]) {
    for (mut row, &(low, high)) in panel.outer_iter_mut().zip(thresholds) {
        if low < high {
            row.mapv_inplace(|rank| ((rank - low) / (high - low)).clamp(0.0, 1.0));
        } else {
            row.mapv_inplace(|rank| f64::from(rank > low));
        }
    }
}

fn scale(mut panel: ArrayViewMut2<'_, f64>, scales: &[f64]) {
    for mut row in panel.outer_iter_mut() {
        row.iter_mut().zip(scales).for_each(|(value, scale)| *value *= scale);
    }
}

/// The pairs of stimuli that were both drawn, with their copies.
fn kept_pairs(stimuli: &[u32]) -> (Vec<usize>, Vec<f64>) {
    pairs(stimuli.len())
        .enumerate()
        .map(|(pair, (i, j))| (pair, f64::from(stimuli[i]) * f64::from(stimuli[j])))
        .filter(|(_, copies)| *copies > 0.0)
        .unzip()
}
