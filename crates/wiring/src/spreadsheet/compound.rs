//! Compound files ([MS-CFB]): a file system in a file, of which one stream is wanted.

/// First bytes of a compound file.
pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Sector numbers from here on mean "none".
const FIRST_RESERVED: u32 = 0xffff_fffa;
const MINI_SECTOR: usize = 64;
const ENTRY: usize = 128;
/// Places of sectors of the allocation table that the header has room for.
const IN_HEADER: usize = 109;

/// A little-endian word of `bytes`; none beyond their end.
pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().map(|word| u16::from_le_bytes(*word))
}

/// A little-endian double word of `bytes`; none beyond their end.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().map(|word| u32::from_le_bytes(*word))
}

/// The contents of the first stream in `file` that is called one of `names`, capitals aside.
pub(super) fn stream(file: &[u8], names: &[&str]) -> Result<Vec<u8>, String> {
    let compound = Compound::open(file).ok_or("its header is cut short or makes no sense")?;
    let directory = compound.chain(compound.header_word(48)?)?;
    let entries: Vec<Entry> = directory.chunks_exact(ENTRY).filter_map(Entry::read).collect();
    let wanted = |entry: &&Entry| names.iter().any(|name| entry.name.eq_ignore_ascii_case(name));
    let entry = entries.iter().find(wanted).ok_or_else(|| {
        let found: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        format!("it holds no workbook but {}", found.join(", "))
    })?;
    let mut bytes = if entry.length < compound.header_word(56)? as usize {
        let root = entries.iter().find(|entry| entry.is_root).ok_or("its directory has no root")?;
        compound.mini_chain(entry.start, root.start)?
    } else {
        compound.chain(entry.start)?
    };
    if bytes.len() < entry.length {
        return Err(format!("its workbook has {} bytes of {}", bytes.len(), entry.length));
    }
    bytes.truncate(entry.length);
    Ok(bytes)
}

struct Compound<'a> {
    file: &'a [u8],
    sector_size: usize,
    /// For every sector the one that follows it.
    next: Vec<u32>,
}

struct Entry {
    name: String,
    is_root: bool,
    start: u32,
    length: usize,
}

impl Entry {
    fn read(bytes: &[u8]) -> Option<Self> {
        let units = usize::from(u16_at(bytes, 64)?).checked_sub(2)? / 2;
        let name: Vec<u16> = (0..units.min(31)).filter_map(|i| u16_at(bytes, 2 * i)).collect();
        let is_root = *bytes.get(66)? == 5;
        Some(Self {
            name: String::from_utf16_lossy(&name),
            is_root,
            start: u32_at(bytes, 116)?,
            length: u32_at(bytes, 120)? as usize,
        })
    }
}

impl<'a> Compound<'a> {
    fn open(file: &'a [u8]) -> Option<Self> {
        let sector_size = match u16_at(file, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut compound = Self { file, sector_size, next: Vec::new() };
        let mut next = Vec::new();
        for sector in compound.table_sectors()? {
            next.extend(words(compound.sector(sector)?));
        }
        compound.next = next;
        Some(compound)
    }

    fn header_word(&self, offset: usize) -> Result<u32, String> {
        u32_at(self.file, offset).ok_or_else(|| "its header is cut short".into())
    }

    /// Sectors of the allocation table: the header lists the first, a chain of further lists the rest.
    fn table_sectors(&self) -> Option<Vec<u32>> {
        let listed = |bytes: &[u8], n: usize| -> Vec<u32> {
            words(bytes).take(n).filter(|id| is_sector(*id)).collect()
        };
        let mut sectors = listed(self.file.get(76..512)?, IN_HEADER);
        let mut list = u32_at(self.file, 68)?;
        let per_list = self.sector_size / 4 - 1;
        for _ in 0..self.n_sectors() {
            if !is_sector(list) {
                break;
            }
            let bytes = self.sector(list)?;
            sectors.extend(listed(bytes, per_list));
            list = u32_at(bytes, 4 * per_list)?;
        }
        // A table longer than the file would be a lie.
        (sectors.len() <= self.n_sectors()).then_some(sectors)
    }

    fn n_sectors(&self) -> usize {
        self.file.len() / self.sector_size + 1
    }

    /// The bytes of a sector; the last one of the file may be cut short.
    fn sector(&self, id: u32) -> Option<&'a [u8]> {
        let start = (id as usize).checked_add(1)?.checked_mul(self.sector_size)?;
        let end = start.checked_add(self.sector_size)?.min(self.file.len());
        self.file.get(start..end).filter(|bytes| !bytes.is_empty())
    }

