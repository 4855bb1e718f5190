//! What generated types derive, by paths that no name of a manifest can shadow.

pub use serde::{Deserialize, Serialize};
pub use std::clone::Clone;
pub use std::cmp::{Eq, Ord, PartialEq, PartialOrd};
pub use std::fmt::Debug;
pub use std::hash::Hash;
pub use std::marker::Copy;
