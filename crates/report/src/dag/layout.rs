//! Where the boxes of a graph stand: layers by the longest path (Sugiyama, Tagawa & Toda 1981), order within
//! a layer by barycentres, places by least squares.

/// A node of the layout: a box, or a point where a long edge passes a layer.
#[derive(Clone, Debug)]
struct Item {
    layer: usize,
    width: f64,
    above: Vec<usize>,
    below: Vec<usize>,
    x: f64,
    /// Whether it is a point of an edge.
    passage: bool,
}

/// The result: centres of the boxes, and the bends of the edges.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Centre of each node: horizontal pixel, layer.
    pub(super) nodes: Vec<(f64, usize)>,
    /// For each edge, the points at which it passes the layers between its ends.
    pub(super) bends: Vec<Vec<(f64, usize)>>,
    /// Number of layers.
    pub(super) n_layers: usize,
    /// Width of everything, pixels; the leftmost edge is at 0.
    pub(super) width: f64,
}

/// Room for an edge that passes a layer, pixels.
const PASSAGE: f64 = 34.0;
const SWEEPS: usize = 24;

/// Lays out nodes of the given widths, `gap` pixels apart at least. Edges are pairs of node indices; those that
/// close a cycle are laid out without regard to their direction.
pub(super) fn layout(widths: &[f64], edges: &[(usize, usize)], gap: f64) -> Layout {
    let mut layers = longest_paths(widths.len(), edges);
    lower_sources(&mut layers, edges);
    let mut items: Vec<Item> =
        widths.iter().zip(&layers).map(|(&width, &layer)| Item::new(layer, width)).collect();
    let passages: Vec<Vec<usize>> = edges.iter().map(|&edge| connect(&mut items, edge)).collect();
    let n_layers = layers.iter().max().map_or(0, |last| last + 1);
    let mut rows = vec![Vec::new(); n_layers];
    for (i, item) in items.iter().enumerate() {
        if let Some(row) = rows.get_mut(item.layer) {
            row.push(i);
        }
    }
    order(&mut items, &mut rows);
    place(&mut items, &rows, gap);
    let left = items.iter().map(|item| item.x - item.width / 2.0).fold(f64::INFINITY, f64::min);
    let right = items.iter().map(|item| item.x + item.width / 2.0).fold(f64::NEG_INFINITY, f64::max);
    let point = |i: &usize| items.get(*i).map_or((0.0, 0), |item| (item.x - left, item.layer));
    Layout {
        nodes: (0..widths.len()).map(|i| point(&i)).collect(),
        bends: passages.iter().map(|passage| passage.iter().map(point).collect()).collect(),
        n_layers,
        width: if items.is_empty() { 0.0 } else { right - left },
    }
}

impl Item {
    fn new(layer: usize, width: f64) -> Self {
        Self { layer, width, above: Vec::new(), below: Vec::new(), x: 0.0, passage: false }
    }
}

/// The length of the longest path to each node.
fn longest_paths(n: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layers = vec![0; n];
    // Without cycles it settles in at most n rounds; with one, the bound stops it.
    for _ in 0..n {
        let mut settled = true;
        for &(from, to) in edges {
            let least = layers.get(from).map_or(0, |layer| layer + 1);
            if let Some(layer) = layers.get_mut(to).filter(|layer| **layer < least && least < n) {
                *layer = least;
                settled = false;
            }
        }
        if settled {
            break;
        }
    }
    layers
}

/// Moves nodes without inputs down to just above the first node that needs them.
fn lower_sources(layers: &mut [usize], edges: &[(usize, usize)]) {
    for node in 0..layers.len() {
        if edges.iter().any(|&(_, to)| to == node) {
            continue;
        }
        let needed = edges.iter().filter(|&&(from, _)| from == node).filter_map(|&(_, to)| layers.get(to));
        let lowest = needed.min().map_or(0, |layer| layer.saturating_sub(1));
        if let Some(layer) = layers.get_mut(node) {
            *layer = lowest;
        }
    }
}

