//! Components of a factorisation: when and in whom they are strong.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

/// Rank and number of a component.
pub type Key = (i64, i64);

/// All components by rank and number.
#[derive(Clone, Debug, Default)]
pub struct Components(BTreeMap<Key, Component>);

/// What is known of one component.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Component {
    pub lambda: Option<f64>,
    pub share: Option<f64>,
    pub from_t_s: Option<f64>,
    pub peak_t_s: Option<f64>,
    pub until_t_s: Option<f64>,
    pub top_animals: Vec<String>,
    /// Time (s) and value of its time factor, in the order of time; empty where the tensor has no mode of time.
    pub course: Vec<(f64, f64)>,
}

impl Components {
    /// Reads both tables of a factorisation.
    ///
    /// # Errors
    /// When a column is missing or of another type.
    pub fn read(components: &Table, factors: &Table) -> Result<Self> {
        let (ranks, numbers) = (components.integers("rank")?, components.integers("component")?);
        let columns = ["lambda", "share", "from_t_s", "peak_t_s", "until_t_s"];
        let columns = columns.map(|name| components.numbers(name));
        let [lambda, share, from_t_s, peak_t_s, until_t_s] = columns;
        let (lambda, share, from_t_s, peak_t_s, until_t_s) =
            (lambda?, share?, from_t_s?, peak_t_s?, until_t_s?);
        let animals = components.text_lists("top_animals")?;
        let read = |row: usize| {
            let component = Component {
                lambda: lambda.get(row),
                share: share.get(row),
                from_t_s: from_t_s.get(row),
                peak_t_s: peak_t_s.get(row),
                until_t_s: until_t_s.get(row),
                top_animals: animals.get(row),
                course: Vec::new(),
            };
            ((ranks.value(row), numbers.value(row)), component)
        };
        let mut components = Self((0..components.n_rows()).map(read).collect());
        components.read_courses(factors)?;
        Ok(components)
    }

    fn read_courses(&mut self, factors: &Table) -> Result<()> {
        let (ranks, numbers) = (factors.integers("rank")?, factors.integers("component")?);
        let (modes, places) = (factors.text("mode_name")?, factors.integers("index")?);
        let (times, values) = (factors.numbers("t_s")?, factors.numbers("value")?);
        for row in (0..factors.n_rows()).filter(|&row| modes.get(row) == Some("time")) {
            let time = times.get(row).unwrap_or(places.value(row) as f64);
            if let (Some(component), Some(value)) =
                (self.0.get_mut(&(ranks.value(row), numbers.value(row))), values.get(row))
            {
                component.course.push((time, value));
            }
        }
        self.0.values_mut().for_each(|component| component.course.sort_by(|a, b| a.0.total_cmp(&b.0)));
        Ok(())
    }

    /// The component that a graph is of.
    ///
    /// # Errors
    /// A name that is not `rank R component C`; a component that is not there.
    pub fn of_graph(&self, graph_id: &str) -> Result<(Key, &Component)> {
        let key = parse(graph_id).ok_or_else(|| {
            Error::data("the graph is not that of a component")
                .at_object(format!("graph_id {graph_id:?}"))
                .expected("`rank R component C`, as `rank 8 component 3`")
                .found(graph_id)
                .hint("fit the edges that come with the factors")
        })?;
        let component = self.0.get(&key).ok_or_else(|| {
            let known: Vec<String> = self
                .0
                .keys()
                .take(5)
                .map(|(rank, number)| format!("rank {rank} component {number}"))
                .collect();
            Error::data("the components lack one that has communities")
                .at_object(format!("graph_id {graph_id:?}"))
                .expected(graph_id)
                .found(known.join(", "))
                .hint("give components and partition of one factorisation")
        })?;
        Ok((key, component))
    }

    pub fn get(&self, key: Key) -> Option<&Component> {
        self.0.get(&key)
    }
}

/// Rank and number in `rank 8 component 3`.
fn parse(graph_id: &str) -> Option<Key> {
    let mut words = graph_id.split(' ');
    let mut number = |name: &str| (words.next()? == name).then(|| words.next()?.parse().ok()).flatten();
    let key = (number("rank")?, number("component")?);
    words.next().is_none().then_some(key)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_names_of_components_are_read() {
        assert_eq!(parse("rank 8 component 3"), Some((8, 3)));
        for other in
            ["rank 8", "component 3", "rank 8 component x", "rank 8 component 3 b", "", "rank  8 component 3"]
        {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
