//! Collects mistakes while a document is read, so that all of them are reported at once.

use std::path::{Path, PathBuf};

use super::Position;
use super::diagnostics::{Diagnostic, Diagnostics, LISTED, Severity};

/// A stretch of one line of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub source: SourceId,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In characters.
    pub length: usize,
}

/// One of the texts that a document is made of: a file or an override.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SourceId(usize);

impl SourceId {
    /// The start of the source: the place of what concerns it as a whole.
    pub fn start(self) -> Place {
        Place { source: self, line: 1, column: 1, length: 1 }
    }
}

struct Source {
    file: PathBuf,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    fn line(&self, line: usize) -> Option<&str> {
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let rest = self.text.get(start..)?;
        let text = rest.split('\n').next()?;
        Some(text.strip_suffix('\r').unwrap_or(text)).filter(|_| !self.text.is_empty())
    }
}

/// The sources and what was found wrong with them so far.
#[derive(Default)]
pub(super) struct Findings {
    sources: Vec<Source>,
    list: Vec<Diagnostic>,
    unlisted: usize,
    errors: usize,
}

impl Findings {
    /// Makes `text` known as the contents of `file`.
    pub fn add_source(&mut self, file: &Path, text: &str) -> SourceId {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(starts).collect();
        self.sources.push(Source { file: file.to_path_buf(), text: text.to_owned(), line_starts });
        SourceId(self.sources.len() - 1)
    }

    /// Reports a mistake; the caller may add a hint to what it gets back.
    pub fn error(&mut self, place: Place, message: impl Into<String>) -> Reported<'_> {
        self.errors += 1;
        self.push(Severity::Error, place, message.into())
    }

    /// Reports something that has no effect.
    pub fn warning(&mut self, place: Place, message: impl Into<String>) -> Reported<'_> {
        self.push(Severity::Warning, place, message.into())
    }

    fn push(&mut self, severity: Severity, place: Place, message: String) -> Reported<'_> {
        let Position { file, line, column } = self.position(place);
        // Each variant of a step finds the same mistake anew.
        let known =
            |d: &Diagnostic| (d.line, d.column) == (line, column) && d.message == message && d.file == file;
        if self.list.iter().any(known) {
            return Reported(None);
        }
        if self.is_full() {
            self.unlisted += 1;
            return Reported(None);
        }
        let source = self.sources.get(place.source.0);
        let source_line = source.and_then(|source| source.line(line)).map(str::to_owned);
        let length = place.length.max(1);
        self.list.push(Diagnostic { severity, file, line, column, length, source_line, message, hint: None });
        Reported(self.list.last_mut())
    }

    /// Whether further mistakes are only counted; then it is not worth looking for their remedies.
    pub fn is_full(&self) -> bool {
        self.list.len() >= LISTED
    }

    /// Whether anything was reported that keeps the pipeline from running.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors there are so far.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// "did you mean …?", when a candidate is near enough to `word` to be a slip.
    pub fn did_you_mean<'a>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        if self.is_full() {
            return None;
        }
        neuroloom_core::nearest(word, candidates.into_iter()).map(|near| format!("did you mean `{near}`?"))
    }

    /// `place` in the words of the outside.
    pub fn position(&self, place: Place) -> Position {
        let file = self.sources.get(place.source.0).map(|source| source.file.clone()).unwrap_or_default();
        Position { file, line: place.line, column: place.column }
    }

    /// Everything found, in order.
    pub fn finish(self) -> Diagnostics {
        Diagnostics::new(self.list, self.unlisted)
    }
}

/// A diagnostic that was just reported.
pub(super) struct Reported<'a>(Option<&'a mut Diagnostic>);

impl Reported<'_> {
    /// Says what to do about it.
    pub fn hint(self, hint: impl Into<String>) {
        self.hint_if(Some(hint.into()));
    }

    /// Says what to do about it, if that is known.
    pub fn hint_if(self, hint: Option<String>) {
        if let Some(diagnostic) = self.0 {
            diagnostic.hint = hint;
        }
    }
}

/// `` `a`, `b`, `c` ``, cut short after a dozen.
pub(super) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let mut names = names.into_iter();
    let mut shown: Vec<String> = names.by_ref().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.next().is_some() {
        shown.push("…".into());
    }
    shown.join(", ")
}
