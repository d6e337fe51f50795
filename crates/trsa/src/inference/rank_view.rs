//! Rank measures of similarity from weighted average ranks.

use std::ops::Range;

use ndarray::{Array1, Array2};
use neuroloom_math::{add_cross_gram, dot};

use super::ceiling::Ceiling;
use super::evaluator::RankMeasure;
use super::pairs::PairSample;
use super::ranks::{Scratch, for_runs, for_value_runs, place_of};
use super::view::{Split, sample_mean};
use super::{Evaluator, Multiplicities};

/// A part of this share of all pairs is sorted anew rather than looked up in the order of all.
const DIRECT: usize = 8;

/// Ranks of all components and RDMs over the pairs of a sample.
#[derive(Debug)]
pub(super) struct RankView {
    sample: PairSample,
    measure: RankMeasure,
    /// Weights of the pairs.
    weights: Vec<f64>,
    /// Doubled ranks with mean 0, of the RDMs: `[n_rdms, n_kept]`.
    ranks: Array2<f64>,
    /// The same times the weights of the pairs.
    weighted: Array2<f64>,
    /// The size of the ranks of every RDM.
    sizes: Vec<f64>,
    /// Similarities `[n_components, n_rdms]`.
    pub(super) similarities: Array2<f64>,
}

impl RankView {
    pub(super) fn new(evaluator: &Evaluator<'_>, sample: PairSample, measure: RankMeasure) -> Self {
        let n_components = evaluator.problem().n_components();
        let ranked = |rows: Range<usize>| match DIRECT * sample.kept.len() < evaluator.shifted().ncols() {
            true => ranks_of_few(evaluator, &sample, rows),
            false => ranks_of_many(evaluator, &sample, rows),
        };
        let (components, ranks) = (ranked(0..n_components), ranked(n_components..evaluator.orders().len()));
        let weights: Array1<f64> = sample.weights.iter().map(|&weight| f64::from(weight)).collect();
        let weighted = &ranks * &weights;
        let weights = weights.to_vec();
        let mut view = Self {
            sample,
            measure,
            weights,
            ranks,
            weighted,
            sizes: Vec::new(),
            similarities: Array2::zeros((0, 0)),
        };
        view.sizes =
            view.ranks.outer_iter().map(|row| view.size(row.to_slice().unwrap_or_default())).collect();
        view.similarities = view.table(&components);
        view
    }

    /// Similarity of predicted dissimilarities of all pairs with every RDM.
    pub(super) fn mixture(&self, prediction: &[f64]) -> Vec<f64> {
        let kept: Vec<f64> = self.sample.kept.iter().map(|&pair| prediction[pair as usize]).collect();
        let mut ranks = vec![0.0; kept.len()];
        let mut before = 0;
        for_value_runs(&kept, &mut Scratch::default(), |run| {
            rank_run(&self.sample, run, &mut before, &mut ranks);
        });
        let all: Vec<usize> = (0..self.ranks.nrows()).collect();
        self.with_rdms(&ranks, &all, &mut Scratch::default())
    }

    pub(super) fn ceilings(&self, groups: &[usize], subjects: &Multiplicities) -> Vec<Ceiling> {
        let mut scratch = Scratch::default();
        let pool = self.pool(groups, subjects);
        let pooled = self.ranks_of(&pool, &mut scratch);
        let alone = subjects.present().len() < 2;
        Ceiling::of_groups(groups, subjects, |group, members| {
            let upper = mean(&self.with_rdms(&pooled, members, &mut scratch));
            if alone {
                return Ceiling { lower: upper, upper };
            }
            let own = self.pool(groups, &subjects.restricted(&[group]));
            let others: Vec<f64> = pool.iter().zip(own).map(|(all, own)| all - own).collect();
            let others = self.ranks_of(&others, &mut scratch);
            Ceiling { lower: mean(&self.with_rdms(&others, members, &mut scratch)), upper }
        })
    }

    pub(super) fn fold_ceiling(&self, full: &Self, groups: &[usize], split: &Split<'_>) -> Ceiling {
        let mut scratch = Scratch::default();
        let all: Vec<usize> = (0..groups.len()).collect();
        let mut end = |pool: &[f64]| {
            let ranks = self.ranks_of(pool, &mut scratch);
            sample_mean(&self.with_rdms(&ranks, &all, &mut scratch), groups, split.test)
        };
        let lower = end(&self.pool(groups, split.train));
        let upper = end(&full.pool_at(&self.sample, groups, split.all));
        Ceiling { lower, upper }
    }

