use std::path::Path;

use neuroloom_core::{Error, ParamIssues, Result, StepParams, Table};

use super::check;
use super::conditions::{chosen, labels, shared};
use super::params::Params;
use super::select::{Named, named, nothing, require_distinct, selected};
use super::set::RdmSet;
use super::tables::{self, Shared};

/// The tables of some RDMs.
#[derive(Clone, Debug)]
pub struct RdmTables {
    /// A row per RDM and pair.
    pub rdms: Table,
    /// A row per RDM.
    pub index: Table,
    /// Number of conditions.
    pub n_conditions: usize,
    /// What is odd about the RDMs.
    pub notes: Vec<String>,
}

/// Reads the RDMs of the files of `params`, whose paths are relative to `base`.
///
/// # Errors
/// When a file is absent, damaged or of another format; its arrays do not fit each other; a matrix is no RDM; a dissimilarity
/// is infinite or, unless allowed, NaN; files have different conditions; names of RDMs or labels of conditions are not distinct; or
/// nothing is selected.
pub fn read(base: &Path, params: &Params) -> Result<RdmTables> {
    let mut issues = ParamIssues::default();
    params.check(&mut issues);
    if let Some(issue) = issues.into_vec().first() {
        return Err(Error::params(issue.to_string()));
    }
    let mut files = Vec::new();
    for path in params.path.as_slice() {
        let path = path.resolve(base);
        let set = RdmSet::read(&path, params)?;
        let labels = labels(&set, params.conditions.as_deref()).map_err(|error| error.at_file(&path))?;
        files.push((set, labels));
    }
    let (labels, places) = shared(&files, params.different_conditions)?;
    let mut gathered = Gathered::default();
    for ((set, _), places) in files.iter_mut().zip(&places) {
        gathered.add(set, places, &labels, params).map_err(|error| error.at_file(&set.path))?;
    }
    match files.first() {
        Some((set, _)) if gathered.named.is_empty() => Err(nothing(set, params)),
        _ => gathered.into_tables(&labels, params),
    }
}

/// The selected RDMs of all files.
#[derive(Debug, Default)]
struct Gathered {
    named: Vec<Named>,
    measures: Vec<String>,
    rdms: Vec<(String, Vec<f64>)>,
}

impl Gathered {
    /// Moves the selected RDMs out of `set`.
    fn add(&mut self, set: &mut RdmSet, places: &[usize], labels: &[String], params: &Params) -> Result<()> {
        let selected = selected(set.matrices.vectors.len(), &set.rdms, params)?;
        let named = named(set, &selected, params)?;
        let measure = params.measure.as_ref().or(set.measure.as_ref()).filter(|measure| !measure.is_empty());
        let measure = measure.map_or("unknown", String::as_str);
        let mut matrices = chosen(std::mem::take(&mut set.matrices), places);
        for (row, &rdm) in named.iter().zip(&selected) {
            let vector = std::mem::take(&mut matrices.vectors[rdm]);
            check::check(&row.rdm_id, &vector, labels, params.nan)?;
            self.rdms.push((row.rdm_id.clone(), vector));
            self.measures.push(measure.to_owned());
        }
        self.named.extend(named);
        Ok(())
    }

    fn into_tables(self, labels: &[String], params: &Params) -> Result<RdmTables> {
        require_distinct(&self.named)?;
        let shared = Shared { labels, unit: &params.unit };
        Ok(RdmTables {
            rdms: tables::rdms(&self.rdms, &shared)?,
            index: tables::index(&self.named, &self.measures, &shared)?,
            n_conditions: labels.len(),
            notes: check::oddities(&self.rdms),
        })
    }
}
