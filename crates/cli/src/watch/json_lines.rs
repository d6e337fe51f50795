//! A line of JSON per event, on standard output.

use std::sync::Arc;

use neuroloom_core::{NoProgress, Progress};
use neuroloom_pipeline::observer::{Event, Observer};
use serde_json::json;

pub struct JsonLines;

impl Observer for JsonLines {
    fn event(&self, event: &Event<'_>) {
        let line = match event {
            Event::Started { task, step } => json!({ "event": "started", "task": task, "step": step }),
            Event::Finished { task, cached, seconds, warnings } => json!({
                "event": "finished", "task": task, "cached": cached, "seconds": seconds, "warnings": warnings,
            }),
            Event::Failed { task, error } => {
                json!({ "event": "task failed", "task": task, "message": error.to_string() })
            }
        };
        println!("{line}");
    }

    fn progress(&self, _: &str) -> Arc<dyn Progress> {
        Arc::new(NoProgress)
    }
}
