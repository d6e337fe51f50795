//! Sparse tensors from rows of entries.

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use crate::tensor::{MAX_MODES, SparseTensor};

const INDICES: [&str; MAX_MODES] = ["index_0", "index_1", "index_2", "index_3"];
/// Places of a mode at most, where no labels say how many there are: factors are dense.
const MAX_PLACES: i64 = 10_000_000;

/// The tensor of the table; its shape that of `lengths`, otherwise one more than the largest index of every mode.
pub(super) fn read(table: &Table, lengths: Option<Vec<usize>>) -> Result<SparseTensor> {
    if table.n_rows() == 0 {
        return Err(Error::data("tensor_entries table: there are no entries").expected("at least one row"));
    }
    let mut columns = Vec::new();
    for name in INDICES {
        let column = table.integers(name)?;
        let nulls = column.iter().filter(Option::is_none).count();
        if nulls == table.n_rows() {
            break;
        }
        if nulls > 0 {
            return Err(Error::data("tensor_entries table: an index is absent in some rows")
                .at_object(name)
                .found(format!("{nulls} of {} rows without", table.n_rows())));
        }
        if let Some((row, index)) =
            column.values().iter().enumerate().find(|(_, index)| !(0..MAX_PLACES).contains(*index))
        {
            return Err(Error::data("tensor_entries table: an index is out of range")
                .at_object(name)
                .at_offset(row as u64)
                .expected(format!("0 to {}", MAX_PLACES - 1))
                .found(index.to_string()));
        }
        columns.push(column);
    }
    let found: Vec<usize> = columns
        .iter()
        .map(|column| column.values().iter().max().map_or(0, |index| *index as usize + 1))
        .collect();
    let shape = lengths.unwrap_or(found);
    let values = table.numbers("value")?;
    let entries = (0..table.n_rows())
        .map(|row| {
            let index =
                std::array::from_fn(|mode| columns.get(mode).map_or(0, |column| column.value(row) as u32));
            (index, values.get(row).unwrap_or(f64::NAN))
        })
        .collect();
    Ok(SparseTensor::new(shape, entries)?)
}
