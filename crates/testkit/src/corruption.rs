//! Seeded damage to the bytes of a file.

use std::fmt;
use std::ops::Range;

/// One way of damaging a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corruption {
    /// One bit is inverted.
    BitFlip {
        /// Byte of the bit.
        offset: usize,
        /// Bit of the byte, from 0.
        bit: u32,
    },
    /// The file ends early.
    Truncation {
        /// Bytes that are left.
        length: usize,
    },
    /// A little-endian word is overwritten, as a length or an offset might be.
    Word {
        /// First byte of the word.
        offset: usize,
        /// Bytes of the word: 1, 2, 4 or 8.
        width: usize,
        /// The new value, of which the low bytes are written.
        value: u64,
    },
    /// A stretch is set to zero, as a lost block of a disk is.
    Hole {
        /// First byte.
        offset: usize,
        /// Bytes.
        length: usize,
    },
}

impl Corruption {
    /// `bytes` with this damage.
    pub fn apply(self, bytes: &[u8]) -> Vec<u8> {
        let mut damaged = bytes.to_vec();
        match self {
            Self::BitFlip { offset, bit } => {
                if let Some(byte) = damaged.get_mut(offset) {
                    *byte ^= 1_u8.rotate_left(bit);
                }
            }
            Self::Truncation { length } => damaged.truncate(length),
            Self::Word { offset, width, value } => {
                let target = damaged.iter_mut().skip(offset).take(width);
                target.zip(value.to_le_bytes()).for_each(|(byte, new)| *byte = new);
            }
            Self::Hole { offset, length } => {
                damaged.iter_mut().skip(offset).take(length).for_each(|byte| *byte = 0);
            }
        }
        damaged
    }

    /// The bytes that are changed; those that are cut off have no end.
    pub fn touched(self) -> Range<usize> {
        match self {
            Self::BitFlip { offset, .. } => offset..offset + 1,
            Self::Truncation { length } => length..usize::MAX,
            Self::Word { offset, width, .. } => offset..offset + width,
            Self::Hole { offset, length } => offset..offset + length,
        }
    }
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BitFlip { offset, bit } => write!(f, "bit {bit} of byte {offset} flipped"),
            Self::Truncation { length } => write!(f, "cut after {length} bytes"),
            Self::Word { offset, width, value } => {
                write!(f, "{width}-byte word at {offset} set to {value:#x}")
            }
            Self::Hole { offset, length } => write!(f, "{length} bytes at {offset} set to zero"),
        }
    }
}

/// `n` damaged versions of `bytes`, the same ones for the same `seed`: a mix of all corruptions, with more of
/// them near the start, where formats keep their headers.
pub fn variants(bytes: &[u8], n: usize, seed: u64) -> Variants<'_> {
    Variants { bytes, only: None, left: n, random: SplitMix(seed) }
}

/// `n` versions of `bytes` with damage that lies within the bytes `only` and nowhere else.
///
/// # Panics
/// When `only` is empty or reaches past the end.
pub fn variants_within(bytes: &[u8], only: Range<usize>, n: usize, seed: u64) -> Variants<'_> {
    assert!(!only.is_empty() && only.end <= bytes.len(), "no such bytes: {only:?} of {}", bytes.len());
    Variants { bytes, only: Some(only), left: n, random: SplitMix(seed) }
}

/// See [`variants`].
#[derive(Debug)]
pub struct Variants<'a> {
    bytes: &'a [u8],
    only: Option<Range<usize>>,
    left: usize,
    random: SplitMix,
}

impl Iterator for Variants<'_> {
    type Item = (Corruption, Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let mut corruption = self.draw();
        // A flipped bit always fits, so this ends.
        while !self.is_wanted(corruption) {
            corruption = self.draw();
        }
        Some((corruption, corruption.apply(self.bytes)))
    }
}

impl Variants<'_> {
    fn draw(&mut self) -> Corruption {
        let offset = self.offset();
        match self.random.below(10) {
            0..4 => Corruption::BitFlip { offset, bit: self.random.below(8) as u32 },
            4..8 => {
                let width = 1 << self.random.below(4);
                Corruption::Word { offset, width, value: self.extreme(width) }
            }
            8 => Corruption::Truncation { length: offset },
            _ => Corruption::Hole { offset, length: 1 + self.random.below(64) },
        }
    }

    fn is_wanted(&self, corruption: Corruption) -> bool {
        let touched = corruption.touched();
        self.only.as_ref().is_none_or(|only| only.start <= touched.start && touched.end <= only.end)
    }

    /// Half of the offsets lie in the first eighth of the file, unless certain bytes are wanted.
    fn offset(&mut self) -> usize {
        if let Some(only) = self.only.clone() {
            return only.start + self.random.below(only.len());
        }
        let length = if self.random.below(2) == 0 { self.bytes.len() / 8 } else { self.bytes.len() };
        self.random.below(length.max(1))
    }

    /// A value that lengths and offsets are rarely checked against.
    fn extreme(&mut self, width: usize) -> u64 {
        let all = u64::MAX >> (64 - 8 * width as u32);
        let length = self.bytes.len() as u64;
        let candidates =
            [0, 1, all, all >> 1, (all >> 1) + 1, all - 1, length, length - 1, length + 1, 1 << 30];
        candidates.get(self.random.below(candidates.len())).copied().unwrap_or(all) & all
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): enough randomness to damage files with.
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_damage() {
        let bytes: Vec<u8> = (0..=255).collect();
        let draw = |seed| variants(&bytes, 40, seed).collect::<Vec<_>>();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn every_corruption_does_what_it_says() {
        let bytes = [0_u8, 1, 2, 3, 4, 5];
        assert_eq!(Corruption::BitFlip { offset: 1, bit: 7 }.apply(&bytes), [0, 129, 2, 3, 4, 5]);
        assert_eq!(Corruption::Truncation { length: 2 }.apply(&bytes), [0, 1]);
        let word = Corruption::Word { offset: 2, width: 2, value: 0xffee };
        assert_eq!(word.apply(&bytes), [0, 1, 0xee, 0xff, 4, 5]);
        assert_eq!(Corruption::Hole { offset: 4, length: 9 }.apply(&bytes), [0, 1, 2, 3, 0, 0]);
    }

    #[test]
    fn damage_within_a_range_leaves_the_rest_alone() {
        let bytes = vec![7; 1000];
        for (corruption, damaged) in variants_within(&bytes, 200..210, 100, 5) {
            assert_eq!((&damaged[..200], &damaged[210..]), (&bytes[..200], &bytes[210..]), "{corruption}");
        }
    }

    #[test]
    fn all_sorts_of_damage_are_drawn() {
        let bytes = vec![7; 1000];
        let all: Vec<Corruption> = variants(&bytes, 200, 3).map(|(corruption, _)| corruption).collect();
        assert!(all.iter().any(|c| matches!(c, Corruption::BitFlip { .. })));
        assert!(all.iter().any(|c| matches!(c, Corruption::Word { width: 8, .. })));
        assert!(all.iter().any(|c| matches!(c, Corruption::Truncation { .. })));
        assert!(all.iter().any(|c| matches!(c, Corruption::Hole { .. })));
    }
}
