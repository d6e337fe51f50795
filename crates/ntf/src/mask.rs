//! Entries that do not count: exact normal equations without them.
//!
//! Entries that are masked hold 0 in the tensor, so that `M_n` needs no change. What changes are the Gram matrices: row
//! i of a mode has its own `G_i`, the sum of outer products of Khatri-Rao rows over its observed entries.

use std::collections::HashMap;

use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use crate::entries::Entries;
use crate::error::{NtfError, Result};
use crate::factors::{Factor, add_outer, gram, gram_of_others, inner, mirror};
use crate::tensor::MAX_MODES;

/// Which entries of a tensor count.
#[derive(Clone, Debug, PartialEq)]
pub enum Mask {
    /// All.
    Full,
    /// All but the named ones.
    Hidden(Hidden),
    /// Only the named ones.
    Observed(Entries),
    /// Of `X[t, w, q]`: those of the observed columns (w, q), at all times.
    Columns(ColumnMask),
    /// Of `X[i, j, t, w]`: those of pairs of neurons that are both observed in w.
    Neurons(Array2<bool>),
}

/// Entries that were not observed, few as a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    shape: Vec<usize>,
    entries: Entries,
}

/// Observed columns (w, q) of `X[t, w, q]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnMask {
    observed: Array2<bool>,
    /// Of every q, the number of its pattern over w.
    pattern_of: Vec<u32>,
    /// The patterns: whether w has them.
    patterns: Vec<Vec<bool>>,
}

/// The Gram matrices of the rows of a mode.
#[derive(Clone, Debug)]
pub enum Grams {
    /// One for all rows.
    Shared(Factor),
    /// Several; of every row the number of its own.
    PerRow {
        /// Number of the matrix of every row.
        which: Vec<u32>,
        /// The matrices.
        grams: Vec<Factor>,
    },
}

impl Grams {
    /// The matrix of `row`.
    pub fn of(&self, row: usize) -> &Factor {
        match self {
            Self::Shared(gram) => gram,
            Self::PerRow { which, grams } => &grams[which[row] as usize],
        }
    }

    /// `sum over rows of u' G_row u`: the squared norm of the model over the observed entries.
    pub fn quadratic(&self, factor: &Factor) -> f64 {
        match self {
            Self::Shared(shared) => inner(shared, &gram(factor)),
            Self::PerRow { .. } => {
                let rows = factor.rows().into_iter().enumerate();
                rows.map(|(row, u)| u.dot(&self.of(row).dot(&u))).sum()
            }
        }
    }
}

impl Mask {
    /// The Gram matrices of the rows of `mode`.
    pub fn grams(&self, factors: &[Factor], mode: usize) -> Grams {
        match self {
            Self::Full => Grams::Shared(gram_of_others(factors, mode)),
            Self::Hidden(hidden) => {
                let whole = gram_of_others(factors, mode);
                per_place(
                    outer_sums(&hidden.entries, factors, mode).into_iter().map(|sum| &whole - &sum).collect(),
                )
            }
            Self::Observed(entries) => per_place(outer_sums(entries, factors, mode)),
            Self::Columns(columns) => columns.grams(factors, mode),
            Self::Neurons(observed) => neuron_grams(observed, factors, mode),
        }
    }

    /// Of every place of `mode`, the sum of the Khatri-Rao rows of its observed entries `[n_places, rank]`; none where
    /// whole columns or neurons are masked.
    pub fn row_sums(&self, factors: &[Factor], mode: usize) -> Option<Factor> {
        let whole = || {
            let others = factors.iter().enumerate().filter(|(other, _)| *other != mode);
            let rank = factors[mode].ncols();
            let sums = others.fold(Array1::ones(rank), |sums, (_, factor)| sums * factor.sum_axis(Axis(0)));
            sums.broadcast(factors[mode].dim()).map(|sums| sums.to_owned()).unwrap_or_default()
        };
        match self {
            Self::Full => Some(whole()),
            Self::Hidden(hidden) => Some(whole() - hidden.entries.weighted_rows(factors, mode, |_, _| 1.0)),
            Self::Observed(entries) => Some(entries.weighted_rows(factors, mode, |_, _| 1.0)),
            Self::Columns(_) | Self::Neurons(_) => None,
        }
    }

