//! The steps on tables: results, bytes and errors.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::{
    CancelToken, Error, Inputs, NoProgress, PlanContext, PlannedInputs, PlannedTable, Registry, RunContext,
    Seed, StepOutput, Table,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use neuroloom_trsa::transforms::GeoTop;
use neuroloom_trsa::{Rdm, pairs};
use serde_json::{Value, json};

use crate::comparisons::distances;
use crate::support::labels;

const N: usize = 8;

fn rdm(name: &str, seed: u64) -> Rdm {
    Rdm::new(name, labels(N), distances(seed, N, 10)).unwrap()
}

fn table(rdms: &[Rdm]) -> Table {
    let rows = || rdms.iter().flat_map(|rdm| pairs(rdm.n_conditions()).map(move |pair| (rdm, pair)));
    TableBuilder::new(kinds::RDMS)
        .text("rdm_id", rows().map(|(rdm, _)| rdm.name()))
        .integers("i", rows().map(|(_, (i, _))| i as i64))
        .integers("j", rows().map(|(_, (_, j))| j as i64))
        .text("condition_i", rows().map(|(rdm, (i, _))| &rdm.conditions()[i]))
        .text("condition_j", rows().map(|(rdm, (_, j))| &rdm.conditions()[j]))
        .numbers("dissimilarity", rdms.iter().flat_map(|rdm| rdm.dissimilarities().iter().copied()))
        .text("dissimilarity_unit", rows().map(|_| "Hz^2"))
        .finish()
        .unwrap()
}

fn context(n_threads: usize) -> RunContext {
    RunContext::new(".", n_threads, Seed::root(4), Arc::new(NoProgress), CancelToken::default())
}

fn run(id: &str, params: Value, inputs: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    step.run(&context(1), &params, &inputs)
}

fn wrong_params(id: &str, params: Value) -> Vec<String> {
    let registry = neuroloom_trsa::register(Registry::default());
    let issues = registry.get(id).unwrap().check(&params).unwrap_err();
    issues.iter().map(ToString::to_string).collect()
}

fn numbers(table: &Table, name: &str) -> Vec<Option<f64>> {
    let column = table.numbers(name).unwrap();
    (0..table.n_rows()).map(|row| column.get(row)).collect()
}

fn texts(table: &Table, name: &str) -> Vec<String> {
    let column = table.text(name).unwrap();
    (0..table.n_rows()).map(|row| column.get(row).unwrap().to_owned()).collect()
}

#[test]
fn every_transform_runs_by_its_name_and_tells_its_unit() {
    let rdms = table(&[rdm("a", 1), rdm("b", 2)]);
    let cases = [
        (json!({"transform": "rtm", "l": 0.4}), "geotop(l=0.4, u=0.4)", "1"),
        (json!({"transform": "geodesic"}), "geodesic(l=0.2, u=0.8)", "1"),
        (json!({"transform": "rgdm_p_shortest", "p": 0.4}), "rgdm_p_shortest(p=0.4)", "1"),
        (
            json!({"transform": "rgdm_k_nearest", "k": 2, "rank_after": false}),
            "rgdm_k_nearest(k=2, rank_after=false)",
            "1",
        ),
        (
            json!({"transform": "rgdm_p_nearest", "p": 0.5, "compat": "authors"}),
            "rgdm_p_nearest(p=0.5, compat=authors)",
            "1",
        ),
        (json!({"transform": "sigmoid"}), "sigmoid(alpha=10, beta=0.5)", "1"),
        (json!({"transform": "sqrt"}), "sqrt", "Hz"),
        (json!({"transform": "positive"}), "positive", "Hz^2"),
        (json!({"transform": "affine", "scale": 2, "offset": 1}), "affine(scale=2, offset=1)", "Hz^2"),
    ];
    for (params, name, unit) in cases {
        let output = run("rsa.transform", params, &[("rdms", &rdms)]).unwrap();
        assert!(format!("{:?}", output.summary.metrics).contains(name), "{name}");
        assert_eq!(texts(&output.tables["rdms"], "dissimilarity_unit")[0], unit, "{name}");
    }
}

