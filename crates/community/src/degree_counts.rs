//! How many ways there are to share the half-edges of a group among its nodes.

use crate::log_gamma::ln_binomial;
use crate::{CommunityError, Compat, Graph, Model, Result};

/// Most bytes of the table.
const BUDGET: u64 = 64 << 20;
/// Above, the numbers themselves leave the range of f64.
const LARGEST_SUM: usize = 70_000;

/// ln q(m, n): the number of partitions of the integer m into at most n parts (Peixoto 2017, eqs. 27 and 28).
///
/// Either all values are exact or all are asymptotic, since a description length that jumps between the two
/// would invent groups.
#[derive(Clone, Debug)]
pub(crate) enum DegreeCounts {
    /// `[n - 1][m]`, the numbers themselves.
    Exact { table: Vec<f64>, columns: usize },
    /// Szekeres' expansion.
    Asymptotic,
}

impl DegreeCounts {
    /// All that partitions of a graph can ask for; none without degree correction.
    ///
    /// # Errors
    /// With `compat`, when the table would be too large.
    pub(crate) fn of(graph: &Graph, model: &Model) -> Result<Option<Self>> {
        let counts = || Self::new(2 * graph.edges().len(), graph.n_nodes(), model.compat);
        model.deg_corr.then(counts).transpose()
    }

    /// For sums of degrees up to `max_sum` in groups of up to `max_nodes` nodes.
    ///
    /// # Errors
    /// With `compat`, when the table would be too large.
    pub(crate) fn new(max_sum: usize, max_nodes: usize, compat: Compat) -> Result<Self> {
        let needed = 8 * (max_sum as u64 + 1) * max_nodes.min(max_sum) as u64;
        if needed <= BUDGET && max_sum <= LARGEST_SUM {
            return Ok(Self::tabulate(max_sum, max_nodes.min(max_sum), compat));
        }
        match compat {
            Compat::None => Ok(Self::Asymptotic),
            Compat::GraphTool245 => Err(CommunityError::DegreeTable { needed, limit: BUDGET }),
        }
    }

    fn tabulate(max_sum: usize, max_nodes: usize, compat: Compat) -> Self {
        let columns = max_sum + 1;
        let mut table = vec![1.0; columns * max_nodes];
        for row in 1..max_nodes {
            let n = row + 1;
            let (before, rest) = table.split_at_mut(row * columns);
            let (above, current) = (&before[(row - 1) * columns..], &mut rest[..columns]);
            // With compat, sums of fewer than n are taken for impossible below; they are never looked up.
            let least = if compat == Compat::GraphTool245 { n } else { 0 };
            for m in 0..columns {
                current[m] = above[m] + if m >= n + least { current[m - n] } else { 0.0 };
            }
        }
        Self::Exact { table, columns }
    }

    /// Bytes of the table.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Exact { table, .. } => 8 * table.len() as u64,
            Self::Asymptotic => 0,
        }
    }

    /// ln q(m, n) for a group of n nodes.
    #[inline]
    pub(crate) fn ln(&self, m: u64, n: u64) -> f64 {
        let parts = n.min(m) as usize;
        if parts == 0 {
            return 0.0;
        }
        match self {
            Self::Exact { table, columns } => table[(parts - 1) * columns + m as usize].ln(),
            Self::Asymptotic => asymptotic(m as f64, parts as f64),
        }
    }
}

fn asymptotic(m: f64, n: f64) -> f64 {
    if n < m.powf(0.25) {
        return ln_binomial(m as u64 - 1, n as u64 - 1) - crate::log_gamma::ln_factorial(n as u64);
    }
    let u = n / m.sqrt();
    let v = fixed_point(u);
    let decay = (-v).exp();
    v.ln()
        - (-decay * (1.0 + u * u / 2.0)).ln_1p() / 2.0
        - 1.5 * std::f64::consts::LN_2
        - u.ln()
        - std::f64::consts::PI.ln()
        - m.ln()
        + m.sqrt() * (2.0 * v / u - u * (-decay).ln_1p())
}

/// v = u √Li₂(1 - e^-v).
fn fixed_point(u: f64) -> f64 {
    let mut v = u;
    for _ in 0..1000 {
        let next = u * dilogarithm(-(-v).exp_m1()).sqrt();
        let change = (next - v).abs();
        v = next;
        if change <= 1e-8 {
            break;
        }
    }
    v
}

/// Li₂(z) of 0 ≤ z ≤ 1 by its series, reflected above one half.
fn dilogarithm(z: f64) -> f64 {
    if z > 0.5 {
        let zeta_2 = std::f64::consts::PI.powi(2) / 6.0;
        let rest = 1.0 - z;
        let product = if rest > 0.0 { z.ln() * rest.ln() } else { 0.0 };
        return zeta_2 - product - dilogarithm(rest);
    }
    let (mut sum, mut power) = (0.0, 1.0);
    for k in 1..60 {
        power *= z;
        sum += power / f64::from(k * k);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Partitions of m into parts of at most n, which are as many as into at most n parts.
    fn enumerate(m: u64, largest: u64) -> u64 {
        if m == 0 { 1 } else { (1..=largest.min(m)).map(|part| enumerate(m - part, part)).sum() }
    }

    #[test]
    fn counts_equal_an_enumeration() {
        let counts = DegreeCounts::new(30, 30, Compat::None).unwrap();
        for m in 0..=30 {
            for n in 1..=30 {
                let expected = (enumerate(m, n) as f64).ln();
                assert!((counts.ln(m, n) - expected).abs() < 1e-12, "q({m}, {n})");
            }
        }
    }

    #[test]
    fn graph_tool_counts_less() {
        let counts = DegreeCounts::new(40, 40, Compat::GraphTool245).unwrap();
        assert!((counts.ln(5, 5) - 2_f64.ln()).abs() < 1e-12);
        assert!((counts.ln(30, 30) - 3023_f64.ln()).abs() < 1e-12);
        assert!((counts.ln(5, 9) - 2_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn asymptotic_counts_are_near_the_exact_ones() {
        let counts = DegreeCounts::new(2000, 100, Compat::None).unwrap();
        for (m, n, tolerance) in [(100, 10, 0.05), (500, 20, 0.03), (2000, 100, 0.02), (100, 3, 0.1)] {
            let (exact, found) = (counts.ln(m, n), asymptotic(m as f64, n as f64));
            assert!((exact - found).abs() < tolerance, "q({m}, {n}): {found}, exact {exact}");
        }
    }

    #[test]
    fn a_table_above_its_budget_is_an_error_with_compat_alone() {
        assert!(matches!(DegreeCounts::new(60_000, 5000, Compat::None), Ok(DegreeCounts::Asymptotic)));
        let refused = DegreeCounts::new(60_000, 5000, Compat::GraphTool245);
        assert!(matches!(refused, Err(CommunityError::DegreeTable { .. })));
    }
}
