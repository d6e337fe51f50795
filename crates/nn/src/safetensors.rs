//! Named tensors in a file: the safetensors format.
//!
//! A file is the length of a JSON header (64-bit, little-endian), the header, and the values of all tensors one behind
//! the other, little-endian and row-major. The header has an entry for each tensor (`dtype`, `shape`, `data_offsets`) and
//! `__metadata__`, a map of strings. Types `F32` and `F64` are read and written.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest header that is read, as in other readers of the format.
const MAX_HEADER: u64 = 100_000_000;
/// The entry of the header that is no tensor.
const METADATA: &str = "__metadata__";
const HINT: &str = "is it a safetensors file, and complete?";

/// Tensors and words of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TensorFile {
    /// By name, in the order of the names.
    pub tensors: BTreeMap<String, Tensor>,
    /// Words about them.
    pub metadata: BTreeMap<String, String>,
}

/// A tensor of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values, row-major.
    pub values: Values,
}

/// The values of a tensor in their precision.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// 32-bit.
    F32(Vec<f32>),
    /// 64-bit.
    F64(Vec<f64>),
}

#[derive(Serialize, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

impl Values {
    /// The values in 64 bits.
    pub fn to_f64(&self) -> Vec<f64> {
        match self {
            Self::F32(values) => values.iter().copied().map(f64::from).collect(),
            Self::F64(values) => values.clone(),
        }
    }

    fn dtype(&self) -> &'static str {
        match self {
            Self::F32(_) => "F32",
            Self::F64(_) => "F64",
        }
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::F32(values) => values.iter().for_each(|value| bytes.extend(value.to_le_bytes())),
            Self::F64(values) => values.iter().for_each(|value| bytes.extend(value.to_le_bytes())),
        }
    }

    /// The values in `bytes`; none for another type.
    fn read(dtype: &str, bytes: &[u8]) -> Option<Self> {
        match dtype {
            "F32" => Some(Self::F32(bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect())),
            "F64" => Some(Self::F64(bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect())),
            _ => None,
        }
    }
}

/// The bytes of a file with these tensors; the same for the same tensors.
///
/// # Errors
/// An internal error when a name cannot be written.
pub fn write(file: &TensorFile) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    let mut header: BTreeMap<&str, Value> = BTreeMap::new();
    let internal = |e: serde_json::Error| Error::internal(format!("a header of tensors: {e}"));
    if !file.metadata.is_empty() {
        header.insert(METADATA, serde_json::to_value(&file.metadata).map_err(internal)?);
    }
    for (name, tensor) in &file.tensors {
        let first = data.len() as u64;
        tensor.values.write(&mut data);
        let entry = Entry {
            dtype: tensor.values.dtype().into(),
            shape: tensor.shape.iter().map(|&n| n as u64).collect(),
            data_offsets: [first, data.len() as u64],
        };
        header.insert(name, serde_json::to_value(entry).map_err(internal)?);
    }
    let mut header = serde_json::to_vec(&header).map_err(internal)?;
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.extend(data);
    Ok(bytes)
}

/// The tensors in the bytes of a file.
///
/// # Errors
/// When the header does not fit in the file or is no JSON, a tensor reaches beyond the file or has another type, or its
/// shape does not fit its bytes.
pub fn read(bytes: &[u8]) -> Result<TensorFile> {
    let (header, data) = parts(bytes)?;
    let header: BTreeMap<String, Value> = serde_json::from_slice(header).map_err(|e| {
        Error::data("the header of the tensors is no JSON object").found(e.to_string()).hint(HINT)
    })?;
    let mut file = TensorFile::default();
    for (name, value) in header {
        let wrong = |e: serde_json::Error| {
            Error::data("an entry of the header of the tensors is not what it should be")
                .at_object(&name)
                .expected("dtype, shape and data_offsets")
                .found(e.to_string())
                .hint(HINT)
        };
        if name == METADATA {
            file.metadata = serde_json::from_value(value).map_err(wrong)?;
        } else {
            let entry: Entry = serde_json::from_value(value).map_err(wrong)?;
            let tensor = tensor(&name, &entry, data)?;
            file.tensors.insert(name, tensor);
        }
    }
    Ok(file)
}

