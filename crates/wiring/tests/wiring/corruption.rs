//! Damaged files of every format make the readers neither panic nor hang.

use std::path::Path;

use neuroloom_core::Result;
use neuroloom_testkit::{Outcomes, assert_survives};
use neuroloom_wiring::{Source, Strain, read_file, read_source};

use crate::support::fixture;

fn survives(name: &str, source: Source) -> Outcomes {
    let bytes = std::fs::read(fixture(name)).unwrap();
    assert_survives(&bytes, 250, move |path: &Path| -> Result<()> {
        // By its contents, too: that opens the file in another way.
        let _ = read_file(path, Strain::Wt);
        read_source(path, source, Strain::Wt).map(drop)
    })
}

fn text_survives(text: &str, source: Source) -> Outcomes {
    assert_survives(text.as_bytes(), 250, move |path: &Path| read_source(path, source, Strain::Wt))
}

#[test]
fn damaged_workbooks_are_read_or_refused() {
    for (name, source) in
        [("witvliet_2020_7.xlsx", Source::Witvliet2020Adult7), ("cook.xlsx", Source::Cook2019)]
    {
        let outcomes = survives(name, source);
        assert!(outcomes.refused > 20, "{name}: {outcomes:?}");
    }
}

#[test]
fn damaged_old_workbooks_are_read_or_refused() {
    for (name, source) in [("chklovskii.xls", Source::Chklovskii), ("openworm.xls", Source::Openworm)] {
        let outcomes = survives(name, source);
        assert!(outcomes.refused > 20, "{name}: {outcomes:?}");
    }
}

#[test]
fn damaged_atlases_are_read_or_refused() {
    let outcomes = survives("funatlas.h5", Source::Funconn);
    assert!(outcomes.refused > 20, "{outcomes:?}");
}

#[test]
fn damaged_text_is_read_or_refused() {
    let rows = (0..40).map(|row| format!("AVAL,AVAR,chemical,{row}\n")).collect::<String>();
    let outcomes = text_survives(&format!("pre,post,type,synapses\n{rows}"), Source::White1986Whole);
    assert!(outcomes.refused > 60, "{outcomes:?}");
    let rows = (0..20).map(|row| format!(r#"{{"pre":"A","post":"B","syn":[{row},1],"typ":0}}"#));
    let outcomes = text_survives(&format!("[{}]", rows.collect::<Vec<_>>().join(",")), Source::White1986Jse);
    assert!(outcomes.refused > 60, "{outcomes:?}");
}

/// The claim of a table a thousand million strings long must not be believed: nothing is reserved for it.
#[test]
fn claims_of_a_workbook_are_not_believed() {
    let bytes = std::fs::read(fixture("chklovskii.xls")).unwrap();
    // The record of the shared strings: type 0x00fc, then its length, then two counts.
    let place = bytes.windows(2).position(|pair| pair == [0xfc, 0x00]).unwrap();
    let mut damaged = bytes.clone();
    damaged[place + 8..place + 12].copy_from_slice(&1_000_000_000_u32.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xls");
    neuroloom_core::files::write_bytes(&path, &damaged).unwrap();
    let error = read_file(&path, Strain::Wt).unwrap_err();
    assert!(error.to_string().contains("shared strings"), "{error}");
}
