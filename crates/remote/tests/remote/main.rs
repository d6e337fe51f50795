//! What every remote must do, asked of a folder and of a bucket of an S3 server on this computer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod contract;
mod folder;
#[cfg(feature = "s3")]
mod s3;
mod two_stores;
