//! Exports.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use neuroloom_core::{Error, files};
use neuroloom_provenance::diff::compare;
use neuroloom_provenance::export::{Agreement, Exported, InputStatus, Options, check, export};
use neuroloom_provenance::run::Run;

use crate::support::{digests, registry, run_file, write};

const EVERYTHING: Options = Options { base: None, data: true, results: true };
const NO_FILES: Options = Options { base: None, data: false, results: false };

/// Sources below, beside and far from the pipeline; variables, a base and an override.
fn project(folder: &Path) -> Run {
    write(&folder.join("p/near.txt"), "1 2");
    write(&folder.join("data/mouse/1.txt"), "3 4\n5");
    write(&folder.join("far/2.txt"), "6");
    let base = "vars: { root: ../data, unused: 1 }
steps:
  beside: { use: test.read, with: { path: '${root}/mouse/1.txt', dataset: /units/times } }
";
    let text = format!(
        "neuroloom: 1
extends: ../base/base.yaml
vars: {{ animal: mouse }}
steps:
  near: {{ use: test.read, with: {{ path: ./near.txt }} }}
  again: {{ use: test.read, with: {{ path: '../data/${{animal}}/1.txt' }} }}
  far: {{ use: test.read, with: {{ path: {}/far/2.txt }} }}
  scaled: {{ use: fake.scale, in: near, with: {{ factor: 2 }} }}
  noise: {{ use: fake.noise, in: far }}
outputs: {{ noise.parquet: noise }}
",
        folder.display()
    );
    write(&folder.join("base/base.yaml"), base);
    write(&folder.join("p/p.yaml"), &text);
    run_file(&folder.join("p/p.yaml"), &["seed=5", "steps.scaled.with.factor=3"], &folder.join("run"))
}

fn exported(run: &Run, options: &Options, to: &Path) -> Result<Exported, Error> {
    export(run, &registry(), options, to)
}

#[test]
fn an_export_reruns_elsewhere_with_the_same_bytes() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let run = project(folder.path());
    let to = elsewhere.path().join("export");
    let summary = exported(&run, &EVERYTHING, &to).unwrap();
    assert_eq!((summary.sources, &summary.agreement), (3, &Agreement::Seen));
    drop(folder);
    let again = run_file(&to.join("pipeline.yaml"), &[], &elsewhere.path().join("again"));
    assert_eq!(digests(&again), digests(&run));
    assert_eq!(again.manifest.name, "p");
    assert!(compare(&Run::open(&to).unwrap(), &again).unwrap().equal);
    let pipeline = files::read_text(&to.join("pipeline.yaml")).unwrap();
    assert!(pipeline.contains("root: inputs/up-1/data\n"), "{pipeline}");
    assert!(pipeline.contains("dataset: /units/times\n"), "{pipeline}");
    assert!(!pipeline.contains("unused") && !pipeline.contains("extends"), "{pipeline}");
}

#[test]
fn the_sources_of_an_export_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let run = project(folder.path());
    let to = folder.path().join("export");
    exported(&run, &EVERYTHING, &to).unwrap();
    let status = || check(&to).unwrap().into_iter().map(|input| input.status).collect::<Vec<_>>();
    assert_eq!(status(), [InputStatus::Ready; 3]);
    files::remove_file(&to.join("near.txt")).unwrap();
    write(&to.join("inputs/up-1/data/mouse/1.txt"), "other");
    let found = files::digest(&to.join("inputs/up-1/data/mouse/1.txt")).unwrap();
    let expected = [InputStatus::Ready, InputStatus::Different { found }, InputStatus::Missing];
    assert_eq!(status(), expected, "{:?}", check(&to));
    assert!(check(folder.path()).is_err(), "no export");
}

#[test]
fn an_archive_has_the_files_of_the_folder_and_always_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let run = project(folder.path());
    let path = |name: &str| folder.path().join(name);
    exported(&run, &EVERYTHING, &path("x")).unwrap();
    exported(&run, &EVERYTHING, &path("1/x.tar.gz")).unwrap();
    exported(&run, &EVERYTHING, &path("2/x.tar.gz")).unwrap();
    let archive = files::read_bytes(&path("1/x.tar.gz")).unwrap();
    assert_eq!(files::read_bytes(&path("2/x.tar.gz")).unwrap(), archive);
    let mut found = Vec::new();
    for entry in tar::Archive::new(GzDecoder::new(archive.as_slice())).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(files::read_bytes(&folder.path().join(&name)).unwrap(), bytes, "{}", name.display());
        assert_eq!((entry.header().mtime().unwrap(), entry.header().uid().unwrap()), (0, 0));
        found.push(name.strip_prefix("x").unwrap().to_path_buf());
    }
    assert!(found.is_sorted_by_key(|name| name.to_string_lossy().into_owned()), "{found:?}");
    found.sort();
    assert_eq!(found, files::list_files(&path("x")).unwrap());
}

