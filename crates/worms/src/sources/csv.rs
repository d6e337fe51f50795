//! Records of comma-separated text (RFC 4180), as pandas writes them.

use std::borrow::Cow;

/// The records of `text`; quoted fields may hold commas, line breaks and doubled quotes. Empty lines are passed over.
pub(super) fn records(text: &str) -> Records<'_> {
    Records { rest: text.strip_prefix('\u{feff}').unwrap_or(text) }
}

/// See [`records`].
pub(super) struct Records<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Records<'a> {
    type Item = Vec<Cow<'a, str>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_start_matches(['\r', '\n']);
        if self.rest.is_empty() {
            return None;
        }
        let mut record = Vec::new();
        loop {
            let (field, rest) = field(self.rest);
            record.push(field);
            match rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => {
                    self.rest = rest;
                    return Some(record);
                }
            }
        }
    }
}

/// The first field, and what follows it: a comma, a line break or nothing.
fn field(text: &str) -> (Cow<'_, str>, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '\n']).unwrap_or(text.len());
        let (field, rest) = text.split_at(end);
        return (field.into(), rest);
    };
    let mut field = String::new();
    let mut rest = quoted;
    loop {
        // A quote that is never closed takes the rest of the text.
        let end = rest.find('"').unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        field.push_str(part);
        let after = after.strip_prefix('"').unwrap_or(after);
        match after.strip_prefix('"') {
            Some(again) => {
                field.push('"');
                rest = again;
            }
            None => {
                // Whatever stands between the quote and the comma belongs to no field.
                let end = after.find([',', '\r', '\n']).unwrap_or(after.len());
                return (field.into(), after.split_at(end).1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Vec<String>> {
        records(text).map(|record| record.into_iter().map(Cow::into_owned).collect()).collect()
    }

    #[test]
    fn quotes_keep_commas_line_breaks_and_quotes() {
        let found = all("a,\"b,\"\"c\"\"\nd\",\r\n\r\n,2\n");
        assert_eq!(found, [vec!["a", "b,\"c\"\nd", ""], vec!["", "2"]]);
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_with_the_text() {
        assert_eq!(all("a,\"b\nc"), [vec!["a", "b\nc"]]);
        assert_eq!(all("\"\""), [vec![""]]);
    }
}
