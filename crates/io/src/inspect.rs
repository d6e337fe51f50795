//! What is in a file.

use std::fmt;
use std::path::Path;

use neuroloom_core::Result;
use serde::Serialize;

use crate::hdf5::{self, File, Object, ObjectKind, Visit};
use crate::nwb::{Session, neurodata_type};
use crate::{Format, detect};

/// What a file is and what it holds, as `neuroloom inspect` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// Name of the file.
    pub file: String,
    /// Bytes.
    pub length: u64,
    /// Format.
    pub format: Format,
    /// The session, where the file is NWB.
    pub session: Option<Session>,
    /// Objects of an HDF5 file, parents first.
    pub objects: Vec<ObjectSummary>,
}

/// One object of a file.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectSummary {
    /// Absolute path.
    pub path: String,
    /// Type that NWB gives it, if any.
    pub neurodata_type: Option<String>,
    /// Extents of a dataset.
    pub shape: Option<Vec<u64>>,
    /// Stored type of a dataset.
    pub dtype: Option<String>,
    /// Unit of its values, as the file spells it.
    pub unit: Option<String>,
    /// Sampling rate, Hz.
    pub rate_hz: Option<f64>,
    /// Why the object cannot be read, if so.
    pub unreadable: Option<String>,
}

/// Lists what is in the file at `path`. Of formats other than HDF5 only the format is told.
///
/// # Errors
/// When the file is absent, a folder, or damaged HDF5.
pub fn inspect(path: &Path) -> Result<Inspection> {
    let format = detect(path)?;
    let length = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut inspection = Inspection { file: name, length, format, session: None, objects: Vec::new() };
    if matches!(format, Format::Hdf5 | Format::Nwb) {
        let file = File::open(path)?;
        if format == Format::Nwb {
            inspection.session = Some(Session::of(&file)?);
        }
        hdf5::walk(&file, "/", |object| {
            inspection.objects.push(summary(&file, object));
            // The schema that NWB files carry says nothing of the recording.
            Ok(if object.path == "/specifications" { Visit::Skip } else { Visit::Descend })
        })?;
        inspection.objects.sort_by(|a, b| a.path.cmp(&b.path));
    }
    Ok(inspection)
}

fn summary(file: &File, object: &Object) -> ObjectSummary {
    describe(file, object).unwrap_or_else(|error| ObjectSummary {
        unreadable: Some(error.message().to_owned()),
        ..ObjectSummary::empty(&object.path)
    })
}

fn describe(file: &File, object: &Object) -> Result<ObjectSummary> {
    let path = object.path.as_str();
    let kind = Some(neurodata_type(file, path)?).filter(|kind| !kind.is_empty());
    let mut summary = ObjectSummary { neurodata_type: kind, ..ObjectSummary::empty(path) };
    if object.kind == ObjectKind::Dataset {
        let info = file.info(path)?;
        summary.dtype = Some(info.dtype.to_string());
        summary.shape = Some(info.shape);
        summary.unit = file.text_attribute(path, "unit")?.filter(|unit| !unit.is_empty());
        summary.rate_hz = file.number_attribute(path, "rate")?;
    }
    Ok(summary)
}

impl ObjectSummary {
    fn empty(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            neurodata_type: None,
            shape: None,
            dtype: None,
            unit: None,
            rate_hz: None,
            unreadable: None,
        }
    }

    fn cells(&self) -> [String; 5] {
        let shape = match self.shape.as_deref() {
            None => String::new(),
            Some([]) => "scalar".to_owned(),
            Some(extents) => extents.iter().map(u64::to_string).collect::<Vec<_>>().join(" × "),
        };
        let rate = self.rate_hz.map(|rate| format!("{rate} Hz"));
        let unit = [self.unit.clone(), rate].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let kind = match &self.unreadable {
            Some(reason) => format!("unreadable: {reason}"),
            None => self.neurodata_type.clone().unwrap_or_default(),
        };
        [self.path.clone(), shape, self.dtype.clone().unwrap_or_default(), unit, kind]
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}, {} bytes", self.file, self.format, self.length)?;
        if let Some(session) = &self.session {
            write!(f, "{session}")?;
        }
        if self.objects.is_empty() {
            return Ok(());
        }
        let mut rows = vec![["object", "shape", "type", "unit", "neurodata type"].map(str::to_owned)];
        rows.extend(self.objects.iter().map(ObjectSummary::cells));
        writeln!(f)?;
        aligned(f, &rows)
    }
}

/// Writes rows with columns as wide as their widest cell.
fn aligned<const N: usize>(f: &mut fmt::Formatter<'_>, rows: &[[String; N]]) -> fmt::Result {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
