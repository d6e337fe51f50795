//! What servers say instead of a file.

use std::time::{Duration, Instant};

use neuroloom_core::ErrorKind;

use crate::harness::{Place, bytes, source};
use crate::server::{Server, file, reply};

#[test]
fn a_lasting_refusal_is_reported_at_once() {
    for status in [400, 401, 403, 404, 410, 451, 501] {
        let server = Server::start(move |_, _| reply(status, &[], b"no"));
        let error = Place::new().fail(&source("it", &[(server.address("a.nwb"), b"x")]));
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Io, 1), "{status}");
    }
}

#[test]
fn a_passing_failure_is_tried_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        let body = bytes(100);
        let served = body.clone();
        let server = Server::start(move |request, before| match before {
            0 | 1 => reply(status, &[], b"busy"),
            _ => file(request, &served, "\"1\""),
        });
        let place = Place::new();
        place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
        assert_eq!((place.read("a.nwb"), server.requests().len()), (body, 3), "{status}");
    }
}

#[test]
fn a_failure_that_does_not_pass_is_given_up() {
    let server = Server::start(|_, _| reply(500, &[], b""));
    let error = Place::new().fail(&source("it", &[(server.address("a.nwb"), b"x")]));
    assert!(error.to_string().contains("500"), "{error}");
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_server_is_given_the_time_that_it_asks_for() {
    let server = Server::start(|request, before| match before {
        0 => reply(503, &[("Retry-After", "1")], b""),
        _ => file(request, b"x", "\"1\""),
    });
    let begun = Instant::now();
    Place::new().fetch(&source("it", &[(server.address("a.nwb"), b"x")])).unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_server_that_asks_for_too_much_time_is_given_up() {
    let server = Server::start(|_, _| reply(429, &[("Retry-After", "3600")], b""));
    let error = Place::new().fail(&source("it", &[(server.address("a.nwb"), b"x")]));
    assert!(error.report().contains("3600 s"), "{}", error.report());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_other_files_come_all_the_same() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "a.nwb" | "c.nwb" => reply(404, &[], b""),
        _ => file(request, b"x", "\"1\""),
    });
    let place = Place::new();
    let files = ["a.nwb", "b.nwb", "c.nwb"].map(|name| (server.address(name), b"x".as_slice()));
    let error = place.fail(&source("it", &files));
    assert!(error.to_string().contains("2 of 3 files"), "{error}");
    assert!(error.to_string().contains("a.nwb") && error.to_string().contains("c.nwb"), "{error}");
    assert_eq!(place.read("b.nwb"), b"x");
    assert!(!place.path("PROVENANCE.txt").exists());
}
