//! Width of the bins.

use std::path::Path;

use neuroloom_core::{Error, Result};

use super::contents::Contents;

/// Width of a bin, seconds: as `given`, or as the name of the group tells.
///
/// # Errors
/// When neither says it.
pub(super) fn width_s(
    path: &Path,
    contents: &Contents,
    given: Option<f64>,
    notes: &mut Vec<String>,
) -> Result<f64> {
    if let (Some(given), Some(named)) = (given, contents.group_bin_s)
        && given != named
    {
        notes
            .push(format!("the group's name tells of bins of {named} s; `bin_s` says {given} s and is used"));
    }
    let width = given.or(contents.group_bin_s);
    width.filter(|width| width.is_finite() && *width > 0.0).ok_or_else(|| {
        Error::data("the width of the bins is not known")
            .at_file(path)
            .expected("a finite number of seconds above 0")
            .found(
                width
                    .map_or_else(|| "none: these files do not keep it".to_owned(), |width| width.to_string()),
            )
            .hint("set `bin_s`")
    })
}
