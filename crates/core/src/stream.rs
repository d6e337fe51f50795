//! Random streams in checkpoints: `#[serde(with = "neuroloom_core::stream")]` on a field of type `ChaCha8Rng` keeps
//! where the stream started and how far it has been drawn from.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the place in the stream.
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(stream: &ChaCha8Rng, serializer: S) -> Result<S::Ok, S::Error> {
    (stream.get_seed(), stream.get_stream(), stream.get_word_pos()).serialize(serializer)
}

/// The stream from the place that was written.
///
/// # Errors
/// The deserializer's own.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ChaCha8Rng, D::Error> {
    let (seed, number, position) = <([u8; 32], u64, u128)>::deserialize(deserializer)?;
    let mut stream = ChaCha8Rng::from_seed(seed);
    stream.set_stream(number);
    stream.set_word_pos(position);
    Ok(stream)
}
