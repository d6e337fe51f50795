//! The files of a folder, by object and attribute.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};

/// The file of `object.attribute` in `folder`, if there is one.
///
/// # Errors
/// When the folder cannot be listed, or several files fit.
pub(super) fn find(folder: &Path, object: &str, attribute: &str) -> Result<Option<PathBuf>> {
    let mut found = Vec::new();
    for path in files::list(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_of(&name, object, attribute) {
            found.push(path);
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        [first, second, ..] => Err(Error::data("two files hold the same attribute")
            .at_file(second)
            .expected(format!("one file for {object}.{attribute}"))
            .found(format!("{} besides", first.display()))
            .hint("keep one revision in the folder")),
    }
}

/// Whether `name` is `[_namespace_]object.attribute[.extra …].npy`.
fn is_of(name: &str, object: &str, attribute: &str) -> bool {
    let mut parts = name.split('.');
    let (Some(found), Some(what)) = (parts.next(), parts.next()) else { return false };
    let without_namespace =
        found.strip_prefix('_').and_then(|rest| rest.split_once('_')).map(|(_, name)| name);
    (found == object || without_namespace == Some(object))
        && what == attribute
        && parts.next_back() == Some("npy")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_carry_a_namespace_and_an_id() {
        for name in ["spikes.times.npy", "_ibl_spikes.times.npy", "spikes.times.1f2e-99.npy"] {
            assert!(is_of(name, "spikes", "times"), "{name}");
        }
        for name in ["spikes.times.csv", "spikes.times", "spikes.npy", "templates_spikes.times.npy"] {
            assert!(!is_of(name, "spikes", "times"), "{name}");
        }
    }
}
