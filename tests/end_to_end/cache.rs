//! What is done is not done again; what changed is.

use crate::support::{events, folder, pipeline, ran, results, succeed};

#[test]
fn a_second_run_does_nothing_and_says_so() {
    let folder = folder();
    let arguments = ["run", &pipeline("quickstart.yaml"), "--out", "run"];
    succeed(folder.path(), &arguments);
    let before = results(&folder.path().join("run"));
    let said = succeed(folder.path(), &arguments);
    assert!(said.starts_with("nothing to do"), "{said}");
    assert_eq!(results(&folder.path().join("run")), before);
}

#[test]
fn one_changed_parameter_reruns_the_steps_below_it() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "run"]);
    let change = ["--set", "steps.rdm.with.method=correlation"];
    let explained = succeed(folder.path(), &[&["explain", &file, "--out", "run"], &change[..]].concat());
    assert!(explained.contains("with.method changed: \"crossnobis\" → \"correlation\""), "{explained}");
    let done = explained.lines().filter(|line| line.contains(" done ")).count();
    let events = events(folder.path(), &[&["run", &file, "--out", "run"], &change[..]].concat());
    let ran = ran(&events);
    assert!(ran.contains(&"rdm".to_owned()) && ran.contains(&"comparison".to_owned()), "{ran:?}");
    assert!(!ran.contains(&"nwb".to_owned()) && !ran.contains(&"tuning".to_owned()), "{ran:?}");
    assert_eq!(
        ran.len() + done,
        explained.lines().count(),
        "explain foretold what ran\n{explained}\n{ran:?}"
    );
}

#[test]
fn going_back_finds_the_old_results() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    let run = ["run", &file, "--out", "run"];
    succeed(folder.path(), &run);
    let before = results(&folder.path().join("run"));
    succeed(folder.path(), &[&run[..], &["--set", "steps.rdm.with.method=correlation"]].concat());
    assert_ne!(results(&folder.path().join("run")), before);
    assert_eq!(ran(&events(folder.path(), &run)), Vec::<String>::new());
    assert_eq!(results(&folder.path().join("run")), before);
}

#[test]
fn the_seed_does_not_rerun_steps_that_draw_nothing() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "run"]);
    let events = events(folder.path(), &["run", &file, "--out", "run", "--set", "seed=99"]);
    assert_eq!(ran(&events), Vec::<String>::new());
}

#[test]
fn a_deleted_result_comes_back_and_a_damaged_store_heals() {
    let folder = folder();
    let arguments = ["run", &pipeline("quickstart.yaml"), "--out", "run"];
    let run = folder.path().join("run");
    succeed(folder.path(), &arguments);
    let before = results(&run);
    std::fs::remove_dir_all(run.join("rdm")).unwrap();
    succeed(folder.path(), &arguments);
    assert_eq!(results(&run), before);
    std::fs::remove_dir_all(run.join(".neuroloom/store")).unwrap();
    succeed(folder.path(), &arguments);
    assert_eq!(results(&run), before);
}

#[test]
fn results_of_a_step_that_is_gone_are_gone() {
    let folder = folder();
    let source = crate::support::recording();
    let with = |last: &str| {
        format!(
            "neuroloom: 1\nname: t\nsteps:\n  nwb:\n    use: ingest.nwb\n    with: {{ path: '{}' }}\n{last}",
            source.display()
        )
    };
    let file = folder.path().join("t.yaml");
    crate::support::write(
        &file,
        with("  few:\n    use: prepare.select\n    in: nwb.spikes\n    with: { regions: [adn] }\n"),
    );
    succeed(folder.path(), &["run", "t.yaml", "--out", "run"]);
    assert!(folder.path().join("run/few/spikes.parquet").is_file());
    crate::support::write(&file, with(""));
    succeed(folder.path(), &["run", "t.yaml", "--out", "run"]);
    assert!(!folder.path().join("run/few/spikes.parquet").exists());
    assert!(folder.path().join("run/nwb/spikes.parquet").is_file());
}
