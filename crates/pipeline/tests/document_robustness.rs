//! Whatever the text, loading ends with a pipeline or with diagnostics, and twice with the same.
#![allow(clippy::unwrap_used, reason = "the helpers of these tests may fail as tests do")]

mod support;

use std::io::Write;

use neuroloom_core::files;
use neuroloom_pipeline::document::load;
use proptest::prelude::*;
use support::registry;
use tempfile::{Builder, TempDir};

const DOCUMENTS: [&str; 9] = [
    include_str!("documents/complete.yaml"),
    include_str!("documents/binding.yaml"),
    include_str!("documents/matrices.yaml"),
    include_str!("documents/variables.yaml"),
    include_str!("documents/loops.yaml"),
    include_str!("documents/merge_keys.yaml"),
    include_str!("documents/resources.yaml"),
    include_str!("documents/collect.yaml"),
    include_str!("documents/foreach_table.yaml"),
];

/// Pieces that mean something to YAML or to the language.
const PIECES: [&str; 31] = [
    "\n", "  ", "\t", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "<<: ", "!!str ", "---\n", "\"", "'",
    "|", ">-", "${rank}", "null", "#", "\u{feff}", "\u{0}", "*", "**/", "[!", "8G", "all", "found", "w1",
];

#[derive(Clone, Debug)]
enum Edit {
    Insert(prop::sample::Index, usize),
    Delete(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Byte(prop::sample::Index, u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0..PIECES.len()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        (at(), 1..40_usize).prop_map(|(at, length)| Edit::Delete(at, length)),
        (at(), 1..80_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Byte(at, byte)),
    ]
}

fn apply(text: &mut Vec<u8>, edit: &Edit) {
    if text.is_empty() {
        return;
    }
    match edit {
        Edit::Insert(at, piece) => {
            let at = at.index(text.len());
            text.splice(at..at, PIECES[*piece].bytes());
        }
        Edit::Delete(at, length) => {
            let at = at.index(text.len());
            text.drain(at..(at + length).min(text.len()));
        }
        Edit::Repeat(at, length) => {
            let at = at.index(text.len());
            let copy = text[at..(at + length).min(text.len())].to_vec();
            text.splice(at..at, copy);
        }
        Edit::Byte(at, byte) => {
            let at = at.index(text.len());
            text[at] = *byte;
        }
    }
}

thread_local! {
    /// A folder with something to find, so that a pattern that was mutated to `**` walks through nothing else.
    static FOLDER: TempDir = {
        let folder = tempfile::tempdir().unwrap();
        let found = folder.path().join("found");
        for name in ["monday/w1.nwb", "monday/w2.nwb", "recordings.csv"] {
            files::write_bytes(&found.join(name), include_bytes!("documents/found/recordings.csv")).unwrap();
        }
        folder
    };
}

/// What loading gives.
fn outcome(text: &[u8]) -> String {
    let loaded = FOLDER.with(|folder| {
        let mut file = Builder::new().prefix("pipeline.yaml").rand_bytes(0).tempfile_in(folder).unwrap();
        file.write_all(text).unwrap();
        load(file.path(), &[], &registry())
    });
    match loaded {
        Ok(pipeline) => format!("{:?} {:?}", pipeline.tasks, pipeline.outputs),
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            for diagnostic in &diagnostics {
                assert!(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.message.is_empty());
            }
            diagnostics.to_string()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_documents_end_in_a_pipeline_or_in_diagnostics_and_twice_in_the_same(
        document in 0..DOCUMENTS.len(),
        edits in prop::collection::vec(edit(), 0..8),
    ) {
        let mut text = DOCUMENTS[document].as_bytes().to_vec();
        edits.iter().for_each(|edit| apply(&mut text, edit));
        prop_assert_eq!(outcome(&text), outcome(&text));
    }

    #[test]
    fn any_text_ends_in_diagnostics(text in "\\PC{0,200}") {
        outcome(text.as_bytes());
    }
}