    /// The hidden entries, where they are listed.
    pub fn hidden(&self) -> Option<&Hidden> {
        match self {
            Self::Hidden(hidden) => Some(hidden),
            _ => None,
        }
    }

    /// Sets the rows of places without any observed entry to 0, where they then stay: of pairs that no animal has.
    pub(crate) fn clear_unobserved_pairs(&self, factors: &mut [Factor]) {
        let (Self::Columns(columns), Some(pairs)) = (self, factors.get_mut(2)) else { return };
        for (mut row, pattern) in pairs.rows_mut().into_iter().zip(&columns.pattern_of) {
            if !columns.patterns[*pattern as usize].contains(&true) {
                row.fill(0.0);
            }
        }
    }

    /// Checks that every place of every mode has an observed entry; pairs of neurons may be without.
    ///
    /// # Errors
    /// Names the first that has none.
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        let ones: Vec<Factor> = shape.iter().map(|length| Array2::ones((*length, 1))).collect();
        for (mode, length) in shape.iter().enumerate() {
            if mode == 2 && matches!(self, Self::Columns(_)) {
                continue;
            }
            let grams = self.grams(&ones, mode);
            if let Some(place) = (0..*length).find(|place| grams.of(*place)[[0, 0]] < 0.5) {
                return Err(NtfError::UnobservedSlice { mode, place });
            }
        }
        Ok(())
    }
}

/// Of every place of `mode`, the sum of outer products of the Khatri-Rao rows of its entries.
fn outer_sums(entries: &Entries, factors: &[Factor], mode: usize) -> Vec<Factor> {
    let rank = factors[mode].ncols();
    entries.map_places(mode, |_, entries_here| {
        let (mut sum, mut row) = (Array2::zeros((rank, rank)), vec![0.0; rank]);
        for &entry in entries_here {
            entries.khatri_rao_row(entry as usize, factors, mode, &mut row);
            add_outer(&mut sum, ndarray::ArrayView1::from(&row));
        }
        mirror(&mut sum);
        sum
    })
}

fn per_place(grams: Vec<Factor>) -> Grams {
    Grams::PerRow { which: (0..grams.len() as u32).collect(), grams }
}

impl Hidden {
    /// Hides `indices`, which are within `shape`.
    pub fn new(shape: Vec<usize>, indices: Vec<[u32; MAX_MODES]>) -> Self {
        let entries = Entries::new(shape.clone(), indices);
        Self { shape, entries }
    }

    /// Number of hidden entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is hidden.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hidden columns of every row of the tensor as a matrix of `n_columns` columns.
    pub(crate) fn by_row(&self, n_columns: usize) -> HiddenColumns {
        let mut columns: HashMap<usize, Vec<usize>> = HashMap::new();
        for index in self.entries.indices() {
            let place = self
                .shape
                .iter()
                .zip(index)
                .fold(0, |place, (length, index)| place * length + *index as usize);
            columns.entry(place / n_columns).or_default().push(place % n_columns);
        }
        HiddenColumns(columns)
    }
}

/// Hidden columns of rows.
pub(crate) struct HiddenColumns(HashMap<usize, Vec<usize>>);

impl HiddenColumns {
    /// Sets the model to the data where `row` is hidden, so that they do not differ there.
    pub(crate) fn copy_hidden<T: crate::real::Real>(&self, row: usize, x: &[T], model: &mut [f64]) {
        for &column in self.0.get(&row).into_iter().flatten() {
            model[column] = x[column].to_f64();
        }
    }
}

impl ColumnMask {
    /// The mask of `observed` `[n_worms, n_pairs]`.
    pub fn new(observed: Array2<bool>) -> Self {
        let mut numbers: HashMap<Vec<bool>, u32> = HashMap::new();
        let mut patterns = Vec::new();
        let pattern_of = observed
            .columns()
            .into_iter()
            .map(|column| {
                let pattern = column.to_vec();
                *numbers.entry(pattern.clone()).or_insert_with(|| {
                    patterns.push(pattern);
                    patterns.len() as u32 - 1
                })
            })
            .collect();
        Self { observed, pattern_of, patterns }
    }

    /// Whether (w, q) is observed.
    pub fn observed(&self) -> &Array2<bool> {
        &self.observed
    }

