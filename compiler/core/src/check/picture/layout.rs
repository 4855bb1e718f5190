//! Where everything stands: cards in columns, near to what they are linked with.
//!
//! The columns are given, and links lead from one column to a later one, so two steps are left:
//! the order within a column, by barycentres, with the fewest crossings that were seen; and the
//! height of everything, by least squares over the links, which keeps cards from overlapping. What
//! stands in a frame stays together. No hash map and no chance is asked: the same sheet is drawn
//! the same way everywhere. (Libraries for this either iterate hash maps, or panic on graphs that
//! they do not expect, or want to choose the columns themselves.)

use std::collections::BTreeMap;

/// How often the order is improved, and the heights.
const SWEEPS: usize = 12;

/// The space between two blocks of a column.
const GAP: f64 = 14.0;

/// Something with a height: a card, or a frame with what it holds.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// What links call it.
    pub(super) key: usize,
    /// The height of a card, or of the title of a frame.
    pub(super) height: f64,
    /// What a frame holds; none for a card.
    pub(super) inside: Vec<Block>,
    /// Whether it is a frame, which has space around what it holds.
    pub(super) frame: bool,
}

/// The space between a frame's edge and what it holds.
pub(super) const MARGIN: f64 = 10.0;

/// Where a block came to stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) top: f64,
    pub(super) height: f64,
    /// Where links end.
    pub(super) port: f64,
    /// How many frames it is in.
    pub(super) depth: usize,
}

/// What each block is linked with: to the left, and to the right.
#[derive(Clone, Debug, Default)]
struct Links {
    left: Side,
    right: Side,
}

impl Links {
    fn new(links: &[(usize, usize)]) -> Links {
        let mut all = Links::default();
        for (from, to) in links {
            all.right.entry(*from).or_default().push(*to);
            all.left.entry(*to).or_default().push(*from);
        }
        all
    }
}

/// Places of all blocks, by key.
pub(super) fn layout(
    mut columns: Vec<Vec<Block>>,
    pairs: &[(usize, usize)],
) -> BTreeMap<usize, Place> {
    let links = &Links::new(pairs);
    order(&mut columns, links, pairs);
    let mut tops: Vec<Vec<f64>> = columns.iter().map(|column| stacked(column)).collect();
    for sweep in 0..SWEEPS {
        for step in 0..columns.len() {
            let at = match sweep % 2 {
                0 => step,
                _ => columns.len() - 1 - step,
            };
            let places = places(&columns, &tops);
            if let (Some(column), Some(tops)) = (columns.get(at), tops.get_mut(at)) {
                *tops = settled(column, tops, &places, links);
            }
        }
    }
    let mut places = places(&columns, &tops);
    let first = places
        .values()
        .map(|place| place.top)
        .fold(f64::INFINITY, f64::min);
    for place in places.values_mut() {
        place.top -= first;
        place.port -= first;
    }
    places
}

impl Block {
    pub(super) fn card(key: usize, height: f64) -> Block {
        Block {
            key,
            height,
            inside: Vec::new(),
            frame: false,
        }
    }

    /// How high it is with all that it holds.
    fn whole(&self) -> f64 {
        if !self.frame {
            return self.height;
        }
        let inside: f64 = self.inside.iter().map(|block| block.whole() + MARGIN).sum();
        self.height + inside + MARGIN
    }

    fn keys(&self, into: &mut Vec<usize>) {
        into.push(self.key);
        self.inside.iter().for_each(|block| block.keys(into));
    }

    fn place(&self, top: f64, depth: usize, into: &mut BTreeMap<usize, Place>) {
        let place = Place {
            top,
            height: self.whole(),
            port: top + self.height / 2.0,
            depth,
        };
        into.insert(self.key, place);
        let mut next = top + self.height + MARGIN;
        for block in &self.inside {
            block.place(next, depth + 1, into);
            next += block.whole() + MARGIN;
        }
    }
}

/// Sorts the columns again and again by where their neighbours stand, to and fro, and keeps the best
/// order: the last word is that of the left, so that what belongs to one stays together.
fn order(columns: &mut Vec<Vec<Block>>, links: &Links, pairs: &[(usize, usize)]) {
    let mut best = columns.clone();
    let mut fewest = usize::MAX;
    for _ in 0..SWEEPS {
        for at in 0..columns.len() {
            sort_column(columns, at, &links.left, &links.right);
        }
        let now = crossings(columns, pairs);
        if now < fewest {
            fewest = now;
            best.clone_from(columns);
        }
        for at in (0..columns.len()).rev() {
            sort_column(columns, at, &links.right, &links.left);
        }
    }
    *columns = best;
}

