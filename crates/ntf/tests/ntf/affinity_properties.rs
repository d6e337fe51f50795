//! The affinity of traces against what is written of it, and the implicit tensor against the stored one.

use ndarray::{Array2, ArrayD, Axis};
use neuroloom_ntf::affinity::{
    AffinityError, AffinityOptions, Combine, DenseAffinity, DifferentialAffinity, GaussianDerivative,
    Normalize, Threshold, n_pairs, pairs, scale_to_unit_norm, sum_of_squares,
};
use neuroloom_ntf::{ImplicitAffinity, Layout, Worm};
use proptest::prelude::*;

use crate::support::wave;

const NAMES: [&str; 3] = ["a", "bb", "ccc"];

fn affinity(options: AffinityOptions) -> DifferentialAffinity {
    DifferentialAffinity::new(options).unwrap()
}

fn options() -> AffinityOptions {
    AffinityOptions { normalize: Normalize::None, ..AffinityOptions::default() }
}

/// Traces of an animal; `absent` has none.
fn animal(
    recording: &'static str,
    n_neurons: usize,
    n_frames: usize,
    absent: Option<usize>,
) -> Vec<Option<Vec<f64>>> {
    let trace = |neuron| (Some(neuron) != absent).then(|| wave(recording, neuron, n_frames).samples);
    (0..n_neurons).map(trace).collect()
}

proptest! {
    #[test]
    fn a_ramp_has_its_slope(sigma in 0.2_f64..6.0, slope in -5.0_f64..5.0, start in -10.0_f64..10.0) {
        let derivative = GaussianDerivative::new(sigma).unwrap();
        let n = 4 * derivative.half_width() + 3;
        let ramp: Vec<f64> = (0..n).map(|t| start + slope * t as f64).collect();
        let inside = derivative.half_width()..n - derivative.half_width();
        for g in &derivative.apply(&ramp)[inside] {
            prop_assert!((g - slope).abs() < 1e-12 * (1.0 + slope.abs() + start.abs()) * n as f64);
        }
    }

    #[test]
    fn a_constant_has_no_slope_at_all(sigma in 0.2_f64..6.0, level in -1e6_f64..1e6) {
        let derivative = GaussianDerivative::new(sigma).unwrap();
        prop_assert!(derivative.apply(&vec![level; 80]).iter().all(|g| *g == 0.0));
    }

    #[test]
    fn time_reversal_reverses_the_affinity(
        samples in prop::collection::vec(-1.0_f64..1.0, 120), power in 1_u8..3, mad in prop::bool::ANY,
    ) {
        let threshold = if mad { Threshold::Deviations(1.0) } else { Threshold::Fixed(0.01) };
        let affinity = affinity(AffinityOptions { power, threshold, ..AffinityOptions::default() });
        let roots = |reversed: bool| {
            let turn = |mut x: Vec<f64>| { if reversed { x.reverse() }; Some(x) };
            let (a, b) = samples.split_at(60);
            affinity.signed_roots(&[turn(a.to_vec()), turn(b.to_vec())]).unwrap()
        };
        let (forward, backward) = (roots(false), roots(true));
        for t in 0..60 {
            let at = |h: &Array2<f64>, t: usize| Combine::Geometric.affinity(h[[0, t]], h[[1, t]]);
            prop_assert!((at(&forward, t) - at(&backward, 59 - t)).abs() < 1e-12);
        }
    }
}

#[test]
fn the_affinity_is_the_equation_of_its_page() {
    let (x, y) = (wave("a", 0, 100).samples, wave("a", 1, 100).samples);
    let derivative = GaussianDerivative::new(2.0).unwrap();
    let (gx, gy) = (derivative.apply(&x), derivative.apply(&y));
    for (power, combine) in
        [(1, Combine::Geometric), (2, Combine::Geometric), (1, Combine::Min), (2, Combine::Min)]
    {
        let affinity = affinity(AffinityOptions { power, ..options() });
        let h = affinity.signed_roots(&[Some(x.clone()), Some(y.clone())]).unwrap();
        for t in 0..100 {
            let (a, b) = (gx[t].abs(), gy[t].abs());
            let expected = match combine {
                _ if gx[t] * gy[t] <= 0.0 => 0.0,
                Combine::Geometric => (a * b).powf(f64::from(power) / 2.0),
                Combine::Min => a.min(b).powi(i32::from(power)),
            };
            assert!((combine.affinity(h[[0, t]], h[[1, t]]) - expected).abs() < 1e-14, "frame {t}");
        }
    }
}

