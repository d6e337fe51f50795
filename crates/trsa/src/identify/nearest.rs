//! Leave-one-subject-out classification by the nearest mean.

use ndarray::{Array2, Array3, Axis};

use super::Design;

/// A row of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) subject: usize,
    pub(super) region: usize,
    /// Copies in the sample.
    pub(super) weight: f64,
}

/// What became of every RDM under one descriptor.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// In the order of the design's rows, see [`Observations::rdms`](super::Observations::rdms).
    pub outcomes: Vec<Outcome>,
    /// For every subject: how many RDMs of the others are identified when it is not there at all.
    pub(super) without: Vec<usize>,
}

/// What an RDM was taken for when its subject was left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Number of the region with the nearest mean.
    pub predicted: usize,
    /// Whether that is its own.
    pub is_correct: bool,
    /// Mean distance to RDMs of its region of other subjects.
    pub within: f64,
    /// Mean distance to RDMs of other regions of other subjects.
    pub across: f64,
}

impl Outcome {
    /// Distance within over distance across; none where the latter is 0.
    pub fn ratio(&self) -> Option<f64> {
        (self.across > 0.0).then(|| self.within / self.across)
    }
}

impl Identified {
    /// The share of RDMs that were identified.
    pub fn accuracy(&self) -> f64 {
        let correct = self.outcomes.iter().filter(|outcome| outcome.is_correct).count();
        correct as f64 / self.outcomes.len() as f64
    }

    /// Mean over RDMs.
    pub fn mean(&self, of: impl Fn(&Outcome) -> f64) -> f64 {
        self.outcomes.iter().map(of).sum::<f64>() / self.outcomes.len() as f64
    }

    /// All rows of squared distances, each once.
    pub(super) fn of(rows: &[Row], squared: &Array2<f64>, design: &Design) -> Self {
        let sums = Sums::of(rows, squared, design);
        let n_subjects = design.subjects().len();
        let subjects: Vec<[usize; 1]> = (0..n_subjects).map(|subject| [subject]).collect();
        let trainings: Vec<Training<'_>> = subjects.iter().map(|subject| sums.training(subject)).collect();
        let outcomes = rows.iter().enumerate().map(|(place, row)| {
            let predicted = trainings[row.subject].nearest(place).unwrap_or(row.region);
            let (within, across) = mean_distances(rows, squared, place);
            Outcome { predicted, is_correct: predicted == row.region, within, across }
        });
        let outcomes = outcomes.collect();
        let without = (0..n_subjects).map(|absent| sums.correct_without(rows, absent)).collect();
        Self { outcomes, without }
    }
}

/// The share of the rows of a sample that are identified, copies counted. Rows whose region no other subject of the sample
/// has do not count; none where no row does.
pub(super) fn accuracy(rows: &[Row], squared: &Array2<f64>, design: &Design) -> Option<f64> {
    let sums = Sums::of(rows, squared, design);
    let (mut correct, mut tested) = (0.0, 0.0);
    for subject in 0..design.subjects().len() {
        let excluded = [subject];
        let training = sums.training(&excluded);
        for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.subject == subject) {
            if training.knows(row.region) {
                tested += row.weight;
                correct += f64::from(training.nearest(place) == Some(row.region)) * row.weight;
            }
        }
    }
    (tested > 0.0).then(|| correct / tested)
}

/// Sums of squared distances by region and subject, from which the distance to the mean of any training set follows.
struct Sums {
    /// Copies of rows, `[region, subject]`.
    copies: Array2<f64>,
    /// From a row to the rows of a region and subject, `[row, region, subject]`.
    to: Array3<f64>,
    /// The same over all subjects, `[row, region]`.
    to_all: Array2<f64>,
    /// Among the rows of a region, `[region, subject, subject]`.
    among: Array3<f64>,
    /// From the rows of a subject to all rows of the region, `[region, subject]`.
    among_all: Array2<f64>,
}

