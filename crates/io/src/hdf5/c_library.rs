//! The backend on the C library, through `hdf5-metno`.

use std::ops::Range;
use std::path::Path;

use hdf5_metno::types::{
    FixedAscii, FixedUnicode, FloatSize, IntSize, Reference, TypeDescriptor, VarLenAscii, VarLenUnicode,
};
use hdf5_metno::{
    Container, Dataset, Error, File, Group, H5Type, Hyperslab, LinkType, LocationType, ObjectReference1,
    ReferencedObject, SliceOrIndex,
};

use super::fault::Fault;
use super::{Attribute, Child, DatasetInfo, Dtype, ObjectKind, Values};

pub(super) struct Backend(File);

impl Backend {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        Ok(Self(File::open(path)?))
    }

    pub(super) fn kind(&self, object: &str) -> Result<Option<ObjectKind>, Fault> {
        let path = absolute(object);
        if path == "/" {
            return Ok(Some(ObjectKind::Group));
        }
        // The library asks for every link on the way to exist.
        let mut partial = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            partial = format!("{partial}/{name}");
            if !self.0.link_exists(&partial) {
                return Ok(None);
            }
        }
        // A link that leads nowhere exists and has no type.
        Ok(match self.0.loc_type_by_name(&path) {
            Ok(LocationType::Group) => Some(ObjectKind::Group),
            Ok(LocationType::Dataset) => Some(ObjectKind::Dataset),
            _ => None,
        })
    }

    pub(super) fn children(&self, group: &str) -> Result<Vec<Child>, Fault> {
        let mut children = Vec::new();
        self.group(group)?.iter_visit_default(|name, link| {
            children.push(Child { name: name.to_owned(), is_soft_link: link.link_type == LinkType::Soft });
            Ok(())
        })?;
        Ok(children)
    }

    pub(super) fn attribute(&self, object: &str, name: &str) -> Result<Option<Attribute>, Fault> {
        let path = absolute(object);
        if self.kind(&path)? == Some(ObjectKind::Group) {
            let group = self.group(&path)?;
            let known = group.attr_names()?.iter().any(|other| other == name);
            return known.then(|| self.value(&*group.attr(name)?)).transpose();
        }
        let dataset = self.dataset(&path)?;
        let known = dataset.attr_names()?.iter().any(|other| other == name);
        known.then(|| self.value(&*dataset.attr(name)?)).transpose()
    }

    pub(super) fn info(&self, dataset: &str) -> Result<DatasetInfo, Fault> {
        let dataset = self.dataset(dataset)?;
        let extents = |dims: Vec<usize>| dims.into_iter().map(|extent| extent as u64).collect::<Vec<u64>>();
        let space = dataset.space()?;
        let shape = if space.is_null() { vec![0] } else { extents(space.shape()) };
        let dtype = dtype_of(&dataset)?;
        Ok(DatasetInfo { shape, dtype, chunk: dataset.chunk().map(extents) })
    }

    pub(super) fn read(
        &self,
        dataset: &str,
        info: &DatasetInfo,
        rows: Option<Range<u64>>,
    ) -> Result<Values, Fault> {
        if info.n_elements() == Some(0) {
            return Ok(Values::nothing(&info.dtype));
        }
        let dataset = self.dataset(dataset)?;
        let rows = rows.as_ref();
        Ok(match &info.dtype {
            Dtype::Int(8) => Values::I8(read(&dataset, rows)?),
            Dtype::Int(16) => Values::I16(read(&dataset, rows)?),
            Dtype::Int(32) => Values::I32(read(&dataset, rows)?),
            Dtype::Int(_) => Values::I64(read(&dataset, rows)?),
            Dtype::Uint(8) => Values::U8(read(&dataset, rows)?),
            Dtype::Uint(16) => Values::U16(read(&dataset, rows)?),
            Dtype::Uint(32) => Values::U32(read(&dataset, rows)?),
            Dtype::Uint(_) => Values::U64(read(&dataset, rows)?),
            Dtype::Float(64) => Values::F64(read(&dataset, rows)?),
            Dtype::Float(_) => Values::F32(read(&dataset, rows)?),
            Dtype::Bool => Values::Bool(read(&dataset, rows)?),
            Dtype::Text(_) => Values::Text(texts(&dataset, rows)?),
            Dtype::Reference => {
                let references: Vec<ObjectReference1> = read(&dataset, rows)?;
                Values::References(references.iter().map(|reference| self.path_of(reference)).collect())
            }
            Dtype::Other(name, _) => return Err(Fault::new(format!("elements of type {name}"))),
        })
    }

    fn group(&self, path: &str) -> Result<Group, Error> {
        self.0.group(&absolute(path))
    }

    fn dataset(&self, path: &str) -> Result<Dataset, Error> {
        self.0.dataset(&absolute(path))
    }

    fn path_of(&self, reference: &ObjectReference1) -> Option<String> {
        match self.0.dereference(reference).ok()? {
            ReferencedObject::Group(group) => Some(group.name()),
            ReferencedObject::Dataset(dataset) => Some(dataset.name()),
            _ => None,
        }
    }

    fn value(&self, attribute: &Container) -> Result<Attribute, Fault> {
        Ok(match dtype_of(attribute)? {
            Dtype::Text(_) => {
                texts(attribute, None)?.into_iter().next().map_or(Attribute::Other, Attribute::Text)
            }
            Dtype::Reference => {
                let references = attribute.read_raw::<ObjectReference1>()?;
                Attribute::Reference(references.first().and_then(|reference| self.path_of(reference)))
            }
            Dtype::Int(_) | Dtype::Uint(_) | Dtype::Float(_) => {
                attribute.read_raw::<f64>()?.first().copied().map_or(Attribute::Other, Attribute::Number)
            }
            _ => Attribute::Other,
        })
    }
}

