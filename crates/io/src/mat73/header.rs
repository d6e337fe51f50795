//! What the attributes of an object say of the array in it.

use neuroloom_core::{Error, Result};

use crate::hdf5::{self, DatasetInfo, Dtype, ObjectKind};
use crate::mat5::Class;
use crate::numbers::NumberType;

/// The class of an array as MATLAB's attributes tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// One of the classes of version 5.
    Class(Class),
    /// Truth values.
    Logical,
}

/// Class and extents of the object at `path`.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) stored: Stored,
    /// `MATLAB_class` as it is written, or the name of the class that the stored type stands for.
    pub(super) class_name: String,
    /// Whether the dataset holds the extents of an array without items.
    pub(super) is_empty: bool,
}

impl Head {
    /// Reads the attributes of a dataset or a group.
    ///
    /// # Errors
    /// When the file is damaged there.
    pub(super) fn of(file: &hdf5::File, path: &str, kind: ObjectKind) -> Result<Self> {
        let class = file.text_attribute(path, "MATLAB_class")?;
        let stored = match kind {
            ObjectKind::Group => of_group(file, path, class.as_deref())?,
            ObjectKind::Dataset => of_dataset(file, path, class.as_deref())?,
        };
        let is_dataset = kind == ObjectKind::Dataset;
        let is_empty = is_dataset && file.number_attribute(path, "MATLAB_empty")?.is_some_and(|n| n != 0.0);
        let class_name = class.unwrap_or_else(|| match stored {
            Stored::Class(class) => class.name().to_owned(),
            Stored::Logical => "logical".to_owned(),
        });
        Ok(Self { stored, class_name, is_empty })
    }
}

fn of_group(file: &hdf5::File, path: &str, class: Option<&str>) -> Result<Stored> {
    if file.attribute(path, "MATLAB_sparse")?.is_some() {
        return Ok(Stored::Class(Class::Sparse));
    }
    Ok(Stored::Class(match class {
        None | Some("struct") => Class::Struct,
        Some("function_handle") => Class::Function,
        Some(_) => Class::Opaque,
    }))
}

fn of_dataset(file: &hdf5::File, path: &str, class: Option<&str>) -> Result<Stored> {
    if file.attribute(path, "MATLAB_object_decode")?.is_some() {
        return Ok(Stored::Class(Class::Opaque));
    }
    let class = match class {
        // A file that another program wrote in this layout, or plain HDF5: the stored type says it all.
        None => return Ok(of_dtype(&file.info(path)?)),
        Some("logical") => return Ok(Stored::Logical),
        Some("cell") => Class::Cell,
        Some("struct") => Class::Struct,
        Some("char") => Class::Char,
        Some("function_handle") => Class::Function,
        Some(name) => match number_type(name) {
            Some(_) if is_compound(&file.info(path)?) => Class::Complex,
            Some(number_type) => Class::Numeric(number_type),
            None => Class::Opaque,
        },
    };
    Ok(Stored::Class(class))
}

/// Complex numbers are records of `real` and `imag`.
fn is_compound(info: &DatasetInfo) -> bool {
    matches!(info.dtype, Dtype::Other(..))
}

fn of_dtype(info: &DatasetInfo) -> Stored {
    use NumberType as N;
    Stored::Class(match info.dtype {
        Dtype::Bool => return Stored::Logical,
        Dtype::Text(_) => Class::Char,
        Dtype::Reference => Class::Cell,
        Dtype::Other(..) => Class::Opaque,
        Dtype::Int(8) => Class::Numeric(N::I8),
        Dtype::Int(16) => Class::Numeric(N::I16),
        Dtype::Int(32) => Class::Numeric(N::I32),
        Dtype::Int(_) => Class::Numeric(N::I64),
        Dtype::Uint(8) => Class::Numeric(N::U8),
        Dtype::Uint(16) => Class::Numeric(N::U16),
        Dtype::Uint(32) => Class::Numeric(N::U32),
        Dtype::Uint(_) => Class::Numeric(N::U64),
        Dtype::Float(64) => Class::Numeric(N::F64),
        Dtype::Float(_) => Class::Numeric(N::F32),
    })
}

fn number_type(class: &str) -> Option<NumberType> {
    use NumberType as N;
    let known = [N::I8, N::U8, N::I16, N::U16, N::I32, N::U32, N::I64, N::U64];
    match class {
        "double" => Some(N::F64),
        "single" => Some(N::F32),
        other => known.into_iter().find(|number_type| number_type.name() == other),
    }
}

/// Extents in MATLAB's order, at least two: those of HDF5 in reverse.
///
/// # Errors
/// When one is beyond the memory of this computer.
pub(super) fn matlab_shape(extents: &[u64]) -> Result<Vec<usize>> {
    let shape: Option<Vec<usize>> =
        extents.iter().rev().map(|&extent| usize::try_from(extent).ok()).collect();
    let mut shape = shape.ok_or_else(|| {
        Error::data("an array is too large for this computer").found(format!("extents {extents:?}"))
    })?;
    // Other programs write vectors and scalars, which MATLAB has not: they are columns.
    while shape.len() < 2 {
        shape.push(1);
    }
    Ok(shape)
}