/// A training set: all subjects but one or two.
struct Training<'a> {
    sums: &'a Sums,
    excluded: &'a [usize],
    /// Copies of rows per region.
    copies: Vec<f64>,
    /// Mean squared distance of a region's rows to their mean.
    spread: Vec<f64>,
}

impl Sums {
    fn of(rows: &[Row], squared: &Array2<f64>, design: &Design) -> Self {
        let (n_regions, n_subjects) = (design.regions().len(), design.subjects().len());
        let mut copies = Array2::zeros((n_regions, n_subjects));
        let mut to = Array3::zeros((rows.len(), n_regions, n_subjects));
        let mut among = Array3::zeros((n_regions, n_subjects, n_subjects));
        for (place, row) in rows.iter().enumerate() {
            copies[[row.region, row.subject]] += row.weight;
            for (other, &squared) in rows.iter().zip(squared.row(place)) {
                to[[place, other.region, other.subject]] += other.weight * squared;
                if other.region == row.region {
                    among[[row.region, row.subject, other.subject]] += row.weight * other.weight * squared;
                }
            }
        }
        let (to_all, among_all) = (to.sum_axis(Axis(2)), among.sum_axis(Axis(2)));
        Self { copies, to, to_all, among, among_all }
    }

    /// The training set without `excluded` subjects. Copies are whole numbers, so that a region without rows has exactly none.
    fn training<'a>(&'a self, excluded: &'a [usize]) -> Training<'a> {
        let regions = 0..self.copies.nrows();
        let copies: Vec<f64> = regions
            .clone()
            .map(|r| self.copies.row(r).sum() - excluded.iter().map(|&s| self.copies[[r, s]]).sum::<f64>())
            .collect();
        let spread = |region: usize| {
            let with = |a: usize| excluded.iter().map(|&b| self.among[[region, a, b]]).sum::<f64>();
            let all = self.among_all.row(region).sum();
            let taken: f64 = excluded.iter().map(|&a| 2.0 * self.among_all[[region, a]] - with(a)).sum();
            (all - taken) / (2.0 * copies[region] * copies[region])
        };
        Training { sums: self, excluded, spread: regions.map(spread).collect(), copies }
    }

    /// RDMs of the other subjects that are identified while `absent` is not there.
    fn correct_without(&self, rows: &[Row], absent: usize) -> usize {
        let others = (0..self.copies.ncols()).filter(|&subject| subject != absent);
        let correct = |subject: usize| {
            let excluded = [absent, subject];
            let training = self.training(&excluded);
            let of_subject = rows.iter().enumerate().filter(|(_, row)| row.subject == subject);
            of_subject.filter(|(place, row)| training.nearest(*place) == Some(row.region)).count()
        };
        others.map(correct).sum()
    }
}

impl Training<'_> {
    fn knows(&self, region: usize) -> bool {
        self.copies[region] > 0.0
    }

    /// The region whose mean is nearest to a row; of equally near ones (to 1e-12, for rounding) the first.
    fn nearest(&self, row: usize) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for region in (0..self.copies.len()).filter(|&region| self.knows(region)) {
            let taken: f64 = self.excluded.iter().map(|&s| self.sums.to[[row, region, s]]).sum();
            let mean = (self.sums.to_all[[row, region]] - taken) / self.copies[region];
            let distance = mean - self.spread[region];
            if best.is_none_or(|(_, nearest)| distance < nearest - 1e-12 * mean) {
                best = Some((region, distance));
            }
        }
        best.map(|(region, _)| region)
    }
}

/// Mean distances of a row to rows of other subjects: of its region, of others.
fn mean_distances(rows: &[Row], squared: &Array2<f64>, place: usize) -> (f64, f64) {
    let row = rows[place];
    let (mut sums, mut counts) = ([0.0; 2], [0.0; 2]);
    for (other, squared) in
        rows.iter().zip(squared.row(place)).filter(|(other, _)| other.subject != row.subject)
    {
        let side = usize::from(other.region != row.region);
        sums[side] += squared.sqrt();
        counts[side] += 1.0;
    }
    (sums[0] / counts[0], sums[1] / counts[1])
}
