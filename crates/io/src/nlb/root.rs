//! The group of a file that the datasets stand in.

use neuroloom_core::Result;

use super::dataset_name::{self, Role, Split};
use crate::hdf5::{File, ObjectKind, join};

/// The group with the trials: the one that is asked for, the root, or the only one below it that has any.
///
/// # Errors
/// When there is no such group, none has trials, or several have.
pub(super) fn find(file: &File, asked: Option<&str>) -> Result<String> {
    if let Some(group) = asked {
        let path = format!("/{}", group.trim_matches('/'));
        if has_trials(file, &path)? {
            return Ok(path);
        }
        return Err(none(file, &path).hint("correct `group`"));
    }
    if has_trials(file, "/")? {
        return Ok("/".to_owned());
    }
    let mut found = Vec::new();
    for child in file.children("/")? {
        let path = join("/", &child.name);
        if has_trials(file, &path)? {
            found.push(path);
        }
    }
    match found.as_slice() {
        [group] => Ok(group.clone()),
        [] => Err(none(file, "/").hint("`neuroloom inspect` lists what is in the file")),
        several => Err(file
            .error("/", "several groups of the file hold trials")
            .expected("one group, or `group` to choose")
            .found(several.join(", "))
            .hint("set `group` to one of them")),
    }
}

/// Width of a bin by the name of a benchmark group: `mc_maze` has bins of 5 ms, `mc_maze_20` of 20 ms.
pub(super) fn bin_s(group: &str) -> Option<f64> {
    const SETS: [&str; 7] =
        ["mc_maze", "mc_rtt", "area2_bump", "dmfc_rsg", "mc_maze_large", "mc_maze_medium", "mc_maze_small"];
    let name = group.trim_matches('/');
    if SETS.contains(&name) {
        return Some(0.005);
    }
    let (set, width_ms) = name.rsplit_once('_')?;
    let width_ms: u32 = width_ms.parse().ok().filter(|&width| width > 0)?;
    SETS.contains(&set).then(|| f64::from(width_ms) / 1000.0)
}

fn has_trials(file: &File, group: &str) -> Result<bool> {
    if file.kind(group)? != Some(ObjectKind::Group) {
        return Ok(false);
    }
    let is_held = |name: &str| {
        matches!(dataset_name::parse(name, Split::default()), Some((_, Role::Signal { held: Some(_), .. })))
    };
    Ok(file.children(group)?.iter().any(|child| is_held(&child.name)))
}

fn none(file: &File, group: &str) -> neuroloom_core::Error {
    file.error(group, "no binned trials")
        .expected("datasets such as train_spikes_heldin or train_data, of [trials, bins, units]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_the_benchmark_tell_their_bins() {
        assert_eq!(bin_s("/mc_maze"), Some(0.005));
        assert_eq!(bin_s("/mc_maze_20"), Some(0.02));
        assert_eq!(bin_s("/mc_maze_small_20"), Some(0.02));
        assert_eq!(bin_s("/"), None);
        assert_eq!(bin_s("/lorenz_20"), None);
    }
}
