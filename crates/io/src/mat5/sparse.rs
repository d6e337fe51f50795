//! Sparse matrices: row indices, column offsets, values.

use neuroloom_core::{Error, Result};

use super::element::Cursor;
use super::matrix::{Budget, Head, at};
use super::value::SparseArray;
use crate::numbers::{NumberType, Numbers};

/// Reads what follows the head of a sparse matrix.
///
/// # Errors
/// When it has other than two dimensions, its offsets decrease, or a row does not exist.
pub(super) fn read(cursor: &mut Cursor<'_>, head: &Head, budget: &mut Budget) -> Result<SparseArray> {
    let &[n_rows, n_columns] = head.shape.as_slice() else {
        return Err(Error::data("a sparse matrix has more than two dimensions")
            .at_offset(cursor.offset() as u64)
            .expected("rows × columns")
            .found(format!("extents {:?}", head.shape)));
    };
    let mut rows = indices(cursor, "the rows of a sparse matrix", budget)?;
    let column_offsets = column_offsets(cursor, n_columns, rows.len(), budget)?;
    let n = column_offsets.last().copied().unwrap_or(0);
    // MATLAB may keep room for more values than there are.
    rows.truncate(n);
    if let Some(i) = rows.iter().position(|&row| row >= n_rows) {
        return Err(Error::data("a value of a sparse matrix stands in no row")
            .at_offset(i as u64)
            .expected(format!("rows below {n_rows}"))
            .found(rows.get(i).copied().unwrap_or_default().to_string()));
    }
    let values = part(cursor, n, budget)?;
    let imaginary = if head.is_complex { Some(part(cursor, n, budget)?) } else { None };
    let is_logical = head.is_logical;
    Ok(SparseArray { n_rows, n_columns, column_offsets, row_indices: rows, values, imaginary, is_logical })
}

fn indices(cursor: &mut Cursor<'_>, what: &str, budget: &mut Budget) -> Result<Vec<usize>> {
    let element = cursor.next(what)?;
    budget.spend(element.data.len(), size_of::<usize>())?;
    let indices: Option<Vec<usize>> = element
        .numbers(cursor.endian)?
        .to_i64()?
        .into_iter()
        .map(|index| usize::try_from(index).ok())
        .collect();
    indices.ok_or_else(|| at(element, &format!("{what} are below 0")))
}

fn column_offsets(
    cursor: &mut Cursor<'_>,
    n_columns: usize,
    n_rows: usize,
    budget: &mut Budget,
) -> Result<Vec<usize>> {
    let offset = cursor.offset();
    let offsets = indices(cursor, "the column offsets of a sparse matrix", budget)?;
    let ascending = offsets.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
    let fits = offsets.first() == Some(&0) && offsets.last().is_some_and(|&last| last <= n_rows);
    if Some(offsets.len()) == n_columns.checked_add(1) && ascending && fits {
        return Ok(offsets);
    }
    Err(Error::data("the column offsets of a sparse matrix make no sense")
        .at_offset(offset as u64)
        .expected(format!("{n_columns} + 1 offsets from 0 to {n_rows} at most, none below the one before"))
        .found(format!("{} offsets, the last {}", offsets.len(), offsets.last().copied().unwrap_or(0))))
}

/// The first `n` values, of the type they are stored in unless that is a narrow one.
fn part(cursor: &mut Cursor<'_>, n: usize, budget: &mut Budget) -> Result<Numbers> {
    let element = cursor.next("the values of a sparse matrix")?;
    budget.spend(element.data.len(), size_of::<f64>())?;
    let stored = element.numbers(cursor.endian)?;
    if stored.len() < n {
        return Err(at(element, "a sparse matrix has fewer values than rows")
            .expected(n.to_string())
            .found(stored.len().to_string()));
    }
    // MATLAB's sparse matrices are double or logical; narrow types only save space.
    let wide = stored.reordered(0..n).cast(NumberType::F64);
    wide.ok_or_else(|| at(element, "the values of a sparse matrix are no numbers"))
}
