//! `neuroloom tables` and the steps `table.*`, as `docs/tables.md` shows them.

use neuroloom_table::Columns;
use serde_json::Value;

use crate::support::{
    fail, folder, neuroloom, pipeline, project, recording, results, succeed, table, texts, write,
};

fn page() -> String {
    std::fs::read_to_string(project().join("docs/tables.md")).unwrap()
}

/// The first block of the page that is written in `language`.
fn block(language: &str) -> String {
    let page = page();
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Words of a command line with double quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

#[test]
fn the_commands_of_the_page_run() {
    let folder = folder();
    succeed(folder.path(), &["run", &pipeline("quickstart.yaml")]);
    let commands = block("sh");
    assert!(commands.lines().count() >= 5);
    for line in commands.lines() {
        let words = words(line);
        let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let said = succeed(folder.path(), &arguments);
        let quiet = arguments.contains(&"--out");
        assert_eq!(said.is_empty(), quiet, "{line}\n{said}");
    }
    let csv = std::fs::read_to_string(folder.path().join("spikes.csv")).unwrap();
    let header = csv.lines().next().unwrap();
    assert!(header.contains("unit_id") && header.contains("spike_times_s"), "{header}");
    let spikes = table(&folder.path().join("results/quickstart"), "recording/spikes.parquet");
    let lists = spikes.lists("spike_times_s").unwrap();
    assert_eq!(csv.lines().count() - 1, (0..spikes.n_rows()).map(|row| lists.length(row)).sum::<usize>());
    let line = std::fs::read_to_string(folder.path().join("spikes.ndjson")).unwrap();
    let first: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(first["spike_times_s"].as_array().unwrap().len(), lists.length(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("five.csv")).unwrap().lines().count(), 6);
}

#[test]
fn the_pipeline_of_the_page_gives_rates_whatever_the_threads() {
    let folder = folder();
    write(&folder.path().join("tables.yaml"), block("yaml"));
    let source = format!("vars.source={}", recording().display());
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let arguments = ["run", "tables.yaml", "--set", &source, "--out", out, "--threads", threads];
        // Polars would size its pool by this.
        let output =
            neuroloom(folder.path(), &arguments).env("POLARS_MAX_THREADS", threads).output().unwrap();
        assert!(output.status.success(), "{:?}", texts(&output));
    }
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    assert_eq!(results(&one), results(&two));
    let rates = table(&one, "rates.parquet");
    let rate = rates.numbers("rate_hz").unwrap();
    let rates_hz: Vec<f64> = (0..rates.n_rows()).filter_map(|row| rate.get(row)).collect();
    assert!(
        !rates_hz.is_empty() && rates_hz.is_sorted_by(|a, b| a >= b) && rates_hz.iter().all(|x| *x > 0.0)
    );
    let schema = rates.batch().schema();
    let unit = |name: &str| schema.field_with_name(name).unwrap().metadata().get("unit").cloned();
    assert_eq!(
        (unit("first_s").as_deref(), unit("n_spikes").as_deref(), unit("rate_hz")),
        (Some("s"), Some("1"), None)
    );
    // The filter gave spikes, verified as such when they were read again.
    let thalamus = table(&one, "thalamus/table.parquet");
    assert_eq!(thalamus.kind(), neuroloom_table::kinds::SPIKES);
    assert!((0..thalamus.n_rows()).all(|row| thalamus.text("region").unwrap().get(row) == Some("adn")));
}

#[test]
fn tables_speak_json() {
    let folder = folder();
    write(&folder.path().join("units.csv"), "unit,rate_hz\na,1.5\nb,\n");
    let said = succeed(
        folder.path(),
        &["--json", "tables", "sql", "SELECT * FROM units ORDER BY unit DESC", "units.csv"],
    );
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["n_rows"], 2);
    assert_eq!(said["rows"][0], serde_json::json!({ "unit": "b", "rate_hz": null }));
    let said = succeed(folder.path(), &["--json", "tables", "describe", "units.csv"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["columns"][1]["column"]["nulls"], 1);
}

#[test]
fn mistakes_say_what_to_do() {
    let folder = folder();
    write(&folder.path().join("units.csv"), "unit,rate_hz\na,1.5\n");
    let says = |code: i32, arguments: &[&str], parts: &[&str]| {
        let said = fail(folder.path(), code, &[&["tables"], arguments].concat());
        assert!(parts.iter().all(|part| said.contains(part)), "{arguments:?}\n{said}");
    };
    says(2, &["sql", "SELECT rate FROM t", "units.csv"], &["no column `rate`", "rate_hz"]);
    says(2, &["sql", "SELECT * FROM t WHERE", "units.csv"], &["SQL cannot be read"]);
    says(2, &["sql", "SELECT * FROM t", "units.csv", "--out", "x.xlsx"], &["names no format", ".ndjson"]);
    says(2, &["sql", "SELECT * FROM t"], &["FILES"]);
    says(3, &["head", "absent.csv"], &["absent.csv"]);
    says(1, &["head", "."], &["folder"]);
    says(2, &["export", "units.csv", "--to", "parquet"], &["--out"]);
    succeed(folder.path(), &["run", &pipeline("quickstart.yaml"), "--out", "run"]);
    let spikes = "run/recording/spikes.parquet";
    says(2, &["export", spikes, "--to", "csv"], &["no lists", "spike_times_s", "--explode"]);
}
