//! Data elements: a tag of type and length, then the data.

use neuroloom_core::{Error, Result};

use crate::numbers::{Endian, NumberType, Numbers};

/// Type number of a matrix.
pub(super) const MATRIX: u32 = 14;
/// Type number of a compressed element.
pub(super) const COMPRESSED: u32 = 15;
/// Bytes of a tag.
pub(super) const TAG_BYTES: usize = 8;
/// Bytes of data that a small element holds at most, and where they begin.
const SMALL_BYTES: usize = 4;

/// One data element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) data_type: u32,
    pub(super) data: &'a [u8],
    /// Where its tag stands.
    pub(super) offset: usize,
}

impl Element<'_> {
    /// Its numbers, in the type they are stored in.
    ///
    /// # Errors
    /// When it holds none, or part of one.
    pub(super) fn numbers(&self, endian: Endian) -> Result<Numbers> {
        let Some(number_type) = number_type(self.data_type) else {
            return Err(Error::data("an element holds no numbers")
                .at_offset(self.offset as u64)
                .expected("one of the numeric types 1 to 7, 9, 12, 13")
                .found(format!("type {}", self.data_type)));
        };
        if !self.data.len().is_multiple_of(number_type.width()) {
            return Err(Error::data("an element ends within a number")
                .at_offset(self.offset as u64)
                .expected(format!("a multiple of {} bytes", number_type.width()))
                .found(format!("{} bytes", self.data.len())));
        }
        Ok(Numbers::decode(self.data, number_type, endian))
    }
}

fn number_type(code: u32) -> Option<NumberType> {
    Some(match code {
        1 => NumberType::I8,
        2 => NumberType::U8,
        3 => NumberType::I16,
        4 => NumberType::U16,
        5 => NumberType::I32,
        6 => NumberType::U32,
        7 => NumberType::F32,
        9 => NumberType::F64,
        12 => NumberType::I64,
        13 => NumberType::U64,
        _ => return None,
    })
}

/// Reads elements one after the other. Offsets count from the start of what the cursor stands on.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    base: usize,
    pub(super) endian: Endian,
}

impl<'a> Cursor<'a> {
    /// A cursor on `bytes`, of which the first stands at `base`.
    pub(super) fn new(bytes: &'a [u8], base: usize, endian: Endian) -> Self {
        Self { bytes, position: 0, base, endian }
    }

    /// A cursor on the data of `element`, a matrix.
    pub(super) fn within(&self, element: Element<'a>) -> Self {
        Self::new(element.data, element.offset + TAG_BYTES, self.endian)
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// Where the next element stands.
    pub(super) fn offset(&self) -> usize {
        self.base + self.position
    }

    /// The next element; `what` says what it ought to be.
    ///
    /// # Errors
    /// When the bytes end before it does.
    pub(super) fn next(&mut self, what: &str) -> Result<Element<'a>> {
        let offset = self.offset();
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let Some(tag) = rest.first_chunk::<TAG_BYTES>() else {
            return Err(ends_early(what, offset, TAG_BYTES, rest.len()));
        };
        let tag = Tag::of(tag, self.endian);
        if tag.is_small() && tag.length > SMALL_BYTES {
            return Err(Error::data(format!("damaged tag of {what}"))
                .at_offset(offset as u64)
                .expected("at most 4 bytes in a small element")
                .found(tag.length.to_string()));
        }
        let Some(data) = rest.get(tag.start..).and_then(|rest| rest.get(..tag.length)) else {
            return Err(ends_early(what, offset, tag.length, rest.len().saturating_sub(tag.start)));
        };
        // The last element of a matrix may lack its padding.
        self.position += (tag.start + tag.length).next_multiple_of(8).min(rest.len());
        Ok(Element { data_type: tag.data_type, data, offset })
    }
}

/// What a tag says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub(super) data_type: u32,
    /// Bytes of data.
    pub(super) length: usize,
    /// Where they begin, from the start of the tag.
    start: usize,
}

impl Tag {
    fn is_small(self) -> bool {
        self.start == SMALL_BYTES
    }

    /// Reads a tag. In that of a small element the upper half of the first word is the length, at most 4, and the
    /// data stand where the length stands otherwise.
    pub(super) fn of(bytes: &[u8; TAG_BYTES], endian: Endian) -> Self {
        let [a, b, c, d, e, f, g, h] = *bytes;
        let word = |bytes| match endian {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        };
        let (first, second) = (word([a, b, c, d]), word([e, f, g, h]));
        match first >> 16 {
            0 => Self { data_type: first, length: second as usize, start: TAG_BYTES },
            length => Self { data_type: first & 0xffff, length: length as usize, start: 4 },
        }
    }
}

fn ends_early(what: &str, offset: usize, expected: usize, found: usize) -> Error {
    Error::data(format!("the data end within {what}"))
        .at_offset(offset as u64)
        .expected(format!("{expected} bytes"))
        .found(format!("{found} bytes"))
        .hint("the file is cut or damaged: copy it again")
}
