//! `neuroloom run`.

use neuroloom_core::CancelToken;
use neuroloom_pipeline::execute::{Outcome, RunOptions, run as execute};
use neuroloom_pipeline::host::available_memory;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::plan::Plan;
use neuroloom_provenance::record;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::{load, places, threads};
use crate::args::RunArguments;
use crate::failure::Failure;
use crate::page;
use crate::watch::{Watch, seconds};

pub fn run(arguments: &RunArguments, json: bool) -> Result<(), Failure> {
    let begun = std::time::Instant::now();
    let located = &arguments.located;
    let plan = load(&located.pipeline)?;
    let (folder, store) = places(located, &plan);
    let options = RunOptions {
        threads: threads(&located.pipeline),
        memory_bytes: arguments.memory.or_else(available_memory),
        cancel: stop_on_signals(),
    };
    record::freeze(&folder, &plan.pipeline)?;
    let outcome = {
        let observer = Watch::choose(json, arguments.quiet).observer(plan.tasks.len());
        execute(&plan, &folder, &store, &options, observer.as_ref())?
    };
    if !outcome.unchanged || !folder.report().exists() {
        page::write(&plan, &folder, &outcome)?;
    }
    record::write(&folder, outcome.manifest.fingerprint)?;
    say(&plan, &folder, &outcome, begun.elapsed().as_secs_f64(), json);
    Ok(())
}

/// The first signal asks the steps to stop at their next check; the second one ends the process at once.
pub fn stop_on_signals() -> CancelToken {
    let cancel = CancelToken::default();
    for signal in [SIGINT, SIGTERM] {
        // Without a handler the signal ends the process, which is what a second one would do anyway.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, cancel.flag());
        let _ = signal_hook::flag::register(signal, cancel.flag());
    }
    cancel
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
