//! One error type that always says what was expected, what was found, where, and what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of thing went wrong; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A source file, or a table that came from one, is not what it should be.
    Data,
    /// A parameter or a pipeline file is wrong.
    Params,
    /// The operating system refused.
    Io,
    /// The plan needs more memory than there is.
    Memory,
    /// The user asked to stop.
    Cancelled,
    /// A defect of Neuroloom itself.
    Internal,
}

/// Where in the outside world an error lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: Option<PathBuf>,
    /// The object in the file: an HDF5 path, a column, a table row.
    pub object: Option<String>,
    /// Byte offset in the file, or index in the object, as the message says.
    pub offset: Option<u64>,
}

/// An error with its place, what was expected, what was found and what to do about it.
///
/// ```
/// use neuroloom_core::Error;
///
/// let error = Error::data("spike times run backwards")
///     .at_file("a.nwb")
///     .at_object("/units/spike_times")
///     .at_offset(12)
///     .expected("times that do not decrease within a unit")
///     .found("3.20 s after 3.25 s")
///     .hint("sort the spike times of unit 4 and write the file again");
/// assert!(error.to_string().starts_with("spike times run backwards"));
/// assert!(error.report().contains("a.nwb: /units/spike_times at 12"));
/// ```
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    location: Location,
    expected: Option<String>,
    found: Option<String>,
    hint: Option<String>,
}

impl Error {
    /// A new error of `kind`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        let location = Location::default();
        Self(Box::new(Inner { kind, message, location, expected: None, found: None, hint: None }))
    }

    /// A source or table is not what it should be.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// A parameter is wrong.
    pub fn params(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Params, message)
    }

    /// A defect of Neuroloom itself.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
            .hint("this is a defect of neuroloom: please report it with the command and the file")
    }

    /// The operating system refused `action` ("read", "write" …) on `file`.
    pub fn io(action: &str, file: impl AsRef<Path>, cause: &io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("cannot {action} the file: {cause}")).at_file(file)
    }

    /// The user asked to stop.
    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "stopped on request")
            .hint("run the same command again to go on where it stopped")
    }

    /// Adds the file, unless one is known already (the innermost place wins).
    #[must_use]
    pub fn at_file(mut self, file: impl AsRef<Path>) -> Self {
        self.0.location.file.get_or_insert_with(|| file.as_ref().to_path_buf());
        self
    }

    /// Adds the object in the file, unless one is known already.
    #[must_use]
    pub fn at_object(mut self, object: impl Into<String>) -> Self {
        self.0.location.object.get_or_insert_with(|| object.into());
        self
    }

    /// Adds the byte offset or index, unless one is known already.
    #[must_use]
    pub fn at_offset(mut self, offset: u64) -> Self {
        self.0.location.offset.get_or_insert(offset);
        self
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    /// Says what was found instead.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.0.found = Some(found.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The sort of error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it lies.
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// The message alone, without its place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, if known.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// What was expected, if known.
    pub fn expected_text(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// What was found, if known.
    pub fn found_text(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// Everything, a line each: message, place, expected, found, hint.
    pub fn report(&self) -> String {
        let mut lines = vec![self.0.message.clone()];
        let place = self.0.location.to_string();
        let parts = [
            ("where", (!place.is_empty()).then_some(place)),
            ("expected", self.0.expected.clone()),
            ("found", self.0.found.clone()),
            ("hint", self.0.hint.clone()),
        ];
        lines.extend(parts.into_iter().filter_map(|(name, text)| Some(format!("  {name}: {}", text?))));
        lines.join("\n")
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        let place = [file, self.object.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        match self.offset {
            Some(offset) => write!(f, "{place} at {offset}"),
            None => write!(f, "{place}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.message)?;
        let place = self.0.location.to_string();
        if !place.is_empty() {
            write!(f, " ({place})")?;
        }
        if let Some(expected) = &self.0.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(found) = &self.0.found {
            write!(f, "; found {found}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_place_wins() {
        let error = Error::data("x").at_object("inner").at_object("outer").at_file("f");
        assert_eq!(error.location().object.as_deref(), Some("inner"));
    }

    #[test]
    fn a_report_names_place_expectation_and_hint() {
        let error =
            Error::data("no such column").at_file("a.csv").expected("t_s").found("time").hint("rename");
        assert_eq!(
            error.report(),
            "no such column\n  where: a.csv\n  expected: t_s\n  found: time\n  hint: rename"
        );
    }
}
