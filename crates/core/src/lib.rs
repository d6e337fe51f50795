//! The vocabulary of Neuroloom: steps, ports, units, seeds, errors, progress.
//!
//! Every other crate speaks in the words of this one. A [`Step`] has checked [`params`](StepParams),
//! named [`ports`](PortSpec) that carry [`Table`]s of a [`TableKind`], a `plan` that reads no data and
//! a `run` that does the work. Nothing here knows what YAML, a file format or a method is.
//!
//! ```
//! use neuroloom_core::Seed;
//! use rand::Rng;
//!
//! let seed = Seed::root(7).child("ntf.factorise").child_index(3);
//! let mut stream = seed.rng();
//! let first = stream.next_u64();
//! assert_eq!(first, Seed::root(7).child("ntf.factorise").child_index(3).rng().next_u64());
//! ```

mod cancel;
mod checkpoint;
mod context;
mod data_path;
mod digest;
mod error;
pub mod figure;
pub mod files;
mod params;
mod parts;
mod plan;
mod port;
mod progress;
mod registry;
mod seed;
mod step;
pub mod stream;
mod summary;
mod table;
mod time_base;
mod unit;

pub use cancel::CancelToken;
pub use checkpoint::{Checkpoints, NoCheckpoints};
pub use context::{PlanContext, RunContext};
pub use data_path::DataPath;
pub use digest::Digest;
pub use error::{Error, ErrorKind, Location, Result};
pub use figure::Figure;
pub use params::{ParamIssue, ParamIssues, StepParams, nearest};
pub use parts::{StoredParts, TableParts};
pub use plan::{Dims, PlannedInputs, PlannedTable, Resources, StepPlan};
pub use port::{PortSpec, TableKind};
pub use progress::{NoProgress, Progress, Task};
pub use registry::{CheckedParams, ErasedStep, Registry};
pub use seed::Seed;
pub use step::{Description, Inputs, Step, StepOutput, Variant};
pub use summary::{Metric, MetricValue, Summary};
pub use table::Table;
pub use time_base::TimeBase;
pub use unit::Unit;
