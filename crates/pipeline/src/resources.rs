//! What a task may use: the step's own estimate, and what the pipeline file says of it.

use neuroloom_core::Resources;
use serde::{Deserialize, Serialize};

/// What `resources` of a pipeline file asks for. What it leaves open is left to the step's estimate or to the
/// batch system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRequest {
    /// Processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cores: Option<usize>,
    /// Memory, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Wall time, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_s: Option<u64>,
    /// Partition of the batch system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// Account that the batch system charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Quality of service of the batch system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qos: Option<String>,
    /// Features that a node must have, in the batch system's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// Generic resources, in the batch system's words: `gpu:1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gres: Option<String>,
    /// Tasks that one job of the batch system does, one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks_per_job: Option<usize>,
}

impl ResourceRequest {
    /// This request, with what it leaves open taken from `other`.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            cores: self.cores.or(other.cores),
            memory_bytes: self.memory_bytes.or(other.memory_bytes),
            time_s: self.time_s.or(other.time_s),
            partition: self.partition.or_else(|| other.partition.clone()),
            account: self.account.or_else(|| other.account.clone()),
            qos: self.qos.or_else(|| other.qos.clone()),
            constraint: self.constraint.or_else(|| other.constraint.clone()),
            gres: self.gres.or_else(|| other.gres.clone()),
            tasks_per_job: self.tasks_per_job.or(other.tasks_per_job),
        }
    }

    /// The estimate of a step, with what this request says in its place.
    pub fn over(&self, estimate: Resources) -> Resources {
        Resources {
            cores: self.cores.unwrap_or(estimate.cores),
            memory_bytes: self.memory_bytes.unwrap_or(estimate.memory_bytes),
            time_s: self.time_s.or(estimate.time_s),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_request_wins_and_the_rest_is_inherited() {
        let step = ResourceRequest { cores: Some(4), ..ResourceRequest::default() };
        let pipeline = ResourceRequest { cores: Some(1), partition: Some("long".into()), ..step.clone() };
        let both = step.or(&pipeline);
        assert_eq!((both.cores, both.partition.as_deref()), (Some(4), Some("long")));
        let resources = both.over(Resources::memory(1 << 30));
        assert_eq!((resources.cores, resources.memory_bytes), (4, Resources::memory(1 << 30).memory_bytes));
    }
}
