//! Readers: neural recordings into typed Arrow tables.
