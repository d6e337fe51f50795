//! How much room text takes, without knowing the viewer's font.

/// The fonts asked for, all of Helvetica's widths.
pub(crate) const FONTS: &str = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif";

/// Estimated width in pixels of `text` at a font size of `size` pixels, a little on the wide side.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size * 1.04
}

/// Width of a character in Helvetica, in ems, by class.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 0.23,
        ' ' | '.' | ',' | ':' | ';' | '!' | '/' | '\\' | 'I' | 'f' | 't' | '[' | ']' => 0.28,
        '(' | ')' | '-' | 'r' | '"' | '`' | '*' => 0.36,
        'm' | 'M' | 'w' | 'W' | '@' | '%' | '…' => 0.9,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 0.5,
        'a'..='z' | '0'..='9' => 0.56,
        'A'..='Z' => 0.7,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0.0,
        '\u{0}'..='\u{2fff}' => 0.64,
        _ => 1.0,
    }
}

/// `text` in at most `max_lines` lines of at most `max_width` pixels; what does not fit ends in `…`.
pub(crate) fn wrap(text: &str, max_width: f64, size: f64, max_lines: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split_whitespace().peekable();
    while lines.len() < max_lines
        && let Some(first) = words.next()
    {
        let mut line = first.to_owned();
        let last = lines.len() + 1 == max_lines;
        while let Some(word) = words.peek() {
            let longer = format!("{line} {word}");
            let overflows = width(&longer, size) > max_width;
            if overflows && !last {
                break;
            }
            line = longer;
            words.next();
            if overflows {
                break;
            }
        }
        lines.push(shorten(&line, max_width, size));
    }
    lines
}

/// `text` cut to `max_width` pixels, ending in `…` if it was longer.
pub(crate) fn shorten(text: &str, max_width: f64, size: f64) -> String {
    if width(text, size) <= max_width {
        return text.to_owned();
    }
    let room = max_width - width("…", size);
    let mut used = 0.0;
    let kept = text.chars().take_while(|&c| {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        used <= room
    });
    format!("{}…", kept.collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_keep_every_word_and_fit() {
        let text = "mean firing rate of anterodorsal nucleus units";
        let lines = wrap(text, 120.0, 12.0, 9);
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, 12.0) <= 120.0));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn what_does_not_fit_is_marked() {
        let lines = wrap(&"word ".repeat(100), 100.0, 12.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…') && width(&lines[1], 12.0) <= 100.0);
        assert!(wrap("", 100.0, 12.0, 2).is_empty());
    }
}
