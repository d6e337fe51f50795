//! `neuroloom tables`.

use std::io::{BufWriter, Write, stdout};
use std::path::Path;

use neuroloom_core::{Error, Result, Table, files};
use neuroloom_frames::describe::{ColumnDescription, describe};
use neuroloom_frames::files::{Format, head, read, read_named, without_lists, write};
use neuroloom_frames::query;
use neuroloom_report::{columns, preview};
use neuroloom_table::{check, kinds, parquet};
use serde_json::json;

use super::{aligned, pretty};
use crate::args::{ExportFormat, TablesCommand};
use crate::failure::Failure;

pub fn tables(command: &TablesCommand, json: bool) -> Result<(), Failure> {
    match command {
        TablesCommand::Head { file, rows } => show(&head(file, *rows)?, *rows, json)?,
        TablesCommand::Describe { file } => show_description(&read(file)?, json)?,
        TablesCommand::Sql { query, files, out, rows } => sql(query, files, out.as_deref(), *rows, json)?,
        TablesCommand::Export { file, to, out, explode } => {
            let table = read(file)?;
            let table = match explode {
                Some(columns) => without_lists(&table, columns)?,
                None => table,
            };
            export(&table, *to, out.as_deref()).map_err(with_option)?;
        }
    }
    Ok(())
}

fn sql(text: &str, files: &[String], out: Option<&Path>, rows: usize, json: bool) -> Result<()> {
    let named = read_named(files)?;
    let tables: Vec<_> = named.iter().map(|named| (named.name.as_str(), named.table.batch())).collect();
    let answer = check(kinds::TABLE, query(&tables, text)?)?;
    let Some(out) = out else { return show(&answer, rows, json) };
    let format = ExportFormat::of(out).ok_or_else(|| {
        Error::params("the ending of the file names no format")
            .at_file(out)
            .expected(".parquet, .csv, .tsv or .ndjson")
    })?;
    export(&answer, format, Some(out))
}

/// What the error of the library leaves open: how it is done on the command line.
fn with_option(error: Error) -> Error {
    match error.hint_text() {
        Some(hint) if hint.contains("explode") => {
            let hint = format!("{hint}: `--explode`, `--explode=COLUMN` or `--to ndjson`");
            error.hint(hint)
        }
        _ => error,
    }
}

fn export(table: &Table, to: ExportFormat, out: Option<&Path>) -> Result<()> {
    let format = match to {
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Tsv => Format::Tsv,
        ExportFormat::Ndjson => Format::Ndjson,
        ExportFormat::Parquet => {
            let needed = || Error::params("Parquet is nothing to print").hint("name a file: `--out FILE`");
            parquet::write(out.ok_or_else(needed)?, table)?;
            return Ok(());
        }
    };
    match out {
        Some(path) => files::write_atomic_checked(path, |file| {
            let mut buffered = BufWriter::new(file);
            write(table, format, &mut buffered)?;
            buffered.flush().map_err(|e| Error::io("write", path, &e))
        }),
        None => write(table, format, &mut BufWriter::new(stdout().lock())),
    }
}

fn show(table: &Table, rows: usize, json: bool) -> Result<()> {
    let columns = columns(&table.batch().schema());
    if json {
        let rows = table.batch().slice(0, rows.min(table.n_rows()));
        let mut lines = Vec::new();
        write(&check(kinds::TABLE, rows)?, Format::Ndjson, &mut lines)?;
        let rows = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let rows: Result<Vec<serde_json::Value>, _> = rows.map(serde_json::from_slice).collect();
        let rows = rows.map_err(|e| Error::internal(format!("rows are no JSON: {e}")))?;
        println!("{}", pretty(&json!({ "columns": columns, "n_rows": table.n_rows(), "rows": rows }))?);
        return Ok(());
    }
    let heading = columns.iter().map(|column| match column.unit.as_str() {
        "" | "1" => column.name.clone(),
        unit => format!("{} [{unit}]", column.name),
    });
    let lines: Vec<Vec<String>> = std::iter::once(heading.collect()).chain(preview(table, rows)).collect();
    print!("{}", aligned(&lines));
    if table.n_rows() > rows {
        println!("… {} rows in all", table.n_rows());
    }
    Ok(())
}

fn show_description(table: &Table, json: bool) -> Result<()> {
    let description = describe(table)?;
    let types = columns(&table.batch().schema());
    if json {
        let columns: Vec<_> = description
            .iter()
            .zip(&types)
            .map(|(column, of)| json!({ "type": of.data_type, "meaning": of.doc, "column": column }))
            .collect();
        let kind = table.kind();
        println!("{}", pretty(&json!({ "kind": kind, "n_rows": table.n_rows(), "columns": columns }))?);
        return Ok(());
    }
    println!("{} rows, kind {}\n", table.n_rows(), table.kind());
    let heading =
        ["column", "type", "unit", "absent", "min", "mean", "max", "std", "NaN", "different", "list lengths"];
    let rows = description.iter().zip(&types).map(|(column, of)| cells(column, &of.data_type));
    let lines: Vec<_> = std::iter::once(heading.map(str::to_owned).to_vec()).chain(rows).collect();
    print!("{}", aligned(&lines));
    Ok(())
}

fn cells(column: &ColumnDescription, data_type: &str) -> Vec<String> {
    let number = |pick: fn(&neuroloom_frames::describe::Numbers) -> Option<f64>| {
        column.numbers.as_ref().and_then(pick).map_or_else(String::new, short)
    };
    let nans = column.numbers.map_or(0, |numbers| numbers.nans);
    vec![
        column.name.clone(),
        data_type.to_owned(),
        column.unit.clone().unwrap_or_default(),
        column.nulls.to_string(),
        number(|n| Some(n.min)),
        number(|n| Some(n.mean)),
        number(|n| Some(n.max)),
        number(|n| n.std),
        if nans > 0 { nans.to_string() } else { String::new() },
        column.distinct.map_or_else(String::new, |n| n.to_string()),
        column.lengths.map_or_else(String::new, |(least, most)| format!("{least} to {most}")),
    ]
}

/// Six significant digits.
fn short(value: f64) -> String {
    let text = format!("{value:.5e}");
    text.parse::<f64>().map_or(text, |rounded| rounded.to_string())
}
