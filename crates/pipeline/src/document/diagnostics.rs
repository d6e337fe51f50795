//! What is wrong with a pipeline file, where, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::Position;

/// More than this many are counted, not listed: nobody reads them, and a hostile file could ask for millions.
pub(super) const LISTED: usize = 100;

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The pipeline cannot run.
    Error,
    /// The pipeline runs; something in it has no effect.
    Warning,
}

/// One mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Whether the pipeline can run all the same.
    pub severity: Severity,
    /// The file, or `--set N` for the N-th override of the command line.
    pub file: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// How many characters are meant; at least 1.
    pub length: usize,
    /// The text of the line, where there is one.
    pub source_line: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A mistake found at `position` after the file was read, so that its line is not shown.
    pub fn error(position: &Position, message: impl Into<String>, hint: Option<String>) -> Self {
        let Position { file, line, column } = position.clone();
        let message = message.into();
        Self { severity: Severity::Error, file, line, column, length: 1, source_line: None, message, hint }
    }
}

/// All that is wrong, sorted by file, line and column.
///
/// Its `Display` shows every mistake with its line and a caret under the place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    unlisted: usize,
}

impl Diagnostics {
    /// Sorts and removes repetitions. `unlisted` more were found and are only counted.
    pub(super) fn new(mut list: Vec<Diagnostic>, unlisted: usize) -> Self {
        list.sort_by_cached_key(|d| {
            (override_number(&d.file), d.file.clone(), d.line, d.column, d.severity, d.message.clone())
        });
        list.dedup();
        Self { list, unlisted }
    }

    /// How many are listed.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The diagnostics, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The diagnostics as a JSON list, for machines.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(&self.list).unwrap_or_default()
    }

    pub(super) fn into_vec(self) -> Vec<Diagnostic> {
        self.list
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Self::new(diagnostics.into_iter().collect(), 0);
        all.unlisted = all.list.len().saturating_sub(LISTED);
        all.list.truncate(LISTED);
        all
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Diagnostics> for neuroloom_core::Error {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::params(diagnostics.to_string())
    }
}

impl std::error::Error for Diagnostics {}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.list {
            writeln!(f, "{diagnostic}\n")?;
        }
        let count = |severity| self.list.iter().filter(|d| d.severity == severity).count();
        let counts = [(count(Severity::Error), "mistake"), (count(Severity::Warning), "warning")];
        let counts: Vec<_> = counts.into_iter().filter(|(n, _)| *n > 0).map(plural).collect();
        write!(f, "found {}", counts.join(" and "))?;
        match self.unlisted {
            0 => Ok(()),
            more => write!(f, "; {more} more are not listed"),
        }
    }
}

/// Overrides come after all files, the tenth after the second.
fn override_number(file: &Path) -> Option<u64> {
    file.to_str()?.strip_prefix("--set ")?.parse().ok()
}

fn plural((count, noun): (usize, &str)) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{severity}: {}", self.message)?;
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        write!(f, "{gutter}--> {}:{}:{}", self.file.display(), self.line, self.column)?;
        if let Some(line) = &self.source_line {
            let (text, column) = window(line.trim_end(), self.column);
            let room = text.chars().count().saturating_sub(column.saturating_sub(1)).max(1);
            let carets = "^".repeat(self.length.clamp(1, room));
            let indent = " ".repeat(column.saturating_sub(1));
            write!(f, "\n{gutter} |\n{number} | {text}\n{gutter} | {indent}{carets}")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n{gutter} = help: {hint}"),
            None => Ok(()),
        }
    }
}

/// At most this many characters of a source line are shown.
const WINDOW: usize = 120;

/// The part of `line` around `column`, safe to print on a terminal, and the column in it.
fn window(line: &str, column: usize) -> (String, usize) {
    let skipped = column.saturating_sub(WINDOW / 2).min(line.chars().count().saturating_sub(WINDOW));
    let shown = line.chars().skip(skipped).take(WINDOW);
    let text = shown
        .map(|c| {
            if c == '\t' {
                ' '
            } else if c.is_control() {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect();
    (text, column.saturating_sub(skipped))
}
