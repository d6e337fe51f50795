//! All sources as a table.

use std::path::Path;

use neuroloom_fetch::{Catalogue, Permission, Place, Source, State};
use serde_json::json;

use super::super::{aligned, pretty};
use crate::failure::Failure;

pub fn list(catalogue: &Catalogue, to: &Path, json: bool) -> Result<(), Failure> {
    let mut rows = vec![["source", "size", "fetch", "state", "licence", "what"].map(str::to_owned).to_vec()];
    let mut values = Vec::new();
    for source in &catalogue.sources {
        let state = state(source, to)?;
        rows.push(vec![
            source.id.clone(),
            size(source.bytes()),
            Permission::of(source).word().to_owned(),
            state.to_owned(),
            short(&source.licence, 24),
            short(&source.title, 90),
        ]);
        values.push(json!({
            "source": source, "bytes": source.bytes(), "fetch": Permission::of(source).word(), "state": state,
        }));
    }
    if json {
        println!("{}", pretty(&values)?);
    } else {
        print!("{}", aligned(&rows));
        println!(
            "\n`neuroloom fetch SOURCE` downloads one into {}; for the others it says what to do.",
            to.display()
        );
    }
    Ok(())
}

fn state(source: &Source, to: &Path) -> Result<&'static str, Failure> {
    Ok(match Place::new(to, source).state(source)? {
        State::Absent => "-",
        State::Part => "in part",
        State::Here => "here",
    })
}

/// `1.8 MB`, in powers of ten as disks and archives count.
pub fn size(bytes: Option<u64>) -> String {
    let Some(bytes) = bytes else { return "?".into() };
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let bytes_f64 = bytes as f64;
    match units.iter().find(|(_, unit)| bytes_f64 >= *unit) {
        Some((name, unit)) => format!("{:.1} {name}", bytes_f64 / unit),
        None => format!("{bytes} B"),
    }
}

/// At most `most` characters.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        assert_eq!(size(Some(62_642)), "62.6 kB");
        assert_eq!(size(Some(999)), "999 B");
        assert_eq!(size(None), "?");
    }

    #[test]
    fn long_texts_are_shortened() {
        assert_eq!(short("abcdef", 4), "abc…");
        assert_eq!(short("äöü", 3), "äöü");
    }
}
