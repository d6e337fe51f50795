//! Graphs of conditions and the paths along them.

use neuroloom_trsa::transforms::{
    Compat, Constant, Edges, GeoTop, Geodesic, RankedRdm, Thresholds, Transform, minmax, rank,
};
use neuroloom_trsa::{Rdm, RsaError, n_pairs, pairs};
use proptest::prelude::*;
use rand::RngExt;

use crate::support::{labels, rng};

const N: usize = 9;

fn draw(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = rng(seed);
    (0..n_pairs(n)).map(|_| rng.random::<f64>()).collect()
}

fn at(l: f64, u: f64) -> Edges {
    Edges::Thresholds(Thresholds::new(l, u).unwrap())
}

fn unranked(edges: Edges) -> Geodesic {
    Geodesic::new(edges, false).unwrap()
}

/// All paths, by relaxing every edge until nothing changes (Bellman & Ford).
fn slow_paths(n: usize, edges: &[f64]) -> Vec<f64> {
    let mut square = vec![vec![f64::INFINITY; n]; n];
    for ((i, j), &weight) in pairs(n).zip(edges) {
        square[i][j] = weight;
        square[j][i] = weight;
    }
    let from = |start: usize| {
        let mut distance = vec![f64::INFINITY; n];
        distance[start] = 0.0;
        for _ in 0..n {
            for i in 0..n {
                for j in 0..n {
                    distance[j] = distance[j].min(distance[i] + square[i][j]);
                }
            }
        }
        distance
    };
    let distances: Vec<Vec<f64>> = (0..n).map(from).collect();
    pairs(n).map(|(i, j)| distances[i][j]).collect()
}

/// The edges as they are defined; `compat` as the published program has them.
fn slow_edges(d: &[f64], n: usize, edges: Edges, compat: Compat) -> Vec<f64> {
    let x = minmax(&rank(d)).unwrap();
    let near = |i: usize, k: usize| {
        let place = |j: usize| pairs(n).position(|pair| pair == (i.min(j), i.max(j))).unwrap();
        let mut others: Vec<usize> = (0..n).filter(|&j| j != i).collect();
        others.sort_by(|&a, &b| x[place(a)].total_cmp(&x[place(b)]).then(a.cmp(&b)));
        others.truncate(k);
        others
    };
    let neighbours = |k: usize| -> Vec<bool> {
        let near: Vec<Vec<usize>> = (0..n).map(|i| near(i, k)).collect();
        let either = compat == Compat::Paper;
        pairs(n).map(|(i, j)| near[i].contains(&j) || (either && near[j].contains(&i))).collect()
    };
    let (weights, keep): (Vec<f64>, Vec<bool>) = match edges {
        Edges::Thresholds(t) => {
            let weights = minmax(&GeoTop::new(t.l(), t.u(), true).unwrap().transform(d).unwrap()).unwrap();
            let keep = weights.iter().map(|weight| *weight != 1.0).collect();
            (weights, keep)
        }
        Edges::Shortest(p) => {
            let longest = RankedRdm::new(d).unwrap().quantile(p).unwrap();
            (x.clone(), x.iter().map(|x| *x <= longest).collect())
        }
        Edges::Nearest(k) => (x.clone(), neighbours(k)),
        Edges::NearestShare(p) => (x.clone(), neighbours((p * n as f64) as usize)),
    };
    let dropped = |weight: f64| compat == Compat::Authors && weight == 0.0;
    let both = weights.into_iter().zip(keep);
    both.map(|(weight, keep)| if keep && !dropped(weight) { weight } else { f64::INFINITY }).collect()
}

