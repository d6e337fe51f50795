//! `neuroloom tables`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};

#[derive(Debug, Subcommand)]
pub enum TablesCommand {
    /// Show the first rows of a table; long lists are cut short.
    Head {
        /// A Parquet, CSV or TSV file.
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Rows to show.
        #[arg(short = 'n', long, default_value_t = 10)]
        rows: usize,
    },
    /// Describe every column: unit, absent values, range, mean, different texts, lengths of lists.
    Describe {
        /// A Parquet, CSV or TSV file.
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Answer an SQL query over tables, which are called like their files without the ending.
    Sql {
        /// A SELECT. A single table is called `t` as well.
        query: String,
        /// Parquet, CSV or TSV files; NAME=FILE gives a table another name.
        #[arg(required = true, value_hint = ValueHint::FilePath)]
        files: Vec<String>,
        /// Write the answer to a file: .parquet, .csv, .tsv or .ndjson.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: Option<PathBuf>,
        /// Rows to show.
        #[arg(short = 'n', long, default_value_t = 50)]
        rows: usize,
    },
    /// Write a table for other programs, to standard output or a file.
    Export {
        /// A Parquet, CSV or TSV file.
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// The format.
        #[arg(long, value_enum)]
        to: ExportFormat,
        /// The file to write; Parquet needs one.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: Option<PathBuf>,
        /// Give every item of these lists a row, with its time; without names, of all lists. Other lists are left out.
        #[arg(long, value_name = "COLUMN,…", num_args = 0.., require_equals = true, value_delimiter = ',')]
        explode: Option<Vec<String>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Values separated by commas.
    Csv,
    /// Values separated by tabulators.
    Tsv,
    /// A JSON object per line, lists included.
    Ndjson,
    /// A table that verifies itself, for every program that reads Parquet.
    Parquet,
}

impl ExportFormat {
    /// The format that the ending of `file` names.
    pub fn of(file: &std::path::Path) -> Option<Self> {
        let ending = file.extension()?.to_str()?.to_ascii_lowercase();
        let all =
            [("csv", Self::Csv), ("tsv", Self::Tsv), ("ndjson", Self::Ndjson), ("parquet", Self::Parquet)];
        all.into_iter().find(|(name, _)| *name == ending).map(|(_, format)| format)
    }
}
