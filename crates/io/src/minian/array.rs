//! One array of a Zarr 2 folder: bounded, contained, and read with a place in every error.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};
use zarrs::array::{Array, ElementOwned, data_type};
use zarrs::filesystem::FilesystemStore;

use crate::hdf5::{Fault, contain};
use crate::numbers::{NumberType, Numbers};

/// Header of an array: a line or two of JSON.
const HEADER: &str = ".zarray";
const LONGEST_HEADER: u64 = 1 << 20;
/// Compressed data may be larger than their files, but not by more than this …
const MAX_EXPANSION: u64 = 1100;
/// … while arrays up to this size are read whatever they promise: chunks that are not there hold the fill value.
const ALWAYS_ALLOWED: u64 = 64 << 20;

/// An array, open for reading.
pub(super) struct ZarrArray {
    folder: PathBuf,
    array: Array<FilesystemStore>,
    pub(super) shape: Vec<usize>,
    /// Names of the dimensions, as xarray keeps them.
    pub(super) dimensions: Vec<String>,
    number_type: NumberType,
}

impl ZarrArray {
    /// Opens the array in `folder`.
    ///
    /// # Errors
    /// When there is none, its header is damaged, its type is no number, or it claims more than its files can hold.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        check_header(folder)?;
        let array = ask(folder, || {
            let store = FilesystemStore::new(folder).map_err(|e| Fault::new(e.to_string()))?;
            Array::open(store.into(), "/").map_err(|e| Fault::new(e.to_string()))
        })?;
        let number_type = number_type(&array).ok_or_else(|| {
            Error::data("the array holds no numbers that are read")
                .at_file(folder.join(HEADER))
                .expected("integers, or floats of 32 or 64 bits")
                .found(format!("{:?}", array.data_type()))
        })?;
        if array.attributes().contains_key("scale_factor") || array.attributes().contains_key("add_offset") {
            return Err(Error::data("the array is packed")
                .at_file(folder.join(".zattrs"))
                .expected("numbers as they are")
                .found("scale_factor or add_offset")
                .hint("save it without an encoding"));
        }
        let names = array.attributes().get("_ARRAY_DIMENSIONS").and_then(|names| names.as_array());
        let dimensions =
            names.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        let shape = sizes(folder, &array, number_type)?;
        Ok(Self { folder: folder.to_path_buf(), array, shape, dimensions, number_type })
    }

    /// Number of values.
    pub(super) fn n_values(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether 32-bit floats are what it has.
    pub(super) fn is_single(&self) -> bool {
        self.number_type == NumberType::F32
    }

    /// All values, the last index running fastest. Chunks that are not there hold the fill value.
    ///
    /// # Errors
    /// When a chunk is damaged.
    pub(super) fn read(&self) -> Result<Numbers> {
        let numbers = match self.number_type {
            NumberType::F32 => Numbers::F32(self.elements()?),
            NumberType::F64 => Numbers::F64(self.elements()?),
            NumberType::I8 => Numbers::I8(self.elements()?),
            NumberType::I16 => Numbers::I16(self.elements()?),
            NumberType::I32 => Numbers::I32(self.elements()?),
            NumberType::I64 => Numbers::I64(self.elements()?),
            NumberType::U8 => Numbers::U8(self.elements()?),
            NumberType::U16 => Numbers::U16(self.elements()?),
            NumberType::U32 => Numbers::U32(self.elements()?),
            NumberType::U64 => Numbers::U64(self.elements()?),
        };
        if numbers.len() == self.n_values() {
            return Ok(numbers);
        }
        Err(Error::data("an array has another length than its header says").at_file(&self.folder))
    }

    /// The files of the array: header, attributes and chunks.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>> {
        Ok(files::list_files(&self.folder)?.into_iter().map(|file| self.folder.join(file)).collect())
    }

    fn elements<T: ElementOwned>(&self) -> Result<Vec<T>> {
        ask(&self.folder, || {
            let all = self.array.subset_all();
            self.array.retrieve_array_subset::<Vec<T>>(&all).map_err(|e| Fault::new(e.to_string()))
        })
    }
}

fn check_header(folder: &Path) -> Result<()> {
    let header = folder.join(HEADER);
    if !files::is_file(&header) {
        let is_newer = files::is_file(&folder.join("zarr.json"));
        return Err(Error::data("no Zarr array")
            .at_file(folder)
            .expected("a folder with .zarray (Zarr 2)")
            .found(if is_newer { "Zarr 3" } else { "a folder without it, or none" }));
    }
    let length = files::size(&header)?;
    if length > LONGEST_HEADER {
        return Err(Error::data("the header of an array is too long")
            .at_file(header)
            .expected(format!("at most {LONGEST_HEADER} bytes"))
            .found(length.to_string()));
    }
    Ok(())
}

/// The shape, where neither array nor chunk claims more than the files in `folder` can hold.
fn sizes(folder: &Path, array: &Array<FilesystemStore>, number_type: NumberType) -> Result<Vec<usize>> {
    let mut held = 0_u64;
    for file in files::list_files(folder)? {
        held = held.saturating_add(files::size(&folder.join(file)).unwrap_or(0));
    }
    let limit = held.saturating_mul(MAX_EXPANSION).max(ALWAYS_ALLOWED);
    let origin = vec![0; array.shape().len()];
    let chunk = array.chunk_shape(&origin).map(|shape| shape.iter().map(|extent| extent.get()).collect());
    let chunk: Vec<u64> = chunk.unwrap_or_default();
    for extents in [array.shape(), &chunk] {
        let n =
            extents.iter().try_fold(number_type.width() as u64, |bytes, &extent| bytes.checked_mul(extent));
        if n.is_none_or(|bytes| bytes > limit) {
            return Err(Error::data("an array claims more data than its files can hold")
                .at_file(folder.join(HEADER))
                .expected(format!("at most {limit} bytes"))
                .found(format!("{extents:?} {}", number_type.name())));
        }
    }
    Ok(array.shape().iter().map(|&extent| extent as usize).collect())
}

fn number_type(array: &Array<FilesystemStore>) -> Option<NumberType> {
    let known = [
        (data_type::float32(), NumberType::F32),
        (data_type::float64(), NumberType::F64),
        (data_type::int8(), NumberType::I8),
        (data_type::int16(), NumberType::I16),
        (data_type::int32(), NumberType::I32),
        (data_type::int64(), NumberType::I64),
        (data_type::uint8(), NumberType::U8),
        (data_type::uint16(), NumberType::U16),
        (data_type::uint32(), NumberType::U32),
        (data_type::uint64(), NumberType::U64),
    ];
    known.into_iter().find(|(known, _)| known == array.data_type()).map(|(_, number_type)| number_type)
}

/// Runs a question to the Zarr reader; a panic in it, which damaged bytes may provoke, becomes an error.
fn ask<T>(folder: &Path, question: impl FnOnce() -> Result<T, Fault>) -> Result<T> {
    contain(question).map_err(|fault| {
        Error::data(format!("cannot read the Zarr array: {fault}"))
            .at_file(folder)
            .hint("the array is damaged, or uses a part of Zarr that is not supported: copy it again from its source")
    })
}
