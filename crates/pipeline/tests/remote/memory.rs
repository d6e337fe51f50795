//! A remote in memory that fails when a test says so, in the worst way: half of what it moves has moved.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::{Mutex, MutexGuard};

use neuroloom_core::{Error, ErrorKind, Result};
use neuroloom_pipeline::store::Remote;

/// Which calls fail, counted from 1.
#[derive(Clone, Copy, Debug, Default)]
pub enum Fails {
    #[default]
    Never,
    At(u64),
    From(u64),
    /// Every call that puts something.
    Puts,
}

#[derive(Debug, Default)]
pub struct Memory(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    calls: u64,
    fails: Fails,
}

impl Memory {
    /// Counts calls anew, and makes some fail.
    pub fn fail(&self, fails: Fails) {
        let mut state = self.state();
        (state.calls, state.fails) = (0, fails);
    }

    /// How many calls there were since the last [`fail`](Self::fail).
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state().objects.clone()
    }

    /// Sees to it that it has these objects and no others.
    pub fn set(&self, objects: BTreeMap<String, Vec<u8>>) {
        self.state().objects = objects;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn is_failing(&mut self, is_put: bool) -> bool {
        self.calls += 1;
        match self.fails {
            Fails::Never => false,
            Fails::At(k) => self.calls == k,
            Fails::From(k) => self.calls >= k,
            Fails::Puts => is_put,
        }
    }
}

fn out_of_order() -> Error {
    Error::new(ErrorKind::Io, "the remote is out of order").at_file("memory://")
}

impl Remote for Memory {
    fn address(&self) -> &str {
        "memory://"
    }

    fn get(&self, name: &str, limit: u64, to: &mut dyn Write) -> Result<bool> {
        let mut state = self.state();
        let is_failing = state.is_failing(false);
        let Some(object) = state.objects.get(name) else {
            return if is_failing { Err(out_of_order()) } else { Ok(false) };
        };
        if object.len() as u64 > limit {
            return Err(Error::data("too long"));
        }
        let shown = if is_failing { object.len() / 2 } else { object.len() };
        to.write_all(&object[..shown]).unwrap();
        if is_failing { Err(out_of_order()) } else { Ok(true) }
    }

    fn put(&self, name: &str, bytes: u64, from: &mut dyn Read) -> Result<()> {
        let mut object = Vec::new();
        from.read_to_end(&mut object).unwrap();
        assert_eq!(object.len() as u64, bytes);
        assert!(!object.is_empty(), "{name}");
        let mut state = self.state();
        let is_failing = state.is_failing(true);
        object.truncate(if is_failing { object.len() / 2 } else { object.len() });
        state.objects.insert(name.to_owned(), object);
        if is_failing { Err(out_of_order()) } else { Ok(()) }
    }
}
