//! Simple graphs with given degrees: within communities, and between them.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Communities, Degrees};

/// Exchanges of ends per edge, after which the graph has forgotten how it was built.
const EXCHANGES: usize = 20;

/// Edges `(i, j)` with `i < j`, sorted. `degrees` are changed where one end within a community is left without
/// another: it goes outside.
pub(super) fn wire(
    degrees: &mut Degrees,
    communities: &Communities,
    stream: &mut ChaCha8Rng,
) -> Vec<(usize, usize)> {
    let mut edges = Vec::new();
    for members in &communities.members {
        make_even(degrees, members, stream);
        let mut wires = Wires::new(members, &degrees.inside, |_, _| true);
        wires.place_all(stream);
        wires.shuffle(stream);
        for (&node, left) in members.iter().zip(&wires.left) {
            degrees.inside[node] -= left;
            degrees.outside[node] += left;
        }
        edges.append(&mut wires.edges);
    }
    let all: Vec<usize> = (0..communities.of_node.len()).collect();
    let of_node = &communities.of_node;
    let mut wires = Wires::new(&all, &degrees.outside, |i, j| of_node[i] != of_node[j]);
    wires.place_all(stream);
    wires.shuffle(stream);
    edges.append(&mut wires.edges);
    edges.sort_unstable();
    edges
}

/// An odd end of a community leads outside instead.
fn make_even(degrees: &mut Degrees, members: &[usize], stream: &mut ChaCha8Rng) {
    if members.iter().map(|&node| degrees.inside[node]).sum::<usize>() % 2 == 1 {
        let wired: Vec<usize> = members.iter().copied().filter(|&node| degrees.inside[node] > 0).collect();
        let node = wired[stream.random_range(0..wired.len())];
        degrees.inside[node] -= 1;
        degrees.outside[node] += 1;
    }
}

/// A graph that is being wired among some nodes.
struct Wires<'a, F> {
    nodes: &'a [usize],
    /// Ends of every node, by place in `nodes`, that lead nowhere yet.
    left: Vec<usize>,
    edges: Vec<(usize, usize)>,
    /// Whether two nodes, by place, are joined.
    joined: std::collections::HashSet<(usize, usize)>,
    may_join: F,
}

impl<'a, F: Fn(usize, usize) -> bool> Wires<'a, F> {
    /// No edges yet. `degrees` are those of all nodes of the graph; `may_join` says which may be joined.
    fn new(nodes: &'a [usize], degrees: &[usize], may_join: F) -> Self {
        let left = nodes.iter().map(|&node| degrees[node]).collect();
        Self { nodes, left, edges: Vec::new(), joined: Default::default(), may_join }
    }

    /// Joins the node with most ends left to those with most among the others, again and again (Havel and Hakimi); then
    /// places what is left by opening edges.
    fn place_all(&mut self, stream: &mut ChaCha8Rng) {
        let mut done = vec![false; self.left.len()];
        while let Some(hub) =
            (0..done.len()).filter(|&i| !done[i] && self.left[i] > 0).max_by_key(|&i| self.left[i])
        {
            done[hub] = true;
            let mut others: Vec<(usize, u32, usize)> = (0..done.len())
                .filter(|&other| self.left[other] > 0 && self.is_open(hub, other))
                .map(|other| (self.left[other], stream.random::<u32>(), other))
                .collect();
            others.sort_unstable_by(|a, b| b.cmp(a));
            for (_, _, other) in others.into_iter().take(self.left[hub]) {
                self.join(hub, other);
                self.left[hub] -= 1;
                self.left[other] -= 1;
            }
        }
        self.place_rest(stream);
    }

    /// Two ends that found no partner, `u` and `v`, open an edge (a, b) and become (u, a) and (v, b). What is left when
    /// no edge can be opened stays left.
    fn place_rest(&mut self, stream: &mut ChaCha8Rng) {
        loop {
            let ends: Vec<usize> =
                (0..self.left.len()).flat_map(|i| std::iter::repeat_n(i, self.left[i])).collect();
            let pairs =
                ends.iter().enumerate().flat_map(|(k, &u)| ends[k + 1..].iter().map(move |&v| (u, v)));
            let mut pairs: Vec<(usize, usize)> = pairs.collect();
            pairs.dedup();
            if !pairs.into_iter().any(|(u, v)| self.open_for(u, v, stream)) {
                return;
            }
        }
    }

    fn open_for(&mut self, u: usize, v: usize, stream: &mut ChaCha8Rng) -> bool {
        let n = self.edges.len();
        let first = if n > 0 { stream.random_range(0..n) } else { 0 };
        for k in 0..n {
            let place = (first + k) % n;
            let (a, b) = self.edges[place];
            for (a, b) in [(a, b), (b, a)] {
                let (a, b) = (self.place_of(a), self.place_of(b));
                let differ = u != v || a != b;
                if differ && self.is_open(u, a) && self.is_open(v, b) && key(u, a) != key(v, b) {
                    self.replace(place, (u, a));
                    self.join(v, b);
                    self.left[u] -= 1;
                    self.left[v] -= 1;
                    return true;
                }
            }
        }
        false
    }

    /// Pairs of edges (a, b), (c, d) become (a, d), (c, b) where they may: all graphs of these degrees can come of it.
    fn shuffle(&mut self, stream: &mut ChaCha8Rng) {
        let n = self.edges.len();
        if n < 2 {
            return;
        }
        for _ in 0..EXCHANGES * n {
            let (first, second) = (stream.random_range(0..n), stream.random_range(0..n));
            let ((a, b), (c, d)) = (self.places(first), self.places(second));
            let (c, d) = if stream.random::<bool>() { (c, d) } else { (d, c) };
            let apart = first != second && a != c && b != d;
            if apart && self.is_open(a, d) && self.is_open(c, b) {
                self.replace(first, (a, d));
                self.replace(second, (c, b));
            }
        }
    }

    fn is_open(&self, i: usize, j: usize) -> bool {
        i != j && !self.joined.contains(&key(i, j)) && (self.may_join)(self.nodes[i], self.nodes[j])
    }

    fn join(&mut self, i: usize, j: usize) {
        self.joined.insert(key(i, j));
        self.edges.push(key(self.nodes[i], self.nodes[j]));
    }

    /// Puts the edge between the places of `ends` where another one is.
    fn replace(&mut self, place: usize, (i, j): (usize, usize)) {
        let (a, b) = self.places(place);
        self.joined.remove(&key(a, b));
        self.joined.insert(key(i, j));
        self.edges[place] = key(self.nodes[i], self.nodes[j]);
    }

    fn places(&self, edge: usize) -> (usize, usize) {
        let (i, j) = self.edges[edge];
        (self.place_of(i), self.place_of(j))
    }

    /// Place of a node; `nodes` are sorted.
    fn place_of(&self, node: usize) -> usize {
        self.nodes.binary_search(&node).unwrap_or(0)
    }
}

fn key(i: usize, j: usize) -> (usize, usize) {
    (i.min(j), i.max(j))
}
