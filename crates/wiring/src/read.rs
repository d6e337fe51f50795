//! Reading files and folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_celegans::connectome::Reading;
use neuroloom_core::{Error, Result, files};
use neuroloom_table::kinds;

use crate::document::Document;
use crate::layout::{self, CHKLOVSKII, COOK_CHEMICAL, COOK_GAP, NEMANODE, OPENWORM, OPENWORM_SHEET};
use crate::recognise::recognise;
use crate::{Collection, EdgeColumns, EdgeList, Source, SourceReadings, Strain, atlas};

/// Endings of files that may hold readings.
const ENDINGS: [&str; 8] = ["csv", "tsv", "xlsx", "xls", "json", "h5", "hdf5", "parquet"];

/// The files in `folder` that may hold readings, sorted: those with the ending of a format that connectomes come in, but for
/// the [table of neurons](atlas::in_folder). Folders within it are not entered.
///
/// # Errors
/// When the folder cannot be listed.
pub fn candidates(folder: &Path) -> Result<Vec<PathBuf>> {
    let neurons = atlas::in_folder(folder);
    let mut found = Vec::new();
    for path in files::list(folder)? {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let fits = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
        if fits && files::is_file(&path) && neurons.as_ref() != Some(&path) {
            found.push(path);
        }
    }
    Ok(found)
}

/// Reads every known source in `folder`: published files, told by their contents and names, and tables of readings
/// that were written before. Files of other contents are listed as passed over.
///
/// # Errors
/// When nothing is found, a file is damaged, or two files hold the same source.
pub fn read_folder(folder: &Path, strain: Strain) -> Result<Collection> {
    let mut collection = Collection::default();
    for path in candidates(folder)? {
        add_file(&mut collection, &path, strain).map_err(|error| error.at_file(&path))?;
    }
    if collection.sources().next().is_none() {
        let known: Vec<&str> = Source::ALL.iter().map(|source| source.name()).collect();
        return Err(Error::data("no known connectome is in this folder")
            .at_file(folder)
            .expected(format!("files of {}", known.join(", ")))
            .hint("give `source` and the path of a file, or `columns` for an edge list of your own"));
    }
    Ok(collection)
}

/// Reads the file at `path`, of whatever known source it is.
///
/// # Errors
/// When it is of none, or damaged.
pub fn read_file(path: &Path, strain: Strain) -> Result<Collection> {
    let mut collection = Collection::default();
    add_file(&mut collection, path, strain).map_err(|error| error.at_file(path))?;
    if collection.passed_over.is_empty() {
        return Ok(collection);
    }
    let known: Vec<&str> = Source::ALL.iter().map(|source| source.name()).collect();
    Err(Error::data("the file is of no known connectome")
        .at_file(path)
        .expected(format!("one of {}", known.join(", ")))
        .hint(
            "give `source` where its name hides which one it is, or `columns` for an edge list of your own",
        ))
}

fn add_file(collection: &mut Collection, path: &Path, strain: Strain) -> Result<()> {
    let mut document = Document::open(path)?;
    if let Document::Table(table) = &document
        && table.kind() == kinds::CONNECTOME_READINGS
    {
        return collection.add_table(table, path);
    }
    match recognise(path, &mut document)? {
        Some(source) => collection.add(of_source(document, path, source, strain)?),
        None => {
            collection.passed_over.push(path.to_path_buf());
            Ok(())
        }
    }
}

/// Reads the file at `path` in the layout of `source`.
///
/// # Errors
/// When it has another layout or is damaged; the message names sheet, row and column.
pub fn read_source(path: &Path, source: Source, strain: Strain) -> Result<SourceReadings> {
    let read = || of_source(Document::open(path)?, path, source, strain);
    read().map_err(|error| error.at_file(path))
}

/// Reads an edge list: text, `.xlsx` or `.xls`, with a header.
///
/// # Errors
/// When a column is missing or a row is no reading; the message names sheet, row and column.
pub fn read_edge_list(path: &Path, list: &EdgeList) -> Result<SourceReadings> {
    let read = || {
        let sheet = Document::open(path)?.sheet(list.sheet.as_deref())?;
        layout::edges(&sheet, &list.columns, &list.types)
    };
    let readings = read().map_err(|error: Error| error.at_file(path))?;
    Ok(SourceReadings {
        source: list.source.clone(),
        unit: list.weight_unit.clone(),
        file: path.into(),
        readings,
    })
}

fn of_source(mut document: Document, path: &Path, source: Source, strain: Strain) -> Result<SourceReadings> {
    let listed = |sheet: Option<&str>, columns: [&str; 4], document: &mut Document| {
        layout::edges(&document.sheet(sheet)?, &EdgeColumns::from(columns), &BTreeMap::new())
    };
    let readings = match source {
        Source::White1986Jse => match &document {
            Document::Json(text) => layout::synapses(text)?,
            other => return Err(other.unexpected("JSON")),
        },
        Source::Funconn => match &document {
            Document::Hdf5 => layout::responses(path, strain)?,
            other => return Err(other.unexpected("HDF5 (funatlas.h5)")),
        },
        Source::Cook2019 => cook(&mut document)?,
        Source::Chklovskii => listed(None, CHKLOVSKII, &mut document)?,
        Source::Openworm => listed(Some(OPENWORM_SHEET), OPENWORM, &mut document)?,
        _ => listed(None, NEMANODE, &mut document)?,
    };
    let name = match (source, strain) {
        (Source::Funconn, Strain::Unc31) => "funconn_unc31",
        _ => source.name(),
    };
    Ok(SourceReadings { source: name.into(), unit: source.unit().into(), file: path.into(), readings })
}

fn cook(document: &mut Document) -> Result<Vec<Reading>> {
    let chemical = document.sheet(Some(COOK_CHEMICAL))?;
    let mut readings = layout::matrix(&chemical, "chemical", 0)?;
    drop(chemical);
    let gap = document.sheet(Some(COOK_GAP))?;
    readings.extend(layout::matrix(&gap, "electrical", readings.len() as u64)?);
    Ok(readings)
}

/// Bytes of the file at `path`.
pub(crate) fn length(path: &Path) -> Result<u64> {
    files::size(path)
}
