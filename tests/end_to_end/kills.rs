//! `kill -9` at any moment: the next run ends with the bytes of one that nobody disturbed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use neuroloom_core::Digest;
use neuroloom_core::files::{self, TEMPORARY_PREFIX};
use neuroloom_table::parquet;

use crate::support::{folder, pipeline, results, start, succeed};

/// Runs that must really have been cut short; `NEUROLOOM_KILLS=200` asks for more.
const KILLS: u32 = 40;
/// Moments of a run at which it is killed, in turn. It has no common divisor with the number of kills of one recovery.
const MOMENTS: u32 = 13;

#[test]
fn a_killed_run_ends_in_the_same_bytes() {
    let wanted = std::env::var("NEUROLOOM_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "undisturbed"]);
    let expected = results(&folder.path().join("undisturbed"));
    let begun = Instant::now();
    succeed(folder.path(), &["run", &file, "--out", "again"]);
    let mut victim = Victim { folder: folder.path(), file: &file, whole: begun.elapsed(), moment: 0 };
    let mut kills = 0;
    for attempt in 0..20 * wanted {
        let out = format!("killed-{attempt}");
        // Every third time the recovery is killed too, and then the recovery of that.
        let here = (0..if attempt % 3 == 0 { 3 } else { 1 }).filter(|_| victim.killed(&out)).count();
        if here == 0 {
            continue;
        }
        kills += u32::try_from(here).unwrap();
        let run = folder.path().join(&out);
        nothing_is_partial(&run);
        succeed(folder.path(), &["run", &file, "--out", &out]);
        assert_eq!(results(&run), expected, "attempt {attempt}");
        let left = files::list_files(&run).unwrap();
        assert!(!left.iter().any(|path| path.to_string_lossy().contains(TEMPORARY_PREFIX)), "{left:?}");
        std::fs::remove_dir_all(run).unwrap();
        if kills >= wanted {
            return;
        }
    }
    panic!("only {kills} of {wanted} runs were killed before their end");
}

struct Victim<'a> {
    folder: &'a Path,
    file: &'a str,
    whole: Duration,
    moment: u32,
}

impl Victim<'_> {
    /// Starts the run and kills it; whether it was killed before its end.
    fn killed(&mut self, out: &str) -> bool {
        let mut child = start(self.folder, &["run", self.file, "--out", out]);
        std::thread::sleep(self.whole.mul_f64(f64::from(self.moment % MOMENTS) / f64::from(MOMENTS)));
        self.moment += 1;
        if child.try_wait().unwrap().is_some() {
            // It was faster than the one that was timed: aim earlier from now on.
            self.whole = self.whole.mul_f64(0.9).max(Duration::from_millis(5));
            return false;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        true
    }
}

/// Whatever lies under a final name is whole, at the moment of the kill too.
fn nothing_is_partial(run: &Path) {
    let files: BTreeMap<PathBuf, Option<Digest>> = files::list_files(run)
        .unwrap_or_default()
        .into_iter()
        .filter(|file| !file.to_string_lossy().contains(TEMPORARY_PREFIX))
        .map(|file| {
            let path = run.join(&file);
            let digest = (file.extension().is_some_and(|ending| ending == "parquet"))
                .then(|| parquet::verify(&path).unwrap_or_else(|e| panic!("{}", e.report())));
            if file.extension().is_some_and(|ending| ending == "json") {
                let text = files::read_text(&path).unwrap();
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
            }
            (file, digest)
        })
        .collect();
    assert!(files.len() < 10_000);
}
