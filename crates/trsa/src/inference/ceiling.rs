use super::Multiplicities;

/// The noise ceiling: what the best possible model would reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceiling {
    /// Mean similarity of every subject's RDMs with the pool of the other subjects'.
    pub lower: f64,
    /// Mean similarity of every subject's RDMs with the pool of all.
    pub upper: f64,
}

impl Ceiling {
    /// Of a sample in which no similarity is defined.
    pub(super) const UNDEFINED: Self = Self { lower: f64::NAN, upper: f64::NAN };

    /// Of every group that is present, copies of one counted once. `of` gives the mean similarities of the RDMs of a group
    /// (their places) with its two pools.
    pub(super) fn of_groups(
        groups: &[usize],
        subjects: &Multiplicities,
        mut of: impl FnMut(usize, &[usize]) -> Self,
    ) -> Vec<Self> {
        let ceiling = |group| {
            let members: Vec<usize> = (0..groups.len()).filter(|&rdm| groups[rdm] == group).collect();
            of(group, &members)
        };
        subjects.present().into_iter().map(ceiling).collect()
    }

    /// Mean over groups.
    pub(super) fn mean(of_groups: &[Self]) -> Self {
        let n = of_groups.len() as f64;
        let mean = |end: fn(&Self) -> f64| of_groups.iter().map(end).sum::<f64>() / n;
        Self { lower: mean(|ceiling| ceiling.lower), upper: mean(|ceiling| ceiling.upper) }
    }
}
