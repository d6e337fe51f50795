//! `neuroloom mds`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};

#[derive(Debug, Subcommand)]
pub enum MdsCommand {
    /// Write stimuli as files for the rig, with `stimuli.json` beside them: sizes, frame rate, side of a pixel, display levels.
    Design {
        /// Table of stimuli, Parquet: `mds_stimuli` of mds.cluster.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        stimuli: PathBuf,
        /// What to write.
        #[arg(long, value_enum, value_delimiter = ',', default_value = "npy,png")]
        formats: Vec<DesignFile>,
        /// The folder to write to.
        #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        out: PathBuf,
    },
    /// Write an encoder as a safetensors file, its layers as JSON in the file's metadata.
    Encoder {
        /// Table of an encoder, Parquet: `encoder` of mds.fit_encoder.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        encoder: PathBuf,
        /// The safetensors file to write.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DesignFile {
    /// An array of NumPy per stimulus, [channel, frame, row, column].
    Npy,
    /// A grey picture of 8 bits per stimulus, channel and frame.
    Png,
}
