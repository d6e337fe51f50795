//! Concordant and discordant pairs of two rankings (Kendall 1938).
//!
//! The places are gone through in the order of the first ranking. Each asks how many of those before it lie below it in
//! the second one; they are bits of words, and running counts over words and over groups of words are brought up to date
//! by adding a vector of zeros and ones. O(n) vectors of 64 counts, instead of n comparisons with each other.

use pulp::{Arch, NullaryFnOnce};

use crate::rank::{for_each_tie, place};

/// Bits of a word and words of a group.
const FAN: usize = 64;

/// The order of some values with their ties: all that [`concordance`] needs of one side.
#[derive(Clone, Debug)]
pub struct TieOrder {
    /// Places in ascending order of their values.
    order: Vec<u32>,
    /// Ends of the ties in `order`.
    ends: Vec<u32>,
    /// Where every place stands in `order`.
    position: Vec<u32>,
    /// Where the tie of every place begins and ends in `order`.
    tie: Vec<[u32; 2]>,
    n_tied_pairs: u64,
}

impl TieOrder {
    /// The order of `values`, which must not be NaN.
    ///
    /// # Panics
    /// With 2³² values or more.
    pub fn new(values: &[f64]) -> Self {
        let mut found = Self {
            order: Vec::with_capacity(values.len()),
            ends: Vec::new(),
            position: vec![0; values.len()],
            tie: vec![[0; 2]; values.len()],
            n_tied_pairs: 0,
        };
        for_each_tie(values, |first, tie| {
            let bounds = [first as u32, (first + tie.len()) as u32];
            for (i, &entry) in tie.iter().enumerate() {
                found.order.push(place(entry) as u32);
                found.position[place(entry)] = (first + i) as u32;
                found.tie[place(entry)] = bounds;
            }
            found.ends.push(bounds[1]);
            found.n_tied_pairs += n_pairs(tie.len());
        });
        found
    }

    /// Pairs of places, `n (n - 1) / 2`.
    pub fn n_pairs(&self) -> u64 {
        n_pairs(self.order.len())
    }

    /// Pairs of places with equal values.
    pub fn n_tied_pairs(&self) -> u64 {
        self.n_tied_pairs
    }
}

fn n_pairs(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

/// Pairs of places that `x` and `y` order alike minus pairs that they order oppositely; pairs that are tied in either
/// count for neither.
///
/// ```
/// use neuroloom_math::{TieOrder, concordance};
///
/// let (a, b) = (TieOrder::new(&[1.0, 2.0, 3.0]), TieOrder::new(&[0.0, 5.0, 5.0]));
/// assert_eq!(concordance(&a, &b), 2);
/// ```
///
/// # Panics
/// When they order different numbers of values.
pub fn concordance(x: &TieOrder, y: &TieOrder) -> i64 {
    assert_eq!(x.order.len(), y.order.len(), "as many values on both sides");
    Arch::new().dispatch(Count { x, y })
}

/// A named call, because a closure is not compiled for the vectors that it is dispatched to.
struct Count<'a> {
    x: &'a TieOrder,
    y: &'a TieOrder,
}

impl NullaryFnOnce for Count<'_> {
    type Output = i64;

    #[inline(always)]
    fn call(self) -> i64 {
        let Self { x, y } = self;
        if x.n_tied_pairs == 0 && y.n_tied_pairs == 0 { without_ties(x, y) } else { with_ties(x, y) }
    }
}

#[inline(always)]
fn without_ties(x: &TieOrder, y: &TieOrder) -> i64 {
    let mut seen = Seen::new(x.order.len());
    let mut n_below = 0;
    for &place in &x.order {
        let position = y.position[place as usize];
        n_below += i64::from(seen.below(position));
        seen.insert(position);
    }
    2 * n_below - x.n_pairs() as i64
}

