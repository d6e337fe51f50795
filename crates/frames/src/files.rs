//! Tables in files: our own, and any Parquet, CSV or TSV.

mod csv;
mod export;
mod foreign;

pub use export::{Format, without_lists, write};

use std::io::Read;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use neuroloom_core::{Error, Result, Table, files};
use neuroloom_table::{check, kinds, parquet};

/// A table and the name that a query has for it.
#[derive(Clone, Debug)]
pub struct NamedTable {
    /// Its name.
    pub name: String,
    /// The table; of kind `table` where neuroloom did not write it.
    pub table: Table,
}

/// Reads the table in the file at `path`: a Parquet file of ours (every byte is verified), another Parquet file, or a
/// text file with a line of names, separated by commas (`.csv`) or tabulators (`.tsv`, `.tab`).
///
/// # Errors
/// When the file is absent, damaged, or none of these.
pub fn read(path: &Path) -> Result<Table> {
    load(path, None)
}

/// The first `rows` rows of what [`read`] would read. The rest of a Parquet file is not looked at, nor verified.
///
/// # Errors
/// As [`read`].
pub fn head(path: &Path, rows: usize) -> Result<Table> {
    load(path, Some(rows))
}

/// Reads tables for a query. `source` is `FILE`, whose table is called like the file without its ending, or `NAME=FILE`.
/// Where there is one only, it is called `t` as well.
///
/// # Errors
/// As [`read`]; when two tables have one name.
pub fn read_named(sources: &[String]) -> Result<Vec<NamedTable>> {
    let mut tables: Vec<NamedTable> = Vec::new();
    for source in sources {
        let (name, path) = name_and_path(source);
        if tables.iter().any(|other| other.name == name) {
            return Err(Error::params(format!("two tables are called `{name}`"))
                .at_file(&path)
                .hint(format!("give one of them another name: OTHER={}", path.display())));
        }
        tables.push(NamedTable { name, table: read(&path)? });
    }
    if let [only] = tables.as_slice()
        && only.name != "t"
    {
        tables.push(NamedTable { name: "t".into(), table: only.table.clone() });
    }
    Ok(tables)
}

fn name_and_path(source: &str) -> (String, PathBuf) {
    let path = Path::new(source);
    if let Some((name, file)) =
        source.split_once('=').filter(|(name, _)| is_name(name) && !files::exists(path))
    {
        return (name.to_owned(), file.into());
    }
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    (stem, path.to_path_buf())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn load(path: &Path, rows: Option<usize>) -> Result<Table> {
    if is_parquet(path)? {
        return match (parquet::inspect(path)?.kind, rows) {
            (Some(_), None) => parquet::read(path),
            (Some(_), Some(rows)) => parquet::head(path, rows),
            (None, rows) => anonymous(path, foreign::read(path, rows)?),
        };
    }
    let separator = match ending(path).as_str() {
        "csv" => b',',
        "tsv" | "tab" => b'\t',
        _ => {
            return Err(Error::data("this is no table that can be read here")
                .at_file(path)
                .expected("Parquet, or text with the ending .csv or .tsv"));
        }
    };
    anonymous(path, csv::read(path, separator, rows)?)
}

fn anonymous(path: &Path, batch: RecordBatch) -> Result<Table> {
    if batch.num_columns() == 0 {
        return Err(Error::data("the table has no columns").at_file(path));
    }
    check(kinds::TABLE, batch).map_err(|e| e.at_file(path))
}

fn is_parquet(path: &Path) -> Result<bool> {
    let mut magic = [0; 4];
    let mut file = files::open(path)?;
    match file.read_exact(&mut magic) {
        Ok(()) => Ok(magic == *b"PAR1"),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(Error::io("read", path, &e)),
    }
}

fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}
