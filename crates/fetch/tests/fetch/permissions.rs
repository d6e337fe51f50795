//! Licences and unknown bytes: what is asked before the network is.

use neuroloom_core::{Digest, ErrorKind};
use neuroloom_fetch::{Automation, Permission, Source};
use serde_json::json;

use crate::harness::{Place, source_of};
use crate::server::{Server, cut, file, reply};

fn unverified(server: &Server) -> Source {
    source_of("it", vec![json!({ "address": server.address("a.nwb") })])
}

#[test]
fn what_a_licence_forbids_is_refused_whatever_the_flags() {
    let server = Server::start(|request, _| file(request, b"x", "\"1\""));
    let mut source = unverified(&server);
    source.automate = Automation::Forbidden;
    source.reason = Some("no licence is stated".into());
    let mut place = Place::new();
    place.options.accept_unverified = true;
    let report = place.fail(&source).report();
    for part in ["no licence is stated", "CC0-1.0", "https://example.org/", "ingest.nwb"] {
        assert!(report.contains(part), "{report}");
    }
    assert!(server.requests().is_empty() && place.files().is_empty());
}

#[test]
fn one_forbidden_source_stops_all_before_they_begin() {
    let server = Server::start(|request, _| file(request, b"x", "\"1\""));
    let allowed = crate::harness::source("it", &[(server.address("a.nwb"), b"x")]);
    let mut forbidden = allowed.clone();
    forbidden.automate = Automation::Forbidden;
    let place = Place::new();
    let sources = [&allowed, &forbidden];
    let cancel = neuroloom_core::CancelToken::default();
    neuroloom_fetch::fetch(&sources, &place.options, &cancel, &neuroloom_core::NoProgress).unwrap_err();
    assert!(server.requests().is_empty());
}

#[test]
fn what_must_be_chosen_by_hand_is_explained() {
    let error = Place::new().fail(&source_of("it", Vec::new()));
    assert_eq!(error.kind(), ErrorKind::Params);
    assert!(error.report().contains("https://example.org/"), "{}", error.report());
}

#[test]
fn unknown_bytes_need_consent_and_are_written_down() {
    let server = Server::start(|request, _| file(request, b"unknown", "\"1\""));
    let mut place = Place::new();
    let source = unverified(&server);
    assert_eq!(Permission::of(&source), Permission::Unverified);
    let error = place.fail(&source);
    assert!(error.report().contains(&server.address("a.nwb")), "{}", error.report());
    assert!(server.requests().is_empty());

    place.options.accept_unverified = true;
    let fetched = place.fetch(&source).unwrap();
    assert!(!fetched.files[0].verified);
    let note = String::from_utf8(place.read("PROVENANCE.txt")).unwrap();
    assert!(note.contains("UNVERIFIED") && note.contains(&Digest::of(b"unknown").to_string()), "{note}");
}

#[test]
fn unknown_bytes_are_put_together_only_when_the_server_vouches_for_the_version() {
    for (tag, resumed) in [("\"1\"", Some(3)), ("W/\"1\"", None)] {
        let server = Server::start(move |request, before| match before {
            0 => cut(file(request, b"unknown", tag), 3),
            _ => file(request, b"unknown", tag),
        });
        let mut place = Place::new();
        place.options.accept_unverified = true;
        place.fetch(&unverified(&server)).unwrap();
        assert_eq!(place.read("a.nwb"), b"unknown");
        assert_eq!(server.requests()[1].range_from(), resumed, "{tag}");
    }
}

#[test]
fn a_login_page_is_no_recording() {
    let server = Server::start(|_, _| reply(200, &[("Content-Type", "text/html; charset=utf-8")], b"<html>"));
    let mut place = Place::new();
    place.options.accept_unverified = true;
    assert!(place.fail(&unverified(&server)).to_string().contains("web page"));
    assert!(place.files().is_empty());
}
