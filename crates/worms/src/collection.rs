//! Where the files of a source lie: a file, a folder of one source, or a folder of folders named after sources.

use std::path::{Component, Path, PathBuf};

use neuroloom_core::{Error, Result, files};

use crate::Source;
use crate::source::{DICTIONARY, NEURONS};

/// The files of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The source.
    pub source: Source,
    /// The folder that was given, or that of the file that was given.
    pub root: PathBuf,
    /// The files that hold recordings, sorted.
    pub files: Vec<PathBuf>,
}

impl Folder {
    /// The label dictionary: `given`, or the one in the folder of the source, one level above it, or beside a file.
    pub fn dictionary(&self, given: Option<&Path>) -> Option<PathBuf> {
        if let Some(given) = given {
            return Some(given.to_path_buf());
        }
        let beside = self.files.iter().filter_map(|file| file.parent());
        let folders = [Some(self.root.as_path()), self.root.parent()].into_iter().flatten().chain(beside);
        folders.map(|folder| folder.join(DICTIONARY)).find(|path| files::is_file(path))
    }

    /// Every file that reading opens: recordings and what belongs to them.
    pub fn all_files(&self, dictionary: Option<&Path>) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = self
            .files
            .iter()
            .flat_map(|file| [vec![file.clone()], companions(self.source, file)].concat())
            .collect();
        if self.files.iter().any(|file| needs_dictionary(self.source, file)) {
            all.extend(self.dictionary(dictionary));
        }
        all.sort();
        all.dedup();
        all
    }
}

/// Whether the labels of the recordings in `file` stand in the label dictionary.
pub(crate) fn needs_dictionary(source: Source, file: &Path) -> bool {
    let is_json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    match source {
        Source::Dag2023 => true,
        Source::Flavell2023 => !is_json,
        _ => false,
    }
}

fn companions(source: Source, file: &Path) -> Vec<PathBuf> {
    let all = match source {
        Source::Leifer2023 => crate::sources::leifer::companions(file).into(),
        Source::Flavell2023 => vec![file.with_file_name(NEURONS)],
        _ => Vec::new(),
    };
    all.into_iter().filter(|path| files::is_file(path)).collect()
}

/// Finds the files below `path`: those of `source`, or of all sources whose folders are there, `only` these if any are
/// named. A source is told by the name of its folder, in any case of letters.
///
/// # Errors
/// When `path` is absent, no source is named or found, or a source that was named has no files.
pub fn find(path: &Path, source: Option<Source>, only: &[Source]) -> Result<Vec<Folder>> {
    let is_folder = files::is_folder(path);
    if !is_folder {
        files::open(path)?;
    }
    if let Some(source) = source {
        return required(path, source, is_folder);
    }
    let folders = if is_folder { named_folders(path)? } else { Vec::new() };
    if folders.is_empty() {
        let source = named_by(path).ok_or_else(|| nameless(path))?;
        return required(path, source, is_folder);
    }
    let chosen = folders.into_iter().filter(|(source, _)| only.is_empty() || only.contains(source));
    let mut found = Vec::new();
    for (source, root) in chosen {
        let files = recordings(&root, source)?;
        // A folder may wait for its files; one that was asked for by name may not.
        if !files.is_empty() || only.contains(&source) {
            found.extend(not_empty(Folder { source, root, files })?);
        }
    }
    match only.iter().find(|source| found.iter().all(|folder: &Folder| folder.source != **source)) {
        Some(missing) => Err(Error::data(format!("there is no folder of {}", missing.name()))
            .at_file(path)
            .expected(format!("a folder called {}", missing.name()))
            .hint("leave it out of `sources`, or put its files there")),
        None if found.is_empty() => Err(Error::data("the folders of the sources are empty").at_file(path)),
        None => Ok(found),
    }
}

fn required(path: &Path, source: Source, is_folder: bool) -> Result<Vec<Folder>> {
    let folder = match is_folder {
        true => Folder { source, root: path.to_path_buf(), files: recordings(path, source)? },
        false => {
            let root = path.parent().unwrap_or(Path::new("")).to_path_buf();
            Folder { source, root, files: vec![path.to_path_buf()] }
        }
    };
    not_empty(folder)
}

