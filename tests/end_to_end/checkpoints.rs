//! A long step that is interrupted goes on where it was, and ends in the same bytes.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use neuroloom_core::files;

use crate::support::{compass, events, folder, neuroloom, ran, results, start, succeed};

/// Minutes of simulated time: the step takes a second or two.
const MINUTES: u32 = 60;

fn checkpoint(run: &Path) -> Option<u64> {
    let folder = run.join(".neuroloom/store/checkpoints");
    let kept = files::list(&folder).unwrap_or_default();
    let whole = kept.iter().find(|path| !path.to_string_lossy().contains(files::TEMPORARY_PREFIX))?;
    files::size(whole).ok()
}

/// Waits until the running task has kept its state, so that there is something to go on from.
fn wait_for_checkpoint(child: &mut Child, run: &Path) {
    let begun = Instant::now();
    while checkpoint(run).is_none() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it kept anything");
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_stopped_step_keeps_its_state_says_so_and_goes_on() {
    let folder = folder();
    let file = compass(folder.path(), MINUTES);
    succeed(folder.path(), &["run", &file, "--out", "undisturbed"]);
    let expected = results(&folder.path().join("undisturbed"));
    for (name, code) in [("TERM", 75), ("USR1", 75), ("INT", 130)] {
        let run = folder.path().join(name);
        let arguments = ["run", &file, "--out", name, "--checkpoint-every", "20ms"];
        let mut child = neuroloom(folder.path(), &arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        wait_for_checkpoint(&mut child, &run);
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains("its state was kept"), "{said}");
        assert!(checkpoint(&run).is_some());
        let status = succeed(folder.path(), &["status", name]);
        assert!(status.contains("stopped"), "{status}");
        succeed(folder.path(), &arguments);
        assert_eq!(results(&run), expected, "{name}");
        assert_eq!(checkpoint(&run), None, "a finished task needs no state");
    }
}

#[test]
fn a_step_that_is_killed_again_and_again_ends_in_the_same_bytes() {
    let folder = folder();
    let file = compass(folder.path(), MINUTES);
    succeed(folder.path(), &["run", &file, "--out", "undisturbed"]);
    let arguments = ["run", &file, "--out", "killed", "--checkpoint-every", "10ms"];
    let run = folder.path().join("killed");
    let mut kept = Vec::new();
    for _ in 0..5 {
        let mut child = start(folder.path(), &arguments);
        wait_for_checkpoint(&mut child, &run);
        std::thread::sleep(Duration::from_millis(120));
        child.kill().unwrap();
        child.wait().unwrap();
        kept.extend(checkpoint(&run));
    }
    assert!(kept.windows(2).all(|pair| pair[0] <= pair[1]), "it lost ground: {kept:?}");
    let ran = ran(&events(folder.path(), &arguments));
    assert!(ran.contains(&"compass".to_owned()) || kept.len() < 5, "{ran:?}");
    assert_eq!(results(&run), results(&folder.path().join("undisturbed")));
}
