//! Who goes where.

use neuroloom_core::Seed;
use rand::Rng;

use super::Fractions;

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// To fit on.
    Train,
    /// To choose settings on.
    Valid,
    /// To report on.
    Test,
}

impl Part {
    /// All parts.
    pub const ALL: [Part; 3] = [Part::Train, Part::Valid, Part::Test];

    /// `train`, `valid` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }
}

/// A part for each trial, by chance. `strata[i]` is the stratum of trial `i`.
///
/// The trials are shuffled, then ordered by stratum, and each goes to the part that lags most behind its share so far.
/// So every part gets its share of all trials to within one trial, and its share of each stratum to within two.
pub fn assign(strata: &[usize], fractions: Fractions, seed: Seed) -> Vec<Part> {
    let mut order = shuffled(strata.len(), seed);
    order.sort_by_key(|&trial| strata.get(trial).copied());
    let shares = [fractions.train, fractions.valid, fractions.test];
    let mut counts = [0.0; 3];
    let mut parts = vec![Part::Train; strata.len()];
    for (n_before, trial) in order.into_iter().enumerate() {
        let n = (n_before + 1) as f64;
        let lags = shares.iter().zip(counts).map(|(share, count)| n * share - count);
        let Some((place, _)) = lags.enumerate().reduce(|a, b| if b.1 > a.1 { b } else { a }) else { break };
        counts[place] += 1.0;
        parts[trial] = Part::ALL[place];
    }
    parts
}

/// Which of `n` units are held out: `round(share n)` of them by chance, but at least one and never all. None of fewer
/// than two.
pub fn held_out(n: usize, share: f64, seed: Seed) -> Vec<bool> {
    let mut out = vec![false; n];
    if n >= 2 {
        let n_out = ((share * n as f64).round() as usize).clamp(1, n - 1);
        for unit in shuffled(n, seed).into_iter().take(n_out) {
            out[unit] = true;
        }
    }
    out
}

/// The numbers below `n` in an order by chance: Fisher and Yates' shuffle.
fn shuffled(n: usize, seed: Seed) -> Vec<usize> {
    let mut rng = seed.rng();
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        let place = below(&mut rng, last as u64 + 1) as usize;
        order.swap(last, place);
    }
    order
}

/// A number below `n`, all equally likely: numbers from the incomplete last round of the generator are drawn again.
fn below(rng: &mut impl Rng, n: u64) -> u64 {
    let incomplete = (u64::MAX % n + 1) % n;
    loop {
        let drawn = rng.next_u64();
        if drawn <= u64::MAX - incomplete {
            return drawn % n;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(parts: &[Part], part: Part) -> f64 {
        parts.iter().filter(|&&own| own == part).count() as f64
    }

    proptest! {
        #[test]
        fn every_part_gets_its_share_of_all_and_of_each_stratum(
            strata in prop::collection::vec(0usize..5, 0..200), a in 0.0..1.0f64, b in 0.0..1.0f64, seed in 0u64..50,
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let fractions = Fractions { train: low, valid: high - low, test: 1.0 - high };
            let parts = assign(&strata, fractions, Seed::root(seed));
            for (part, share) in Part::ALL.into_iter().zip([low, high - low, 1.0 - high]) {
                prop_assert!((count(&parts, part) - share * strata.len() as f64).abs() < 1.0 + 1e-9);
                for stratum in 0..5 {
                    let of: Vec<Part> =
                        (0..parts.len()).filter(|&i| strata[i] == stratum).map(|i| parts[i]).collect();
                    prop_assert!((count(&of, part) - share * of.len() as f64).abs() < 2.0 + 1e-9);
                }
            }
        }

        #[test]
        fn as_many_units_are_held_out_as_asked_for(n in 2usize..100, share in 0.01..0.99f64, seed in 0u64..50) {
            let n_out = held_out(n, share, Seed::root(seed)).iter().filter(|&&out| out).count();
            prop_assert!(n_out >= 1 && n_out < n);
            prop_assert!(((n_out as f64) - share * n as f64).abs() <= 1.0);
        }
    }

    #[test]
    fn every_order_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..6000 {
            *counts.entry(shuffled(3, Seed::root(seed))).or_insert(0) += 1;
        }
        // 1000 each, standard deviation 29.
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|&n: &i32| (n - 1000).abs() < 150), "{counts:?}");
    }

    #[test]
    fn the_seed_alone_decides() {
        let strata = vec![0; 40];
        let of = |seed| assign(&strata, Fractions::default(), Seed::root(seed));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert!(held_out(1, 0.5, Seed::root(1)).iter().all(|out| !out));
    }
}
