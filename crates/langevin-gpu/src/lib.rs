//! LangevinFlow on a graphics processor: kernels in WGSL, run by wgpu over Vulkan (Metal on Apple's computers).
//!
//! [`GRAPHICS_PROCESSOR`] is the [`Accelerator`](neuroloom_langevin::Accelerator) that `device: gpu` of `langevin.train` and
//! `langevin.infer` asks for. Passes over a batch are recorded once as a [`Tape`] of kernels and run many times; parameters,
//! moments and activations stay on the device, counts are sent to it once, of a step only trial numbers and noise are. The layers
//! are those of `neuroloom-nn`, each in a file of its own as methods of a [`Recorder`].
//!
//! Dropout masks are the same bits as on the processor and noise is drawn by it, so results differ by the rounding of 32-bit
//! numbers alone. Sums have a fixed order and no kernel adds atomically: the same adapter gives the same bytes again.
//! All of it was tested on Mesa's lavapipe; no time on hardware has been measured.
//!
//! The crate is empty without its feature `gpu`.
#![cfg(feature = "gpu")]

mod accelerator;
mod activations;
mod attention;
mod device;
mod encoder_layer;
mod engine;
mod flow;
mod gru;
mod kernel;
mod linear;
mod noise;
mod predict;
mod product;
mod program;
mod recorder;
mod report;
mod step;
mod tape;

pub use accelerator::{GRAPHICS_PROCESSOR, GraphicsProcessor};
pub use attention::{AttentionRoom, TokenSize};
pub use device::{Adapters, Gpu, Values};
pub use encoder_layer::EncoderRoom;
pub use engine::GpuEngine;
pub use flow::{FlowPass, FlowRoom};
pub use gru::{GruRoom, GruSize, MAX_HIDDEN};
pub use predict::predict;
pub use product::{Form, Matrix};
pub use recorder::{Recorder, Shared};
pub use step::{Optimiser, words};
pub use tape::Tape;
