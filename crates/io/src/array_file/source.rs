//! Files that hold arrays.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result};

use super::loaded::{Loaded, Matrix, NamedList};
use super::{hdf5_objects, mat_objects};
use crate::{Format, detect, hdf5, mat, npy};

/// An open file.
pub(super) struct Source {
    path: PathBuf,
    opened: Opened,
}

enum Opened {
    Npy,
    Npz(npy::Archive),
    Mat(mat::File),
    Hdf5(hdf5::File),
}

impl Source {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// When it is absent, damaged, or of no format with arrays.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let opened = match detect(path)? {
            Format::Npy => Opened::Npy,
            Format::Zip => Opened::Npz(npy::Archive::open(path)?),
            Format::MatV5 | Format::MatV73 => Opened::Mat(mat::open(path)?),
            Format::Hdf5 | Format::Nwb => Opened::Hdf5(hdf5::File::open(path)?),
            other => {
                return Err(Error::data("this is no file of arrays")
                    .at_file(path)
                    .expected(".npy, .npz, .mat or HDF5")
                    .found(other.to_string())
                    .hint("`neuroloom inspect FILE` says which step reads it"));
            }
        };
        Ok(Self { path: path.to_path_buf(), opened })
    }

    /// The number of the first unit where none has a name: MATLAB counts from 1.
    pub(super) fn first_unit(&self) -> usize {
        usize::from(matches!(self.opened, Opened::Mat(_)))
    }

    /// Reads the object called `name`, or the only one there is; with `*` in the name all that fit.
    ///
    /// # Errors
    /// When there is no such object, or several and none is named.
    pub(super) fn load(&mut self, name: Option<&str>) -> Result<Loaded> {
        let path = self.path.clone();
        self.load_any(name).map_err(|error| error.at_file(path))
    }

    fn load_any(&mut self, name: Option<&str>) -> Result<Loaded> {
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.only()?,
        };
        match name.split_once('*') {
            Some((prefix, suffix)) => self.load_all(prefix, suffix),
            None => self.load_one(&name),
        }
    }

    fn load_one(&mut self, name: &str) -> Result<Loaded> {
        match &mut self.opened {
            Opened::Npy if name.is_empty() => of_npy(npy::read(&self.path)?),
            Opened::Npy => Err(Error::params("a .npy file has one array, without a name")
                .at_object(name)
                .expected("no `object`, `time` or `units`")
                .hint("times and names are in other files: give `fs_hz`")),
            Opened::Npz(archive) => of_npy(archive.read(name)?).map_err(|error| error.at_object(name)),
            Opened::Mat(file) => mat_objects::load(file, name),
            Opened::Hdf5(file) => hdf5_objects::load(file, name),
        }
    }

    /// All objects whose names are `prefix`, something, and `suffix`; that something names the unit.
    fn load_all(&mut self, prefix: &str, suffix: &str) -> Result<Loaded> {
        let mut lists = Vec::new();
        for name in self.names()? {
            let star = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
            // Groups below do not count: `/units/*/times` is one level.
            let Some(star) = star.filter(|star| !star.is_empty() && !star.contains('/')).map(str::to_owned)
            else {
                continue;
            };
            let values = self.load_one(&name)?.into_list(&name)?.to_f64();
            lists.push(NamedList { name: Some(star), values });
        }
        if lists.is_empty() {
            return Err(Error::data("no object has such a name")
                .at_object(format!("{prefix}*{suffix}"))
                .expected(format!("one of {}", self.names()?.join(", "))));
        }
        Ok(Loaded::Lists(lists))
    }

    fn names(&self) -> Result<Vec<String>> {
        match &self.opened {
            Opened::Npy => Ok(vec![String::new()]),
            Opened::Npz(archive) => Ok(archive.names().to_vec()),
            Opened::Mat(file) => Ok(file.variables().into_iter().map(|variable| variable.name).collect()),
            Opened::Hdf5(file) => hdf5_objects::datasets(file),
        }
    }

    fn only(&self) -> Result<String> {
        match self.names()?.as_slice() {
            [name] => Ok(name.clone()),
            names => Err(Error::params("which array is meant is not said")
                .expected("an `object`")
                .found(format!("{} arrays: {}", names.len(), names.join(", ")))),
        }
    }
}

fn of_npy(array: npy::Array) -> Result<Loaded> {
    if let npy::Values::Texts(texts) = array.values {
        return Ok(Loaded::Texts(texts));
    }
    let numbers = array.numbers()?.into_owned();
    Matrix::new(&array.shape, numbers, false).map(Loaded::Matrix)
}
