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

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::pattern::compare;
use super::{CatalogueError, Grant, is_guid};

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
    heads: OnceLock<Vec<Head>>,
}

struct Head {
    id: Range<usize>,
    name: Range<usize>,
    mark: Mark,
    counts: Counts,
    body: Range<usize>,
    blocks: OnceLock<Vec<Block>>,
    grant: OnceLock<Arc<Grant>>,
}

impl RoleTable {
    pub(crate) const fn new(text: Cow<'static, str>) -> RoleTable {
        RoleTable {
            text,
            heads: OnceLock::new(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<RoleIx> {
        let heads = self.heads();
        let at = heads.partition_point(|head| compare(self.slice(&head.name), name).is_lt());
        let head = heads.get(at)?;
        self.slice(&head.name)
            .eq_ignore_ascii_case(name)
            .then_some(RoleIx(u32::try_from(at).ok()?))
    }

    pub(crate) fn by_id(&self, guid: &str) -> Option<RoleIx> {
        self.heads()
            .iter()
            .zip(0u32..)
            .find(|(head, _)| self.slice(&head.id).eq_ignore_ascii_case(guid))
            .map(|(_, at)| RoleIx(at))
    }

    pub(crate) fn indices(&self) -> impl Iterator<Item = RoleIx> + use<> {
        (0..u32::try_from(self.heads().len()).unwrap_or(u32::MAX)).map(RoleIx)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.heads().iter().map(|head| self.slice(&head.name))
    }

    /// `None` for an index of another catalogue.
    pub(crate) fn get(&self, ix: RoleIx) -> Option<Role<'_>> {
        let head = self.heads().get(ix.0 as usize)?;
        let blocks = head
            .blocks
            .get_or_init(|| parse_body(self.slice(&head.body)).unwrap_or_default());
        Some(Role {
            name: self.slice(&head.name),
            id: self.slice(&head.id),
            mark: head.mark,
            counts: head.counts,
            blocks,
        })
    }

    /// The cached grant of a role, computed on first use.
    pub(crate) fn grant(&self, ix: RoleIx, compute: impl FnOnce(&[Block]) -> Grant) -> Arc<Grant> {
        let (Some(head), Some(role)) = (self.heads().get(ix.0 as usize), self.get(ix)) else {
            return Arc::default();
        };
        Arc::clone(head.grant.get_or_init(|| Arc::new(compute(role.blocks))))
    }

    fn heads(&self) -> &[Head] {
        self.heads.get_or_init(|| {
            let mut heads = Vec::new();
            let mut at = 0;
            while let Some(head) = hop(&self.text, at) {
                at = head.body.end;
                heads.push(head);
            }
            heads
        })
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// Proves the text well formed; gives the number of roles.
    pub(crate) fn check(&self, file: &str) -> Result<u32, CatalogueError> {
        let (mut at, mut line, mut count) = (0, 1, 0);
        let mut previous: Option<String> = None;
        while at < self.text.len() {
            let bad =
                |offset: u32, message: String| CatalogueError::new(file, line + offset, message);
            let head = hop(&self.text, at)
                .ok_or_else(|| bad(0, "this is no first line of a role".to_owned()))?;
            let name = self.slice(&head.name).to_owned();
            if !is_guid(self.slice(&head.id)) {
                return Err(bad(0, format!("`{}` is no GUID", self.slice(&head.id))));
            }
            if previous
                .as_deref()
                .is_some_and(|before| compare(before, &name).is_ge())
            {
                return Err(bad(
                    0,
                    format!("role `{name}` stands out of order or twice"),
                ));
            }
            let body = self
                .text
                .get(head.body.clone())
                .filter(|body| body.ends_with('\n') || body.is_empty())
                .filter(|_| {
                    self.text
                        .get(head.body.end..)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
                })
                .ok_or_else(|| {
                    bad(
                        0,
                        format!("role `{name}` does not have the length its first line says"),
                    )
                })?;
            parse_body(body).map_err(|offset| {
                bad(
                    offset,
                    format!("role `{name}` has a line that says nothing"),
                )
            })?;
            line += 1 + u32::try_from(body.lines().count()).unwrap_or(u32::MAX - line - 1);
            at = head.body.end;
            previous = Some(name);
            count += 1;
        }
        Ok(count)
    }
}

fn hop(text: &str, at: usize) -> Option<Head> {
    let line = text.get(at..)?.strip_prefix('@')?;
    let line = line.get(..line.find('\n')?)?;
    let mut words = line.splitn(7, ' ');
    let id = words.next()?;
    let bytes: usize = words.next()?.parse().ok()?;
    let counts = Counts {
        control: words.next()?.parse().ok()?,
        data: words.next()?.parse().ok()?,
        conditional: words.next()?.parse().ok()?,
    };
    let mark = Mark::parse(words.next()?)?;
    let name = words.next().filter(|name| !name.is_empty())?;
    let start = at + 1 + line.len() + 1;
    Some(Head {
        id: at + 1..at + 1 + id.len(),
        name: start - 1 - name.len()..start - 1,
        mark,
        counts,
        body: start..start.checked_add(bytes)?,
        blocks: OnceLock::new(),
        grant: OnceLock::new(),
    })
}

/// The blocks, or the number of the line that cannot be read, counted from 1.
fn parse_body(body: &str) -> Result<Vec<Block>, u32> {
    let mut blocks = Vec::new();
    let mut block = Block::default();
    let mut list = String::new();
    let mut provider = "";
    for (line, number) in body.split_terminator('\n').zip(1u32..) {
        if line == "and" {
            blocks.push(std::mem::take(&mut block));
            list.clear();
        } else if let Some(condition) = line.strip_prefix("if ") {
            let (version, text) = condition.split_once(' ').ok_or(number)?;
            block.condition = Some(Condition {
                version: version.to_owned(),
                text: text.to_owned(),
            });
        } else if let Some(item) = line.strip_prefix(' ') {
            list_of(&mut block, &list)
                .ok_or(number)?
                .push(format!("{provider}/{item}"));
        } else if let Some(full) = line.strip_prefix('=') {
            list_of(&mut block, &list)
                .ok_or(number)?
                .push(full.to_owned());
        } else {
            let (sign, of) = line.split_once(' ').unwrap_or((line, ""));
            list_of(&mut block, sign).ok_or(number)?;
            (list, provider) = (sign.to_owned(), of);
        }
    }
    blocks.push(block);
    Ok(blocks)
}

fn list_of<'b>(block: &'b mut Block, sign: &str) -> Option<&'b mut Vec<String>> {
    match sign {
        "+c" => Some(&mut block.actions),
        "-c" => Some(&mut block.not_actions),
        "+d" => Some(&mut block.data_actions),
        "-d" => Some(&mut block.not_data_actions),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, RoleTable};

    const TEXT: &str = "\
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

    #[test]
    fn a_malformed_table_is_refused_with_its_line() {
        let error = |text: String| match table(&text).check("roles.txt") {
            Ok(count) => format!("{count} roles"),
            Err(error) => error.to_string(),
        };
        assert!(error(TEXT.replace("@ba92", "@zz92")).starts_with("roles.txt:5: `zz92"));
        assert!(
            error(TEXT.replace(" 31 2", " 30 2"))
                .starts_with("roles.txt:1: role `Alpha (one)` does not")
        );
        assert!(
            error(TEXT.replace("=*/read", "?*/read"))
                .starts_with("roles.txt:4: role `Alpha (one)`")
        );
        assert!(
            error(TEXT.replace("preview beta", "- aaaa"))
                .starts_with("roles.txt:5: role `aaaa` stands")
        );
    }
}
