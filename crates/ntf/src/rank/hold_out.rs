//! Entries that are held out of a fit, and the error on them.

use neuroloom_core::Seed;
use rand::RngExt;

use crate::factors::Factor;
use crate::mask::{Hidden, Mask};
use crate::real::Real;
use crate::tensor::{MAX_MODES, Tensor, index_of};

/// A tensor without some of its entries.
#[derive(Clone, Debug)]
pub struct HoldOut<T> {
    /// The tensor, with 0 in place of what was held out or hidden.
    pub tensor: Tensor<T>,
    /// All but what was held out or hidden.
    pub mask: Mask,
    /// What was held out.
    pub entries: Vec<([u32; MAX_MODES], f64)>,
}

impl<T: Real> HoldOut<T> {
    /// Holds out each observed entry with probability `share`; the same for the same seed.
    pub fn new(tensor: &Tensor<T>, hidden: &[[u32; MAX_MODES]], share: f64, seed: &Seed) -> Self {
        let mut rng = seed.child("hold out").rng();
        let (shape, mut left) = (tensor.shape().to_vec(), tensor.clone());
        let position = |index: &[u32; MAX_MODES]| {
            shape.iter().zip(index).fold(0, |place, (length, index)| place * length + *index as usize)
        };
        let mut is_hidden = vec![false; left.values().len()];
        for index in hidden {
            is_hidden[position(index)] = true;
        }
        let (mut entries, mut masked) = (Vec::new(), hidden.to_vec());
        for (place, value) in left.values_mut().iter_mut().enumerate() {
            // Every entry draws, so that what is hidden does not change what is held out.
            if rng.random::<f64>() < share && !is_hidden[place] {
                let index = index_of(&shape, place);
                let index = std::array::from_fn(|mode| index.get(mode).map_or(0, |place| *place as u32));
                entries.push((index, value.to_f64()));
                masked.push(index);
                *value = T::default();
            }
        }
        Self { tensor: left, mask: Mask::Hidden(Hidden::new(shape, masked)), entries }
    }
}

/// `|X - model| / |X|` over `entries`.
pub fn held_out_error(entries: &[([u32; MAX_MODES], f64)], factors: &[Factor]) -> f64 {
    let rank = factors.first().map_or(0, Factor::ncols);
    let model = |index: &[u32; MAX_MODES]| -> f64 {
        let product = |r| {
            factors.iter().zip(index).map(|(factor, place)| factor[[*place as usize, r]]).product::<f64>()
        };
        (0..rank).map(product).sum()
    };
    let residual: f64 = entries.iter().map(|(index, value)| (value - model(index)).powi(2)).sum();
    let norm: f64 = entries.iter().map(|(_, value)| value * value).sum();
    (residual / norm).sqrt()
}
