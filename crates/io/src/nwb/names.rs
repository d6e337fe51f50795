//! Short names for objects.

use std::collections::BTreeMap;

/// The last component of a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path without its last component; `/` for what lies at the root.
pub(super) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// For every path the name in `short`, or the whole path without its leading slash where others are called
/// the same.
pub(super) fn unique(paths: &[&str], short: impl Fn(&str) -> String) -> Vec<String> {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths {
        *uses.entry(short(path)).or_default() += 1;
    }
    let name = |path: &&str| {
        let name = short(path);
        if uses.get(&name).copied() == Some(1) { name } else { path.trim_start_matches('/').to_owned() }
    };
    paths.iter().map(name).collect()
}

/// `ry` in the container `CompassDirection` is `CompassDirection/ry`; what lies directly in `/acquisition`,
/// `/stimulus/presentation` or a processing module has its own name only.
pub(super) fn with_container(path: &str) -> String {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let inner = match parts.as_slice() {
        ["acquisition" | "intervals", inner @ ..] => inner,
        ["processing", _, inner @ ..] | ["stimulus", _, inner @ ..] => inner,
        all => all,
    };
    inner.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_named_with_its_container() {
        assert_eq!(with_container("/acquisition/CompassDirection/ry"), "CompassDirection/ry");
        assert_eq!(with_container("/processing/behavior/Position/x"), "Position/x");
        assert_eq!(with_container("/acquisition/sleep_ripples"), "sleep_ripples");
    }

    #[test]
    fn equal_names_give_way_to_paths() {
        let paths = ["/acquisition/Position/x", "/processing/behavior/Position/x", "/acquisition/speed"];
        let names = unique(&paths, with_container);
        assert_eq!(names, ["acquisition/Position/x", "processing/behavior/Position/x", "speed"]);
    }
}
