//! `kill -9` at any moment: the next run ends with the bytes of one that nobody disturbed.

use std::time::{Duration, Instant};

use neuroloom_core::files::{self, TEMPORARY_PREFIX};

use crate::support::{folder, pipeline, results, start, succeed};

const KILLS: u32 = 24;

#[test]
fn a_killed_run_ends_in_the_same_bytes() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    let begun = Instant::now();
    succeed(folder.path(), &["run", &file, "--out", "undisturbed"]);
    let whole = begun.elapsed();
    let expected = results(&folder.path().join("undisturbed"));
    let mut cut_short = 0;
    for kill in 0..KILLS {
        let out = format!("killed-{kill}");
        let mut child = start(folder.path(), &["run", &file, "--out", &out]);
        std::thread::sleep(whole.mul_f64(f64::from(kill) / f64::from(KILLS)).max(Duration::from_millis(1)));
        cut_short += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        succeed(folder.path(), &["run", &file, "--out", &out]);
        let run = folder.path().join(&out);
        assert_eq!(results(&run), expected, "kill {kill}");
        let left = files::list_files(&run).unwrap();
        assert!(!left.iter().any(|path| path.to_string_lossy().contains(TEMPORARY_PREFIX)), "{left:?}");
    }
    assert!(cut_short >= 20, "only {cut_short} of {KILLS} runs were killed before their end");
}
