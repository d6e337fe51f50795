//! Text that came from outside, made safe inside XML and HTML.

/// `text` for the inside of an element or of a quoted attribute. Characters that XML 1.0 forbids become `�`.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(c),
            _ if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// A relative link to the file `path`. It can never name another scheme or host.
pub(crate) fn relative_link(path: &str) -> String {
    let mut out = String::from("./");
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b'=' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// `text` as the id of an element: letters, digits, `-` and `_`; the rest as its code point.
pub(crate) fn id(prefix: &str, text: &str) -> String {
    let mut out = format!("{prefix}-");
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => out.push(c),
            _ => out.push_str(&format!(".{:x}", u32::from(c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escape("<a b=\"c\">'&\u{0}"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;\u{fffd}");
    }

    #[test]
    fn a_link_stays_on_this_page_s_folder() {
        assert_eq!(relative_link("rdm/out 1.parquet"), "./rdm/out%201.parquet");
        assert_eq!(relative_link("javascript:alert(1)"), "./javascript%3Aalert%281%29");
        assert_eq!(relative_link("//host/x"), "./host/x");
    }

    #[test]
    fn different_names_have_different_ids() {
        assert_ne!(id("step", "a b"), id("step", "a/b"));
        assert_eq!(id("step", "rdm[2]"), "step-rdm.5b2.5d");
    }
}
