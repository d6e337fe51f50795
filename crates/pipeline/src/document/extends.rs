//! `extends`: a file merged over its base documents. Maps merge key by key; of anything else the later wins.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use neuroloom_core::files;

use super::file::{self, File};
use super::findings::{Findings, Place, SourceId};
use super::node::{Entry, Map, Node, Value};

/// Bases of bases of bases …
const CHAIN_LIMIT: usize = 16;
/// Documents read in all, repeated ones included.
const FILES_LIMIT: usize = 64;

/// A file merged with all that it extends.
pub(super) struct Loaded {
    pub source: SourceId,
    /// The other sources.
    pub bases: Vec<SourceId>,
    pub root: Map,
    pub text: String,
}

/// Reads the file at `path` and its bases. `None` when one cannot be read, which is reported.
pub(super) fn load(path: &Path, findings: &mut Findings) -> Option<Loaded> {
    let mut loader = Loader { findings, chain: Vec::new(), files: 0, bases: Vec::new() };
    let File { source, map, text } = loader.document(path, None)?;
    Some(Loaded { source, bases: loader.bases, root: map, text })
}

struct Loader<'a> {
    findings: &'a mut Findings,
    /// The files that are being read, each named by the one before: (real path, path as given).
    chain: Vec<(PathBuf, PathBuf)>,
    files: usize,
    bases: Vec<SourceId>,
}

impl Loader<'_> {
    /// The file at `path` with its bases merged under it.
    fn document(&mut self, path: &Path, named_at: Option<Place>) -> Option<File> {
        self.files += 1;
        if let Some(place) = named_at {
            self.check_chain(path, place)?;
        }
        let mut file = file::read(path, named_at, self.findings)?;
        if named_at.is_some() {
            self.bases.push(file.source);
        }
        let bases = self.named_bases(&file.map);
        if bases.is_empty() {
            return Some(file);
        }
        self.chain.push((real(path), path.to_path_buf()));
        let folder = path.parent().unwrap_or(Path::new(""));
        let read: Vec<_> =
            bases.iter().map(|(base, place)| self.document(&folder.join(base), Some(*place))).collect();
        self.chain.pop();
        let mut merged = Map::default();
        for base in read {
            merged = merge(merged, base?.map, Level::Document);
        }
        file.map = merge(merged, file.map, Level::Document);
        Some(file)
    }

    fn check_chain(&mut self, path: &Path, place: Place) -> Option<()> {
        let real = real(path);
        if let Some(at) = self.chain.iter().position(|(other, _)| *other == real) {
            let names = self.chain.iter().skip(at).map(|(_, given)| given.as_path()).chain([path]);
            let names: Vec<_> = names.map(|name| name.display().to_string()).collect();
            self.findings.error(place, format!("files extend each other in a loop: {}", names.join(" → ")));
            return None;
        }
        if self.chain.len() >= CHAIN_LIMIT {
            self.findings.error(place, format!("bases of bases go deeper than {CHAIN_LIMIT} files"));
            return None;
        }
        if self.files > FILES_LIMIT {
            self.findings.error(place, format!("more than {FILES_LIMIT} files are extended in all"));
            return None;
        }
        Some(())
    }

    fn named_bases(&mut self, map: &Map) -> Vec<(String, Place)> {
        let Some(node) = map.get("extends") else { return Vec::new() };
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let paths = items.iter().filter_map(|item| {
            let text = item.expect_text("a path in `extends`", self.findings)?;
            Some((text.to_owned(), item.place))
        });
        paths.collect()
    }
}

/// The path by which a file is recognised; one that does not exist is reported when it is read.
fn real(path: &Path) -> PathBuf {
    files::real_path(path).unwrap_or_else(|_| path.to_path_buf())
}

/// What the maps being merged hold, which decides what `null` means in them.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Document,
    /// A map of things that `null` removes: steps, outputs, variables, axes.
    Removable,
    Steps,
    Step,
    /// A map in which `null` is a value.
    Values,
}

impl Level {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Document, "steps") => Self::Steps,
            (Self::Document, "outputs" | "vars") | (Self::Step, "matrix" | "foreach") => Self::Removable,
            (Self::Steps, _) => Self::Step,
            _ => Self::Values,
        }
    }

    fn null_removes(self) -> bool {
        matches!(self, Self::Steps | Self::Removable)
    }
}

fn merge(mut base: Map, over: Map, level: Level) -> Map {
    let mut removed = BTreeSet::new();
    for later in over.into_entries() {
        let removes = level.null_removes() && matches!(later.value.value, Value::Null);
        match base.get_mut(&later.key) {
            None => base.insert(later),
            Some(_) if removes => {
                removed.insert(later.key);
            }
            Some(earlier) => {
                let earlier = earlier.take();
                let Entry { key, key_place, value } = later;
                let value = merge_nodes(earlier, value, level.below(&key));
                base.insert(Entry { key, key_place, value });
            }
        }
    }
    base.into_entries().into_iter().filter(|entry| !removed.contains(&entry.key)).collect()
}

fn merge_nodes(earlier: Node, later: Node, level: Level) -> Node {
    let value = match (earlier.value, later.value) {
        (Value::Map(below), Value::Map(above)) => Value::Map(merge(below, above, level)),
        (_, value) => value,
    };
    Node { value, place: later.place }
}
