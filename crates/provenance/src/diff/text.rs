//! A difference in words.

use std::fmt;

use serde_json::Value;

use super::{
    Change, ColumnDifference, Contents, Role, RunDifference, TableDifference, TableState, TaskDifference,
};

/// Tasks that are described; the others are counted.
const MOST_TASKS: usize = 50;
/// Tasks that are named in one line.
const MOST_NAMES: usize = 8;
/// Characters of a value that are shown.
const MOST_CHARACTERS: usize = 60;

impl fmt::Display for RunDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.tables;
        if self.equal {
            writeln!(f, "the results are the same, byte for byte: {}", counted(counts.equal, "table"))?;
        } else {
            writeln!(
                f,
                "the results differ: {} equal, {} different, {} only in the first, {} only in the second",
                counted(counts.equal, "table"),
                counts.different,
                counts.only_in_a,
                counts.only_in_b
            )?;
        }
        for change in &self.runs {
            writeln!(f, "{}", Line(change))?;
        }
        for task in self.tasks.iter().take(MOST_TASKS) {
            writeln!(f, "\n{task}")?;
        }
        match self.tasks.len().saturating_sub(MOST_TASKS) {
            0 => Ok(()),
            more => writeln!(f, "\n{} more that differ; --json lists all", counted(more, "task")),
        }
    }
}

impl fmt::Display for TaskDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.task, headline(self))?;
        for change in &self.changes {
            write!(f, "\n  {}", Line(change))?;
        }
        if self.role == Role::Cause && !self.after.is_empty() {
            write!(f, "\n  and reads other tables from {}", listed(&self.after))?;
        }
        self.tables.iter().try_for_each(|table| write!(f, "\n{table}"))
    }
}

fn headline(task: &TaskDifference) -> String {
    let same = task.tables.is_empty();
    match task.role {
        Role::OnlyInA => "only in the first run".into(),
        Role::OnlyInB => "only in the second run".into(),
        Role::Cause if same => "changed, with the same results".into(),
        Role::Cause => "changed".into(),
        Role::Consequence if same => {
            format!("reads other tables from {}, with the same results", listed(&task.after))
        }
        Role::Consequence => format!("follows from {}", listed(&task.after)),
        Role::Unexplained => "other results though nothing that they depend on changed: the program or the \
                              machine made the difference"
            .into(),
    }
}

impl fmt::Display for TableDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { port, kind, state } = self;
        write!(f, "  {port} ({kind}): ")?;
        match state {
            TableState::OnlyInA { rows } => write!(f, "{rows} rows, only in the first run"),
            TableState::OnlyInB { rows } => write!(f, "{rows} rows, only in the second run"),
            TableState::Differs(contents) => write!(f, "{contents}"),
        }
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.matched_by.is_empty() { "place".into() } else { self.matched_by.join(", ") };
        write!(f, "{} in both by {by}", counted(self.rows_in_both, "row"))?;
        for (rows, run) in [(self.rows_only_in_a, "first"), (self.rows_only_in_b, "second")] {
            if rows > 0 {
                write!(f, ", {rows} only in the {run}")?;
            }
        }
        for (columns, run) in [(&self.columns_only_in_a, "first"), (&self.columns_only_in_b, "second")] {
            if !columns.is_empty() {
                write!(f, "\n    columns only in the {run}: {}", columns.join(", "))?;
            }
        }
        for column in &self.retyped {
            write!(f, "\n    {}: {} → {}", column.column, column.a, column.b)?;
        }
        for column in &self.columns {
            write!(f, "\n    {column}")?;
        }
        let nothing = self.columns.is_empty()
            && self.retyped.is_empty()
            && self.rows_only_in_a + self.rows_only_in_b == 0
            && self.columns_only_in_a.len() + self.columns_only_in_b.len() == 0;
        if nothing { write!(f, "\n    all values are equal, only their storage differs") } else { Ok(()) }
    }
}

impl fmt::Display for ColumnDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.column, counted(self.rows, "row"))?;
        if let Some(distance) = &self.numbers {
            write!(f, ", {} of {} values", distance.differing + distance.not_finite, distance.values)?;
            if let (Some(absolute), Some(relative)) = (distance.max_absolute, distance.max_relative) {
                write!(f, ", by at most {absolute:.3e} (relative {relative:.3e})")?;
            }
            if let Some(correlation) = distance.correlation {
                write!(f, ", correlation {correlation:.6}")?;
            }
            if distance.not_finite > 0 {
                write!(f, ", {} NaN or infinite on one side", distance.not_finite)?;
            }
            if distance.lengths > 0 {
                write!(f, ", {} of another length", counted(distance.lengths, "list"))?;
            }
        }
        if self.absent > 0 { write!(f, ", {} absent on one side", self.absent) } else { Ok(()) }
    }
}

/// `seed: 7 → 8`.
struct Line<'a>(&'a Change);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { what, a, b } = self.0;
        write!(f, "{what}: {} → {}", shown(a), shown(b))
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => "none".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The first of the names, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn counted(number: impl TryInto<u64>, noun: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
