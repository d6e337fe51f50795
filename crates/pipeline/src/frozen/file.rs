//! Reading and writing `run.lock`.

use std::path::Path;

use neuroloom_core::{Error, Result, files};
use serde::de::DeserializeOwned;

use super::{FrozenPlan, FrozenRun, FrozenTask};

/// Writes the plan, atomically.
///
/// # Errors
/// When the operating system refuses.
pub fn write(path: &Path, plan: &FrozenPlan) -> Result<()> {
    files::write_atomic(path, |file| {
        serde_json::to_writer(&mut *file, &plan.run)?;
        for task in &plan.tasks {
            file.write_all(b"\n")?;
            serde_json::to_writer(&mut *file, task)?;
        }
        file.write_all(b"\n")
    })
}

/// Reads a frozen plan; none if there is none.
///
/// # Errors
/// When it is there and damaged.
pub fn read(path: &Path) -> Result<Option<FrozenPlan>> {
    let Some(text) = text(path)? else { return Ok(None) };
    let (run, lines) = split(&text, path)?;
    let tasks: Vec<FrozenTask> =
        lines.iter().enumerate().map(|(at, line)| parse(line, path, at + 2)).collect::<Result<_>>()?;
    Ok(Some(FrozenPlan::new(run, tasks)))
}

/// Reads what the tasks have in common; none if there is no plan.
///
/// # Errors
/// When it is there and damaged.
pub fn read_header(path: &Path) -> Result<Option<FrozenRun>> {
    let Some(text) = text(path)? else { return Ok(None) };
    Ok(Some(split(&text, path)?.0))
}

/// Reads the run and the tasks called `ids`, in this order, without making sense of the others.
///
/// # Errors
/// When there is no plan, it is damaged, or has no such task.
pub fn read_tasks(path: &Path, ids: &[String]) -> Result<(FrozenRun, Vec<FrozenTask>)> {
    let text = text(path)?.ok_or_else(|| absent(path))?;
    let (run, lines) = split(&text, path)?;
    let find = |id: &String| {
        let start = format!("{{\"id\":{},", serde_json::Value::from(id.as_str()));
        let found = lines.iter().enumerate().find(|(_, line)| line.starts_with(&start));
        let (at, line) = found.ok_or_else(|| {
            let ids = lines.iter().filter_map(|line| line.strip_prefix("{\"id\":\"")?.split('"').next());
            let error = Error::params(format!("the plan has no task `{id}`")).at_file(path);
            match neuroloom_core::nearest(id, ids) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("`neuroloom status` lists the tasks"),
            }
        })?;
        parse(line, path, at + 2)
    };
    Ok((run, ids.iter().map(find).collect::<Result<_>>()?))
}

fn text(path: &Path) -> Result<Option<String>> {
    files::read_text_if_present(path)
}

fn absent(path: &Path) -> Error {
    Error::data("no run was started here")
        .at_file(path)
        .expected("a frozen plan")
        .hint("give the folder that `neuroloom run --out` or `neuroloom submit --out` named (results/NAME by default)")
}

/// The run, and a line for each of its tasks.
fn split<'a>(text: &'a str, path: &Path) -> Result<(FrozenRun, Vec<&'a str>)> {
    let mut lines = text.lines();
    let run: FrozenRun = parse(lines.next().unwrap_or_default(), path, 1)?;
    let tasks: Vec<&str> = lines.collect();
    if tasks.len() == run.tasks {
        return Ok((run, tasks));
    }
    let error = Error::data("the frozen plan is damaged").at_file(path);
    Err(error.expected(format!("{} tasks", run.tasks)).found(format!("{} lines of tasks", tasks.len())))
}

fn parse<T: DeserializeOwned>(line: &str, path: &Path, number: usize) -> Result<T> {
    serde_json::from_str(line).map_err(|e| {
        Error::data("the frozen plan is damaged")
            .at_file(path)
            .at_object(format!("line {number}"))
            .found(e.to_string())
            .hint("start the run again: it is planned anew, and what is done is found in the store")
    })
}