/// Neighbours by key.
type Side = BTreeMap<usize, Vec<usize>>;

/// Sorts a column by its neighbours on one side, then by those on the other.
fn sort_column(columns: &mut [Vec<Block>], at: usize, first: &Side, then: &Side) {
    let tops: Vec<Vec<f64>> = columns.iter().map(|column| stacked(column)).collect();
    let places = places(columns, &tops);
    if let Some(column) = columns.get_mut(at) {
        sort(column, &places, first, then);
    }
}

fn sort(blocks: &mut [Block], places: &BTreeMap<usize, Place>, first: &Side, then: &Side) {
    for block in blocks.iter_mut() {
        sort(&mut block.inside, places, first, then);
    }
    let wish = |keys: &[usize], side: &Side| {
        let all = keys.iter().filter_map(|key| side.get(key)).flatten();
        let ports = all.filter_map(|key| places.get(key));
        // Whole pixels: equal wishes keep their order.
        mean(ports.map(|place| place.port)).map(|wish| wish as i64)
    };
    blocks.sort_by_cached_key(|block| {
        let mut keys = Vec::new();
        block.keys(&mut keys);
        let own = places.get(&block.key).map_or(0, |place| place.port as i64);
        let (first, then) = (wish(&keys, first), wish(&keys, then));
        (first.or(then).unwrap_or(own), then.unwrap_or(own))
    });
}

