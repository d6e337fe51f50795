//! Harnesses for the tests of the other crates: corrupted files, and data beside the workspace.
//!
//! ```
//! use neuroloom_testkit::assert_survives;
//!
//! // A reader may refuse any bytes, but must neither panic nor hang nor eat the memory.
//! assert_survives(b"RIFF\x04\0\0\0data", 50, |path| std::fs::read_to_string(path));
//! ```
#![allow(clippy::panic, clippy::expect_used, reason = "a harness fails a test by panicking")]
#![allow(clippy::disallowed_methods, reason = "a harness looks at and damages files as others do")]

mod allocation;
mod corruption;
mod data;
mod survive;

pub use allocation::peak_allocation;
pub use corruption::{Corruption, Variants, variants, variants_within};
pub use data::{shared_data, skip, workspace_root};
pub use survive::{Outcomes, Trial, assert_survives};
