//! Reading a file or a folder.

use std::collections::BTreeMap;
use std::path::Path;

use neuroloom_core::{Error, Result, Table, nearest};

use super::object::{Class, Object, Target};
use super::{behaviour, folder, group, intervals, traces};
use crate::npy::Archive;
use crate::recording_row;
use crate::span::Span;

/// What to read, and into which tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// Name of the recording; by default that of the file without its ending, or of the folder.
    pub recording_id: Option<String>,
    /// The table that an object goes into, by the name of the object, where it is not the usual one.
    pub targets: BTreeMap<String, Target>,
}

impl ReadOptions {
    pub(super) fn recording_id(&self, path: &Path) -> String {
        let by_path = || {
            let name = recording_row::recording_id(path, |_| false, "pynapple");
            name.strip_suffix(".npz").unwrap_or(&name).to_owned()
        };
        self.recording_id.clone().unwrap_or_else(by_path)
    }
}

/// The tables of a recording; those that its files have nothing for are absent.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The session, one row.
    pub recordings: Table,
    /// Spike times, a row per unit.
    pub spikes: Option<Table>,
    /// Signals of neurons.
    pub traces: Option<Table>,
    /// Other signals, a row per channel.
    pub behaviour: Option<Table>,
    /// Intervals and points in time.
    pub intervals: Option<Table>,
    /// What was left out.
    pub notes: Vec<String>,
}

/// Reads the Pynapple file at `path`, or those in the folder `path` and below it as one recording.
///
/// # Errors
/// When there are none, one is damaged, arrays do not fit each other, times run backwards, or an object is asked into a
/// table that it does not fit.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Recording> {
    let (objects, mut notes) = objects(path, options)?;
    let id = options.recording_id(path);
    let of = |target: Target| -> Vec<&Object> {
        objects.iter().filter(|object| object.target == target).collect()
    };
    let (mut span, mut n_units) = (Span::default(), 0);
    let mut spikes = None;
    if let found @ [_, ..] = of(Target::Spikes).as_slice() {
        let (table, covered) = group::read(&id, found, &mut notes)?;
        span.join(covered);
        n_units += table.n_rows();
        spikes = Some(table);
    }
    let mut traces = None;
    if let found @ [_, ..] = of(Target::Traces).as_slice() {
        let (table, n, covered) = traces::read(&id, found, &mut notes)?;
        span.join(covered);
        n_units += n;
        traces = Some(table);
    }
    let mut behaviour = None;
    if let found @ [_, ..] = of(Target::Behaviour).as_slice() {
        let (table, covered) = behaviour::read(&id, found, &mut notes)?;
        span.join(covered);
        behaviour = Some(table);
    }
    let mut intervals = None;
    if let found @ [_, ..] = of(Target::Intervals).as_slice() {
        let (table, covered) = intervals::read(&id, found, &mut notes)?;
        span.join(covered);
        intervals = Some(table);
    }
    let recordings = recording_row::table(&id, "pynapple", path, n_units, span.duration_s())?;
    Ok(Recording { recordings, spikes, traces, behaviour, intervals, notes })
}

/// The objects at `path` with the tables that they go into, and what is left out.
///
/// # Errors
/// When there are none, a file is damaged, or `options` name an object that is not there or a table that it does not fit.
pub(super) fn objects(path: &Path, options: &ReadOptions) -> Result<(Vec<Object>, Vec<String>)> {
    let files = folder::files(path)?;
    if let Some(unknown) = options.targets.keys().find(|name| !files.iter().any(|(known, _)| known == *name))
    {
        return Err(unknown_object(path, unknown, &files));
    }
    let (mut objects, mut notes, mut pickled) = (Vec::new(), Vec::new(), Vec::new());
    for (name, file) in files {
        let asked = options.targets.get(&name).copied();
        if asked == Some(Target::Skip) {
            continue;
        }
        let mut archive = Archive::open(&file)?;
        let class = Class::of(&mut archive).map_err(|error| error.at_file(&file))?;
        let (Some(class), Some(target)) = (class, asked.or_else(|| class?.usual_target())) else {
            let what = class.map_or_else(|| "no object of Pynapple".to_owned(), |class| format!("a {class}"));
            notes.push(format!("{name}: {what}, which fits no table; left out"));
            continue;
        };
        if !class.admits(target) {
            return Err(Error::params(format!("a {class} does not fit into the table of {}", target.name()))
                .at_file(&file)
                .at_object(format!("as.{name}"))
                .hint("spikes take TsGroup and Ts; traces and behaviour Tsd and TsdFrame; intervals IntervalSet and Ts"));
        }
        if archive.has("_metadata") {
            pickled.push(name.clone());
        }
        objects.push(Object { name, path: file, class, target });
    }
    if !pickled.is_empty() {
        notes.push(format!("metadata, if any, are a pickle and are left out: {}", pickled.join(", ")));
    }
    if objects.is_empty() {
        return Err(Error::data("nothing that could be read")
            .at_file(path)
            .expected("a Ts, Tsd, TsdFrame, TsGroup or IntervalSet saved by Pynapple")
            .found(notes.join("; ")));
    }
    Ok((objects, notes))
}

fn unknown_object(path: &Path, unknown: &str, files: &[(String, std::path::PathBuf)]) -> Error {
    let names = || files.iter().map(|(name, _)| name.as_str());
    let error = Error::params(format!("there is no object called {unknown}"))
        .at_file(path)
        .at_object("as")
        .expected(format!("one of {}", names().collect::<Vec<_>>().join(", ")));
    match nearest(unknown, names()) {
        Some(near) => error.hint(format!("did you mean {near}?")),
        None => error,
    }
}
