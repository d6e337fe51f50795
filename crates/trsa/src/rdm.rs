use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use crate::{Result, RsaError};

/// A representational dissimilarity matrix: how different the responses to every pair of conditions are.
///
/// Only the upper triangle is kept, row-major: `(0,1), (0,2), …, (1,2), …`, `n (n - 1) / 2` entries. A NaN is
/// a pair without a value; entries may be negative (crossnobis).
#[derive(Clone, Debug, PartialEq)]
pub struct Rdm {
    name: String,
    conditions: Arc<[String]>,
    dissimilarities: Vec<f64>,
}

/// Pairs of `n_conditions` conditions: `n (n - 1) / 2`.
pub fn n_pairs(n_conditions: usize) -> usize {
    n_conditions * n_conditions.saturating_sub(1) / 2
}

/// All pairs `(i, j)`, `i < j`, row-major: the order of an RDM's entries.
pub fn pairs(n_conditions: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n_conditions).flat_map(move |i| (i + 1..n_conditions).map(move |j| (i, j)))
}

/// Whether all dissimilarities are the same.
pub(crate) fn is_constant(dissimilarities: &[f64]) -> bool {
    dissimilarities.windows(2).all(|pair| pair[0] == pair[1])
}

impl Rdm {
    /// An RDM called `name` from its upper triangle, row-major.
    ///
    /// # Errors
    /// Fewer than two conditions, a label that stands twice, a wrong number of entries, an infinite entry.
    pub fn new(
        name: impl Into<String>,
        conditions: impl Into<Arc<[String]>>,
        dissimilarities: Vec<f64>,
    ) -> Result<Self> {
        let rdm = Self { name: name.into(), conditions: conditions.into(), dissimilarities };
        rdm.check().map_err(|error| error.in_rdm(&rdm.name))?;
        Ok(rdm)
    }

    /// An RDM called `name` from its full matrix `[n_conditions, n_conditions]`.
    ///
    /// # Errors
    /// As [`new`](Self::new), and when the matrix is not square, not symmetric or its diagonal not zero.
    pub fn from_square(
        name: impl Into<String>,
        conditions: impl Into<Arc<[String]>>,
        matrix: ArrayView2<'_, f64>,
    ) -> Result<Self> {
        let name = name.into();
        let upper = upper_triangle(matrix).map_err(|error| error.in_rdm(&name))?;
        Self::new(name, conditions, upper)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Labels of the conditions, in order.
    pub fn conditions(&self) -> &Arc<[String]> {
        &self.conditions
    }

    /// Number of conditions.
    pub fn n_conditions(&self) -> usize {
        self.conditions.len()
    }

    /// The upper triangle, row-major.
    pub fn dissimilarities(&self) -> &[f64] {
        &self.dissimilarities
    }

    /// The full matrix `[n_conditions, n_conditions]`, zero on the diagonal.
    pub fn to_square(&self) -> Array2<f64> {
        let n = self.n_conditions();
        let mut matrix = Array2::zeros((n, n));
        for ((i, j), &value) in pairs(n).zip(&self.dissimilarities) {
            matrix[[i, j]] = value;
            matrix[[j, i]] = value;
        }
        matrix
    }

    /// The same conditions with other entries.
    ///
    /// # Errors
    /// When the number of entries differs or one is infinite.
    pub fn with_dissimilarities(&self, dissimilarities: Vec<f64>) -> Result<Self> {
        let rdm = Self { name: self.name.clone(), conditions: Arc::clone(&self.conditions), dissimilarities };
        rdm.check_entries().map_err(|error| error.in_rdm(&rdm.name))?;
        Ok(rdm)
    }

    /// The same RDM with its conditions in the order of `like`.
    ///
    /// # Errors
    /// When `like` has other conditions; the error lists them.
    pub fn in_order_of(&self, like: &Rdm) -> Result<Cow<'_, Self>> {
        if Arc::ptr_eq(&self.conditions, &like.conditions) || self.conditions == like.conditions {
            return Ok(Cow::Borrowed(self));
        }
        let places: BTreeMap<&str, usize> =
            self.conditions.iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect();
        let order: Option<Vec<usize>> =
            like.conditions.iter().map(|label| places.get(label.as_str()).copied()).collect();
        match order.filter(|order| order.len() == places.len()) {
            Some(order) => Ok(Cow::Owned(self.permuted(&order, Arc::clone(&like.conditions)))),
            None => Err(self.different_conditions(like)),
        }
    }

