//! The catalogue: every Azure operation, every built-in role and every Microsoft Graph permission
//! of one day, with a digest.
//!
//! The texts under `spec/catalogue/` are part of the program and are read lazily: a reader hops
//! over what nobody asks about, so that a small manifest pays only for the roles it names.
//!
//! - [`texts`]: the files, their header and their digest;
//! - `names`, `roles`, `graph`: how each file is written and read;
//! - [`pattern_matches`]: what a permission string covers;
//! - [`grant_of_blocks`], [`verdict_of_blocks`]: what permission blocks grant, over the catalogue
//!   or for one operation, known or not;
//! - [`condition_touches`], [`assignable_roles`]: what a condition inside a role leaves decided, and
//!   which roles it lets its holder give;
//! - [`import`] (feature `import`): from the JSON of `az` to the texts.

mod condition;
mod grant;
mod graph;
#[cfg(feature = "import")]
pub mod import;
mod names;
mod opset;
mod pattern;
mod roles;
pub mod texts;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use condition::{Answer, Touches, assignable_roles, condition_touches};
pub use grant::{Grant, Verdict, grant_of_blocks, verdict_of_blocks};
pub use graph::{GraphKind, GraphPermission};
pub use opset::{OpId, OpSet};
pub use pattern::pattern_matches;
pub(crate) use pattern::{ends_with, starts_with};
pub use roles::{Block, Condition, Counts, Mark, Role, RoleIx};
pub use texts::{CatalogueError, CatalogueTexts};

use self::graph::GraphTable;
use self::names::{Entry, NameTable};
use self::pattern::Pattern;
use self::roles::RoleTable;
use self::texts::{Header, is_date, is_guid};
use crate::Plane;

/// The facts of one day about Azure's permissions.
pub struct Catalogue {
    header: Header,
    operations: NameTable,
    roles: RoleTable,
    graph: GraphTable,
    retired: NameTable,
    renamed: std::borrow::Cow<'static, str>,
    credentials: NameTable,
    /// Expansions of patterns that do not name their provider, such as `*/read`.
    wide: Mutex<BTreeMap<(Plane, String), Arc<OpSet>>>,
}

/// An operation of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its number, which is its place in the order of names.
    pub id: OpId,
    /// Its name as Azure spells it.
    pub name: String,
    /// Its plane, [`Plane::Control`] or [`Plane::Data`].
    pub plane: Plane,
    /// Whether the plane is a guess: no source says it.
    pub inferred: bool,
}