/// Joins the ends of an edge, through a new item in each layer between them; returns those items.
fn connect(items: &mut Vec<Item>, (from, to): (usize, usize)) -> Vec<usize> {
    let layer = |items: &[Item], i: usize| items.get(i).map_or(0, |item| item.layer);
    let (first, last) = (layer(items, from), layer(items, to));
    let mut passages = Vec::new();
    let mut previous = from;
    for between in first + 1..last {
        let passage = items.len();
        items.push(Item { passage: true, ..Item::new(between, PASSAGE) });
        link(items, previous, passage);
        passages.push(passage);
        previous = passage;
    }
    if last > first {
        link(items, previous, to);
    }
    passages
}

fn link(items: &mut [Item], above: usize, below: usize) {
    if let Some(item) = items.get_mut(above) {
        item.below.push(below);
    }
    if let Some(item) = items.get_mut(below) {
        item.above.push(above);
    }
}

/// Orders each row by the mean place of its neighbours, downwards and upwards in turn, and keeps the order with
/// the fewest crossings.
fn order(items: &mut [Item], rows: &mut [Vec<usize>]) {
    number(items, rows);
    let mut best = (crossings(items, rows), rows.to_vec());
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let layers: Vec<usize> =
            if down { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for layer in layers {
            let Some(row) = rows.get_mut(layer) else { continue };
            let key = |i: usize| barycentre(items, i, down);
            let mut keyed: Vec<(f64, usize)> = row.iter().map(|&i| (key(i), i)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            *row = keyed.into_iter().map(|(_, i)| i).collect();
            number(items, std::slice::from_ref(row));
        }
        let crossed = crossings(items, rows);
        if crossed < best.0 {
            best = (crossed, rows.to_vec());
        }
    }
    rows.clone_from_slice(&best.1);
    number(items, rows);
}

/// Puts the rank within the row into `x`.
fn number(items: &mut [Item], rows: &[Vec<usize>]) {
    for row in rows {
        for (rank, &i) in row.iter().enumerate() {
            if let Some(item) = items.get_mut(i) {
                item.x = rank as f64;
            }
        }
    }
}

fn barycentre(items: &[Item], i: usize, down: bool) -> f64 {
    let Some(item) = items.get(i) else { return 0.0 };
    let neighbours = if down { &item.above } else { &item.below };
    pull(items, item, neighbours).0.unwrap_or(item.x)
}

/// The weighted mean place of neighbours, and the weight. Long edges pull harder, so that they become straight
/// (weights after Gansner, Koutsofios, North & Vo 1993).
fn pull(items: &[Item], item: &Item, neighbours: &[usize]) -> (Option<f64>, f64) {
    let weight = |other: &Item| match (item.passage, other.passage) {
        (true, true) => 8.0,
        (false, false) => 1.0,
        _ => 2.0,
    };
    let pulls = neighbours.iter().filter_map(|&i| items.get(i)).map(|other| (weight(other), other.x));
    let (total, sum) = pulls.fold((0.0, 0.0), |(total, sum), (weight, x)| (total + weight, sum + weight * x));
    ((total > 0.0).then(|| sum / total), total)
}

/// Pairs of edges between neighbouring rows that cross.
fn crossings(items: &[Item], rows: &[Vec<usize>]) -> usize {
    let x = |i: usize| items.get(i).map_or(0.0, |item| item.x);
    let mut crossings = 0;
    for row in rows {
        let mut ends: Vec<(f64, f64)> = Vec::new();
        for &i in row {
            let below = items.get(i).map_or(&[][..], |item| &item.below);
            ends.extend(below.iter().map(|&end| (x(i), x(end))));
        }
        for (k, a) in ends.iter().enumerate() {
            crossings += ends.iter().skip(k + 1).filter(|b| (a.0 - b.0) * (a.1 - b.1) < 0.0).count();
        }
    }
    crossings
}

/// Moves the items of each row towards their neighbours, as near as order and distance allow.
fn place(items: &mut [Item], rows: &[Vec<usize>], gap: f64) {
    for row in rows {
        let wanted: Vec<Wanted> = row.iter().enumerate().map(|(rank, _)| (rank as f64, 1.0)).collect();
        settle(items, row, &wanted, gap);
    }
    for sweep in 0..SWEEPS {
        for layer in 0..rows.len() {
            let layer = if sweep % 2 == 0 { layer } else { rows.len() - 1 - layer };
            let Some(row) = rows.get(layer) else { continue };
            let wanted: Vec<Wanted> = row.iter().map(|&i| wanted(items, i, sweep)).collect();
            settle(items, row, &wanted, gap);
        }
    }
}

/// A place and how much it matters.
type Wanted = (f64, f64);

/// Between the neighbours on the sweep's own side and all neighbours; in the end, all of them.
fn wanted(items: &[Item], i: usize, sweep: usize) -> Wanted {
    let Some(item) = items.get(i) else { return (0.0, 1.0) };
    let all = [item.above.as_slice(), item.below.as_slice()].concat();
    let (both, weight) = pull(items, item, &all);
    let Some(both) = both else { return (item.x, 1.0) };
    if sweep + 4 >= SWEEPS {
        return (both, weight);
    }
    (0.5 * (barycentre(items, i, sweep.is_multiple_of(2)) + both), weight)
}

/// The places nearest (in weighted least squares) to the wanted ones at which the items of a row keep their
/// distance: isotonic regression by pooling adjacent violators.
fn settle(items: &mut [Item], row: &[usize], wanted: &[Wanted], gap: f64) {
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(row.len());
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let mut previous: Option<f64> = None;
    for (item, (x, weight)) in row.iter().filter_map(|&i| items.get(i)).zip(wanted) {
        offset += previous.map_or(0.0, |width| (width + item.width) / 2.0 + gap);
        previous = Some(item.width);
        offsets.push(offset);
        pools.push((x - offset, *weight, 1));
        while let [.., (below, v, n), (above, w, m)] = *pools.as_slice()
            && below > above
        {
            pools.truncate(pools.len() - 2);
            pools.push(((below * v + above * w) / (v + w), v + w, n + m));
        }
    }
    let bases = pools.iter().flat_map(|&(base, _, n)| std::iter::repeat_n(base, n));
    for ((&i, offset), base) in row.iter().zip(offsets).zip(bases) {
        if let Some(item) = items.get_mut(i) {
            item.x = base + offset;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: f64 = 100.0;

    #[test]
    fn every_edge_points_down_and_no_boxes_touch() {
        let edges = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4), (0, 4), (4, 5), (0, 5)];
        let layout = layout(&[W; 6], &edges, 20.0);
        for (from, to) in edges {
            assert!(layout.nodes[from].1 < layout.nodes[to].1);
        }
        for (i, a) in layout.nodes.iter().enumerate() {
            for b in &layout.nodes[i + 1..] {
                assert!(a.1 != b.1 || (a.0 - b.0).abs() >= W + 20.0 - 1e-6, "{a:?} {b:?}");
            }
        }
        assert_eq!(layout.bends[8].len(), 2, "0 → 5 passes two layers");
    }

    #[test]
    fn a_chain_is_straight() {
        let layout = layout(&[W; 4], &[(0, 1), (1, 2), (2, 3)], 20.0);
        assert!(layout.nodes.iter().all(|node| (node.0 - W / 2.0).abs() < 1e-9));
        assert_eq!(layout.width, W);
    }

    #[test]
    fn a_diamond_is_symmetric() {
        let layout = layout(&[W; 4], &[(0, 1), (0, 2), (1, 3), (2, 3)], 20.0);
        let middle = (layout.nodes[1].0 + layout.nodes[2].0) / 2.0;
        assert!((layout.nodes[0].0 - middle).abs() < 1.0 && (layout.nodes[3].0 - middle).abs() < 1.0);
    }

    #[test]
    fn crossed_edges_are_uncrossed() {
        let layout = layout(&[W; 4], &[(0, 3), (1, 2)], 20.0);
        assert_eq!(layout.nodes[0].0 < layout.nodes[1].0, layout.nodes[3].0 < layout.nodes[2].0);
    }

    #[test]
    fn cycles_and_nothing_end() {
        assert_eq!(layout(&[], &[], 20.0).n_layers, 0);
        let cycle = layout(&[W; 3], &[(0, 1), (1, 2), (2, 0), (1, 1)], 20.0);
        assert_eq!(cycle.nodes.len(), 3);
        assert!(cycle.n_layers <= 3);
    }
}
