use neuroloom_math::SymmetricProduct;

use super::{Patterns, finite_diagonal};
use crate::{Result, RsaError, n_pairs};

/// Channels from which the level of a pattern is guessed.
const GUESS: usize = 32;

/// What the guess may leave of a pattern's level, as a multiple of its centred length: taking it away afterwards
/// costs no more than two digits.
const SAFE: f64 = 10.0;

/// Correlation distance, `d_ij = 1 - r(x_i, x_j)` with Pearson's r over the channels, of the mean pattern of every
/// condition. Without unit, between 0 and 2.
///
/// One pass over the responses: the level of a pattern is guessed from its first channels; a further row of ones in
/// the product tells what the guess left, and that is taken off the product, `G_ij - t_i t_j / p`. Where the guess was
/// so bad that this would cancel, a second pass is made with the right levels.
///
/// # Errors
/// Fewer than two conditions, no channel, a response that is NaN or infinite, a pattern that is the same in
/// all channels (up to rounding).
pub fn correlation<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_shape()?;
    let (_, n_conditions, n_channels) = patterns.dim();
    let p = n_channels as f64;
    let mut levels = guessed_levels(patterns);
    let mut sums = Sums::new(patterns, &levels)?;
    if !sums.are_safe(p) {
        levels.iter_mut().zip(&sums.rests).for_each(|(level, rest)| *level += rest / p);
        sums = Sums::new(patterns, &levels)?;
    }
    let inverse_lengths = sums.inverse_lengths(&levels, p)?;
    let mut distances = Vec::with_capacity(n_pairs(n_conditions));
    for i in 0..n_conditions {
        let (rest, inverse) = (sums.rests[i] / p, inverse_lengths[i]);
        let others = sums.rests.iter().zip(&inverse_lengths).skip(i + 1);
        let products = sums.product.upper_row(i).iter().skip(1);
        distances.extend(products.zip(others).map(|(product, (other_rest, other_inverse))| {
            let r = (product - rest * other_rest) * inverse * other_inverse;
            1.0 - r.clamp(-1.0, 1.0)
        }));
    }
    Ok(distances)
}

fn guessed_levels(patterns: Patterns<'_>) -> Vec<f64> {
    let (_, n_conditions, n_channels) = patterns.dim();
    let n = GUESS.min(n_channels);
    let mut row = vec![0.0; n];
    let level = |condition| {
        patterns.mean_row(condition, 0..n, &mut row);
        row.iter().sum::<f64>() / n as f64
    };
    (0..n_conditions).map(level).collect()
}

/// Products of patterns less their guessed levels.
struct Sums {
    /// Of the patterns and, as the last row, of ones.
    product: SymmetricProduct,
    /// Sum over the channels of what is left of every pattern.
    rests: Vec<f64>,
    /// Squared lengths.
    squares: Vec<f64>,
}

impl Sums {
    fn new(patterns: Patterns<'_>, levels: &[f64]) -> Result<Self> {
        let (_, n_conditions, n_channels) = patterns.dim();
        let mut product = SymmetricProduct::new(n_conditions + 1);
        for channels in SymmetricProduct::panels(n_channels) {
            product.add(channels.len(), 1.0, |condition, row| match levels.get(condition) {
                Some(level) => {
                    patterns.mean_row(condition, channels.clone(), row);
                    row.iter_mut().for_each(|value| *value -= level);
                }
                None => row.fill(1.0),
            });
        }
        let mut squares = finite_diagonal(&product, patterns)?;
        squares.truncate(n_conditions);
        let rest = |condition: usize| product.upper_row(condition).last().copied().unwrap_or(0.0);
        let rests = (0..n_conditions).map(rest).collect();
        Ok(Self { product, rests, squares })
    }

    fn are_safe(&self, p: f64) -> bool {
        let safe = |(square, rest): (&f64, &f64)| rest * rest / p <= SAFE * SAFE * (square - rest * rest / p);
        self.squares.iter().zip(&self.rests).all(safe)
    }

    /// One over the length of every centred pattern.
    fn inverse_lengths(&self, levels: &[f64], p: f64) -> Result<Vec<f64>> {
        let inverse = |(condition, level): (usize, &f64)| {
            let length = (self.squares[condition] - self.rests[condition].powi(2) / p).max(0.0).sqrt();
            // What rounding leaves of a constant is below two units in the last place of each entry.
            let rounding = 2.0 * f64::EPSILON * level.abs() * p.sqrt();
            if length > rounding { Ok(length.recip()) } else { Err(RsaError::ConstantPattern { condition }) }
        };
        levels.iter().enumerate().map(inverse).collect()
    }
}
