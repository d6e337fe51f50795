//! The warnings table, and the first of its lines for the report.

use neuroloom_core::{Result, Summary, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::QualityWarning;

/// Lines in the report; the table has all.
const SHOWN: usize = 20;

/// Warnings with the recording or source they are about.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<(String, QualityWarning)>);

impl Warnings {
    pub fn extend(&mut self, subject: &str, warnings: impl IntoIterator<Item = QualityWarning>) {
        self.0.extend(warnings.into_iter().map(|warning| (subject.to_owned(), warning)));
    }

    pub fn table(&self) -> Result<Table> {
        TableBuilder::new(kinds::WARNINGS)
            .text("subject", self.0.iter().map(|(subject, _)| subject))
            .text("code", self.0.iter().map(|(_, warning)| warning.code))
            .optional_text("object", self.0.iter().map(|(_, warning)| warning.object.as_deref()))
            .optional_integers(
                "position",
                self.0.iter().map(|(_, warning)| warning.position.map(|p| p as i64)),
            )
            .text("message", self.0.iter().map(|(_, warning)| &warning.message))
            .finish()
    }

    pub fn report(&self, mut summary: Summary) -> Summary {
        for (subject, warning) in self.0.iter().take(SHOWN) {
            let object = warning.object.as_ref().map(|object| format!(", {object}")).unwrap_or_default();
            summary = summary.warn(format!("{subject}{object}: {}", warning.message));
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => summary,
            more => summary.warn(format!("and {more} more in the table `warnings`")),
        }
    }
}
