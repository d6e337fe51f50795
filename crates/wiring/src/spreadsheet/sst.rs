//! The table of shared strings of an `.xls` file, which may be cut into several records anywhere, and its strings.

use std::sync::Arc;

use super::compound::{u16_at, u32_at};

const WIDE: u8 = 0x01;
const PHONETIC: u8 = 0x04;
const RICH: u8 = 0x08;

/// The strings in the table of shared strings; `parts` are its record and those that continue it.
pub(super) fn shared_strings(parts: &[&[u8]]) -> Option<Vec<Arc<str>>> {
    let (first, rest) = parts.split_first()?;
    let n_strings = u32_at(first, 4)?;
    let mut cursor = Cursor { part: first.get(8..)?, later: rest };
    let mut strings = Vec::new();
    for _ in 0..n_strings {
        strings.push(cursor.string()?.into());
    }
    Some(strings)
}

/// A string with a length of two bytes at the start of `bytes`.
pub(super) fn string(bytes: &[u8]) -> Option<String> {
    let length = usize::from(u16_at(bytes, 0)?);
    plain(bytes.get(2..)?, length)
}

/// A string with a length of one byte at the start of `bytes`.
pub(super) fn short_string(bytes: &[u8]) -> Option<String> {
    let (length, rest) = bytes.split_first()?;
    plain(rest, usize::from(*length))
}

/// `length` characters after their flags. Formatting may follow; it is not read.
fn plain(bytes: &[u8], length: usize) -> Option<String> {
    let (flags, characters) = bytes.split_first()?;
    Some(String::from_utf16_lossy(&units(characters, length, flags & WIDE != 0)?))
}

/// Code units of UTF-16; of narrow ones the file holds the low bytes only.
fn units(bytes: &[u8], length: usize, wide: bool) -> Option<Vec<u16>> {
    if !wide {
        return Some(bytes.get(..length)?.iter().map(|byte| u16::from(*byte)).collect());
    }
    let pairs = bytes.get(..length.checked_mul(2)?)?.as_chunks().0;
    Some(pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect())
}

/// Where the reading stands, over the parts of the table.
struct Cursor<'a> {
    part: &'a [u8],
    later: &'a [&'a [u8]],
}

impl<'a> Cursor<'a> {
    fn string(&mut self) -> Option<String> {
        if self.part.is_empty() {
            self.next_part()?;
        }
        let length = usize::from(u16_at(self.take(2)?, 0)?);
        let flags = *self.take(1)?.first()?;
        let n_runs = if flags & RICH != 0 { usize::from(u16_at(self.take(2)?, 0)?) } else { 0 };
        let n_phonetic = if flags & PHONETIC != 0 { u32_at(self.take(4)?, 0)? as usize } else { 0 };
        let text = self.characters(length, flags & WIDE != 0)?;
        self.skip(n_runs.checked_mul(4)?.checked_add(n_phonetic)?)?;
        Some(text)
    }

    /// `length` characters. Where they are cut, the next part begins with flags of its own.
    fn characters(&mut self, length: usize, mut wide: bool) -> Option<String> {
        let mut text: Vec<u16> = Vec::new();
        while text.len() < length {
            if self.part.is_empty() {
                self.next_part()?;
                wide = self.take(1)?.first()? & WIDE != 0;
            }
            let width = if wide { 2 } else { 1 };
            let here = (length - text.len()).min(self.part.len() / width);
            if here == 0 {
                return None;
            }
            text.extend(units(self.take(here * width)?, here, wide)?);
        }
        Some(String::from_utf16_lossy(&text))
    }

    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.part.split_at_checked(n)?;
        self.part = rest;
        Some(taken)
    }

    fn skip(&mut self, mut n: usize) -> Option<()> {
        while n > 0 {
            if self.part.is_empty() {
                self.next_part()?;
            }
            let here = n.min(self.part.len());
            self.take(here)?;
            n -= here;
        }
        Some(())
    }

    /// Goes to the next part that is not empty.
    fn next_part(&mut self) -> Option<()> {
        while self.part.is_empty() {
            let (first, rest) = self.later.split_first()?;
            (self.part, self.later) = (first, rest);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_go_on_in_the_next_record() {
        let first = [0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, b'A', b'B', 4, 0, 0, b'A', b'V'];
        // The rest of the second string is wide; the third has formatting and a phonetic part.
        let second = [1, b'A', 0, b'L', 0, 1, 0, 0x0c, 1, 0, 2, 0, 0, 0, b'Z', 9, 9, 9];
        let third = [9, 8, 8];
        let strings = shared_strings(&[&first, &second, &third]).unwrap();
        assert_eq!(strings.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["AB", "AVAL", "Z"]);
        assert_eq!(shared_strings(&[&first, &second]), None);
        assert_eq!(shared_strings(&[&first[..12]]), None);
    }
}
