//! Where the sources of a run lie in an export.
//!
//! What lies below the folder of the pipeline keeps its place. `../x` moves to `inputs/up-1/x`, `../../x` to
//! `inputs/up-2/x`, and `/x` to `inputs/root/x`: folders stay together, and beginnings of paths that stand in variables
//! move like the whole paths.

use std::path::Path;

use neuroloom_core::Registry;
use neuroloom_pipeline::manifest::Manifest;

use super::data_paths::data_paths;
use super::folder_of;

/// Where the sources of a run lie in an export.
#[derive(Debug)]
pub(super) struct Relocation {
    /// The folder of the pipeline, where the manifest names it by an absolute path.
    base: Option<Location>,
    /// The paths that the tasks' parameters name.
    named: Vec<Location>,
}

/// A path without `.` and, but at its beginning, without `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Location {
    absolute: bool,
    /// Folders up from that of the pipeline.
    up: usize,
    names: Vec<String>,
}

impl Relocation {
    /// Of the run that `manifest` records. The registry says which parameters are paths.
    pub fn of(manifest: &Manifest, registry: &Registry) -> Self {
        let folder = folder_of(&manifest.file);
        let base = folder.is_absolute().then(|| Location::parse(&text_of(&folder)));
        let mut named = Vec::new();
        for task in &manifest.tasks {
            let id = task.step.split('@').next().unwrap_or_default();
            let Some(step) = registry.get(id) else { continue };
            let pointers = data_paths(&step.params_schema(), &task.params);
            let values = pointers.iter().filter_map(|pointer| task.params.pointer(pointer)?.as_str());
            named.extend(values.map(|value| Location::parse(value).below(base.as_ref())));
        }
        named.sort();
        named.dedup();
        Self { base, named }
    }

    /// Where the source that the manifest calls `source` lies.
    pub fn source(&self, source: &str) -> String {
        Location::parse(source).below(self.base.as_ref()).relocated()
    }

    /// `value`, a text of the pipeline, as the exported pipeline has it: none where it stays as it is. Only the paths
    /// of sources and their beginnings move, also with variables in them.
    pub fn value(&self, value: &str) -> Option<String> {
        let location = Location::parse(value).below(self.base.as_ref());
        let moves = value.starts_with('/') || value.split('/').any(|name| name == "..");
        let is_source = || self.named.iter().any(|named| location.may_begin(named));
        (moves && is_source()).then(|| location.relocated())
    }
}

impl Location {
    fn parse(text: &str) -> Self {
        let mut location = Self { absolute: text.starts_with('/'), up: 0, names: Vec::new() };
        for name in text.split('/') {
            match name {
                "" | "." => {}
                ".." if location.names.last().is_some_and(|last| !is_open(last)) => {
                    location.names.pop();
                }
                ".." if location.names.is_empty() && !location.absolute => location.up += 1,
                ".." if location.names.is_empty() => {}
                name => location.names.push(name.to_owned()),
            }
        }
        location
    }

    /// The same seen from the folder of the pipeline, where it lies below that.
    fn below(self, base: Option<&Self>) -> Self {
        let inside = base.filter(|base| self.absolute && self.names.starts_with(&base.names));
        match inside {
            Some(base) => {
                let names = self.names.get(base.names.len()..).unwrap_or_default().to_vec();
                Self { absolute: false, up: 0, names }
            }
            None => self,
        }
    }

    /// Whether `whole` is this path or one below it, for some values of the variables in this one.
    fn may_begin(&self, whole: &Self) -> bool {
        let literal = self.names.iter().take_while(|name| !is_open(name)).count();
        let literal = self.names.get(..literal).unwrap_or_default();
        (self.absolute, self.up) == (whole.absolute, whole.up) && whole.names.starts_with(literal)
    }

    fn relocated(&self) -> String {
        let folder = match (self.absolute, self.up) {
            (true, _) => Some("inputs/root".to_owned()),
            (false, 0) => None,
            (false, up) => Some(format!("inputs/up-{up}")),
        };
        let path = folder.into_iter().chain(self.names.iter().cloned()).collect::<Vec<_>>().join("/");
        if path.is_empty() { ".".into() } else { path }
    }
}

/// Whether a name is known only when variables and patterns are filled in.
fn is_open(name: &str) -> bool {
    name.contains("${") || name.contains(['*', '?', '[', '{'])
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relocation(base: Option<&str>, named: &[&str]) -> Relocation {
        let base = base.map(Location::parse);
        let named = named.iter().map(|path| Location::parse(path).below(base.as_ref())).collect();
        Relocation { base, named }
    }

    #[test]
    fn sources_outside_the_folder_of_the_pipeline_move() {
        let relocation = relocation(None, &[]);
        let places = [
            ("data/a.nwb", "data/a.nwb"),
            ("./data//a.nwb", "data/a.nwb"),
            ("data/../b.nwb", "b.nwb"),
            ("../data/a.nwb", "inputs/up-1/data/a.nwb"),
            ("x/../../../a.nwb", "inputs/up-2/a.nwb"),
            ("/srv/a.nwb", "inputs/root/srv/a.nwb"),
            ("/../srv/a.nwb", "inputs/root/srv/a.nwb"),
        ];
        for (source, place) in places {
            assert_eq!(relocation.source(source), place, "{source}");
        }
    }

    #[test]
    fn beginnings_of_paths_move_like_the_paths() {
        let relocation = relocation(None, &["../data/a/1.nwb", "/srv/b.h5"]);
        let moved = |value: &str| relocation.value(value).unwrap_or_else(|| "stays".into());
        assert_eq!(moved("../data"), "inputs/up-1/data");
        assert_eq!(moved("../data/${animal}/1.nwb"), "inputs/up-1/data/${animal}/1.nwb");
        assert_eq!(moved("../${kind}/a/*.nwb"), "inputs/up-1/${kind}/a/*.nwb");
        assert_eq!(moved("/srv/b.h5"), "inputs/root/srv/b.h5");
        for other in ["../results", "/units/spike_times", "data", "a title", "${root}/1.nwb", "n/a"] {
            assert_eq!(moved(other), "stays", "{other}");
        }
    }

    #[test]
    fn an_absolute_path_below_the_pipeline_becomes_a_relative_one() {
        let relocation = relocation(Some("/home/u/p"), &["/home/u/p/data/a.nwb"]);
        assert_eq!(relocation.value("/home/u/p/data/a.nwb").as_deref(), Some("data/a.nwb"));
        assert_eq!(relocation.source("data/a.nwb"), "data/a.nwb");
    }
}
