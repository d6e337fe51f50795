//! Parquet files that verify themselves.
//!
//! The footer's key-value metadata carries a BLAKE3 digest of all bytes of the file, taken with the digest's
//! own 64 digits as zeros. One flipped bit anywhere (data, footer, magic, the digest itself) is found. Other
//! readers see an ordinary Parquet file with one more metadata entry.

mod digest;
mod parts;
mod source;

use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use neuroloom_core::files::{self, File, StagedFolder};
use neuroloom_core::{Digest, Error, Result, Table, TableKind};

use crate::kinds;

pub use parts::{PartsFile, PartsWriter};
pub use source::Source;

/// Metadata key of the kind of table.
pub const KIND: &str = "neuroloom.table";

/// Writes `table` to `path`, zstd-compressed: temporary name, sync, read back against the digest, rename.
/// The same table gives the same bytes. Returns the digest of the file's bytes.
///
/// # Errors
/// When the operating system refuses, or what was written does not read back.
pub fn write(path: &Path, table: &Table) -> Result<Digest> {
    let mut written = None;
    files::write_atomic_checked(path, |file| {
        written = Some(fill(file, path, table)?);
        Ok(())
    })?;
    written.ok_or_else(|| Error::internal("a file was written without its digest"))
}

/// Writes `table` to the file `name` of a folder that has no name of its own yet, as [`write`] does. Returns the
/// digest of the file's bytes.
///
/// # Errors
/// When the operating system refuses, or what was written does not read back.
pub fn write_in(folder: &StagedFolder, name: &str, table: &Table) -> Result<Digest> {
    let path = folder.path().join(name);
    folder.write(name, |file| fill(file, &path, table))
}

/// Writes `table`, reads it back and gives the digest of the file's bytes.
fn fill(file: &mut File, path: &Path, table: &Table) -> Result<Digest> {
    encode(file, table).map_err(|e| Error::io("write", path, &std::io::Error::other(e)))?;
    digest::seal(file).map_err(|e| Error::io("write", path, &e))?;
    digest::verify(file, path)
}

/// Reads a table that [`write`] wrote, and verifies every byte of it.
///
/// # Errors
/// When the file is absent, damaged, not Parquet, or not one of ours.
pub fn read(path: &Path) -> Result<Table> {
    let mut file = files::open(path)?;
    digest::verify(&mut file, path)?;
    table_of(path, decode(&Source::new(file)?, path, None)?)
}

fn table_of(path: &Path, (kind, batch): (String, RecordBatch)) -> Result<Table> {
    crate::check(known_kind(path, kind)?, batch).map_err(|e| e.at_file(path))
}

fn known_kind(path: &Path, name: String) -> Result<TableKind> {
    let known = kinds::ALL.iter().find(|spec| spec.kind.name() == name);
    known.map(|spec| spec.kind).ok_or_else(|| {
        Error::data("the table is of a kind that this version does not know")
            .at_file(path)
            .found(name)
            .hint("read it with the version that wrote it, or write it again")
    })
}

/// The first `rows` rows of a table that [`write`] wrote, without reading or verifying the rest: for a look, not
/// for a result.
///
/// # Errors
/// When the file is absent, not Parquet, or not one of ours.
pub fn head(path: &Path, rows: usize) -> Result<Table> {
    table_of(path, decode(&Source::open(path)?, path, Some(rows))?)
}

/// Checks every byte of a file that [`write`] wrote against the digest in it, without decoding it.
///
/// # Errors
/// When the file is absent, damaged, or not one of ours.
pub fn verify(path: &Path) -> Result<Digest> {
    digest::verify(&mut files::open(path)?, path)
}

/// What stands in the footer of any Parquet file, ours or not: rows, Arrow schema, kind if it is ours.
///
/// # Errors
/// When the file is absent or not Parquet.
pub fn inspect(path: &Path) -> Result<ParquetContents> {
    let metadata = load_metadata(&Source::open(path)?, path)?;
    let rows = metadata.metadata().file_metadata().num_rows();
    Ok(ParquetContents {
        n_rows: u64::try_from(rows).unwrap_or(0),
        schema: Arc::clone(metadata.schema()),
        kind: kind_of(&metadata),
    })
}

/// See [`inspect`].
#[derive(Clone, Debug)]
pub struct ParquetContents {
    /// Rows.
    pub n_rows: u64,
    /// Columns.
    pub schema: SchemaRef,
    /// Kind of table, where [`write`] wrote the file.
    pub kind: Option<String>,
}

fn encode(file: &mut File, table: &Table) -> ::parquet::errors::Result<()> {
    let mut writer = ArrowWriter::try_new(file, table.batch().schema(), Some(properties(table.kind())?))?;
    writer.write(table.batch())?;
    writer.close()?;
    Ok(())
}

fn properties(kind: TableKind) -> ::parquet::errors::Result<WriterProperties> {
    let level = ZstdLevel::try_new(3)?;
    Ok(WriterProperties::builder()
        .set_created_by("neuroloom".to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![
            KeyValue::new(KIND.to_owned(), kind.name().to_owned()),
            digest::unsealed(),
        ]))
        .build())
}

fn decode(source: &Source, path: &Path, most_rows: Option<usize>) -> Result<(String, RecordBatch)> {
    let metadata = load_metadata(source, path)?;
    let kind = kind_of(&metadata).ok_or_else(|| not_ours(path))?;
    let schema = Arc::clone(metadata.schema());
    let all_rows = usize::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
    let n_rows = most_rows.map_or(all_rows, |most| most.min(all_rows));
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source.clone(), metadata)
        .with_batch_size(n_rows.max(1))
        .with_limit(n_rows)
        .build()
        .map_err(|e| source.explain(e))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| source.explain(e))?;
    let batch = joined(&schema, batches).map_err(|e| source.explain(e))?;
    Ok((kind, batch))
}

/// One batch of all. The reader's schema carries the file's metadata; a table's own does not.
fn joined(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<RecordBatch, ArrowError> {
    let batch = match <[RecordBatch; 1]>::try_from(batches) {
        Ok([batch]) => batch,
        Err(batches) => arrow_select::concat::concat_batches(schema, &batches)?,
    };
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let plain = Arc::new(Schema::new(schema.fields().clone()));
    RecordBatch::try_new_with_options(plain, batch.columns().to_vec(), &options)
}

fn load_metadata(source: &Source, path: &Path) -> Result<ArrowReaderMetadata> {
    ArrowReaderMetadata::load(source, ArrowReaderOptions::new()).map_err(|e| {
        let damaged = || Error::data("not a readable Parquet file").expected("Parquet").found(e.to_string());
        source.refusal().unwrap_or_else(|| damaged().at_file(path))
    })
}

fn kind_of(metadata: &ArrowReaderMetadata) -> Option<String> {
    let entries = metadata.metadata().file_metadata().key_value_metadata()?;
    entries.iter().find(|entry| entry.key == KIND)?.value.clone()
}

fn not_ours(path: &Path) -> Error {
    Error::data("this Parquet file was not written by neuroloom, or its footer is damaged")
        .at_file(path)
        .expected("a footer with a digest")
        .hint("read a table of your own with an ingest step")
}
