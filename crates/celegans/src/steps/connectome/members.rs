//! Which sources the consensus takes.

use neuroloom_core::{Error, Result};

use crate::connectome::{ConnectomeParams, PRIMARY_MEMBERS, SourceEdges};
use crate::{Profile, QualityWarning};

/// The members, functional sources included, and what the user should know of the choice.
pub(super) fn chosen<'a>(
    sources: &'a [SourceEdges],
    params: &ConnectomeParams,
) -> Result<(Vec<&'a SourceEdges>, Vec<QualityWarning>)> {
    let given = |name: &str| sources.iter().any(|source| source.source == name);
    let asked: Vec<&str> = match (&params.members, params.profile) {
        (Some(members), _) => {
            if let Some(missing) = members.iter().find(|member| !given(member)) {
                let there: Vec<&str> = sources.iter().map(|source| source.source.as_str()).collect();
                return Err(Error::params("a member of the consensus is not among the sources")
                    .at_object("members")
                    .expected(there.join(", "))
                    .found(missing.as_str()));
            }
            members.iter().map(String::as_str).collect()
        }
        (None, Profile::Compat) => return Ok((sources.iter().collect(), Vec::new())),
        (None, Profile::Exact) => PRIMARY_MEMBERS.into_iter().filter(|name| given(name)).collect(),
    };
    let explicit = params.members.is_some();
    if asked.is_empty() {
        let message = "none of the primary studies is given: the consensus is of all sources, some of which may \
                       annotate the same animals";
        return Ok((sources.iter().collect(), vec![QualityWarning::new("members", message)]));
    }
    let missing: Vec<&str> = PRIMARY_MEMBERS.into_iter().filter(|name| !given(name)).collect();
    let note = (!explicit && !missing.is_empty()).then(|| {
        QualityWarning::new("members", format!("the consensus goes without {}", missing.join(", ")))
    });
    let takes =
        |source: &&SourceEdges| asked.contains(&source.source.as_str()) || (source.functional && !explicit);
    Ok((sources.iter().filter(takes).collect(), note.into_iter().collect()))
}
