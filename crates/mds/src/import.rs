//! Networks that were fitted elsewhere: what their files hold becomes the layers of a [`Network`](crate::Network).

mod batch_norm;
mod chain;
mod listed;
#[cfg(feature = "onnx")]
mod onnx;

pub(crate) use listed::without_batch_norms;
#[cfg(feature = "onnx")]
pub use onnx::encoder_from_onnx;

/// Name, shape and values.
pub(crate) type NamedTensor = (String, (Vec<usize>, Vec<f64>));