#[test]
fn path_lengths_equal_slow_paths_along_the_defined_edges() {
    for seed in 0..20 {
        let n = 5 + seed as usize;
        let d = draw(seed, n);
        let k = 1 + seed as usize % 4;
        for edges in [
            at(0.0, 0.5),
            at(0.3, 0.7),
            at(0.2, 0.2),
            Edges::Shortest(0.3),
            Edges::Nearest(k),
            Edges::NearestShare(0.4),
        ] {
            for compat in [Compat::Paper, Compat::Authors] {
                let expected = slow_paths(n, &slow_edges(&d, n, edges, compat));
                match unranked(edges).compat(compat).path_lengths(&d) {
                    Ok(found) => {
                        for (found, expected) in found.iter().zip(&expected) {
                            assert!(
                                found == expected || (found - expected).abs() < 1e-12,
                                "{edges:?} {found} {expected}"
                            );
                        }
                    }
                    Err(error) => {
                        assert!(matches!(error, RsaError::NoEdgeLeft { .. }), "{error}");
                        assert!(expected.iter().all(|length| length.is_infinite()));
                    }
                }
            }
        }
    }
}

#[test]
fn edges_of_length_zero_are_edges_unless_the_published_program_is_asked_for() {
    let d = draw(5, 12);
    let lengths = unranked(at(0.3, 0.8)).path_lengths(&d).unwrap();
    let n_zero = lengths.iter().filter(|length| **length == 0.0).count();
    assert!(n_zero >= 66 * 3 / 10, "a third of the pairs lies below the lower threshold: {n_zero}");
    let dropped = unranked(at(0.3, 0.8)).compat(Compat::Authors).path_lengths(&d).unwrap();
    assert!(dropped.iter().all(|length| *length > 0.0));
}

#[test]
fn unreachable_pairs_get_the_largest_length_of_the_set() {
    // Two triangles far apart, and a line on which everything is reached.
    let far = |(i, j): (usize, usize)| {
        if (i < 3) == (j < 3) { 1.0 + (i + j) as f64 / 100.0 } else { 50.0 + (i * j) as f64 }
    };
    let apart = Rdm::new("apart", labels(6), pairs(6).map(far).collect()).unwrap();
    let line =
        Rdm::new("line", labels(6), pairs(6).map(|(i, j)| (j - i) as f64 + i as f64 / 100.0).collect())
            .unwrap();
    let graph = Transform::Geodesic(unranked(Edges::Nearest(2)));
    let alone = graph.apply_with(std::slice::from_ref(&apart), Constant::Error).unwrap();
    let both = graph.apply_with(&[apart, line], Constant::Error).unwrap();
    assert_eq!((alone.n_unreachable, both.n_unreachable), (9, 9));
    let largest = |rdm: &Rdm| rdm.dissimilarities().iter().copied().fold(0.0, f64::max);
    let within: f64 =
        [0, 1, 5].map(|place| alone.rdms[0].dissimilarities()[place]).into_iter().fold(0.0, f64::max);
    assert!(largest(&alone.rdms[0]) < largest(&both.rdms[1]));
    assert!(largest(&alone.rdms[0]) >= within);
    assert_eq!(largest(&both.rdms[0]), largest(&both.rdms[1]));
}

#[test]
fn graphs_without_edges_and_too_many_neighbours_are_named() {
    let d = draw(1, 6);
    let error = Geodesic::new(Edges::Nearest(6), true).unwrap().path_lengths(&d).unwrap_err();
    assert_eq!(error, RsaError::Neighbours { k: 6, n_conditions: 6 });
    let error = Geodesic::new(Edges::NearestShare(0.1), true).unwrap().path_lengths(&d).unwrap_err();
    assert_eq!(error, RsaError::Neighbours { k: 0, n_conditions: 6 });
    // The one pair with x <= Q(x, p) has length 0, which the published program drops.
    let authors = Geodesic::new(Edges::Shortest(0.01), true).unwrap().compat(Compat::Authors);
    assert_eq!(authors.path_lengths(&d).unwrap_err().to_string(), "no edge is left at p=0.01");
    let error = unranked(at(1.0, 1.0)).path_lengths(&d).unwrap_err().to_string();
    assert!(error.contains("the geodesic transform at these thresholds"), "{error}");
    let error = unranked(at(0.0, 1.0)).path_lengths(&d[..14]).unwrap_err();
    assert!(matches!(error, RsaError::WrongLength { .. }));
}

