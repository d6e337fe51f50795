//! Ranks with ties averaged.

/// Ranks of some values.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The rank of every value, from 1; tied values share the mean of their ranks.
    pub ranks: Vec<f64>,
    /// The same ranks, ascending.
    pub sorted: Vec<f64>,
}

/// Average ranks of `values`, from 1. Values must not be NaN.
///
/// ```
/// assert_eq!(neuroloom_math::average_ranks(&[10.0, -1.0, 10.0, 3.0]), [3.5, 1.0, 3.5, 2.0]);
/// ```
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    ranking(values).ranks
}

/// Average ranks of `values`, in their order and ascending, from one sort. Values must not be NaN.
///
/// # Panics
/// With 2³² values or more.
pub fn ranking(values: &[f64]) -> Ranking {
    let (mut ranks, mut sorted) = (vec![0.0; values.len()], vec![0.0; values.len()]);
    for_each_tie(values, |first, tie| {
        let rank = first as f64 + (tie.len() + 1) as f64 / 2.0;
        for (sorted, &entry) in sorted[first..].iter_mut().zip(tie) {
            ranks[place(entry)] = rank;
            *sorted = rank;
        }
    });
    Ranking { ranks, sorted }
}

/// Calls `visit` with the number of smaller values and the entries of equal ones, the smallest value first; [`place`]
/// says where an entry stands. Equal values are in the order of their places.
#[inline]
pub(crate) fn for_each_tie(values: &[f64], mut visit: impl FnMut(usize, &[u64])) {
    let mut entries = ascending_by_key(values);
    let mut first = 0;
    while first < entries.len() {
        let key = entries[first] & KEY;
        let mut end = first + 1;
        while end < entries.len() && entries[end] & KEY == key {
            end += 1;
        }
        let alike = &mut entries[first..end];
        // Nearly every value is alone with its key; only the others are looked at again.
        if alike.len() == 1 {
            visit(first, alike);
        } else {
            alike.sort_unstable_by_key(|&entry| (ordered_bits(values[place(entry)]), entry));
            let mut n_below = first;
            for tie in alike.chunk_by(|&a, &b| values[place(a)] == values[place(b)]) {
                visit(n_below, tie);
                n_below += tie.len();
            }
        }
        first = end;
    }
}

/// The place of an entry in the values.
pub(crate) fn place(entry: u64) -> usize {
    (entry & !KEY) as usize
}

/// The half of an entry that holds a key, which grows with the value. The other half holds its place.
const KEY: u64 = !0 << 32;
/// Bits of a digit of the radix sort, which takes two.
const DIGIT: u32 = 11;
const N_DIGITS: usize = 1 << DIGIT;
/// Fewer values are sorted by comparison: filling the tables of the digits would cost more.
const RADIX_FROM: usize = 512;

fn ascending_by_key(values: &[f64]) -> Vec<u64> {
    assert!(u32::try_from(values.len()).is_ok(), "fewer than 2^32 values can be ranked");
    let spread = Spread::of(values).filter(|_| values.len() >= RADIX_FROM);
    spread.map_or_else(|| ascending_by_leading_bits(values), |spread| spread.ascending(values))
}

fn ascending_by_leading_bits(values: &[f64]) -> Vec<u64> {
    let pack = |(place, &value): (usize, &f64)| (ordered_bits(value) & KEY) | place as u64;
    let mut entries: Vec<u64> = values.iter().enumerate().map(pack).collect();
    entries.sort_unstable();
    entries
}

/// Bits that compare as the numbers do; both zeros are one.
fn ordered_bits(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
}

/// Where values lie: their keys are whole numbers of two digits, evenly spaced from the smallest to the largest value.
struct Spread {
    low: f64,
    scale: f64,
}

impl Spread {
    /// None where the spread is 0 or no finite number.
    fn of(values: &[f64]) -> Option<Self> {
        let low = values.iter().fold(f64::INFINITY, |low, &value| if value < low { value } else { low });
        let high =
            values.iter().fold(f64::NEG_INFINITY, |high, &value| if value > high { value } else { high });
        let scale = (N_DIGITS * N_DIGITS - 1) as f64 / (high - low);
        (scale.is_finite() && scale > 0.0).then_some(Self { low, scale })
    }

