//! What an object holds, whatever format it stands in.

use neuroloom_core::{Error, Result};

use crate::numbers::Numbers;

/// An object that was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Loaded {
    /// Numbers in one or two dimensions.
    Matrix(Matrix),
    /// Words.
    Texts(Vec<String>),
    /// Lists of numbers, with the names that the file gives them.
    Lists(Vec<NamedList>),
}

/// One list of numbers of an object with several.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamedList {
    pub(super) name: Option<String>,
    pub(super) values: Vec<f64>,
}

/// Numbers, `[n_rows, n_columns]` as the program that wrote them counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix {
    pub(super) n_rows: usize,
    pub(super) n_columns: usize,
    pub(super) values: Numbers,
    /// Whether the first index runs fastest.
    pub(super) is_column_major: bool,
}

impl Matrix {
    /// A matrix of `shape`; extents of 1 beyond the second do not count. A list is one row.
    ///
    /// # Errors
    /// When it has more dimensions than two.
    pub(super) fn new(shape: &[usize], values: Numbers, is_column_major: bool) -> Result<Self> {
        let long: Vec<usize> = shape.iter().copied().filter(|&extent| extent != 1).collect();
        let (n_rows, n_columns) = match (shape, long.as_slice()) {
            ([n_rows, n_columns], _) => (*n_rows, *n_columns),
            ([n], _) | (_, [n]) => (1, *n),
            (_, []) => (1, 1),
            (_, [n_rows, n_columns]) => (*n_rows, *n_columns),
            _ => {
                return Err(Error::data("an array has too many dimensions")
                    .expected("a list or a matrix")
                    .found(shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × "))
                    .hint("movies are not read: extract traces first"));
            }
        };
        if n_rows.checked_mul(n_columns) != Some(values.len()) {
            return Err(Error::data("an array has another number of items than its extents say")
                .expected(format!("{n_rows} × {n_columns}"))
                .found(values.len().to_string()));
        }
        Ok(Self { n_rows, n_columns, values, is_column_major })
    }

    /// Whether it is one row or one column.
    pub(super) fn is_list(&self) -> bool {
        self.n_rows == 1 || self.n_columns == 1
    }

    /// The numbers of a row.
    pub(super) fn row(&self, row: usize) -> Vec<f64> {
        (0..self.n_columns).filter_map(|column| self.get(row, column)).collect()
    }

    /// The numbers of a column.
    pub(super) fn column(&self, column: usize) -> Vec<f64> {
        (0..self.n_rows).filter_map(|row| self.get(row, column)).collect()
    }

    fn get(&self, row: usize, column: usize) -> Option<f64> {
        let index =
            if self.is_column_major { column * self.n_rows + row } else { row * self.n_columns + column };
        self.values.get(index)
    }
}

impl Loaded {
    /// The numbers of a list.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn into_list(self, object: &str) -> Result<Numbers> {
        match self {
            Self::Matrix(matrix) if matrix.is_list() => Ok(matrix.values),
            other => Err(Error::data("an object is no list of numbers")
                .at_object(object)
                .expected("one row or one column of numbers")
                .found(other.describe())),
        }
    }

    /// Words, or numbers as words.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn into_names(self, object: &str) -> Result<Vec<String>> {
        match self {
            Self::Texts(texts) => Ok(texts),
            // A whole number shows itself without a fraction.
            Self::Matrix(matrix) if matrix.is_list() => {
                Ok(matrix.values.to_f64().into_iter().map(|number| number.to_string()).collect())
            }
            other => Err(Error::data("an object is no list of names")
                .at_object(object)
                .expected("words, or a list of numbers")
                .found(other.describe())),
        }
    }

    /// What it is, in words.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Matrix(matrix) => format!("numbers, {} × {}", matrix.n_rows, matrix.n_columns),
            Self::Texts(texts) => format!("{} words", texts.len()),
            Self::Lists(lists) => format!("{} lists", lists.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_are_those_of_either_order() {
        let numbers = Numbers::F64(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let c = Matrix::new(&[2, 3], numbers.clone(), false).unwrap();
        assert_eq!((c.row(1), c.column(1)), (vec![4.0, 5.0, 6.0], vec![2.0, 5.0]));
        let fortran = Matrix::new(&[2, 3], numbers.clone(), true).unwrap();
        assert_eq!((fortran.row(1), fortran.column(1)), (vec![2.0, 4.0, 6.0], vec![3.0, 4.0]));
        assert!(Matrix::new(&[1, 6, 1], numbers.clone(), true).unwrap().is_list());
        assert!(Matrix::new(&[2, 3, 2], numbers.clone(), true).is_err());
        assert!(Matrix::new(&[2, 2], numbers, true).is_err());
    }
}
