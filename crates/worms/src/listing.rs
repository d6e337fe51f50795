//! The worms in the files of sources, by headers only: the units of work of the step.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neuroloom_celegans::Profile;
use neuroloom_core::{Error, Result};

use crate::collection::{Folder, needs_dictionary};
use crate::sources::{self, Context, dictionary};
use crate::worm::{Header, Layout};
use crate::{Source, Worm};

/// What changes how files are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// `compat` reproduces the readers of the published pipeline where they differ.
    pub profile: Profile,
    /// The label dictionary of Dag2023, where it is not beside the files.
    pub labels: Option<PathBuf>,
    /// Whether a file that cannot be opened ends the listing; otherwise it is a unit that cannot be read.
    pub strict: bool,
    /// At most so many recordings of each source.
    pub limit: Option<usize>,
}

/// The worms of a collection.
pub struct Listing {
    /// One per worm, ascending by [`id`](Unit::id).
    pub units: Vec<Unit>,
}

/// One worm that can be read.
pub struct Unit {
    /// `source/name`, unique.
    pub id: String,
    /// The source.
    pub source: Source,
    /// The file that it is in.
    pub path: PathBuf,
    index: usize,
    header: Header,
    layout: Result<Arc<dyn Layout>>,
}

impl Listing {
    /// Lists the worms in the files of `folders`.
    ///
    /// # Errors
    /// When two recordings of a source have one name, or, if `strict`, a file cannot be opened.
    pub fn of(folders: &[Folder], options: &ReadOptions) -> Result<Self> {
        let mut units = Vec::new();
        for folder in folders {
            let mut found = of_folder(folder, options)?;
            found.sort_by(|a, b| a.id.cmp(&b.id));
            found.truncate(options.limit.unwrap_or(usize::MAX));
            units.append(&mut found);
        }
        units.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { units })
    }

    /// Values of the traces of the largest recording, at most.
    pub fn most_values(&self) -> u64 {
        self.units.iter().map(|unit| unit.header.most_values).max().unwrap_or(0)
    }

    /// Bytes that reading holds beside the traces of a recording, at most.
    pub fn held_bytes(&self) -> u64 {
        self.units.iter().map(|unit| unit.header.held_bytes).max().unwrap_or(0)
    }

    /// Columns of all recordings, where all headers tell.
    pub fn n_columns(&self) -> Option<u64> {
        self.units.iter().map(|unit| unit.header.n_columns).sum()
    }

    /// Samples of the longest recording, where all headers tell.
    pub fn n_samples(&self) -> Option<u64> {
        let samples: Option<Vec<u64>> = self.units.iter().map(|unit| unit.header.n_samples).collect();
        samples?.into_iter().max()
    }
}

impl Unit {
    /// Name of the file, without folders.
    pub fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Why the worm is left out before anything is read.
    pub fn skip_reason(&self) -> Option<&str> {
        self.header.skip_reason.as_deref()
    }

    /// Columns, where the headers tell.
    pub fn n_columns(&self) -> Option<u64> {
        self.header.n_columns
    }

    /// Reads the worm.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, or is not as its source has it.
    pub fn read(&self) -> Result<Worm> {
        self.read_unplaced().map_err(|error| error.at_file(&self.path))
    }

    fn read_unplaced(&self) -> Result<Worm> {
        let layout = self.layout.as_ref().map_err(Clone::clone)?;
        let mut worm = layout.read(self.index)?;
        let recording = &mut worm.recording;
        recording.id.clone_from(&self.id);
        recording.source = self.source.name().to_owned();
        recording.file = self.file_name();
        recording.signal_unit = self.source.signal_unit().to_owned();
        recording.licence_note = self.source.licence_note().map(str::to_owned);
        worm.check()?;
        Ok(worm)
    }
}

fn of_folder(folder: &Folder, options: &ReadOptions) -> Result<Vec<Unit>> {
    let source = folder.source;
    let dictionary = match folder.files.iter().any(|file| needs_dictionary(source, file)) {
        true => folder.dictionary(options.labels.as_deref()).map(|path| dictionary::read(&path)).transpose(),
        false => Ok(None),
    };
    let context = Context { source, profile: options.profile, dictionary };
    let mut units = Vec::new();
    for path in &folder.files {
        let opened = sources::open(path, &context).map_err(|error| error.at_file(path));
        if let (Err(error), true) = (&opened, options.strict) {
            return Err(error.clone());
        }
        units.extend(of_file(source, path, opened));
    }
    name_apart(&mut units, &folder.root);
    check_names(&units)?;
    Ok(units)
}

fn of_file(source: Source, path: &Path, opened: Result<Arc<dyn Layout>>) -> Vec<Unit> {
    let headers = match &opened {
        Ok(layout) => layout.worms(),
        Err(_) => vec![Header { name: sources::name(source, path), ..Header::default() }],
    };
    let unit = |(index, header): (usize, Header)| Unit {
        id: format!("{}/{}", source.name(), header.name),
        source,
        path: path.to_path_buf(),
        index,
        header,
        layout: opened.clone(),
    };
    headers.into_iter().enumerate().map(unit).collect()
}

/// Files of one name in several folders get the names of their folders, too.
fn name_apart(units: &mut [Unit], root: &Path) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for unit in units.iter() {
        *counts.entry(unit.id.clone()).or_default() += 1;
    }
    for unit in units.iter_mut().filter(|unit| counts.get(&unit.id).is_some_and(|n| *n > 1)) {
        let folder = unit.path.parent().and_then(|folder| folder.strip_prefix(root).ok());
        let parts = folder.into_iter().flat_map(Path::components);
        let folder: String = parts.map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect();
        unit.id = format!("{}/{folder}{}", unit.source.name(), unit.header.name);
    }
}

fn check_names(units: &[Unit]) -> Result<()> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for unit in units {
        if let Some(other) = seen.insert(&unit.id, &unit.path) {
            return Err(Error::data("two recordings have one name")
                .at_file(&unit.path)
                .at_object(&unit.id)
                .found(format!("the same in {}", other.display()))
                .hint("rename one of the files"));
        }
    }
    Ok(())
}

/// Name of a file without folders and ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
