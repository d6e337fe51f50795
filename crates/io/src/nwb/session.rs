//! The session: who was recorded, when, where.

use std::fmt;
use std::path::Path;

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};
use serde::Serialize;

use super::table::present;
use crate::hdf5::File;

/// What the file says of the session; what it leaves empty is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Start, as the file writes it (ISO 8601).
    pub session_start: Option<String>,
    /// What the session was.
    pub description: Option<String>,
    /// Unique name that the writer gave the file.
    pub identifier: Option<String>,
    /// Laboratory.
    pub lab: Option<String>,
    /// Institution.
    pub institution: Option<String>,
    /// The animal or person.
    pub subject_id: Option<String>,
    /// Species.
    pub species: Option<String>,
    /// Strain, or else genotype.
    pub strain: Option<String>,
    /// Sex.
    pub sex: Option<String>,
    /// Age (ISO 8601 duration).
    pub age: Option<String>,
}

impl Session {
    /// Reads what there is.
    ///
    /// # Errors
    /// When the file is damaged.
    pub(crate) fn of(file: &File) -> Result<Self> {
        let text = |path: &str| text(file, path);
        let strain = match text("/general/subject/strain")? {
            Some(strain) => Some(strain),
            None => text("/general/subject/genotype")?,
        };
        Ok(Self {
            session_start: text("/session_start_time")?,
            description: text("/session_description")?,
            identifier: text("/identifier")?,
            lab: text("/general/lab")?,
            institution: text("/general/institution")?,
            subject_id: text("/general/subject/subject_id")?,
            species: text("/general/subject/species")?,
            strain,
            sex: text("/general/subject/sex")?,
            age: text("/general/subject/age")?,
        })
    }

    /// The table of recordings with this one.
    pub(super) fn table(
        self,
        recording_id: &str,
        path: &Path,
        n_units: usize,
        duration_s: Option<f64>,
    ) -> Result<Table> {
        let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        TableBuilder::new(kinds::RECORDINGS)
            .text("recording_id", [recording_id])
            .text("source", ["nwb"])
            .text("source_file", [file_name])
            .optional_text("session_start", [self.session_start])
            .optional_text("subject_id", [self.subject_id])
            .optional_text("species", [self.species])
            .optional_text("strain", [self.strain])
            .optional_text("sex", [self.sex])
            .optional_text("age", [self.age])
            .optional_text("lab", [self.lab])
            .optional_text("institution", [self.institution])
            .optional_text("description", [self.description])
            .integers("n_units", [n_units as i64])
            .optional_numbers("duration_s", [duration_s])
            .finish()
    }
}

fn text(file: &File, path: &str) -> Result<Option<String>> {
    if !file.has_dataset(path)? || !file.info(path)?.dtype.is_text() {
        return Ok(None);
    }
    Ok(file.texts(path)?.into_iter().next().and_then(present))
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [
            ("start", &self.session_start),
            ("session", &self.description),
            ("identifier", &self.identifier),
            ("subject", &self.subject_id),
            ("species", &self.species),
            ("strain", &self.strain),
            ("sex", &self.sex),
            ("age", &self.age),
            ("lab", &self.lab),
            ("institution", &self.institution),
        ];
        for (name, value) in lines {
            if let Some(value) = value {
                writeln!(f, "  {name:<12}{value}")?;
            }
        }
        Ok(())
    }
}
