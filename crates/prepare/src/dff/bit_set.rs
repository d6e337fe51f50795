//! A set of small numbers that knows its neighbours.

/// Numbers below a limit, a bit each, and a bit for every word of 64 that is not empty.
#[derive(Debug)]
pub(super) struct BitSet {
    words: Vec<u64>,
    summary: Vec<u64>,
}

impl BitSet {
    /// The empty set of numbers below `limit`.
    pub(super) fn new(limit: usize) -> Self {
        let n_words = limit.div_ceil(64);
        Self { words: vec![0; n_words], summary: vec![0; n_words.div_ceil(64)] }
    }

    /// Adds a number.
    pub(super) fn insert(&mut self, number: usize) {
        set(&mut self.words, number);
        set(&mut self.summary, number / 64);
    }

    /// Takes a number out.
    pub(super) fn remove(&mut self, number: usize) {
        unset(&mut self.words, number);
        if self.words.get(number / 64) == Some(&0) {
            unset(&mut self.summary, number / 64);
        }
    }

    /// The smallest number that is not below `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        first_in_word(&self.words, from).or_else(|| {
            let next_word = from / 64 + 1;
            let word = first_in_word(&self.summary, next_word).or_else(|| {
                let start = next_word / 64 + 1;
                let place = self.summary.get(start..)?.iter().position(|word| *word != 0)?;
                first_in_word(&self.summary, (start + place) * 64)
            })?;
            first_in_word(&self.words, word * 64)
        })
    }

    /// The largest number below `limit`.
    pub(super) fn previous(&self, limit: usize) -> Option<usize> {
        last_in_word(&self.words, limit).or_else(|| {
            let own_word = limit / 64;
            let word = last_in_word(&self.summary, own_word).or_else(|| {
                let place = self.summary.get(..own_word / 64)?.iter().rposition(|word| *word != 0)?;
                last_of_word(&self.summary, place)
            })?;
            last_of_word(&self.words, word)
        })
    }
}

fn set(words: &mut [u64], number: usize) {
    if let Some(word) = words.get_mut(number / 64) {
        *word |= 1 << (number % 64);
    }
}

fn unset(words: &mut [u64], number: usize) {
    if let Some(word) = words.get_mut(number / 64) {
        *word &= !(1 << (number % 64));
    }
}

/// The first number from `from` on in its word.
fn first_in_word(words: &[u64], from: usize) -> Option<usize> {
    let rest = words.get(from / 64)? & (u64::MAX << (from % 64));
    (rest != 0).then(|| from / 64 * 64 + rest.trailing_zeros() as usize)
}

/// The last number below `limit` in its word.
fn last_in_word(words: &[u64], limit: usize) -> Option<usize> {
    let rest = words.get(limit / 64)? & !(u64::MAX << (limit % 64));
    (rest != 0).then(|| limit / 64 * 64 + 63 - rest.leading_zeros() as usize)
}

/// The last number of word `place`.
fn last_of_word(words: &[u64], place: usize) -> Option<usize> {
    let word = *words.get(place)?;
    (word != 0).then(|| place * 64 + 63 - word.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn neighbours_are_those_of_a_tree_set(
            changes in prop::collection::vec((0usize..20_000, any::<bool>()), 0..60), at in 0usize..20_001,
        ) {
            let (mut fast, mut slow) = (BitSet::new(20_000), BTreeSet::new());
            for (number, add) in changes {
                if add {
                    fast.insert(number);
                    slow.insert(number);
                } else {
                    fast.remove(number);
                    slow.remove(&number);
                }
                prop_assert_eq!(fast.next(at), slow.range(at..).next().copied());
                prop_assert_eq!(fast.previous(at), slow.range(..at).next_back().copied());
            }
            for &number in &slow {
                prop_assert_eq!(fast.previous(number + 1), Some(number));
                prop_assert_eq!(fast.next(number), Some(number));
            }
        }
    }
}
