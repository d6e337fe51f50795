//! Parquet files of any writer, a row group at a time.

use std::path::{Path, PathBuf};

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use ::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use neuroloom_core::{Error, Result, nearest};
use neuroloom_table::parquet::Source;

use crate::hdf5::contained;

/// Encodings repeat values without bytes, but a file is not believed to hold more than so many times its length …
const MAX_EXPANSION: u64 = 1100;
/// … beyond this.
const ALWAYS_ALLOWED: u64 = 256 << 20;

/// A Parquet file of any writer, opened.
#[derive(Clone, Debug)]
pub struct RowGroups {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl RowGroups {
    /// Reads the footer of the file at `path`.
    ///
    /// # Errors
    /// When it is absent, no Parquet, or claims more than its bytes can hold.
    pub fn open(path: &Path) -> Result<Self> {
        let source = Source::open(path)?;
        let load =
            || ArrowReaderMetadata::load(&source, ArrowReaderOptions::new()).map_err(|e| e.to_string());
        let metadata = contained(load).map_err(|e| broken(&source, path, &e))?;
        check_size(metadata.metadata(), path, source.size(), metadata.schema().fields().len())?;
        Ok(Self { path: path.to_path_buf(), metadata })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its columns.
    pub fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// Number of row groups.
    pub fn n_groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Bytes of the largest row group, unpacked.
    pub fn largest_group_bytes(&self) -> u64 {
        let groups = self.metadata.metadata().row_groups();
        groups.iter().filter_map(|group| u64::try_from(group.total_byte_size()).ok()).max().unwrap_or(0)
    }

    /// The columns `names` of the row group at `index`, in this order.
    ///
    /// # Errors
    /// When there is no such column or the group is damaged.
    pub fn read(&self, index: usize, names: &[&str]) -> Result<RecordBatch> {
        let roots = names.iter().map(|name| self.column(name)).collect::<Result<Vec<_>>>()?;
        let source = Source::open(&self.path)?;
        let read = || -> std::result::Result<RecordBatch, String> {
            let groups = self.metadata.metadata().row_groups();
            let rows = groups.get(index).map_or(0, RowGroupMetaData::num_rows);
            let builder =
                ParquetRecordBatchReaderBuilder::new_with_metadata(source.clone(), self.metadata.clone());
            let mask = ProjectionMask::roots(builder.parquet_schema(), roots.iter().copied());
            let reader = builder
                .with_projection(mask)
                .with_row_groups(vec![index])
                .with_batch_size(usize::try_from(rows).unwrap_or(0).max(1))
                .build()
                .map_err(|e| e.to_string())?;
            let schema = arrow_array::RecordBatchReader::schema(&reader);
            let batches = reader.collect::<std::result::Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
            let batch = arrow_select::concat::concat_batches(&schema, &batches).map_err(|e| e.to_string())?;
            let order =
                names.iter().map(|name| schema.index_of(name)).collect::<std::result::Result<Vec<_>, _>>();
            batch.project(&order.map_err(|e| e.to_string())?).map_err(|e| e.to_string())
        };
        contained(read).map_err(|e| broken(&source, &self.path, &e).at_offset(index as u64))
    }

    fn column(&self, name: &str) -> Result<usize> {
        let fields = self.schema().fields();
        fields.iter().position(|field| field.name() == name).ok_or_else(|| {
            let present: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            let error = Error::data("the table lacks a column")
                .at_file(&self.path)
                .at_object(name)
                .expected(name)
                .found(present.join(", "));
            match nearest(name, present.iter().copied()) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            }
        })
    }
}

/// # Errors
/// When the footer claims more than the bytes of the file can hold.
pub(crate) fn check_size(
    metadata: &ParquetMetaData,
    path: &Path,
    length: u64,
    n_columns: usize,
) -> Result<()> {
    let groups = metadata.row_groups();
    let unpacked =
        groups.iter().fold(0_u64, |sum, group| sum.saturating_add_signed(group.total_byte_size().max(0)));
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(u64::MAX);
    let cells = rows.saturating_mul(n_columns as u64).saturating_mul(8);
    let most = length.saturating_mul(MAX_EXPANSION).max(ALWAYS_ALLOWED);
    if unpacked.max(cells) <= most {
        return Ok(());
    }
    Err(Error::data("the table claims more than its file can hold")
        .at_file(path)
        .expected(format!("at most {most} bytes"))
        .found(format!("{rows} rows, {unpacked} bytes unpacked"))
        .hint("the file is damaged: copy it again from its source"))
}

/// What `cause` means: the operating system refused to read `source`, or the file at `path` is damaged.
pub(crate) fn broken(source: &Source, path: &Path, cause: &str) -> Error {
    source.refusal().unwrap_or_else(|| {
        Error::data("not a readable Parquet file")
            .at_file(path)
            .expected("Parquet, compressed by zstd, snappy, gzip, lz4 or not at all")
            .found(cause)
    })
}
