//! Stops on request, and what other processes do.

use std::fs::File;
use std::thread;
use std::time::{Duration, Instant};

use neuroloom_core::{CancelToken, ErrorKind};

use crate::harness::{Place, bytes, source};
use crate::server::{Act, Server, cut, file, reply};

#[test]
fn a_stop_keeps_the_part_and_the_next_call_goes_on() {
    let body = bytes(300_000);
    let served = body.clone();
    let server = Server::start(move |request, before| {
        let mut acts = file(request, &served, "\"1\"");
        if before == 0 {
            acts = cut(acts, 100_000);
            acts.push(Act::Pause(Duration::from_secs(30)));
        }
        acts
    });
    let mut place = Place::new();
    // Only the stop can end this wait.
    place.options.transport.idle_timeout = Duration::from_secs(30);
    let source = source("it", &[(server.address("a.nwb"), &body)]);
    let cancel = CancelToken::default();
    let begun = Instant::now();
    let error = thread::scope(|scope| {
        scope.spawn(|| {
            let part = place.path("a.nwb.part");
            while part.metadata().map_or(0, |part| part.len()) < 100_000 {
                thread::sleep(Duration::from_millis(5));
            }
            cancel.cancel();
        });
        place.fetch_until(&source, &cancel).unwrap_err()
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(place.read("a.nwb.part"), body[..100_000]);
    place.fetch(&source).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(server.requests()[1].range_from(), Some(100_000));
}

#[test]
fn a_stop_ends_the_wait_for_a_busy_server() {
    let server = Server::start(|_, _| reply(503, &[("Retry-After", "2")], b""));
    let place = Place::new();
    let cancel = CancelToken::default();
    let begun = Instant::now();
    let error = thread::scope(|scope| {
        scope.spawn(|| {
            while server.requests().is_empty() {
                thread::sleep(Duration::from_millis(5));
            }
            cancel.cancel();
        });
        place.fetch_until(&source("it", &[(server.address("a.nwb"), b"x")]), &cancel).unwrap_err()
    });
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(begun.elapsed() < Duration::from_millis(1500));
}

#[test]
fn two_processes_do_not_write_one_part() {
    let server = Server::start(|request, _| file(request, b"x", "\"1\""));
    let place = Place::new();
    std::fs::create_dir_all(place.path("")).unwrap();
    let part = File::create(place.path("a.nwb.part")).unwrap();
    part.lock().unwrap();
    let source = source("it", &[(server.address("a.nwb"), b"x")]);
    assert!(place.fail(&source).to_string().contains("another process"));
    drop(part);
    place.fetch(&source).unwrap();
}