    /// # Errors
    /// Fewer than `needed` conditions, or an entry that is missing (NaN).
    pub fn require(&self, needed: usize) -> Result<()> {
        let found = self.n_conditions();
        let refuse = |error: RsaError| Err(error.in_rdm(&self.name));
        if found < needed {
            return refuse(RsaError::TooFewConditions { needed, found });
        }
        match self.first_pair(f64::is_nan) {
            Some((first, second)) => {
                let count = self.dissimilarities.iter().filter(|value| value.is_nan()).count();
                refuse(RsaError::MissingPairs { count, first, second })
            }
            None => Ok(()),
        }
    }

    fn check(&self) -> Result<()> {
        let n = self.n_conditions();
        if n < 2 {
            return Err(RsaError::TooFewConditions { needed: 2, found: n });
        }
        let mut seen = BTreeSet::new();
        if let Some(label) = self.conditions.iter().find(|label| !seen.insert(label.as_str())) {
            return Err(RsaError::DuplicateCondition { label: label.clone() });
        }
        self.check_entries()
    }

    fn check_entries(&self) -> Result<()> {
        let n_conditions = self.n_conditions();
        let (expected, found) = (n_pairs(n_conditions), self.dissimilarities.len());
        if found != expected {
            return Err(RsaError::WrongLength { n_conditions, expected, found });
        }
        match self.first_pair(f64::is_infinite) {
            Some((first, second)) => Err(RsaError::Infinite { first, second }),
            None => Ok(()),
        }
    }

    /// Labels of the first pair whose entry is such.
    fn first_pair(&self, is_such: impl Fn(f64) -> bool) -> Option<(String, String)> {
        // Nearly always there is none, and looking at all without stopping is many times as fast.
        if !self.dissimilarities.iter().fold(false, |any, &value| any | is_such(value)) {
            return None;
        }
        let place = self.dissimilarities.iter().position(|&value| is_such(value))?;
        let (i, j) = pairs(self.n_conditions()).nth(place)?;
        Some((self.conditions.get(i)?.clone(), self.conditions.get(j)?.clone()))
    }

    fn permuted(&self, order: &[usize], conditions: Arc<[String]>) -> Self {
        let square = self.to_square();
        let dissimilarities = pairs(order.len()).map(|(i, j)| square[[order[i], order[j]]]).collect();
        Self { name: self.name.clone(), conditions, dissimilarities }
    }

    fn different_conditions(&self, other: &Rdm) -> RsaError {
        RsaError::DifferentConditions {
            first: self.name.clone(),
            second: other.name.clone(),
            only_first: missing_from(other, self),
            only_second: missing_from(self, other),
        }
    }
}

/// The first few conditions of `rdm` that `other` lacks, in words.
fn missing_from(other: &Rdm, rdm: &Rdm) -> String {
    const SHOWN: usize = 5;
    let known: BTreeSet<&str> = other.conditions.iter().map(String::as_str).collect();
    let missing: Vec<&str> =
        rdm.conditions.iter().map(String::as_str).filter(|label| !known.contains(label)).collect();
    let shown: Vec<String> = missing.iter().take(SHOWN).map(|label| format!("{label:?}")).collect();
    match missing.len() {
        0 => "none".to_owned(),
        n if n > SHOWN => format!("{} and {} more", shown.join(", "), n - SHOWN),
        _ => shown.join(", "),
    }
}

