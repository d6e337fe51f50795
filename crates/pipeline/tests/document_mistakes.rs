//! Every rule of the language has a document that breaks it; the snapshots show what its author then reads.

mod support;

use neuroloom_pipeline::document::{Override, load};
use support::{fixture, load_text, mistakes, registry};

macro_rules! snapshots {
    ($($name:ident: $file:literal),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(stringify!($name), mistakes($file));
            }
        )*
    };
}

snapshots! {
    five_mistakes: "five_mistakes.yaml",
    top_level: "top_level.yaml",
    no_version: "no_version.yaml",
    step_shape: "step_shape.yaml",
    params: "params.yaml",
    binding: "binding.yaml",
    loops: "loops.yaml",
    variables: "variables.yaml",
    matrices: "matrices.yaml",
    disagreeing_axes: "disagreeing_axes.yaml",
    large_matrix: "large_matrix.yaml",
    foreach: "foreach_mistakes.yaml",
    collect: "collect_mistakes.yaml",
    collect_shape: "collect_shape.yaml",
    resources: "resources_mistakes.yaml",
    outputs: "outputs.yaml",
    duplicate_keys: "duplicate_keys.yaml",
    tab: "tab.yaml",
    unclosed: "unclosed.yaml",
    two_documents: "two_documents.yaml",
    tags: "tags.yaml",
    alias_bomb: "alias_bomb.yaml",
    alias_loop: "alias_loop.yaml",
    unknown_alias: "unknown_alias.yaml",
    complex_key: "complex_key.yaml",
    empty: "empty.yaml",
    only_comment: "only_comment.yaml",
    scalar: "scalar.yaml",
    absent_file: "absent.yaml",
    mistake_in_base: "extends/mistake_in_base.yaml",
    loop_of_files: "extends/loop_a.yaml",
    absent_bases: "extends/absent.yaml",
}

#[test]
fn overrides_are_reported_as_such() {
    let overrides = [
        "seed=x",
        "steps.rdm.with.rank=0",
        "steps.rmd.with.rank=1",
        "vars.rnak=1",
        "steps.rdm.use=test.models",
        "steps.rdm.with.mode=exact",
        "steps.rdm.with.kernel.sigma_s.deep=1",
        "steps.wake.with.units.7=1",
        "steps.wake.with.path=[a",
        "vars..x=1",
        "steps.wake.with.unit=1",
        "resources.memory=lots",
        "steps.rdm.resources.core=2",
        "steps.rdm.resources.deep.er=2",
    ];
    insta::assert_snapshot!(fixture("complete.yaml", &overrides).err().unwrap());
}

#[test]
fn a_parameter_that_is_found_cannot_be_overridden() {
    let said = fixture("foreach_files.yaml", &["steps.wake.with.path=a.nwb"]).err().unwrap().to_string();
    assert!(said.contains("the foreach of `wake` sets `path`, so that this has no effect"), "{said}");
}

#[test]
fn tasks_of_one_name_are_refused() {
    let said = mistakes("alike.yaml");
    assert!(said.contains("two tasks would be called `wake[a=1,b=2,b=3]`"), "{said}");
}

#[test]
fn collecting_everything_for_every_variant_is_refused() {
    let numbers = (1..=120).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
    let text = format!(
        "neuroloom: 1\nsteps:\n  wake: {{ use: test.source, with: {{ path: a }} }}\n  \
         rdm: {{ use: test.rdm, in: wake, matrix: {{ rank: [{numbers}], kernel.sigma_s: [{numbers}] }} }}\n  \
         other: {{ use: test.rdm, in: wake, matrix: {{ label: [l{}] }}, with: {{ rank: 1 }} }}\n  \
         each: {{ use: test.compare, in: {{ data: rdm, models: other }}, collect: [rank, kernel.sigma_s] }}\n",
        numbers.replace(", ", ", l")
    );
    let said = load_text(text.as_bytes()).1.err().unwrap().to_string();
    assert!(said.contains("up to `each` there are"), "{said}");
    assert!(said.contains("connections between tasks, more than 1000000"), "{said}");
}

