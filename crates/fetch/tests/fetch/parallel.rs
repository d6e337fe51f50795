//! Several files at once, few from one server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use neuroloom_core::{CancelToken, NoProgress};
use neuroloom_fetch::fetch;

use crate::harness::{Place, bytes, list, source};
use crate::server::{Request, Server, file};

/// A server that counts how many requests it serves at once.
fn counting() -> (Server, Arc<AtomicUsize>) {
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let peak = Arc::clone(&most);
    let serve = move |request: &Request, _| {
        peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(60));
        now.fetch_sub(1, Ordering::SeqCst);
        file(request, request.path.as_bytes(), "\"1\"")
    };
    (Server::start(serve), most)
}

#[test]
fn one_server_serves_two_files_at_a_time_and_others_do_not_wait_for_it() {
    let (first, second) = (counting(), counting());
    let names: Vec<String> = (0..8).map(|n| format!("{n}.nwb")).collect();
    let sources: Vec<_> = [("one", &first.0), ("two", &second.0)]
        .iter()
        .map(|(id, server)| {
            let files: Vec<_> = names.iter().map(|name| (server.address(name), name.as_bytes())).collect();
            source(id, &files)
        })
        .collect();
    let place = Place::new();
    let sources: Vec<_> = sources.iter().collect();
    let fetched = fetch(&sources, &place.options, &CancelToken::default(), &NoProgress).unwrap();
    assert_eq!((first.1.load(Ordering::SeqCst), second.1.load(Ordering::SeqCst)), (2, 2));
    let order: Vec<_> = fetched[1].files.iter().map(|file| file.name.clone()).collect();
    assert_eq!(order, names);
    assert_eq!(place.files().len(), 2 * (8 + 1));
}

#[test]
fn any_number_of_jobs_leaves_the_same_files() {
    let server = Server::start(|request, _| file(request, &bytes(request.path.len() * 1000), "\"1\""));
    let names = ["a", "bb", "ccc", "dddd"];
    let bodies: Vec<_> = names.iter().map(|name| bytes(name.len() * 1000)).collect();
    let files: Vec<_> =
        names.iter().zip(&bodies).map(|(name, body)| (server.address(name), body.as_slice())).collect();
    let source = source("it", &files);
    let contents = |jobs| {
        let mut place = Place::new();
        place.options.jobs = jobs;
        place.fetch(&source).unwrap();
        let read = |name: &String| (name.clone(), std::fs::read(place.options.folder.join(name)).unwrap());
        list(&place.options.folder).iter().map(read).collect::<Vec<_>>()
    };
    assert_eq!(contents(1), contents(4));
}