    /// Sums of ranks over the RDMs of a sample of subjects, whole numbers.
    fn pool(&self, groups: &[usize], subjects: &Multiplicities) -> Vec<f64> {
        let mut pool = vec![0.0; self.sample.kept.len()];
        for (row, &group) in self.ranks.outer_iter().zip(groups) {
            let count = f64::from(subjects.counts()[group]);
            if count > 0.0 {
                pool.iter_mut().zip(row).for_each(|(sum, rank)| *sum += count * rank);
            }
        }
        pool
    }

    /// The same at the pairs of a part of the sample.
    fn pool_at(&self, part: &PairSample, groups: &[usize], subjects: &Multiplicities) -> Vec<f64> {
        let pool = self.pool(groups, subjects);
        let mut own = self.sample.kept.iter().zip(pool).peekable();
        let mut found = Vec::with_capacity(part.kept.len());
        for pair in &part.kept {
            while own.next_if(|(kept, _)| *kept < pair).is_some() {}
            found.extend(own.peek().filter(|(kept, _)| *kept == pair).map(|(_, sum)| *sum));
        }
        found
    }

    /// Doubled ranks with mean 0 of whole numbers at the kept pairs.
    fn ranks_of(&self, pool: &[f64], scratch: &mut Scratch) -> Vec<f64> {
        let mut ranks = vec![0.0; pool.len()];
        let mut before = 0;
        for_runs(pool, scratch, |run| rank_run(&self.sample, run, &mut before, &mut ranks));
        ranks
    }

    /// Similarities of some vectors of ranks with all RDMs.
    fn table(&self, ranks: &Array2<f64>) -> Array2<f64> {
        let all: Vec<usize> = (0..self.ranks.nrows()).collect();
        let mut table = Array2::zeros((ranks.nrows(), all.len()));
        if self.is_kendall() {
            let mut scratch = Scratch::default();
            for (mut out, row) in table.outer_iter_mut().zip(ranks.outer_iter()) {
                out.assign(&Array1::from(self.with_rdms(&row.to_vec(), &all, &mut scratch)));
            }
            return table;
        }
        add_cross_gram(&mut table, ranks.view(), self.weighted.view());
        for (mut out, row) in table.outer_iter_mut().zip(ranks.outer_iter()) {
            let size = self.size(row.to_slice().unwrap_or_default());
            for (entry, rdm_size) in out.iter_mut().zip(&self.sizes) {
                *entry = self.scaled(*entry, size, *rdm_size);
            }
        }
        table
    }

    /// Similarities of one vector of ranks with some RDMs.
    fn with_rdms(&self, ranks: &[f64], members: &[usize], scratch: &mut Scratch) -> Vec<f64> {
        if self.is_kendall() {
            return members.iter().map(|&rdm| self.kendall(ranks, rdm, scratch)).collect();
        }
        let size = self.size(ranks);
        let similarity = |&rdm: &usize| {
            let product = dot(ranks, self.weighted.row(rdm).to_slice().unwrap_or_default());
            self.scaled(product, size, self.sizes[rdm])
        };
        members.iter().map(similarity).collect()
    }

    /// What Spearman's correlation is divided by: `sqrt(Σ w r²)`. For ρ_a, whose divisor does not depend on ties, 1; 0
    /// where all ranks are the same.
    fn size(&self, ranks: &[f64]) -> f64 {
        match self.measure {
            _ if ranks.iter().all(|rank| *rank == 0.0) => 0.0,
            RankMeasure::Spearman => {
                let weighted: Vec<f64> = ranks.iter().zip(&self.weights).map(|(r, w)| r * w).collect();
                dot(ranks, &weighted).sqrt()
            }
            _ => 1.0,
        }
    }

    /// Spearman's correlation or ρ_a from sums of doubled ranks; NaN where one is constant.
    fn scaled(&self, product: f64, size_a: f64, size_b: f64) -> f64 {
        let n = self.sample.total as f64;
        let similarity = match self.measure {
            _ if size_a * size_b == 0.0 => f64::NAN,
            RankMeasure::RhoA => 3.0 * product / (n * n * n - n),
            _ => product / (size_a * size_b),
        };
        similarity.clamp(-1.0, 1.0)
    }

    fn is_kendall(&self) -> bool {
        matches!(self.measure, RankMeasure::TauA | RankMeasure::TauB)
    }

