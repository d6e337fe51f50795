//! Files in any layout: MATLAB files of either version.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod mat;
