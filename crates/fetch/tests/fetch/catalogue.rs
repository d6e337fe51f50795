//! The catalogue that ships, and catalogues that are wrong.

use std::path::Path;

use neuroloom_core::{Digest, files};
use neuroloom_fetch::{Automation, Catalogue, Permission};
use neuroloom_testkit::{shared_data, workspace_root};

/// The readers that a source may name.
const READERS: [&str; 14] = [
    "ingest.alf",
    "ingest.array",
    "ingest.caiman",
    "ingest.celegans",
    "ingest.celegans_published",
    "ingest.connectome",
    "ingest.events",
    "ingest.minian",
    "ingest.nlb",
    "ingest.nwb",
    "ingest.phy",
    "ingest.pynapple",
    "ingest.suite2p",
    "ingest.table",
];

/// Files of the catalogue that may lie beside the workspace.
const HELD: [(&str, &str); 7] = [
    ("lfads_lorenz.h5", "nlb/lfads_lorenz.h5"),
    ("MackeviciusData.mat", "spikes/songbird_hvc/MackeviciusData.mat"),
    ("songbird_spikes.txt", "spikes/songbird_hvc/songbird_spikes.txt"),
    ("sub-4_ses-4_ecephys+image.nwb", "spikes/dandi000207_human_mtl/sub-4_ses-4_ecephys+image.nwb"),
    ("A8604-211122.nwb", "spikes/pynapple_A8604_phy/A8604-211122.nwb"),
    ("time_trace.json", "celegans/flavell2023/time_trace.json"),
    ("neurons.json", "celegans/flavell2023/neurons.json"),
];

#[test]
fn the_shipped_catalogue_is_sound() {
    let catalogue = Catalogue::shipped().unwrap();
    assert!(catalogue.sources.len() > 10);
    for source in &catalogue.sources {
        assert!(
            READERS.contains(&source.reads_with.step.as_str()),
            "{}: {}",
            source.id,
            source.reads_with.step
        );
        assert!(source.landing.to_string().starts_with("https://"), "{}", source.id);
        for file in &source.files {
            assert!(file.address.to_string().starts_with("https://"), "{}", source.id);
        }
        if let Some(path) = &source.reads_with.path {
            let names = source.files.iter().map(|file| file.final_name().unwrap().as_str().to_owned());
            assert!(names.collect::<Vec<_>>().contains(path), "{}: {path}", source.id);
        }
        if source.checked {
            assert_eq!(Permission::of(source), Permission::Automatic, "{}", source.id);
        }
    }
}

#[test]
fn what_the_catalogue_says_of_files_is_true_of_those_we_hold() {
    let catalogue = Catalogue::shipped().unwrap();
    let listed: Vec<_> =
        catalogue.sources.iter().filter(|source| source.checked).flat_map(|s| &s.files).collect();
    assert_eq!(listed.len(), HELD.len());
    for (name, path) in HELD {
        let file = listed.iter().find(|file| file.file_name().unwrap().as_str() == name).unwrap();
        let Some(path) = shared_data(path) else { continue };
        let bytes = files::read_bytes(&path).unwrap();
        assert_eq!(file.bytes, Some(bytes.len() as u64), "{name}");
        assert_eq!(file.digest.blake3, Some(Digest::of(&bytes)), "{name}");
    }
}

#[test]
fn sources_without_a_licence_are_not_automated() {
    for source in Catalogue::shipped().unwrap().sources {
        let doubtful = ["none", "NC", "terms"].iter().any(|word| source.licence.contains(word));
        assert!(!doubtful || source.automate == Automation::Forbidden, "{}: {}", source.id, source.licence);
    }
}

#[test]
fn a_source_that_is_not_there_is_guessed() {
    let error = Catalogue::shipped().unwrap().get("lfads-lorentz").unwrap_err();
    assert!(error.report().contains("`lfads-lorenz`"), "{}", error.report());
}

#[test]
fn the_catalogue_in_the_docs_is_sound() {
    let page = files::read_text(&workspace_root().join("docs/fetch.md")).unwrap();
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let catalogue = Catalogue::parse(example, Path::new("docs/fetch.md")).unwrap();
    assert_eq!(catalogue.sources[0].files[1].unpacked_bytes, Some(60_000_000_000));
}

const SOUND: &str = "sources:
  - id: it
    title: A recording
    modality: spikes
    citation: Nobody
    licence: MIT
    automate: allowed
    landing: https://example.org/
    reads_with: { step: ingest.nwb }
    checked: false
    files:
      - address: https://example.org/a.nwb
        bytes: 5
";

fn mistake(text: &str) -> String {
    Catalogue::parse(text, Path::new("mine.yaml")).unwrap_err().report()
}

#[test]
fn mistakes_of_a_catalogue_are_named() {
    Catalogue::parse(SOUND, Path::new("mine.yaml")).unwrap();
    let second = SOUND.split_once('\n').unwrap().1;
    for (text, why) in [
        (format!("{SOUND}{second}"), "two sources have one id"),
        (SOUND.replace("id: it", "id: ../it"), "not an id"),
        (SOUND.replace("allowed", "forbidden"), "must say why"),
        (SOUND.replace("ingest.nwb", "prepare.bin"), "names no reader"),
        (SOUND.replace("checked: false", "checked: true"), "BLAKE3"),
        (SOUND.replace("bytes: 5", "name: ../a.nwb"), "not the name of a file"),
        (SOUND.replace("bytes: 5", "name: PROVENANCE.txt"), "kept for ourselves"),
        (SOUND.replace("bytes: 5", "name: a.part"), "kept for ourselves"),
        (SOUND.replace("bytes: 5", "unpacked_bytes: 5"), "set `unpack`"),
        (SOUND.replace("bytes: 5", "digest: { md5: 12 }"), "32 hexadecimal digits"),
        (SOUND.replace("bytes: 5", "bytes: -5"), "bytes"),
        (SOUND.replace("bytes: 5", "size: 5"), "size"),
        (SOUND.replace("https://example.org/a.nwb", "ftp://example.org/a.nwb"), "http and https"),
        (SOUND.replace("a.nwb", ""), "no name of a file"),
        (format!("{SOUND}      - address: https://example.org/A.nwb\n"), "two files have one name"),
        ("sources: 5".into(), "no catalogue"),
        ("sources: [".into(), "no catalogue"),
    ] {
        let report = mistake(&text);
        assert!(report.contains(why) && report.contains("mine.yaml"), "{why}: {report}");
    }
}

#[test]
fn a_mistake_in_yaml_has_a_place() {
    assert!(mistake(&SOUND.replace("bytes: 5", "bytes: five")).contains("13"));
}
