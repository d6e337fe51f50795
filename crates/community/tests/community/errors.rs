//! What is refused, and with what words.

use neuroloom_community::{
    CommunityError, Compat, DegCorr, Graph, Observer, SbmOptions, Warning, WeightModel, fit,
};
use neuroloom_core::{Error, ErrorKind, Seed};

use crate::support::one_search;

const EDGES: [(u32, u32); 5] = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)];

fn weighted(weights: [f64; 5]) -> Graph {
    Graph::new(5, &EDGES, Some(&weights)).unwrap()
}

fn refused(graph: &Graph, options: &SbmOptions) -> CommunityError {
    fit(graph, options, Seed::root(1), &()).unwrap_err()
}

#[test]
fn graphs_are_checked() {
    assert_eq!(Graph::new(1, &EDGES, None), Err(CommunityError::TooFewNodes { found: 1 }));
    assert_eq!(Graph::new(5, &[], None), Err(CommunityError::NoEdges));
    assert!(matches!(Graph::new(100_001, &EDGES, None), Err(CommunityError::TooManyNodes { .. })));
    let outside = Graph::new(4, &EDGES, None);
    assert_eq!(outside, Err(CommunityError::NoSuchNode { edge: 3, pre: 3, post: 4, n_nodes: 4 }));
    let short = Graph::new(5, &EDGES, Some(&[1.0]));
    assert_eq!(short, Err(CommunityError::WeightCount { expected: 5, found: 1 }));
    let nan = Graph::new(5, &EDGES, Some(&[1.0, 1.0, f64::NAN, 1.0, 1.0]));
    assert!(matches!(nan, Err(CommunityError::NonFiniteWeight { edge: 2, .. })));
}

#[test]
fn weights_are_checked_by_their_model() {
    let signed = weighted([1.0, -2.0, 0.0, 3.0, 1.0]);
    for weights in [WeightModel::Exponential, WeightModel::Lognormal, WeightModel::Best] {
        let error = refused(&signed, &one_search(weights));
        assert!(matches!(error, CommunityError::NotPositive { count: 2, edge: 1, .. }), "{error}");
        assert!(Error::from(error).to_string().contains("needs weights above 0, found 2"));
    }
    assert!(fit(&signed, &one_search(WeightModel::Normal), Seed::root(1), &()).is_ok());
    let halves = weighted([1.0, 2.0, 0.5, 3.0, 1.0]);
    for weights in [WeightModel::Geometric, WeightModel::Poisson, WeightModel::Binomial] {
        let error = refused(&halves, &one_search(weights));
        assert!(matches!(error, CommunityError::NotCounts { count: 1, edge: 2, .. }), "{error}");
    }
    let huge = weighted([9e15, 1.0, 1.0, 1.0, 9e15]);
    assert!(matches!(refused(&huge, &one_search(WeightModel::Poisson)), CommunityError::TooLarge { .. }));
    let endless = weighted([1e200, 1.0, 1.0, 1.0, 1.0]);
    assert!(matches!(refused(&endless, &one_search(WeightModel::Normal)), CommunityError::TooLarge { .. }));
    let zero = fit(&weighted([0.0; 5]), &one_search(WeightModel::Normal), Seed::root(1), &()).unwrap();
    assert!(zero.description_length.total.is_finite());
    let bare = Graph::new(5, &EDGES, None).unwrap();
    assert_eq!(
        refused(&bare, &one_search(WeightModel::Normal)),
        CommunityError::NoWeights { model: "normal" }
    );
}

#[test]
fn options_are_checked() {
    let graph = weighted([1.0; 5]);
    let bad = [
        SbmOptions { restarts: 0, ..SbmOptions::default() },
        SbmOptions { samples: 0, ..SbmOptions::default() },
        SbmOptions { beta: -1.0, ..SbmOptions::default() },
    ];
    for options in bad {
        let error = refused(&graph, &options);
        assert_eq!(Error::from(error).kind(), ErrorKind::Params);
    }
    let options = SbmOptions { memory_limit_bytes: 100, ..SbmOptions::default() };
    assert!(matches!(refused(&graph, &options), CommunityError::OutOfMemoryLimit { limit: 100, .. }));
}

#[test]
fn graph_tool_is_not_imitated_beyond_its_table() {
    let edges: Vec<(u32, u32)> = (0..40_000).map(|edge| (edge % 1000, (edge * 7 + 1) % 1000)).collect();
    let graph = Graph::new(1000, &edges, None).unwrap();
    let options =
        SbmOptions { compat: Compat::GraphTool245, deg_corr: DegCorr::True, ..one_search(WeightModel::None) };
    assert!(matches!(refused(&graph, &options), CommunityError::DegreeTable { .. }));
}

#[test]
fn a_fit_can_be_stopped() {
    struct Stop;
    impl Observer for Stop {
        fn is_cancelled(&self) -> bool {
            true
        }

        fn advance(&self, _: u64) {}
    }
    let stopped = fit(&weighted([1.0; 5]), &SbmOptions::default(), Seed::root(1), &Stop).unwrap_err();
    assert_eq!(Error::from(stopped).kind(), ErrorKind::Cancelled);
}

#[test]
fn what_is_odd_but_allowed_is_said() {
    let tiny = Graph::new(3, &[(0, 1), (1, 2)], None).unwrap();
    let found = fit(&tiny, &one_search(WeightModel::None), Seed::root(1), &()).unwrap();
    assert!(found.warnings.contains(&Warning::TooSmallToNest) && found.warnings.contains(&Warning::OneGroup));
    assert!(!found.model.nested);
    let equal = fit(&weighted([2.0; 5]), &one_search(WeightModel::Normal), Seed::root(1), &()).unwrap();
    assert!(equal.warnings.contains(&Warning::EqualWeights));
}
