//! Factors of a model and the small matrices that are made of them.

use ndarray::{Array2, ArrayView1, Zip};

/// The factor of one mode `[n_places, rank]`.
pub type Factor = Array2<f64>;

/// `U' U` `[rank, rank]`.
pub fn gram(factor: &Factor) -> Factor {
    let mut gram = factor.t().dot(factor);
    mirror(&mut gram);
    gram
}

/// Adds `u u'` to the upper triangle of `gram`.
pub(crate) fn add_outer(gram: &mut Factor, u: ArrayView1<'_, f64>) {
    for (p, mut row) in gram.rows_mut().into_iter().enumerate() {
        let weight = u[p];
        for (sum, &value) in row.iter_mut().zip(u).skip(p) {
            *sum += weight * value;
        }
    }
}

/// Copies the upper triangle to the lower one.
pub(crate) fn mirror(gram: &mut Factor) {
    for p in 0..gram.nrows() {
        for q in 0..p {
            gram[[p, q]] = gram[[q, p]];
        }
    }
}

/// The entrywise product of the Gram matrices of all modes but `mode`: `G_n` of the normal equations.
pub(crate) fn gram_of_others(factors: &[Factor], mode: usize) -> Factor {
    let rank = factors.first().map_or(0, Factor::ncols);
    let others = factors.iter().enumerate().filter(|(other, _)| *other != mode);
    others.fold(Array2::ones((rank, rank)), |product, (_, factor)| product * gram(factor))
}

/// `<A, B>`, the sum of entrywise products.
pub(crate) fn inner(a: &Factor, b: &Factor) -> f64 {
    Zip::from(a).and(b).fold(0.0, |sum, a, b| sum + a * b)
}

/// `|model|^2 = 1' (U_1' U_1 o ... o U_N' U_N) 1`.
pub fn model_squared_norm(factors: &[Factor]) -> f64 {
    gram_of_others(factors, factors.len()).sum()
}

/// 2-norm of every column.
pub(crate) fn column_norms(factor: &Factor) -> Vec<f64> {
    factor.columns().into_iter().map(|column| column.dot(&column).sqrt()).collect()
}

/// A model in normal form: columns of length 1, weights descending.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// One factor `[n_places, rank]` per mode, columns of 2-norm 1 (0 for components that vanished).
    pub factors: Vec<Factor>,
    /// Weights of the components, descending.
    pub lambda: Vec<f64>,
}

impl Model {
    /// The normal form of `factors`: every column divided by its norm, the product of the norms as weight.
    pub fn from_factors(factors: &[Factor]) -> Self {
        let rank = factors.first().map_or(0, Factor::ncols);
        let norms: Vec<Vec<f64>> = factors.iter().map(column_norms).collect();
        let weight = |component: usize| norms.iter().map(|norms| norms[component]).product::<f64>();
        let mut order: Vec<usize> = (0..rank).collect();
        order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
        let unit = |(factor, norms): (&Factor, &Vec<f64>)| {
            Array2::from_shape_fn(factor.dim(), |(place, component)| {
                let source = order[component];
                if norms[source] > 0.0 { factor[[place, source]] / norms[source] } else { 0.0 }
            })
        };
        Self {
            factors: factors.iter().zip(&norms).map(unit).collect(),
            lambda: order.iter().map(|&component| weight(component)).collect(),
        }
    }

    /// Components.
    pub fn rank(&self) -> usize {
        self.lambda.len()
    }

    /// Components whose weight is not 0.
    pub fn effective_rank(&self) -> usize {
        self.lambda.iter().filter(|lambda| **lambda > 0.0).count()
    }

    /// The factors with the weights in the first mode.
    pub fn weighted_factors(&self) -> Vec<Factor> {
        let mut factors = self.factors.clone();
        if let Some(first) = factors.first_mut() {
            for (mut column, lambda) in first.columns_mut().into_iter().zip(&self.lambda) {
                column *= *lambda;
            }
        }
        factors
    }
}

/// Factors as bytes: shapes and entries.
pub(crate) mod serial {
    use ndarray::Array2;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use super::Factor;

    pub(crate) fn serialize<S: Serializer>(factors: &[Factor], serializer: S) -> Result<S::Ok, S::Error> {
        let parts: Vec<(usize, usize, Vec<f64>)> = factors
            .iter()
            .map(|factor| (factor.nrows(), factor.ncols(), factor.iter().copied().collect()))
            .collect();
        parts.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Factor>, D::Error> {
        let parts = Vec::<(usize, usize, Vec<f64>)>::deserialize(deserializer)?;
        let factor = |(rows, columns, values)| Array2::from_shape_vec((rows, columns), values);
        parts.into_iter().map(|part| factor(part).map_err(de::Error::custom)).collect()
    }
}
