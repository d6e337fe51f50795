//! `README.md` of an export.

use neuroloom_pipeline::manifest::Manifest;

use super::Options;
use super::inputs::Inputs;

/// Sources that are listed; the others stand in `inputs.json`.
const MOST_SOURCES: usize = 20;

/// How to repeat the run.
pub(super) fn text(manifest: &Manifest, inputs: &Inputs, options: &Options) -> String {
    let Manifest { name, neuroloom: version, .. } = manifest;
    let data = if options.data { "are here" } else { "are not here: put them where the table says" };
    let results =
        if options.results { "`results/` holds what it gave." } else { "What it gave is not here." };
    format!(
        "# {name}

A run of Neuroloom {version} with {n_tasks} tasks, finished {finished}. {results}

To repeat it, with Neuroloom {version}:

```sh
neuroloom export --check .         # are all sources here, and the right ones?
neuroloom run pipeline.yaml --out again
neuroloom diff . again             # the same bytes?
```

| file | what it is |
| --- | --- |
| `pipeline.yaml` | the pipeline: bases merged, overrides applied, every step with its version |
| `inputs.json` | the source files with their sizes and BLAKE3 digests |
| `run.lock` | the plan as it was before anything ran |
| `manifest.json` | what the run read, did and gave, with the digest of every table |
| `ro-crate-metadata.json` | the same for other programs (RO-Crate 1.1) |

The sources {data}.

| source | bytes | BLAKE3 |
| --- | --- | --- |
{sources}",
        n_tasks = manifest.tasks.len(),
        finished = manifest.finished,
        sources = sources(inputs),
    )
}

fn sources(inputs: &Inputs) -> String {
    let row = |path: &str, bytes: &str, digest: &str| format!("| {path} | {bytes} | {digest} |\n");
    let rows = inputs.iter().take(MOST_SOURCES).map(|input| {
        let bytes = input.bytes.map_or_else(String::new, |bytes| bytes.to_string());
        row(&format!("`{}`", input.path), &bytes, &format!("`{}`", input.blake3.short()))
    });
    let mut rows: String = rows.collect();
    match inputs.len().saturating_sub(MOST_SOURCES) {
        0 => {}
        more => rows.push_str(&row(&format!("and {more} more: see `inputs.json`"), "", "")),
    }
    rows
}