    /// The bytes of the sectors from `start` on.
    fn chain(&self, start: u32) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut id = start;
        for _ in 0..self.n_sectors() {
            if !is_sector(id) {
                return Ok(bytes);
            }
            bytes.extend_from_slice(self.sector(id).ok_or_else(|| format!("its sector {id} is missing"))?);
            id = *self.next.get(id as usize).ok_or_else(|| format!("nothing is said of its sector {id}"))?;
        }
        Err("its sectors follow each other in a circle".into())
    }

    /// The bytes of a short stream, which lies in pieces of 64 bytes within the stream of the root.
    fn mini_chain(&self, start: u32, root: u32) -> Result<Vec<u8>, String> {
        let (pieces, table) = (self.chain(root)?, self.chain(self.header_word(60)?)?);
        let mut bytes = Vec::new();
        let mut id = start;
        for _ in 0..=pieces.len() / MINI_SECTOR {
            if !is_sector(id) {
                return Ok(bytes);
            }
            let offset = (id as usize).saturating_mul(MINI_SECTOR);
            let piece = pieces.get(offset..).filter(|rest| !rest.is_empty());
            let piece = piece.ok_or_else(|| format!("its piece {id} is missing"))?;
            bytes.extend_from_slice(piece.get(..MINI_SECTOR).unwrap_or(piece));
            id = u32_at(&table, (id as usize).saturating_mul(4))
                .ok_or_else(|| format!("nothing is said of its piece {id}"))?;
        }
        Err("its pieces follow each other in a circle".into())
    }
}

fn is_sector(id: u32) -> bool {
    id < FIRST_RESERVED
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one short stream: allocation table, directory, table of pieces and the pieces, a sector each.
    fn small_file(name: &str, contents: &[u8]) -> Vec<u8> {
        let mut file = vec![0_u8; 5 * 512];
        let mut put = |offset: usize, bytes: &[u8]| {
            file[offset..offset + bytes.len()].copy_from_slice(bytes);
        };
        let none = u32::MAX.to_le_bytes();
        put(0, &MAGIC);
        put(30, &[9, 0, 6, 0]);
        for (offset, word) in
            [(44, 1_u32), (48, 1), (56, 4096), (60, 2), (64, 1), (68, FIRST_RESERVED + 4), (76, 0)]
        {
            put(offset, &word.to_le_bytes());
        }
        (1..IN_HEADER).for_each(|place| put(76 + 4 * place, &none));
        for sector in 0..4 {
            put(512 + 4 * sector, &0xffff_fffe_u32.to_le_bytes());
        }
        let entries = [("Root Entry", 5_u8, 3_u32, 512_u32), (name, 2, 0, contents.len() as u32)];
        for (place, (name, kind, start, length)) in entries.into_iter().enumerate() {
            let entry = 1024 + ENTRY * place;
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            put(entry, &units);
            put(entry + 64, &(units.len() as u16 + 2).to_le_bytes());
            put(entry + 66, &[kind]);
            put(entry + 116, &start.to_le_bytes());
            put(entry + 120, &length.to_le_bytes());
        }
        let n_pieces = contents.len().div_ceil(MINI_SECTOR);
        for piece in 0..n_pieces {
            let next = if piece + 1 < n_pieces { piece as u32 + 1 } else { 0xffff_fffe };
            put(1536 + 4 * piece, &next.to_le_bytes());
        }
        put(2048, contents);
        file
    }

    #[test]
    fn a_short_stream_is_put_together_from_its_pieces() {
        let contents: Vec<u8> = (0..150).collect();
        let file = small_file("WORKBOOK", &contents);
        assert_eq!(stream(&file, &["Workbook"]).unwrap(), contents);
        assert!(stream(&file, &["Other"]).unwrap_err().contains("WORKBOOK"));
        assert!(stream(&file[..2048], &["Workbook"]).unwrap_err().contains("missing"));
    }

    #[test]
    fn pieces_in_a_circle_are_refused() {
        let mut file = small_file("Workbook", &[7; 150]);
        file[1536..1540].copy_from_slice(&0_u32.to_le_bytes());
        assert!(stream(&file, &["Workbook"]).unwrap_err().contains("circle"));
        // The directory follows itself.
        let mut file = small_file("Workbook", &[7; 150]);
        file[516..520].copy_from_slice(&1_u32.to_le_bytes());
        assert!(stream(&file, &["Workbook"]).unwrap_err().contains("circle"));
    }
}
