//! Transfers that break, and how they go on.

use std::fs;
use std::time::Duration;

use neuroloom_core::ErrorKind;
use neuroloom_fetch::Outcome;

use crate::harness::{Place, bytes, source};
use crate::server::{Act, Server, cut, file, reply};

const TAG: &str = "\"v1\"";

#[test]
fn a_file_arrives_verified_and_says_where_it_is_from() {
    let body = bytes(300_000);
    let served = body.clone();
    let server = Server::start(move |request, _| file(request, &served, TAG));
    let place = Place::new();
    let fetched = place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(place.files(), ["it/PROVENANCE.txt", "it/a.nwb"]);
    assert!(fetched.files[0].verified && fetched.files[0].outcome == Outcome::Downloaded);
    let note = String::from_utf8(place.read("PROVENANCE.txt")).unwrap();
    for fact in ["CC0-1.0", "Nobody, 2026", &server.address("a.nwb"), &fetched.files[0].digests.lines()[0]] {
        assert!(note.contains(fact), "{note}");
    }
    let request = &server.requests()[0];
    assert_eq!(request.header("user-agent"), Some(concat!("neuroloom/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.range_from(), None);
}

#[test]
fn a_broken_transfer_goes_on_where_it_broke() {
    let body = bytes(200_000);
    for kept in [1, 70_000, 199_999] {
        let served = body.clone();
        let server = Server::start(move |request, before| match before {
            0 => cut(file(request, &served, TAG), kept),
            _ => file(request, &served, TAG),
        });
        let place = Place::new();
        place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
        assert_eq!(place.read("a.nwb"), body);
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!((requests[1].range_from(), requests[1].header("if-range")), (Some(kept), Some(TAG)));
    }
}

#[test]
fn a_transfer_that_breaks_again_and_again_is_given_up_and_gone_on_with_later() {
    let body = bytes(1000);
    let served = body.clone();
    // Every answer brings a hundred bytes.
    let server = Server::start(move |request, _| cut(file(request, &served, TAG), 100));
    let place = Place::new();
    let source = source("it", &[(server.address("a.nwb"), &body)]);
    let error = place.fail(&source);
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.hint_text().unwrap().contains("first 400 bytes"), "{}", error.report());
    assert_eq!(place.read("a.nwb.part"), body[..400]);
    assert!(place.fetch(&source).is_err());
    assert!(place.fetch(&source).is_ok());
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(server.requests().len(), 10);
}

#[test]
fn fruitful_attempts_are_not_counted() {
    let body = bytes(9 << 20);
    let served = body.clone();
    // Nine answers of a mebibyte each, though four fruitless ones would be the end.
    let server = Server::start(move |request, _| cut(file(request, &served, TAG), 1 << 20));
    let place = Place::new();
    place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(server.requests().len(), 9);
}

#[test]
fn a_server_without_ranges_starts_again() {
    let body = bytes(5000);
    let served = body.clone();
    let server = Server::start(move |_, before| match before {
        0 => cut(reply(200, &[], &served), 3000),
        _ => reply(200, &[], &served),
    });
    let place = Place::new();
    place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(server.requests()[1].range_from(), Some(3000));
}

#[test]
fn a_file_that_changed_in_between_is_started_again() {
    let (old, new) = (vec![1; 5000], bytes(5000));
    let served = new.clone();
    let server = Server::start(move |request, before| match before {
        0 => cut(file(request, &old, TAG), 2000),
        _ => file(request, &served, "\"v2\""),
    });
    let place = Place::new();
    place.fetch(&source("it", &[(server.address("a.nwb"), &new)])).unwrap();
    assert_eq!(place.read("a.nwb"), new);
}

#[test]
fn a_part_from_the_wrong_place_is_not_put_together() {
    let body = bytes(5000);
    let served = body.clone();
    let server = Server::start(move |request, before| match before {
        0 => cut(file(request, &served, TAG), 2000),
        1 => reply(206, &[("Content-Range", "bytes 0-4999/5000")], &served),
        _ => file(request, &served, TAG),
    });
    let place = Place::new();
    place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(server.requests()[2].range_from(), None);
}

#[test]
fn what_lies_there_under_the_name_of_a_part_is_not_trusted() {
    let body = bytes(5000);
    let served = body.clone();
    let server = Server::start(move |request, _| file(request, &served, TAG));
    for (left, note) in [
        (vec![9; 10], None),
        (vec![9; 9000], Some(format!("{{\"address\":\"{}\",\"validator\":null}}", server.address("a.nwb")))),
        (
            body[..10].to_vec(),
            Some("{\"address\":\"http://elsewhere.org/a.nwb\",\"validator\":null}".to_owned()),
        ),
        (vec![9; 10], Some("no JSON".to_owned())),
    ] {
        let place = Place::new();
        fs::create_dir_all(place.path("")).unwrap();
        fs::write(place.path("a.nwb.part"), left).unwrap();
        if let Some(note) = note {
            fs::write(place.path("a.nwb.part.json"), note).unwrap();
        }
        place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
        assert_eq!(place.read("a.nwb"), body);
        assert_eq!(place.files(), ["it/PROVENANCE.txt", "it/a.nwb"]);
    }
    assert!(server.requests().iter().all(|request| request.range_from().is_none()));
}

#[test]
fn a_part_that_is_complete_is_not_asked_for_again() {
    let body = bytes(5000);
    let server = Server::start(|_, _| reply(500, &[], b""));
    let place = Place::new();
    fs::create_dir_all(place.path("")).unwrap();
    fs::write(place.path("a.nwb.part"), &body).unwrap();
    let note = format!("{{\"address\":\"{}\",\"validator\":null}}", server.address("a.nwb"));
    fs::write(place.path("a.nwb.part.json"), note).unwrap();
    place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert!(server.requests().is_empty());
}

#[test]
fn what_is_there_is_not_downloaded_again() {
    let body = bytes(5000);
    let served = body.clone();
    let server = Server::start(move |request, _| file(request, &served, TAG));
    let place = Place::new();
    let source = source("it", &[(server.address("a.nwb"), &body)]);
    place.fetch(&source).unwrap();
    let note = place.read("PROVENANCE.txt");
    let again = place.fetch(&source).unwrap();
    assert_eq!(again.files[0].outcome, Outcome::AlreadyThere);
    assert_eq!(place.read("PROVENANCE.txt"), note);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn another_file_of_that_name_is_left_alone() {
    let body = bytes(50);
    let server = Server::start(|_, _| reply(500, &[], b""));
    let place = Place::new();
    fs::create_dir_all(place.path("")).unwrap();
    for other in [vec![0; 50], vec![0; 49]] {
        fs::write(place.path("a.nwb"), &other).unwrap();
        let error = place.fail(&source("it", &[(server.address("a.nwb"), &body)]));
        assert!(error.report().contains("--to"), "{}", error.report());
        assert_eq!(place.read("a.nwb"), other);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_server_that_falls_silent_is_not_waited_for() {
    let body = bytes(5000);
    let served = body.clone();
    let server = Server::start(move |request, before| {
        let mut acts = file(request, &served, TAG);
        if before == 0 {
            acts = cut(acts, 1000);
            acts.push(Act::Pause(Duration::from_secs(20)));
        }
        acts
    });
    let place = Place::new();
    let begun = std::time::Instant::now();
    place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(server.requests()[1].range_from(), Some(1000));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_trickle_is_given_up() {
    let body = bytes(5000);
    let served = body.clone();
    let server = Server::start(move |request, before| {
        let mut acts = file(request, &served, TAG);
        if before == 0 {
            acts.truncate(1);
            let drops = served
                .iter()
                .flat_map(|byte| [Act::Send(vec![*byte]), Act::Pause(Duration::from_millis(20))]);
            acts.extend(drops);
        }
        acts
    });
    let mut place = Place::new();
    place.options.transport.pace_window = Duration::from_millis(200);
    place.options.transport.pace_bytes = 1000;
    let begun = std::time::Instant::now();
    place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    // Five thousand drops would take more than a hundred seconds.
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(server.requests()[1].range_from().is_some());
}

#[test]
fn a_server_that_is_not_there_is_reported() {
    // A port that was free a moment ago, and on which nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = Place::new().fail(&source("it", &[(format!("http://127.0.0.1:{port}/a.nwb"), b"x")]));
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}
