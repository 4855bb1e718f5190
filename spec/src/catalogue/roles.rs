//! Built-in roles: `roles.txt`.
//!
//! ```text
//! @2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 137 2 1 0 - Storage Blob Data Reader
//! +c Microsoft.Storage
//!  storageAccounts/blobServices/containers/read
//!  storageAccounts/blobServices/generateUserDelegationKey/action
//! +d Microsoft.Storage
//!  storageAccounts/blobServices/containers/blobs/read
//! ```
//!
//! A role's first line gives its GUID, the bytes that follow, how many operations it grants on the
//! control plane and on the data plane, how many of both only under its condition, `preview`,
//! `deprecated` or `-`, and its name. `+c -c +d -d` begin actions, notActions, dataActions and
//! notDataActions of one provider; the strings follow after a space, or in full after `=`.
//! `if VERSION TEXT` is the block's condition; `and` begins the next block. Roles stand in the
//! order of their names, case ignored.

mod lines;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use self::lines::Head;
use super::pattern::{compare, starts_with};
use super::{Grant, is_guid};

/// A role of the catalogue, by its place in the order of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleIx(u32);

impl RoleIx {
    /// The place, counted from 0.
    pub const fn index(self) -> u32 {
        self.0
    }
}

/// How far a role can be relied on, read from its name and description at import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Generally available.
    Available,
    /// In preview and subject to change.
    Preview,
    /// Deprecated or legacy.
    Deprecated,
}

impl Mark {
    /// The word that stands for the mark in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Mark::Available => "-",
            Mark::Preview => "preview",
            Mark::Deprecated => "deprecated",
        }
    }

    fn parse(word: &str) -> Option<Mark> {
        [Mark::Available, Mark::Preview, Mark::Deprecated]
            .into_iter()
            .find(|mark| mark.word() == word)
    }
}

/// How many operations of the catalogue a role grants, precomputed at import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counts {
    /// On the control plane, those under a condition included.
    pub control: u32,
    /// On the data plane, those under a condition included.
    pub data: u32,
    /// Of both, those granted only under the role's condition.
    pub conditional: u32,
}

impl Counts {
    /// Of both planes.
    pub const fn total(self) -> u32 {
        self.control + self.data
    }
}

/// A built-in role.
#[derive(Clone, Copy, Debug)]
pub struct Role<'c> {
    /// Its name today; the GUID is what stays.
    pub name: &'c str,
    /// Its GUID, the same in every cloud.
    pub id: &'c str,
    /// Preview or deprecated.
    pub mark: Mark,
    /// How much it grants.
    pub counts: Counts,
    /// What it grants: the union of its blocks, each evaluated alone.
    pub blocks: &'c [Block],
}

/// One permission block of a role: what it adds minus what it subtracts, per plane.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// The condition on everything the block grants. First, so that blocks without one sort first.
    pub condition: Option<Condition>,
    /// Control-plane permission strings.
    pub actions: Vec<String>,
    /// What is subtracted from `actions`; no deny.
    pub not_actions: Vec<String>,
    /// Data-plane permission strings.
    pub data_actions: Vec<String>,
    /// What is subtracted from `data_actions`; no deny.
    pub not_data_actions: Vec<String>,
}

/// A condition of a block, as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// `2.0`, seldom `1.0`.
    pub version: String,
    /// The expression.
    pub text: String,
}

pub(crate) struct RoleTable {
    text: Cow<'static, str>,
    places: OnceLock<Vec<Place>>,
}

/// Where a role stands in the text, and what was read of it.
struct Place {
    /// Its first line without the `@`.
    head: Range<usize>,
    body: Range<usize>,
    blocks: OnceLock<Vec<Block>>,
    grant: OnceLock<Arc<Grant>>,
}

