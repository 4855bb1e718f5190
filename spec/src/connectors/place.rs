//! Which level a resource names, and at which level a verb is judged.

use super::{Connector, Verb};

/// Why fields name no level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// These fields are missing, in the connector's order.
    Missing(Vec<String>),
    /// The two lie on different branches of the levels, such as a queue and a topic.
    Apart(String, String),
}

impl Connector {
    /// The most specific level that the given fields name, as an index in [`Connector::levels`].
    ///
    /// `given` says of one of the connector's own fields whether the resource has it;
    /// `subscription` and `resource-group` always have a value and are not asked for.
    ///
    /// # Errors
    ///
    /// Fields that are missing on the way to the level, or that lie on different branches.
    pub fn place(&self, given: impl Fn(&str) -> bool) -> Result<usize, Misplaced> {
        let given = |name: &str| matches!(name, "subscription" | "resource-group") || given(name);
        let own = |at: usize| {
            let above = self.levels.get(at).and_then(|level| level.parent);
            let above = above.and_then(|above| self.levels.get(above));
            let level = self.levels.get(at).into_iter();
            level
                .flat_map(|level| &level.fields)
                .filter(move |name| !above.is_some_and(|above| above.fields.contains(name)))
        };
        // The levels of which a field of their own is given; the deepest is meant.
        let named: Vec<usize> = (0..self.levels.len())
            .filter(|at| own(*at).any(|name| given(name)))
            .collect();
        let meant = named.last().copied().unwrap_or(0);
        if let Some(&aside) = named.iter().find(|at| !self.lies_at_or_below(meant, **at)) {
            let field = |at| own(at).find(|name| given(name)).cloned();
            return Err(Misplaced::Apart(
                field(aside).unwrap_or_default(),
                field(meant).unwrap_or_default(),
            ));
        }
        let needed = |name: &str| {
            let level = self.levels.get(meant);
            level.is_some_and(|level| level.fields.iter().any(|field| field == name))
        };
        let missing: Vec<String> = self
            .fields
            .iter()
            .filter(|field| !given(&field.name) && (field.required || needed(&field.name)))
            .map(|field| field.name.clone())
            .collect();
        match missing.as_slice() {
            [] => Ok(meant),
            _ => Err(Misplaced::Missing(missing)),
        }
    }

    /// The level at which a verb is judged on a resource that names the level `at`: the deepest of
    /// the verb's levels on the way there, and `at` itself when there is none, for a verb of a
    /// deeper level is needed on the whole resource.
    pub fn judged_at(&self, verb: &Verb, at: usize) -> usize {
        let mut level = Some(at);
        while let Some(index) = level {
            let Some(here) = self.levels.get(index) else {
                break;
            };
            if verb.levels.contains(&here.name) {
                return index;
            }
            level = here.parent;
        }
        at
    }

    /// Whether one level is another or lies below it, by their indexes.
    pub fn lies_at_or_below(&self, level: usize, above: usize) -> bool {
        let mut here = Some(level);
        while let Some(index) = here {
            if index == above {
                return true;
            }
            here = self.levels.get(index).and_then(|level| level.parent);
        }
        false
    }
}
