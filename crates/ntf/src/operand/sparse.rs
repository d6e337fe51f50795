//! A sparse tensor: work in proportion to its entries.

use rayon::prelude::*;

use super::{Operand, Products, Ratios};
use crate::entries::Entries;
use crate::error::Result;
use crate::factors::Factor;
use crate::mask::Hidden;
use crate::tensor::SparseTensor;

/// A sparse tensor. What it does not name is 0, or was not observed.
#[derive(Debug)]
pub struct SparseOperand {
    shape: Vec<usize>,
    entries: Entries,
    values: Vec<f64>,
    absent_is_hidden: bool,
}

impl SparseOperand {
    /// The entries of `tensor`; absent ones are 0, or with `absent_is_hidden` unknown.
    pub fn new(tensor: &SparseTensor, absent_is_hidden: bool) -> Self {
        let entries = Entries::new(tensor.shape().to_vec(), tensor.indices().to_vec());
        Self { shape: tensor.shape().to_vec(), entries, values: tensor.values().to_vec(), absent_is_hidden }
    }

    /// Where the entries are.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// Sums `term(value, model)` over all entries.
    fn sum_over_entries(&self, factors: &[Factor], term: impl Fn(f64, f64) -> f64 + Sync) -> f64 {
        let rank = factors.first().map_or(0, Factor::ncols);
        let parts: Vec<f64> = self
            .entries
            .chunks()
            .map(|range| {
                let mut row = vec![0.0; rank];
                range
                    .map(|entry| term(self.values[entry], self.entries.model(entry, factors, &mut row)))
                    .sum()
            })
            .collect();
        parts.iter().sum()
    }
}

impl Operand for SparseOperand {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn name(&self) -> &'static str {
        "a sparse tensor"
    }

    fn squared_norm(&self) -> f64 {
        self.values.iter().map(|value| value * value).sum()
    }

    fn safe_error(&self) -> f64 {
        // Where only the entries count, their residual is as cheap as a product.
        if self.absent_is_hidden { 1.0 } else { 0.0 }
    }

    fn products(&self, _: usize) -> Box<dyn Products + '_> {
        Box::new(EntryProducts(self))
    }

    fn residual(&self, factors: &[Factor], _: Option<&Hidden>) -> Option<f64> {
        self.absent_is_hidden.then(|| self.sum_over_entries(factors, |value, model| (value - model).powi(2)))
    }

    fn total(&self) -> f64 {
        self.values.iter().sum()
    }

    fn ratios(&self, factors: &[Factor], mode: usize) -> Result<Ratios> {
        let indices = self.entries.indices();
        let numerators = self.entries.weighted_rows(factors, mode, |entry, row| {
            let own = factors[mode].row(indices[entry][mode] as usize);
            let model: f64 = row.iter().zip(own).map(|(a, b)| a * b).sum();
            self.values[entry] / model.max(1e-12)
        });
        let divergence = self.sum_over_entries(factors, |value, model| {
            if value > 0.0 { value * (value / model.max(1e-12)).ln() - value } else { 0.0 }
        });
        Ok(Ratios { numerators, divergence })
    }
}

struct EntryProducts<'a>(&'a SparseOperand);

impl Products for EntryProducts<'_> {
    fn mttkrp(&mut self, factors: &[Factor], mode: usize) -> Factor {
        self.0.entries.weighted_rows(factors, mode, |entry, _| self.0.values[entry])
    }
}
