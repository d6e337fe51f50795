//! From the results of the tasks before to the inputs of a step.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::{Error, ErrorKind, Inputs, PortSpec, Result, TableParts, Variant};
use neuroloom_table::Joined;

use crate::frozen::{FrozenInput, FrozenTask};
use crate::key::{Ingredients, LabelledDigest, input_digest};
use crate::store::{Entry, Store};

/// A connection and the result at its other end.
#[derive(Clone, Debug)]
pub(crate) struct Upstream<'a> {
    pub input: &'a FrozenInput,
    pub entry: Arc<Entry>,
}

impl Upstream<'_> {
    fn output(&self) -> &str {
        &self.input.spec.from_port
    }

    /// An optional output that the source did not give after all leaves the input unconnected.
    fn is_given(&self) -> bool {
        self.entry.record.outputs.contains_key(self.output())
    }
}

/// The results behind the inputs of `task`.
pub(crate) fn gather<'a>(
    task: &'a FrozenTask,
    upstream: &dyn Fn(&FrozenInput) -> Result<Arc<Entry>>,
) -> Result<Vec<Upstream<'a>>> {
    let sources = task.inputs.iter().map(|input| Ok(Upstream { input, entry: upstream(input)? }));
    let sources: Vec<Upstream<'a>> = sources.collect::<Result<_>>()?;
    match sources.iter().find(|source| !source.is_given() && !source.input.optional) {
        None => Ok(sources.into_iter().filter(Upstream::is_given).collect()),
        Some(source) => Err(Error::data(format!(
            "the input `{}` needs `{}`, which `{}` did not give",
            source.input.spec.port,
            source.output(),
            source.input.spec.from_task
        ))),
    }
}

/// What the result of `task` depends on.
pub(crate) fn ingredients(task: &FrozenTask, sources: &[Upstream<'_>]) -> Result<Ingredients> {
    let mut ports: BTreeMap<&str, Vec<LabelledDigest<'_>>> = BTreeMap::new();
    for source in sources {
        let output = source.entry.record.outputs.get(source.output());
        let output = output.ok_or_else(|| Error::internal("an input was connected to nothing"))?;
        ports.entry(&source.input.spec.port).or_default().push((&source.input.spec.variant, output.digest));
    }
    Ok(Ingredients {
        step: task.step.clone(),
        params: task.params.clone(),
        seed: task.seed,
        inputs: ports.into_iter().map(|(port, sources)| (port.to_owned(), input_digest(&sources))).collect(),
        files: task.files.clone(),
    })
}

/// Reads and verifies the inputs. A damaged result is thrown out of the store, so that the next run makes it again.
pub(crate) fn read(store: &Store, ports: &[PortSpec], sources: &[Upstream<'_>]) -> Result<Inputs> {
    let mut inputs = Inputs::default();
    for port in ports {
        let connected: Vec<&Upstream<'_>> =
            sources.iter().filter(|source| source.input.spec.port == port.name).collect();
        inputs = match connected.as_slice() {
            [] => inputs,
            several if port.many => inputs.with_variants(port.name, variants(store, several)?),
            [only] if only.input.spec.variant.is_empty() => one(store, inputs, port, only)?,
            several => {
                let at_port = |error: Error| error.at_object(format!("input {}", port.name));
                let tables = variants(store, several)?.into_iter().map(|variant| variant.table).collect();
                let joined = Joined::new(tables).map_err(at_port)?;
                if port.in_parts {
                    inputs.with_parts(port.name, Arc::new(joined.in_order().map_err(at_port)?))
                } else {
                    inputs.with_table(port.name, joined.whole().map_err(at_port)?)
                }
            }
        };
    }
    Ok(inputs)
}

fn one(store: &Store, inputs: Inputs, port: &PortSpec, source: &Upstream<'_>) -> Result<Inputs> {
    if port.in_parts {
        return Ok(inputs.with_parts(port.name, parts(store, source)?));
    }
    let table = source.entry.table(source.output());
    Ok(inputs.with_table(port.name, table.map_err(|error| or_discard(store, &source.entry, error))?))
}

fn variants(store: &Store, sources: &[&Upstream<'_>]) -> Result<Vec<Variant>> {
    let variant = |source: &&Upstream<'_>| {
        Ok(Variant { labels: source.input.spec.variant.clone(), table: parts(store, source)? })
    };
    sources.iter().map(variant).collect()
}

fn parts(store: &Store, source: &Upstream<'_>) -> Result<Arc<dyn TableParts>> {
    let opened = source.entry.parts(source.output());
    Ok(Arc::new(opened.map_err(|error| or_discard(store, &source.entry, error))?))
}

fn or_discard(store: &Store, entry: &Entry, error: Error) -> Error {
    if error.kind() != ErrorKind::Data {
        // A disk that fails says nothing about what is on it.
        return error;
    }
    let discarded = store.discard(entry.key());
    discarded
        .err()
        .unwrap_or_else(|| error.hint("run again: the damaged result was thrown away and will be made anew"))
}
