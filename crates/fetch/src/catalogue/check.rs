//! What YAML cannot say of a catalogue: that its parts fit together.

use std::collections::BTreeSet;

use neuroloom_core::{Error, Result};

use super::{Automation, Catalogue, RemoteFile, Source, Unpack};
use crate::part::is_part_name;
use crate::provenance::PROVENANCE_FILE;

/// Finds the first contradiction.
pub(super) fn check(catalogue: &Catalogue) -> Result<()> {
    let mut ids = BTreeSet::new();
    for source in &catalogue.sources {
        check_source(source).map_err(|e| e.at_object(source.id.clone()))?;
        if !ids.insert(&source.id) {
            return Err(Error::params("two sources have one id").at_object(source.id.clone()));
        }
    }
    Ok(())
}

fn check_source(source: &Source) -> Result<()> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if source.id.is_empty() || source.id.starts_with('-') || !source.id.chars().all(fits) {
        let error = Error::params("this is not an id").found(format!("{:?}", source.id));
        return Err(error.expected("lower-case letters, digits and hyphens"));
    }
    for (what, text) in
        [("title", &source.title), ("licence", &source.licence), ("citation", &source.citation)]
    {
        if text.trim().is_empty() {
            return Err(Error::params(format!("`{what}` is empty")));
        }
    }
    if source.automate == Automation::Forbidden && source.reason.is_none() {
        return Err(Error::params("`reason` must say why no program may download this"));
    }
    if !source.reads_with.step.starts_with("ingest.") {
        let error = Error::params("`reads_with` names no reader").found(source.reads_with.step.clone());
        return Err(error.expected("a step such as ingest.nwb"));
    }
    check_files(source)
}

fn check_files(source: &Source) -> Result<()> {
    let unknown = |file: &RemoteFile| file.bytes.is_none() || file.digest.blake3.is_none();
    if source.checked && (source.files.is_empty() || source.files.iter().any(unknown)) {
        return Err(Error::params("`checked: true` needs files with `bytes` and a BLAKE3 digest each"));
    }
    let mut names = BTreeSet::new();
    for file in &source.files {
        check_file(file)?;
        // Case does not tell files apart on every file system.
        let file_name = file.file_name()?.as_str().to_lowercase();
        let final_name = file.final_name()?.as_str().to_lowercase();
        for name in BTreeSet::from([file_name, final_name]) {
            if !names.insert(name.clone()) {
                return Err(Error::params("two files have one name").found(name).hint("add `name:` to one"));
            }
        }
    }
    Ok(())
}

fn check_file(file: &RemoteFile) -> Result<()> {
    for name in [file.file_name()?, file.final_name()?] {
        let ours = name.as_str().eq_ignore_ascii_case(PROVENANCE_FILE) || is_part_name(name.as_str());
        if ours {
            let error = Error::params("this name is kept for ourselves").found(name.as_str());
            return Err(error.hint("give the file another `name:`"));
        }
    }
    if file.unpack == Unpack::None && file.unpacked_bytes.is_some() {
        let error = Error::params("`unpacked_bytes` is for archives: set `unpack`");
        return Err(error.at_object(file.address.to_string()));
    }
    Ok(())
}
