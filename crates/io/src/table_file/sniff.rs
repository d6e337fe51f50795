//! What a text file looks like: its delimiter and whether it has a header.

use super::frame::NumberFormat;
use super::params::Delimiter;

/// Lines that are looked at.
const LINES: usize = 20;

/// The delimiter that the first lines of `text` agree on. Tabs and semicolons are rarely part of a number, so they go
/// before commas.
pub(crate) fn delimiter(text: &str, comment: &str) -> Delimiter {
    let lines: Vec<&str> = text.lines().filter(|line| is_data(line, comment)).take(LINES).collect();
    let candidates = [
        (Delimiter::Tab, '\t'),
        (Delimiter::Semicolon, ';'),
        (Delimiter::Pipe, '|'),
        (Delimiter::Comma, ','),
    ];
    let counts = |mark: char| lines.iter().map(|line| outside_quotes(line, mark)).collect::<Vec<_>>();
    let agreed = candidates.iter().find(|(_, mark)| {
        let counts = counts(*mark);
        counts.first().is_some_and(|&first| first > 0 && counts.iter().all(|&n| n == first))
    });
    let present =
        || candidates.iter().find(|(_, mark)| counts(*mark).iter().all(|&n| n > 0) && !lines.is_empty());
    let blanks = || {
        let words = |line: &&str| line.split_whitespace().count();
        lines.first().map(words).is_some_and(|n| n > 1 && lines.iter().all(|line| words(line) == n))
    };
    match agreed.or_else(present) {
        Some((delimiter, _)) => *delimiter,
        None if blanks() => Delimiter::Blanks,
        None => Delimiter::Comma,
    }
}

/// Whether the first row names the columns: one of its cells is no number.
pub(super) fn is_header(cells: &[String], format: &NumberFormat) -> bool {
    cells.iter().any(|cell| format.number(cell).is_none())
}

/// Whether a line has data in it.
pub(super) fn is_data(line: &str, comment: &str) -> bool {
    !line.trim().is_empty() && (comment.is_empty() || !line.starts_with(comment))
}

fn outside_quotes(line: &str, mark: char) -> usize {
    let mut quoted = false;
    line.chars()
        .filter(|&c| {
            quoted ^= c == '"';
            c == mark && !quoted
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_delimiter_is_found() {
        for (text, expected) in [
            ("a,b\n1,2\n", Delimiter::Comma),
            ("a\tb, c\n1\t2\n", Delimiter::Tab),
            ("a;b\n0,5;1,5\n", Delimiter::Semicolon),
            ("a|b\n1|2\n", Delimiter::Pipe),
            ("a  b\n 1 2\n", Delimiter::Blanks),
            ("\"x;y\",b\n1,2\n", Delimiter::Comma),
            ("# a;b\n1,2\n", Delimiter::Comma),
            ("a\n1\n", Delimiter::Comma),
            ("", Delimiter::Comma),
        ] {
            assert_eq!(delimiter(text, "#"), expected, "{text:?}");
        }
    }
}
