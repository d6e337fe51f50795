//! A file and its variables.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};

use super::element::{COMPRESSED, Cursor, MATRIX, TAG_BYTES, Tag};
use super::header::{self, HEADER_BYTES};
use super::inflate;
use super::matrix::{self, Budget, Head};
use super::value::{Class, MatValue};
use super::view::View;
use crate::numbers::Endian;

/// Bytes that hold flags, extents and name of any variable: names have at most 63 letters, extents are 32 at most.
const HEAD_BYTES: usize = 1024;

/// What reading may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that a variable may take in memory, those of its decompression included.
    pub memory_bytes: u64,
}

impl Default for Limits {
    /// 8 GiB: a variable of version 5 has at most 2 GiB, and stands there compressed, unpacked and decoded.
    fn default() -> Self {
        Self { memory_bytes: 8 << 30 }
    }
}

/// A MATLAB 5 file whose variables are known by their headers.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    endian: Endian,
    limits: Limits,
    variables: Vec<VariableInfo>,
    unnamed: usize,
}

/// What the header of a variable says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableInfo {
    /// Name.
    pub name: String,
    /// Class; `logical` arrays are of class `uint8` and [`is_logical`](Self::is_logical).
    pub class: Class,
    /// Whether the numbers are truth values.
    pub is_logical: bool,
    /// Whether the numbers are complex.
    pub is_complex: bool,
    /// Extents; none of an object of the new kind.
    pub shape: Vec<usize>,
    place: Place,
}

/// Where the element of a variable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Of its tag.
    offset: u64,
    /// Bytes of its data.
    length: usize,
    is_compressed: bool,
}

/// A variable that was read.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// What it holds.
    pub value: MatValue,
    path: PathBuf,
}

impl Variable {
    pub(crate) fn new(path: &Path, name: &str, value: MatValue) -> Self {
        Self { name: name.to_owned(), value, path: path.to_path_buf() }
    }

    /// A view of the whole variable.
    pub fn view(&self) -> View<'_> {
        View::new(&self.path, &self.name, &self.value)
    }
}

impl File {
    /// Opens the file at `path` and reads the headers of its variables.
    ///
    /// # Errors
    /// When the file is absent, is no MATLAB 5 file, or a header is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Limits::default())
    }

    /// [`open`](Self::open) with limits of one's own.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_with(path: &Path, limits: Limits) -> Result<Self> {
        list(path, limits).map_err(|error| error.at_file(path))
    }

    /// The variables, in the order of the file. One that is there twice is listed twice.
    pub fn variables(&self) -> &[VariableInfo] {
        &self.variables
    }

    /// What was passed over: data that belong to objects and have no name.
    pub fn notes(&self) -> Vec<String> {
        let objects = self
            .variables
            .iter()
            .filter(|variable| matches!(variable.class, Class::Object | Class::Function | Class::Opaque));
        let mut notes: Vec<String> = objects
            .map(|variable| format!("{}: a MATLAB {}; left out", variable.name, variable.class.name()))
            .collect();
        if self.unnamed > 0 {
            notes.push(format!(
                "{} elements without a name, which belong to MATLAB objects; left out",
                self.unnamed
            ));
        }
        notes
    }

    /// Reads the variable called `name`; of several the last, as MATLAB does.
    ///
    /// # Errors
    /// When there is none, or it is damaged or takes more memory than the limits allow.
    pub fn read(&self, name: &str) -> Result<Variable> {
        let info = self.variables.iter().rfind(|variable| variable.name == name);
        let info = info.ok_or_else(|| self.no_such(name))?;
        let value =
            self.value(info.place).map_err(|error| matrix::within(error, name).at_file(&self.path))?;
        Ok(Variable::new(&self.path, name, value))
    }

    fn no_such(&self, name: &str) -> Error {
        let names: Vec<&str> = self.variables.iter().map(|variable| variable.name.as_str()).collect();
        let error = Error::data("no such variable")
            .at_file(&self.path)
            .at_object(name)
            .expected(format!("one of {}", names.join(", ")));
        match neuroloom_core::nearest(name, names.into_iter()) {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error,
        }
    }

    fn value(&self, place: Place) -> Result<MatValue> {
        let mut budget = Budget::new(self.limits.memory_bytes);
        budget.spend(place.length, 1)?;
        let mut file = files::open(&self.path)?;
        let stored = bytes_at(&mut file, &self.path, place.offset, TAG_BYTES + place.length)?;
        if !place.is_compressed {
            return self.matrix(&stored, place.offset, &mut budget);
        }
        let compressed = stored.get(TAG_BYTES..).unwrap_or_default();
        let element = inflate::element(compressed, self.endian, budget.left())?;
        budget.spend(element.len(), 1)?;
        // Offsets within what was compressed count from its own start.
        self.matrix(&element, 0, &mut budget)
    }

    fn matrix(&self, bytes: &[u8], base: u64, budget: &mut Budget) -> Result<MatValue> {
        let mut cursor = Cursor::new(bytes, base as usize, self.endian);
        let element = cursor.next("a variable")?;
        matrix::read(&cursor, element, 0, budget)
    }
}

