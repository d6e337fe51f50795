//! Every conditional draw against the law it should have, enumerated or integrated numerically.

mod concentrations;
mod dispersion;
mod label_toy;
mod loadings;
mod partitions;
mod polya_gamma;
mod states;
mod support;
mod tables;