    fn grams(&self, factors: &[Factor], mode: usize) -> Grams {
        let [times, worms, pairs] = factors else { return Grams::Shared(gram_of_others(factors, mode)) };
        let rank = times.ncols();
        if mode == 2 {
            let times = gram(times);
            let of_pattern = |pattern: &Vec<bool>| {
                let mut sum = Array2::zeros((rank, rank));
                for (row, _) in worms.rows().into_iter().zip(pattern).filter(|(_, here)| **here) {
                    add_outer(&mut sum, row);
                }
                mirror(&mut sum);
                sum * &times
            };
            return Grams::PerRow {
                which: self.pattern_of.clone(),
                grams: self.patterns.iter().map(of_pattern).collect(),
            };
        }
        let pair_grams = self.pair_grams(pairs);
        if mode == 1 {
            let times = gram(times);
            return per_place(pair_grams.into_iter().map(|pairs| pairs * &times).collect());
        }
        let mut sum = Array2::zeros((rank, rank));
        for (row, pairs) in worms.rows().into_iter().zip(pair_grams) {
            let mut outer = Array2::zeros((rank, rank));
            add_outer(&mut outer, row);
            mirror(&mut outer);
            sum += &(outer * pairs);
        }
        Grams::Shared(sum)
    }

    /// Of every w, the sum over its observed q of `f_q f_q'`.
    fn pair_grams(&self, pairs: &Factor) -> Vec<Factor> {
        let rank = pairs.ncols();
        let mut of_pattern = vec![Array2::zeros((rank, rank)); self.patterns.len()];
        for (row, pattern) in pairs.rows().into_iter().zip(&self.pattern_of) {
            add_outer(&mut of_pattern[*pattern as usize], row);
        }
        of_pattern.iter_mut().for_each(mirror);
        let worms = 0..self.observed.nrows();
        worms
            .map(|worm| {
                let here = self.patterns.iter().zip(&of_pattern).filter(|(pattern, _)| pattern[worm]);
                here.fold(Array2::zeros((rank, rank)), |sum, (_, gram)| sum + gram)
            })
            .collect()
    }
}

/// Gram matrices of `X[i, j, t, w]` with neurons `observed` `[n_worms, n_neurons]`.
fn neuron_grams(observed: &Array2<bool>, factors: &[Factor], mode: usize) -> Grams {
    let [left, right, times, worms] = factors else { return Grams::Shared(gram_of_others(factors, mode)) };
    let rank = times.ncols();
    let outer = |row| {
        let mut outer = Array2::zeros((rank, rank));
        add_outer(&mut outer, row);
        mirror(&mut outer);
        outer
    };
    // Of every worm, the Gram matrix of the observed rows of a factor of neurons.
    let seen = |factor: &Factor| -> Vec<Factor> {
        let of_worm = |observed: ndarray::ArrayView1<'_, bool>| {
            let mut sum = Array2::zeros((rank, rank));
            for (row, _) in factor.rows().into_iter().zip(observed).filter(|(_, here)| **here) {
                add_outer(&mut sum, row);
            }
            mirror(&mut sum);
            sum
        };
        observed.axis_iter(Axis(0)).into_par_iter().map(of_worm).collect()
    };
    let worm_grams: Vec<Factor> = worms.rows().into_iter().map(outer).collect();
    match mode {
        2 | 3 => {
            let pairs = seen(left).into_iter().zip(seen(right)).map(|(a, b)| a * b);
            if mode == 3 {
                let times = gram(times);
                return per_place(pairs.map(|pair| pair * &times).collect());
            }
            let sum = pairs
                .zip(&worm_grams)
                .fold(Array2::zeros((rank, rank)), |sum, (pair, worm)| sum + pair * worm);
            Grams::Shared(sum)
        }
        _ => {
            let others = seen(if mode == 0 { right } else { left });
            let times = gram(times);
            let of_neuron = |seen_in: ndarray::ArrayView1<'_, bool>| {
                let here = others.iter().zip(&worm_grams).zip(seen_in).filter(|(_, here)| **here);
                here.fold(Array2::zeros((rank, rank)), |sum: Factor, ((other, worm), _)| sum + other * worm)
                    * &times
            };
            per_place(observed.axis_iter(Axis(1)).into_par_iter().map(of_neuron).collect())
        }
    }
}
