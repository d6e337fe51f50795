//! `neuroloom run`.

use std::collections::BTreeSet;

use neuroloom_pipeline::execute::{Outcome, RunOptions, run as execute};
use neuroloom_pipeline::host::available_memory;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::plan::Plan;
use neuroloom_pipeline::select::Selection;
use neuroloom_provenance::record;
use serde_json::json;

use super::behind::{warn, with_remote};
use super::{load, places, present, threads};
use crate::args::RunArguments;
use crate::failure::Failure;
use crate::signals;
use crate::watch::{Watch, seconds};

pub fn run(arguments: &RunArguments, json: bool) -> Result<(), Failure> {
    let begun = std::time::Instant::now();
    let located = &arguments.located;
    let plan = load(&located.pipeline)?;
    let (folder, store) = places(located, &plan);
    let store = with_remote(store, arguments.behind.address())?;
    let options = RunOptions {
        threads: threads(&located.pipeline),
        memory_bytes: arguments.memory.or_else(available_memory),
        cancel: signals::stop_on_signals(),
        keep_going: arguments.keep_going,
        only: wanted(&plan, arguments)?,
        force: ids(&plan, &plan.named(&arguments.force)?),
        checkpoint_every: arguments.patience.checkpoint_every,
        leases: arguments.patience.leases(),
    };
    record::freeze(&folder, &plan.pipeline)?;
    let outcome = {
        let tasks = options.only.as_ref().map_or(plan.tasks.len(), BTreeSet::len);
        let observer = Watch::choose(json, arguments.quiet).observer(tasks);
        execute(&plan, &folder, &store, &options, observer.as_ref())?
    };
    present(&folder, &outcome)?;
    say(&plan, &folder, &outcome, begun.elapsed().as_secs_f64(), json);
    warn(&store);
    // Everything is done; but whoever counts on the remote must not take it for complete.
    outcome.unshared.map_or(Ok(()), |error| Err(error.into()))
}

/// Ids of the tasks that were asked for; none for all.
fn wanted(plan: &Plan, arguments: &RunArguments) -> Result<Option<BTreeSet<String>>, Failure> {
    let selection = Selection { only: arguments.only.clone(), until: arguments.until.clone() };
    if selection == Selection::default() {
        return Ok(None);
    }
    Ok(Some(ids(plan, &plan.select(&selection)?)))
}

fn ids(plan: &Plan, positions: &BTreeSet<usize>) -> BTreeSet<String> {
    let tasks = positions.iter().filter_map(|at| plan.get(*at));
    tasks.map(|(task, _)| task.id.clone()).collect()
}

fn say(plan: &Plan, folder: &RunFolder, outcome: &Outcome, wall: f64, json: bool) {
    let (ran, total) = (outcome.ran, plan.tasks.len());
    let report = folder.report();
    if json {
        let line = json!({
            "event": "complete", "ran": ran, "cached": total - ran, "unchanged": outcome.unchanged,
            "seconds": wall, "folder": folder.root(), "report": report, "fingerprint": outcome.manifest.fingerprint,
        });
        println!("{line}");
    } else if outcome.unchanged {
        println!("nothing to do: all {total} steps are done and unchanged; report: {}", report.display());
    } else {
        println!("{ran} of {total} steps ran in {}; report: {}", seconds(wall), report.display());
    }
}
