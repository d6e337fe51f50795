//! One module per layout of files.

mod csv;
mod dag;
pub(crate) mod dictionary;
mod flavell_json;
mod json;
pub(crate) mod leifer;
mod lin;
mod matlab_cells;
mod nejatbakhsh;
mod text_matrix;
mod venkatachalam;
mod yemini;
mod zimmer;

use std::path::Path;
use std::sync::Arc;

use neuroloom_celegans::Profile;
use neuroloom_core::Result;

use crate::Source;
use crate::listing::stem;
use crate::worm::Layout;
use dictionary::Dictionary;

/// What the files of a source share.
pub(crate) struct Context {
    pub source: Source,
    pub profile: Profile,
    /// The label dictionary, where there is one; an error where it cannot be read.
    pub dictionary: Result<Option<Dictionary>>,
}

/// Opens the file at `path` by its headers.
///
/// # Errors
/// When it is absent, of another format, damaged, or not as the source has it.
pub(crate) fn open(path: &Path, context: &Context) -> Result<Arc<dyn Layout>> {
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    Ok(match context.source {
        Source::Flavell2023 if is_json => Arc::new(flavell_json::open(path, context.profile)?),
        Source::Dag2023 | Source::Flavell2023 => Arc::new(dag::open(path, context)?),
        Source::Kaplan2020
        | Source::Kato2015
        | Source::Nichols2017
        | Source::Skora2018
        | Source::Uzel2022 => Arc::new(zimmer::open(path, context.source)?),
        Source::Leifer2023 => Arc::new(leifer::open(path)?),
        Source::Lin2023 => Arc::new(lin::open(path)?),
        Source::Nejatbakhsh2020 => Arc::new(nejatbakhsh::open(path, context.profile)?),
        Source::Venkatachalam2024 => Arc::new(venkatachalam::open(path)?),
        Source::Yemini2021 => Arc::new(yemini::open(path, context.profile)?),
    })
}

/// Name of the recording in the file at `path` before anything is known of what is in it.
pub(crate) fn name(source: Source, path: &Path) -> String {
    match source {
        Source::Dag2023 => dag::uid(path),
        Source::Leifer2023 => leifer::name(path),
        _ => stem(path),
    }
}
