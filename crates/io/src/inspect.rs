//! What is in a file or a folder, and which step reads it.

mod columns;
mod folder;
mod hdf5_file;
mod json;
mod numpy;
mod object;
mod suggest;
mod text;

use std::fmt;
use std::path::Path;

use neuroloom_core::{Result, files};
use serde::Serialize;

pub use object::ObjectSummary;
pub use suggest::Suggestion;

use crate::nwb::Session;
use crate::{Format, detect, mat};

/// What a file is and what it holds, as `neuroloom inspect` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// Name of the file or folder.
    pub file: String,
    /// Bytes; 0 of a folder.
    pub length: u64,
    /// Format.
    pub format: Format,
    /// What it is beyond its format: the program that wrote it, or the kind of a table of ours.
    pub recognised: Option<String>,
    /// Rows of a table.
    pub rows: Option<u64>,
    /// The session, where the file is NWB.
    pub session: Option<Session>,
    /// What is in it: objects of HDF5 (parents first), variables, arrays, columns, files.
    pub objects: Vec<ObjectSummary>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// The steps that read it, the best one first.
    pub ingest: Vec<Suggestion>,
}

/// Lists what is in the file or folder at `path`.
///
/// # Errors
/// When it is absent, or damaged.
pub fn inspect(path: &Path) -> Result<Inspection> {
    let format = if files::is_folder(path) { Format::Folder } else { detect(path)? };
    let length = if format == Format::Folder { 0 } else { files::size(path).unwrap_or(0) };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut inspection = Inspection::new(name, length, format);
    match format {
        Format::Folder => folder::inspect(path, &mut inspection)?,
        Format::Hdf5 | Format::Nwb => hdf5_file::inspect(path, &mut inspection)?,
        Format::MatV5 | Format::MatV73 => matlab(path, &mut inspection)?,
        Format::Npy => numpy::inspect_npy(path, &mut inspection)?,
        Format::Zip => numpy::inspect_zip(path, &mut inspection)?,
        Format::Parquet => columns::inspect_parquet(path, &mut inspection)?,
        Format::Text => text::inspect(path, &mut inspection)?,
        Format::Gzip => numpy::inspect_gzip(path, &mut inspection)?,
        Format::CompoundFile => {
            inspection.recognised = Some("spreadsheet (.xls)".to_owned());
            inspection
                .notes
                .push("save the sheet as CSV, or read a connectome with ingest.connectome".to_owned());
        }
        Format::Empty | Format::Unknown => {}
    }
    inspection.ingest = suggest::steps(path, &inspection);
    Ok(inspection)
}

impl Inspection {
    fn new(file: String, length: u64, format: Format) -> Self {
        Self {
            file,
            length,
            format,
            recognised: None,
            rows: None,
            session: None,
            objects: Vec::new(),
            notes: Vec::new(),
            ingest: Vec::new(),
        }
    }

    /// Whether there is an object called `name`.
    fn has(&self, name: &str) -> bool {
        self.objects.iter().any(|object| object.path == name)
    }
}

fn matlab(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let file = mat::open(path)?;
    for variable in file.variables() {
        let shape = variable.shape.iter().map(|&extent| extent as u64).collect();
        let mut summary = ObjectSummary::new(&variable.name).shape(shape).dtype(&variable.class);
        if variable.class == "struct" {
            let fields =
                file.read(&variable.name).and_then(|read| Ok(read.view().structs()?.fields.join(", ")));
            summary.about = fields.ok().map(|fields| format!("fields: {fields}"));
        }
        inspection.objects.push(summary);
    }
    inspection.notes.extend(file.notes());
    Ok(())
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.format)?;
        if let Some(recognised) = &self.recognised {
            write!(f, ", {recognised}")?;
        }
        if let Some(rows) = self.rows {
            write!(f, ", {rows} rows")?;
        }
        match self.format {
            Format::Folder => writeln!(f)?,
            _ => writeln!(f, ", {} bytes", self.length)?,
        }
        if let Some(session) = &self.session {
            write!(f, "{session}")?;
        }
        if !self.objects.is_empty() {
            writeln!(f)?;
            object::write_all(f, &self.objects)?;
        }
        if !self.notes.is_empty() {
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))?;
        if !self.ingest.is_empty() {
            writeln!(f, "\nread it with a step of a pipeline:")?;
        }
        self.ingest.iter().try_for_each(|suggestion| write!(f, "{suggestion}"))
    }
}
