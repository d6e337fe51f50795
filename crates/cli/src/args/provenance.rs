//! `neuroloom diff` and `neuroloom export`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The folder of the first run, or what was exported of one.
    #[arg(value_hint = ValueHint::DirPath)]
    pub run_a: PathBuf,
    /// The folder of the second run, or what was exported of one.
    #[arg(value_hint = ValueHint::DirPath)]
    pub run_b: PathBuf,
}

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The run's folder.
    #[arg(value_hint = ValueHint::DirPath, required_unless_present = "check", requires = "to")]
    pub run: Option<PathBuf>,
    /// Folder to make, or an archive by its ending: .tar.gz or .tgz.
    #[arg(long, value_name = "DIR_OR_FILE", value_hint = ValueHint::AnyPath)]
    pub to: Option<PathBuf>,
    /// With the source files.
    #[arg(long)]
    pub with_data: bool,
    /// With the tables and figures.
    #[arg(long)]
    pub with_results: bool,
    /// Folder of the pipeline file, where it is not where it was when it ran.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub base: Option<PathBuf>,
    /// Instead: say whether the sources that an exported run needs are beside it, and the right ones.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath,
        conflicts_with_all = ["run", "to", "with_data", "with_results", "base"])]
    pub check: Option<PathBuf>,
}
