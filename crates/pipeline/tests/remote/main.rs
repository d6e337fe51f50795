//! Two computers with a store each and a remote behind both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod computer;
#[path = "../fake/mod.rs"]
mod fake;
mod memory;

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::{Digest, ErrorKind};

use computer::{Computer, TASKS};
use memory::{Fails, Memory};

/// A remote to which one computer has put all results, and these.
fn filled() -> (Arc<Memory>, Computer) {
    let (remote, first) = (Arc::new(Memory::default()), Computer::new());
    let (outcome, warnings) = first.run(Some(&remote));
    assert_eq!((outcome.ran, warnings.len()), (TASKS, 0));
    assert!(outcome.unshared.is_none());
    (remote, first)
}

/// A computer without results gets all of them from `remote`.
fn assert_complete(remote: &Arc<Memory>, expected: &Computer, context: &str) {
    let last = Computer::new();
    let (outcome, warnings) = last.run(Some(remote));
    assert_eq!((outcome.ran, warnings.len()), (0, 0), "{context}: {warnings:?}");
    assert_eq!(last.results(), expected.results(), "{context}");
}

#[test]
fn what_one_computer_made_another_fetches() {
    let (remote, first) = filled();
    assert_complete(&remote, &first, "after one run");
}

#[test]
fn a_run_that_changes_nothing_asks_the_remote_nothing() {
    let (remote, first) = filled();
    remote.fail(Fails::Never);
    assert!(first.run(Some(&remote)).0.unchanged);
    assert_eq!(remote.calls(), 0);
}

#[test]
fn results_made_without_the_remote_are_put_by_the_next_run_with_it() {
    let (remote, first) = (Arc::new(Memory::default()), Computer::new());
    first.run(None::<&Arc<Memory>>);
    assert_eq!(first.run(Some(&remote)).0.ran, 0);
    assert_complete(&remote, &first, "after a run without");
}

#[test]
fn what_is_made_by_force_is_put_again() {
    let (remote, first) = filled();
    let before = remote.objects();
    remote.set(BTreeMap::new());
    assert_eq!(first.run_by_force(Some(&remote)).0.ran, TASKS);
    let entries = |objects: BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
        objects.into_iter().filter(|(name, _)| name.starts_with("entries/")).collect()
    };
    assert_eq!(entries(remote.objects()), entries(before));
}

#[test]
fn garbage_is_collected_here_and_not_there() {
    let (remote, first) = filled();
    let (results, objects) = (first.results(), remote.objects());
    assert_eq!(first.clear().entries, TASKS);
    assert_eq!(remote.objects(), objects);
    let (outcome, _) = first.run(Some(&remote));
    assert_eq!(outcome.ran, 0);
    assert_eq!(first.results(), results);
}

/// Runs with failures of the remote at every call that a run makes, from the state that `begin` gives.
fn at_every_call(fails: fn(u64) -> Fails, begin: &dyn Fn() -> Arc<Memory>) -> u64 {
    let undisturbed = Computer::new();
    undisturbed.run(None::<&Arc<Memory>>);
    for k in 1.. {
        let context = format!("{:?}", fails(k));
        let (remote, computer) = (begin(), Computer::new());
        remote.fail(fails(k));
        let (outcome, warnings) = computer.run(Some(&remote));
        if remote.calls() < k {
            assert!(outcome.unshared.is_none() && warnings.is_empty(), "{context}");
            return k - 1;
        }
        assert_eq!(computer.results(), undisturbed.results(), "{context}");
        assert!(warnings.len() <= 1, "{context}: {warnings:?}");
        if let Some(error) = outcome.unshared {
            assert_eq!(error.kind(), ErrorKind::Io, "{context}");
            assert!(error.hint_text().unwrap().contains("nothing is lost"), "{context}");
            assert!(matches!(fails(k), Fails::From(_)), "{context}: {error}");
        }
        remote.fail(Fails::Never);
        let (again, warnings) = computer.run(Some(&remote));
        assert_eq!((again.ran, warnings.len()), (0, 0), "{context}: {warnings:?}");
        assert!(again.unshared.is_none(), "{context}");
        assert_complete(&remote, &undisturbed, &context);
    }
    unreachable!("a run makes finitely many calls")
}

