//! Objects of MATLAB files.

use neuroloom_core::{Error, Result};

use super::loaded::{Loaded, Matrix, NamedList};
use crate::mat;
use crate::mat5::{MatValue, SparseArray, View};
use crate::numbers::Numbers;

/// Between the name of a struct array and that of a field of all its records.
const ALL_RECORDS: &str = "(:).";
/// Items of a sparse matrix that is unfolded at most.
const MOST_ITEMS: usize = 1 << 28;

/// Reads the object at `place`.
///
/// # Errors
/// When there is none, or it is neither numbers, words nor lists of them.
pub(super) fn load(file: &mat::File, place: &str) -> Result<Loaded> {
    if let Some((records, field)) = place.split_once(ALL_RECORDS) {
        let found = file.find(&records.parse()?)?;
        let view = found.view()?;
        let fields = (0..view.structs()?.len()).map(|record| view.record_field(record, field));
        return items(&view, &fields.collect::<Result<Vec<_>>>()?);
    }
    let found = file.find(&place.parse()?)?;
    let view = found.view()?;
    match view.value() {
        MatValue::Cell(cells) => {
            let cells = (0..cells.items.len()).map(|i| view.cell(i)).collect::<Result<Vec<_>>>()?;
            items(&view, &cells)
        }
        MatValue::Char(_) => Ok(Loaded::Texts(words(&view)?)),
        _ => matrix(&view).map(Loaded::Matrix),
    }
}

/// Items that are all words, or all lists of numbers.
fn items(parent: &View<'_>, items: &[View<'_>]) -> Result<Loaded> {
    if items.iter().any(|item| matches!(item.value(), MatValue::Char(_))) {
        let texts = items.iter().map(|item| item.text().map(|text| text.trim_end().to_owned()));
        return Ok(Loaded::Texts(texts.collect::<Result<Vec<_>>>()?));
    }
    let list = |item: &View<'_>| {
        let matrix = matrix(item)?;
        // An empty cell is 0 × 0, a silent unit 1 × 0.
        if matrix.is_list() || matrix.values.is_empty() {
            return Ok(NamedList { name: None, values: matrix.values.to_f64() });
        }
        Err(item
            .error("an item is no list of numbers")
            .expected("one row or one column")
            .found(format!("{} × {}", matrix.n_rows, matrix.n_columns)))
    };
    let lists = items.iter().map(list).collect::<Result<Vec<_>>>()?;
    if lists.is_empty() {
        return Err(parent.error("there are no items"));
    }
    Ok(Loaded::Lists(lists))
}

fn words(view: &View<'_>) -> Result<Vec<String>> {
    Ok(view.chars()?.rows.iter().map(|row| row.trim_end().to_owned()).collect())
}

fn matrix(view: &View<'_>) -> Result<Matrix> {
    let made = match view.value() {
        MatValue::Logical(array) => {
            let values = Numbers::U8(array.values.iter().map(|&value| u8::from(value)).collect());
            Matrix::new(&array.shape, values, true)
        }
        MatValue::Sparse(sparse) => unfolded(sparse),
        _ => {
            let array = view.numbers()?;
            Matrix::new(&array.shape, array.values.clone(), true)
        }
    };
    made.map_err(|error| error.at_object(view.place()))
}

fn unfolded(sparse: &SparseArray) -> Result<Matrix> {
    let n = sparse.n_rows.checked_mul(sparse.n_columns).filter(|&n| n <= MOST_ITEMS).ok_or_else(|| {
        Error::data("a sparse matrix is too large to be unfolded")
            .expected(format!("at most {MOST_ITEMS} items"))
            .found(format!("{} × {}", sparse.n_rows, sparse.n_columns))
    })?;
    let mut values = vec![0.0; n];
    for column in 0..sparse.n_columns {
        for (row, value) in sparse.column(column) {
            if let Some(place) = values.get_mut(column * sparse.n_rows + row) {
                *place = value;
            }
        }
    }
    Matrix::new(&[sparse.n_rows, sparse.n_columns], Numbers::F64(values), true)
}
