//! Places: scopes as numbers, so that "covers" is a comparison of integers.
//!
//! [`Scope::covers`] is the definition. A graph asks it for every assignment and every resource
//! below it, so the segments of all scopes are numbered once, case folded; the answers stay the
//! same.

use super::table::Table;
use crate::ir::{Covers, Need, NeedId, Program, Resource, ResourceId, Scope, Text};
use std::collections::BTreeMap;

/// A scope, a number for each segment: even for literals, odd for what deployment decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(Vec<u32>);

impl Place {
    /// Whether this place is the other or an ancestor of it.
    pub(crate) fn covers(&self, other: &Place) -> Covers {
        if self.0.len() > other.0.len() {
            return Covers::No;
        }
        let pairs = self.0.iter().zip(&other.0);
        pairs
            .map(|(mine, theirs)| same(*mine, *theirs))
            .min()
            .unwrap_or(Covers::Yes)
    }

    /// How many segments it has: more is deeper.
    pub(crate) fn depth(&self) -> usize {
        self.0.len()
    }
}

fn is_literal(segment: u32) -> bool {
    segment.is_multiple_of(2)
}

/// Whether two segments are the same.
fn same(a: u32, b: u32) -> Covers {
    match a == b {
        true => Covers::Yes,
        false if is_literal(a) && is_literal(b) => Covers::No,
        false => Covers::Unknown,
    }
}

/// The places of everything a program declares or needs.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    resources: Table<Resource, Place>,
    /// What a resource covers though its id does not say so: the members of management groups.
    members: BTreeMap<ResourceId, Vec<Place>>,
    /// Only of needs that do not stand at their resource's own scope.
    elsewhere: BTreeMap<NeedId, Place>,
    need_at: Table<Need, ResourceId>,
}

impl Places {
    pub(crate) fn new(program: &Program) -> Places {
        let mut segments = Segments::default();
        let resources = Table::of(&program.resources, |_, resource| {
            segments.place(&resource.scope)
        });
        let mut members = BTreeMap::new();
        for (id, resource) in program
            .resources
            .iter()
            .filter(|(_, it)| !it.covers.is_empty())
        {
            let subscription = |text: &Text| {
                let path = vec![Text::Literal("subscriptions".to_owned()), text.clone()];
                segments.place(&Scope { segments: path })
            };
            members.insert(id, resource.covers.iter().map(subscription).collect());
        }
        let mut elsewhere = BTreeMap::new();
        for (id, need) in program.needs.iter() {
            if need.scope != program.resources.at(need.resource).scope {
                elsewhere.insert(id, segments.place(&need.scope));
            }
        }
        let need_at = Table::of(&program.needs, |_, need| need.resource);
        Places {
            resources,
            members,
            elsewhere,
            need_at,
        }
    }

    /// Whether a resource is at a place or above it.
    pub(crate) fn covers(&self, on: ResourceId, place: &Place) -> Covers {
        let members = self.members.get(&on).into_iter().flatten();
        let all = std::iter::once(self.of_resource(on)).chain(members);
        all.map(|own| own.covers(place)).max().unwrap_or(Covers::No)
    }

    /// The declared resources that a resource covers, or may, in order.
    pub(crate) fn below(
        &self,
        tree: &Tree<ResourceId>,
        on: ResourceId,
    ) -> Vec<(ResourceId, Covers)> {
        let mut all = tree.below(self.of_resource(on));
        for member in self.members.get(&on).into_iter().flatten() {
            all.extend(tree.below(member));
        }
        // The surest answer for each.
        all.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        all.dedup_by_key(|(id, _)| *id);
        all
    }

    pub(crate) fn of_resource(&self, resource: ResourceId) -> &Place {
        &self.resources[resource]
    }

    /// The declared resources by place.
    pub(crate) fn tree(&self, program: &Program) -> Tree<ResourceId> {
        Tree::new(program.resources.ids().map(|id| (id, self.of_resource(id))))
    }

    pub(crate) fn of_need(&self, need: NeedId) -> &Place {
        self.elsewhere
            .get(&need)
            .unwrap_or_else(|| &self.resources[self.need_at[need]])
    }
}

/// Items by place, a branch for each segment: what lies below a place costs what it yields.
#[derive(Debug)]
pub(crate) struct Tree<T> {
    branches: Vec<Branch<T>>,
}

#[derive(Debug)]
struct Branch<T> {
    here: Vec<T>,
    literals: BTreeMap<u32, usize>,
    others: BTreeMap<u32, usize>,
}