#[test]
fn changes_per_second_are_those_per_frame_over_the_interval() {
    let traces = animal("a", 2, 60, None);
    let per_frame = affinity(options()).signed_roots(&traces).unwrap();
    let per_second =
        affinity(AffinityOptions { time_unit: 0.25, ..options() }).signed_roots(&traces).unwrap();
    for (a, b) in per_frame.iter().zip(&per_second) {
        assert!((a * 2.0 - b).abs() < 1e-12, "the root of 4 is 2");
    }
}

#[test]
fn a_constant_neuron_has_no_affinity() {
    let mut traces = animal("a", 3, 60, None);
    traces[1] = Some(vec![0.3; 60]);
    for normalize in [Normalize::Minmax, Normalize::Zscore, Normalize::None] {
        let h = affinity(AffinityOptions { normalize, ..options() }).signed_roots(&traces).unwrap();
        let tensor = DenseAffinity::new(&[h], Combine::Geometric, Layout::Square).to_array();
        assert!(tensor.index_axis(Axis(0), 1).iter().all(|&a| a == 0.0));
        assert!(tensor.index_axis(Axis(0), 0).iter().any(|&a| a > 0.0));
    }
}

#[test]
fn pairs_are_in_the_order_of_their_rank() {
    for n in [0, 1, 2, 3, 7, 8] {
        let ranks: Vec<usize> = pairs(n).map(|(i, j)| i * n - i * (i + 1) / 2 + (j - i - 1)).collect();
        assert_eq!(ranks, (0..n_pairs(n)).collect::<Vec<_>>());
    }
}

/// Three animals, two of which lack a neuron.
fn animals(options: AffinityOptions, scaled: bool, combine: Combine, layout: Layout) -> Vec<Array2<f64>> {
    let absent = [None, Some(2), Some(4)];
    let roots = NAMES.iter().zip(absent).map(|(name, absent)| {
        let mut roots = affinity(options).signed_roots(&animal(name, 6, 50, absent)).unwrap();
        if scaled {
            scale_to_unit_norm(&mut roots, combine, layout);
        }
        roots
    });
    roots.collect()
}

fn implicit(layout: Layout, roots: &[Array2<f64>]) -> ImplicitAffinity {
    let worms = NAMES.iter().zip(roots).map(|(name, roots)| Worm::from_roots(*name, roots.clone()));
    ImplicitAffinity {
        layout,
        neurons: (0..6).map(|neuron| format!("N{neuron}")).collect(),
        t0_s: 0.0,
        dt_s: 0.25,
        worms: worms.collect(),
    }
}

fn norm2(tensor: &ArrayD<f64>) -> f64 {
    tensor.iter().filter(|entry| !entry.is_nan()).map(|entry| entry * entry).sum()
}

