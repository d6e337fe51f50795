//! Neural-network layers with hand-written backward passes, in `f32` and `f64`.
//!
//! A model is a [`Layout`] of named tensors in one flat vector of parameters. Its layers ([`Linear`], [`LayerNorm`],
//! [`Gru`], [`SelfAttention`], [`FeedForward`], [`EncoderLayer`]) know where their tensors lie, take parameters and
//! activations as slices, and add to a gradient of the same layout. All run on the calling thread: work is shared out by
//! trials ([`sum_chunks`]), in chunks that do not depend on the number of threads, so that no byte does.
//!
//! Dropout masks and noise come from counters ([`CounterStream`], Philox): a number belongs to a trial, a time and a
//! dimension, whatever was drawn before. Masks are made again in the backward pass instead of being kept.
//!
//! ```
//! use neuroloom_nn::{Layout, Linear};
//!
//! let mut layout = Layout::default();
//! let linear = Linear::new(&mut layout, "readout", 2, 1);
//! let parameters = [1.0_f64, 10.0, 0.5]; // weight, bias
//! let (x, mut y) = ([3.0, 4.0], [0.0]);
//! linear.forward(&parameters, &x, &mut y);
//! assert_eq!(y, [43.5]);
//!
//! let (mut gradient, mut dx) = ([0.0; 3], [0.0; 2]);
//! linear.backward(&parameters, &x, &[2.0], &mut gradient, Some(&mut dx));
//! assert_eq!((gradient, dx), ([6.0, 8.0, 2.0], [2.0, 20.0]));
//! ```

mod adam;
mod attention;
mod chunks;
mod cosine;
mod dropout;
mod encoder_layer;
mod feed_forward;
mod gru;
mod initial;
mod lanes;
mod layer_norm;
mod layout;
mod lbfgs;
mod linear;
mod normal;
mod plateau;
mod poisson;
mod random;
mod real;
pub mod safetensors;

pub use adam::{Adam, Decay, adam_scales, clip_by_norm};
pub use attention::{AttentionMask, AttentionState, SelfAttention};
pub use chunks::{chunk_len, sum_chunks};
pub use cosine::Cosine;
pub use dropout::{Dropout, Sites};
pub use encoder_layer::{EncoderLayer, EncoderState, LayerDropout};
pub use feed_forward::FeedForward;
pub use gru::{Gru, GruState};
pub use initial::{fill_normal, fill_uniform};
pub use layer_norm::{LayerNorm, NormState};
pub use layout::{Layout, Segment, TensorSpec};
pub use lbfgs::{Lbfgs, Point};
pub use linear::Linear;
pub use plateau::Plateau;
pub use poisson::{poisson_nll, poisson_slope};
pub use random::{CounterStream, philox};
pub use real::{Real, vectorised};
