//! Sets of operations: one bit for each operation of the catalogue.
//!
//! Everything the compiler asks about power ("what is held and not needed?") is a union, an
//! intersection or a difference of such sets. Ids from [`Catalogue::operation_count`] upwards are
//! free: the compiler gives them to operations that a manifest names and the catalogue lacks.
//!
//! [`Catalogue::operation_count`]: super::Catalogue::operation_count

/// An operation by number: its place in the catalogue, or a number beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(u32);

impl OpId {
    /// The operation with this number.
    pub const fn new(index: u32) -> OpId {
        OpId(index)
    }

    /// The number.
    pub const fn index(self) -> u32 {
        self.0
    }

    const fn word(self) -> usize {
        (self.0 / 64) as usize
    }

    const fn bit(self) -> u64 {
        1 << (self.0 % 64)
    }
}

/// A set of operations, ordered by id. It grows to the largest id put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpSet {
    /// No trailing zero word, so that equal sets are equal values.
    words: Vec<u64>,
}

impl OpSet {
    /// The empty set.
    pub const fn new() -> OpSet {
        OpSet { words: Vec::new() }
    }

    /// Adds an operation; says whether it is new.
    pub fn insert(&mut self, id: OpId) -> bool {
        if self.words.len() <= id.word() {
            self.words.resize(id.word() + 1, 0);
        }
        let Some(word) = self.words.get_mut(id.word()) else {
            return false;
        };
        let new = *word & id.bit() == 0;
        *word |= id.bit();
        new
    }

    /// Takes an operation out; says whether it was in.
    pub fn remove(&mut self, id: OpId) -> bool {
        let Some(word) = self.words.get_mut(id.word()) else {
            return false;
        };
        let was = *word & id.bit() != 0;
        *word &= !id.bit();
        self.trim();
        was
    }

    /// Whether the operation is in the set.
    pub fn contains(&self, id: OpId) -> bool {
        self.words
            .get(id.word())
            .is_some_and(|word| word & id.bit() != 0)
    }

    /// Adds everything in `other`.
    pub fn union_with(&mut self, other: &OpSet) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// Keeps only what is also in `other`.
    pub fn intersect_with(&mut self, other: &OpSet) {
        self.words.truncate(other.words.len());
        for (word, mask) in self.words.iter_mut().zip(&other.words) {
            *word &= mask;
        }
        self.trim();
    }

    /// Takes out everything in `other`.
    pub fn subtract(&mut self, other: &OpSet) {
        for (word, mask) in self.words.iter_mut().zip(&other.words) {
            *word &= !mask;
        }
        self.trim();
    }

    /// What is in either set.
    #[must_use]
    pub fn union(mut self, other: &OpSet) -> OpSet {
        self.union_with(other);
        self
    }

    /// What is in both sets.
    #[must_use]
    pub fn intersection(mut self, other: &OpSet) -> OpSet {
        self.intersect_with(other);
        self
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub fn difference(mut self, other: &OpSet) -> OpSet {
        self.subtract(other);
        self
    }

    /// Whether everything in this set is in `other`.
    pub fn is_subset(&self, other: &OpSet) -> bool {
        self.words.len() <= other.words.len()
            && self
                .words
                .iter()
                .zip(&other.words)
                .all(|(mine, theirs)| mine & !theirs == 0)
    }

    /// Whether the two sets share nothing.
    pub fn is_disjoint(&self, other: &OpSet) -> bool {
        self.words
            .iter()
            .zip(&other.words)
            .all(|(mine, theirs)| mine & theirs == 0)
    }

    /// How many operations are in the set.
    pub fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The operations in id order, which is the order of names.
    pub fn iter(&self) -> impl Iterator<Item = OpId> + '_ {
        self.words
            .iter()
            .zip(0u32..)
            .flat_map(|(&word, at)| Bits(word).map(move |bit| OpId(at * 64 + bit)))
    }

    fn trim(&mut self) {
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }
}

impl FromIterator<OpId> for OpSet {
    fn from_iter<I: IntoIterator<Item = OpId>>(ids: I) -> OpSet {
        let mut set = OpSet::new();
        set.extend(ids);
        set
    }
}

impl Extend<OpId> for OpSet {
    fn extend<I: IntoIterator<Item = OpId>>(&mut self, ids: I) {
        for id in ids {
            self.insert(id);
        }
    }
}

/// The numbers of the bits set in a word, lowest first.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{OpId, OpSet};

    fn set(ids: &BTreeSet<u32>) -> OpSet {
        ids.iter().copied().map(OpId::new).collect()
    }

    proptest! {
        #[test]
        fn behaves_as_a_set_of_numbers(
            a in proptest::collection::btree_set(0u32..400, 0..40),
            b in proptest::collection::btree_set(0u32..400, 0..40),
        ) {
            let (x, y) = (set(&a), set(&b));
            prop_assert_eq!(x.clone().union(&y), set(&(&a | &b)));
            prop_assert_eq!(x.clone().intersection(&y), set(&(&a & &b)));
            prop_assert_eq!(x.clone().difference(&y), set(&(&a - &b)));
            prop_assert_eq!(x.is_subset(&y), a.is_subset(&b));
            prop_assert_eq!(x.is_disjoint(&y), a.is_disjoint(&b));
            prop_assert_eq!(x.len() as usize, a.len());
            prop_assert_eq!(x.is_empty(), a.is_empty());
            prop_assert_eq!(x.iter().map(OpId::index).collect::<Vec<_>>(), a.iter().copied().collect::<Vec<_>>());
            let mut emptied = x.clone();
            prop_assert!(a.iter().all(|&id| x.contains(OpId::new(id)) && emptied.remove(OpId::new(id))));
            prop_assert_eq!(emptied, OpSet::new());
        }
    }
}
