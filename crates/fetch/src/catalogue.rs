//! The catalogue: which public recordings there are, where, under which licence, and how their bytes are known.

mod check;
mod source;

use std::path::Path;

use neuroloom_core::{Error, Result, files, nearest};
use serde::{Deserialize, Serialize};

pub use source::{Automation, ReadsWith, RemoteFile, Source, Unpack};

/// Where the catalogue that ships with the program comes from.
const SHIPPED: &str = include_str!("../../../data/catalogue.yaml");

/// Sources by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// In the order of the file.
    pub sources: Vec<Source>,
}

impl Catalogue {
    /// The catalogue that ships with the program.
    ///
    /// # Errors
    /// Never, as the tests see to.
    pub fn shipped() -> Result<Self> {
        Self::parse(SHIPPED, Path::new("data/catalogue.yaml"))
    }

    /// The catalogue in the file `path`.
    ///
    /// # Errors
    /// When the file cannot be read, is not YAML, or something in it contradicts itself.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&files::read_text(path)?, path)
    }

    /// The catalogue in `text`, which came from `file`.
    ///
    /// # Errors
    /// When the text is not YAML, or something in it contradicts itself.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let catalogue: Self = serde_saphyr::from_str(text).map_err(|e| {
            Error::params(format!("this is no catalogue: {e}"))
                .at_file(file)
                .hint("docs/fetch.md shows how an entry is written")
        })?;
        check::check(&catalogue).map_err(|e| e.at_file(file))?;
        Ok(catalogue)
    }

    /// The source `id`.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, id: &str) -> Result<&Source> {
        self.sources.iter().find(|source| source.id == id).ok_or_else(|| {
            let ids: Vec<&str> = self.sources.iter().map(|source| source.id.as_str()).collect();
            let near = nearest(id, ids.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let hint = near.unwrap_or_else(|| "`neuroloom fetch` lists all sources".into());
            Error::params(format!("there is no source {id:?}")).hint(hint)
        })
    }
}
