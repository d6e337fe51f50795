//! One line of an inspection.

use std::fmt;

use serde::Serialize;

/// One object of a file: a dataset, a variable, a column, a file of a folder.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ObjectSummary {
    /// Absolute path in HDF5; name elsewhere.
    pub path: String,
    /// Type that NWB gives it, if any.
    pub neurodata_type: Option<String>,
    /// Extents of an array.
    pub shape: Option<Vec<u64>>,
    /// Stored type of an array; class of a MATLAB variable; what the cells of a column are.
    pub dtype: Option<String>,
    /// Unit of its values, as the file spells it.
    pub unit: Option<String>,
    /// Sampling rate, Hz.
    pub rate_hz: Option<f64>,
    /// What it means or holds, in words.
    pub about: Option<String>,
    /// Why the object cannot be read, if so.
    pub unreadable: Option<String>,
}

impl ObjectSummary {
    pub(super) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    pub(super) fn shape(self, shape: Vec<u64>) -> Self {
        Self { shape: Some(shape), ..self }
    }

    pub(super) fn dtype(self, dtype: impl ToString) -> Self {
        Self { dtype: Some(dtype.to_string()), ..self }
    }

    pub(super) fn unreadable(self, reason: impl Into<String>) -> Self {
        Self { unreadable: Some(reason.into()), ..self }
    }

    fn cells(&self) -> [String; 5] {
        let shape = match self.shape.as_deref() {
            None => String::new(),
            Some([]) => "scalar".to_owned(),
            Some(extents) => extents.iter().map(u64::to_string).collect::<Vec<_>>().join(" × "),
        };
        let rate = self.rate_hz.map(|rate| format!("{rate} Hz"));
        let unit = [self.unit.clone(), rate].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let about = match &self.unreadable {
            Some(reason) => format!("unreadable: {reason}"),
            None => self.neurodata_type.clone().or_else(|| self.about.clone()).unwrap_or_default(),
        };
        [self.path.clone(), shape, self.dtype.clone().unwrap_or_default(), unit, about]
    }
}

/// Writes a table of `objects`.
pub(super) fn write_all(f: &mut fmt::Formatter<'_>, objects: &[ObjectSummary]) -> fmt::Result {
    let is_nwb = objects.iter().any(|object| object.neurodata_type.is_some());
    let last = if is_nwb { "neurodata type" } else { "" };
    let mut rows = vec![["object", "shape", "type", "unit", last].map(str::to_owned)];
    rows.extend(objects.iter().map(ObjectSummary::cells));
    aligned(f, &rows)
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
