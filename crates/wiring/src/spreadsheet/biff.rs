//! Records of an `.xls` file ([MS-XLS]): a type, a length and as many bytes.

use super::compound::{u16_at, u32_at};

/// Types of the records that are read.
pub(super) mod record {
    pub const BEGIN: u16 = 0x0809;
    pub const END: u16 = 0x000a;
    pub const ENCRYPTED: u16 = 0x002f;
    pub const SHEET: u16 = 0x0085;
    pub const STRINGS: u16 = 0x00fc;
    pub const CONTINUE: u16 = 0x003c;
    pub const NUMBER: u16 = 0x0203;
    pub const RK: u16 = 0x027e;
    pub const RK_ROW: u16 = 0x00bd;
    pub const SHARED_STRING: u16 = 0x00fd;
    pub const LABEL: u16 = 0x0204;
    pub const RICH_LABEL: u16 = 0x00d6;
    pub const FORMULA: u16 = 0x0006;
    pub const FORMULA_STRING: u16 = 0x0207;
}

/// A record.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub kind: u16,
    pub data: &'a [u8],
}

/// The records from the start of `bytes` on. A last one that is cut short is not given; its place shows as missing END.
pub(super) fn records(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let (data, after) = rest.get(4..)?.split_at_checked(length)?;
        rest = after;
        Some(Record { kind, data })
    })
}

impl Record<'_> {
    /// Row and column of the cell that it is about.
    pub fn place(&self) -> Option<(u32, u32)> {
        Some((u16_at(self.data, 0)?.into(), u16_at(self.data, 2)?.into()))
    }

    /// The 64-bit float at `offset`.
    pub fn float(&self, offset: usize) -> Option<f64> {
        self.data.get(offset..)?.first_chunk().map(|bytes| f64::from_le_bytes(*bytes))
    }

    /// The packed number at `offset`.
    pub fn packed(&self, offset: usize) -> Option<f64> {
        u32_at(self.data, offset).map(unpacked)
    }
}

/// An RK number: the 30 high bits of a float, or an integer of 30 bits; either may be in hundredths.
fn unpacked(word: u32) -> f64 {
    let number = if word & 2 != 0 {
        f64::from(word.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(word & !3) << 32)
    };
    if word & 1 != 0 { number / 100.0 } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_integers_or_floats_or_hundredths() {
        assert_eq!(unpacked((7 << 2) | 2), 7.0);
        assert_eq!(unpacked(((-7_i32) << 2).cast_unsigned() | 2), -7.0);
        assert_eq!(unpacked((725 << 2) | 3), 7.25);
        assert_eq!(unpacked((1.5_f64.to_bits() >> 32) as u32), 1.5);
    }

    #[test]
    fn a_record_that_is_cut_short_ends_the_list() {
        let bytes = [1, 0, 1, 0, 9, 2, 0, 4, 0, 1];
        assert_eq!(records(&bytes).map(|record| record.kind).collect::<Vec<_>>(), [1]);
    }
}
