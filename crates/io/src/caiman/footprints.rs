//! Where the components lie: `estimates/A`, a sparse matrix of pixels × components.

use neuroloom_core::{Error, Result};

use super::datasets;
use crate::hdf5::File;

const FOOTPRINTS: &str = "estimates/A";
/// Extents of the field of view, in order of preference.
const EXTENTS: [&str; 3] = ["estimates/dims", "dims", "params/data/dims"];

/// Centre and size of the footprint of each component.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Footprints {
    /// Centre of mass along each dimension of the field of view (y, x, and z of a volume), pixels from 0; none of a
    /// footprint without weight.
    pub(super) centres: Vec<Vec<Option<f64>>>,
    /// Pixels with a weight other than 0.
    pub(super) sizes: Vec<i64>,
}

/// Reads the footprints of `n_components`. Pixels are numbered in Fortran order: pixel `i` of a field of view of `d1`
/// rows lies in row `i mod d1` and column `i div d1`. None where the file has no footprints or no extents.
///
/// # Errors
/// When the sparse matrix is damaged or fits neither components nor field of view.
pub(super) fn read(file: &File, n_components: usize, notes: &mut Vec<String>) -> Result<Option<Footprints>> {
    let Some(matrix) = Csc::read(file)? else {
        notes.push(format!("no {FOOTPRINTS}, so the components have no place"));
        return Ok(None);
    };
    let Some(extents) = extents(file)? else {
        notes.push("no dims of the field of view, so the components have no place".to_owned());
        return Ok(None);
    };
    let n_pixels = extents.iter().try_fold(1_u64, |product, &extent| product.checked_mul(extent));
    if n_pixels != Some(matrix.n_rows) || matrix.offsets.len() != n_components.saturating_add(1) {
        return Err(file
            .error(FOOTPRINTS, "the footprints do not fit")
            .expected(format!("{extents:?} pixels × {n_components} components"))
            .found(format!("{} × {}", matrix.n_rows, matrix.offsets.len().saturating_sub(1))));
    }
    let columns = || matrix.columns();
    let centres =
        (0..extents.len()).map(|axis| columns().map(|column| centre(&extents, axis, column)).collect());
    let size = |column: Column<'_>| column.1.iter().filter(|&&weight| weight != 0.0).count() as i64;
    Ok(Some(Footprints { centres: centres.collect(), sizes: columns().map(size).collect() }))
}

/// Extents of the field of view: rows, columns, and planes of a volume.
fn extents(file: &File) -> Result<Option<Vec<u64>>> {
    for dataset in EXTENTS {
        if let Some(extents) = datasets::list::<u64>(file, dataset)? {
            if matches!(extents.len(), 2 | 3) {
                return Ok(Some(extents));
            }
            return Err(file
                .error(dataset, "the field of view has no two or three dimensions")
                .found(format!("{extents:?}")));
        }
    }
    Ok(None)
}

/// Pixels of a component and their weights.
type Column<'a> = (&'a [u64], &'a [f64]);

/// Centre of mass along `axis`.
fn centre(extents: &[u64], axis: usize, (pixels, weights): Column<'_>) -> Option<f64> {
    let stride: u64 = extents.iter().take(axis).product();
    let extent = extents.get(axis).copied().unwrap_or(1).max(1);
    let place = |pixel: u64| (pixel / stride.max(1) % extent) as f64;
    let total: f64 = weights.iter().sum();
    let moment: f64 = pixels.iter().zip(weights).map(|(&pixel, weight)| place(pixel) * weight).sum();
    Some(moment / total).filter(|centre| centre.is_finite())
}

/// A matrix of compressed sparse columns, as scipy has it.
struct Csc {
    n_rows: u64,
    /// Column `c` has the items `offsets[c]..offsets[c + 1]`.
    offsets: Vec<usize>,
    rows: Vec<u64>,
    weights: Vec<f64>,
}

impl Csc {
    fn read(file: &File) -> Result<Option<Self>> {
        let part = |name: &str| format!("{FOOTPRINTS}/{name}");
        if file.kind(&part("data"))?.is_none() {
            return Ok(None);
        }
        let numbers = |name: &str| -> Result<Vec<u64>> {
            datasets::list(file, &part(name))?.ok_or_else(|| datasets::missing(file, &part(name)))
        };
        let weights: Vec<f64> = datasets::list(file, &part("data"))?.unwrap_or_default();
        let (rows, ends, shape) = (numbers("indices")?, numbers("indptr")?, numbers("shape")?);
        let &[n_rows, n_columns] = shape.as_slice() else {
            return Err(damaged(file, "shape", "two extents", format!("{shape:?}")));
        };
        if rows.len() != weights.len() {
            return Err(damaged(file, "indices", &format!("{} rows", weights.len()), rows.len().to_string()));
        }
        if let Some(i) = rows.iter().position(|&row| row >= n_rows) {
            let found = rows.get(i).copied().unwrap_or_default().to_string();
            return Err(damaged(file, "indices", &format!("rows below {n_rows}"), found).at_offset(i as u64));
        }
        let offsets = offsets(&ends, weights.len())
            .filter(|offsets| offsets.len() as u64 == n_columns.saturating_add(1));
        let offsets = offsets.ok_or_else(|| {
            let expected = format!("{n_columns} columns, ascending from 0 to {}", weights.len());
            damaged(file, "indptr", &expected, format!("{} ends", ends.len()))
        })?;
        Ok(Some(Self { n_rows, offsets, rows, weights }))
    }

    fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.offsets.windows(2).map(|pair| {
            let range = || pair.first().copied().unwrap_or(0)..pair.last().copied().unwrap_or(0);
            (self.rows.get(range()).unwrap_or_default(), self.weights.get(range()).unwrap_or_default())
        })
    }
}

/// `ends` as places in a list of `n`; none unless they ascend from 0 to `n`.
fn offsets(ends: &[u64], n: usize) -> Option<Vec<usize>> {
    let sound = ends.first() == Some(&0) && ends.last() == Some(&(n as u64)) && ends.is_sorted();
    sound.then(|| ends.iter().map(|&end| end as usize).collect())
}

fn damaged(file: &File, part: &str, expected: &str, found: String) -> Error {
    file.error(&format!("{FOOTPRINTS}/{part}"), "the sparse matrix of the footprints is damaged")
        .expected(expected)
        .found(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_run_down_the_columns_of_the_field_of_view() {
        // 3 rows × 4 columns: pixel 7 is row 1, column 2.
        assert_eq!(centre(&[3, 4], 0, (&[7], &[2.0])), Some(1.0));
        assert_eq!(centre(&[3, 4], 1, (&[7], &[2.0])), Some(2.0));
        assert_eq!(centre(&[3, 4], 1, (&[7, 10], &[1.0, 3.0])), Some(2.75));
        assert_eq!(centre(&[3, 4, 2], 2, (&[12 + 7], &[1.0])), Some(1.0));
        assert_eq!(centre(&[3, 4], 0, (&[7], &[0.0])), None);
    }

    #[test]
    fn ends_must_ascend_from_zero_to_the_number_of_items() {
        assert_eq!(offsets(&[0, 2, 2, 5], 5), Some(vec![0, 2, 2, 5]));
        for ends in [&[1, 5][..], &[0, 4], &[0, 6, 5], &[]] {
            assert_eq!(offsets(ends, 5), None, "{ends:?}");
        }
    }
}
