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
    let mut order = ascending_by_leading_bits(values);
    let mut ranks = vec![0.0; values.len()];
    let mut sorted = Vec::with_capacity(values.len());
    // Nearly every value is alone with its leading bits; only the others are looked at again.
    for alike in order.chunk_by_mut(|a, b| a & LEADING == b & LEADING) {
        alike.sort_unstable_by_key(|&entry| (ordered_bits(values[place(entry)]), entry));
        for tie in alike.chunk_by(|&a, &b| values[place(a)] == values[place(b)]) {
            let first = sorted.len() as f64 + 1.0;
            let rank = first + (tie.len() - 1) as f64 / 2.0;
            for &entry in tie {
                ranks[place(entry)] = rank;
                sorted.push(rank);
            }
        }
    }
    Ranking { ranks, sorted }
}

/// Entries with the leading bits of a value in the high half and its place in the low half, ascending: the
/// sort compares and moves single words.
fn ascending_by_leading_bits(values: &[f64]) -> Vec<u64> {
    assert!(u32::try_from(values.len()).is_ok(), "fewer than 2^32 values can be ranked");
    let pack = |(place, &value): (usize, &f64)| (ordered_bits(value) & LEADING) | place as u64;
    let mut entries: Vec<u64> = values.iter().enumerate().map(pack).collect();
    entries.sort_unstable();
    entries
}

/// The half of an entry that holds the leading bits of the value.
const LEADING: u64 = !0 << 32;

fn place(entry: u64) -> usize {
    (entry & !LEADING) as usize
}

/// Bits that compare as the numbers do; both zeros are one.
fn ordered_bits(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
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
    fn both_zeros_tie_and_extremes_are_in_order() {
        let values = [f64::INFINITY, 0.0, -0.0, f64::MIN_POSITIVE, -1e300];
        assert_eq!(average_ranks(&values), [5.0, 2.5, 2.5, 4.0, 1.0]);
    }
}
