//! Arenas: values in the order they were declared, addressed by typed ids.
//!
//! After `resolve` every name is an [`Id`]; an id of one kind cannot index an arena of another.

use std::fmt;
use std::marker::PhantomData;

/// The place of a `T` in its [`Arena`].
pub struct Id<T> {
    index: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The position, counted from zero in manifest order.
    pub fn index(self) -> usize {
        self.index as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// Values of one kind, in declaration order; nothing is ever removed.
#[derive(Clone, Debug)]
pub struct Arena<T> {
    items: Vec<T>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena { items: Vec::new() }
    }
}

impl<T> Arena<T> {
    /// Adds a value and says where it stands.
    pub fn push(&mut self, item: T) -> Id<T> {
        let id = self.next_id();
        self.items.push(item);
        id
    }

    /// The id that the next [`Arena::push`] will hand out.
    pub fn next_id(&self) -> Id<T> {
        Id {
            index: u32::try_from(self.items.len()).unwrap_or(u32::MAX),
            kind: PhantomData,
        }
    }

    /// The value at an id of this arena.
    #[expect(
        clippy::indexing_slicing,
        reason = "only pushing to an arena makes its ids"
    )]
    pub fn at(&self, id: Id<T>) -> &T {
        &self.items[id.index()]
    }

    /// The value at an id, or none when the id came from another arena.
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        self.items.get(id.index())
    }

    /// The value at an id, for change.
    pub fn get_mut(&mut self, id: Id<T>) -> Option<&mut T> {
        self.items.get_mut(id.index())
    }

    /// Ids with their values, in declaration order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Id<T>, &T)> + DoubleEndedIterator {
        self.items.iter().enumerate().map(|(i, item)| {
            (
                Id {
                    index: i as u32,
                    kind: PhantomData,
                },
                item,
            )
        })
    }

    /// All ids, in declaration order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = Id<T>> + use<T> {
        (0..self.items.len()).map(|i| Id {
            index: i as u32,
            kind: PhantomData,
        })
    }

    /// The values alone, in declaration order.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
