//! `neuroloom validate`.

use serde_json::json;

use super::load;
use crate::args::PipelineArguments;
use crate::failure::Failure;

pub fn validate(arguments: &PipelineArguments, json: bool) -> Result<(), Failure> {
    let plan = load(arguments)?;
    let tasks = plan.tasks.len();
    if json {
        println!("{}", json!({ "event": "valid", "name": plan.pipeline.name, "tasks": tasks }));
    } else {
        println!("{}: valid, {tasks} tasks", arguments.file.display());
    }
    Ok(())
}
