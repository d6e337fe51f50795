//! The functions against the slow, obvious version, and what must hold whatever the data are.

use neuroloom_core::Seed;
use neuroloom_trsa::identify::{
    Bootstrap, Cell, Descriptor, Design, Identified, Observations, Resample, grid, nested_best,
};
use neuroloom_trsa::{Rdm, RsaError};
use rand::RngExt;

use crate::explicit::{self, Row};
use crate::simulated::{Simulated, patterns, simulated};

fn descriptors() -> Vec<Descriptor> {
    let cell = |l, u| Descriptor::GeoTop(Cell::new(l, u).unwrap());
    vec![Descriptor::Raw, Descriptor::Rank, cell(0.2, 0.8), cell(0.45, 0.5), cell(0.5, 0.5), cell(0.0, 1.0)]
}

fn rows(data: &Simulated, descriptor: Descriptor) -> Vec<Row> {
    let row = |(i, rdm): (usize, &Rdm)| Row {
        subject: data.subjects[i].clone(),
        region: data.regions[i].clone(),
        values: explicit::transformed(descriptor, rdm.dissimilarities()),
    };
    data.rdms.iter().enumerate().map(row).collect()
}

fn no_stop() -> Result<(), RsaError> {
    Ok(())
}

#[test]
fn means_by_distances_are_means_written_out() {
    // Much noise, so that many are wrong.
    let data = simulated(1, 4, 5, 8, 2.5);
    let observations = data.observations();
    for descriptor in descriptors() {
        let found = observations.identify(descriptor).unwrap();
        let rows = rows(&data, descriptor);
        let expected = explicit::nearest(&rows);
        let regions = observations.design().regions();
        let found: Vec<&String> = found.outcomes.iter().map(|outcome| &regions[outcome.predicted]).collect();
        assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{descriptor}");
    }
}

