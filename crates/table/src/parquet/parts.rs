//! Tables that are written and read a part at a time: a part is a row group of the file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use ::parquet::errors::Result as ParquetResult;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use neuroloom_core::files::{self, File, StagedFile};
use neuroloom_core::{Digest, Error, Result, StoredParts, Table, TableKind, TableParts};

use super::source::Source;
use super::{digest, joined, kind_of, known_kind, load_metadata, not_ours, properties};
use crate::columns::SortKey;
use crate::{Columns, spec};

/// Writes a table part by part into a temporary file.
///
/// The finished file is one that [`read`](super::read) reads whole and [`PartsFile`] by parts. The same parts give
/// the same bytes.
#[derive(Debug)]
pub struct PartsWriter {
    staged: StagedFile,
    kind: TableKind,
    /// None before the first part: it says which types the columns have.
    writer: Option<ArrowWriter<File>>,
    /// The last row so far.
    last: Option<RecordBatch>,
}

impl PartsWriter {
    /// A table of `kind` without rows, in a temporary file in `folder`.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn new(folder: &Path, kind: TableKind) -> Result<Self> {
        Ok(Self { staged: StagedFile::new(folder)?, kind, writer: None, last: None })
    }

    /// Appends the rows of `part`. One without rows leaves no trace.
    ///
    /// # Errors
    /// An internal error where the part is of another kind, has other columns than the first one, or begins before the
    /// end of the one before by the key of the kind; or when the operating system refuses.
    pub fn append(&mut self, part: &Table) -> Result<()> {
        let n_rows = part.n_rows();
        if n_rows == 0 {
            return Ok(());
        }
        self.check(part)?;
        self.writer(&part.batch().schema())?;
        let writer = self.writer.as_mut().ok_or_else(|| Error::internal("a writer was lost"))?;
        let written = writer.write(part.batch()).and_then(|()| writer.flush());
        written.map_err(|e| write_error(self.staged.path(), e))?;
        self.last = Some(part.batch().slice(n_rows - 1, 1));
        Ok(())
    }

    /// Seals the file and reads it back.
    ///
    /// # Errors
    /// When the operating system refuses, or what was written does not read back.
    pub fn finish(mut self) -> Result<PartsFile> {
        if self.writer.is_none() {
            self.writer(&spec(self.kind)?.arrow())?;
        }
        let path = self.staged.path().to_path_buf();
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(|e| write_error(&path, e))?;
        }
        digest::seal(self.staged.file()).map_err(|e| Error::io("write", &path, &e))?;
        let digest = digest::verify(self.staged.file(), &path)?;
        PartsFile::new(path, digest, Some(self.staged))
    }

    fn writer(&mut self, schema: &SchemaRef) -> Result<()> {
        if self.writer.is_none() {
            let file = self.staged.file().try_clone();
            let file = file.map_err(|e| Error::io("write", self.staged.path(), &e))?;
            let opened = properties(self.kind)
                .and_then(|properties| ArrowWriter::try_new(file, Arc::clone(schema), Some(properties)));
            self.writer = Some(opened.map_err(|e| write_error(self.staged.path(), e))?);
        }
        Ok(())
    }

    fn check(&self, part: &Table) -> Result<()> {
        let kind = self.kind;
        let broken = |what: &str| Err(Error::internal(format!("a part of the {kind} table {what}")));
        if part.kind() != kind {
            return broken(&format!("is a {} table", part.kind()));
        }
        let Some(last) = &self.last else { return Ok(()) };
        if last.schema() != part.batch().schema() {
            return broken("has other columns than the first one");
        }
        let seam = arrow_select::concat::concat_batches(&last.schema(), [last, &part.batch().slice(0, 1)]);
        let seam = seam.map_err(|e| Error::internal(format!("parts of the {kind} table: {e}")))?;
        let seam = Table::from_checked(kind, seam);
        let keys = seam.sort_keys(spec(kind)?.key)?;
        if SortKey::compare_all(&keys, 0, 1).is_gt() {
            return broken("begins before the end of the one before");
        }
        Ok(())
    }
}

/// A table in a Parquet file, read part by part.
#[derive(Debug)]
pub struct PartsFile {
    metadata: ArrowReaderMetadata,
    kind: TableKind,
    digest: Digest,
    place: Mutex<Place>,
}

/// Where the file is.
#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// The file, as long as its name is temporary.
    staged: Option<StagedFile>,
}

impl PartsFile {
    /// Opens a table that this crate wrote, in parts or whole, and verifies every byte of it.
    ///
    /// # Errors
    /// When the file is absent, damaged, not Parquet, or not one of ours.
    pub fn open(path: &Path) -> Result<Self> {
        let digest = digest::verify(&mut files::open(path)?, path)?;
        Self::new(path.to_path_buf(), digest, None)
    }

    fn new(path: PathBuf, digest: Digest, staged: Option<StagedFile>) -> Result<Self> {
        let metadata = load_metadata(&Source::open(&path)?, &path)?;
        let kind = known_kind(&path, kind_of(&metadata).ok_or_else(|| not_ours(&path))?)?;
        Ok(Self { metadata, kind, digest, place: Mutex::new(Place { path, staged }) })
    }

    fn path(&self) -> PathBuf {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).path.clone()
    }

    fn read(&self, source: Source, index: usize) -> ParquetResult<RecordBatch> {
        let rows = self.metadata.metadata().row_group(index).num_rows();
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source, self.metadata.clone())
            .with_row_groups(vec![index])
            .with_batch_size(usize::try_from(rows).unwrap_or(0).max(1))
            .build()?;
        Ok(joined(self.metadata.schema(), reader.collect::<Result<Vec<_>, _>>()?)?)
    }
}

impl TableParts for PartsFile {
    fn kind(&self) -> TableKind {
        self.kind
    }

    fn n_rows(&self) -> usize {
        usize::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    fn n_parts(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    fn part(&self, index: usize) -> Result<Table> {
        let path = self.path();
        if index >= self.n_parts() {
            return Err(Error::internal(format!("the table has no part {index}")).at_file(path));
        }
        let source = Source::open(&path)?;
        let batch = self.read(source.clone(), index);
        let batch = batch.map_err(|e| source.explain(e).at_offset(index as u64))?;
        crate::check(self.kind, batch).map_err(|e| e.at_file(path))
    }
}

impl StoredParts for PartsFile {
    fn digest(&self) -> Digest {
        self.digest
    }

    fn move_to(&self, target: &Path) -> Result<()> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let moved = || Error::internal("a table in parts was moved twice").at_file(target);
        place.staged.take().ok_or_else(moved)?.commit(target)?;
        place.path = target.to_path_buf();
        Ok(())
    }
}

fn write_error(path: &Path, error: ::parquet::errors::ParquetError) -> Error {
    Error::io("write", path, &std::io::Error::other(error))
}
