//! Accuracies and tests, from what became of every RDM and from the bootstrap.

use ndarray::Array2;
use neuroloom_math::quantile_sorted;

use super::descriptors::Descriptors;
use crate::identify::{
    Class, Difference, Identified, Nested, Observations, bootstrap_difference, nested_best, published_t_test,
};
use crate::inference::false_discovery_rate;

/// All that was found.
#[derive(Debug)]
pub(super) struct Results {
    pub(super) observations: Observations,
    pub(super) descriptors: Descriptors,
    pub(super) identified: Vec<Identified>,
    pub(super) groups: Vec<Group>,
    pub(super) nested: Option<Nested>,
    pub(super) tests: Vec<Test>,
    /// Bootstrap accuracies `[n_samples, n_bootstrapped]`.
    pub(super) samples: Array2<f64>,
}

/// A descriptor of its own or the random cells of a class.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) class: Option<Class>,
    pub(super) members: Vec<usize>,
    /// Mean accuracy of the members.
    pub(super) accuracy: f64,
    /// The same in every bootstrap sample.
    pub(super) samples: Vec<f64>,
}

/// A test of two groups.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) name: &'static str,
    pub(super) a: String,
    pub(super) b: String,
    pub(super) found: Difference,
    pub(super) q: f64,
}

/// Standard deviation and 95 % interval over bootstrap samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub(super) se: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Results {
    pub(super) fn new(
        observations: Observations,
        descriptors: Descriptors,
        identified: Vec<Identified>,
        samples: Array2<f64>,
        with_published_test: bool,
    ) -> Self {
        let groups = groups(&descriptors, &identified, &samples);
        let cells: Vec<Identified> = descriptors.grid.iter().map(|&cell| identified[cell].clone()).collect();
        let nested = nested_best(&observations, &cells);
        let mut tests =
            if samples.nrows() > 0 { pairs(&groups, "bootstrap", by_bootstrap) } else { Vec::new() };
        if with_published_test {
            let n_subjects = observations.design().subjects().len();
            let accuracies = |group: &Group| -> Vec<f64> {
                group.members.iter().map(|&i| identified[i].accuracy()).collect()
            };
            let classes: Vec<Group> = groups.iter().filter(|group| group.class.is_some()).cloned().collect();
            tests.extend(pairs(&classes, "published_t", |a, b| {
                published_t_test(&accuracies(a), &accuracies(b), n_subjects)
            }));
        }
        Self { observations, descriptors, identified, groups, nested, tests, samples }
    }

    /// The best cell of the grid on all the data, which is too good to be true.
    pub(super) fn best_cell(&self) -> Option<usize> {
        let cells = self.descriptors.grid.iter().copied();
        cells.reduce(|best, next| {
            let is_better = self.identified[next].accuracy() > self.identified[best].accuracy();
            if is_better { next } else { best }
        })
    }

    /// Bootstrap accuracies of a descriptor; none for those of the grid.
    pub(super) fn samples_of(&self, descriptor: usize) -> Vec<f64> {
        let is_there = descriptor < self.samples.ncols();
        if is_there { self.samples.column(descriptor).to_vec() } else { Vec::new() }
    }
}

impl Spread {
    /// None without two samples that are not null.
    pub(super) fn of(samples: &[f64]) -> Option<Self> {
        let mut found: Vec<f64> = samples.iter().copied().filter(|accuracy| !accuracy.is_nan()).collect();
        if found.len() < 2 {
            return None;
        }
        found.sort_by(f64::total_cmp);
        let n = found.len() as f64;
        let mean = found.iter().sum::<f64>() / n;
        let variance = found.iter().map(|accuracy| (accuracy - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let (low, high) = quantile_sorted(&found, 0.025).zip(quantile_sorted(&found, 0.975))?;
        Some(Self { se: variance.sqrt(), low, high })
    }
}

fn groups(descriptors: &Descriptors, identified: &[Identified], samples: &Array2<f64>) -> Vec<Group> {
    let group = |name: String, class: Option<Class>, members: &[usize]| {
        let n = members.len() as f64;
        let mean = |of: &dyn Fn(usize) -> f64| members.iter().map(|&member| of(member)).sum::<f64>() / n;
        let accuracy = mean(&|member| identified[member].accuracy());
        let samples = samples.outer_iter().map(|sample| mean(&|member| sample[member])).collect();
        Group { name, class, members: members.to_vec(), accuracy, samples }
    };
    let single = descriptors.single.iter().map(|&i| group(descriptors.all()[i].to_string(), None, &[i]));
    let classes =
        descriptors.classes.iter().map(|(class, members)| group(class.to_string(), Some(*class), members));
    single.chain(classes).collect()
}

fn by_bootstrap(a: &Group, b: &Group) -> Difference {
    bootstrap_difference(a.accuracy - b.accuracy, &a.samples, &b.samples)
}

/// A test of every pair, under control of the false discovery rate over all of them.
fn pairs(groups: &[Group], name: &'static str, test: impl Fn(&Group, &Group) -> Difference) -> Vec<Test> {
    let mut tests = Vec::new();
    for (place, a) in groups.iter().enumerate() {
        for b in groups.iter().skip(place + 1) {
            tests.push(Test { name, a: a.name.clone(), b: b.name.clone(), found: test(a, b), q: f64::NAN });
        }
    }
    let p: Vec<f64> = tests.iter().map(|test| test.found.p).collect();
    tests.iter_mut().zip(false_discovery_rate(&p)).for_each(|(test, q)| test.q = q);
    tests
}
