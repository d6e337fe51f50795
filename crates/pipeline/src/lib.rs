//! Declarative pipelines: YAML to a checked plan, a cache and a run.
//!
//! The way of a pipeline file: [`document::load`] checks it and reports all mistakes at once; [`plan::plan`] asks
//! every step what it will give and need, reading headers only; [`execute::run`] does what is not in the
//! [`store`] yet and puts the results into the [run's folder](layout::RunFolder).

pub mod canonical;
pub mod document;
pub mod execute;
pub mod frozen;
pub mod host;
mod inputs;
pub mod journal;
pub mod key;
pub mod layout;
pub mod manifest;
pub mod observer;
pub mod plan;
pub mod progress;
pub mod resources;
pub mod schema;
pub mod select;
pub mod sources;
pub mod state;
pub mod store;