    /// Rounded to a whole number, which a float of this size holds in its last bits. Rounding keeps the order.
    fn key(&self, value: f64) -> u64 {
        const WHOLE: f64 = (1_u64 << 52) as f64;
        ((value - self.low) * self.scale + WHOLE).to_bits() & (N_DIGITS * N_DIGITS - 1) as u64
    }

    /// Two passes, the lower digit first.
    fn ascending(&self, values: &[f64]) -> Vec<u64> {
        let pack = |(place, &value): (usize, &f64)| (self.key(value) << 32) | place as u64;
        let mut entries: Vec<u64> = values.iter().enumerate().map(pack).collect();
        let (mut low_starts, mut high_starts) = ([0_u32; N_DIGITS], [0_u32; N_DIGITS]);
        for &entry in &entries {
            low_starts[digit(entry >> 32, 0)] += 1;
            high_starts[digit(entry >> 32, 1)] += 1;
        }
        let mut sorted = vec![0; values.len()];
        scatter(&entries, 0, &mut low_starts, &mut sorted);
        scatter(&sorted, 1, &mut high_starts, &mut entries);
        entries
    }
}

fn digit(key: u64, number: u32) -> usize {
    (key >> (number * DIGIT)) as usize & (N_DIGITS - 1)
}

/// Moves the entries to where their digit belongs, keeping the order of equal ones. `counts` says how many have each.
fn scatter(entries: &[u64], number: u32, counts: &mut [u32; N_DIGITS], target: &mut [u64]) {
    let mut next = 0;
    for count in counts.iter_mut() {
        next += std::mem::replace(count, next);
    }
    for &entry in entries {
        let next = &mut counts[digit(entry >> 32, number)];
        target[*next as usize] = entry;
        *next += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// rank = 1 + number below + half the number of others that are equal
    fn counted_ranks(values: &[f64]) -> Vec<f64> {
        let rank = |value: &f64| {
            let below = values.iter().filter(|other| *other < value).count() as f64;
            let equal = values.iter().filter(|other| *other == value).count() as f64;
            below + (equal + 1.0) / 2.0
        };
        values.iter().map(rank).collect()
    }

    proptest! {
        #[test]
        fn ranks_equal_counted_ranks(values in prop::collection::vec(-6_i32..6, 0..60)) {
            let values: Vec<f64> = values.into_iter().map(|v| f64::from(v) / 4.0).collect();
            prop_assert_eq!(average_ranks(&values), counted_ranks(&values));
        }

        #[test]
        fn ranks_of_many_values_equal_counted_ranks(
            values in prop::collection::vec(prop_oneof![-1e3_f64..1e3, (-9_i32..9).prop_map(f64::from)], 1024..1500),
        ) {
            prop_assert_eq!(average_ranks(&values), counted_ranks(&values));
        }

        #[test]
        fn sorted_ranks_are_the_ranks_in_order(values in prop::collection::vec(-1e3_f64..1e3, 0..60)) {
            let Ranking { mut ranks, sorted } = ranking(&values);
            ranks.sort_by(f64::total_cmp);
            prop_assert_eq!(ranks, sorted);
        }
    }

    #[test]
    fn values_that_differ_in_their_last_bit_are_told_apart() {
        let values: Vec<f64> = (0..9_u64).map(|i| f64::from_bits(1.0_f64.to_bits() + (i * 5) % 9)).collect();
        assert_eq!(average_ranks(&values), counted_ranks(&values));
    }

    #[test]
    fn an_outlier_far_from_the_rest_changes_no_rank() {
        for outlier in [1e300, f64::MAX, f64::INFINITY, -1e300] {
            let mut values: Vec<f64> = (0..900).map(|i| f64::from((i * 37) % 450) / 7.0).collect();
            values.push(outlier);
            assert_eq!(average_ranks(&values), counted_ranks(&values));
        }
        assert_eq!(average_ranks(&[3.0; 700]), [350.5; 700]);
    }

    #[test]
    fn both_zeros_tie_and_extremes_are_in_order() {
        let values = [f64::INFINITY, 0.0, -0.0, f64::MIN_POSITIVE, -1e300];
        assert_eq!(average_ranks(&values), [5.0, 2.5, 2.5, 4.0, 1.0]);
    }
}
