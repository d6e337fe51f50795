//! Assignment of rows to columns (Kuhn 1955, Munkres 1957), by shortest augmenting paths in O(rows² · columns).

/// The column of each row such that the sum of `gains` is largest and no column has two rows; among equals the same
/// one always. There must be as many columns as rows or more, in all rows.
pub(crate) fn best_assignment(gains: &[Vec<f64>]) -> Vec<usize> {
    let (rows, columns) = (gains.len(), gains.first().map_or(0, Vec::len));
    let mut search = Search {
        gains,
        row_potential: vec![0.0; rows + 1],
        column_potential: vec![0.0; columns + 1],
        row_of: vec![FREE; columns + 1],
    };
    for row in 0..rows {
        search.add(row);
    }
    let mut column_of = vec![0; rows];
    for (column, &row) in search.row_of[..columns].iter().enumerate() {
        if row != FREE {
            column_of[row] = column;
        }
    }
    column_of
}

const FREE: usize = usize::MAX;

struct Search<'a> {
    gains: &'a [Vec<f64>],
    row_potential: Vec<f64>,
    column_potential: Vec<f64>,
    /// The row of each column; the last column is where the row to be added waits.
    row_of: Vec<usize>,
}

impl Search<'_> {
    fn add(&mut self, row: usize) {
        let columns = self.row_of.len() - 1;
        let mut slack = vec![f64::INFINITY; columns];
        let mut from = vec![columns; columns];
        let mut reached = vec![false; columns + 1];
        let mut column = columns;
        self.row_of[column] = row;
        while self.row_of[column] != FREE {
            reached[column] = true;
            column = self.reach(column, &mut slack, &mut from, &mut reached);
        }
        while column != columns {
            let before = from[column];
            self.row_of[column] = self.row_of[before];
            column = before;
        }
        self.row_of[columns] = FREE;
    }

    /// Adds the nearest column to those that alternating paths reach, and says which.
    fn reach(&mut self, column: usize, slack: &mut [f64], from: &mut [usize], reached: &mut [bool]) -> usize {
        let row = self.row_of[column];
        let mut nearest = (f64::INFINITY, 0);
        for next in 0..slack.len() {
            if reached[next] {
                continue;
            }
            let reduced = -self.gains[row][next] - self.row_potential[row] - self.column_potential[next];
            if reduced < slack[next] {
                (slack[next], from[next]) = (reduced, column);
            }
            if slack[next] < nearest.0 {
                nearest = (slack[next], next);
            }
        }
        for (at, &reached) in reached.iter().enumerate() {
            if reached {
                self.row_potential[self.row_of[at]] += nearest.0;
                self.column_potential[at] -= nearest.0;
            } else if let Some(slack) = slack.get_mut(at) {
                *slack -= nearest.0;
            }
        }
        nearest.1
    }
}

#[cfg(test)]
mod tests {
    use neuroloom_core::Seed;
    use rand::Rng;

    use super::*;

    /// The largest sum by trying all.
    fn exhaustive(gains: &[Vec<f64>], row: usize, used: &mut Vec<bool>) -> f64 {
        if row == gains.len() {
            return 0.0;
        }
        let mut best = f64::NEG_INFINITY;
        for column in 0..used.len() {
            if !used[column] {
                used[column] = true;
                best = best.max(gains[row][column] + exhaustive(gains, row + 1, used));
                used[column] = false;
            }
        }
        best
    }

    #[test]
    fn the_best_assignment_is_that_of_an_exhaustive_search() {
        let mut random = Seed::root(5).rng();
        for size in 0..200_usize {
            let (rows, columns) = (1 + size % 5, 1 + size % 5 + size % 3);
            let gain = |_| f64::from(random.next_u32() % 20);
            let flat: Vec<f64> = (0..rows * columns).map(gain).collect();
            let gains: Vec<Vec<f64>> = flat.chunks(columns).map(<[f64]>::to_vec).collect();
            let found = best_assignment(&gains);
            let mut distinct = found.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), rows);
            let sum: f64 = found.iter().zip(&gains).map(|(&column, row)| row[column]).sum();
            assert_eq!(sum, exhaustive(&gains, 0, &mut vec![false; columns]));
        }
    }

    #[test]
    fn nothing_is_assigned_to_nothing() {
        assert!(best_assignment(&[]).is_empty());
    }
}
