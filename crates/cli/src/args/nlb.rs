//! `neuroloom nlb`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

#[derive(Debug, Subcommand)]
pub enum NlbCommand {
    /// Write predicted rates in the HDF5 layout of the benchmark.
    Submission {
        #[command(flatten)]
        file: NlbFile,
        /// Table of rates, Parquet: `rates` of a model or a baseline.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        rates: PathBuf,
    },
    /// Write what submissions are scored against in the HDF5 layout of the benchmark.
    Target {
        #[command(flatten)]
        file: NlbFile,
        /// Table of reference responses, Parquet: `psth` of nlb.trials.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        psth: Option<PathBuf>,
        /// The behaviour that is decoded: `hand_vel`.
        #[arg(long, value_name = "SIGNAL")]
        behaviour: Option<String>,
    },
}

/// What both files have in common.
#[derive(Debug, Args)]
pub struct NlbFile {
    /// Table of trials, Parquet: `trials` of nlb.trials.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub trials: PathBuf,
    /// Name of the data set: `mc_maze`; the width of the bins is added to it.
    #[arg(long, value_name = "NAME")]
    pub dataset: String,
    /// The trials that stand as `eval_…` in the file.
    #[arg(long, value_enum, default_value = "valid")]
    pub split: EvalSplit,
    /// The HDF5 file to write.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EvalSplit {
    /// The validation trials.
    Valid,
    /// The test trials.
    Test,
}

impl EvalSplit {
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }
}