impl Catalogue {
    /// The catalogue that is part of the program.
    pub fn embedded() -> &'static Catalogue {
        static EMBEDDED: OnceLock<Catalogue> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            let texts = CatalogueTexts::embedded();
            // A test proves the embedded header well formed.
            let header = Header::parse(&texts.header).unwrap_or_default();
            Catalogue::assemble(header, texts)
        })
    }

    /// A catalogue from other texts, every line of which is checked.
    ///
    /// # Errors
    ///
    /// A line that is not what its file's format says, a count that is wrong, or a digest that is
    /// not that of the texts.
    pub fn from_texts(texts: CatalogueTexts) -> Result<Catalogue, CatalogueError> {
        let header = Header::parse(&texts.header)?;
        let digest = texts.digest();
        let catalogue = Catalogue::assemble(header, texts);
        catalogue.check(&digest)?;
        Ok(catalogue)
    }

    fn assemble(header: Header, texts: CatalogueTexts) -> Catalogue {
        Catalogue {
            header,
            operations: NameTable::new(texts.operations),
            roles: RoleTable::new(texts.roles),
            graph: GraphTable::new(texts.graph),
            retired: NameTable::new(texts.retired),
            renamed: texts.renamed,
            credentials: NameTable::new(texts.credentials),
            wide: Mutex::default(),
        }
    }

    fn check(&self, digest: &str) -> Result<(), CatalogueError> {
        let [
            header,
            operations,
            roles,
            graph,
            retired,
            renamed,
            credentials,
        ] = CatalogueTexts::FILES;
        let says = |file: &'static str, number: u32, found: u32, counted: u32| {
            if found == counted {
                return Ok(());
            }
            Err(CatalogueError::new(
                header,
                number,
                format!("{file} has {found} entries, not {counted}"),
            ))
        };
        let marks = |tail: &str| match tail {
            "" | "d" | "?" | "d?" => Ok(()),
            other => Err(format!("`{other}` is no mark of an operation")),
        };
        let last_seen = |tail: &str| match is_date(tail.strip_prefix("d ").unwrap_or(tail)) {
            true => Ok(()),
            false => Err(format!("`{tail}` does not end in a date")),
        };
        let nothing = |tail: &str| match tail {
            "" | "d" => Ok(()),
            other => Err(format!("`{other}` says nothing here")),
        };
        let counts = self.header.counts;
        says(
            operations,
            4,
            self.operations.check(operations, marks)?,
            counts.operations,
        )?;
        says(roles, 5, self.roles.check(roles)?, counts.roles)?;
        says(graph, 6, self.graph.check(graph)?, counts.graph)?;
        says(
            retired,
            7,
            self.retired.check(retired, last_seen)?,
            counts.retired,
        )?;
        says(renamed, 8, self.check_renamed(renamed)?, counts.renamed)?;
        says(
            credentials,
            9,
            self.credentials.check(credentials, nothing)?,
            counts.credentials,
        )?;
        if digest != self.header.digest {
            let message =
                format!("the digest of the files is {digest}, which is not what stands here");
            return Err(CatalogueError::new(header, 3, message));
        }
        Ok(())
    }

    fn check_renamed(&self, file: &str) -> Result<u32, CatalogueError> {
        let mut count = 0;
        for (line, number) in self.renamed.lines().zip(1u32..) {
            match line.split_once(' ') {
                Some((guid, name)) if is_guid(guid) && !name.is_empty() => count += 1,
                _ => {
                    let message = format!("`{line}` is not a GUID and a former name");
                    return Err(CatalogueError::new(file, number, message));
                }
            }
        }
        Ok(count)
    }

    /// The day of the facts, `YYYY-MM-DD`.
    pub fn date(&self) -> &str {
        &self.header.date
    }

    /// The digest of the texts: `sha256:` and 64 hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.header.digest
    }

    /// How many operations there are. Ids from here on are free for others.
    pub fn operation_count(&self) -> u32 {
        self.header.counts.operations
    }

    /// The operation with this name on this plane; case is ignored.
    pub fn operation(&self, plane: Plane, name: &str) -> Option<OpId> {
        self.operations
            .find(name, is_data(plane)?)
            .map(|entry| OpId::new(entry.id))
    }

    /// The operation with this id, unless the id is beyond the catalogue.
    pub fn op(&self, id: OpId) -> Option<Operation> {
        self.operations.get(id.index()).map(operation)
    }

    /// Every operation, in id order.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        self.operations.entries().map(operation)
    }

    /// The operations of one provider such as `Microsoft.Storage`; case is ignored.
    pub fn operations_under(&self, provider: &str) -> impl Iterator<Item = Operation> {
        self.operations.entries_under(provider).map(operation)
    }

    /// Every provider, as most of its operations spell it.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.operations.providers()
    }

    /// The day on which a former operation was last seen.
    pub fn retired(&self, plane: Plane, name: &str) -> Option<&str> {
        self.retired
            .find(name, is_data(plane)?)
            .map(|entry| last_word(entry.tail))
    }

    /// Every former operation: plane, name, last seen.
    pub fn retired_operations(&self) -> impl Iterator<Item = (Plane, String, &str)> {
        self.retired
            .entries()
            .map(|entry| (plane(entry), entry.name(), last_word(entry.tail)))
    }

    /// Whether the control-plane operation hands out a key, a secret or a token, by the table.
    ///
    /// [`danger`](crate::danger::danger) also knows those of the data plane.
    pub fn is_credential(&self, name: &str) -> bool {
        self.credentials.find(name, false).is_some()
    }

    /// The names of the credential table, in order.
    pub fn credential_names(&self) -> impl Iterator<Item = String> {
        self.credentials.entries().map(|entry| entry.name())
    }

    /// The built-in role with this name; case is ignored.
    pub fn role_by_name(&self, name: &str) -> Option<RoleIx> {
        self.roles.by_name(name)
    }

    /// The built-in role with this GUID; case is ignored.
    pub fn role_by_id(&self, guid: &str) -> Option<RoleIx> {
        self.roles.by_id(guid)
    }

    /// The role that once had this name; case is ignored.
    pub fn renamed(&self, old_name: &str) -> Option<RoleIx> {
        self.renamed_roles()
            .find(|(name, _)| name.eq_ignore_ascii_case(old_name))
            .and_then(|(_, guid)| self.role_by_id(guid))
    }

    /// Every former name of a role with the role's GUID.
    pub fn renamed_roles(&self) -> impl Iterator<Item = (&str, &str)> {
        self.renamed
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(guid, name)| (name, guid))
    }

    /// Every built-in role, in the order of names.
    pub fn roles(&self) -> impl Iterator<Item = RoleIx> + use<> {
        self.roles.indices()
    }

    /// The names of the built-in roles, in order.
    pub fn role_names(&self) -> impl Iterator<Item = &str> {
        self.roles.names()
    }

    /// A built-in role. An index of another catalogue may give a role without name and blocks.
    pub fn role(&self, ix: RoleIx) -> Role<'_> {
        self.roles.get(ix).unwrap_or(Role {
            name: "",
            id: "",
            mark: Mark::Available,
            counts: Counts::default(),
            blocks: &[],
        })
    }

    /// What a built-in role grants; computed once.
    pub fn grants(&self, ix: RoleIx) -> Arc<Grant> {
        self.roles.grant(ix, |blocks| grant_of_blocks(self, blocks))
    }

    /// The operations of one plane that a permission string covers.
    pub fn expand(&self, plane: Plane, pattern: &str) -> OpSet {
        let mut set = OpSet::new();
        self.expand_into(plane, pattern, &mut set);
        set
    }

    pub(crate) fn expand_into(&self, plane: Plane, pattern: &str, set: &mut OpSet) {
        let Some(data) = is_data(plane) else { return };
        let parsed = Pattern::new(pattern);
        let search = |set: &mut OpSet| {
            self.operations.matching(&parsed, data, |entry| {
                set.insert(OpId::new(entry.id));
            });
        };
        if parsed.exact().is_some() || parsed.head().contains('/') {
            return search(set);
        }
        let key = (plane, pattern.to_ascii_lowercase());
        let cached = self
            .wide
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        let found = cached.unwrap_or_else(|| {
            let mut found = OpSet::new();
            search(&mut found);
            let found = Arc::new(found);
            self.wide
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(key, Arc::clone(&found));
            found
        });
        set.union_with(&found);
    }

    /// Every role that grants an operation, known or not, best first: unconditional before
    /// conditional, generally available before preview and deprecated, fewest operations, name.
    pub fn roles_granting(&self, plane: Plane, operation: &str) -> Vec<(RoleIx, Verdict)> {
        let mut found: Vec<(RoleIx, Verdict)> = self
            .roles()
            .map(|ix| {
                (
                    ix,
                    verdict_of_blocks(self.role(ix).blocks, plane, operation),
                )
            })
            .filter(|(_, verdict)| *verdict != Verdict::No)
            .collect();
        found.sort_by_cached_key(|(ix, verdict)| {
            let role = self.role(*ix);
            (
                *verdict != Verdict::Sure,
                role.mark != Mark::Available,
                role.counts.total(),
                *ix,
            )
        });
        found
    }

    /// The Graph permission of this kind with exactly this name.
    pub fn graph_permission(&self, kind: GraphKind, value: &str) -> Option<GraphPermission<'_>> {
        self.graph.find(kind, value)
    }

    /// Every Graph permission, by name and kind.
    pub fn graph_permissions(&self) -> impl Iterator<Item = GraphPermission<'_>> {
        self.graph.iter()
    }

    /// The texts, as they were read.
    pub fn files(&self) -> [(&'static str, &str); 6] {
        let [_, operations, roles, graph, retired, renamed, credentials] = CatalogueTexts::FILES;
        [
            (operations, self.operations.text()),
            (roles, self.roles.text()),
            (graph, self.graph.text()),
            (retired, self.retired.text()),
            (renamed, &self.renamed),
            (credentials, self.credentials.text()),
        ]
    }
}

fn operation(entry: Entry<'_>) -> Operation {
    Operation {
        id: OpId::new(entry.id),
        name: entry.name(),
        plane: plane(entry),
        inferred: entry.tail.ends_with('?'),
    }
}

fn plane(entry: Entry<'_>) -> Plane {
    if entry.is_data() {
        Plane::Data
    } else {
        Plane::Control
    }
}

fn is_data(plane: Plane) -> Option<bool> {
    match plane {
        Plane::Control => Some(false),
        Plane::Data => Some(true),
        _ => None,
    }
}

fn last_word(tail: &str) -> &str {
    tail.rsplit(' ').next().unwrap_or(tail)
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, CatalogueTexts, Header};

    #[test]
    fn one_role_costs_one_section_of_operations() {
        let texts = CatalogueTexts::embedded();
        let header = Header::parse(&texts.header).expect("the embedded header");
        let catalogue = Catalogue::assemble(header, texts);
        let reader = catalogue
            .role_by_name("Storage Blob Data Reader")
            .expect("a role");
        assert_eq!(catalogue.grants(reader).sure.len(), 3);
        assert_eq!(catalogue.operations.sections_read(), 1);
        assert_eq!(catalogue.credentials.sections_read(), 0);
    }
}
