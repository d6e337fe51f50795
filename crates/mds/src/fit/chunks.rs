//! The clips in chunks of one length.

use super::movies::Movies;

/// A stretch of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The clip.
    pub clip: usize,
    /// Its first frame that counts.
    pub start: usize,
}

/// Chunks to fit and chunks to validate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// Frames of each.
    pub len: usize,
    /// Fitted.
    pub train: Vec<Chunk>,
    /// Not fitted.
    pub valid: Vec<Chunk>,
}

impl Chunks {
    /// Chunks of `len` frames, or of the shortest clip; the last share `validation` of all chunks is not fitted. What is left
    /// over at the end of a clip is not used.
    pub fn new(movies: &Movies, len: usize, validation: f64) -> Self {
        let shortest = movies.train.iter().map(|clip| clip.n_frames).min().unwrap_or(0);
        let len = len.min(shortest).max(1);
        let all: Vec<Chunk> = movies
            .train
            .iter()
            .enumerate()
            .flat_map(|(clip, movie)| (0..movie.n_frames / len).map(move |k| Chunk { clip, start: k * len }))
            .collect();
        let n_valid =
            ((validation * all.len() as f64).round() as usize).clamp(1, all.len().saturating_sub(1).max(1));
        let (train, valid) = all.split_at(all.len().saturating_sub(n_valid));
        Self { len, train: train.to_vec(), valid: valid.to_vec() }
    }
}
