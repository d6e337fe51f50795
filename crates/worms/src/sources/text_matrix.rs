//! Numbers in text.

use std::path::Path;

use neuroloom_core::{Error, Result, files};

/// Lines of numbers between blanks; `nan` in any case is NaN. Empty lines are passed over.
///
/// # Errors
/// When the file is absent or no text, a word is no number, or a line has another number of words than the first.
pub(super) fn read(path: &Path) -> Result<Vec<Vec<f64>>> {
    let text = files::read_text(path)?;
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (line_number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = |column: usize| format!("line {}, column {}", line_number + 1, column + 1);
        let words = line.split_whitespace().enumerate();
        let row = words.map(|(column, word)| number(word).map_err(|e| e.at_object(place(column))));
        let row = row.collect::<Result<Vec<f64>>>().map_err(|error| error.at_file(path))?;
        if let Some(first) = rows.first().filter(|first| first.len() != row.len()) {
            return Err(Error::data("a line has another number of values than the first one")
                .at_file(path)
                .at_object(format!("line {}", line_number + 1))
                .expected(first.len().to_string())
                .found(row.len().to_string()));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The number in `word`; an empty one is NaN.
///
/// # Errors
/// When it is no number.
pub(super) fn number(word: &str) -> Result<f64> {
    let word = word.trim();
    if word.is_empty() {
        return Ok(f64::NAN);
    }
    word.parse().map_err(|_| {
        let shown: String = word.chars().take(40).collect();
        Error::data("not a number").expected("a number, or nan").found(format!("{shown:?}"))
    })
}
