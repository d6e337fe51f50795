//! A finished run, opened.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, StoredParts, Table, files};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::{Manifest, TableRecord};
use neuroloom_table::parquet::PartsFile;

use crate::export::{INPUTS, RESULTS};
use crate::record;

/// A run that is complete.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where it lies.
    pub folder: RunFolder,
    /// What it read, did and gave.
    pub manifest: Manifest,
    /// The pipeline as one file; none where the run was made before that was kept.
    pub pipeline: Option<String>,
}

impl Run {
    /// Opens the run in the folder `path`, or what was exported of one.
    ///
    /// # Errors
    /// When there is no complete run in it, or its manifest is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let folder = RunFolder::new(path);
        let manifest = Manifest::read(&folder.manifest())?.ok_or_else(|| {
            Error::params("there is no complete run in this folder")
                .at_file(path)
                .expected("a manifest.json, which a run writes when it is complete")
                .hint("give the folder that `neuroloom run --out` wrote to (results/NAME by default)")
        })?;
        let pipeline = record::pipeline_text(&folder, manifest.fingerprint)?;
        Ok(Self { folder, manifest, pipeline })
    }

    /// Where the file of `table` lies: in the run's folder, or among the results of an export.
    pub fn file(&self, table: &TableRecord) -> PathBuf {
        let root = self.folder.root();
        let is_export = files::is_file(&root.join(INPUTS));
        if is_export { root.join(RESULTS).join(&table.file) } else { root.join(&table.file) }
    }

    /// The table of a task, every byte verified, and that it is the one which the manifest records.
    ///
    /// # Errors
    /// When the file is absent, damaged, or another one.
    pub fn table(&self, table: &TableRecord) -> Result<Table> {
        let path = self.file(table);
        let parts = PartsFile::open(&path)?;
        if parts.digest() != table.digest {
            return Err(Error::data("this is not the table that the run wrote")
                .at_file(&path)
                .expected(format!("the BLAKE3 of the manifest, {}", table.digest))
                .found(parts.digest().to_string())
                .hint("run the pipeline again: the table is put back from the store"));
        }
        neuroloom_table::whole(&parts).map_err(|e| e.at_file(path))
    }
}
