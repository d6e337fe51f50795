//! Lines of a unit and a time.

use neuroloom_core::{Error, Result};

/// Events in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Events {
    pub(super) units: Vec<String>,
    pub(super) times: Vec<f64>,
    /// Number of the line of each event, from 1.
    pub(super) lines: Vec<usize>,
}

/// Reads the columns `unit` and `time` (from 0) of every line. Cells are separated by tabs, else by commas or
/// semicolons, else by blanks, whatever the first line has. Empty lines and those that begin with `#` are passed over,
/// as is a first line whose time is no number: a header.
///
/// # Errors
/// When another line lacks a column or has no number for its time.
pub(super) fn parse(text: &str, unit: usize, time: usize) -> Result<Events> {
    let is_event = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let separator = text.lines().find(is_event).and_then(separator);
    let mut events = Events::default();
    let lines = text.lines().enumerate().filter(|(_, line)| is_event(line));
    for (ordinal, (number, line)) in lines.enumerate() {
        let cells: Vec<&str> = match separator {
            Some(separator) => line.split(separator).map(str::trim).collect(),
            None => line.split_whitespace().collect(),
        };
        let found = cells.get(time).and_then(|cell| cell.parse::<f64>().ok());
        match (cells.get(unit).filter(|cell| !cell.is_empty()), found) {
            (Some(unit), Some(time)) => {
                events.units.push(unit_id(unit));
                events.times.push(time);
                events.lines.push(number + 1);
            }
            _ if ordinal == 0 && cells.len() > unit.max(time) => {}
            _ => {
                return Err(Error::data("a line is no event")
                    .at_object(format!("line {}", number + 1))
                    .expected(format!("a unit in column {unit} and a number in column {time}, from 0"))
                    .found(format!("{line:?}")));
            }
        }
    }
    Ok(events)
}

fn separator(line: &str) -> Option<char> {
    ['\t', ',', ';'].into_iter().find(|&separator| line.contains(separator))
}

/// Numbers that name units are written in many ways: `11.0` is unit 11.
fn unit_id(cell: &str) -> String {
    let whole = cell.strip_suffix(".0").filter(|digits| digits.parse::<i64>().is_ok());
    whole.unwrap_or(cell).trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_separator_is_understood() {
        let expected = (vec!["1".to_owned(), "b".to_owned()], vec![0.5, 0.25]);
        for text in [
            "1.0\t0.5\nb\t0.25\n",
            "unit,time\n1,0.5\n\nb,0.25",
            "# made\r\n1;0.5\r\nb;0.25\r\n",
            " 1  0.5\n b 2.5e-1",
        ] {
            let events = parse(text, 0, 1).unwrap();
            assert_eq!((events.units, events.times), expected, "{text:?}");
        }
        assert_eq!(parse("0.5,x,7\n", 2, 0).unwrap().units, ["7"]);
    }

    #[test]
    fn a_line_that_is_no_event_is_named() {
        let error = parse("unit,time\n1,0.5\n2,soon\n", 0, 1).unwrap_err();
        assert_eq!(error.location().object.as_deref(), Some("line 3"));
        assert!(parse("just words\n1 2\n", 0, 5).is_err());
    }
}
