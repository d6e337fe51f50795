//! Servers that send us elsewhere.

use neuroloom_core::ErrorKind;

use crate::harness::{Place, bytes, source};
use crate::server::{Server, cut, file, reply};

/// `N` leads to `N-1`, by a relative address; `0` is the file.
fn chain(body: Vec<u8>) -> Server {
    Server::start(move |request, _| match request.path.parse::<u32>() {
        Ok(0) => file(request, &body, "\"1\""),
        Ok(n) => {
            reply([301, 302, 303, 307, 308][n as usize % 5], &[("Location", &format!("/{}", n - 1))], b"")
        }
        Err(_) => reply(404, &[], b""),
    })
}

#[test]
fn five_redirects_are_followed_and_a_sixth_is_not() {
    let server = chain(b"x".to_vec());
    Place::new().fetch(&source("it", &[(server.address("5"), b"x")])).unwrap();
    assert_eq!(server.requests().len(), 6);
    let error = Place::new().fail(&source("it", &[(server.address("6"), b"x")]));
    assert!(error.to_string().contains("redirects"), "{error}");
    assert_eq!(server.requests().len(), 12);
}

#[test]
fn a_circle_ends() {
    let server = Server::start(|request, _| reply(302, &[("Location", &format!("/{}", request.path))], b""));
    let error = Place::new().fail(&source("it", &[(server.address("a.nwb"), b"x")]));
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Data, 6));
}

#[test]
fn only_the_web_is_followed() {
    for location in ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "http://user@127.0.0.1/x", "::"] {
        let server = Server::start(move |_, _| reply(302, &[("Location", location)], b""));
        let place = Place::new();
        place.fail(&source("it", &[(server.address("a.nwb"), b"x")]));
        assert!(place.files().is_empty(), "{location}");
        assert!(server.requests().len() <= 6, "{location}");
    }
}

#[test]
fn a_redirect_without_an_address_is_an_error() {
    let server = Server::start(|_, _| reply(302, &[], b""));
    let error = Place::new().fail(&source("it", &[(server.address("a.nwb"), b"x")]));
    assert!(error.to_string().contains("302"), "{error}");
}

#[test]
fn the_part_that_is_wanted_is_asked_for_behind_a_redirect() {
    let body = bytes(3000);
    let served = body.clone();
    let store = Server::start(move |request, before| match before {
        0 => cut(file(request, &served, "\"1\""), 1000),
        _ => file(request, &served, "\"1\""),
    });
    let location = store.address("blob?signature=1");
    let front = Server::start(move |_, _| reply(302, &[("Location", &location)], b""));
    let place = Place::new();
    place.fetch(&source("it", &[(front.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
    assert_eq!(store.requests()[1].range_from(), Some(1000));
    assert_eq!(front.requests().len(), 2);
}