#[inline(always)]
fn with_ties(x: &TieOrder, y: &TieOrder) -> i64 {
    let mut seen = Seen::new(x.order.len());
    let (mut first, mut difference) = (0, 0);
    for &end in &x.ends {
        // Places that are tied in x are no pairs with one another: all ask before any is seen.
        let tie = &x.order[first as usize..end as usize];
        for &place in tie {
            let [below, above] = y.tie[place as usize];
            let n_below = seen.below(below);
            let n_above = if above == below + 1 { first - n_below } else { first - seen.below(above) };
            difference += i64::from(n_below) - i64::from(n_above);
        }
        tie.iter().for_each(|&place| seen.insert(y.position[place as usize]));
        first = end;
    }
    difference
}

/// A set of positions that can tell how many of its members lie below any position.
struct Seen {
    /// A bit per position.
    words: Vec<u64>,
    /// Members in the words before each within its group.
    before_word: Vec<[u16; FAN]>,
    /// Members in the groups before each.
    before_group: Vec<u32>,
}

/// A one where the index is at least [`FAN`]: the window that ends there adds one to all counts behind a word.
const STEP: [u16; 2 * FAN] = {
    let mut step = [0; 2 * FAN];
    let mut i = FAN;
    while i < step.len() {
        step[i] = 1;
        i += 1;
    }
    step
};

/// Ones behind `word`, zeros before.
#[inline(always)]
fn window(word: usize) -> &'static [u16; FAN] {
    STEP.get(FAN - 1 - word..).and_then(|window| window.first_chunk()).unwrap_or(&[0; FAN])
}

impl Seen {
    fn new(n: usize) -> Self {
        // One more than there are positions: the end of the last tie is asked for too.
        let n_words = n / FAN + 1;
        let n_groups = n_words.div_ceil(FAN);
        Self {
            words: vec![0; n_words],
            before_word: vec![[0; FAN]; n_groups],
            before_group: vec![0; n_groups.next_multiple_of(8)],
        }
    }

    #[inline(always)]
    fn below(&self, position: u32) -> u32 {
        let word = position as usize / FAN;
        let lower_bits = (1_u64 << (position % FAN as u32)) - 1;
        let in_word = (self.words[word] & lower_bits).count_ones();
        self.before_group[word / FAN] + u32::from(self.before_word[word / FAN][word % FAN]) + in_word
    }

    #[inline(always)]
    fn insert(&mut self, position: u32) {
        let word = position as usize / FAN;
        let group = word / FAN;
        self.words[word] |= 1 << (position % FAN as u32);
        let counts = &mut self.before_word[group];
        let steps: &[u16; FAN] = window(word % FAN);
        for i in 0..FAN {
            counts[i] = counts[i].wrapping_add(steps[i]);
        }
        for (other, count) in self.before_group.iter_mut().enumerate() {
            *count = count.wrapping_add(u32::from(other > group));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_definition(x: &[f64], y: &[f64]) -> i64 {
        let sign = |a: f64, b: f64| i64::from(a > b) - i64::from(a < b);
        let pairs = (0..x.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs.map(|(i, j)| sign(x[i], x[j]) * sign(y[i], y[j])).sum()
    }

    fn assert_counts(x: &[f64], y: &[f64]) {
        let found = concordance(&TieOrder::new(x), &TieOrder::new(y));
        assert_eq!(found, by_definition(x, y));
    }

    proptest! {
        #[test]
        fn counts_equal_the_definition(pairs in prop::collection::vec((-5_i32..5, -9_i32..9), 0..200)) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).unzip();
            assert_counts(&x, &y);
            prop_assert_eq!(TieOrder::new(&x).n_tied_pairs(), (0..x.len()).map(|i| x[..i].iter().filter(|v| **v == x[i]).count() as u64).sum::<u64>());
        }
    }

    #[test]
    fn counts_are_right_over_many_groups_of_words() {
        let n = 9000_u64;
        let x: Vec<f64> = (0..n).map(|i| ((i * 7919) % n) as f64).collect();
        let y: Vec<f64> = (0..n).map(|i| ((i * i) % 8999) as f64).collect();
        assert_counts(&x, &y);
        assert_counts(&y, &x);
        let permuted: Vec<f64> = (0..n).map(|i| ((i * 4999) % n) as f64).collect();
        assert_counts(&x, &permuted);
    }
}