#[test]
fn odd_rdms_are_warned_of() {
    let tied = Rdm::new("tied", labels(N), distances(3, N, 4).iter().map(|d| f64::from(*d > 8.0)).collect())
        .unwrap();
    let apart = |(i, j): (usize, usize)| {
        if (i < 4) == (j < 4) { 1.0 + (i + 2 * j) as f64 / 50.0 } else { 50.0 + (i * j) as f64 }
    };
    let apart = Rdm::new("apart", labels(N), pairs(N).map(apart).collect()).unwrap();
    let again = Rdm::new("again", labels(N), apart.dissimilarities().to_vec()).unwrap();
    let rdms = table(&[apart, again, tied]);
    let output =
        run("rsa.transform", json!({"transform": "rgdm_k_nearest", "k": 2}), &[("rdms", &rdms)]).unwrap();
    let warnings = output.summary.warnings.join("\n");
    for expected in ["1 RDMs repeat another one: apart", "tied in 1 RDMs: tied", "are joined by no path"] {
        assert!(warnings.contains(expected), "{warnings}");
    }
    let flat = Rdm::new("flat", labels(N), vec![1.0; 28]).unwrap();
    let zero = run(
        "rsa.transform",
        json!({"transform": "geotop", "constant": "zero"}),
        &[("rdms", &table(&[flat]))],
    );
    assert!(zero.unwrap().summary.warnings.join("\n").contains("1 constant RDMs became zeros: flat"));
}

#[test]
fn wrong_parameters_are_named() {
    assert_eq!(
        wrong_params("rsa.transform", json!({"transform": "rgdm_p_shortest", "p": 0})),
        ["p must be above 0 and at most 1, got 0"]
    );
    assert_eq!(
        wrong_params("rsa.transform", json!({"transform": "rgdm_k_nearest", "k": 0})),
        ["k must be at least 1, got 0"]
    );
    assert_eq!(
        wrong_params("rsa.transform", json!({"transform": "affine", "scale": 0})),
        ["scale must be finite and not 0, got 0"]
    );
    assert_eq!(
        wrong_params("rsa.compare", json!({"measures": ["corr", "bures"], "nan": "pairwise"})),
        ["nan must be `error` with bures, which needs every pair"]
    );
    assert_eq!(
        wrong_params("rsa.compare", json!({"variances": {"a": 1.0}})),
        ["variances need a measure that uses them: cosine_cov, corr_cov or neg_riem_dist"]
    );
    assert_eq!(
        wrong_params("rsa.compare", json!({"measures": ["cosine_cov"], "variances": {"a": 0.0}})),
        ["variances.a must be a finite number above 0, got 0"]
    );
    assert_eq!(wrong_params("rsa.compare", json!({"n_folds": 1})), ["n_folds must be at least 2, got 1"]);
    assert_eq!(wrong_params("rsa.grid", json!({"l": [0.2]})), ["l needs `grid: product`"]);
    assert_eq!(
        wrong_params("rsa.grid", json!({"grid": "product", "l": [0.8], "u": [0.2]})),
        ["grid has no cell: give `l` and `u` with at least one l <= u"]
    );
    assert_eq!(
        wrong_params("rsa.grid", json!({"grid": "product", "l": [0.1, 0.1], "u": [1.2, 1.0]})).len(),
        2
    );
    assert_eq!(wrong_params("rsa.agtic", json!({"variant": 4})), ["variant must be 1, 2 or 3, got 4"]);
    assert_eq!(wrong_params("rsa.agtic", json!({"n_levels": 1})), ["n_levels must be from 2 to 64, got 1"]);
    assert_eq!(wrong_params("rsa.agtic", json!({"n_search": 0})), ["n_search must be at least 1, got 0"]);
}

