//! Names that came from outside and become paths: nothing that could lead out of the folder gets through.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result};

/// Bytes of a whole name, and of one of its parts, that file systems bear.
const LONGEST_NAME: usize = 4096;
const LONGEST_PART: usize = 255;
/// Folders within folders.
const DEEPEST: usize = 64;

/// The name of a file or folder, relative to a folder that it cannot leave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryName(String);

impl EntryName {
    /// Checks the name of an entry of an archive, with `/` between folders. A leading `./` and a trailing `/`, which
    /// `tar` writes, are taken off; `None` when nothing is left: the folder itself.
    ///
    /// # Errors
    /// When the name is not UTF-8, absolute, holds `..`, an empty part, a drive, a backslash or a control character,
    /// or is too long or too deep.
    pub fn parse(name: &[u8]) -> Result<Option<Self>> {
        let refused = |why: &str| {
            Error::data(format!("the name of an entry {why}")).found(format!("{:?}", shown(name)))
        };
        if name.len() > LONGEST_NAME {
            return Err(refused("is longer than 4096 bytes"));
        }
        let text = std::str::from_utf8(name).map_err(|_| refused("is not UTF-8"))?;
        let text = text.strip_prefix("./").unwrap_or(text);
        let text = text.strip_suffix('/').unwrap_or(text);
        if text.is_empty() || text == "." {
            // "/" is the root of the computer, not the folder.
            return if name.starts_with(b"/") { Err(refused("is absolute")) } else { Ok(None) };
        }
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > DEEPEST {
            return Err(refused("is deeper than 64 folders"));
        }
        match parts.iter().find_map(|part| why_unsafe(part)) {
            Some(why) => Err(refused(why)),
            None => Ok(Some(Self(text.to_owned()))),
        }
    }

    /// Checks the name of a file: one part.
    ///
    /// # Errors
    /// Where [`EntryName::parse`] refuses the name, and when it holds a `/` or is empty.
    pub fn parse_file(name: &str) -> Result<Self> {
        match Self::parse(name.as_bytes()) {
            Ok(Some(entry)) if !name.contains('/') => Ok(entry),
            _ => Err(Error::data("this is not the name of a file")
                .expected("a name without folders, `..`, drives or control characters")
                .found(format!("{name:?}"))),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its place below `folder`.
    pub fn below(&self, folder: &Path) -> PathBuf {
        self.0.split('/').fold(folder.to_path_buf(), |path, part| path.join(part))
    }
}

fn why_unsafe(part: &str) -> Option<&'static str> {
    let bytes = part.as_bytes();
    let has_drive = bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
    match part {
        "" => Some("is absolute or has an empty part"),
        "." | ".." => Some("leads out of its folder or around in it"),
        _ if part.contains('\\') => Some("holds a backslash"),
        _ if part.contains(char::is_control) => Some("holds a control character"),
        _ if has_drive => Some("holds a drive"),
        _ if part.len() > LONGEST_PART => Some("has a part longer than 255 bytes"),
        _ => None,
    }
}

/// The beginning of a name, for a message.
fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name.get(..name.len().min(80)).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for (name, kept) in [
            ("a.nwb", "a.nwb"),
            ("./a/b.h5", "a/b.h5"),
            ("folder/", "folder"),
            ("spaces and ünï.csv", "spaces and ünï.csv"),
            ("2026-01-01T12:00:00.nwb", "2026-01-01T12:00:00.nwb"),
            ("..hidden", "..hidden"),
        ] {
            assert_eq!(EntryName::parse(name.as_bytes()).unwrap().unwrap().as_str(), kept);
        }
        for folder_itself in ["./", ".", ""] {
            assert_eq!(EntryName::parse(folder_itself.as_bytes()).unwrap(), None);
        }
    }

    #[test]
    fn hostile_names_do_not() {
        for name in [
            "/etc/passwd",
            "/",
            "//x",
            "../x",
            "a/../../x",
            "a/..",
            "..",
            "a//b",
            "a/./b",
            "././x",
            "C:\\x",
            "C:/x",
            "a/c:",
            "a\\b",
            "a\0b",
            "a\nb",
            "\u{7f}",
        ] {
            assert!(EntryName::parse(name.as_bytes()).is_err(), "{name:?}");
        }
        assert!(EntryName::parse(b"\xff\xfe").is_err());
        assert!(EntryName::parse("a/".repeat(65).as_bytes()).is_err());
        assert!(EntryName::parse("a".repeat(256).as_bytes()).is_err());
    }

    #[test]
    fn a_file_has_one_part() {
        assert!(EntryName::parse_file("a.nwb").is_ok());
        for name in ["", ".", "..", "a/b", "a/", "./a"] {
            assert!(EntryName::parse_file(name).is_err(), "{name:?}");
        }
    }
}
