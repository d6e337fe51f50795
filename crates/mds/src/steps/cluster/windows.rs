//! Which neurons take part, and what the training movies say of a stimulus.

use neuroloom_core::{Error, Result, Seed};
use rand::seq::SliceRandom;

use super::params::ClusterParams;
use crate::encoder::Encoder;
use crate::projection::norm;
use crate::steps::labels::Unit;
use crate::steps::stimuli::TableStimulus;

/// The neurons that take part: of every recording the same share, drawn at random.
pub(super) fn fitted(units: &[Unit], held_out: f64, seed: Seed) -> Vec<usize> {
    let mut recordings: Vec<&str> = units.iter().map(|(recording, _)| recording.as_str()).collect();
    recordings.dedup();
    recordings.sort_unstable();
    recordings.dedup();
    let mut fit = Vec::new();
    for recording in recordings {
        let mut members: Vec<usize> = (0..units.len()).filter(|&unit| units[unit].0 == recording).collect();
        members.shuffle(&mut seed.child(recording).rng());
        let n_held = (held_out * members.len() as f64).round() as usize;
        fit.extend(members.into_iter().skip(n_held));
    }
    fit.sort_unstable();
    fit
}

/// Stretches of the training movies, one behind the other, as long as a stimulus.
pub(super) fn windows<E: Encoder<f32>>(
    encoder: &E,
    dt_s: f64,
    stimuli: &[TableStimulus],
) -> Result<Vec<Vec<f32>>> {
    let shape = encoder.shape();
    let mut windows = Vec::new();
    for movie in stimuli.iter().filter(|one| one.kind == "movie" && one.split == "train") {
        let fits = (movie.shape.channels, movie.shape.height, movie.shape.width)
            == (shape.channels, shape.height, shape.width);
        if !fits {
            return Err(Error::data("a movie has another shape than the encoder takes")
                .at_object(format!("stimuli: {}", movie.id))
                .expected(format!("{} channels of {} x {}", shape.channels, shape.height, shape.width))
                .found(format!(
                    "{} of {} x {}",
                    movie.shape.channels, movie.shape.height, movie.shape.width
                )));
        }
        if (movie.dt_s - dt_s).abs() > 1e-3 * dt_s {
            return Err(Error::data("a movie has another frame rate than the encoder")
                .at_object(format!("stimuli: {}", movie.id))
                .expected(format!("{} Hz", 1.0 / dt_s))
                .found(format!("{} Hz", 1.0 / movie.dt_s)));
        }
        let n_pixels = shape.n_pixels();
        for start in (0..=movie.shape.frames.saturating_sub(shape.frames)).step_by(shape.frames) {
            let channels = movie.values.chunks_exact(movie.shape.channel_len());
            let stretch = channels
                .flat_map(|channel| channel.iter().skip(start * n_pixels).take(shape.frames * n_pixels));
            windows.push(stretch.map(|&value| value as f32).collect());
        }
    }
    windows.retain(|window: &Vec<f32>| window.len() == shape.len());
    Ok(windows)
}

pub(super) fn wanted_norm(params: &ClusterParams, windows: &[Vec<f32>]) -> Result<f64> {
    match params.norm {
        Some(norm) => Ok(norm),
        None if windows.is_empty() => Err(no_movie("norm")),
        None => Ok(windows.iter().map(|window| norm(window)).sum::<f64>() / windows.len() as f64),
    }
}

pub(super) fn no_movie(param: &str) -> Error {
    Error::params(format!("`{param}` asks for windows of a training movie"))
        .expected("at the input `stimuli` a movie of the split `train`, at least as long as a stimulus")
        .found("none")
        .hint("connect `stimuli` of the recording, or give `norm` and leave `gain` at none")
}