/// Header and values.
fn parts(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let truncated = |found: String| {
        Error::data("the file of tensors is cut short")
            .at_offset(0)
            .expected("8 bytes of length and a header of that length")
            .found(found)
            .hint(HINT)
    };
    let (length, rest) =
        bytes.split_first_chunk::<8>().ok_or_else(|| truncated(format!("{} bytes", bytes.len())))?;
    let length = u64::from_le_bytes(*length);
    let header = usize::try_from(length).ok().filter(|_| length <= MAX_HEADER);
    header
        .and_then(|length| rest.split_at_checked(length))
        .ok_or_else(|| truncated(format!("a header of {length} bytes in a file of {}", bytes.len())))
}

fn tensor(name: &str, entry: &Entry, data: &[u8]) -> Result<Tensor> {
    let wrong = |message: &str| Error::data(message.to_owned()).at_object(name).hint(HINT);
    let [first, last] = entry.data_offsets;
    let range = usize::try_from(first).ok().zip(usize::try_from(last).ok());
    let bytes = range.and_then(|(first, last)| data.get(first..last)).ok_or_else(|| {
        wrong("a tensor lies outside the file")
            .expected(format!("offsets from 0 to {}", data.len()))
            .found(format!("{first} to {last}"))
    })?;
    let values = Values::read(&entry.dtype, bytes).ok_or_else(|| {
        wrong("a tensor has another type").expected("F32 or F64").found(entry.dtype.clone())
    })?;
    let size = if entry.dtype == "F32" { 4 } else { 8 };
    let expected = entry.shape.iter().try_fold(size, |n: u64, &m| n.checked_mul(m));
    if expected != Some(bytes.len() as u64) {
        return Err(wrong("the shape of a tensor does not fit its bytes")
            .expected(format!("{} bytes", bytes.len()))
            .found(format!("{:?} of {}", entry.shape, entry.dtype)));
    }
    Ok(Tensor { shape: entry.shape.iter().map(|&n| n as usize).collect(), values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> TensorFile {
        let a = Tensor { shape: vec![2, 3], values: Values::F32((0..6).map(|i| i as f32 / 3.0).collect()) };
        let b = Tensor { shape: vec![], values: Values::F64(vec![f64::NAN.copysign(-1.0)]) };
        let empty = Tensor { shape: vec![0, 4], values: Values::F32(Vec::new()) };
        TensorFile {
            tensors: [("a.weight", a), ("empty", empty)].map(|(name, t)| (name.to_owned(), t)).into(),
            metadata: [("options".to_owned(), "{\"D\": 4}".to_owned())].into(),
        }
        .with("b", b)
    }

    impl TensorFile {
        fn with(mut self, name: &str, tensor: Tensor) -> Self {
            self.tensors.insert(name.into(), tensor);
            self
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let bytes = write(&file()).unwrap();
        let read = read(&bytes).unwrap();
        assert_eq!(write(&read).unwrap(), bytes);
        assert_eq!(read.tensors["a.weight"], file().tensors["a.weight"]);
        assert_eq!(read.metadata, file().metadata);
    }

    #[test]
    fn a_file_that_is_cut_or_changed_anywhere_gives_no_panic() {
        let bytes = write(&file()).unwrap();
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "cut at {end}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x5A;
            let _ = read(&changed);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let text = |header: &str, data: &[u8]| {
            let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat();
            read(&bytes).unwrap_err().report()
        };
        let entry = |dtype: &str, shape: &str, end: usize| {
            format!(r#"{{"w": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": [0, {end}]}}}}"#)
        };
        assert!(text(&entry("F32", "[2]", 8), &[0; 4]).contains("outside the file"));
        assert!(text(&entry("BF16", "[2]", 4), &[0; 4]).contains("F32 or F64"));
        assert!(text(&entry("F32", "[3]", 4), &[0; 4]).contains("does not fit"));
        let huge = entry("F32", "[4294967296, 4294967296, 4]", 4);
        assert!(text(&huge, &[0; 4]).contains("does not fit"));
        assert!(text("[]", &[]).contains("no JSON object"));
    }
}