    /// Kendall's τ of ranks `a` and an RDM: concordant less discordant pairs of pairs, by a tree of cumulative weights.
    /// Copies of a pair are tied in both.
    fn kendall(&self, a: &[f64], rdm: usize, scratch: &mut Scratch) -> f64 {
        let b = self.ranks.row(rdm);
        let weight = |place: usize| i64::from(self.sample.weights[place]);
        let (mut dense, mut n_values, mut ties_b) = (vec![0; a.len()], 0, 0.0);
        for_runs(b.to_slice().unwrap_or_default(), scratch, |run| {
            n_values += 1;
            run.iter().for_each(|&key| dense[place_of(key)] = n_values);
            ties_b += tied(run.iter().map(|&key| weight(place_of(key))).sum());
        });
        let mut below = CumulativeWeights::new(n_values);
        let (mut score, mut ties_a) = (0_i64, 0.0);
        for_runs(a, scratch, |run| {
            for place in run.iter().map(|&key| place_of(key)) {
                let (less, up_to) = (below.up_to(dense[place] - 1), below.up_to(dense[place]));
                score += weight(place) * (less - (below.total - up_to));
            }
            run.iter().map(|&key| place_of(key)).for_each(|place| below.add(dense[place], weight(place)));
            ties_a += tied(run.iter().map(|&key| weight(place_of(key))).sum());
        });
        let all = tied(self.sample.total as i64);
        match self.measure {
            _ if ties_a == all || ties_b == all => f64::NAN,
            RankMeasure::TauB => score as f64 / ((all - ties_a) * (all - ties_b)).sqrt(),
            _ => score as f64 / all,
        }
    }
}

/// Ranks of some vectors at the kept pairs, by a pass over the sorted pairs of each.
fn ranks_of_many(evaluator: &Evaluator<'_>, sample: &PairSample, rows: Range<usize>) -> Array2<f64> {
    let n_pairs = evaluator.shifted().ncols();
    let (weights, total) = (sample.dense_weights(n_pairs), sample.total as f64);
    let mut all = vec![0; n_pairs];
    let mut ranks = Vec::with_capacity(rows.len() * sample.kept.len());
    for order in &evaluator.orders()[rows.clone()] {
        order.ranks(&weights, &mut all);
        ranks.extend(sample.kept.iter().map(|&pair| f64::from(all[pair as usize]) - total));
    }
    rows_of(ranks, rows.len(), sample)
}

/// The same by a sort of the kept pairs alone.
fn ranks_of_few(evaluator: &Evaluator<'_>, sample: &PairSample, rows: Range<usize>) -> Array2<f64> {
    let n_kept = sample.kept.len();
    let mut ranks = vec![0.0; rows.len() * n_kept];
    let mut scratch = Scratch::default();
    for (out, row) in ranks.chunks_mut(n_kept.max(1)).zip(rows.clone()) {
        let vector = evaluator.problem().vectors().row(row);
        let kept: Vec<f64> = sample.kept.iter().map(|&pair| vector[pair as usize]).collect();
        let mut before = 0;
        for_value_runs(&kept, &mut scratch, |run| rank_run(sample, run, &mut before, out));
    }
    rows_of(ranks, rows.len(), sample)
}

fn rows_of(ranks: Vec<f64>, n_rows: usize, sample: &PairSample) -> Array2<f64> {
    let shape = (n_rows, sample.kept.len());
    Array2::from_shape_vec(shape, ranks).unwrap_or_else(|_| Array2::from_elem(shape, f64::NAN))
}

/// Gives all places of a run their rank, after pairs of total weight `before`.
fn rank_run(sample: &PairSample, run: &[u64], before: &mut u64, ranks: &mut [f64]) {
    let weight: u64 = run.iter().map(|&key| u64::from(sample.weights[place_of(key)])).sum();
    let rank = (2 * *before + weight) as f64 - sample.total as f64;
    run.iter().for_each(|&key| ranks[place_of(key)] = rank);
    *before += weight;
}

/// Pairs among `n`.
fn tied(n: i64) -> f64 {
    let n = n as f64;
    n * (n - 1.0) / 2.0
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sums of the weights of the values up to one, of values 1 to n (Fenwick 1994).
struct CumulativeWeights {
    tree: Vec<i64>,
    total: i64,
}

impl CumulativeWeights {
    fn new(n: usize) -> Self {
        Self { tree: vec![0; n + 1], total: 0 }
    }

    fn add(&mut self, mut value: usize, weight: i64) {
        self.total += weight;
        while value < self.tree.len() {
            self.tree[value] += weight;
            value += value & value.wrapping_neg();
        }
    }

    fn up_to(&self, mut value: usize) -> i64 {
        let mut sum = 0;
        while value > 0 {
            sum += self.tree[value];
            value &= value - 1;
        }
        sum
    }
}