#[test]
fn without_data_and_results_an_export_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("export");
    exported(&project(folder.path()), &NO_FILES, &to).unwrap();
    let names =
        ["README.md", "inputs.json", "manifest.json", "pipeline.yaml", "ro-crate-metadata.json", "run.lock"];
    assert_eq!(files::list_files(&to).unwrap(), names.map(PathBuf::from));
    assert!(check(&to).unwrap().iter().all(|input| input.status == InputStatus::Missing));
    let readme = files::read_text(&to.join("README.md")).unwrap();
    assert!(readme.contains("inputs/up-1/data/mouse/1.txt"), "{readme}");
}

#[test]
fn what_changed_since_the_run_is_not_exported() {
    let folder = tempfile::tempdir().unwrap();
    let run = project(folder.path());
    write(&folder.path().join("p/near.txt"), "9 9");
    for name in ["export", "export.tar.gz"] {
        let to = folder.path().join(name);
        let error = exported(&run, &EVERYTHING, &to).unwrap_err();
        assert!(
            error.report().contains("near.txt") && error.report().contains("BLAKE3"),
            "{}",
            error.report()
        );
        assert!(!to.exists());
    }
    files::remove_file(&folder.path().join("p/near.txt")).unwrap();
    let error = exported(&run, &EVERYTHING, &folder.path().join("export")).unwrap_err();
    assert!(error.report().contains("--base"), "{}", error.report());
    // Exports are staged beside their final names.
    let left = files::list(folder.path()).unwrap();
    assert!(left.iter().all(|file| !file.to_string_lossy().contains(files::TEMPORARY_PREFIX)), "{left:?}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let run = project(folder.path());
    let error = exported(&run, &EVERYTHING, &folder.path().join("p")).unwrap_err();
    assert!(error.to_string().contains("already"), "{error}");
}

#[test]
fn a_project_that_moved_is_found_by_its_base() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = project(folder.path());
    run.manifest.file = "gone/p.yaml".into();
    let options = Options { base: Some(folder.path().join("p")), ..EVERYTHING };
    exported(&run, &options, &folder.path().join("export")).unwrap();
}

#[test]
fn a_name_that_looks_like_the_path_of_a_source_is_not_changed_silently() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("data/1.txt"), "1");
    let text = "neuroloom: 1
steps: { source: { use: test.read, with: { path: ../data/1.txt, dataset: ../data } } }
";
    write(&folder.path().join("p/p.yaml"), text);
    let run = run_file(&folder.path().join("p/p.yaml"), &[], &folder.path().join("run"));
    let error = exported(&run, &NO_FILES, &folder.path().join("export")).unwrap_err();
    assert!(error.to_string().contains("dataset"), "{error}");
}

#[test]
fn a_run_that_kept_no_pipeline_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run { pipeline: None, ..project(folder.path()) };
    let error = exported(&run, &NO_FILES, &folder.path().join("export")).unwrap_err();
    assert!(error.hint_text().unwrap().contains("again"), "{}", error.report());
}

#[test]
fn what_a_foreach_found_is_exported_and_found_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("data/a 1.txt"), "1");
    write(&path("data/b.txt"), "2 3");
    write(&path("lists/mice.csv"), "mouse,file\nm1,../data/b.txt\n");
    let text = "neuroloom: 1
vars: { pattern: '../data/*.txt' }
steps:
  all: { use: test.read, foreach: { recording: { glob: '${pattern}', into: path } } }
  some:
    use: test.read
    foreach: { mouse: { table: ../lists/mice.csv, label: mouse, into: { path: file } } }
";
    write(&path("p/p.yaml"), text);
    let run = run_file(&path("p/p.yaml"), &[], &path("run"));
    let summary = exported(&run, &EVERYTHING, &path("export")).unwrap();
    assert_eq!((summary.sources, summary.agreement), (2, Agreement::Seen));
    let pipeline = files::read_text(&path("export/pipeline.yaml")).unwrap();
    assert!(!pipeline.contains("pattern") && !pipeline.contains("mice.csv"), "{pipeline}");
    // More files beside the sources are not what ran.
    write(&path("export/inputs/up-1/data/c.txt"), "4");
    let again = run_file(&path("export/pipeline.yaml"), &[], &path("again"));
    assert_eq!(digests(&again), digests(&run));
    let tasks = |run: &Run| run.manifest.tasks.iter().map(|task| task.id.clone()).collect::<Vec<_>>();
    assert_eq!(tasks(&again), tasks(&run));
}