impl<T: Copy + Ord> Tree<T> {
    pub(crate) fn new<'p>(items: impl IntoIterator<Item = (T, &'p Place)>) -> Tree<T> {
        let mut tree = Tree {
            branches: Vec::new(),
        };
        tree.sprout();
        for (item, place) in items {
            let at = place
                .0
                .iter()
                .fold(0, |at, segment| tree.grow(at, *segment));
            if let Some(branch) = tree.branches.get_mut(at) {
                branch.here.push(item);
            }
        }
        tree
    }

    fn sprout(&mut self) -> usize {
        let (literals, others) = (BTreeMap::new(), BTreeMap::new());
        self.branches.push(Branch {
            here: Vec::new(),
            literals,
            others,
        });
        self.branches.len() - 1
    }

    fn grow(&mut self, from: usize, segment: u32) -> usize {
        let next = self.branches.len();
        let Some(branch) = self.branches.get_mut(from) else {
            return from;
        };
        let onwards = if is_literal(segment) {
            &mut branch.literals
        } else {
            &mut branch.others
        };
        let to = *onwards.entry(segment).or_insert(next);
        if to == next { self.sprout() } else { to }
    }

    /// What a place covers, or may, in order.
    pub(crate) fn below(&self, place: &Place) -> Vec<(T, Covers)> {
        let mut ends = vec![(0, Covers::Yes)];
        for segment in &place.0 {
            let mut next = Vec::new();
            for (from, covers) in ends {
                let Some(branch) = self.branches.get(from) else {
                    continue;
                };
                next.extend(
                    branch
                        .along(*segment)
                        .map(|(to, same)| (to, covers.min(same))),
                );
            }
            ends = next;
        }
        let mut found = Vec::new();
        while let Some((at, covers)) = ends.pop() {
            let Some(branch) = self.branches.get(at) else {
                continue;
            };
            found.extend(branch.here.iter().map(|item| (*item, covers)));
            let onwards = branch.literals.values().chain(branch.others.values());
            ends.extend(onwards.map(|to| (*to, covers)));
        }
        found.sort();
        found
    }
}

impl<T> Branch<T> {
    /// The branches that a segment leads to, or may. A literal never leads to another literal,
    /// so that it need not look at them all.
    fn along(&self, segment: u32) -> impl Iterator<Item = (usize, Covers)> + '_ {
        let literals = match is_literal(segment) {
            true => self.literals.range(segment..=segment),
            false => self.literals.range(..),
        };
        literals
            .chain(&self.others)
            .map(move |(other, to)| (*to, same(segment, *other)))
    }
}

#[derive(Default)]
struct Segments {
    numbers: BTreeMap<Text, u32>,
}

impl Segments {
    fn place(&mut self, scope: &Scope) -> Place {
        Place(
            scope
                .segments
                .iter()
                .map(|segment| self.number(segment))
                .collect(),
        )
    }

    fn number(&mut self, segment: &Text) -> u32 {
        let (key, odd) = match segment {
            Text::Literal(text) => (Text::Literal(text.to_ascii_lowercase()), 0),
            Text::Param(_) | Text::Ambient(_) => (segment.clone(), 1),
        };
        let next = self.numbers.len() as u32 * 2 + odd;
        *self.numbers.entry(key).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::Arena;
    use crate::ir::{Ambient, Param};
    use crate::source::Word;
    use proptest::prelude::*;

    fn segment() -> impl Strategy<Value = Text> {
        let mut params: Arena<Param> = Arena::default();
        let param = || Param {
            name: Word::new(String::new(), Default::default()),
            default: None,
            doc: None,
        };
        let (a, b) = (params.push(param()), params.push(param()));
        prop_oneof![
            6 => "[aAb]{1,2}".prop_map(Text::Literal),
            1 => Just(Text::Param(a)),
            1 => Just(Text::Param(b)),
            1 => Just(Text::Ambient(Ambient::Subscription)),
        ]
    }

    fn scope() -> impl Strategy<Value = Scope> {
        proptest::collection::vec(segment(), 0..5).prop_map(|segments| Scope { segments })
    }

    proptest! {
        #[test]
        fn numbers_answer_as_texts_do(a in scope(), b in scope()) {
            let mut segments = Segments::default();
            let (x, y) = (segments.place(&a), segments.place(&b));
            prop_assert_eq!(x.covers(&y), a.covers(&b));
            prop_assert_eq!(y.covers(&x), b.covers(&a));
            prop_assert_eq!(x.covers(&x), Covers::Yes);
        }

        #[test]
        fn a_tree_finds_what_a_look_at_everything_finds(
            scopes in proptest::collection::vec(scope(), 0..12),
            above in scope(),
        ) {
            let mut segments = Segments::default();
            let places: Vec<Place> = scopes.iter().map(|scope| segments.place(scope)).collect();
            let above = segments.place(&above);
            let all = places.iter().enumerate().map(|(at, place)| (at, above.covers(place)));
            let expected: Vec<_> = all.filter(|(_, covers)| *covers != Covers::No).collect();
            prop_assert_eq!(Tree::new(places.iter().enumerate()).below(&above), expected);
        }
    }
}
