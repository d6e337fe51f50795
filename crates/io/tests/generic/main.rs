//! Files in any layout: tables, arrays, MATLAB files of either version, and what `inspect` says of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking"
)]

#[path = "../readers/numpy.rs"]
mod numpy;

mod array;
mod channels;
mod inspect;
mod mat;
mod rdms;
mod table;
mod table_parquet;

use std::path::{Path, PathBuf};

use neuroloom_core::files;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A folder with one file in it.
fn folder_with(name: &str, bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files::write_bytes(&folder.path().join(name), bytes).unwrap();
    folder
}
