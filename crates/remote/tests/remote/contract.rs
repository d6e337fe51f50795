//! What the store counts on.

use std::sync::Arc;

use neuroloom_core::{Error, ErrorKind};
use neuroloom_pipeline::store::Remote;

/// The longest object that is asked for.
const LIMIT: u64 = 64 << 20;

/// Sizes around the one from which on objects are moved in parts, bytes.
const SIZES: [usize; 6] = [1, 1000, (8 << 20) - 1, 8 << 20, (8 << 20) + 1, (20 << 20) + 12_345];

/// Asks all of `remote`, which is empty.
pub fn assert_kept(remote: &Arc<dyn Remote>) {
    objects_come_back_as_they_were_put(remote);
    what_is_absent_is_no_error(remote);
    the_limit_holds(remote);
    what_ends_early_replaces_nothing(remote);
    several_threads_may_ask_at_once(remote);
}

fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i.wrapping_mul(2_654_435_761) >> 7) as u8).collect()
}

fn put(remote: &dyn Remote, name: &str, bytes: &[u8]) {
    let mut reader = bytes;
    remote.put(name, bytes.len() as u64, &mut reader).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn get(remote: &dyn Remote, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
    let mut found = Vec::new();
    Ok(remote.get(name, limit, &mut found)?.then_some(found))
}

fn objects_come_back_as_they_were_put(remote: &Arc<dyn Remote>) {
    for size in SIZES {
        let (name, content) = (format!("sizes/{size}"), bytes(size));
        put(remote.as_ref(), &name, &content);
        assert!(get(remote.as_ref(), &name, LIMIT).unwrap() == Some(content), "{size} bytes");
    }
    for content in [b"first".as_slice(), b"and then another"] {
        put(remote.as_ref(), "ab/cd-e_f.g", content);
        assert_eq!(get(remote.as_ref(), "ab/cd-e_f.g", LIMIT).unwrap().as_deref(), Some(content));
    }
}

fn what_is_absent_is_no_error(remote: &Arc<dyn Remote>) {
    for name in ["nothing", "sizes/nothing", "no/thing/here"] {
        assert_eq!(get(remote.as_ref(), name, LIMIT).unwrap(), None, "{name}");
    }
}

fn the_limit_holds(remote: &Arc<dyn Remote>) {
    for size in [1000, (20 << 20) + 12_345] {
        let name = format!("sizes/{size}");
        assert!(get(remote.as_ref(), &name, size).unwrap().is_some());
        let error = get(remote.as_ref(), &name, size - 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Data, "{error}");
        assert_eq!(error.found_text(), Some(size.to_string().as_str()));
    }
}

fn what_ends_early_replaces_nothing(remote: &Arc<dyn Remote>) {
    for size in [100, 10 << 20] {
        put(remote.as_ref(), "kept", b"what was there");
        let content = bytes(size - 1);
        let error = remote.put("kept", size as u64, &mut content.as_slice()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        let found = get(remote.as_ref(), "kept", LIMIT).unwrap();
        assert_eq!(found.as_deref(), Some(b"what was there".as_slice()), "{size} bytes");
    }
}

fn several_threads_may_ask_at_once(remote: &Arc<dyn Remote>) {
    std::thread::scope(|scope| {
        for thread in 0..4_usize {
            scope.spawn(move || {
                for size in [10, 9 << 20, 1000] {
                    let (name, content) = (format!("threads/{thread}"), bytes(size + thread));
                    put(remote.as_ref(), &name, &content);
                    assert!(get(remote.as_ref(), &name, LIMIT).unwrap() == Some(content), "{name}: {size}");
                }
            });
        }
    });
}