impl RoleTable {
    pub(crate) const fn new(text: Cow<'static, str>) -> RoleTable {
        RoleTable {
            text,
            places: OnceLock::new(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<RoleIx> {
        let places = self.places();
        let at = places.partition_point(|place| compare(self.head(place).name, name).is_lt());
        let found = self.head(places.get(at)?).name;
        let ix = RoleIx(u32::try_from(at).ok()?);
        found.eq_ignore_ascii_case(name).then_some(ix)
    }

    pub(crate) fn by_id(&self, guid: &str) -> Option<RoleIx> {
        if !is_guid(guid) {
            return None;
        }
        let same = |place: &Place| starts_with(self.slice(&place.head), guid);
        let found = self
            .places()
            .iter()
            .zip(0u32..)
            .find(|(place, _)| same(place));
        found.map(|(_, at)| RoleIx(at))
    }

    pub(crate) fn indices(&self) -> impl Iterator<Item = RoleIx> + use<> {
        (0..u32::try_from(self.places().len()).unwrap_or(u32::MAX)).map(RoleIx)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.places().iter().map(|place| self.head(place).name)
    }

    /// `None` for an index of another catalogue.
    pub(crate) fn get(&self, ix: RoleIx) -> Option<Role<'_>> {
        let place = self.places().get(ix.0 as usize)?;
        let read = || lines::blocks(self.slice(&place.body)).unwrap_or_default();
        let Head {
            id,
            counts,
            mark,
            name,
        } = self.head(place);
        Some(Role {
            name,
            id,
            mark,
            counts,
            blocks: place.blocks.get_or_init(read),
        })
    }

    /// The cached grant of a role, computed on first use.
    pub(crate) fn grant(&self, ix: RoleIx, compute: impl FnOnce(&[Block]) -> Grant) -> Arc<Grant> {
        let (Some(place), Some(role)) = (self.places().get(ix.0 as usize), self.get(ix)) else {
            return Arc::default();
        };
        Arc::clone(place.grant.get_or_init(|| Arc::new(compute(role.blocks))))
    }

    fn places(&self) -> &[Place] {
        self.places.get_or_init(|| {
            let mut places = Vec::new();
            let mut at = 0;
            while let Some((head, body)) = lines::hop(&self.text, at) {
                at = body.end;
                places.push(Place {
                    head,
                    body,
                    blocks: OnceLock::new(),
                    grant: OnceLock::new(),
                });
            }
            places
        })
    }

    fn head(&self, place: &Place) -> Head<'_> {
        Head::parse(self.slice(&place.head)).unwrap_or(Head::NOTHING)
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, RoleTable};

    pub(super) const TEXT: &str = "\
@2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 31 2 0 0 - Alpha (one)
+c Microsoft.A
 x/read
=*/read
@ba92f5b4-2d11-453d-a403-e96b0029c9fe 64 1 1 1 preview beta
+d Microsoft.A
 y/*
-d Microsoft.A
 y/z
and
+c M
 w
if 2.0 @a b
";

    fn table(text: &str) -> RoleTable {
        RoleTable::new(text.to_owned().into())
    }

    #[test]
    fn a_role_is_found_by_name_and_by_guid() {
        let roles = table(TEXT);
        assert_eq!(roles.check("roles.txt").map_err(|e| e.to_string()), Ok(2));
        let ix = roles.by_name("BETA").expect("a role");
        assert_eq!(
            roles.by_id("BA92F5B4-2d11-453d-a403-e96b0029c9fe"),
            Some(ix)
        );
        let role = roles.get(ix).expect("a role");
        assert_eq!(
            (role.name, role.mark, role.counts.total()),
            ("beta", Mark::Preview, 2)
        );
        assert_eq!(role.blocks.len(), 2);
        assert_eq!(role.blocks[0].not_data_actions, ["Microsoft.A/y/z"]);
        assert_eq!(
            role.blocks[1].condition.as_ref().map(|c| c.text.as_str()),
            Some("@a b")
        );
        let first = roles
            .get(roles.by_name("alpha (ONE)").expect("a role"))
            .expect("a role");
        assert_eq!(first.blocks[0].actions, ["Microsoft.A/x/read", "*/read"]);
        assert!(roles.by_name("alpha").is_none());
    }
}
