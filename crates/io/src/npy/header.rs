//! The header of an array.

use std::io::Read;

use neuroloom_core::{Error, Result};

use super::dtype::Dtype;
use crate::python_literal::{self, Literal};

const MAGIC: &[u8] = b"\x93NUMPY";
/// Headers are a line of text; those of records, which are the longest, are not read.
const LONGEST: usize = 1 << 16;

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type of the items.
    pub dtype: Dtype,
    /// Extents; none of a scalar.
    pub shape: Vec<usize>,
    /// Whether the first index runs fastest.
    pub fortran_order: bool,
    /// Bytes before the data.
    pub(super) data_offset: u64,
}

impl Header {
    /// Reads the header that `source` begins with.
    ///
    /// # Errors
    /// When there is none, or it names a type that is not read.
    pub(crate) fn read(source: &mut impl Read) -> Result<Self> {
        let [version, _] = start(source)?;
        let (length, width) = match version {
            1 => (u64::from(u16::from_le_bytes(take(source)?)), 2),
            2 | 3 => (u64::from(u32::from_le_bytes(take(source)?)), 4),
            other => {
                return Err(Error::data("a NumPy file of an unknown version")
                    .at_offset(MAGIC.len() as u64)
                    .expected("1, 2 or 3")
                    .found(other.to_string()));
            }
        };
        if length > LONGEST as u64 {
            return Err(Error::data("the header of a NumPy file is too long")
                .expected(format!("at most {LONGEST} bytes"))
                .found(length.to_string()));
        }
        let data_offset = MAGIC.len() as u64 + 2 + width + length;
        let mut bytes = Vec::new();
        source.take(length).read_to_end(&mut bytes).map_err(|e| ends_early(&e.to_string()))?;
        if (bytes.len() as u64) < length {
            return Err(ends_early(&format!("{} of {length} bytes", bytes.len())));
        }
        Self::parse(&String::from_utf8_lossy(&bytes), data_offset)
    }

    fn parse(text: &str, data_offset: u64) -> Result<Self> {
        let damaged = |found: String| {
            Error::data("the header of a NumPy file is damaged")
                .expected("a dictionary with 'descr', 'fortran_order' and 'shape'")
                .found(found)
        };
        let dictionary = python_literal::parse(text).map_err(|e| damaged(e.to_string()))?;
        let lacks = |key: &str| damaged(format!("no sound {key:?} in {}", text.trim_end()));
        let dtype = match dictionary.get("descr") {
            Some(Literal::Text(descr)) => Dtype::parse(descr)?,
            Some(Literal::Sequence(_)) => {
                return Err(Error::data("the array holds records of several fields")
                    .expected("integers, floats, truth values or text")
                    .hint("save each field as an array of its own"));
            }
            _ => return Err(lacks("descr")),
        };
        let Some(Literal::Bool(fortran_order)) = dictionary.get("fortran_order") else {
            return Err(lacks("fortran_order"));
        };
        let Some(Literal::Sequence(extents)) = dictionary.get("shape") else { return Err(lacks("shape")) };
        let shape: Option<Vec<usize>> = extents.iter().map(Literal::count).collect();
        let shape = shape.filter(|shape| shape.len() <= 32).ok_or_else(|| lacks("shape"))?;
        Ok(Self { dtype, shape, fortran_order: *fortran_order, data_offset })
    }

    /// Number of items; none where it is beyond any memory.
    pub fn n_items(&self) -> Option<usize> {
        self.shape.iter().try_fold(1_usize, |n, &extent| n.checked_mul(extent))
    }

    /// Bytes of the data; none where they are beyond any memory.
    pub fn data_bytes(&self) -> Option<u64> {
        Some(self.n_items()?.checked_mul(self.dtype.width())? as u64)
    }

    /// Checks that a file of `length` bytes holds the array and nothing else.
    pub(super) fn check_length(&self, length: u64) -> Result<()> {
        let left = length.saturating_sub(self.data_offset);
        if self.data_bytes() == Some(left) {
            return Ok(());
        }
        let expected = self
            .data_bytes()
            .map_or_else(|| "more bytes than there are".to_owned(), |n| format!("{n} bytes"));
        Err(Error::data("a NumPy file has another length than its header says")
            .at_offset(self.data_offset)
            .expected(format!("{expected} for {} items {:?}", self.dtype, self.shape))
            .found(format!("{left} bytes"))
            .hint("the file is cut or damaged: copy it again"))
    }
}

/// Version of the format, behind the magic bytes.
fn start(source: &mut impl Read) -> Result<[u8; 2]> {
    let mut magic = Vec::new();
    let read = source.take(MAGIC.len() as u64).read_to_end(&mut magic);
    read.map_err(|e| ends_early(&e.to_string()))?;
    if magic != MAGIC {
        return Err(Error::data("this is no NumPy file")
            .expected("the bytes \\x93NUMPY at its start")
            .found(format!("{:?}", String::from_utf8_lossy(&magic))));
    }
    take(source)
}

fn take<const N: usize>(source: &mut impl Read) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes).map_err(|e| ends_early(&e.to_string()))?;
    Ok(bytes)
}

fn ends_early(found: &str) -> Error {
    Error::data("a NumPy file ends within its header").expected("a whole header").found(found)
}
