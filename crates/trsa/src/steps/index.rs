//! The index of RDMs as rows and as a table.

use neuroloom_core::{Result, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

/// Where an RDM comes from and how it was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndexRow {
    pub rdm_id: String,
    pub recording: Option<String>,
    pub subject: Option<String>,
    pub region: Option<String>,
    pub time_s: Option<f64>,
    pub measure: String,
    pub unit: String,
    pub n_conditions: usize,
    pub n_channels: Option<usize>,
    pub n_folds: Option<usize>,
}

/// The rows of an index table.
///
/// # Errors
/// When a column is absent or has another type.
pub fn read_index(table: &Table) -> Result<Vec<IndexRow>> {
    let text = |name: &str| table.text(name);
    let (rdm_id, recording) = (text("rdm_id")?, text("recording_id")?);
    let (subject, region, time_s) = (text("subject")?, text("region")?, table.numbers("time_s")?);
    let (measure, unit) = (text("measure")?, text("dissimilarity_unit")?);
    let count = |name: &str, row: usize| -> Result<Option<usize>> {
        Ok(table.numbers(name)?.get(row).map(|count| count as usize))
    };
    let row = |row: usize| -> Result<IndexRow> {
        Ok(IndexRow {
            rdm_id: rdm_id.get_or_empty(row).to_owned(),
            recording: recording.get(row).map(str::to_owned),
            subject: subject.get(row).map(str::to_owned),
            time_s: time_s.get(row),
            region: region.get(row).map(str::to_owned),
            measure: measure.get_or_empty(row).to_owned(),
            unit: unit.get_or_empty(row).to_owned(),
            n_conditions: count("n_conditions", row)?.unwrap_or(0),
            n_channels: count("n_channels", row)?,
            n_folds: count("n_folds", row)?,
        })
    };
    (0..table.n_rows()).map(row).collect()
}

/// The index as a table.
///
/// # Errors
/// When it does not fit the schema.
pub fn index_table(rows: &[IndexRow]) -> Result<Table> {
    let counts = |of: fn(&IndexRow) -> Option<usize>| rows.iter().map(move |row| of(row).map(|n| n as i64));
    TableBuilder::new(kinds::RDM_INDEX)
        .text("rdm_id", rows.iter().map(|row| &row.rdm_id))
        .optional_text("recording_id", rows.iter().map(|row| row.recording.as_ref()))
        .optional_text("subject", rows.iter().map(|row| row.subject.as_ref()))
        .optional_text("region", rows.iter().map(|row| row.region.as_ref()))
        .optional_numbers("time_s", rows.iter().map(|row| row.time_s))
        .text("measure", rows.iter().map(|row| &row.measure))
        .text("dissimilarity_unit", rows.iter().map(|row| &row.unit))
        .integers("n_conditions", rows.iter().map(|row| row.n_conditions as i64))
        .optional_integers("n_channels", counts(|row| row.n_channels))
        .optional_integers("n_folds", counts(|row| row.n_folds))
        .finish()
}
