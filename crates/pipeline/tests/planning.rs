//! Plans of sweeps: what is collected and asked for, parts of them, and how long thousands of tasks take.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of these tests may fail as tests do")]

mod support;

use std::fmt::Write;
use std::time::Instant;

use neuroloom_core::Dims;
use neuroloom_pipeline::plan::{Plan, plan};
use neuroloom_pipeline::select::Selection;
use support::{fixture, load_text};

fn planned(name: &str) -> Plan {
    let pipeline = fixture(name, &[]).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    plan(pipeline, 2).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.iter().map(|(task, _)| task.id.as_str()).collect()
}

#[test]
fn sizes_of_what_is_collected_add_up() {
    let plan = planned("collect.yaml");
    let dims = |id: &str| plan.get(plan.position(id).unwrap()).unwrap().1.step.outputs["rdms"].dims.clone();
    // Every table of the steps for tests has 3 rows; the gathering step says how many came in.
    assert_eq!(dims("ranks[recording=w1,mode=fast]"), Dims::from([("rows", 6)]));
    assert_eq!(dims("all"), Dims::from([("rows", 24)]));
}

#[test]
fn what_the_file_says_of_resources_wins_over_the_estimate() {
    let plan = planned("resources.yaml");
    let resources = plan.get(plan.position("rdm").unwrap()).unwrap().1.step.resources;
    assert_eq!((resources.cores, resources.memory_bytes, resources.time_s), (8, 16 << 30, Some(5400)));
}

fn selected<'a>(plan: &'a Plan, only: &[&str], until: &[&str]) -> Vec<&'a str> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let positions = plan.select(&Selection { only: names(only), until: names(until) }).unwrap();
    let all = ids(plan);
    positions.into_iter().map(|at| all[at]).collect()
}

#[test]
fn a_part_of_a_plan_is_named_by_steps_tasks_and_axes() {
    let plan = planned("collect.yaml");
    assert_eq!(selected(&plan, &[], &[]), ids(&plan));
    assert_eq!(selected(&plan, &["wake"], &[]), ["wake[recording=w1]", "wake[recording=w2]"]);
    assert_eq!(selected(&plan, &["wake[recording=w2]", "theory"], &[]), ["wake[recording=w2]", "theory"]);
    let rank_8 = ["rdm[recording=w2,rank=8,mode=fast]", "rdm[recording=w2,rank=8,mode=exact]"];
    assert_eq!(selected(&plan, &["rdm[rank=8,recording=w2]"], &[]), rank_8);
}

#[test]
fn until_takes_all_that_is_needed_and_no_more() {
    let plan = planned("collect.yaml");
    let ranks = [
        "wake[recording=w1]",
        "rdm[recording=w1,rank=8,mode=fast]",
        "rdm[recording=w1,rank=4,mode=fast]",
        "ranks[recording=w1,mode=fast]",
    ];
    assert_eq!(selected(&plan, &[], &["ranks[recording=w1,mode=fast]"]), ranks);
    assert_eq!(selected(&plan, &["rdm"], &["ranks[recording=w1,mode=fast]"]), ranks[1..3]);
}

#[test]
fn a_name_that_nothing_has_gets_a_suggestion() {
    let plan = planned("collect.yaml");
    for (name, said) in [
        ("rnaks", "did you mean `ranks`?"),
        ("rnaks[mode=fast]", "did you mean `ranks`?"),
        ("wake[recording=w3]", "did you mean `wake[recording=w1]`?"),
        ("something else", "`neuroloom plan` lists the tasks"),
    ] {
        let error = plan.named(&[name.to_owned()]).unwrap_err();
        assert_eq!(error.hint_text(), Some(said), "{name}: {error}");
    }
}

#[test]
fn what_is_kept_of_a_plan_is_a_plan() {
    let plan = planned("complete.yaml");
    let until = Selection { until: vec!["rdm[mode=fast]".into()], ..Selection::default() };
    let positions = plan.select(&until).unwrap();
    let kept = plan.keep(&positions);
    let fast = ["wake", "rdm[kernel.sigma_s=0.1,mode=fast]", "rdm[kernel.sigma_s=0.2,mode=fast]"];
    assert_eq!(ids(&kept), fast);
    assert_eq!((kept.tasks.len(), kept.position(fast[2])), (3, Some(2)));
    let copies: Vec<&str> = kept.pipeline.outputs.iter().map(|output| output.task.as_str()).collect();
    assert_eq!(copies, fast[1..]);
}

/// A sweep with `n` tasks behind a source, each read by one more, all of them collected.
fn sweep(n: usize) -> String {
    let mut text = String::from("neuroloom: 1\nsteps:\n  wake: { use: test.source, with: { path: a } }\n");
    let ranks: Vec<String> = (1..=n / 2).map(|rank| rank.to_string()).collect();
    let ranks = ranks.join(", ");
    writeln!(text, "  rdm: {{ use: test.rdm, in: wake, matrix: {{ rank: [{ranks}] }} }}").unwrap();
    text.push_str("  again: { use: test.keep, in: { table: rdm } }\n");
    text.push_str("  all: { use: test.gather, in: { tables: again }, collect: all }\n");
    text
}

fn seconds_to_plan(n: usize) -> f64 {
    let text = sweep(n);
    let begun = Instant::now();
    let pipeline = load_text(text.as_bytes()).1.unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    let plan = plan(pipeline, 2).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(plan.tasks.len(), n + 2);
    seconds
}

#[test]
fn ten_thousand_tasks_are_planned_in_two_seconds() {
    let seconds = seconds_to_plan(10_000);
    assert!(cfg!(debug_assertions) || seconds < 2.0, "{seconds} s");
}

/// `cargo test --release -p neuroloom-pipeline --test planning -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn time_and_memory_of_planning() {
    for n in [1000, 10_000, 99_998] {
        let seconds = seconds_to_plan(n);
        println!("{n:>6} tasks: {seconds:.3} s, peak of the process {} MiB", peak_mib());
    }
}

/// The most memory that this process ever had, MiB; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status =
        neuroloom_core::files::read_text(std::path::Path::new("/proc/self/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok())
        .map_or(0, |kib| kib >> 10)
}