/// For each link of some blocks: where its other end stands, and where its own does.
fn pulls(keys: &[usize], places: &BTreeMap<usize, Place>, links: &Links) -> Vec<(f64, f64)> {
    let port = |key: &usize| places.get(key).map(|place| place.port);
    let mut pulls = Vec::new();
    for key in keys {
        for side in [&links.left, &links.right] {
            let others = side.get(key).into_iter().flatten();
            pulls.extend(others.filter_map(|other| port(other).zip(port(key))));
        }
    }
    pulls
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// The tops of blocks that stand one below the other.
fn stacked(column: &[Block]) -> Vec<f64> {
    let mut next = 0.0;
    let top = |block: &Block| {
        let top = next;
        next += block.whole() + GAP;
        top
    };
    column.iter().map(top).collect()
}

fn places(columns: &[Vec<Block>], tops: &[Vec<f64>]) -> BTreeMap<usize, Place> {
    let mut places = BTreeMap::new();
    for (column, tops) in columns.iter().zip(tops) {
        for (block, top) in column.iter().zip(tops) {
            block.place(*top, 0, &mut places);
        }
    }
    places
}

/// The tops of a column's blocks, as near as they can be to where their links pull them, in their
/// order and without overlapping: blocks that would overlap are moved together.
fn settled(
    column: &[Block],
    tops: &[f64],
    places: &BTreeMap<usize, Place>,
    links: &Links,
) -> Vec<f64> {
    /// Neighbours that touch: where the first wants to stand, on the average of all.
    struct Pool {
        wish: f64,
        weight: f64,
        blocks: usize,
    }
    let mut pools: Vec<Pool> = Vec::new();
    let mut above = 0.0;
    for (block, top) in column.iter().zip(tops) {
        let mut keys = Vec::new();
        block.keys(&mut keys);
        let pulls = pulls(&keys, places, links);
        let (wish, weight) = match mean(pulls.iter().map(|(other, own)| other - own)) {
            Some(by) => (top + by, pulls.len() as f64),
            None => (*top, 0.1),
        };
        let mut pool = Pool {
            wish: wish - above,
            weight,
            blocks: 1,
        };
        above += block.whole() + GAP;
        while let Some(last) = pools.pop_if(|last| last.wish >= pool.wish) {
            let weight = last.weight + pool.weight;
            pool = Pool {
                wish: (last.wish * last.weight + pool.wish * pool.weight) / weight,
                weight,
                blocks: last.blocks + pool.blocks,
            };
        }
        pools.push(pool);
    }
    let starts = pools
        .iter()
        .flat_map(|pool| std::iter::repeat_n(pool.wish, pool.blocks));
    let mut above = 0.0;
    let mut settled = Vec::with_capacity(column.len());
    for (block, start) in column.iter().zip(starts) {
        settled.push((start + above).round());
        above += block.whole() + GAP;
    }
    settled
}

/// How many pairs of links between the same two columns cross.
fn crossings(columns: &[Vec<Block>], links: &[(usize, usize)]) -> usize {
    let tops: Vec<Vec<f64>> = columns.iter().map(|column| stacked(column)).collect();
    let places = places(columns, &tops);
    let mut column_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, column) in columns.iter().enumerate() {
        let mut keys = Vec::new();
        column.iter().for_each(|block| block.keys(&mut keys));
        column_of.extend(keys.into_iter().map(|key| (key, at)));
    }
    let mut lines: Vec<(usize, usize, f64, f64)> = Vec::new();
    for (from, to) in links {
        let ends = column_of.get(from).zip(column_of.get(to));
        let ports = places.get(from).zip(places.get(to));
        if let (Some((a, b)), Some((from, to))) = (ends, ports) {
            lines.push((*a, *b, from.port, to.port));
        }
    }
    let mut crossings = 0;
    for (at, (a, b, from, to)) in lines.iter().enumerate() {
        for (c, d, other_from, other_to) in lines.iter().skip(at + 1) {
            let apart = (from - other_from) * (to - other_to);
            if a == c && b == d && apart < 0.0 {
                crossings += 1;
            }
        }
    }
    crossings
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flat(places: &BTreeMap<usize, Place>, keys: &[usize]) -> Vec<(f64, f64)> {
        let mut all: Vec<_> = keys
            .iter()
            .map(|key| (places[key].top, places[key].top + places[key].height))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        all
    }

    #[test]
    fn what_is_linked_stands_side_by_side_and_links_do_not_cross() {
        let column = |from: usize| (from..from + 3).map(|key| Block::card(key, 40.0)).collect();
        let links = [(0, 12), (1, 11), (2, 10)];
        let places = layout(vec![column(0), column(10)], &links);
        for (from, to) in links {
            assert_eq!(places[&from].port, places[&to].port, "{places:#?}");
        }
    }

    #[test]
    fn crossings_are_counted_in_pairs() {
        let column = |from: usize| -> Vec<Block> {
            (from..from + 3).map(|key| Block::card(key, 40.0)).collect()
        };
        let columns = [column(0), column(10), column(20)];
        let count = |links: &[(usize, usize)]| crossings(&columns, links);
        assert_eq!(count(&[(0, 12), (1, 11), (2, 10)]), 3);
        assert_eq!(count(&[(0, 10), (1, 11), (2, 12)]), 0);
        // What begins or ends together does not cross, nor what stands between other columns.
        assert_eq!(count(&[(0, 10), (0, 12), (1, 12)]), 0);
        assert_eq!(count(&[(0, 12), (11, 20), (0, 22), (2, 20)]), 1);
    }

    #[test]
    fn a_frame_holds_what_is_in_it() {
        let inside = vec![Block::card(1, 30.0), Block::card(2, 50.0)];
        let frame = Block {
            key: 0,
            height: 20.0,
            inside,
            frame: true,
        };
        let places = layout(vec![vec![frame, Block::card(3, 30.0)]], &[]);
        let (outer, inner) = (places[&0], [places[&1], places[&2]]);
        for place in inner {
            assert!(place.top >= outer.top + 20.0 + MARGIN, "{places:#?}");
            assert!(place.top + place.height + MARGIN <= outer.top + outer.height);
            assert_eq!(place.depth, 1);
        }
        assert!(places[&3].top >= outer.top + outer.height + GAP || places[&3].top < outer.top);
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_the_same_sheet_is_drawn_the_same_way(
            heights in proptest::collection::vec(proptest::collection::vec(10.0..90.0f64, 0..8), 1..5),
            pairs in proptest::collection::vec((0usize..40, 0usize..40), 0..40),
        ) {
            let mut key = 0;
            let columns: Vec<Vec<Block>> = heights
                .iter()
                .map(|column| {
                    column
                        .iter()
                        .map(|height| {
                            key += 1;
                            Block::card(key - 1, *height)
                        })
                        .collect()
                })
                .collect();
            let keys: Vec<Vec<usize>> = columns
                .iter()
                .map(|column| column.iter().map(|block| block.key).collect())
                .collect();
            let links: Vec<_> = pairs.into_iter().filter(|(a, b)| *a < key && *b < key && a < b).collect();
            let places = layout(columns.clone(), &links);
            prop_assert_eq!(places.len(), key);
            prop_assert_eq!(&places, &layout(columns, &links));
            for column in keys {
                for pair in flat(&places, &column).windows(2) {
                    prop_assert!(pair[0].1 + GAP <= pair[1].0 + 1.0, "{pair:?}");
                }
            }
        }
    }
}
