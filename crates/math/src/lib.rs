//! Numeric kernels that the methods share.
