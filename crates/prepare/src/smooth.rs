//! `prepare.smooth`: convolution of traces with a smoothing kernel.

mod filter;
mod kernel;
mod params;
mod step;

pub use filter::smooth;
pub use kernel::Kernel;
pub use params::{Edges, KernelShape, SmoothParams};
pub use step::SmoothStep;
