//! What a run came from: an RO-Crate beside its results, the difference of two runs, exports that rerun elsewhere.
//!
//! [`record::freeze`] and [`record::write`] leave `pipeline.yaml` and `ro-crate-metadata.json` in a run's folder;
//! [`run::Run`] opens one that is complete; [`diff::compare`] says in what two runs differ and why;
//! [`export::Export`] packs a run so that it can be repeated elsewhere.

pub mod diff;
pub mod export;
pub mod record;
pub mod ro_crate;
pub mod run;
