//! A file and its variables.

use std::path::Path;

use neuroloom_core::{Error, Result, nearest};

use super::header::{Head, Stored, matlab_shape};
use super::reader::Reader;
use crate::hdf5::{self, ObjectKind};
use crate::mat5::{Class, Limits, Variable};

/// A MATLAB 7.3 file whose variables are known by their headers.
pub struct File {
    hdf5: hdf5::File,
    limits: Limits,
    variables: Vec<VariableInfo>,
}

/// What the header of a variable says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableInfo {
    /// Name.
    pub name: String,
    /// Class as the file writes it: `double`, `logical`, `cell`, `datetime`.
    pub class: String,
    /// Extents; `[1, 1]` of a struct that is one record; none of an object, and of a sparse matrix, whose extents are
    /// known when it is read.
    pub shape: Vec<usize>,
    is_skipped: bool,
}

impl File {
    /// Opens the file at `path` and reads the headers of its variables.
    ///
    /// # Errors
    /// When the file is absent, is no HDF5 file, or a header is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Limits::default())
    }

    /// [`open`](Self::open) with limits of one's own.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_with(path: &Path, limits: Limits) -> Result<Self> {
        let hdf5 = hdf5::File::open(path)?;
        let mut variables = Vec::new();
        for child in hdf5.children("/")? {
            // `#refs#` holds the items of cells, `#subsystem#` those of objects.
            if !child.name.starts_with('#')
                && let Some(info) = variable(&hdf5, &child.name)?
            {
                variables.push(info);
            }
        }
        Ok(Self { hdf5, limits, variables })
    }

    /// The variables, by name.
    pub fn variables(&self) -> &[VariableInfo] {
        &self.variables
    }

    /// What is passed over: objects, functions and complex numbers.
    pub fn notes(&self) -> Vec<String> {
        let skipped = self.variables.iter().filter(|variable| variable.is_skipped);
        skipped.map(|variable| format!("{}: a MATLAB {}; left out", variable.name, variable.class)).collect()
    }

    /// Reads the variable called `name`.
    ///
    /// # Errors
    /// When there is none, or it is damaged or takes more memory than the limits allow.
    pub fn read(&self, name: &str) -> Result<Variable> {
        if !self.variables.iter().any(|variable| variable.name == name) {
            return Err(self.no_such(name));
        }
        let value = Reader::new(&self.hdf5, self.limits).read(&format!("/{name}"), name, 0)?;
        Ok(Variable::new(self.hdf5.path(), name, value))
    }

    fn no_such(&self, name: &str) -> Error {
        let names: Vec<&str> = self.variables.iter().map(|variable| variable.name.as_str()).collect();
        let error = Error::data("no such variable")
            .at_file(self.hdf5.path())
            .at_object(name)
            .expected(format!("one of {}", names.join(", ")));
        match nearest(name, names.into_iter()) {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error,
        }
    }
}

/// The header of the object `name`; none of a link that leads nowhere.
fn variable(file: &hdf5::File, name: &str) -> Result<Option<VariableInfo>> {
    let path = format!("/{name}");
    let Some(kind) = file.kind(&path)? else { return Ok(None) };
    let head = Head::of(file, &path, kind)?;
    let class = match head.stored {
        Stored::Class(class) => class,
        Stored::Logical => Class::Numeric(crate::numbers::NumberType::U8),
    };
    let is_skipped = matches!(class, Class::Object | Class::Function | Class::Opaque | Class::Complex);
    let shape = match kind {
        _ if is_skipped => Vec::new(),
        ObjectKind::Dataset if head.is_empty => empty_shape(file, &path)?,
        ObjectKind::Dataset => matlab_shape(&file.info(&path)?.shape)?,
        ObjectKind::Group if class == Class::Sparse => Vec::new(),
        ObjectKind::Group => super::reader::record_shape(file, &path)?,
    };
    Ok(Some(VariableInfo { name: name.to_owned(), class: head.class_name, shape, is_skipped }))
}

/// The extents of an array without items, which are what the dataset holds, in MATLAB's order.
pub(super) fn empty_shape(file: &hdf5::File, path: &str) -> Result<Vec<usize>> {
    const MOST_DIMENSIONS: u64 = 32;
    let n = file.info(path)?.n_elements().unwrap_or(u64::MAX);
    let extents: Vec<u64> = if n <= MOST_DIMENSIONS { file.numbers(path)? } else { Vec::new() };
    let shape: Option<Vec<usize>> = extents.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    shape.filter(|shape| shape.len() >= 2 && shape.contains(&0)).ok_or_else(|| {
        file.error(path, "the extents of an empty array make no sense")
            .expected("2 to 32 numbers, one of them 0")
            .found(format!("{extents:?}, of {n}"))
    })
}
