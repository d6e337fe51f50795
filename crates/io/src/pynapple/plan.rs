//! What the tables of a recording will be, by the classes of its objects.

use std::path::Path;

use neuroloom_core::{Resources, Result, StepPlan};
use neuroloom_table::kinds;

use super::object::Target;
use super::read::{self, ReadOptions};
use crate::npy::Archive;

/// The outputs that the files at `path` have something for, and the memory that reading them takes.
///
/// # Errors
/// Those of finding the objects.
pub(super) fn plan(path: &Path, options: &ReadOptions) -> Result<StepPlan> {
    let (objects, _) = read::objects(path, options)?;
    let mut bytes = 0_u64;
    for object in &objects {
        // A number of one byte becomes one of eight, which stands in memory as read, as a column, and sorted.
        bytes = bytes.saturating_add(Archive::open(&object.path)?.unpacked_bytes().saturating_mul(24));
    }
    let mut plan = StepPlan::new(Resources::memory(bytes)).output(
        "recordings",
        kinds::RECORDINGS,
        [("recordings", 1), ("rows", 1)],
    );
    let ports = [
        (Target::Spikes, kinds::SPIKES),
        (Target::Traces, kinds::TRACES),
        (Target::Behaviour, kinds::BEHAVIOUR),
        (Target::Intervals, kinds::INTERVALS),
    ];
    for (target, kind) in ports {
        if objects.iter().any(|object| object.target == target) {
            plan = plan.output(target.name(), kind, [("recordings", 1)]);
        }
    }
    Ok(plan)
}
