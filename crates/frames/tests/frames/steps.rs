//! The steps `table.*` as a pipeline sees them.

use neuroloom_core::{
    ErrorKind, Inputs, PlanContext, PlannedInputs, PlannedTable, Registry, Result, RunContext, StepOutput,
    Table,
};
use neuroloom_frames::register;
use neuroloom_table::{Columns, TableBuilder, check, kinds};
use serde_json::{Value, json};

use crate::support::{Row, says, table, texts};

fn spikes() -> Table {
    TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["r", "r", "r"])
        .text("unit_id", ["1", "2", "3"])
        .text("region", ["adn", "ca1", "adn"])
        .lists("spike_times_s", [vec![0.5], vec![], vec![0.25, 0.75]])
        .finish()
        .unwrap()
}

fn run(id: &str, params: Value, inputs: &[(&str, Table)]) -> Result<StepOutput> {
    let registry = register(Registry::default());
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap_or_else(|issues| panic!("{issues:?}"));
    let planned =
        inputs.iter().map(|(port, table)| ((*port).to_owned(), PlannedTable::new(table.kind(), [])));
    let ctx = PlanContext { base: ".".into(), threads: 2 };
    let plan = step.plan(&ctx, &params, &PlannedInputs::new(planned))?;
    let inputs = inputs.iter().map(|(port, table)| ((*port).to_owned(), table.clone()));
    let output = step.run(&RunContext::for_test("."), &params, &Inputs::new(inputs))?;
    for (port, table) in &output.tables {
        assert_eq!(plan.outputs[port].kind, table.kind(), "{id} gives what it planned");
    }
    Ok(output)
}

fn issues(id: &str, params: Value) -> Vec<String> {
    let registry = register(Registry::default());
    let issues = registry.get(id).unwrap().check(&params).unwrap_err();
    issues.into_iter().map(|issue| issue.to_string()).collect()
}

#[test]
fn a_filter_keeps_the_kind() {
    let output = run("table.filter", json!({ "where": "region = 'adn'" }), &[("table", spikes())]).unwrap();
    let kept = &output.tables["table"];
    assert_eq!(kept.kind(), kinds::SPIKES);
    assert_eq!(kept.lists("spike_times_s").unwrap().get(1).unwrap().as_ref(), [0.25, 0.75]);
    let none = run("table.filter", json!({ "where": "region = 'x'" }), &[("table", spikes())]).unwrap();
    assert!(none.summary.warnings[0].contains("no row"), "{:?}", none.summary.warnings);
}

#[test]
fn steps_follow_each_other() {
    let exploded =
        run("table.explode", json!({ "columns": ["spike_times_s"] }), &[("table", spikes())]).unwrap();
    let exploded = exploded.tables["table"].clone();
    assert_eq!((exploded.kind(), exploded.n_rows()), (kinds::TABLE, 3));
    let aggregations =
        json!({ "n": { "function": "count" }, "first_s": { "column": "spike_times_s", "function": "min" } });
    let params = json!({ "by": ["unit_id"], "aggregations": aggregations });
    let grouped = run("table.group", params, &[("table", exploded)]).unwrap().tables["table"].clone();
    assert_eq!(grouped.integers("n").unwrap().values(), &[1, 2]);
    let joined = run(
        "table.join",
        json!({ "on": ["unit_id"], "how": "left" }),
        &[("left", spikes()), ("right", grouped.clone())],
    );
    let joined = joined.unwrap().tables["table"].clone();
    assert_eq!(joined.numbers("first_s").unwrap().get(1), None);
    let query =
        "SELECT region, sum(n) AS spikes FROM a JOIN b USING (unit_id) GROUP BY region ORDER BY region";
    let asked = run("table.sql", json!({ "query": query }), &[("a", spikes()), ("b", grouped)]).unwrap();
    let asked = asked.tables["table"].clone();
    assert_eq!(texts(asked.batch(), "region"), [Some("adn".into())]);
    assert_eq!(asked.integers("spikes").unwrap().values(), &[3]);
    let params = json!({ "index": ["recording_id"], "on": "region", "values": "n", "aggregate": "sum" });
    let wide = run("table.pivot", params, &[("table", joined)]).unwrap().tables["table"].clone();
    assert_eq!(wide.integers("adn").unwrap().values(), &[3]);
}

#[test]
fn wrong_parameters_are_all_reported() {
    assert!(issues("table.filter", json!({ "where": "region = " }))[0].contains("SQL cannot be read"));
    assert!(issues("table.sql", json!({ "query": "SELECT * FROM x" }))[0].contains("no table `x`"));
    assert_eq!(issues("table.join", json!({ "on": [], "suffix": "" })).len(), 2);
    assert!(issues("table.join", json!({ "on": ["a", "a"] }))[0].contains("twice"));
    let aggregations = json!({
        "a": { "function": "mean" },
        "b": { "column": "x", "function": "quantile" },
        "c": { "column": "x", "function": "quantile", "q": 2 },
        "d": { "column": "x", "function": "mean", "q": 0.5 },
    });
    let issues_of_group = issues("table.group", json!({ "by": ["r"], "aggregations": aggregations }));
    assert_eq!(issues_of_group.len(), 4, "{issues_of_group:?}");
    assert!(issues("table.group", json!({ "aggregations": {} }))[0].contains("at least one"));
    let pivot = json!({ "index": ["r"], "on": "r", "values": "x", "aggregate": "quantile" });
    assert_eq!(issues("table.pivot", pivot).len(), 2);
    assert!(issues("table.explode", json!({ "columns": ["t_s"], "time": true }))[0].contains("t_s"));
}

#[test]
fn a_query_over_an_input_that_is_not_connected_is_refused_before_the_run() {
    let error =
        run("table.sql", json!({ "query": "SELECT * FROM a JOIN b USING (unit_id)" }), &[("a", spikes())]);
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Params);
    says(&error, &["no table `b`", "one of a"]);
}

/// The bytes of the result do not depend on how wide the pool of the caller is, or that of polars.
#[test]
fn threads_do_not_reach_the_result() {
    let rows: Vec<Row> = (0..20_000_i64)
        .map(|i| Row {
            region: Some(format!("region {}", (i * 7919) % 97)),
            unit: Some((i * 104_729) % 13),
            rate: Some(1.0 / (1.0 + (i % 1009) as f64)),
            spikes: None,
        })
        .collect();
    let input = check(kinds::TABLE, table(&rows)).unwrap();
    let query =
        json!({ "query": "SELECT region, sum(rate_hz) AS total, count(*) AS n FROM a GROUP BY region" });
    let work = || {
        let asked = run("table.sql", query.clone(), &[("a", input.clone())]).unwrap();
        let by = json!({ "by": ["region", "unit"], "aggregations": { "m": { "column": "rate_hz", "function": "mean" } } });
        let grouped = run("table.group", by, &[("table", input.clone())]).unwrap();
        (asked.tables["table"].clone(), grouped.tables["table"].clone())
    };
    let alone = work();
    let together: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(together.iter().all(|result| *result == alone));
}