#[test]
fn five_mistakes_are_reported_at_once_each_with_its_place() {
    let diagnostics = fixture("five_mistakes.yaml", &[]).err().unwrap();
    let places: Vec<_> = diagnostics.iter().map(|d| (d.line, d.column)).collect();
    assert_eq!(places, [(5, 10), (9, 19), (12, 9), (13, 19), (16, 30)]);
}

#[test]
fn machines_get_the_same_as_json() {
    insta::assert_json_snapshot!(fixture("five_mistakes.yaml", &[]).err().unwrap().to_json());
}

#[test]
fn text_that_is_not_utf8_is_reported_where_it_begins() {
    let (_, loaded) = load_text(b"neuroloom: 1\nname: \xc3\xa4\xff\n");
    let diagnostics = loaded.err().unwrap();
    let first = diagnostics.iter().next().unwrap();
    assert_eq!((first.line, first.column), (2, 8));
    assert_eq!(first.message, "the file is not UTF-8 text: byte 0xFF at offset 21");
}

#[test]
fn a_huge_file_is_refused() {
    let (_, loaded) = load_text(&vec![b'#'; (4 << 20) + 1]);
    assert!(loaded.err().unwrap().to_string().contains("larger than 4 MiB"));
}

#[test]
fn a_folder_is_no_pipeline() {
    let folder = tempfile::tempdir().unwrap();
    let diagnostics = load(folder.path(), &[] as &[Override], &registry()).err().unwrap();
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn millions_of_mistakes_are_counted_not_listed() {
    let text = format!("neuroloom: 1\nsteps:\n{}", "  a: {}\n".repeat(500_000));
    let (_, loaded) = load_text(text.as_bytes());
    let diagnostics = loaded.err().unwrap();
    assert_eq!(diagnostics.len(), 100);
    assert!(diagnostics.to_string().contains("more are not listed"));
}

#[test]
fn deep_nesting_is_refused() {
    // Each value holds the one before it ten levels deeper: the text is flat, the tree is not.
    let doubling = (1..20).map(|n| format!("a{n}: &a{n} [[[[[[[[[[*a{}]]]]]]]]]]\n", n - 1));
    let doubling = format!("a0: &a0 []\n{}", doubling.collect::<String>());
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        format!("a: {}{}", "[".repeat(70), "]".repeat(70)),
        doubling,
    ] {
        let message = load_text(text.as_bytes()).1.err().unwrap().to_string();
        assert!(message.contains("nested deeper than 64 levels"), "{message}");
    }
}

#[test]
fn variables_cannot_blow_the_pipeline_up() {
    let uses = "${text}".repeat(1000);
    let units = vec!["\"${text}\""; 1000].join(", ");
    let text = format!(
        "neuroloom: 1\nvars: {{ text: \"{}\" }}\nsteps:\n  wake: {{ use: test.source, with: {{ path: \"{uses}\", units: [{units}] }} }}",
        "x".repeat(100_000),
    );
    let (_, loaded) = load_text(text.as_bytes());
    assert!(loaded.err().unwrap().to_string().contains("variables blow the pipeline up"));
}

#[test]
fn a_table_of_any_kind_still_has_one_kind() {
    let said = mistakes("any_kind_mistakes.yaml");
    for part in [
        "several outputs fit the input `table` (any): `wake.spikes`, `wake.labels`",
        "the input `table` of `nothing` is not connected",
        "it needs a table of kind `spikes`; the sources offer `labels.table` (labels)",
        "the input `spikes` needs a table of kind `spikes`, found `labels.table` (labels)",
    ] {
        assert!(said.contains(part), "{part:?} is not in:\n{said}");
    }
    assert_eq!(said.matches("error: ").count(), 4, "{said}");
}
