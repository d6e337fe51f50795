//! Two stores with one remote behind both.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::{Digest, StepOutput, Summary, files};
use neuroloom_pipeline::key::Ingredients;
use neuroloom_pipeline::store::{Entry, Remote, Store};
use neuroloom_table::{TableBuilder, kinds};

/// A result large enough to be moved in parts: two million numbers that do not compress.
fn output() -> StepOutput {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64
    };
    let times: Vec<f64> = (0..2_000_000).map(|_| next()).collect();
    let builder = TableBuilder::new(kinds::SPIKES).text("recording_id", ["r"]).text("unit_id", ["u"]);
    let table = builder.lists("spike_times_s", [times]).finish().unwrap();
    StepOutput::new(Summary::default()).table("spikes", table)
}

fn ingredients() -> Ingredients {
    Ingredients {
        step: "test.step@1".into(),
        params: serde_json::json!({ "n": 2_000_000 }),
        seed: None,
        inputs: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}

fn contents(entry: &Entry) -> BTreeMap<String, Digest> {
    let names = files::list_files(entry.folder()).unwrap().into_iter();
    names
        .map(|name| (name.display().to_string(), files::digest(&entry.folder().join(name)).unwrap()))
        .collect()
}

/// A result of one store is found by another, byte for byte; `open` opens the same remote each time.
pub fn assert_shared(open: impl Fn() -> Arc<dyn Remote>) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [first, second] = folders.each_ref().map(|folder| Store::new(folder.path()).with_remote(open()));
    let (key, recipe) = (ingredients().key(), Digest::of(b"a recipe"));
    assert!(second.find(recipe).is_none() && second.get(key).is_none());
    let put = first.put(key, ingredients(), &output(), false).unwrap();
    assert!(put.record.outputs["spikes"].bytes > 8 << 20, "large enough for parts");
    first.remember(recipe, key).unwrap();
    first.settle().unwrap();
    let found = second.find(recipe).unwrap();
    assert_eq!(contents(&found), contents(&put));
    second.settle().unwrap();
    assert_eq!((first.take_warning(), second.take_warning()), (None, None));
    assert!(second.without_remote().find(recipe).is_some(), "it is here now");
}
