//! When the remote is asked and told, and what becomes of its failures.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use neuroloom_core::{Digest, Error, ErrorKind, Result, files};

use super::{Remote, objects};
use crate::store::{Entry, Store, sharded};

/// A remote behind a store.
///
/// No failure of the remote stops a run: one that cannot be read has nothing. After a first failure it is left alone,
/// so that a server that is gone costs its timeout once and not once per task; one that only refuses what is put is
/// still read. [`settle`](Self::settle) gives it another chance at the end. What it has is marked by small files in the store (`shared/REMOTE/…`), so that results
/// that were made without it, or could not be put, are put by a later run, and none is put twice.
#[derive(Debug)]
pub struct Tier {
    remote: Arc<dyn Remote>,
    marks: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    good_for: Use,
    /// What the user was not told yet. One warning is enough.
    warning: Option<String>,
    has_warned: bool,
    /// What the remote should have and does not.
    owed: BTreeSet<Shared>,
}

/// What the remote is still good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    #[default]
    ReadAndWrite,
    Read,
    Nothing,
}

/// Something that the remote should have. Entries come before the recipes that lead to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// The entry of a key.
    Entry(Digest),
    /// A recipe and the key that it led to.
    Recipe(Digest, Digest),
}

impl Tier {
    /// `remote` behind `store`.
    pub fn new(remote: Arc<dyn Remote>, store: &Store) -> Self {
        let name = Digest::of(remote.address().as_bytes()).short();
        Self { remote, marks: store.root().join("shared").join(name), state: Mutex::default() }
    }

    /// What the user calls the remote.
    pub fn address(&self) -> &str {
        self.remote.address()
    }

    /// Brings the entry of `key` into `store`, if the remote has it whole.
    pub fn fetch(&self, key: Digest, store: &Store) -> Option<Entry> {
        let entry = self.ask(|remote| objects::get_entry(remote, key, store))?;
        self.mark(Shared::Entry(key));
        Some(entry)
    }

    /// The key that `recipe` led to, if the remote knows.
    pub fn key_of(&self, recipe: Digest) -> Option<Digest> {
        let key = self.ask(|remote| objects::get_recipe(remote, recipe))?;
        self.mark(Shared::Recipe(recipe, key));
        Some(key)
    }

    /// Sees to it that the remote has `what`, now or when it is [settled](Self::settle).
    pub fn share(&self, what: Shared, store: &Store) {
        if self.is_marked(what) {
            return;
        }
        if self.good_for() == Use::ReadAndWrite {
            match self.put(what, store) {
                Ok(()) => return,
                Err(error) => self.fail(&error, Use::Read),
            }
        }
        self.state().owed.insert(what);
    }

    /// The remote no longer has the entry of `key` as it is in the store.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn forget(&self, key: Digest) -> Result<()> {
        files::remove_file(&self.mark_of(Shared::Entry(key)).0)
    }

    /// Puts what could not be put before.
    ///
    /// # Errors
    /// Of the kind `Io` when the remote still fails: nothing is lost, but it does not have everything.
    pub fn settle(&self, store: &Store) -> Result<()> {
        let owed = std::mem::take(&mut self.state().owed);
        for what in &owed {
            if let Err(error) = self.put(*what, store) {
                let entries = owed.range(what..).filter(|what| matches!(what, Shared::Entry(_))).count();
                self.state().owed.extend(owed.range(what..));
                return Err(self.unsettled(entries, &error));
            }
        }
        Ok(())
    }

    /// What the user should know, once.
    pub fn take_warning(&self) -> Option<String> {
        self.state().warning.take()
    }

    fn unsettled(&self, entries: usize, cause: &Error) -> Error {
        let message = match entries {
            0 => "the remote was not told of all results".to_owned(),
            1 => "a result could not be put into the remote".to_owned(),
            several => format!("{several} results could not be put into the remote"),
        };
        Error::new(ErrorKind::Io, message)
            .at_file(self.address())
            .found(cause.to_string())
            .hint("nothing is lost, all results are in the store here: the next run with this remote puts them there")
    }

    /// What the remote answers; none where it fails or is left alone.
    fn ask<T>(&self, question: impl FnOnce(&dyn Remote) -> Result<Option<T>>) -> Option<T> {
        if self.good_for() == Use::Nothing {
            return None;
        }
        question(self.remote.as_ref()).unwrap_or_else(|error| {
            // One damaged object says nothing about the others.
            let is_damage = error.kind() == ErrorKind::Data;
            self.fail(&error, if is_damage { Use::ReadAndWrite } else { Use::Nothing });
            None
        })
    }

    /// From now on the remote is good for `good_for` at most.
    fn fail(&self, error: &Error, good_for: Use) {
        let mut state = self.state();
        state.good_for = state.good_for.max(good_for);
        if state.has_warned {
            return;
        }
        let then = match good_for {
            Use::ReadAndWrite => "its task runs again",
            Use::Read => "nothing more is put there until the end",
            Use::Nothing => "going on without the remote",
        };
        state.warning = Some(format!("{error}; {then}"));
        state.has_warned = true;
    }

    fn good_for(&self) -> Use {
        self.state().good_for
    }

    fn put(&self, what: Shared, store: &Store) -> Result<()> {
        match what {
            Shared::Entry(key) => match store.look_for(key)? {
                Some(entry) => objects::put_entry(self.remote.as_ref(), &entry)?,
                None => return Ok(()),
            },
            Shared::Recipe(recipe, key) => objects::put_recipe(self.remote.as_ref(), recipe, key)?,
        }
        self.mark(what);
        Ok(())
    }

    fn is_marked(&self, what: Shared) -> bool {
        let (path, word) = self.mark_of(what);
        files::pointed(&path) == Some(word)
    }

    fn mark(&self, what: Shared) {
        let (path, word) = self.mark_of(what);
        // Without the mark it is put once more, which costs time and nothing else.
        let _ = files::point(&path, &word);
    }

    /// The file that says that the remote has `what`, and its word. Marks are symbolic links: one whose word is its own
    /// name would lead whoever follows it round in circles.
    fn mark_of(&self, what: Shared) -> (PathBuf, String) {
        match what {
            Shared::Entry(key) => (sharded(&self.marks, key), "shared".to_owned()),
            Shared::Recipe(recipe, key) => (sharded(&self.marks.join("recipes"), recipe), key.to_string()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
