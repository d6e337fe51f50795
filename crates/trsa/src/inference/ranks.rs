//! Average ranks of dissimilarities that stand in a sample several times.
//!
//! All ranks are doubled and reduced by `N + 1`, so that they are whole numbers with mean 0, exact in 64-bit floats.

/// Keys of a sort take their low half.
const PLACE: u64 = 0xffff_ffff;
/// Bits per pass of a sort by digits.
const DIGIT: u32 = 11;
/// Below so many keys, sorting by comparison is quicker.
const FEW: usize = 256;

/// Pairs by ascending dissimilarity, sorted once per RDM.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pairs: Vec<u32>,
    /// Ends of runs of equal dissimilarities; empty where all differ.
    run_ends: Vec<u32>,
}

impl Order {
    pub(super) fn of(dissimilarities: &[f64]) -> Self {
        let mut pairs: Vec<u32> = (0..dissimilarities.len() as u32).collect();
        let value = |pair: u32| dissimilarities[pair as usize];
        // Adding 0 makes both zeros one.
        pairs.sort_unstable_by(|&a, &b| (value(a) + 0.0).total_cmp(&(value(b) + 0.0)).then(a.cmp(&b)));
        let runs = pairs.chunk_by(|&a, &b| value(a) == value(b));
        let run_ends: Vec<u32> = runs
            .scan(0, |end, run| {
                *end += run.len() as u32;
                Some(*end)
            })
            .collect();
        let run_ends = if run_ends.len() == pairs.len() { Vec::new() } else { run_ends };
        Self { pairs, run_ends }
    }

    /// Doubled ranks plus `N - 1` of all pairs that have a weight, into `ranks`; a place per pair for both.
    pub(super) fn ranks(&self, weights: &[u32], ranks: &mut [u32]) {
        let mut before = 0;
        if self.run_ends.is_empty() {
            for &pair in &self.pairs {
                let weight = weights[pair as usize];
                ranks[pair as usize] = 2 * before + weight;
                before += weight;
            }
            return;
        }
        let mut first = 0;
        for &end in &self.run_ends {
            let run = &self.pairs[first..end as usize];
            first = end as usize;
            let weight: u32 = run.iter().map(|&pair| weights[pair as usize]).sum();
            run.iter().for_each(|&pair| ranks[pair as usize] = 2 * before + weight);
            before += weight;
        }
    }
}

/// Places of whole numbers, ascending by number: `number << 32 | place`, with numbers counted from the smallest.
/// False where they span 2³² or more, or are no numbers.
fn sort_whole_numbers(numbers: &[f64], scratch: &mut Scratch) -> bool {
    let (low, high) = numbers
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &number| (low.min(number), high.max(number)));
    let span = high - low;
    if span.is_nan() || span >= PLACE as f64 {
        return false;
    }
    scratch.sorted.clear();
    let pack = |(place, &number): (usize, &f64)| ((number - low) as u64) << 32 | place as u64;
    scratch.sorted.extend(numbers.iter().enumerate().map(pack));
    if numbers.len() < FEW {
        scratch.sorted.sort_unstable();
        return true;
    }
    let bits = 64 - (span as u64).leading_zeros();
    for pass in 0..bits.div_ceil(DIGIT) {
        scratch.pass(32 + pass * DIGIT);
    }
    true
}

/// Room for a sort.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// The sorted keys.
    pub sorted: Vec<u64>,
    other: Vec<u64>,
}

impl Scratch {
    /// Sorts by the digit that begins at bit `shift`, stably.
    fn pass(&mut self, shift: u32) {
        const N: usize = 1 << DIGIT;
        let digit = |key: u64| (key >> shift) as usize % N;
        let mut places = [0_u32; N];
        self.sorted.iter().for_each(|&key| places[digit(key)] += 1);
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        self.other.resize(self.sorted.len(), 0);
        for &key in &self.sorted {
            let place = &mut places[digit(key)];
            self.other[*place as usize] = key;
            *place += 1;
        }
        std::mem::swap(&mut self.sorted, &mut self.other);
    }
}

/// Calls `visit` with the places of every run of equal values, ascending.
pub(super) fn for_runs(values: &[f64], scratch: &mut Scratch, mut visit: impl FnMut(&[u64])) {
    if sort_whole_numbers(values, scratch) {
        for run in scratch.sorted.chunk_by(|a, b| a >> 32 == b >> 32) {
            visit(run);
        }
        return;
    }
    for_value_runs(values, scratch, visit);
}

/// The same for any values.
pub(super) fn for_value_runs(values: &[f64], scratch: &mut Scratch, mut visit: impl FnMut(&[u64])) {
    let value = |place: u64| values[place_of(place)] + 0.0;
    scratch.sorted.clear();
    scratch.sorted.extend(0..values.len() as u64);
    scratch.sorted.sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)).then(a.cmp(&b)));
    scratch.sorted.chunk_by(|&a, &b| value(a) == value(b)).for_each(&mut visit);
}

/// The place that a key of a run bears.
pub(super) fn place_of(key: u64) -> usize {
    (key & PLACE) as usize
}

#[cfg(test)]
mod tests {
    use super::super::Multiplicities;
    use super::super::pairs::PairSample;
    use super::*;

    #[test]
    fn ranks_in_a_sample_are_those_of_the_copies_written_out() {
        let values = [0.3, 0.1, 0.3, 0.9, 0.2, 0.1];
        let sample = PairSample::new(Multiplicities::count([0, 0, 1, 2, 2, 3], 4));
        let mut written_out = Vec::new();
        for (&pair, &weight) in sample.kept.iter().zip(&sample.weights) {
            written_out.extend(std::iter::repeat_n(values[pair as usize], weight as usize));
        }
        let expected = neuroloom_math::average_ranks(&written_out);
        let n = written_out.len() as f64;
        let mut ranks = vec![0; 6];
        Order::of(&values).ranks(&sample.dense_weights(6), &mut ranks);
        let mut copy = 0;
        for (&pair, &weight) in sample.kept.iter().zip(&sample.weights) {
            assert_eq!(f64::from(ranks[pair as usize]) - n, 2.0 * expected[copy] - (n + 1.0));
            copy += weight as usize;
        }
    }

    #[test]
    fn sorts_by_digits_and_by_comparison_agree() {
        let numbers: Vec<f64> = (0..2000).map(|i| f64::from((i * 7919) % 1013) * 331.0 - 5000.0).collect();
        let places = |run: &[u64]| run.iter().map(|&key| place_of(key)).collect::<Vec<_>>();
        let (mut by_digits, mut by_value) = (Vec::new(), Vec::new());
        for_runs(&numbers, &mut Scratch::default(), |run| by_digits.push(places(run)));
        for_value_runs(&numbers, &mut Scratch::default(), |run| by_value.push(places(run)));
        assert_eq!(by_digits, by_value);
    }
}