fn permuted(d: &[f64], order: &[usize]) -> Vec<f64> {
    let square = Rdm::new("x", labels(order.len()), d.to_vec()).unwrap().to_square();
    pairs(order.len()).map(|(i, j)| square[[order[i], order[j]]]).collect()
}

proptest! {
    #[test]
    fn lengths_are_a_metric_below_the_direct_edge(seed in 0_u64..1000, l in 0.0_f64..0.5, width in 0.1_f64..0.5) {
        let d = draw(seed, N);
        let edges = slow_edges(&d, N, at(l, l + width), Compat::Paper);
        let lengths = unranked(at(l, l + width)).path_lengths(&d).unwrap();
        prop_assert!(lengths.iter().zip(&edges).all(|(length, edge)| *length <= edge + 1e-12));
        let lengths = Rdm::new("x", labels(N), lengths.iter().map(|d| d.min(1e6)).collect()).unwrap().to_square();
        for (i, j) in pairs(N) {
            for k in 0..N {
                prop_assert!(lengths[[i, j]] <= lengths[[i, k]] + lengths[[k, j]]);
            }
        }
    }

    /// With ranks and all: sums along paths are exact, so that not one tie is broken by the order of additions.
    #[test]
    fn permuted_conditions_give_permuted_results(seed in 0_u64..1000, order in Just((0..N).collect::<Vec<_>>()).prop_shuffle()) {
        let d = draw(seed, N);
        let graph = |edges| Geodesic::new(edges, true).unwrap();
        for graph in [graph(at(0.2, 0.8)), graph(at(0.0, 0.3)), graph(Edges::Shortest(0.3)), graph(Edges::Nearest(2)), graph(Edges::NearestShare(0.3))] {
            let transform = |d: &[f64]| Transform::Geodesic(graph).dissimilarities(d).unwrap();
            prop_assert_eq!(transform(&permuted(&d, &order)), permuted(&transform(&d), &order));
        }
    }
}

#[test]
fn the_published_neighbours_depend_on_the_order_of_conditions() {
    let graph = unranked(Edges::Nearest(2)).compat(Compat::Authors);
    let reversed: Vec<usize> = (0..N).rev().collect();
    let differs = |seed: &u64| {
        let d = draw(*seed, N);
        let (straight, turned) = (graph.path_lengths(&d), graph.path_lengths(&permuted(&d, &reversed)));
        permuted(&straight.unwrap().iter().map(|d| d.min(9.0)).collect::<Vec<_>>(), &reversed)
            != turned.unwrap().iter().map(|d| d.min(9.0)).collect::<Vec<_>>()
    };
    assert!((0..10).filter(differs).count() >= 8);
}

#[test]
fn two_circles_are_told_from_one_after_the_geodesic_transform() {
    let circle = |n: usize| {
        let angle = move |i: usize| std::f64::consts::TAU * i as f64 / n as f64;
        (0..n).map(move |i| [angle(i).cos(), angle(i).sin()]).collect::<Vec<_>>()
    };
    let one = circle(16);
    let two: Vec<[f64; 2]> =
        circle(8).iter().flat_map(|p| [[p[0] - 3.0, p[1]], [p[0] + 3.0, p[1]]]).collect();
    let rdm = |points: &[[f64; 2]]| -> Vec<f64> {
        pairs(16).map(|(i, j)| (points[i][0] - points[j][0]).hypot(points[i][1] - points[j][1])).collect()
    };
    let graph = Geodesic::new(Edges::Nearest(2), false).unwrap();
    let n_cut_off = |points: &[[f64; 2]]| {
        graph.path_lengths(&rdm(points)).unwrap().iter().filter(|length| length.is_infinite()).count()
    };
    assert_eq!((n_cut_off(&one), n_cut_off(&two)), (0, 64));
}
