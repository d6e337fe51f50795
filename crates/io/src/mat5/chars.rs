//! Text.

use neuroloom_core::Result;

use super::element::{Cursor, Element};
use super::matrix::{Budget, Head, at};
use super::value::CharArray;
use crate::numbers::Endian;

const INT8: u32 = 1;
const UINT8: u32 = 2;
const UINT16: u32 = 4;
const UTF8: u32 = 16;
const UTF16: u32 = 17;
const UTF32: u32 = 18;

/// Reads what follows the head of a char array.
///
/// # Errors
/// When it is stored in no encoding of text, or has another number of characters than its extents say.
pub(super) fn read(cursor: &mut Cursor<'_>, head: &Head, budget: &mut Budget) -> Result<CharArray> {
    let n = head.n_items()?;
    let n_rows = head.shape.first().copied().unwrap_or(0);
    if n == 0 {
        // A char array of 2^31 × 0 is legal; its rows say nothing.
        return Ok(CharArray { shape: head.shape.clone(), rows: Vec::new() });
    }
    let element = cursor.next("the characters of an array")?;
    budget.spend(element.data.len(), size_of::<char>() + size_of::<String>())?;
    let rows = match element.data_type {
        INT8 | UINT8 | UTF8 => utf8_rows(element, n, n_rows)?,
        UINT16 | UTF16 => utf16_rows(element, cursor.endian, n, n_rows)?,
        UTF32 => texts(&rows(element, &utf32(element.data, cursor.endian), n, n_rows)?),
        other => {
            return Err(at(element, "characters in an unknown encoding")
                .expected("UTF-8, UTF-16 or UTF-32")
                .found(format!("type {other}")));
        }
    };
    Ok(CharArray { shape: head.shape.clone(), rows })
}

fn texts(rows: &[Vec<char>]) -> Vec<String> {
    rows.iter().map(|row| row.iter().collect()).collect()
}

fn utf8_rows(element: Element<'_>, n: usize, n_rows: usize) -> Result<Vec<String>> {
    let characters: Vec<char> = match std::str::from_utf8(element.data) {
        Ok(text) => text.chars().collect(),
        // Old files hold one byte per character.
        Err(_) => element.data.iter().copied().map(char::from).collect(),
    };
    // Extents count units of UTF-16, or, by some writers, bytes: a single row is what it is.
    let units: usize = characters.iter().map(|character| character.len_utf16()).sum();
    if n_rows == 1 && (units == n || element.data.len() == n) {
        return Ok(vec![characters.iter().collect()]);
    }
    Ok(texts(&rows(element, &characters, n, n_rows)?))
}

fn utf16_rows(element: Element<'_>, endian: Endian, n: usize, n_rows: usize) -> Result<Vec<String>> {
    let unit = |bytes: &[u8; 2]| match endian {
        Endian::Little => u16::from_le_bytes(*bytes),
        Endian::Big => u16::from_be_bytes(*bytes),
    };
    let units: Vec<u16> = element.data.as_chunks::<2>().0.iter().map(unit).collect();
    Ok(rows(element, &units, n, n_rows)?.iter().map(|row| String::from_utf16_lossy(row)).collect())
}

fn utf32(bytes: &[u8], endian: Endian) -> Vec<char> {
    let code = |bytes: &[u8; 4]| match endian {
        Endian::Little => u32::from_le_bytes(*bytes),
        Endian::Big => u32::from_be_bytes(*bytes),
    };
    let codes = bytes.as_chunks::<4>().0.iter().map(code);
    codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The rows of `n` units that stand column after column.
fn rows<T: Copy>(element: Element<'_>, units: &[T], n: usize, n_rows: usize) -> Result<Vec<Vec<T>>> {
    if units.len() != n {
        return Err(at(element, "a char array has another number of characters than its extents say")
            .expected(n.to_string())
            .found(units.len().to_string()));
    }
    Ok((0..n_rows).map(|row| units.iter().skip(row).step_by(n_rows).copied().collect()).collect())
}