fn upper_triangle(matrix: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    let (rows, columns) = matrix.dim();
    if rows != columns {
        return Err(RsaError::NotSquare { rows, columns });
    }
    if let Some(i) = (0..rows).find(|&i| matrix[[i, i]] != 0.0) {
        return Err(RsaError::DiagonalNotZero { i });
    }
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    if let Some((i, j)) = pairs(rows).find(|&(i, j)| !same(matrix[[i, j]], matrix[[j, i]])) {
        return Err(RsaError::NotSymmetric { i, j });
    }
    Ok(pairs(rows).map(|(i, j)| matrix[[i, j]]).collect())
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn labels(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|&label| label.to_owned()).collect()
    }

    fn cause(error: RsaError) -> RsaError {
        match error {
            RsaError::InRdm { source, .. } => *source,
            other => other,
        }
    }

    #[test]
    fn a_square_matrix_and_its_triangle_are_the_same_rdm() {
        let matrix = array![[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]];
        let rdm = Rdm::from_square("x", labels(&["a", "b", "c"]), matrix.view()).unwrap();
        assert_eq!(rdm.dissimilarities(), [1.0, 2.0, 3.0]);
        assert_eq!(rdm.to_square(), matrix);
    }

    #[test]
    fn unfit_matrices_are_refused() {
        let refused = |matrix: Array2<f64>| {
            cause(Rdm::from_square("x", labels(&["a", "b"]), matrix.view()).unwrap_err())
        };
        assert_eq!(refused(array![[0.0, 1.0]]), RsaError::NotSquare { rows: 1, columns: 2 });
        assert_eq!(refused(array![[0.0, 1.0], [2.0, 0.0]]), RsaError::NotSymmetric { i: 0, j: 1 });
        assert_eq!(refused(array![[0.0, 1.0], [1.0, 0.5]]), RsaError::DiagonalNotZero { i: 1 });
    }

    #[test]
    fn unfit_entries_and_labels_are_refused() {
        let refused =
            |names: &[&str], values: Vec<f64>| cause(Rdm::new("x", labels(names), values).unwrap_err());
        assert_eq!(refused(&["a"], vec![]), RsaError::TooFewConditions { needed: 2, found: 1 });
        assert_eq!(refused(&["a", "a"], vec![1.0]), RsaError::DuplicateCondition { label: "a".into() });
        assert_eq!(
            refused(&["a", "b", "c"], vec![1.0]),
            RsaError::WrongLength { n_conditions: 3, expected: 3, found: 1 }
        );
        let infinite = RsaError::Infinite { first: "a".into(), second: "b".into() };
        assert_eq!(refused(&["a", "b"], vec![f64::INFINITY]), infinite);
    }

    #[test]
    fn a_missing_pair_is_named() {
        let rdm = Rdm::new("x", labels(&["a", "b", "c"]), vec![1.0, f64::NAN, f64::NAN]).unwrap();
        let missing = RsaError::MissingPairs { count: 2, first: "a".into(), second: "c".into() };
        assert_eq!(cause(rdm.require(3).unwrap_err()), missing);
    }

    #[test]
    fn conditions_are_brought_into_the_same_order() {
        let rdm = Rdm::new("x", labels(&["a", "b", "c"]), vec![1.0, 2.0, 3.0]).unwrap();
        let like = Rdm::new("y", labels(&["c", "a", "b"]), vec![0.0; 3]).unwrap();
        assert_eq!(rdm.in_order_of(&like).unwrap().dissimilarities(), [2.0, 3.0, 1.0]);
    }

    #[test]
    fn different_conditions_are_listed() {
        let rdm = Rdm::new("x", labels(&["a", "b", "c"]), vec![1.0; 3]).unwrap();
        let like = Rdm::new("y", labels(&["a", "d"]), vec![1.0]).unwrap();
        let message = rdm.in_order_of(&like).unwrap_err().to_string();
        assert_eq!(message, r#"the conditions differ: "b", "c" only in "x", "d" only in "y""#);
    }
}
