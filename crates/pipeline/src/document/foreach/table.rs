//! `{ table: recordings.csv, label: recording_id, into: { path: file } }`: a task for each row.

use std::path::Path;

use super::super::axis::{AxisValue, Setting, is_path};
use super::super::findings::{Findings, Place, listing};
use super::super::node::{Entry, Map, Node, Value};
use super::super::scalars;
use super::super::steps::unknown_keys;
use super::rows::{self, Rows};
use super::{Labels, required};

const KEYS: [&str; 4] = ["table", "label", "into", "where"];

/// The values of the axis that `map` describes, in the order of the rows. `None` where something is wrong, which is
/// reported.
pub(super) fn read(map: &Map, file: &Node, base: &Path, findings: &mut Findings) -> Option<Vec<AxisValue>> {
    unknown_keys(map, &KEYS, "a `foreach` over a table", findings);
    let label = required(map, "label", "COLUMN", file.place, findings);
    let into = required(map, "into", "{ PARAMETER: COLUMN }", file.place, findings);
    let path = base.join(file.expect_text("`table`", findings)?);
    let rows = match rows::read(&path) {
        Ok(rows) => rows,
        Err(why) => {
            findings.error(file.place, why);
            return None;
        }
    };
    let mut table = Table { path: &path, place: file.place, rows: &rows, findings };
    let label = table.column("`label`", label?);
    let into = table.columns(into?);
    let conditions = table.conditions(map.get("where"));
    table.values(label?, &into?, &conditions?)
}

/// A table with the place in the document that names it.
struct Table<'a> {
    path: &'a Path,
    place: Place,
    rows: &'a Rows,
    findings: &'a mut Findings,
}

/// A parameter and the column that it is taken from.
struct Column {
    parameter: String,
    place: Place,
    at: usize,
}

/// A column and the values of which one is wanted.
struct Condition {
    at: usize,
    wanted: Vec<String>,
}

impl Table<'_> {
    /// The column that the text in `node` names.
    fn column(&mut self, what: &str, node: &Node) -> Option<usize> {
        let name = node.expect_text(what, self.findings)?;
        self.find(name, node.place)
    }

    fn find(&mut self, name: &str, place: Place) -> Option<usize> {
        let names = || self.rows.columns.iter().map(String::as_str);
        let found = names().position(|column| column == name);
        if found.is_none() {
            let hint = self.findings.did_you_mean(name, names());
            let hint = hint.unwrap_or_else(|| format!("its columns are {}", listing(names())));
            let message = format!("{} has no column `{name}`", self.path.display());
            self.findings.error(place, message).hint(hint);
        }
        found
    }

    fn columns(&mut self, node: &Node) -> Option<Vec<Column>> {
        let entries = node.expect_map("`into`", self.findings)?.entries();
        let columns: Vec<Option<Column>> = entries.iter().map(|entry| self.target(entry)).collect();
        columns.into_iter().collect()
    }

    fn target(&mut self, entry: &Entry) -> Option<Column> {
        let Entry { key, key_place, value } = entry;
        if !is_path(key) {
            self.findings.error(*key_place, format!("`{key}` is not the path of a parameter"));
            return None;
        }
        let at = self.column("a column in `into`", value)?;
        Some(Column { parameter: key.clone(), place: *key_place, at })
    }

    fn conditions(&mut self, node: Option<&Node>) -> Option<Vec<Condition>> {
        let Some(node) = node else { return Some(Vec::new()) };
        let entries = node.expect_map("`where`", self.findings)?.entries();
        let conditions: Vec<Option<Condition>> = entries.iter().map(|entry| self.condition(entry)).collect();
        conditions.into_iter().collect()
    }

    fn condition(&mut self, entry: &Entry) -> Option<Condition> {
        let at = self.find(&entry.key, entry.key_place)?;
        let items = match &entry.value.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&entry.value),
        };
        let wanted: Option<Vec<String>> = items.iter().map(Node::scalar_text).collect();
        if wanted.is_none() && !matches!(entry.value.value, Value::Broken) {
            let message =
                format!("`{}` must be a value or a list of them, found {}", entry.key, entry.value.what());
            self.findings.error(entry.value.place, message);
        }
        Some(Condition { at, wanted: wanted? })
    }

    fn values(&mut self, label: usize, into: &[Column], conditions: &[Condition]) -> Option<Vec<AxisValue>> {
        let mut labels = Labels::default();
        let mut values = Vec::new();
        let rows = self.rows;
        for (line, cells) in rows.rows.iter().filter(|(_, cells)| conditions.iter().all(|c| c.holds(cells))) {
            let place = format!("{}:{line}", self.path.display());
            let name = cells.get(label).map(String::as_str).unwrap_or_default();
            let settings = labels.add(name, &place).and_then(|()| settings(cells, into, &place));
            match settings {
                Ok(settings) => values.push(AxisValue { label: name.to_owned(), settings }),
                Err(why) => {
                    self.findings.error(self.place, why);
                    return None;
                }
            }
        }
        if values.is_empty() {
            let hint = if rows.rows.is_empty() {
                "it has a header and nothing below".to_owned()
            } else {
                format!("`where` holds for none of its {} rows", rows.rows.len())
            };
            self.findings.error(self.place, format!("{} has no row to run", self.path.display())).hint(hint);
            return None;
        }
        Some(values)
    }
}

impl Condition {
    /// Whether the cell has a wanted value: the same text, or the same number (`1.0` and `1`).
    fn holds(&self, cells: &[String]) -> bool {
        let Some(cell) = cells.get(self.at) else { return false };
        let number = |text: &str| text.parse::<f64>().ok();
        self.wanted
            .iter()
            .any(|wanted| wanted == cell || number(wanted).is_some_and(|n| number(cell) == Some(n)))
    }
}

/// What the row gives to the parameters. An empty cell gives nothing: the parameter stays as `with` has it.
fn settings(cells: &[String], into: &[Column], row: &str) -> Result<Vec<Setting>, String> {
    let mut settings = Vec::with_capacity(into.len());
    for Column { parameter, place, at } in into {
        let cell = cells.get(*at).map(String::as_str).unwrap_or_default();
        let value = scalars::resolve(cell).map_err(|why| format!("{row}: `{parameter}`: {why}"))?;
        if !matches!(value, Value::Null) {
            let value = Node { value, place: *place };
            settings.push(Setting { path: parameter.clone(), place: *place, value });
        }
    }
    Ok(settings)
}
