//! `neuroloom export`.

use std::path::Path;

use neuroloom_core::Error;
use neuroloom_provenance::export::{
    Agreement, Exported, InputState, InputStatus, Options, check, export as pack,
};
use neuroloom_provenance::run::Run;
use serde_json::json;

use super::{aligned, pretty};
use crate::args::ExportArguments;
use crate::failure::Failure;
use crate::registry::registry;

pub fn export(arguments: &ExportArguments, json: bool) -> Result<(), Failure> {
    if let Some(folder) = &arguments.check {
        return check_sources(folder, json);
    }
    let (Some(run), Some(to)) = (&arguments.run, &arguments.to) else {
        return Err(Error::params("name a run and where to export it to: `export RUN --to DIR`").into());
    };
    let options =
        Options { base: arguments.base.clone(), data: arguments.with_data, results: arguments.with_results };
    let exported = pack(&Run::open(run)?, &registry(), &options, to)?;
    say(&exported, to, options.data, json);
    Ok(())
}

fn say(exported: &Exported, to: &Path, with_data: bool, json: bool) {
    let Exported { files, bytes, sources, agreement } = exported;
    if let Agreement::Unknown(why) = agreement {
        eprintln!("warning: the exported pipeline cannot be checked without its sources beside it:\n{why}");
    }
    if json {
        let checked = *agreement == Agreement::Seen;
        println!(
            "{}",
            json!({ "to": to, "files": files, "bytes": bytes, "sources": sources, "with_data": with_data,
                    "pipeline_checked": checked })
        );
    } else {
        let data = if with_data { "with" } else { "without" };
        let kib = bytes.div_ceil(1 << 10);
        println!("{}: {files} files, {kib} KiB, {data} the {sources} sources of the run", to.display());
    }
}

fn check_sources(folder: &Path, json: bool) -> Result<(), Failure> {
    let states = check(folder).map_err(Failure::Incomparable)?;
    let ready = states.iter().filter(|state| state.status == InputStatus::Ready).count();
    if json {
        println!("{}", pretty(&json!({ "ready": ready == states.len(), "inputs": states }))?);
    } else {
        let bad = states.iter().filter(|state| state.status != InputStatus::Ready);
        print!("{}", aligned(&bad.map(row).collect::<Vec<_>>()));
        println!("{ready} of {} sources are here, and what the run read", states.len());
    }
    if ready == states.len() { Ok(()) } else { Err(Failure::Different) }
}

fn row(state: &InputState) -> Vec<String> {
    let word = match state.status {
        InputStatus::Ready => "ready".into(),
        InputStatus::Missing => "missing".into(),
        InputStatus::Different { found } => format!("another file: BLAKE3 {} instead of", found.short()),
    };
    vec![state.path.clone(), word, state.blake3.short()]
}
