//! What tasks, their folders and their copies are called.

use std::path::{Path, PathBuf};

/// `factors`, `factors[rank=4]`, `factors[rank=4,l=0.1]`.
pub(super) fn task_id(step: &str, variant: &[(String, String)]) -> String {
    if variant.is_empty() {
        return step.to_owned();
    }
    let axes: Vec<String> = variant.iter().map(|(axis, label)| format!("{axis}={label}")).collect();
    format!("{step}[{}]", axes.join(","))
}

/// `factors/rank=4/l=0.1`.
pub(super) fn task_folder(step: &str, variant: &[(String, String)]) -> PathBuf {
    variant.iter().fold(PathBuf::from(step), |folder, axis| folder.join(folder_name(axis)))
}

/// `results/rank=4/motifs.parquet` for `results/motifs.parquet`.
pub(super) fn in_variant(file: &Path, variant: &[(String, String)]) -> PathBuf {
    let mut path = file.parent().map(PathBuf::from).unwrap_or_default();
    path.extend(variant.iter().map(folder_name));
    path.extend(file.file_name());
    path
}

/// `rank=4`, with everything that a file system may not like written as `%20`.
fn folder_name((axis, label): &(String, String)) -> String {
    const LENGTH_LIMIT: usize = 100;
    let mut name = String::new();
    for byte in format!("{axis}={label}").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'=' | b'.' | b'_' | b'-' | b'+' => {
                name.push(char::from(byte));
            }
            other => name.push_str(&format!("%{other:02X}")),
        }
    }
    if name.len() > LENGTH_LIMIT {
        let digest = neuroloom_core::Digest::of(name.as_bytes()).short();
        name = name.chars().take(LENGTH_LIMIT - digest.len() - 1).collect();
        name = format!("{name}~{digest}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(axis: &str, label: &str) -> String {
        folder_name(&(axis.into(), label.into()))
    }

    #[test]
    fn folders_have_safe_names() {
        assert_eq!(name("kernel.sigma_s", "0.1"), "kernel.sigma_s=0.1");
        assert_eq!(name("epoch", "../wake 1"), "epoch=..%2Fwake%201");
        assert_eq!(name("epoch", "ü"), "epoch=%C3%BC");
    }

    #[test]
    fn long_labels_stay_apart() {
        let (one, other) = (name("a", &"x".repeat(300)), name("a", &"x".repeat(301)));
        assert_eq!(one.len(), 100);
        assert_ne!(one, other);
    }

    #[test]
    fn a_copy_lies_in_the_folder_of_its_variant() {
        let variant = [("rank".to_owned(), "4".to_owned())];
        assert_eq!(in_variant("a/b.parquet".as_ref(), &variant), PathBuf::from("a/rank=4/b.parquet"));
        assert_eq!(in_variant("b.parquet".as_ref(), &[]), PathBuf::from("b.parquet"));
    }
}
