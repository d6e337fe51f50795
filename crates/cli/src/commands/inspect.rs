//! `neuroloom inspect`.

use std::path::Path;

use neuroloom_io::{Format, Inspection};
use neuroloom_report::preview;
use neuroloom_table::parquet;

use super::{aligned, pretty};
use crate::failure::Failure;

pub fn inspect(file: &Path, rows: usize, json: bool) -> Result<(), Failure> {
    let inspection = neuroloom_io::inspect(file)?;
    if json {
        println!("{}", pretty(&inspection)?);
        return Ok(());
    }
    print!("{inspection}");
    if is_ours(&inspection) && rows > 0 {
        first_rows(file, rows)?;
    }
    Ok(())
}

fn is_ours(inspection: &Inspection) -> bool {
    inspection.format == Format::Parquet && inspection.recognised.is_some()
}

fn first_rows(file: &Path, rows: usize) -> Result<(), Failure> {
    let table = parquet::read(file)?;
    println!("\nverified; the first rows:");
    let schema = table.batch().schema();
    let names = schema.fields().iter().map(|field| field.name().clone()).collect();
    let preview = preview(&table, rows);
    print!("{}", aligned(&std::iter::once(names).chain(preview).collect::<Vec<_>>()));
    Ok(())
}