fn list(path: &Path, limits: Limits) -> Result<File> {
    let mut file = files::open(path)?;
    let length = file.size().map_err(|e| Error::io("read", path, &e))?;
    let head = bytes_at(&mut file, path, 0, HEADER_BYTES.min(length as usize))?;
    let endian = header::endian(&head)?;
    let mut listed = File { path: path.to_path_buf(), endian, limits, variables: Vec::new(), unnamed: 0 };
    let mut offset = HEADER_BYTES as u64;
    while offset < length {
        let (place, data_type) = place(&mut file, path, endian, offset, length)?;
        offset += (TAG_BYTES + place.length) as u64;
        // What is neither is of a later MATLAB, or damaged; the variables behind it may be sound.
        if data_type == MATRIX || data_type == COMPRESSED {
            match info(&mut file, path, endian, place).map_err(|error| error.at_offset(place.offset))? {
                Some(info) if !info.name.is_empty() => listed.variables.push(info),
                _ => listed.unnamed += 1,
            }
        } else {
            listed.unnamed += 1;
        }
    }
    Ok(listed)
}

fn place(
    file: &mut files::File,
    path: &Path,
    endian: Endian,
    offset: u64,
    length: u64,
) -> Result<(Place, u32)> {
    let left = length - offset;
    let cut = |found: String, needs: u64| {
        Error::data("the file ends within a variable")
            .at_offset(offset)
            .expected(format!("{needs} bytes"))
            .found(found)
            .hint("the file is cut or damaged: copy it again")
    };
    if left < TAG_BYTES as u64 {
        return Err(cut(format!("{left} bytes"), TAG_BYTES as u64));
    }
    let bytes = bytes_at(file, path, offset, TAG_BYTES)?;
    let tag = bytes.first_chunk().map(|bytes| Tag::of(bytes, endian));
    let tag = tag.ok_or_else(|| cut("none".to_owned(), TAG_BYTES as u64))?;
    let left = left - TAG_BYTES as u64;
    if tag.length as u64 > left {
        return Err(cut(format!("{left} bytes"), tag.length as u64));
    }
    let is_compressed = tag.data_type == COMPRESSED;
    Ok((Place { offset, length: tag.length, is_compressed }, tag.data_type))
}

/// What the header of the element at `place` says; none of an element that is no matrix.
fn info(file: &mut files::File, path: &Path, endian: Endian, place: Place) -> Result<Option<VariableInfo>> {
    let bytes = bytes_at(file, path, place.offset, TAG_BYTES + place.length.min(HEAD_BYTES))?;
    let element = match place.is_compressed {
        true => inflate::head(bytes.get(TAG_BYTES..).unwrap_or_default(), HEAD_BYTES)?,
        false => bytes,
    };
    let tag = element.first_chunk().map(|bytes| Tag::of(bytes, endian));
    if tag.is_none_or(|tag| tag.data_type != MATRIX || tag.length == 0) {
        return Ok(None);
    }
    let mut cursor = Cursor::new(element.get(TAG_BYTES..).unwrap_or_default(), TAG_BYTES, endian);
    let Head { class, is_logical, is_complex, shape, name } = Head::read(&mut cursor)?;
    Ok(Some(VariableInfo { name, class, is_logical, is_complex, shape, place }))
}

fn bytes_at(file: &mut files::File, path: &Path, offset: u64, n: usize) -> Result<Vec<u8>> {
    let io_error = |e: std::io::Error| Error::io("read", path, &e);
    file.seek(SeekFrom::Start(offset)).map_err(io_error)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(n).map_err(|_| matrix::too_large(n as u64, n as u64))?;
    file.take(n as u64).read_to_end(&mut bytes).map_err(io_error)?;
    Ok(bytes)
}