fn absolute(path: &str) -> String {
    format!("/{}", path.trim_matches('/'))
}

fn read<T: H5Type>(container: &Container, rows: Option<&Range<u64>>) -> Result<Vec<T>, Fault> {
    let Some(rows) = rows else { return Ok(container.read_raw()?) };
    let first = SliceOrIndex::from(rows.start as usize..rows.end as usize);
    let others = std::iter::repeat_n(SliceOrIndex::from(..), container.ndim().saturating_sub(1));
    let selection = Hyperslab::new(std::iter::once(first).chain(others).collect::<Vec<_>>());
    let array = container.read_slice::<T, _, ndarray::IxDyn>(selection)?;
    Ok(array.into_raw_vec_and_offset().0)
}

/// Strings; the library reads those of fixed length into buffers of a length known when compiling, so the next
/// longer one of a few is taken.
fn texts(container: &Container, rows: Option<&Range<u64>>) -> Result<Vec<String>, Fault> {
    fn shown<T: H5Type + ToString>(
        container: &Container,
        rows: Option<&Range<u64>>,
    ) -> Result<Vec<String>, Fault> {
        Ok(read::<T>(container, rows)?.iter().map(T::to_string).collect())
    }
    match container.dtype()?.to_descriptor()? {
        TypeDescriptor::VarLenAscii => shown::<VarLenAscii>(container, rows),
        TypeDescriptor::VarLenUnicode => shown::<VarLenUnicode>(container, rows),
        TypeDescriptor::FixedAscii(0..=64) => shown::<FixedAscii<64>>(container, rows),
        TypeDescriptor::FixedAscii(65..=1024) => shown::<FixedAscii<1024>>(container, rows),
        TypeDescriptor::FixedAscii(1025..=65_536) => shown::<FixedAscii<65_536>>(container, rows),
        TypeDescriptor::FixedUnicode(0..=64) => shown::<FixedUnicode<64>>(container, rows),
        TypeDescriptor::FixedUnicode(65..=1024) => shown::<FixedUnicode<1024>>(container, rows),
        TypeDescriptor::FixedUnicode(1025..=65_536) => shown::<FixedUnicode<65_536>>(container, rows),
        other => Err(Fault::new(format!("strings of type {other}"))),
    }
}

fn dtype_of(container: &Container) -> Result<Dtype, Fault> {
    let datatype = container.dtype()?;
    let size = datatype.size() as u64;
    let Ok(descriptor) = datatype.to_descriptor() else {
        return Ok(Dtype::Other("a type that the C library's wrapper does not know".into(), size));
    };
    Ok(dtype(&descriptor, size))
}

fn dtype(descriptor: &TypeDescriptor, size: u64) -> Dtype {
    let bits = |size: &IntSize| 8 * *size as u32;
    match descriptor {
        TypeDescriptor::Integer(size) => Dtype::Int(bits(size)),
        TypeDescriptor::Unsigned(size) => Dtype::Uint(bits(size)),
        TypeDescriptor::Float(FloatSize::U4) => Dtype::Float(32),
        TypeDescriptor::Float(FloatSize::U8) => Dtype::Float(64),
        TypeDescriptor::Boolean => Dtype::Bool,
        TypeDescriptor::Enum(members) if members.signed => Dtype::Int(bits(&members.size)),
        TypeDescriptor::Enum(members) => Dtype::Uint(bits(&members.size)),
        TypeDescriptor::FixedAscii(length) | TypeDescriptor::FixedUnicode(length) => {
            Dtype::Text(Some(*length))
        }
        TypeDescriptor::VarLenAscii | TypeDescriptor::VarLenUnicode => Dtype::Text(None),
        TypeDescriptor::Reference(Reference::Object) => Dtype::Reference,
        TypeDescriptor::Compound(_) => Dtype::Other("compound".into(), size),
        other => Dtype::Other(other.to_string(), size),
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::new(error.to_string())
    }
}
