//! What is written beside the files: where they are from, under which licence, whom to cite.

use neuroloom_core::{Result, files};

use crate::catalogue::Source;
use crate::fetch::FetchedFile;
use crate::place::Place;

/// The name of the note.
pub(crate) const PROVENANCE_FILE: &str = "PROVENANCE.txt";

/// Writes the note beside the files of `source`. It holds no date: the same files give the same bytes.
pub(crate) fn write(source: &Source, place: &Place, fetched: &[FetchedFile]) -> Result<()> {
    files::write_bytes(&place.folder().join(PROVENANCE_FILE), text(source, fetched).as_bytes())
}

fn text(source: &Source, fetched: &[FetchedFile]) -> String {
    let mut lines = vec![
        source.title.clone(),
        String::new(),
        format!("source:   {}", source.id),
        format!("page:     {}", source.landing),
        format!("licence:  {}", source.licence),
        format!("cite:     {}", source.citation),
    ];
    lines.extend(source.doi.iter().map(|doi| format!("doi:      https://doi.org/{doi}")));
    lines.extend(source.reason.iter().map(|reason| format!("note:     {reason}")));
    for (file, fetched) in source.files.iter().zip(fetched) {
        lines.extend([String::new(), fetched.name.clone()]);
        lines.push(format!("  from    {}", file.address));
        lines.push(format!("  bytes   {}", fetched.bytes));
        lines.extend(fetched.digests.lines().iter().map(|line| format!("  {line}")));
        let verified = match fetched.verified {
            true => "the digest is the one that the catalogue names",
            false => "UNVERIFIED: no digest was known; the one above is what came",
        };
        lines.push(format!("  {verified}"));
    }
    lines.join("\n") + "\n"
}
