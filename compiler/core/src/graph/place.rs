//! Places: scopes as numbers, so that "covers" is a comparison of integers.
//!
//! [`Scope::covers`] is the definition. A graph asks it for every assignment and every resource
//! below it, so the segments of all scopes are numbered once, case folded; the answers stay the
//! same.

use super::table::Table;
use crate::ir::{Covers, Need, NeedId, Program, Resource, ResourceId, Scope, Text};
use std::collections::BTreeMap;

/// A scope, a number for each segment: even for literals, odd for what deployment decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place(Vec<u32>);

impl Place {
    /// Whether this place is the other or an ancestor of it.
    pub(crate) fn covers(&self, other: &Place) -> Covers {
        if self.0.len() > other.0.len() {
            return Covers::No;
        }
        let mut covers = Covers::Yes;
        for (mine, theirs) in self.0.iter().zip(&other.0) {
            if mine == theirs {
                continue;
            }
            if (mine | theirs) & 1 == 0 {
                return Covers::No;
            }
            covers = Covers::Unknown;
        }
        covers
    }

    /// How many segments it has: more is deeper.
    pub(crate) fn depth(&self) -> usize {
        self.0.len()
    }
}

/// The places of everything a program declares or needs.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    resources: Table<Resource, Place>,
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
        let mut elsewhere = BTreeMap::new();
        for (id, need) in program.needs.iter() {
            if need.scope != program.resources.at(need.resource).scope {
                elsewhere.insert(id, segments.place(&need.scope));
            }
        }
        let need_at = Table::of(&program.needs, |_, need| need.resource);
        Places {
            resources,
            elsewhere,
            need_at,
        }
    }

    pub(crate) fn of_resource(&self, resource: ResourceId) -> &Place {
        &self.resources[resource]
    }

    pub(crate) fn of_need(&self, need: NeedId) -> &Place {
        self.elsewhere
            .get(&need)
            .unwrap_or_else(|| &self.resources[self.need_at[need]])
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
    }
}
