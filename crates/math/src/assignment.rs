//! The assignment problem, exactly.

use ndarray::ArrayView2;

/// The cheapest assignment of rows to columns: the column of every row of `cost` `[n_rows, n_columns]`, no column twice,
/// so that the sum of `cost[[row, assignment[row]]]` is the least possible. To make a sum large, negate it.
///
/// Where there are more rows than columns, `n_columns` of the rows have a column; the others are given the distinct
/// numbers from `n_columns` on, as if columns of zeros had been added. A cost that is not finite stands for a pair
/// that is forbidden: it is chosen only where every complete assignment has as many of them.
///
/// The method is that of Kuhn and Munkres with shortest augmenting paths (Jonker and Volgenant 1987, Computing 38:325),
/// O(n_rows^2 max(n_rows, n_columns)). Among assignments of the same cost the choice depends on the costs alone.
///
/// ```
/// use ndarray::array;
/// use neuroloom_math::assignment;
///
/// let cost = array![[4.0, 1.0, 3.0], [2.0, 0.0, 5.0]];
/// assert_eq!(assignment(cost.view()), [1, 0]);
/// ```
pub fn assignment(cost: ArrayView2<'_, f64>) -> Vec<usize> {
    let (n_rows, n_columns) = cost.dim();
    let forbidden = price_of_the_forbidden(cost);
    let price = |row: usize, column: usize| match cost.get([row, column]) {
        Some(&cost) if cost.is_finite() => cost,
        Some(_) => forbidden,
        None => 0.0,
    };
    let mut matching = Matching::new(n_rows, n_columns.max(n_rows));
    for row in 0..n_rows {
        matching.place(row, price);
    }
    matching.column_of_row()
}

/// More than any assignment without forbidden pairs can differ from another.
fn price_of_the_forbidden(cost: ArrayView2<'_, f64>) -> f64 {
    let finite = || cost.iter().copied().filter(|cost| cost.is_finite());
    let (least, most) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    most + (most - least) * cost.nrows() as f64 + 1.0
}

/// A partial matching with the prices of rows and columns under which each matched pair costs nothing and no pair less.
struct Matching {
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    row_of_column: Vec<Option<usize>>,
}

impl Matching {
    fn new(n_rows: usize, n_columns: usize) -> Self {
        Self {
            row_price: vec![0.0; n_rows],
            column_price: vec![0.0; n_columns],
            row_of_column: vec![None; n_columns],
        }
    }

    /// Matches `row`, and the rows before it anew where that is cheaper: Dijkstra's search over reduced costs for the
    /// shortest path to a column that is free.
    fn place(&mut self, row: usize, cost: impl Fn(usize, usize) -> f64) {
        let n_columns = self.row_of_column.len();
        let mut distance = vec![f64::INFINITY; n_columns];
        let mut came_from: Vec<Option<usize>> = vec![None; n_columns];
        let mut reached = vec![false; n_columns];
        let mut path: Vec<(usize, f64)> = Vec::new();
        let (mut from, mut from_column, mut length) = (row, None, 0.0);
        loop {
            let mut nearest = None;
            for column in (0..n_columns).filter(|&column| !reached[column]) {
                let step = cost(from, column) - self.row_price[from] - self.column_price[column];
                if length + step < distance[column] {
                    distance[column] = length + step;
                    came_from[column] = from_column;
                }
                if nearest.is_none_or(|nearest: usize| distance[column] < distance[nearest]) {
                    nearest = Some(column);
                }
            }
            // There are at least as many columns as rows, so that one is free.
            let Some(column) = nearest else { return };
            length = distance[column];
            match self.row_of_column[column] {
                Some(next) => {
                    reached[column] = true;
                    path.push((column, length));
                    (from, from_column) = (next, Some(column));
                }
                None => {
                    self.reprice(row, &path, length);
                    self.augment(row, column, &came_from);
                    return;
                }
            }
        }
    }

    /// Moves the prices so that the path that was found costs nothing.
    fn reprice(&mut self, row: usize, path: &[(usize, f64)], length: f64) {
        self.row_price[row] += length;
        for &(column, distance) in path {
            self.column_price[column] -= length - distance;
            if let Some(matched) = self.row_of_column[column] {
                self.row_price[matched] += length - distance;
            }
        }
    }

    /// Shifts the rows along the path by one column each.
    fn augment(&mut self, row: usize, free: usize, came_from: &[Option<usize>]) {
        let mut column = free;
        while let Some(before) = came_from[column] {
            self.row_of_column[column] = self.row_of_column[before];
            column = before;
        }
        self.row_of_column[column] = Some(row);
    }

    fn column_of_row(&self) -> Vec<usize> {
        let mut columns = vec![0; self.row_price.len()];
        for (column, row) in self.row_of_column.iter().enumerate() {
            if let Some(row) = *row {
                columns[row] = column;
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    /// The least cost over all assignments of the rows from `row` on to columns that are not `taken`.
    fn least_cost(cost: &Array2<f64>, row: usize, taken: &mut Vec<bool>) -> f64 {
        if row == cost.nrows() {
            return 0.0;
        }
        let mut least = f64::INFINITY;
        for column in 0..taken.len() {
            if !taken[column] {
                taken[column] = true;
                let here = cost.get([row, column]).copied().unwrap_or(0.0);
                least = least.min(here + least_cost(cost, row + 1, taken));
                taken[column] = false;
            }
        }
        least
    }

    fn total(cost: &Array2<f64>, columns: &[usize]) -> f64 {
        columns.iter().enumerate().filter_map(|(row, &column)| cost.get([row, column])).sum()
    }

    fn matrices() -> impl Strategy<Value = Array2<f64>> {
        (0_usize..6, 0_usize..7).prop_flat_map(|(rows, columns)| {
            // Few different values, so that ties are common.
            let values = proptest::collection::vec((-8_i32..8).prop_map(f64::from), rows * columns);
            values.prop_map(move |values| Array2::from_shape_vec((rows, columns), values).unwrap())
        })
    }

    proptest! {
        #[test]
        fn no_assignment_costs_less(cost in matrices()) {
            let columns = assignment(cost.view());
            let wide = cost.ncols().max(cost.nrows());
            let mut sorted = columns.clone();
            sorted.sort_unstable();
            sorted.dedup();
            prop_assert_eq!(sorted.len(), cost.nrows());
            prop_assert!(sorted.iter().all(|&column| column < wide));
            prop_assert_eq!(total(&cost, &columns), least_cost(&cost, 0, &mut vec![false; wide]));
        }
    }

    #[test]
    fn a_permutation_is_found_among_a_hundred_rows() {
        let n = 100;
        let cost = Array2::from_shape_fn((n, n), |(row, column)| {
            let noise = ((row * 31 + column * 17) % 97) as f64 / 100.0;
            if column == (row * 7 + 3) % n { 0.0 } else { 1.0 + noise }
        });
        assert!(assignment(cost.view()).iter().enumerate().all(|(row, &column)| column == (row * 7 + 3) % n));
    }

    #[test]
    fn forbidden_pairs_are_avoided_where_they_can_be() {
        let cost = ndarray::array![[f64::NAN, 5.0], [1.0, f64::INFINITY]];
        assert_eq!(assignment(cost.view()), [1, 0]);
        let all = Array2::from_elem((2, 2), f64::NAN);
        assert_eq!(assignment(all.view()).len(), 2);
    }
}
