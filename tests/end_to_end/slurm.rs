//! Real Slurm. The tests run where `SLURM_CONF` names a cluster of two nodes that they may disturb (`.ci/slurm` starts
//! one), and are skipped elsewhere.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{compass, fail, folder, pipeline, results, succeed, write};

/// Whether there is a cluster to play with.
fn has_cluster(test: &str) -> bool {
    let found = std::env::var_os("SLURM_CONF").is_some() && slurm("sinfo", &["-h"]).is_some();
    if !found {
        eprintln!("skipped: {test}: no Slurm (start one with .ci/slurm)");
    }
    found
}

fn slurm(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn status(folder: &Path, run: &str) -> Value {
    serde_json::from_str(&succeed(folder, &["--json", "status", run])).unwrap()
}

/// Lets the cluster work, calling `meddle` with the time since the beginning several times a second, until the run is
/// complete.
fn until_complete(folder: &Path, run: &str, limit: Duration, mut meddle: impl FnMut(Duration)) {
    let begun = Instant::now();
    while status(folder, run)["complete"] != true {
        if begun.elapsed() > limit {
            let queue = slurm("squeue", &["-r", "-t", "all"]).unwrap_or_default();
            let status = succeed(folder, &["status", run]);
            panic!("not complete after {limit:?}\n{status}\n{queue}");
        }
        meddle(begun.elapsed());
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Drains and resumes both nodes, one after the other, each step once its time has come.
struct Drains {
    left: std::iter::Peekable<std::array::IntoIter<(u64, &'static str, &'static str), 4>>,
}

impl Drains {
    fn new() -> Self {
        let steps = [(3, "n1", "DRAIN"), (12, "n1", "RESUME"), (16, "n2", "DRAIN"), (25, "n2", "RESUME")];
        Self { left: steps.into_iter().peekable() }
    }

    fn step(&mut self, elapsed: Duration) {
        if let Some((_, node, state)) = self.left.next_if(|step| step.0 <= elapsed.as_secs()) {
            let (node, state) = (format!("NodeName={node}"), format!("State={state}"));
            slurm("scontrol", &["update", &node, &state, "Reason=test"]);
        }
    }

    /// Nodes that were drained when the run ended serve the next test.
    fn end(mut self) {
        while self.left.peek().is_some() {
            self.step(Duration::MAX);
        }
    }
}

/// Kills what runs, about every two seconds, until enough was killed. The first thing that is seen to run is killed at
/// once: on a quick cluster nothing runs for long.
#[derive(Default)]
struct Kills {
    count: usize,
    next: Duration,
}

impl Kills {
    fn step(&mut self, elapsed: Duration) {
        if self.count >= 8 || elapsed < self.next {
            return;
        }
        let before = self.count;
        for id in running() {
            self.count += usize::from(slurm("scancel", &["--signal=KILL", "--full", &id]).is_some());
        }
        if self.count > before {
            self.next = elapsed + Duration::from_secs(2);
        }
    }
}

/// A job that was put back into the queue waits two minutes before it may start: not here.
fn start_requeued_now() {
    let queue = slurm("squeue", &["-h", "-r", "-t", "PENDING", "-o", "%i|%r"]).unwrap_or_default();
    for (id, _) in
        queue.lines().filter_map(|line| line.split_once('|')).filter(|(_, why)| *why == "BeginTime")
    {
        slurm("scontrol", &["update", &format!("JobId={id}"), "StartTime=now"]);
    }
}

/// The elements that work on tasks. The last job is left alone: nobody is left to notice its end but the user, who then
/// says `neuroloom retry`.
fn running() -> Vec<String> {
    let queue = slurm("squeue", &["-h", "-r", "-t", "RUNNING", "-o", "%i|%j"]).unwrap_or_default();
    let jobs = queue.lines().filter_map(|line| line.split_once('|'));
    jobs.filter(|(_, name)| !name.ends_with(".finish")).map(|(id, _)| id.to_owned()).collect()
}

#[test]
fn a_sweep_on_a_cluster_that_is_disturbed_ends_in_the_bytes_of_a_local_run() {
    if !has_cluster("sweep") {
        return;
    }
    let folder = folder();
    let file = pipeline("sweep.yaml");
    let packed = |step: &str| format!("steps.{step}.resources.tasks_per_job=20");
    let sets: Vec<String> = ["tuning", "models", "rdm", "comparison"].map(packed).to_vec();
    let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set.as_str()]).collect();
    succeed(folder.path(), &[["run", &file, "--out", "local"].as_slice(), sets.as_slice()].concat());
    let submit =
        [["submit", &file, "--out", "cluster", "--retries", "6"].as_slice(), sets.as_slice()].concat();
    let dry = succeed(folder.path(), &[submit.as_slice(), &["--dry-run"]].concat());
    assert!(dry.contains("#SBATCH --array=0-199") && dry.contains("--array=0-9"), "{dry}");
    assert!(!folder.path().join("cluster").exists());
    succeed(folder.path(), &submit);
    let again = fail(folder.path(), 2, &submit);
    assert!(again.contains("have not ended"), "{again}");
    let (mut drains, mut kills) = (Drains::new(), Kills::default());
    until_complete(folder.path(), "cluster", Duration::from_secs(900), |elapsed| {
        start_requeued_now();
        drains.step(elapsed);
        kills.step(elapsed);
    });
    drains.end();
    assert!(kills.count > 0, "nothing was seen to run, so nothing was killed");
    let (local, cluster) = (folder.path().join("local"), folder.path().join("cluster"));
    assert_eq!(results(&cluster), results(&local));
    let nothing = succeed(folder.path(), &submit);
    assert!(nothing.contains("nothing to submit"), "{nothing}");
}

#[test]
fn a_job_at_the_end_of_its_time_keeps_its_state_and_goes_on() {
    if !has_cluster("time limit") {
        return;
    }
    let folder = folder();
    // More than the half minute after which a job of one minute is told to keep its state.
    let file = compass(folder.path(), minutes_that_take(Duration::from_secs(45)));
    let limit = "steps.compass.resources.time=60s";
    succeed(folder.path(), &["run", &file, "--out", "local", "--set", limit]);
    succeed(folder.path(), &["submit", &file, "--out", "cluster", "--set", limit]);
    until_complete(folder.path(), "cluster", Duration::from_secs(400), |_| start_requeued_now());
    let log = succeed(folder.path(), &["logs", "cluster", "compass"]);
    assert!(log.contains("its state was kept") && log.matches("Started").count() > 1, "{log}");
    let (local, cluster) = (folder.path().join("local"), folder.path().join("cluster"));
    assert_eq!(results(&cluster), results(&local));
}

/// Simulated minutes that this computer needs about `time` for.
fn minutes_that_take(time: Duration) -> u32 {
    let folder = folder();
    let minutes = 60;
    let file = compass(folder.path(), minutes);
    let begun = Instant::now();
    succeed(folder.path(), &["run", &file, "--out", "timed", "--until", "compass"]);
    (f64::from(minutes) * time.as_secs_f64() / begun.elapsed().as_secs_f64()).ceil() as u32
}

#[test]
fn a_failed_task_stops_what_needs_it_and_is_explained() {
    if !has_cluster("failure") {
        return;
    }
    let folder = folder();
    write(&folder.path().join("bad.csv"), "t,a\n0,1\n0.5,2\n1,oops\n");
    let text = "neuroloom: 1
name: bad
steps:
  good: { use: simulate.ring_attractor, with: { duration_s: 10 } }
  read: { use: ingest.table, with: { path: bad.csv, columns: { time: t }, signal: dff, value_unit: \"1\" } }
  scaled: { use: prepare.zscore, in: read }
";
    write(&folder.path().join("p.yaml"), text);
    succeed(folder.path(), &["submit", "p.yaml", "--out", "run"]);
    let begun = Instant::now();
    let failed = || {
        let status = status(folder.path(), "run");
        let tasks = status["tasks"].as_array().unwrap().clone();
        tasks.iter().any(|task| task["task"] == "read" && task["state"] == "failed")
    };
    while !failed() {
        assert!(begun.elapsed() < Duration::from_secs(120));
        std::thread::sleep(Duration::from_secs(1));
    }
    let log = succeed(folder.path(), &["logs", "run", "read"]);
    assert!(log.contains("Failed") && log.contains("oops"), "{log}");
    // The data are mended; what was done stays done.
    write(&folder.path().join("bad.csv"), "t,a\n0,1\n0.5,2\n1,4\n");
    succeed(folder.path(), &["cancel", "run"]);
    succeed(folder.path(), &["submit", "p.yaml", "--out", "run"]);
    until_complete(folder.path(), "run", Duration::from_secs(120), |_| {});
    succeed(folder.path(), &["run", "p.yaml", "--out", "local"]);
    assert_eq!(results(&folder.path().join("run")), results(&folder.path().join("local")));
}