#[test]
fn the_implicit_norm_is_that_of_the_entries() {
    let thresholds = [Threshold::Fixed(0.0), Threshold::Fixed(0.03), Threshold::Deviations(0.5)];
    for layout in [Layout::Pairs, Layout::Square] {
        for power in [1, 2] {
            for (threshold, scaled) in thresholds.into_iter().zip([false, true, true]) {
                let options = AffinityOptions { power, threshold, ..options() };
                let tensor = implicit(layout, &animals(options, scaled, Combine::Geometric, layout));
                let (found, expected) = (tensor.sum_of_squares(), norm2(&tensor.to_dense()));
                assert!(expected > 0.0 && (found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
                if scaled {
                    assert!((found - 3.0).abs() < 1e-12, "every animal has the norm 1, found {found} of 3");
                }
            }
        }
    }
}

#[test]
fn the_norm_of_minima_is_that_of_the_entries() {
    for layout in [Layout::Pairs, Layout::Square] {
        for roots in animals(options(), false, Combine::Min, layout) {
            let found = sum_of_squares(roots.view(), Combine::Min, layout);
            let expected = norm2(&DenseAffinity::new(&[roots], Combine::Min, layout).to_array());
            assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
        }
    }
}

#[test]
fn both_layouts_have_the_same_entries_and_masks() {
    let roots = animals(options(), false, Combine::Geometric, Layout::Pairs);
    let by_pairs = implicit(Layout::Pairs, &roots).to_dense();
    let square = implicit(Layout::Square, &roots).to_dense();
    assert_eq!(by_pairs.shape(), [50, 3, 15]);
    assert_eq!(square.shape(), [6, 6, 50, 3]);
    for (q, (i, j)) in pairs(6).enumerate() {
        for t in 0..50 {
            for worm in 0..3 {
                let [entry, upper, lower] =
                    [by_pairs[[t, worm, q]], square[[i, j, t, worm]], square[[j, i, t, worm]]];
                let is_masked = [(1, 2), (2, 4)].iter().any(|&(w, n)| worm == w && (i == n || j == n));
                assert_eq!([entry, upper, lower].map(f64::is_nan), [is_masked; 3]);
                assert!(is_masked || (entry == upper && entry == lower && entry >= 0.0));
            }
        }
    }
    for neuron in 0..6 {
        assert_eq!(square[[neuron, neuron, 7, 0]], 0.0, "no neuron has an affinity with itself");
    }
}

#[test]
fn one_animal_makes_a_square_of_three_modes() {
    let roots = animals(options(), false, Combine::Geometric, Layout::Square);
    let single = DenseAffinity::new(&roots[..1], Combine::Geometric, Layout::Square).to_array();
    let several = DenseAffinity::new(&roots, Combine::Geometric, Layout::Square).to_array();
    assert_eq!(single.shape(), [6, 6, 50]);
    assert_eq!(single, several.index_axis(Axis(3), 0));
}

#[test]
fn a_gap_masks_the_entries_that_need_it_and_no_others() {
    let mut traces = animal("a", 3, 60, None);
    traces[1].as_mut().unwrap()[30] = f64::NAN;
    let sigma = 1.0;
    let h = affinity(AffinityOptions { sigma, ..options() }).signed_roots(&traces).unwrap();
    let tensor = DenseAffinity::new(std::slice::from_ref(&h), Combine::Geometric, Layout::Pairs).to_array();
    for (q, (i, j)) in pairs(3).enumerate() {
        for t in 0..60_usize {
            let in_reach = t.abs_diff(30) <= 4 && (i == 1 || j == 1);
            assert_eq!(tensor[[t, 0, q]].is_nan(), in_reach, "pair {i} {j}, frame {t}");
        }
    }
    let worm = Worm::from_roots("a", h);
    assert_eq!(worm.observed, [true, false, true]);
    assert!(worm.h.row(1).iter().all(|&h| h == 0.0));
}

#[test]
fn unusable_traces_are_refused() {
    let affinity = affinity(options());
    let error = |traces: &[Option<Vec<f64>>]| affinity.signed_roots(traces).unwrap_err();
    assert_eq!(error(&[None, None]), AffinityError::NoTraces);
    assert_eq!(error(&animal("a", 2, 16, None)), AffinityError::TooShort { n_frames: 16, half_width: 8 });
    assert!(affinity.signed_roots(&animal("a", 2, 17, None)).is_ok());
    let mut traces = animal("a", 3, 60, Some(0));
    traces[2].as_mut().unwrap()[5] = f64::NEG_INFINITY;
    assert_eq!(error(&traces), AffinityError::Infinite { neuron: 2, frame: 5 });
    traces[2].as_mut().unwrap().pop();
    assert_eq!(error(&traces), AffinityError::Lengths { neuron: 2, expected: 60, found: 59 });
}

#[test]
fn options_without_a_meaning_are_refused() {
    let refused = |options: AffinityOptions| DifferentialAffinity::new(options).unwrap_err().to_string();
    assert!(refused(AffinityOptions { sigma: 0.0, ..options() }).contains("sigma"));
    assert!(refused(AffinityOptions { power: 3, ..options() }).contains("power must be 1"));
    assert!(
        refused(AffinityOptions { threshold: Threshold::Fixed(-1.0), ..options() }).contains("threshold")
    );
    assert!(refused(AffinityOptions { time_unit: 0.0, ..options() }).contains("interval"));
}
