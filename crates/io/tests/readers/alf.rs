//! ALF folders: made ones, damaged and wrong ones.

use std::path::{Path, PathBuf};

use crate::numpy;
use neuroloom_core::{Inputs, PlanContext, PlannedInputs, Registry, RunContext, files};
use neuroloom_io::alf::{self, IngestAlf, ReadOptions};
use neuroloom_table::Columns;
use neuroloom_testkit::assert_survives;
use serde_json::json;

/// Clusters 0 and 2 of three have spikes; names carry a namespace or an id, as downloads do.
fn probe() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("probe00");
    numpy::write_f64(&path.join("spikes.times.1f2e-99.npy"), &[0.5, 0.75, 1.0]);
    numpy::write_i32(&path.join("spikes.clusters.npy"), &[2, 0, 2]);
    numpy::write_i32(&path.join("clusters.channels.npy"), &[1, 0, 0]);
    numpy::write_f64(&path.join("_ibl_clusters.depths.npy"), &[20.0, 40.0, 60.0]);
    let acronyms: Vec<u8> =
        ["CA1", "PO "].concat().chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let acronyms = numpy::npy("<U3", &[2], acronyms);
    files::write_bytes(&path.join("channels.brainLocationAcronyms_ccf_2017.npy"), &acronyms).unwrap();
    (folder, path)
}

#[test]
fn spikes_come_with_channel_depth_and_region() {
    let (_folder, path) = probe();
    let recording = alf::read(&path, &ReadOptions::default()).unwrap();
    let spikes = &recording.spikes;
    assert_eq!(spikes.n_rows(), 2);
    assert_eq!(spikes.text("unit_id").unwrap().get(1), Some("2"));
    assert_eq!(spikes.lists("spike_times_s").unwrap().get(1).unwrap().as_ref(), [0.5, 1.0]);
    let regions = spikes.text("region").unwrap();
    assert_eq!((regions.get(0), regions.get(1)), (Some("PO "), Some("CA1")));
    assert_eq!(spikes.numbers("depth_um").unwrap().get(1), Some(60.0));
    assert_eq!(spikes.integers("channel").unwrap().value(0), 1);
    assert_eq!(recording.recordings.text("recording_id").unwrap().get(0), Some("probe00"));
}

#[test]
fn files_that_do_not_fit_are_refused() {
    let refused = |damage: &dyn Fn(&Path), message: &str| {
        let (_folder, path) = probe();
        damage(&path);
        let error = alf::read(&path, &ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    };
    refused(&|path| numpy::write_i32(&path.join("spikes.clusters.npy"), &[0]), "differ in number");
    refused(&|path| numpy::write_i32(&path.join("spikes.clusters.npy"), &[0, -1, 0]), "no attributes");
    refused(&|path| numpy::write_i32(&path.join("clusters.channels.npy"), &[7, 7, 7]), "no brain region");
    refused(&|path| numpy::write_f64(&path.join("spikes.times.npy"), &[0.0]), "two files");
    refused(&|path| files::remove_file(&path.join("spikes.clusters.npy")).unwrap(), "no ALF spikes");
    refused(
        &|path| numpy::write_f64(&path.join("spikes.times.1f2e-99.npy"), &[3.0, 2.0, 1.0]),
        "run backwards",
    );
    assert!(alf::read(Path::new("no/such/folder"), &ReadOptions::default()).is_err());
}

#[test]
fn the_step_plans_what_it_gives_and_names_its_files() {
    let (folder, _path) = probe();
    let registry = Registry::default().with(IngestAlf);
    let step = registry.get("ingest.alf").unwrap();
    let params = step.check(&json!({ "path": "probe00" })).unwrap();
    let context = PlanContext { base: folder.path().to_path_buf(), threads: 1 };
    let plan = step.plan(&context, &params, &PlannedInputs::default()).unwrap();
    assert_eq!(plan.outputs["spikes"].dim("spikes"), Some(3));
    let run = step.run(&RunContext::for_test(folder.path()), &params, &Inputs::default()).unwrap();
    assert_eq!(run.tables["spikes"].n_rows(), 2);
    assert_eq!(step.files(&params, folder.path()).unwrap().len(), 5);
}

#[test]
fn damaged_files_are_read_or_refused() {
    for name in [
        "spikes.times.1f2e-99.npy",
        "spikes.clusters.npy",
        "clusters.channels.npy",
        "channels.brainLocationAcronyms_ccf_2017.npy",
    ] {
        let (_folder, path) = probe();
        let (bytes, target) = (std::fs::read(path.join(name)).unwrap(), path.join(name));
        let outcomes = assert_survives(&bytes, 200, move |damaged| {
            files::write_bytes(&target, &files::read_bytes(damaged)?)?;
            alf::read(&path, &ReadOptions::default())
        });
        assert!(outcomes.refused > 50, "{name}: {outcomes:?}");
    }
}
