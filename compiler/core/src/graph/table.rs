//! Tables: one value for each item of an arena, read by the item's id.

use crate::arena::{Arena, Id};
use std::ops::{Index, IndexMut};

/// A value for each `K`.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, V> {
    values: Vec<V>,
    ids: std::marker::PhantomData<fn(Id<K>)>,
}

impl<K, V> Table<K, V> {
    /// Makes the value of each item.
    pub(crate) fn of(arena: &Arena<K>, value: impl FnMut(Id<K>, &K) -> V) -> Table<K, V> {
        let mut value = value;
        let values = arena.iter().map(|(id, item)| value(id, item)).collect();
        Table {
            values,
            ids: std::marker::PhantomData,
        }
    }
}

impl<K, V> Index<Id<K>> for Table<K, V> {
    type Output = V;

    #[expect(
        clippy::indexing_slicing,
        reason = "a table has a value for each id of its arena"
    )]
    fn index(&self, id: Id<K>) -> &V {
        &self.values[id.index()]
    }
}

impl<K, V> IndexMut<Id<K>> for Table<K, V> {
    #[expect(
        clippy::indexing_slicing,
        reason = "a table has a value for each id of its arena"
    )]
    fn index_mut(&mut self, id: Id<K>) -> &mut V {
        &mut self.values[id.index()]
    }
}
