//! `neuroloom fetch`.

mod bars;
mod list;
mod recipe;

use std::io::IsTerminal;

use neuroloom_core::{NoProgress, Progress};
use neuroloom_fetch::{Catalogue, Fetched, Options, Outcome, Source, fetch as download, permission};
use serde_json::json;

use super::{aligned, pretty};
use crate::args::FetchArguments;
use crate::failure::Failure;
use crate::signals;

pub fn fetch(arguments: &FetchArguments, json: bool) -> Result<(), Failure> {
    let catalogue = match &arguments.catalogue {
        Some(file) => Catalogue::read(file)?,
        None => Catalogue::shipped()?,
    };
    if arguments.sources.is_empty() {
        return list::list(&catalogue, &arguments.to, json);
    }
    let mut sources: Vec<&Source> = Vec::new();
    for id in &arguments.sources {
        let source = catalogue.get(id)?;
        // Naming a source twice is no mistake, but its files can be written once only.
        if !sources.iter().any(|other| other.id == source.id) {
            sources.push(source);
        }
    }
    if arguments.dry_run {
        return say_what_would_come(&sources, arguments, json);
    }
    let mut options = Options::new(&arguments.to);
    options.jobs = usize::from(arguments.jobs);
    options.accept_unverified = arguments.accept_unverified;
    let fetched =
        download(&sources, &options, &signals::stop_on_signals(), progress(arguments, json).as_ref())?;
    for (source, fetched) in sources.iter().zip(&fetched) {
        say(source, fetched, arguments, json)?;
    }
    Ok(())
}

fn progress(arguments: &FetchArguments, json: bool) -> Box<dyn Progress> {
    match json || arguments.quiet || !std::io::stderr().is_terminal() {
        true => Box::new(NoProgress),
        false => Box::new(bars::Bars::default()),
    }
}

fn say_what_would_come(sources: &[&Source], arguments: &FetchArguments, json: bool) -> Result<(), Failure> {
    for source in sources {
        permission(source, arguments.accept_unverified)?;
    }
    let files = sources.iter().flat_map(|source| source.files.iter().map(move |file| (source, file)));
    if json {
        let files = files.map(|(source, file)| {
            json!({ "source": source.id, "address": file.address, "bytes": file.bytes, "digest": file.digest })
        });
        println!("{}", pretty(&files.collect::<Vec<_>>())?);
    } else {
        let rows = files
            .map(|(source, file)| vec![source.id.clone(), list::size(file.bytes), file.address.to_string()]);
        print!("{}", aligned(&rows.collect::<Vec<_>>()));
    }
    Ok(())
}

/// Where the files of a source are, and how a pipeline reads them.
fn say(source: &Source, fetched: &Fetched, arguments: &FetchArguments, json: bool) -> Result<(), Failure> {
    let recipe = recipe::recipe(source, &arguments.to);
    if json {
        let files = fetched.files.iter().map(|file| {
            json!({
                "path": file.path, "bytes": file.bytes, "digests": file.digests, "verified": file.verified,
                "downloaded": file.outcome == Outcome::Downloaded,
            })
        });
        let line = json!({
            "event": "fetched", "source": source.id, "folder": fetched.folder, "licence": source.licence,
            "files": files.collect::<Vec<_>>(), "steps": recipe,
        });
        println!("{line}");
        return Ok(());
    }
    println!("{}: {} (licence: {}; cite: {})", source.id, source.title, source.licence, source.citation);
    let rows = fetched.files.iter().map(|file| {
        let how = match (file.outcome, file.verified) {
            (Outcome::AlreadyThere, true) => "already there, verified".to_owned(),
            (Outcome::AlreadyThere, false) => format!("already there, {}", file.digests.lines().join(", ")),
            (Outcome::Downloaded, true) => "downloaded, verified".to_owned(),
            (Outcome::Downloaded, false) => {
                format!("downloaded, UNVERIFIED: {}", file.digests.lines().join(", "))
            }
        };
        vec![format!("  {}", file.path.display()), list::size(Some(file.bytes)), how]
    });
    print!("{}", aligned(&rows.collect::<Vec<_>>()));
    println!("\nIn a pipeline file beside {}:\n\n{recipe}", arguments.to.display());
    Ok(())
}