fn not_empty(folder: Folder) -> Result<Vec<Folder>> {
    if !folder.files.is_empty() {
        return Ok(vec![folder]);
    }
    Err(Error::data(format!("no recordings of {}", folder.source.name()))
        .at_file(&folder.root)
        .expected(folder.source.pattern())
        .hint("`source` names the data set whose files are in the folder"))
}

fn recordings(root: &Path, source: Source) -> Result<Vec<PathBuf>> {
    let all = files::list_files(root)?;
    // What macOS packs beside the files of an archive.
    let is_litter = |path: &Path| path.components().any(|part| part.as_os_str() == "__MACOSX");
    Ok(all
        .into_iter()
        .filter(|path| source.is_recording(path) && !is_litter(path))
        .map(|path| root.join(path))
        .collect())
}

/// Folders in `path` that are named after sources, by source.
fn named_folders(path: &Path) -> Result<Vec<(Source, PathBuf)>> {
    let mut found = Vec::new();
    for entry in files::list(path)? {
        let source = entry.file_name().and_then(|name| Source::of_name(name.to_str()?));
        if let Some(source) = source.filter(|_| files::is_folder(&entry)) {
            found.push((source, entry));
        }
    }
    found.sort();
    match found
        .windows(2)
        .find(|pair| pair.iter().all(|(source, _)| Some(*source) == pair.first().map(|p| p.0)))
    {
        Some([(_, first), (_, second)]) => Err(Error::data("two folders are named after one source")
            .at_file(first)
            .found(second.display().to_string())
            .hint("put the files of one source into one folder")),
        _ => Ok(found),
    }
}

/// The source after which the last such part of `path` is named.
fn named_by(path: &Path) -> Option<Source> {
    path.components().rev().find_map(|part| match part {
        Component::Normal(name) => Source::of_name(name.to_str()?),
        _ => None,
    })
}

fn nameless(path: &Path) -> Error {
    let names = Source::ALL.map(Source::name).join(", ");
    Error::data("which source these files are of is not said")
        .at_file(path)
        .expected(format!("folders named after sources: {names}"))
        .hint("add `source: NAME`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            files::write_bytes(&folder.path().join(name), b"").unwrap();
        }
        folder
    }

    #[test]
    fn a_collection_has_a_folder_for_every_source() {
        let files = [
            "dag2023/b/2-data.h5",
            "dag2023/a/1-data.h5",
            "dag2023/notes.txt",
            "KATO2015/WT_Stim.mat",
            "x/y.mat",
        ];
        let folder = folder(&files);
        let found = find(folder.path(), None, &[]).unwrap();
        let listed: Vec<_> = found.iter().map(|folder| (folder.source, folder.files.len())).collect();
        assert_eq!(listed, [(Source::Dag2023, 2), (Source::Kato2015, 1)]);
        assert!(found[0].files[0].ends_with("a/1-data.h5"));
        let only = find(folder.path(), None, &[Source::Kato2015]).unwrap();
        assert_eq!(only.len(), 1);
        assert!(find(folder.path(), None, &[Source::Lin2023]).unwrap_err().to_string().contains("Lin2023"));
    }

    #[test]
    fn a_single_folder_or_file_is_told_by_its_name_or_by_the_parameter() {
        let folder = folder(&["Uzel2022/Uzel_WT.mat", "mine/WT.mat"]);
        let found = |path: &str, source| find(&folder.path().join(path), source, &[]);
        assert_eq!(found("Uzel2022", None).unwrap()[0].source, Source::Uzel2022);
        assert_eq!(found("Uzel2022/Uzel_WT.mat", None).unwrap()[0].files.len(), 1);
        assert!(found("mine", None).unwrap_err().report().contains("add `source: NAME`"));
        assert_eq!(found("mine", Some(Source::Skora2018)).unwrap()[0].files.len(), 1);
        assert!(found("mine", Some(Source::Dag2023)).unwrap_err().report().contains("*.h5"));
        assert!(found("nowhere", None).is_err());
    }
}