#[test]
fn a_failure_at_any_call_loses_nothing() {
    let empty = || Arc::new(Memory::default());
    // Per task: two looks, a table, a record, a recipe.
    assert!(at_every_call(Fails::At, &empty) >= 5 * TASKS as u64);
    assert!(at_every_call(Fails::From, &empty) >= 5 * TASKS as u64);
}

#[test]
fn a_failure_at_any_call_of_one_who_fetches_loses_nothing() {
    // Per task: a record, a table, a recipe.
    assert!(at_every_call(Fails::At, &|| filled().0) >= 3 * TASKS as u64);
    assert!(at_every_call(Fails::From, &|| filled().0) >= 3 * TASKS as u64);
}

#[test]
fn one_warning_says_that_a_remote_is_gone() {
    let (remote, computer) = (Arc::new(Memory::default()), Computer::new());
    remote.fail(Fails::From(1));
    let (outcome, warnings) = computer.run(Some(&remote));
    assert_eq!(warnings, ["the remote is out of order (memory://); going on without the remote"]);
    let error = outcome.unshared.unwrap();
    assert_eq!(error.message(), "3 results could not be put into the remote");
    assert_eq!(remote.calls(), 2, "asked once at the beginning, and once at the end");
}

#[test]
fn a_remote_that_may_only_be_read_is_read() {
    let (remote, first) = filled();
    let mut objects = remote.objects();
    let record = first.record_of("source");
    objects.retain(|name, _| *name != record);
    remote.set(objects);
    remote.fail(Fails::Puts);
    let second = Computer::new();
    let (outcome, warnings) = second.run(Some(&remote));
    assert_eq!(outcome.ran, 1, "the others were fetched all the same");
    assert!(
        warnings.len() == 1 && warnings[0].ends_with("nothing more is put there until the end"),
        "{warnings:?}"
    );
    assert_eq!(outcome.unshared.unwrap().message(), "a result could not be put into the remote");
    assert_eq!(second.results(), first.results());
}

/// Runs on a computer without results after `change` was done to the object `name`.
fn after(change: fn(&mut Vec<u8>), name: &str, full: &BTreeMap<String, Vec<u8>>, expected: &Computer) {
    let remote = Arc::new(Memory::default());
    let mut objects = full.clone();
    change(objects.get_mut(name).unwrap());
    remote.set(objects);
    let second = Computer::new();
    let (outcome, warnings) = second.run(Some(&remote));
    // Nobody needs a recipe where the tasks before are done.
    let is_entry = name.starts_with("entries/");
    assert_eq!(outcome.ran, usize::from(is_entry), "{name}");
    assert_eq!(warnings.len(), usize::from(is_entry), "{name}: {warnings:?}");
    assert!(warnings.iter().all(|warning| warning.ends_with("its task runs again")), "{warnings:?}");
    assert_eq!(second.results(), expected.results(), "{name}");
    assert_eq!(&remote.objects(), full, "{name} was put again");
}

#[test]
fn a_damaged_object_is_refused_and_replaced() {
    let (remote, first) = filled();
    let full = remote.objects();
    assert_eq!(full.len(), 3 * TASKS, "a table, a record and a recipe per task");
    for name in full.keys() {
        after(|object| *object.last_mut().unwrap() ^= 1, name, &full, &first);
        after(|object| object.truncate(object.len() / 2), name, &full, &first);
        after(|object| object.push(b' '), name, &full, &first);
        after(Vec::clear, name, &full, &first);
    }
}

#[test]
fn a_record_cannot_name_files_elsewhere() {
    let (remote, first) = filled();
    let mut objects = remote.objects();
    for (name, object) in objects.iter_mut().filter(|(name, _)| name.ends_with("/record")) {
        let text = String::from_utf8(object.clone()).unwrap();
        let (_, body) = text.split_once('\n').unwrap();
        let hostile = body.replace(r#"\"spikes\": {"#, r#"\"../../../../stolen\": {"#);
        assert_ne!(hostile, body, "{name}");
        *object = format!("neuroloom object 1 {}\n{hostile}", Digest::of(hostile.as_bytes())).into_bytes();
    }
    remote.set(objects);
    let second = Computer::new();
    let (outcome, warnings) = second.run(Some(&remote));
    assert_eq!(outcome.ran, TASKS);
    assert!(warnings[0].contains("a port \"../../../../stolen\""), "{warnings:?}");
    assert_eq!(second.results(), first.results());
    assert!(second.files().iter().all(|path| !path.to_string_lossy().contains("stolen")));
}
