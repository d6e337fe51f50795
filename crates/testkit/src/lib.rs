//! Corruption and crash harnesses for the tests of the other crates.
