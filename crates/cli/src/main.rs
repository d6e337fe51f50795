//! The command line of Neuroloom.
fn main() {}