fn plan(
    id: &str,
    params: Value,
    inputs: &[(&str, &[(&'static str, u64)])],
) -> Result<BTreeMap<&'static str, PlannedTable>, Error> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap();
    let planned = |(port, dims): &(&str, &[(&'static str, u64)])| {
        ((*port).to_owned(), PlannedTable::new(kinds::RDMS, dims.iter().copied()))
    };
    let inputs = PlannedInputs::new(inputs.iter().map(planned));
    Ok(step.plan(&PlanContext { base: ".".into(), threads: 2 }, &params, &inputs)?.outputs)
}

#[test]
fn plans_know_sizes_and_what_cannot_work() {
    let dims: &[(&str, u64)] = &[("rdms", 3), ("conditions", 8), ("pairs", 28)];
    let models: &[(&str, u64)] = &[("rdms", 2), ("conditions", 8), ("pairs", 28)];
    let grid = plan("rsa.grid", json!({}), &[("rdms", dims), ("models", models)]).unwrap();
    assert_eq!(grid["grid"].dim("rows"), Some(3 * 28 * 210));
    assert_eq!(grid["similarities"].dim("rows"), Some(3 * 2 * 210));
    assert!(
        plan("rsa.grid", json!({"store": false}), &[("rdms", dims)])
            .unwrap_err()
            .report()
            .contains("nothing would come out")
    );
    let agtic = plan("rsa.agtic", json!({}), &[("rdms", dims)]).unwrap();
    assert_eq!((agtic["map"].dim("rows"), agtic["tests"].dim("rows")), (Some(3 * 2025), Some(9)));
    let error =
        plan("rsa.transform", json!({"transform": "rgdm_k_nearest", "k": 8}), &[("rdms", dims)]).unwrap_err();
    assert!(error.report().contains("8 conditions have 1 to 7 nearest neighbours"), "{}", error.report());
}

#[test]
fn a_grid_holds_the_transform_of_every_cell_in_parts() {
    let rdms = [rdm("b", 1), rdm("a", 2)];
    let params = json!({"grid": "product", "l": [0.4, 0.0], "u": [0.5, 1.0]});
    let output =
        run("rsa.grid", params, &[("rdms", &table(&rdms)), ("models", &table(&[rdm("m", 3)]))]).unwrap();
    let stored = &output.stored["grid"];
    assert_eq!((stored.n_parts(), stored.n_rows()), (2, 2 * 4 * 28));
    let part = stored.part(1).unwrap();
    assert_eq!(texts(&part, "rdm_id")[0], "b");
    let (l, u, values) = (numbers(&part, "l"), numbers(&part, "u"), numbers(&part, "value"));
    for (row, cell) in [(0.0, 0.5), (0.0, 1.0), (0.4, 0.5), (0.4, 1.0)].into_iter().enumerate() {
        let expected =
            GeoTop::new(cell.0, cell.1, true).unwrap().transform(rdms[0].dissimilarities()).unwrap();
        let found: Vec<f64> = values[row * 28..(row + 1) * 28].iter().map(|value| value.unwrap()).collect();
        assert_eq!((l[row * 28].unwrap(), u[row * 28].unwrap()), cell);
        assert_eq!(found, expected);
    }
    let similarities = &output.tables["similarities"];
    assert_eq!(similarities.n_rows(), 2 * 4);
    let transformed = |rdm: &Rdm| {
        rdm.with_dissimilarities(
            GeoTop::new(0.0, 0.5, true).unwrap().transform(rdm.dissimilarities()).unwrap(),
        )
        .unwrap()
    };
    let expected = neuroloom_trsa::compare::corr(
        transformed(&rdms[1]).dissimilarities(),
        transformed(&rdm("m", 3)).dissimilarities(),
    )
    .unwrap();
    assert!((numbers(similarities, "similarity")[0].unwrap() - expected).abs() < 1e-14);
    assert_eq!(
        output.summary.figures.iter().map(|figure| figure.name.as_str()).collect::<Vec<_>>(),
        ["curves", "threshold_map"]
    );
}

#[test]
fn a_grid_of_geodesics_is_the_transform_of_the_set() {
    let rdms = table(&[rdm("a", 1), rdm("b", 2)]);
    let grid = run(
        "rsa.grid",
        json!({"grid": "regular", "n_steps": 3, "transform": "geodesic"}),
        &[("rdms", &rdms)],
    )
    .unwrap();
    let whole =
        run("rsa.transform", json!({"transform": "geodesic", "l": 0.0, "u": 1.0 / 3.0}), &[("rdms", &rdms)])
            .unwrap();
    let part = grid.stored["grid"].part(0).unwrap();
    assert_eq!(numbers(&part, "value")[..28], numbers(&whole.tables["rdms"], "dissimilarity")[..28]);
}

#[test]
fn cells_without_similarity_are_null() {
    let params = json!({"grid": "product", "l": [1.0, 0.2], "u": [1.0], "store": false});
    let output =
        run("rsa.grid", params, &[("rdms", &table(&[rdm("a", 1)])), ("models", &table(&[rdm("m", 2)]))])
            .unwrap();
    let similarities = numbers(&output.tables["similarities"], "similarity");
    assert!(similarities[0].is_some() && similarities[1].is_none(), "{similarities:?}");
    assert!(output.stored.is_empty());
}

#[test]
fn comparisons_take_conditions_covariances_and_gaps_as_asked() {
    let (a, b) = (rdm("a", 1), rdm("b", 2));
    let fewer = Rdm::new("m", labels(N + 2)[2..].to_vec(), distances(3, N, 9)).unwrap();
    let inputs = [table(std::slice::from_ref(&a)), table(&[b.clone(), fewer])];
    let inputs: Vec<(&str, &Table)> = vec![("rdms", &inputs[0]), ("models", &inputs[1])];
    let report = run("rsa.compare", json!({}), &inputs).unwrap_err().report();
    assert!(report.contains("conditions: intersect"), "{report}");
    let shared = run("rsa.compare", json!({"conditions": "intersect"}), &inputs).unwrap();
    assert!(numbers(&shared.tables["comparisons"], "n_pairs").iter().all(|n| *n == Some(15.0)));

    let (data, model) = (table(&[a]), table(&[b]));
    let whitened = json!({"measures": ["cosine_cov"]});
    let similarity = |params: Value, sigma: Option<&Table>| {
        let inputs: Vec<(&str, &Table)> = [("rdms", &data), ("models", &model)]
            .into_iter()
            .chain(sigma.map(|sigma| ("sigma", sigma)))
            .collect();
        run("rsa.compare", params, &inputs)
            .map(|output| numbers(&output.tables["comparisons"], "similarity")[0].unwrap())
    };
    let plain = similarity(whitened.clone(), None).unwrap();
    let variances: BTreeMap<String, f64> =
        labels(N).into_iter().enumerate().map(|(i, label)| (label, 1.0 + i as f64)).collect();
    let unequal = json!({"measures": ["cosine_cov"], "variances": variances});
    let by_variances = similarity(unequal.clone(), None).unwrap();
    let differences = |scale: f64| {
        let difference = |(i, j): (usize, usize)| if scale == 0.0 { 2.0 } else { scale * (2 + i + j) as f64 };
        table(&[Rdm::new("sigma", labels(N), pairs(N).map(difference).collect()).unwrap()])
    };
    assert!((plain - similarity(whitened.clone(), Some(&differences(0.0))).unwrap()).abs() < 1e-12);
    assert!((by_variances - similarity(whitened.clone(), Some(&differences(1.0))).unwrap()).abs() < 1e-12);
    assert!((plain - by_variances).abs() > 1e-3);
    let signal =
        similarity(json!({"measures": ["cosine_cov"], "whitening": "signal", "n_folds": 4}), None).unwrap();
    assert!((plain - signal).abs() > 1e-4);
    let twice = similarity(unequal, Some(&differences(1.0))).unwrap_err().report();
    assert!(twice.contains("given twice"), "{twice}");
    let partial = similarity(json!({"measures": ["corr_cov"], "variances": {"c0000": 1.0}}), None)
        .unwrap_err()
        .report();
    assert!(partial.contains("a condition has no variance"), "{partial}");
}

#[test]
fn dependence_is_tested_for_every_pair() {
    let rdms = table(&[rdm("a", 1), rdm("b", 2), rdm("c", 3)]);
    let params =
        json!({"n_levels": 4, "n_permutations": 19, "n_search": 5, "variant": 3, "thresholds": "quantile"});
    let output = run("rsa.agtic", params.clone(), &[("rdms", &rdms)]).unwrap();
    let (tests, map) = (&output.tables["tests"], &output.tables["map"]);
    assert_eq!((tests.n_rows(), map.n_rows()), (9, 3 * 36));
    assert!(numbers(tests, "p").iter().all(|p| p.is_some_and(|p| (0.05..=1.0).contains(&p))));
    assert!(numbers(tests, "n_permutations").iter().all(|n| *n == Some(19.0)));
    let largest = numbers(map, "dcor")[..36].iter().flatten().copied().fold(0.0, f64::max);
    let of_max = texts(tests, "statistic").iter().position(|statistic| statistic == "max").unwrap();
    assert_eq!(numbers(tests, "value")[of_max], Some(largest));
    let against =
        run("rsa.agtic", params, &[("rdms", &rdms), ("references", &table(&[rdm("m", 9)]))]).unwrap();
    assert_eq!(against.tables["tests"].n_rows(), 9);
    let alone = run("rsa.agtic", json!({}), &[("rdms", &table(&[rdm("a", 1)]))]).unwrap_err().report();
    assert!(alone.contains("there is no pair of RDMs"), "{alone}");
    let quick = run("rsa.agtic", json!({"n_permutations": 0}), &[("rdms", &rdms)]).unwrap();
    assert_eq!((quick.tables["tests"].n_rows(), numbers(&quick.tables["tests"], "p")[0]), (3, None));
}

#[test]
fn any_number_of_threads_gives_the_same_tables() {
    let rdms = table(&[rdm("a", 1), rdm("b", 2), rdm("c", 3)]);
    let models = table(&[rdm("m", 4), rdm("n", 5)]);
    let registry = neuroloom_trsa::register(Registry::default());
    let all = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let of = |id: &str, params: Value, ports: &[&str]| {
            let step = registry.get(id).unwrap();
            let params = step.check(&params).unwrap();
            let tables = ports.iter().zip([&rdms, &models]);
            let inputs = Inputs::new(tables.map(|(port, table)| ((*port).to_owned(), table.clone())));
            let output = pool.install(|| step.run(&context(n_threads), &params, &inputs)).unwrap();
            let stored =
                output.stored.values().map(|stored| format!("{:?}", stored.digest())).collect::<Vec<_>>();
            let tables = output
                .tables
                .iter()
                .map(|(port, table)| format!("{port} {:?}", table.batch()))
                .collect::<Vec<_>>();
            (stored, tables)
        };
        [
            of("rsa.transform", json!({"transform": "geodesic"}), &["rdms"]),
            of("rsa.grid", json!({"transform": "geodesic"}), &["rdms", "models"]),
            of(
                "rsa.compare",
                json!({"measures": ["cosine", "corr", "tau_a", "cosine_cov", "bures"]}),
                &["rdms", "models"],
            ),
            of("rsa.agtic", json!({"n_permutations": 40, "n_levels": 5}), &["rdms", "references"]),
        ]
    };
    assert!(all(1) == all(2) && all(1) == all(7));
}

#[test]
fn edges_of_length_zero_that_join_everything_are_warned_of() {
    let around = |(i, j): (usize, usize)| (j - i).min(N - (j - i)) as f64 + 0.01 * (i + 2 * j) as f64;
    let rdms = table(&[Rdm::new("ring", labels(N), pairs(N).map(around).collect()).unwrap()]);
    let warnings = |l: f64| {
        let params = json!({ "transform": "geodesic", "l": l, "u": 0.8 });
        run("rsa.transform", params, &[("rdms", &rdms)]).unwrap().summary.warnings.join("\n")
    };
    assert!(warnings(0.4).contains("all ways have the same length in 1 RDMs: ring"), "{}", warnings(0.4));
    assert!(!warnings(0.0).contains("all ways"), "{}", warnings(0.0));
}
