//! Tables of kind `partition`, read back.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

/// A hierarchy of groups of the nodes of one graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Partition {
    pub graph_id: String,
    pub model_id: String,
    /// Names of the nodes.
    pub nodes: Vec<String>,
    /// Level 0: group of every node; level l: group of every group of level l - 1.
    pub levels: Vec<Vec<u32>>,
}

impl Partition {
    /// Group of every node at `level`.
    pub fn groups_at(&self, level: usize) -> Vec<u32> {
        let nodes = 0..self.nodes.len() as u32;
        let up = |node: u32| {
            self.levels.iter().take(level + 1).fold(node, |member, groups| groups[member as usize])
        };
        nodes.map(up).collect()
    }

    /// Number of groups at `level`.
    pub fn n_groups(&self, level: usize) -> usize {
        self.levels.get(level).and_then(|groups| groups.iter().max()).map_or(0, |&last| last as usize + 1)
    }
}

/// All partitions of a table, in its order: by graph, then model.
///
/// # Errors
/// A level that is missing, a member that is missing or stands twice, a group below zero or left out.
pub fn read_partitions(table: &Table) -> Result<Vec<Partition>> {
    let (graphs, models) = (table.text("graph_id")?, table.text("model_id")?);
    let mut rows: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for row in 0..table.n_rows() {
        rows.entry((graphs.get_or_empty(row), models.get_or_empty(row))).or_default().push(row);
    }
    if rows.is_empty() {
        return Err(Error::data("partition table: there are no partitions").expected("at least one row"));
    }
    let read = |((graph_id, model_id), rows): ((&str, &str), Vec<usize>)| {
        let (nodes, levels) = read_levels(table, &rows).map_err(|error| error.at_object(graph_id))?;
        Ok(Partition { graph_id: graph_id.to_owned(), model_id: model_id.to_owned(), nodes, levels })
    };
    rows.into_iter().map(read).collect()
}

/// Names of the nodes and groups of all levels.
fn read_levels(table: &Table, rows: &[usize]) -> Result<(Vec<String>, Vec<Vec<u32>>)> {
    let (level_of, index_of) = (table.integers("level")?, table.integers("node_index")?);
    let (names, group_of) = (table.text("node")?, table.integers("group")?);
    let mut levels: BTreeMap<i64, BTreeMap<i64, usize>> = BTreeMap::new();
    for &row in rows {
        let members = levels.entry(level_of.value(row)).or_default();
        if members.insert(index_of.value(row), row).is_some() {
            return Err(wrong("a member stands twice in a level", row).found(names.get_or_empty(row)));
        }
    }
    let mut nodes = Vec::new();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (level, (&number, members)) in levels.iter().enumerate() {
        let first = members.values().next().copied().unwrap_or(0);
        if number != level as i64 {
            return Err(wrong("a level is missing", first)
                .expected(level.to_string())
                .found(number.to_string()));
        }
        let expected = groups.last().map_or(members.len(), |below| n_groups(below));
        let complete = members.len() == expected && members.keys().copied().eq(0..expected as i64);
        if !complete {
            return Err(wrong("members of a level are missing", first)
                .expected(format!("members 0 to {} of level {level}", expected.saturating_sub(1)))
                .found(format!("{} members", members.len())));
        }
        groups.push(level_groups(members, group_of)?);
        if level == 0 {
            nodes = members.values().map(|&row| names.get_or_empty(row).to_owned()).collect();
        }
    }
    Ok((nodes, groups))
}

fn level_groups(members: &BTreeMap<i64, usize>, group_of: &arrow_array::Int64Array) -> Result<Vec<u32>> {
    let mut groups = Vec::with_capacity(members.len());
    for &row in members.values() {
        let group = group_of.value(row);
        // There are at most as many groups as members: a larger number would leave groups empty.
        match u32::try_from(group) {
            Ok(group) if (group as usize) < members.len() => groups.push(group),
            _ => {
                return Err(wrong("a group is out of range", row)
                    .expected(format!("0 to {}", members.len() - 1))
                    .found(group.to_string()));
            }
        }
    }
    let mut seen = vec![false; n_groups(&groups)];
    groups.iter().for_each(|&group| seen[group as usize] = true);
    match seen.iter().position(|seen| !seen) {
        Some(empty) => {
            let first = members.values().next().copied().unwrap_or(0);
            Err(wrong("a group has no members", first).found(format!("group {empty}")))
        }
        None => Ok(groups),
    }
}

fn n_groups(groups: &[u32]) -> usize {
    groups.iter().max().map_or(0, |&last| last as usize + 1)
}

fn wrong(message: &str, row: usize) -> Error {
    Error::data(format!("partition table: {message}")).at_offset(row as u64)
}
