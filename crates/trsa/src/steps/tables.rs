//! RDMs as a table and back.

use std::collections::HashMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

use crate::{Rdm, n_pairs, pairs};

/// Bytes of a row of an RDM table while it is built.
pub const BYTES_PER_ROW: u64 = 120;

/// The RDMs as a long table, one row per pair. `units` has one per RDM.
///
/// # Errors
/// When it does not fit the schema.
pub fn rdms_table<U: AsRef<str>>(rdms: &[Rdm], units: &[U]) -> Result<Table> {
    let rows = || rdms.iter().flat_map(|rdm| pairs(rdm.n_conditions()).map(move |pair| (rdm, pair)));
    TableBuilder::new(kinds::RDMS)
        .text("rdm_id", rows().map(|(rdm, _)| rdm.name()))
        .integers("i", rows().map(|(_, (i, _))| i as i64))
        .integers("j", rows().map(|(_, (_, j))| j as i64))
        .text("condition_i", rows().map(|(rdm, (i, _))| &rdm.conditions()[i]))
        .text("condition_j", rows().map(|(rdm, (_, j))| &rdm.conditions()[j]))
        .numbers("dissimilarity", rdms.iter().flat_map(|rdm| rdm.dissimilarities().iter().copied()))
        .text(
            "dissimilarity_unit",
            rdms.iter()
                .zip(units)
                .flat_map(|(rdm, unit)| std::iter::repeat_n(unit, rdm.dissimilarities().len())),
        )
        .finish()
}

/// The RDMs of a table, in the order of their first rows.
///
/// # Errors
/// A pair with `i >= j`, one that is missing or stands twice, an index with two labels, and what [`Rdm::new`] refuses.
pub fn read_rdms(table: &Table) -> Result<Vec<Rdm>> {
    let ids = table.text("rdm_id")?;
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut rows_of: Vec<(&str, Vec<usize>)> = Vec::new();
    for row in 0..table.n_rows() {
        let id = ids.get_or_empty(row);
        let place = *places.entry(id).or_insert_with(|| {
            rows_of.push((id, Vec::new()));
            rows_of.len() - 1
        });
        rows_of[place].1.push(row);
    }
    if rows_of.is_empty() {
        return Err(Error::data("rdms table: there are no RDMs").expected("at least one row"));
    }
    rows_of.into_iter().map(|(id, rows)| read_rdm(table, id, &rows)).collect()
}

/// The unit of every RDM of a table, in the order of their first rows.
///
/// # Errors
/// When a column is absent or an RDM has two units.
pub fn read_units(table: &Table) -> Result<Vec<String>> {
    let (ids, units) = (table.text("rdm_id")?, table.text("dissimilarity_unit")?);
    let mut known: HashMap<&str, &str> = HashMap::new();
    let mut found = Vec::new();
    for row in 0..table.n_rows() {
        let (id, unit) = (ids.get_or_empty(row), units.get_or_empty(row));
        let first = *known.entry(id).or_insert_with(|| {
            found.push(unit.to_owned());
            unit
        });
        if first != unit {
            return Err(Error::data("rdms table: an RDM has two units")
                .at_object(id)
                .at_offset(row as u64)
                .expected(first)
                .found(unit));
        }
    }
    Ok(found)
}

fn read_rdm(table: &Table, id: &str, rows: &[usize]) -> Result<Rdm> {
    let wrong = |message: String| Error::data(format!("rdms table: {message}")).at_object(id);
    let (firsts, seconds) = (table.integers("i")?, table.integers("j")?);
    let values = table.numbers("dissimilarity")?;
    let mut entries = Vec::with_capacity(rows.len());
    for &row in rows {
        let (i, j) = (firsts.value(row), seconds.value(row));
        match (usize::try_from(i), usize::try_from(j)) {
            (Ok(i), Ok(j)) if i < j => entries.push((i, j, row)),
            _ => {
                let error = wrong("a pair is not in the upper triangle".into()).at_offset(row as u64);
                return Err(error.expected("0 <= i < j").found(format!("i = {i}, j = {j}")));
            }
        }
    }
    entries.sort_unstable();
    // The triangle of k conditions has k (k - 1) / 2 pairs: the number of rows alone gives k.
    let n_conditions = (((8.0 * rows.len() as f64 + 1.0).sqrt() + 1.0) / 2.0).round() as usize;
    let complete = n_pairs(n_conditions) == rows.len()
        && pairs(n_conditions).eq(entries.iter().map(|&(i, j, _)| (i, j)));
    if !complete {
        return Err(wrong("pairs are missing or stand twice".into())
            .expected("every pair i < j of the conditions once")
            .found(format!("{} rows", rows.len())));
    }
    let conditions = read_labels(table, n_conditions, &entries).map_err(|error| error.at_object(id))?;
    let dissimilarities = entries.iter().map(|&(_, _, row)| values.get(row).unwrap_or(f64::NAN)).collect();
    Ok(Rdm::new(id, conditions, dissimilarities)?)
}

fn read_labels(table: &Table, n_conditions: usize, entries: &[(usize, usize, usize)]) -> Result<Vec<String>> {
    let (firsts, seconds) = (table.text("condition_i")?, table.text("condition_j")?);
    let mut labels: Vec<Option<&str>> = vec![None; n_conditions];
    for &(i, j, row) in entries {
        for (place, label) in [(i, firsts.get_or_empty(row)), (j, seconds.get_or_empty(row))] {
            let known = *labels[place].get_or_insert(label);
            if known != label {
                return Err(Error::data(format!("rdms table: condition {place} has two labels"))
                    .at_offset(row as u64)
                    .expected(format!("{known:?}"))
                    .found(format!("{label:?}")));
            }
        }
    }
    Ok(labels.into_iter().map(|label| label.unwrap_or_default().to_owned()).collect())
}
