//! Parameters: unchecked as read, checked before anything is planned.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::DataPath;

/// Parameters of a step: a struct that denies unknown fields, whose doc comments become its help.
pub trait StepParams: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Reports every value that the type alone cannot refuse.
    fn check(&self, issues: &mut ParamIssues);
}

/// One thing wrong with one parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamIssue {
    /// Dotted path of the parameter (`kernel.sigma_s`); empty for the parameters as a whole.
    pub path: String,
    /// What is wrong, with the value found: "must be at least 1, got 0".
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for ParamIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "{}", self.message)
        } else {
            write!(f, "{} {}", self.path, self.message)
        }
    }
}

/// All that is wrong with a set of parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParamIssues(Vec<ParamIssue>);

impl ParamIssues {
    /// Reports `message` on `path` unless `holds`.
    ///
    /// ```
    /// # use neuroloom_core::ParamIssues;
    /// let mut issues = ParamIssues::default();
    /// let rank = 0;
    /// issues.require(rank >= 1, "rank", || format!("must be at least 1, got {rank}"));
    /// assert_eq!(issues.into_vec()[0].to_string(), "rank must be at least 1, got 0");
    /// ```
    pub fn require(&mut self, holds: bool, path: &str, message: impl FnOnce() -> String) {
        if !holds {
            self.push(ParamIssue { path: path.into(), message: message(), hint: None });
        }
    }

    /// Requires the parameter `path` to name something: `what` is "a file" or "a folder".
    pub fn require_path(&mut self, path: &DataPath, what: &str) {
        self.require(!path.as_str().is_empty(), "path", || format!("must name {what}, got nothing"));
    }

    /// Requires a name that is given not to be empty.
    pub fn require_name(&mut self, name: Option<&str>, field: &str) {
        self.require(name != Some(""), field, || "must not be empty".into());
    }

    /// Requires a list that is given to have an item: `what` is "signal".
    pub fn require_any<T>(&mut self, list: Option<&[T]>, field: &str, what: &str) {
        let is_empty = list.is_some_and(<[T]>::is_empty);
        self.require(!is_empty, field, || format!("must name at least one {what}, got none"));
    }

    /// Reports a value that is not a finite number above zero.
    pub fn require_positive(&mut self, value: f64, path: &str) {
        let holds = value.is_finite() && value > 0.0;
        self.require(holds, path, || format!("must be a finite number above 0, got {value}"));
    }

    /// Adds an issue.
    pub fn push(&mut self, issue: ParamIssue) {
        self.0.push(issue);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The issues in the order of their finding.
    pub fn into_vec(self) -> Vec<ParamIssue> {
        self.0
    }
}

/// The candidate nearest to `word`, if one is near enough to be a slip. A word longer than any name has none:
/// the comparison takes time and memory proportional to the product of the lengths.
///
/// ```
/// assert_eq!(neuroloom_core::nearest("rnak", ["rank", "seed"].into_iter()), Some("rank"));
/// assert_eq!(neuroloom_core::nearest("iterations", ["rank", "seed"].into_iter()), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    if word.len() > LONGEST {
        return None;
    }
    let slips = word.chars().count() / 3 + 1;
    candidates
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Reads parameters and reports all mistakes that the types can find: after each one the offending value is
/// taken out and the rest is read again. `schema` is asked for only where a field is missing: making one takes longer
/// than all the rest, and a sweep checks thousands of sets of parameters.
pub(crate) fn parse_all<P: DeserializeOwned>(
    params: &Value,
    schema: impl Fn() -> Value,
) -> Result<P, Vec<ParamIssue>> {
    const MAX_ISSUES: usize = 32;
    let mut removed = RemovedItems::default();
    let mut rest = if params.is_null() { Value::Object(Map::new()) } else { params.clone() };
    let mut issues = Vec::new();
    loop {
        match serde_path_to_error::deserialize::<_, P>(rest.clone()) {
            Ok(typed) if issues.is_empty() => return Ok(typed),
            Ok(_) => return Err(issues),
            Err(error) => {
                let path = segments(error.path());
                let original = removed.original(&path);
                let message = error.inner().to_string();
                if message.starts_with("missing field") {
                    let already: Vec<_> =
                        issues.iter().map(|issue: &ParamIssue| issue.path.clone()).collect();
                    issues.extend(
                        missing(params, &schema(), &original, &message)
                            .filter(|i| !already.contains(&i.path)),
                    );
                    return Err(issues);
                }
                issues.push(issue(&original, &message));
                removed.note(&original);
                if issues.len() == MAX_ISSUES || !remove(&mut rest, &path) {
                    return Err(issues);
                }
            }
        }
    }
}

/// The items that were taken out of lists, by the path of the list: those behind them have moved up since.
#[derive(Default)]
struct RemovedItems(BTreeMap<Vec<String>, BTreeSet<usize>>);

impl RemovedItems {
    fn note(&mut self, path: &[String]) {
        if let Some((last, list)) = path.split_last()
            && let Ok(index) = last.parse()
        {
            self.0.entry(list.to_vec()).or_default().insert(index);
        }
    }

    /// Where the value at `path` stood before anything was taken out.
    fn original(&self, path: &[String]) -> Vec<String> {
        let mut original = Vec::with_capacity(path.len());
        for segment in path {
            let moved = self.0.get(&original).zip(segment.parse::<usize>().ok());
            let segment = match moved {
                Some((removed, index)) => {
                    removed.iter().fold(index, |at, gone| if *gone <= at { at + 1 } else { at }).to_string()
                }
                None => segment.clone(),
            };
            original.push(segment);
        }
        original
    }
}

fn segments(path: &serde_path_to_error::Path) -> Vec<String> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn issue(path: &[String], message: &str) -> ParamIssue {
    let name = path.last().map_or("", String::as_str);
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let word = quoted.first().copied().unwrap_or(name);
    let hint = nearest(word, quoted.iter().skip(1).copied()).map(|near| format!("did you mean `{near}`?"));
    ParamIssue { path: path.join("."), message: message.to_owned(), hint }
}

/// The fields that the schema requires and nobody gave; serde reports only the first of them.
fn missing(
    params: &Value,
    schema: &Value,
    path: &[String],
    message: &str,
) -> impl Iterator<Item = ParamIssue> + use<> {
    let required = schema.get("required").and_then(Value::as_array).filter(|_| path.is_empty());
    let fields: Vec<String> = match required {
        Some(names) => {
            let absent = names.iter().filter_map(Value::as_str).filter(|name| params.get(name).is_none());
            absent.map(str::to_owned).collect()
        }
        None => message.split('`').nth(1).map(str::to_owned).into_iter().collect(),
    };
    let prefix = path.to_vec();
    fields.into_iter().map(move |field| {
        let path = [prefix.as_slice(), &[field]].concat().join(".");
        ParamIssue { path, message: "is required and missing".into(), hint: None }
    })
}

fn remove(value: &mut Value, path: &[String]) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    let mut parent = value;
    for name in parents {
        let child = match parent {
            Value::Object(map) => map.get_mut(name),
            Value::Array(items) => name.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        };
        match child {
            Some(child) => parent = child,
            None => return false,
        }
    }
    match parent {
        Value::Object(map) => map.remove(last).is_some(),
        Value::Array(items) => match last.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
