//! Encoders from recordings: a [`Network`](crate::Network) is fitted to the responses of many neurons to movies.

mod batches;
mod chunks;
mod movies;
mod options;
mod pass;
mod quality;
mod trainer;

pub use chunks::{Chunk, Chunks};
pub use movies::{Clip, Movies, TestClip};
pub use options::{FitOptions, Loss, Optimiser};
pub use pass::FitPass;
pub use quality::{UnitQuality, quality};
pub use trainer::{EncoderFit, EncoderTrainer, EpochRecord, FitState};
