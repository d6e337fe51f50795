//! One source of recordings, as the catalogue describes it.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::Address;
use crate::digests::Digests;
use crate::entry_name::EntryName;

/// One source: a few files that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name on the command line and of its folder: lower-case letters, digits and hyphens.
    pub id: String,
    /// What it is, in a line.
    pub title: String,
    /// What was measured: `spikes`, `calcium`, `connectome`.
    pub modality: String,
    /// Whom to cite.
    pub citation: String,
    /// DOI of the citation or of the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// The licence: its SPDX name where it has one, otherwise in words.
    pub licence: String,
    /// Whether a program may download it.
    pub automate: Automation,
    /// Why not, or what else to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The page for people.
    pub landing: Address,
    /// How a pipeline reads it.
    pub reads_with: ReadsWith,
    /// Whether we held these bytes and computed size and BLAKE3 from them.
    pub checked: bool,
    /// The files; none where they must be chosen on the landing page.
    #[serde(default)]
    pub files: Vec<RemoteFile>,
}

/// Whether a program may download a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automation {
    /// The licence lets anybody do so.
    Allowed,
    /// No licence, terms to be clicked through, or non-commercial use only: a person must decide.
    Forbidden,
}

/// How a pipeline reads a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadsWith {
    /// The step: `ingest.nwb`.
    pub step: String,
    /// What its `path` names, within the folder of the source; the folder itself where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Further parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, Value>,
}

/// One file on the web.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteFile {
    /// Where it is.
    pub address: Address,
    /// Its name on disk; the end of the address where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its size in bytes, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its digests, where any is known.
    #[serde(default)]
    pub digest: Digests,
    /// How it is packed.
    #[serde(default)]
    pub unpack: Unpack,
    /// The size of its contents in bytes, where it is an archive and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpacked_bytes: Option<u64>,
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unpack {
    /// Not: it stays as it is.
    #[default]
    #[serde(rename = "none")]
    None,
    /// A zip archive.
    #[serde(rename = "zip")]
    Zip,
    /// A tar archive, compressed with gzip.
    #[serde(rename = "tar.gz")]
    TarGz,
}

impl Source {
    /// Bytes to download, where all sizes are known.
    pub fn bytes(&self) -> Option<u64> {
        let known = self.files.iter().map(|file| file.bytes);
        known.sum::<Option<u64>>().filter(|_| !self.files.is_empty())
    }
}

impl RemoteFile {
    /// Its name on disk.
    ///
    /// # Errors
    /// When the address gives none, or the name is none of a file.
    pub fn file_name(&self) -> Result<EntryName> {
        let name = self.name.as_deref().or_else(|| self.address.file_name()).ok_or_else(|| {
            Error::params("this address ends in no name of a file")
                .at_object(self.address.to_string())
                .hint("add `name:` to the file")
        })?;
        EntryName::parse_file(name)
    }

    /// The name that its contents get on disk: of a folder, where it is an archive.
    ///
    /// # Errors
    /// As [`RemoteFile::file_name`].
    pub fn final_name(&self) -> Result<EntryName> {
        let name = self.file_name()?;
        let suffixes: &[&str] = match self.unpack {
            Unpack::None => return Ok(name),
            Unpack::Zip => &[".zip"],
            Unpack::TarGz => &[".tar.gz", ".tgz"],
        };
        let stem = suffixes.iter().find_map(|suffix| name.as_str().strip_suffix(suffix));
        stem.map_or_else(
            || EntryName::parse_file(&format!("{}-contents", name.as_str())),
            EntryName::parse_file,
        )
    }
}
