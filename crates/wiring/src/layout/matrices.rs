//! Adjacency matrices of Cook et al. 2019: names of the postsynaptic cells above, of the presynaptic ones at the side.

use neuroloom_celegans::connectome::Reading;
use neuroloom_core::{Error, Result};

use super::check;
use crate::spreadsheet::Sheet;

/// Sheet of the chemical synapses.
pub(crate) const COOK_CHEMICAL: &str = "hermaphrodite chemical";
/// Sheet of the gap junctions, each in both directions.
pub(crate) const COOK_GAP: &str = "hermaphrodite gap jn symmetric";

/// Row of the postsynaptic names and column of the presynaptic ones, from 0; before them stand groups of cells.
const NAMES: u32 = 2;

/// The cells of `sheet` with a weight as readings of the type `kind`, row by row, numbered from `first_row` on. Sums at
/// the margins, which have no name, are passed over.
///
/// # Errors
/// When the names are missing, or a weight is no number or negative.
pub(crate) fn matrix(sheet: &Sheet, kind: &str, first_row: u64) -> Result<Vec<Reading>> {
    let columns: Vec<(u32, String)> =
        sheet.row_from(NAMES, NAMES + 1).map(|(column, cell)| (column, cell.text())).collect();
    let rows: Vec<(u32, String)> = sheet
        .rows_from(NAMES + 1)
        .into_iter()
        .filter_map(|row| Some((row, sheet.text(row, NAMES)?)))
        .collect();
    if columns.is_empty() || rows.is_empty() {
        return Err(Error::data("the matrix has no names")
            .at_object(format!("sheet {:?}", sheet.name()))
            .expected("names of cells in row 3 from column D on, and in column C from row 4 on")
            .found(format!("{} and {}", columns.len(), rows.len())));
    }
    let mut readings = Vec::new();
    for (row, pre) in &rows {
        for (column, post) in &columns {
            let Some(weight) = sheet.number(*row, *column)? else { continue };
            let reading = Reading {
                row: first_row + readings.len() as u64,
                pre: pre.clone(),
                post: post.clone(),
                kind: kind.to_owned(),
                weight,
                q_value: None,
            };
            check(&reading, || sheet.place(*row, *column))?;
            readings.push(reading);
        }
    }
    Ok(readings)
}
