//! `neuroloom new`.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, files};

use super::aligned;
use crate::failure::Failure;

struct Template {
    name: &'static str,
    about: &'static str,
    text: &'static str,
}

const TEMPLATES: &[Template] = &[
    Template {
        name: "head-direction",
        about: "NWB with head direction: tuning curves, RDMs per region, ring and line models, map",
        text: include_str!("../../templates/head-direction.yaml"),
    },
    Template {
        name: "stimulus-rsa",
        about: "NWB with stimulus trials: responses per stimulus, RDMs per region, map",
        text: include_str!("../../templates/stimulus-rsa.yaml"),
    },
    Template {
        name: "nwb-to-parquet",
        about: "NWB: spikes, traces, behaviour and intervals as Parquet tables, nothing else",
        text: include_str!("../../templates/nwb-to-parquet.yaml"),
    },
];

pub fn new(name: Option<&str>, to: Option<&Path>) -> Result<(), Failure> {
    let Some(name) = name else {
        let rows = TEMPLATES.iter().map(|template| vec![template.name.to_owned(), template.about.to_owned()]);
        print!("{}", aligned(&rows.collect::<Vec<_>>()));
        return Ok(());
    };
    let template = TEMPLATES.iter().find(|template| template.name == name).ok_or_else(|| {
        let names = TEMPLATES.iter().map(|template| template.name).collect::<Vec<_>>().join(", ");
        Error::params(format!("there is no template {name:?}")).expected(format!("one of {names}"))
    })?;
    let path = to.map_or_else(|| PathBuf::from(format!("{name}.yaml")), Path::to_path_buf);
    if files::exists(&path) {
        let error = Error::params("the file is there already").at_file(&path);
        return Err(error.hint("name another one with --to").into());
    }
    files::write_bytes(&path, template.text.as_bytes())?;
    println!("{}: edit `vars` at its top, then `neuroloom run {}`", path.display(), path.display());
    Ok(())
}
