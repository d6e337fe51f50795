//! The lines of a pipeline file that read a source.

use std::path::Path;

use neuroloom_fetch::{Place, Source};

/// YAML that reads `source`, fetched into the folder `to`, in a pipeline file beside that folder.
pub fn recipe(source: &Source, to: &Path) -> String {
    let path = Place::new(to, source).readable(source);
    let mut with = vec![format!("path: {}", quoted(&path.display().to_string()))];
    with.extend(source.reads_with.with.iter().map(|(name, value)| format!("{name}: {value}")));
    let step = &source.reads_with.step;
    format!("steps:\n  recording:\n    use: {step}\n    with: {{ {} }}\n", with.join(", "))
}

/// Text in quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use neuroloom_fetch::Catalogue;

    use super::*;

    #[test]
    fn a_recipe_names_step_path_and_parameters() {
        let catalogue = Catalogue::shipped().unwrap();
        let text = recipe(catalogue.get("songbird-hvc").unwrap(), Path::new("my data"));
        assert!(text.contains("use: ingest.array\n"), "{text}");
        assert!(
            text.contains("path: \"my data/songbird-hvc/MackeviciusData.mat\", as: \"traces\""),
            "{text}"
        );
        assert!(text.contains("fs_hz: 30"), "{text}");
    }
}
