//! Every call to the operating system that a run makes, made to fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

#[path = "../fake/mod.rs"]
mod fake;
mod steps;
mod world;

use neuroloom_core::ErrorKind;
use neuroloom_core::files::faults::{self, Fault, Plan};

use world::World;

/// How many faults of each kind a run must meet at least: fewer mean that files are touched elsewhere.
const FEWEST: [(Fault, u64); 4] =
    [(Fault::DiskFull, 100), (Fault::Io, 400), (Fault::Interrupted, 400), (Fault::ShortWrite, 20)];

/// Runs with the fault at every call.
fn at_every_call(fault: Fault, plan: fn(Fault, u64) -> Plan) {
    at_calls(fault, plan, 1);
}

/// Runs with the fault at the `k`-th call, for every `every`-th `k` from 1 until there is none left, and where that
/// fails again without it.
fn at_calls(fault: Fault, plan: fn(Fault, u64) -> Plan, every: usize) {
    let undisturbed = World::new();
    undisturbed.run().unwrap();
    let expected = undisturbed.results();
    let mut met = 0;
    for k in (1..).step_by(every) {
        let world = World::new();
        let guard = faults::inject(world.folder(), plan(fault, k));
        let outcome = world.run();
        let fired = guard.fired();
        drop(guard);
        if fired == 0 {
            break;
        }
        let context = format!("{fault:?} at call {k}");
        world.assert_nothing_partial(&context);
        match outcome {
            Ok(_) => {
                assert_eq!(world.results(), expected, "{context}");
                assert_eq!(world.temporaries_left(), Vec::<String>::new(), "{context}");
            }
            Err(failure) => {
                let error = failure.error;
                assert!(matches!(fault, Fault::DiskFull | Fault::Io), "{context}: {error}");
                assert_eq!(error.kind(), ErrorKind::Io, "{context}: {error}");
                let file = error.location().file.as_deref().unwrap_or_else(|| panic!("{context}: {error}"));
                assert!(file.starts_with(world.folder()), "{context}: {error}");
                world.run().unwrap_or_else(|again| panic!("{context}, without it: {}", again.error));
                assert_eq!(world.results(), expected, "{context}, without it");
                assert_eq!(world.temporaries_left(), Vec::<String>::new(), "{context}, without it");
            }
        }
        met = k;
    }
    let (_, fewest) = FEWEST.into_iter().find(|(of, _)| *of == fault).unwrap();
    assert!(met >= fewest, "{fault:?} met {met} calls only");
}

#[test]
fn a_disk_that_is_full_once() {
    at_every_call(Fault::DiskFull, Plan::once);
}

#[test]
fn a_disk_that_stays_full() {
    at_every_call(Fault::DiskFull, Plan::from);
}

#[test]
fn a_disk_that_fails_once() {
    at_every_call(Fault::Io, Plan::once);
}

#[test]
fn a_disk_that_goes_on_failing() {
    // Little differs between failing from one call on and from the next.
    at_calls(Fault::Io, Plan::from, 3);
}

#[test]
fn interruptions_are_never_seen() {
    at_every_call(Fault::Interrupted, Plan::once);
}

#[test]
fn short_writes_are_never_seen() {
    at_every_call(Fault::ShortWrite, Plan::once);
    at_every_call(Fault::ShortWrite, Plan::from);
}

#[test]
fn a_table_of_the_store_that_cannot_be_read_is_named_and_kept() {
    let world = World::new();
    world.run().unwrap();
    let expected = world.results();
    let more = world.with_one_more_reader();
    // Faults in a folder of the store strike only those who read its tables.
    let entry = world.entry_of("source");
    let guard = faults::inject(&entry, Plan::from(Fault::Io, 1));
    let failure = more.run().unwrap_err();
    assert!(guard.fired() > 0);
    drop(guard);
    assert_eq!(failure.error.kind(), ErrorKind::Io, "{}", failure.error);
    assert!(failure.error.location().file.as_deref().unwrap().starts_with(&entry), "{}", failure.error);
    more.run().unwrap();
    for (name, bytes) in expected {
        assert_eq!(more.results().get(&name), Some(&bytes), "{name:?}");
    }
}
