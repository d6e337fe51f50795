//! The tables of clusters: `cluster_info.tsv`, `cluster_group.tsv`, `cluster_KSLabel.tsv`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};

const INFO: &str = "cluster_info.tsv";
/// Files and columns that say how good a cluster is. What a person decided goes before what Kilosort guessed.
const QUALITY: [(&str, &str); 5] = [
    (INFO, "group"),
    ("cluster_group.tsv", "group"),
    ("cluster_groups.csv", "group"),
    (INFO, "KSLabel"),
    ("cluster_KSLabel.tsv", "KSLabel"),
];
/// What phy writes for a cluster that nobody has looked at.
const UNDECIDED: [&str; 2] = ["", "unsorted"];

/// What the tables say of the clusters.
#[derive(Clone, Debug, Default)]
pub(super) struct Clusters {
    pub(super) quality: BTreeMap<i64, String>,
    pub(super) shank: BTreeMap<i64, String>,
    pub(super) channel: BTreeMap<i64, String>,
    /// Position along the probe, µm.
    pub(super) depth: BTreeMap<i64, String>,
}

/// The tables that are in `folder`.
pub(super) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<&str> = QUALITY.iter().map(|(file, _)| *file).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| folder.join(name)).filter(|path| files::is_file(path)).collect()
}

/// Reads the tables in `folder`.
///
/// # Errors
/// When one has no column of ids, or a row that does not fit its header.
pub(super) fn read(folder: &Path) -> Result<Clusters> {
    let mut clusters = Clusters::default();
    for (file, name) in QUALITY {
        for (id, label) in column(&folder.join(file), &[name])? {
            if !UNDECIDED.contains(&label.as_str()) {
                clusters.quality.entry(id).or_insert(label);
            }
        }
    }
    let info = folder.join(INFO);
    clusters.shank = column(&info, &["sh", "shank"])?;
    clusters.channel = column(&info, &["ch", "channel"])?;
    clusters.depth = column(&info, &["depth"])?;
    Ok(clusters)
}

/// The column called one of `names`, by cluster; nothing where table or column are absent.
fn column(path: &Path, names: &[&str]) -> Result<BTreeMap<i64, String>> {
    if !files::is_file(path) {
        return Ok(BTreeMap::new());
    }
    parse_column(&files::read_text(path)?, names).map_err(|error| error.at_file(path))
}

fn parse_column(text: &str, names: &[&str]) -> Result<BTreeMap<i64, String>> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, header)) = lines.next() else { return Ok(BTreeMap::new()) };
    // Even the file that ends in .csv is separated by tabs.
    let separator = if header.contains('\t') { '\t' } else { ',' };
    let cells = |line: &str| line.split(separator).map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let header = cells(header);
    let place = |wanted: &[&str]| header.iter().position(|name| wanted.contains(&name.as_str()));
    let id = place(&["cluster_id", "id"]).ok_or_else(|| {
        Error::data("a table of clusters has no column of ids")
            .expected("a column cluster_id or id")
            .found(header.join(", "))
    })?;
    let Some(wanted) = place(names) else { return Ok(BTreeMap::new()) };
    let mut values = BTreeMap::new();
    for (number, line) in lines {
        let row = cells(line);
        let cluster = row.get(id).and_then(|cell| cell.parse::<i64>().ok());
        let (Some(cluster), Some(value)) = (cluster, row.get(wanted)) else {
            return Err(Error::data("a row of a table of clusters makes no sense")
                .at_object(format!("line {}", number + 1))
                .expected(format!("{} columns and an integer id", header.len()))
                .found(format!("{line:?}")));
        };
        if !value.is_empty() {
            values.insert(cluster, value.clone());
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let table = "cluster_id\tAmplitude\tgroup\n0\t1.5\tgood\n\n4\t2\t\n7\t3\tnoise\n";
        let column = parse_column(table, &["group"]).unwrap();
        assert_eq!(column, BTreeMap::from([(0, "good".into()), (7, "noise".into())]));
        assert!(parse_column(table, &["depth"]).unwrap().is_empty());
        assert!(parse_column("a,b\n1,2\n", &["b"]).is_err());
        let error = parse_column("id,group\n1,good\nx,good\n", &["group"]).unwrap_err();
        assert_eq!(error.location().object.as_deref(), Some("line 3"));
    }
}
