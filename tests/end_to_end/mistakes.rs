//! Mistakes in a pipeline file are reported all at once, each with its place.

use crate::support::{fail, folder, output, texts, write};

const FIVE_MISTAKES: &str = "neuroloom: 1
name: mistakes
vars: { bins: 36 }
steps:
  nwb:
    use: ingest.nbw
    with: { path: a.nwb }
  tuning:
    use: prepare.tuning
    in: nowhere
    with: { behaviour: { signal: CompassDirection/ry, n_bins: many } }
  rdm:
    use: rsa.rdm
    in: tuning
    with: { methd: crossnobis }
  transform:
    use: rsa.transform
    in: rdm
    with: { transform: geotop, l: 0.9, u: 0.2 }
";

/// What is wrong, and the line on which it stands.
const PLACES: [(&str, usize); 5] =
    [("ingest.nbw", 6), ("nowhere", 10), ("n_bins", 11), ("methd", 15), ("u", 19)];

#[test]
fn five_mistakes_are_five_reports_with_positions() {
    let folder = folder();
    write(&folder.path().join("m.yaml"), FIVE_MISTAKES);
    let said = fail(folder.path(), 2, &["validate", "m.yaml"]);
    for (word, line) in PLACES {
        let place = format!("m.yaml:{line}:");
        assert!(said.contains(&place), "{place} ({word})\n{said}");
        assert!(said.contains(word), "{word}\n{said}");
    }
    assert!(said.contains("ingest.nwb`"), "a hint for the misspelt step\n{said}");
}

#[test]
fn machines_get_the_same_reports() {
    let folder = folder();
    write(&folder.path().join("m.yaml"), FIVE_MISTAKES);
    let (stdout, _) = texts(&output(folder.path(), &["validate", "m.yaml", "--json"]));
    let value: serde_json::Value = serde_json::from_str(stdout.trim()).unwrap();
    let lines: Vec<u64> =
        value["diagnostics"].as_array().unwrap().iter().map(|d| d["line"].as_u64().unwrap()).collect();
    for (word, line) in PLACES {
        assert!(lines.contains(&(line as u64)), "{word}: {lines:?}");
    }
}

#[test]
fn a_missing_source_is_found_before_anything_runs() {
    let folder = folder();
    write(
        &folder.path().join("m.yaml"),
        "neuroloom: 1\nsteps:\n  nwb:\n    use: ingest.nwb\n    with: { path: gone.nwb }\n",
    );
    let said = fail(folder.path(), 2, &["run", "m.yaml"]);
    assert!(said.contains("gone.nwb") && said.contains("m.yaml:4:"), "{said}");
    assert!(!folder.path().join("results").exists());
}

#[test]
fn a_missing_pipeline_file_is_named() {
    let folder = folder();
    let said = fail(folder.path(), 2, &["run", "gone.yaml"]);
    assert!(said.contains("gone.yaml"), "{said}");
}
