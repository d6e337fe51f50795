//! MATLAB files of version 5 ([`mat5`]) or 7.3 ([`mat73`]), by one door.
//!
//! ```no_run
//! use std::path::Path;
//!
//! let file = neuroloom_io::mat::open(Path::new("session.mat"))?;
//! for variable in file.variables() {
//!     println!("{} {} {:?}", variable.name, variable.class, variable.shape);
//! }
//! let found = file.find(&"est.neurons{2}.trace".parse()?)?;
//! let trace = found.view()?.numbers()?;
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod place;

use std::path::Path;

use neuroloom_core::Result;

pub use self::place::{Found, Place};
use crate::mat5::{self, Class, Variable};
use crate::{Format, detect, mat73};

/// A MATLAB file of either version.
pub enum File {
    /// Saved with `-v6` or `-v7`.
    V5(mat5::File),
    /// Saved with `-v7.3`.
    V73(mat73::File),
}

/// What the header of a variable says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableInfo {
    /// Name.
    pub name: String,
    /// Class, as MATLAB's `class` names it; `sparse` of a sparse matrix.
    pub class: String,
    /// Extents; none of an object, nor of a sparse matrix of version 7.3.
    pub shape: Vec<usize>,
}

/// Opens the MATLAB file at `path`, of version 5 (`-v6`, `-v7`) or 7.3 (`-v7.3`).
///
/// # Errors
/// When the file is absent, is none of these (version 4 is told by name), or a header is damaged.
pub fn open(path: &Path) -> Result<File> {
    match detect(path)? {
        Format::MatV73 | Format::Hdf5 | Format::Nwb => mat73::File::open(path).map(File::V73),
        // What is neither is for the reader of version 5 to name.
        _ => mat5::File::open(path).map(File::V5),
    }
}

impl File {
    /// The variables.
    pub fn variables(&self) -> Vec<VariableInfo> {
        match self {
            Self::V5(file) => file.variables().iter().map(of_v5).collect(),
            Self::V73(file) => file
                .variables()
                .iter()
                .map(|v| VariableInfo {
                    name: v.name.clone(),
                    class: v.class.clone(),
                    shape: v.shape.clone(),
                })
                .collect(),
        }
    }

    /// What is passed over, in words.
    pub fn notes(&self) -> Vec<String> {
        match self {
            Self::V5(file) => file.notes(),
            Self::V73(file) => file.notes(),
        }
    }

    /// Whether there is a variable called `name`.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::V5(file) => file.variables().iter().any(|variable| variable.name == name),
            Self::V73(file) => file.variables().iter().any(|variable| variable.name == name),
        }
    }

    /// Reads the variable called `name`.
    ///
    /// # Errors
    /// When there is none, or it is damaged or takes more memory than the limits allow.
    pub fn read(&self, name: &str) -> Result<Variable> {
        match self {
            Self::V5(file) => file.read(name),
            Self::V73(file) => file.read(name),
        }
    }

    /// Reads the variable of `place`, and finds the place in it.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), or when the variable has no such place.
    pub fn find(&self, place: &Place) -> Result<Found> {
        Found::new(self.read(place.variable())?, place.clone())
    }
}

fn of_v5(variable: &mat5::VariableInfo) -> VariableInfo {
    let class = match variable.class {
        Class::Numeric(_) if variable.is_logical => "logical",
        class => class.name(),
    };
    VariableInfo { name: variable.name.clone(), class: class.to_owned(), shape: variable.shape.clone() }
}