#[test]
fn distances_within_and_across_are_means_over_rows_of_other_subjects() {
    let data = simulated(2, 3, 3, 7, 1.0);
    let descriptor = Descriptor::GeoTop(Cell::DEFAULT);
    let found = data.observations().identify(descriptor).unwrap();
    let rows = rows(&data, descriptor);
    for (row, outcome) in rows.iter().zip(&found.outcomes) {
        let distance = |other: &Row| {
            row.values.iter().zip(&other.values).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        let mean = |same: bool| {
            let others = rows.iter().filter(|o| o.subject != row.subject && (o.region == row.region) == same);
            let (sum, n) = others.fold((0.0, 0.0), |(sum, n), other| (sum + distance(other), n + 1.0));
            sum / n
        };
        assert!((outcome.within - mean(true)).abs() < 1e-10);
        assert!((outcome.across - mean(false)).abs() < 1e-10);
        assert!((outcome.ratio().unwrap() - mean(true) / mean(false)).abs() < 1e-10);
    }
}

/// The draws of a sample, as the bootstrap makes them: rows or subjects first, then stimuli.
fn draws(seed: Seed, n: [usize; 2]) -> [Vec<usize>; 2] {
    let mut rng = seed.rng();
    n.map(|n| (0..n).map(|_| rng.random_range(0..n)).collect())
}

#[test]
fn weighted_samples_are_samples_written_out() {
    let (n_subjects, n_regions, n_stimuli) = (4, 3, 7);
    let data = simulated(3, n_subjects, n_regions, n_stimuli, 1.5);
    let observations = data.observations();
    let seed = Seed::root(5);
    for resample in [Resample::Rows, Resample::Subjects] {
        let n_units = if resample == Resample::Rows { data.rdms.len() } else { n_subjects };
        let found = observations
            .bootstrap(&descriptors(), Bootstrap { n: 25, resample, stimuli: true }, seed, no_stop)
            .unwrap();
        for sample in 0..25 {
            let [units, stimuli] = draws(seed.child_index(sample as u64), [n_units, n_stimuli]);
            let drawn: Vec<usize> = match resample {
                Resample::Rows => units,
                Resample::Subjects => {
                    units.iter().flat_map(|unit| (0..n_regions).map(move |r| unit * n_regions + r)).collect()
                }
            };
            for (place, descriptor) in descriptors().into_iter().enumerate() {
                let row = |&row: &usize| {
                    let d = explicit::resampled(data.rdms[row].dissimilarities(), n_stimuli, &stimuli);
                    let values = explicit::transformed(descriptor, &d);
                    Row { subject: data.subjects[row].clone(), region: data.regions[row].clone(), values }
                };
                let expected = explicit::accuracy(&drawn.iter().map(row).collect::<Vec<_>>());
                let found = found[[sample, place]];
                let is_same = (found - expected).abs() < 1e-12 || (found.is_nan() && expected.is_nan());
                assert!(is_same, "{resample:?} {descriptor} {sample}: {found} {expected}");
            }
        }
    }
}

#[test]
fn a_bootstrap_of_nothing_but_rows_keeps_the_stimuli() {
    let data = simulated(4, 5, 2, 6, 0.1);
    let observations = data.observations();
    let bootstrap = Bootstrap { n: 20, resample: Resample::Rows, stimuli: false };
    let found = observations.bootstrap(&[Descriptor::Raw], bootstrap, Seed::root(1), no_stop).unwrap();
    // Little noise, all stimuli: whatever rows are drawn, all are right.
    assert!(found.iter().all(|&accuracy| accuracy == 1.0), "{found}");
}

#[test]
fn monotone_changes_and_the_order_of_conditions_do_not_matter() {
    let data = simulated(6, 4, 4, 7, 2.0);
    let descriptor = Descriptor::GeoTop(Cell::new(0.1, 0.6).unwrap());
    let expected = data.observations().identify(descriptor).unwrap();

    let change = |(i, rdm): (usize, &Rdm)| {
        let d = rdm.dissimilarities().iter().map(|d| (d * (1.0 + i as f64)).exp()).collect();
        rdm.with_dissimilarities(d).unwrap()
    };
    let changed: Vec<Rdm> = data.rdms.iter().enumerate().map(change).collect();
    let found = Observations::new(&changed, data.design()).unwrap().identify(descriptor).unwrap();
    let predicted =
        |found: &Identified| found.outcomes.iter().map(|outcome| outcome.predicted).collect::<Vec<_>>();
    assert_eq!(predicted(&found), predicted(&expected));

    let mut labels = data.rdms[0].conditions().to_vec();
    labels.reverse();
    let like = Rdm::new("like", labels, data.rdms[0].dissimilarities().to_vec()).unwrap();
    let mut permuted = data.rdms.clone();
    permuted[3] = permuted[3].in_order_of(&like).unwrap().into_owned();
    let found = Observations::new(&permuted, data.design()).unwrap().identify(descriptor).unwrap();
    assert_eq!(found, expected);
}

#[test]
fn large_offsets_cost_no_digits() {
    let mut data = simulated(7, 4, 4, 7, 1.0);
    let expected = data.observations().identify(Descriptor::Raw).unwrap();
    for rdm in &mut data.rdms {
        let shifted = rdm.dissimilarities().iter().map(|d| d + 1e6).collect();
        *rdm = rdm.with_dissimilarities(shifted).unwrap();
    }
    let found = data.observations().identify(Descriptor::Raw).unwrap();
    for (found, expected) in found.outcomes.iter().zip(&expected.outcomes) {
        assert_eq!(found.predicted, expected.predicted);
        assert!((found.within / expected.within - 1.0).abs() < 1e-8);
    }
}

#[test]
fn nothing_is_identified_by_chance_only() {
    // RDMs of random patterns: accuracy over many experiments is 1/4, to 4 standard errors.
    let (n_experiments, n_regions, n_subjects) = (60, 4, 4);
    let mut sum = 0.0;
    for experiment in 0..n_experiments {
        let mut data = simulated(experiment, n_subjects, n_regions, 8, 0.0);
        for (i, rdm) in data.rdms.iter_mut().enumerate() {
            *rdm = rdm.with_dissimilarities(patterns(1000 * (experiment + 1) + i as u64, 8, 6)).unwrap();
        }
        sum += data.observations().identify(Descriptor::GeoTop(Cell::DEFAULT)).unwrap().accuracy();
    }
    let mean = sum / n_experiments as f64;
    let n_rows = (n_experiments as usize * n_regions * n_subjects) as f64;
    // Rows of one experiment share their means, so the error of independent rows is a lower bound: twice is allowed.
    assert!((mean - 0.25).abs() < 8.0 * (0.25 * 0.75 / n_rows).sqrt(), "{mean}");
}

#[test]
fn equally_near_regions_give_the_first_in_order() {
    let labels: Vec<String> = ["a", "b", "c"].map(String::from).into();
    let rdm = |name: &str| Rdm::new(name, labels.clone(), vec![0.1, 0.2, 0.4]).unwrap();
    let rdms = ["1", "2", "3", "4"].map(rdm);
    let design = Design::new(&["s", "s", "t", "t"], &["V2", "V1", "V1", "V2"]).unwrap();
    let found = Observations::new(&rdms, design).unwrap().identify(Descriptor::Raw).unwrap();
    assert!(found.outcomes.iter().all(|outcome| outcome.predicted == 0));
    assert!(found.outcomes.iter().all(|outcome| outcome.ratio().is_none()));
}

#[test]
fn the_choice_of_a_cell_does_not_see_its_subject() {
    let data = simulated(8, 5, 4, 8, 2.5);
    let observations = data.observations();
    let cells: Vec<Descriptor> = grid().into_iter().step_by(13).map(Descriptor::GeoTop).collect();
    let identified = observations.identify_all(&cells, no_stop).unwrap();
    let nested = nested_best(&observations, &identified).unwrap();
    for (subject, name) in observations.design().subjects().iter().enumerate() {
        let others: Vec<usize> = (0..data.rdms.len()).filter(|&i| data.subjects[i] != *name).collect();
        let inner = |&descriptor: &Descriptor| {
            let all = rows(&data, descriptor);
            explicit::accuracy(&others.iter().map(|&i| all[i].clone()).collect::<Vec<_>>())
        };
        let accuracies: Vec<f64> = cells.iter().map(inner).collect();
        let best = accuracies.iter().copied().fold(0.0, f64::max);
        let first = accuracies.iter().position(|&accuracy| accuracy > best - 1e-12);
        assert_eq!(Some(nested.chosen[subject]), first, "{accuracies:?}");
    }
    let best = identified.iter().map(Identified::accuracy).fold(0.0, f64::max);
    assert!(nested.accuracy <= best, "{} {best}", nested.accuracy);

    let two = simulated(8, 2, 3, 6, 1.0).observations();
    let identified = two.identify_all(&cells, no_stop).unwrap();
    assert_eq!(nested_best(&two, &identified), None);
}

#[test]
fn unfit_rdms_are_refused_by_name() {
    let data = simulated(9, 2, 2, 5, 1.0);
    let refused = |change: &dyn Fn(&mut Vec<Rdm>)| {
        let mut rdms = data.rdms.clone();
        change(&mut rdms);
        let observations = Observations::new(&rdms, data.design());
        observations.and_then(|all| all.identify(Descriptor::GeoTop(Cell::DEFAULT))).unwrap_err().to_string()
    };
    let set = |rdms: &mut Vec<Rdm>, d: Vec<f64>| rdms[2] = rdms[2].with_dissimilarities(d).unwrap();
    assert!(refused(&|rdms| set(rdms, vec![f64::NAN; 10])).contains("subject1/region0"));
    let constant = refused(&|rdms| set(rdms, vec![1.0; 10]));
    assert!(constant.contains("subject1/region0") && constant.contains("all dissimilarities are the same"));
    let other =
        Rdm::new("other", ["a", "b", "c", "d", "e"].map(String::from).to_vec(), vec![1.0; 10]).unwrap();
    assert!(refused(&|rdms| rdms[1] = other.clone()).contains("the conditions differ"));
    assert!(refused(&|rdms| rdms.truncate(3)).contains("4 subjects and 3 regions"));
}

#[test]
fn samples_of_which_none_can_be_used_are_an_error() {
    // Two subjects: a sample of subjects is one of them twice, or both.
    let data = simulated(10, 2, 2, 5, 1.0);
    let bootstrap = Bootstrap { n: 1, resample: Resample::Subjects, stimuli: true };
    let outcomes: Vec<bool> = (0..20)
        .map(|seed| {
            data.observations().bootstrap(&[Descriptor::Raw], bootstrap, Seed::root(seed), no_stop).is_ok()
        })
        .collect();
    assert!(outcomes.contains(&true) && outcomes.contains(&false));
}

#[test]
fn threads_do_not_change_anything() {
    let data = simulated(11, 4, 4, 9, 2.0);
    let on = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| {
            let observations = data.observations();
            let bootstrap = Bootstrap { n: 30, resample: Resample::Rows, stimuli: true };
            let samples = observations.bootstrap(&descriptors(), bootstrap, Seed::root(2), no_stop).unwrap();
            (observations.identify_all(&descriptors(), no_stop).unwrap(), samples.mapv(f64::to_bits))
        })
    };
    assert_eq!(on(1), on(3));
}
