//! Sizes of communities from a power law, and who is in which.

use neuroloom_core::{Error, Result};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::Distribution;
use rand_distr::weighted::WeightedIndex;

use super::{Degrees, LfrParams};

/// Draws of all sizes before the generator gives up.
const TRIES: usize = 100_000;
/// Sets of communities among which the one whose edges can best be placed is taken.
const CANDIDATES: usize = 100;

/// Who is in which community.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// Community of every node, from 0.
    pub of_node: Vec<usize>,
    /// Nodes of every community.
    pub members: Vec<Vec<usize>>,
}

impl Communities {
    /// Draws sizes `s` with probability proportional to `s^-tau2` until they add up to the number of nodes, again and
    /// again until there are two communities and room for all degrees; puts nodes into communities that are larger than
    /// their degree inside, at random over the places. Where one community has more ends of edges that lead outside
    /// than all others can take, it begins anew, and settles for the least surplus after some such candidates.
    ///
    /// # Errors
    /// When no such sizes were met.
    pub fn draw(params: &LfrParams, degrees: &Degrees, stream: &mut ChaCha8Rng) -> Result<Self> {
        let most = params.max_community.unwrap_or(degrees.most_inside() + 1);
        let least = params.min_community.unwrap_or((degrees.least_inside() + 1).max(3)).min(most);
        let sizes = Sizes { n_nodes: params.n_nodes, least, most, tau: params.tau2 };
        let mut by_degree: Vec<usize> = (0..params.n_nodes).collect();
        by_degree.sort_by_key(|&node| std::cmp::Reverse(degrees.inside[node]));
        let law = sizes.law()?;
        let mut best: Option<(usize, Self)> = None;
        let mut candidates = 0;
        for _ in 0..TRIES {
            let drawn = sizes.draw(&law, stream).filter(|drawn| drawn.len() >= 2);
            let Some(drawn) = drawn.filter(|drawn| have_room(drawn, degrees, &by_degree)) else { continue };
            let communities = fill(&drawn, degrees, &by_degree, stream);
            let surplus = communities.surplus(degrees);
            if best.as_ref().is_none_or(|(least, _)| surplus < *least) {
                best = Some((surplus, communities));
            }
            candidates += 1;
            if surplus == 0 || candidates == CANDIDATES {
                break;
            }
        }
        best.map(|(_, communities)| communities).ok_or_else(|| sizes.unfit())
    }

    /// Ends outside of the community with most of them that all others together cannot take.
    fn surplus(&self, degrees: &Degrees) -> usize {
        let ends = |members: &Vec<usize>| members.iter().map(|&node| degrees.outside[node]).sum::<usize>();
        let all: usize = self.members.iter().map(ends).sum();
        self.members.iter().map(|members| (2 * ends(members)).saturating_sub(all)).max().unwrap_or(0)
    }
}

struct Sizes {
    n_nodes: usize,
    least: usize,
    most: usize,
    tau: f64,
}

impl Sizes {
    fn law(&self) -> Result<WeightedIndex<f64>> {
        let weights = (self.least..=self.most).map(|size| (size as f64).powf(-self.tau));
        WeightedIndex::new(weights).map_err(|e| Error::internal(format!("sizes of communities: {e}")))
    }

    fn unfit(&self) -> Error {
        let Self { n_nodes, least, most, .. } = self;
        Error::params("no sizes of at least two communities leave room for the degrees")
            .at_object("max_community")
            .expected(format!(
                "communities of {least} to {most} of the {n_nodes} nodes, with one for each node that is larger than its \
                 degree inside"
            ))
            .found(format!("none in {TRIES} draws"))
            .hint(
                "lower `max_degree` or `mean_degree`, raise `mu_t` or `n_nodes`, or set `min_community` and `max_community`",
            )
    }

    /// Sizes that add up to the number of nodes, from the largest down; none where the last would be too small.
    fn draw(&self, law: &WeightedIndex<f64>, stream: &mut ChaCha8Rng) -> Option<Vec<usize>> {
        let (mut sizes, mut rest) = (Vec::new(), self.n_nodes);
        while rest > 0 {
            // The last one takes what is left, if that is enough for a community.
            let size = (self.least + law.sample(stream)).min(rest);
            if size < self.least {
                return None;
            }
            sizes.push(size);
            rest -= size;
        }
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        Some(sizes)
    }
}

/// Whether every node can be put into a community that is larger than its degree inside (Hall's condition: where some node
/// fits, so do all of smaller degree). `sizes` and `by_degree` are from the largest down.
fn have_room(sizes: &[usize], degrees: &Degrees, by_degree: &[usize]) -> bool {
    let mut smaller = sizes.iter().peekable();
    let mut places = 0;
    by_degree.iter().enumerate().all(|(before, &node)| {
        while let Some(size) = smaller.next_if(|&&size| size > degrees.inside[node]) {
            places += size;
        }
        places > before
    })
}

/// Nodes from the largest degree inside down, each in one of the free places of the communities that are large enough.
fn fill(sizes: &[usize], degrees: &Degrees, by_degree: &[usize], stream: &mut ChaCha8Rng) -> Communities {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); sizes.len()];
    let mut of_node = vec![0; by_degree.len()];
    for &node in by_degree {
        let free = |community: usize| match sizes[community] > degrees.inside[node] {
            true => sizes[community] - members[community].len(),
            false => 0,
        };
        let places: usize = (0..sizes.len()).map(free).sum();
        let mut place = stream.random_range(0..places.max(1));
        let chosen = (0..sizes.len()).find(|&community| match place.checked_sub(free(community)) {
            Some(rest) => {
                place = rest;
                false
            }
            None => true,
        });
        let community = chosen.unwrap_or(0);
        of_node[node] = community;
        members[community].push(node);
    }
    members.iter_mut().for_each(|nodes| nodes.sort_unstable());
    Communities { of_node, members }
}
