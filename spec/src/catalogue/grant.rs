//! What a role grants: its blocks, expanded over the catalogue.
//!
//! Per block and per plane, actions minus notActions; the blocks' results are united. Nothing is
//! pooled before subtracting: what one block takes away another may give. A block's condition
//! splits its result in what is sure and what depends on attributes.

use super::condition::{Answer, condition_touches};
use super::{Block, Catalogue, OpSet, pattern_matches};
use crate::Plane;

/// The operations of the catalogue that a role grants, both planes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// Granted whatever the attributes are.
    pub sure: OpSet,
    /// Granted only under a condition; nothing of `sure`.
    pub conditional: OpSet,
}

impl Grant {
    /// Everything that is granted at all: what an excess is measured on.
    pub fn all(&self) -> OpSet {
        self.sure.clone().union(&self.conditional)
    }
}

/// Whether an operation is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Not at all.
    No,
    /// Only under a condition that a checker cannot decide.
    Conditional,
    /// Yes.
    Sure,
}

/// What a list of permission blocks grants, built-in role or custom.
pub fn grant_of_blocks(catalogue: &Catalogue, blocks: &[Block]) -> Grant {
    let mut grant = Grant::default();
    for block in blocks {
        let mut held = expand_all(catalogue, Plane::Control, &block.actions);
        held.subtract(&expand_all(catalogue, Plane::Control, &block.not_actions));
        let mut data = expand_all(catalogue, Plane::Data, &block.data_actions);
        data.subtract(&expand_all(catalogue, Plane::Data, &block.not_data_actions));
        held.union_with(&data);
        match &block.condition {
            None => grant.sure.union_with(&held),
            Some(condition) => narrow(catalogue, &condition.text, held, &mut grant),
        }
    }
    grant.conditional.subtract(&grant.sure);
    grant
}

/// Whether blocks grant an operation, which need not be in the catalogue.
pub fn verdict_of_blocks(blocks: &[Block], plane: Plane, operation: &str) -> Verdict {
    blocks
        .iter()
        .map(|block| verdict(block, plane, operation))
        .max()
        .unwrap_or(Verdict::No)
}

fn verdict(block: &Block, plane: Plane, operation: &str) -> Verdict {
    let (adds, takes) = match plane {
        Plane::Control => (&block.actions, &block.not_actions),
        Plane::Data => (&block.data_actions, &block.not_data_actions),
        _ => return Verdict::No,
    };
    let any = |patterns: &[String]| {
        patterns
            .iter()
            .any(|pattern| pattern_matches(pattern, operation))
    };
    if !any(adds) || any(takes) {
        return Verdict::No;
    }
    match block
        .condition
        .as_ref()
        .map(|c| condition_touches(&c.text).answer(operation))
    {
        None | Some(Answer::Holds) => Verdict::Sure,
        Some(Answer::Depends) => Verdict::Conditional,
        Some(Answer::Fails) => Verdict::No,
    }
}

fn expand_all(catalogue: &Catalogue, plane: Plane, patterns: &[String]) -> OpSet {
    let mut set = OpSet::new();
    for pattern in patterns {
        catalogue.expand_into(plane, pattern, &mut set);
    }
    set
}

/// Sorts what a conditional block holds into sure and conditional.
fn narrow(catalogue: &Catalogue, condition: &str, held: OpSet, grant: &mut Grant) {
    let touches = condition_touches(condition);
    let mut named = expand_all(catalogue, Plane::Control, &touches.actions).union(&expand_all(
        catalogue,
        Plane::Data,
        &touches.actions,
    ));
    named.intersect_with(&held);
    let elsewhere = held.difference(&named);
    match touches.answer_elsewhere() {
        Answer::Holds => grant.sure.union_with(&elsewhere),
        Answer::Depends => grant.conditional.union_with(&elsewhere),
        Answer::Fails => {}
    }
    for id in named.iter() {
        let Some(operation) = catalogue.op(id) else {
            continue;
        };
        match touches.answer(&operation.name) {
            Answer::Holds => grant.sure.insert(id),
            Answer::Depends => grant.conditional.insert(id),
            Answer::Fails => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, verdict_of_blocks};
    use crate::Plane;
    use crate::catalogue::{Block, Condition};

    fn block(actions: &[&str], not_actions: &[&str], condition: Option<&str>) -> Block {
        Block {
            condition: condition.map(|text| Condition {
                version: "2.0".to_owned(),
                text: text.to_owned(),
            }),
            actions: actions.iter().map(|&a| a.to_owned()).collect(),
            not_actions: not_actions.iter().map(|&a| a.to_owned()).collect(),
            ..Block::default()
        }
    }

    #[test]
    fn an_unknown_operation_is_decided_from_the_strings() {
        let blocks = [block(&["New.Provider/*"], &["New.Provider/x/delete"], None)];
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Control, "new.provider/x/read"),
            Verdict::Sure
        );
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Control, "New.Provider/x/delete"),
            Verdict::No
        );
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Data, "New.Provider/x/read"),
            Verdict::No
        );
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Graph, "New.Provider/x/read"),
            Verdict::No
        );
    }

    #[test]
    fn blocks_are_never_pooled() {
        let blocks = [
            block(&["*"], &["A/x/write"], None),
            block(&["A/x/write"], &[], None),
        ];
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Control, "A/x/write"),
            Verdict::Sure
        );
    }

    #[test]
    fn the_best_block_decides() {
        let condition = "(!(ActionMatches{'A/x/write'})) OR (@Request[a:b] GuidEquals {c})";
        let conditional = block(&["A/x/*"], &[], Some(condition));
        let blocks = [conditional.clone()];
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Control, "A/x/write"),
            Verdict::Conditional
        );
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Control, "A/x/read"),
            Verdict::Sure
        );
        let blocks = [conditional, block(&["A/x/write"], &[], None)];
        assert_eq!(
            verdict_of_blocks(&blocks, Plane::Control, "A/x/write"),
            Verdict::Sure
        );
    }
}
