//! Random numbers that belong to a place and not to a moment.

use neuroloom_core::Seed;
use rand::Rng;

use crate::normal::{box_muller, unit};
use crate::{Real, vectorised};

/// Counters side by side.
const LANES: usize = 8;

/// Rounds of the generator, as its authors recommend.
const ROUNDS: usize = 10;

/// A random function of four counters: the same numbers at the same counters, in any order and on any thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterStream {
    key: [u32; 2],
}

impl CounterStream {
    /// The stream of a node of the seed tree.
    pub fn new(seed: Seed) -> Self {
        let key = seed.rng().next_u64();
        Self::with_key([key as u32, (key >> 32) as u32])
    }

    /// The stream of a key.
    pub const fn with_key(key: [u32; 2]) -> Self {
        Self { key }
    }

    /// Its key.
    pub const fn key(&self) -> [u32; 2] {
        self.key
    }

    /// Four words for each of `L` counters that follow `first`, word by word.
    #[inline(always)]
    pub fn words<const L: usize>(&self, first: u32, [b, c, d]: [u32; 3]) -> [[u32; L]; 4] {
        let counters = std::array::from_fn(|lane| first.wrapping_add(lane as u32));
        philox([counters, [b; L], [c; L], [d; L]], self.key)
    }

    /// Standard normal numbers: those of the place `(b, c, d)`, in their order.
    pub fn normals<T: Real>(&self, place: [u32; 3], out: &mut [T]) {
        vectorised(
            #[inline(always)]
            || self.fill_normals(place, out),
        );
    }

    #[inline(always)]
    fn fill_normals<T: Real>(&self, place: [u32; 3], out: &mut [T]) {
        for (block, values) in out.chunks_mut(4 * LANES).enumerate() {
            let [a, b, c, d] = self.words::<LANES>((block * LANES) as u32, place);
            let ([first, second], [third, fourth]) = (box_muller(a, b), box_muller(c, d));
            let mut normals = [[0.0; 4]; LANES];
            for lane in 0..LANES {
                normals[lane] = [first[lane], second[lane], third[lane], fourth[lane]];
            }
            for (value, &normal) in values.iter_mut().zip(normals.as_flattened()) {
                *value = T::from_f64(normal);
            }
        }
    }

    /// Numbers in (0, 1): those of the place `(b, c, d)`, in their order.
    pub fn uniforms(&self, place: [u32; 3], out: &mut [f64]) {
        for (block, values) in out.chunks_mut(4).enumerate() {
            let words = self.words::<1>(block as u32, place);
            values.iter_mut().zip(words).for_each(|(value, [word])| *value = unit(word));
        }
    }
}

/// Philox4x32-10 (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3) on `L` counters side by side.
#[inline(always)]
pub fn philox<const L: usize>(mut counter: [[u32; L]; 4], mut key: [u32; 2]) -> [[u32; L]; 4] {
    const MULTIPLIER: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
    const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
    for _ in 0..ROUNDS {
        // Array by array, so that each line becomes a few vector instructions.
        let first = counter[0].map(|word| u64::from(word) * u64::from(MULTIPLIER[0]));
        let second = counter[2].map(|word| u64::from(word) * u64::from(MULTIPLIER[1]));
        let mixed = |product: &[u64; L], word: &[u32; L], key: u32| {
            let mut mixed = [0; L];
            for lane in 0..L {
                mixed[lane] = (product[lane] >> 32) as u32 ^ word[lane] ^ key;
            }
            mixed
        };
        counter = [
            mixed(&second, &counter[1], key[0]),
            second.map(|product| product as u32),
            mixed(&first, &counter[3], key[1]),
            first.map(|product| product as u32),
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_published_generator() {
        // Known answers of the Random123 distribution.
        let single = |counter: [u32; 4], key| philox(counter.map(|word| [word]), key).map(|[word]| word);
        assert_eq!(single([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            single([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            single([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn counters_side_by_side_give_what_they_give_alone() {
        let stream = CounterStream::with_key([3, 9]);
        let wide = stream.words::<8>(40, [1, 2, 3]);
        let alone = (0..8).map(|lane| stream.words::<1>(40 + lane, [1, 2, 3]));
        for (lane, alone) in alone.enumerate() {
            assert_eq!(wide.map(|words| words[lane]), alone.map(|[word]| word));
        }
    }

    #[test]
    fn normals_have_the_moments_of_the_normal_distribution() {
        let mut draws = vec![0.0_f64; 200_000];
        CounterStream::new(Seed::root(1)).normals([0, 0, 0], &mut draws);
        let n = draws.len() as f64;
        let moment = |power: i32| draws.iter().map(|x| x.powi(power)).sum::<f64>() / n;
        // 5 standard errors: variances of x, x², x³, x⁴ are 1, 2, 15, 96.
        for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0_f64)]
        {
            let error = (moment(power) - expected).abs();
            assert!(error < 5.0 * (variance / n).sqrt(), "{power}: {error}");
        }
        let neighbours = draws.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / n;
        assert!(neighbours.abs() < 5.0 / n.sqrt(), "{neighbours}");
    }

    #[test]
    fn places_have_numbers_of_their_own() {
        let stream = CounterStream::new(Seed::root(1));
        let draw = |place| {
            let mut value = [0.0_f64];
            stream.normals(place, &mut value);
            value[0]
        };
        assert_eq!(draw([1, 2, 3]), draw([1, 2, 3]));
        assert!(draw([1, 2, 3]) != draw([2, 1, 3]) && draw([1, 2, 3]) != draw([1, 2, 4]));
    }
}
