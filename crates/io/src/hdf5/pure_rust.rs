//! The backend on `rust-hdf5`.

use std::ops::Range;
use std::path::Path;

use rust_hdf5::{
    DatatypeMessage, FileLocking, H5Dataset, H5File, H5Group, H5Type, Hdf5Error, LinkClass, Reference,
};

use super::fault::Fault;
use super::{Attribute, Child, DatasetInfo, Dtype, ObjectKind, Values};

pub(super) struct Backend(H5File);

impl Backend {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        // Locks are advisory and fail on file systems without them; a reader of finished files needs none.
        let options = H5File::options().locking(FileLocking::Disabled);
        Ok(Self(options.open(path)?))
    }

    pub(super) fn kind(&self, object: &str) -> Result<Option<ObjectKind>, Fault> {
        match self.group(object) {
            Ok(_) => return Ok(Some(ObjectKind::Group)),
            Err(Hdf5Error::NotFound(_)) => {}
            Err(Hdf5Error::Unsupported(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        match self.dataset(object) {
            Ok(_) => Ok(Some(ObjectKind::Dataset)),
            // What is listed and cannot be decoded is a dataset still; asking it for its data says why not.
            Err(Hdf5Error::Unsupported(_)) => Ok(Some(ObjectKind::Dataset)),
            Err(
                Hdf5Error::NotFound(_)
                | Hdf5Error::DanglingLink { .. }
                | Hdf5Error::ExternalFileNotFound { .. },
            ) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn children(&self, group: &str) -> Result<Vec<Child>, Fault> {
        let group = self.group(group)?;
        let mut children = Vec::new();
        for name in group.link_names()? {
            let is_soft_link = matches!(group.link_class(&name)?, LinkClass::Soft { .. });
            children.push(Child { name, is_soft_link });
        }
        Ok(children)
    }

    pub(super) fn attribute(&self, object: &str, name: &str) -> Result<Option<Attribute>, Fault> {
        if let Ok(group) = self.group(object) {
            let known = group.attr_names()?.iter().any(|other| other == name);
            return Ok(known.then(|| group.attr_string(name).map_or(Attribute::Other, Attribute::Text)));
        }
        let dataset = self.dataset(object)?;
        if !dataset.attr_names()?.iter().any(|other| other == name) {
            return Ok(None);
        }
        let attribute = dataset.attr(name)?;
        Ok(Some(match attribute.datatype()? {
            DatatypeMessage::FixedString { .. } | DatatypeMessage::VarLenString { .. } => {
                Attribute::Text(attribute.read_string()?)
            }
            DatatypeMessage::Reference { .. } => {
                let target = attribute.read_references()?.into_iter().next();
                Attribute::Reference(target.and_then(|reference| path_of(&reference)))
            }
            _ => {
                let float = attribute.read_numeric_as::<f64>().ok();
                let signed = || Some(to_f64(attribute.read_numeric_as::<i64>().ok()?));
                let unsigned = || {
                    let values = attribute.read_numeric_as::<u64>().ok()?;
                    Some(values.into_iter().map(|value| value as f64).collect())
                };
                let values: Option<Vec<f64>> = float.or_else(signed).or_else(unsigned);
                values.and_then(|values| values.first().copied()).map_or(Attribute::Other, Attribute::Number)
            }
        }))
    }

    pub(super) fn info(&self, dataset: &str) -> Result<DatasetInfo, Fault> {
        let dataset = self.dataset(dataset)?;
        let extents = |dims: Vec<usize>| dims.into_iter().map(|extent| extent as u64).collect();
        let shape = if dataset.is_null() { vec![0] } else { extents(dataset.shape()) };
        let dtype = dtype(&dataset.datatype()?, dataset.element_size());
        Ok(DatasetInfo { shape, dtype, chunk: dataset.chunk_dims().map(extents) })
    }

    pub(super) fn read(
        &self,
        dataset: &str,
        info: &DatasetInfo,
        rows: Option<Range<u64>>,
    ) -> Result<Values, Fault> {
        let dataset = self.dataset(dataset)?;
        let slab = rows.map(|rows| Slab::new(&info.shape, &rows));
        let slab = slab.as_ref();
        Ok(match &info.dtype {
            Dtype::Int(8) => Values::I8(read(&dataset, slab)?),
            Dtype::Int(16) => Values::I16(read(&dataset, slab)?),
            Dtype::Int(32) => Values::I32(read(&dataset, slab)?),
            Dtype::Int(_) => Values::I64(read(&dataset, slab)?),
            Dtype::Uint(8) => Values::U8(read(&dataset, slab)?),
            Dtype::Uint(16) => Values::U16(read(&dataset, slab)?),
            Dtype::Uint(32) => Values::U32(read(&dataset, slab)?),
            Dtype::Uint(_) => Values::U64(read(&dataset, slab)?),
            Dtype::Float(16) => Values::F32(read_half(&dataset, slab)?),
            Dtype::Float(32) => Values::F32(read(&dataset, slab)?),
            Dtype::Float(_) => Values::F64(read(&dataset, slab)?),
            Dtype::Bool => {
                let bytes: Vec<u8> = read(&dataset, slab)?;
                Values::Bool(bytes.into_iter().map(|byte| byte != 0).collect())
            }
            Dtype::Text(_) => Values::Text(Slab::part(slab, info, dataset.read_strings_lossy()?)),
            Dtype::Reference => {
                let paths = dataset.read_references()?.iter().map(path_of).collect();
                Values::References(Slab::part(slab, info, paths))
            }
            Dtype::Other(name, _) => return Err(Fault::new(format!("elements of type {name}"))),
        })
    }

    fn group(&self, path: &str) -> Result<H5Group, Hdf5Error> {
        let root = self.0.root_group();
        match path.trim_matches('/') {
            "" => Ok(root),
            path => root.group(path),
        }
    }

    fn dataset(&self, path: &str) -> Result<H5Dataset, Hdf5Error> {
        self.0.dataset(path.trim_matches('/'))
    }
}

/// Rows of a dataset as starts and counts of every dimension.
struct Slab {
    starts: Vec<usize>,
    counts: Vec<usize>,
}

impl Slab {
    fn new(shape: &[u64], rows: &Range<u64>) -> Self {
        let mut starts = vec![0; shape.len()];
        let mut counts: Vec<usize> = shape.iter().map(|&extent| extent as usize).collect();
        if let (Some(start), Some(count)) = (starts.first_mut(), counts.first_mut()) {
            *start = rows.start as usize;
            *count = (rows.end - rows.start) as usize;
        }
        Self { starts, counts }
    }

    /// The slab's part of elements that can only be read as a whole.
    fn part<T>(slab: Option<&Self>, info: &DatasetInfo, elements: Vec<T>) -> Vec<T> {
        let Some(slab) = slab else { return elements };
        let per_row: usize = info.shape.iter().skip(1).map(|&extent| extent as usize).product();
        let start = slab.starts.first().copied().unwrap_or(0) * per_row;
        let count = slab.counts.first().copied().unwrap_or(0) * per_row;
        elements.into_iter().skip(start).take(count).collect()
    }
}

fn read<T: H5Type>(dataset: &H5Dataset, slab: Option<&Slab>) -> Result<Vec<T>, Fault> {
    Ok(match slab {
        Some(slab) => dataset.read_slice(&slab.starts, &slab.counts)?,
        None => dataset.read_raw()?,
    })
}

fn read_half(dataset: &H5Dataset, slab: Option<&Slab>) -> Result<Vec<f32>, Fault> {
    Ok(match slab {
        Some(slab) => dataset.read_numeric_slice_as(&slab.starts, &slab.counts)?,
        None => dataset.read_numeric_as()?,
    })
}

fn to_f64(values: Vec<i64>) -> Vec<f64> {
    values.into_iter().map(|value| value as f64).collect()
}

fn path_of(reference: &Reference) -> Option<String> {
    let path = reference.path().filter(|_| reference.file().is_none())?;
    Some(format!("/{}", path.trim_start_matches('/')))
}

fn dtype(message: &DatatypeMessage, element_size: usize) -> Dtype {
    let other = || Dtype::Other(message.to_string(), element_size as u64);
    match message {
        DatatypeMessage::FixedPoint { size, signed, bit_offset, bit_precision, .. } => {
            let plain =
                matches!(size, 1 | 2 | 4 | 8) && *bit_offset == 0 && u32::from(*bit_precision) == size * 8;
            match (plain, signed) {
                (false, _) => other(),
                (true, true) => Dtype::Int(size * 8),
                (true, false) => Dtype::Uint(size * 8),
            }
        }
        DatatypeMessage::FloatingPoint { size, .. } => match message.ieee_format() {
            Some(_) if matches!(size, 2 | 4 | 8) => Dtype::Float(size * 8),
            _ => other(),
        },
        DatatypeMessage::Enum { base, members } => {
            let mut names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
            names.sort_unstable();
            if names == ["FALSE", "TRUE"] && element_size == 1 {
                Dtype::Bool
            } else {
                dtype(base, element_size)
            }
        }
        DatatypeMessage::FixedString { size, .. } => Dtype::Text(Some(*size as usize)),
        DatatypeMessage::VarLenString { .. } => Dtype::Text(None),
        DatatypeMessage::Reference { .. } => Dtype::Reference,
        DatatypeMessage::Compound { .. } => Dtype::Other("compound".into(), element_size as u64),
        _ => other(),
    }
}

impl From<Hdf5Error> for Fault {
    fn from(error: Hdf5Error) -> Self {
        Self::new(error.to_string())
    }
}
