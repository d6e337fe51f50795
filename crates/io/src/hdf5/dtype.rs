//! Shapes and stored types of datasets.

use std::fmt;

/// The stored type of a dataset's elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// Signed integer of so many bits.
    Int(u32),
    /// Unsigned integer of so many bits.
    Uint(u32),
    /// IEEE float of so many bits.
    Float(u32),
    /// Truth value: an enumeration of `FALSE` and `TRUE`.
    Bool,
    /// String of fixed (its bytes) or variable length.
    Text(Option<usize>),
    /// Reference to an object of the same file.
    Reference,
    /// Anything else, with its size in bytes if known: compound, opaque, array …
    Other(String, u64),
}

impl Dtype {
    /// Bytes of one element in the file.
    pub fn size(&self) -> u64 {
        match self {
            Self::Int(bits) | Self::Uint(bits) | Self::Float(bits) => u64::from(*bits) / 8,
            Self::Bool => 1,
            // A variable-length string is stored as length, heap address and index.
            Self::Text(None) => 16,
            Self::Text(Some(bytes)) => *bytes as u64,
            Self::Reference => 8,
            Self::Other(_, bytes) => *bytes,
        }
    }

    /// Whether elements are integers or floats.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Uint(_) | Self::Float(_))
    }

    /// Whether elements are strings.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Whether 32-bit floats hold every value exactly and are what the file has.
    pub fn is_single(&self) -> bool {
        matches!(self, Self::Float(16 | 32))
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(bits) => write!(f, "int{bits}"),
            Self::Uint(bits) => write!(f, "uint{bits}"),
            Self::Float(bits) => write!(f, "float{bits}"),
            Self::Bool => f.write_str("bool"),
            Self::Text(_) => f.write_str("text"),
            Self::Reference => f.write_str("reference"),
            Self::Other(name, _) => f.write_str(name),
        }
    }
}

/// Shape, stored type and storage of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetInfo {
    /// Extent of every dimension; empty for a scalar.
    pub shape: Vec<u64>,
    /// Type of the elements.
    pub dtype: Dtype,
    /// Extent of a chunk, where the dataset is stored in chunks (which may be compressed).
    pub chunk: Option<Vec<u64>>,
}

impl DatasetInfo {
    /// Number of elements; none where the product passes 2^64.
    pub fn n_elements(&self) -> Option<u64> {
        n_elements(&self.shape)
    }

    /// Bytes that elements of this type take in memory for a block of `extents`; none where there are more than can be
    /// addressed.
    pub(super) fn bytes_of(&self, extents: &[u64]) -> Option<u64> {
        let bytes = n_elements(extents)?.checked_mul(self.dtype.size().max(1))?;
        isize::try_from(bytes).is_ok().then_some(bytes)
    }

    /// Number of rows: the extent of the first dimension, 1 for a scalar.
    pub fn n_rows(&self) -> u64 {
        self.shape.first().copied().unwrap_or(1)
    }

    /// Shape as `(900, 12)`; `scalar` without dimensions.
    pub fn shape_text(&self) -> String {
        if self.shape.is_empty() {
            return "scalar".to_owned();
        }
        let extents: Vec<String> = self.shape.iter().map(u64::to_string).collect();
        format!("({})", extents.join(", "))
    }
}

fn n_elements(extents: &[u64]) -> Option<u64> {
    extents.iter().try_fold(1_u64, |product, &extent| product.checked_mul(extent))
}
