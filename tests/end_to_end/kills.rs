//! `kill -9` at any moment: the next run ends with the bytes of one that nobody disturbed.

use std::time::{Duration, Instant};

use neuroloom_core::files::{self, TEMPORARY_PREFIX};

use crate::support::{folder, pipeline, results, start, succeed};

/// Runs that must really have been cut short.
const KILLS: u32 = 24;
/// Moments of a run at which it is killed, in turn.
const MOMENTS: u32 = 12;

#[test]
fn a_killed_run_ends_in_the_same_bytes() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "undisturbed"]);
    let expected = results(&folder.path().join("undisturbed"));
    let begun = Instant::now();
    succeed(folder.path(), &["run", &file, "--out", "again"]);
    let mut whole = begun.elapsed();
    let mut kills = 0;
    for attempt in 0..20 * KILLS {
        let out = format!("killed-{attempt}");
        let mut child = start(folder.path(), &["run", &file, "--out", &out]);
        std::thread::sleep(whole.mul_f64(f64::from(attempt % MOMENTS) / f64::from(MOMENTS)));
        if child.try_wait().unwrap().is_some() {
            // It was faster than the one that was timed: aim earlier from now on.
            whole = whole.mul_f64(0.9).max(Duration::from_millis(5));
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        succeed(folder.path(), &["run", &file, "--out", &out]);
        let run = folder.path().join(&out);
        assert_eq!(results(&run), expected, "attempt {attempt}");
        let left = files::list_files(&run).unwrap();
        assert!(!left.iter().any(|path| path.to_string_lossy().contains(TEMPORARY_PREFIX)), "{left:?}");
        if kills == KILLS {
            return;
        }
    }
    panic!("only {kills} of {KILLS} runs were killed before their end");
}
