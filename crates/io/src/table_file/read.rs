//! Reading files.

use std::path::Path;

use neuroloom_core::{Error, ParamIssues, Result, StepParams};

use super::frame::Frame;
use super::gather::Gathered;
use super::params::{ColumnName, Kind, Layout, Params};
use super::{channels, delimited, long, nested, parquet, records, wide};
use crate::assembled::Recordings;
use crate::{Format, detect};

/// Reads the files of `params`, whose paths are relative to `base`.
///
/// # Errors
/// When a file is absent, damaged or neither text nor Parquet; a column is missing; a cell is no number; times do not
/// ascend; or a unit is there twice.
pub fn read(base: &Path, params: &Params) -> Result<Recordings> {
    let mut issues = ParamIssues::default();
    params.check(&mut issues);
    if let Some(issue) = issues.into_vec().first() {
        return Err(Error::params(issue.to_string()));
    }
    let mut gathered = Gathered::new(params.keep.len());
    for path in params.path.as_slice() {
        let frame = frame(&path.resolve(base), params)?;
        let stem = Path::new(path.as_str()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        append(&frame, params, &params.recording_id.clone().unwrap_or(stem), &mut gathered)?;
    }
    let names = params.path.as_slice().iter().filter_map(|path| Path::new(path.as_str()).file_name());
    let source_file = names.map(|name| name.to_string_lossy()).collect::<Vec<_>>().join(", ");
    gathered.into_recordings(params, &source_file)
}

fn append(frame: &Frame, params: &Params, recording_id: &str, gathered: &mut Gathered) -> Result<()> {
    match (params.kind, params.layout) {
        (Kind::Intervals, _) => records::intervals(frame, params, recording_id, gathered),
        (Kind::Residuals, _) => channels::residuals(frame, params, recording_id, gathered),
        (Kind::Positions, _) => channels::positions(frame, params, recording_id, gathered),
        (Kind::Neighbourhoods, _) => channels::neighbourhoods(frame, params, recording_id, gathered),
        (_, Layout::Wide) => wide::read(frame, params, recording_id, gathered),
        (Kind::Responses, _) => records::responses(frame, params, recording_id, gathered),
        (_, Layout::Long) => long::read(frame, params, recording_id, gathered),
        (_, Layout::Nested) => nested::read(frame, params, recording_id, gathered),
    }
    .map_err(|error| error.at_file(&frame.file))
}

/// The table in the file at `path`, as it stands there.
///
/// # Errors
/// When it is absent, damaged, or neither text nor Parquet.
fn frame(path: &Path, params: &Params) -> Result<Frame> {
    match detect(path)? {
        Format::Parquet => parquet::read(path, params, wanted(params).as_deref()),
        Format::Text | Format::Empty => delimited::read(path, params),
        other => Err(Error::data("this is no table of text, nor Parquet")
            .at_file(path)
            .expected("CSV, TSV or Parquet")
            .found(other.to_string())
            .hint("`neuroloom inspect FILE` says which step reads it")),
    }
}

/// The columns that will be looked at; none where all may be.
fn wanted(params: &Params) -> Option<Vec<ColumnName>> {
    let named = params.columns.named().map(|(_, name)| name).chain(&params.keep);
    let is_wide = params.layout == Layout::Wide && !params.kind.is_by_row();
    match &params.units {
        Some(units) if is_wide => Some(named.chain(units).cloned().collect()),
        None if is_wide => None,
        _ => Some(named.cloned().collect()),
    }
}
