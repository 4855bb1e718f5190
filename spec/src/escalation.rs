//! How power grows: `spec/escalation.txt`, the operations that let whoever holds them reach more
//! than they hold.
//!
//! A row is one kind of edge in the closure that the checker draws over a manifest: operations held
//! together, the kind of thing that they act on, and what comes of it. What a manifest does not
//! show (groups, owners, resources that it does not declare) has no row.

use std::sync::OnceLock;

use crate::Plane;

/// One way in which power grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// Its name.
    pub kind: &'static str,
    /// What the operations act on.
    pub on: Target,
    /// What comes of it.
    pub yields: Yield,
    /// Whether it works however the service is set up.
    pub certain: bool,
    /// The operations, which have to be held together.
    pub operations: Vec<Deed>,
    /// What whoever holds them does.
    pub what: &'static str,
    /// Where that is documented.
    pub source: &'static str,
}

/// An operation of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its plane.
    pub plane: Plane,
    /// Its name.
    pub name: &'static str,
    /// Whether it may be held anywhere: it makes what then runs, wherever that is.
    pub anywhere: bool,
}

/// What operations act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Wherever they are held.
    Scope,
    /// A user-assigned identity.
    Identity,
    /// An app.
    Site,
    /// The storage of an app.
    AppStorage,
    /// A resource of this type, or below one.
    Resource(&'static str),
    /// The tenant.
    Directory,
}

/// What comes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Yield {
    /// Any role there.
    AnyRole,
    /// Anything more in a custom role that is held there.
    OwnRole,
    /// The identity.
    ActAs,
    /// Code that runs in the app.
    Code,
    /// Calls of the app's tools.
    Call,
    /// The data.
    Data,
    /// Anything more in a role of the data that is held there.
    OwnData,
    /// Any application of the tenant.
    Applications,
    /// The tenant.
    Tenant,
}

/// Every row, in the order of the table.
pub fn escalations() -> &'static [Escalation] {
    static ROWS: OnceLock<Vec<Escalation>> = OnceLock::new();
    // A test proves every row read.
    ROWS.get_or_init(|| TEXT.lines().filter_map(row).collect())
}

const TEXT: &str = include_str!("../escalation.txt");

fn row(line: &'static str) -> Option<Escalation> {
    if line.starts_with('#') {
        return None;
    }
    let words: Vec<&'static str> = line.split('\t').collect();
    let [kind, on, yields, certainty, operations, what, source] = *words.as_slice() else {
        return None;
    };
    Some(Escalation {
        kind,
        on: target(on)?,
        yields: yields_of(yields)?,
        certain: match certainty {
            "sure" => true,
            "perhaps" => false,
            _ => return None,
        },
        operations: operations.split(' ').map(deed).collect::<Option<_>>()?,
        what,
        source,
    })
}

fn target(word: &'static str) -> Option<Target> {
    Some(match word {
        "scope" => Target::Scope,
        "identity" => Target::Identity,
        "site" => Target::Site,
        "app-storage" => Target::AppStorage,
        "directory" => Target::Directory,
        resource_type if resource_type.contains('/') => Target::Resource(resource_type),
        _ => return None,
    })
}

fn yields_of(word: &str) -> Option<Yield> {
    Some(match word {
        "any-role" => Yield::AnyRole,
        "own-role" => Yield::OwnRole,
        "act-as" => Yield::ActAs,
        "code" => Yield::Code,
        "call" => Yield::Call,
        "data" => Yield::Data,
        "own-data" => Yield::OwnData,
        "applications" => Yield::Applications,
        "tenant" => Yield::Tenant,
        _ => return None,
    })
}

fn deed(word: &'static str) -> Option<Deed> {
    let (word, anywhere) = match word.strip_prefix('+') {
        Some(word) => (word, true),
        None => (word, false),
    };
    let (plane, name) = word.split_once(':')?;
    let plane = [Plane::Control, Plane::Data, Plane::Graph]
        .into_iter()
        .find(|known| known.word() == plane)?;
    Some(Deed {
        plane,
        name,
        anywhere,
    })
}

#[cfg(test)]
mod tests {
    use super::{TEXT, Target, Yield, escalations};
    use crate::catalogue::GraphKind;
    use crate::resource_types::{is_extension_type, resource_type_of_operation};
    use crate::{Catalogue, Plane};
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_read_and_has_its_own_name_and_source() {
        let rows = TEXT
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        assert_eq!(escalations().len(), rows.count());
        let names: BTreeSet<&str> = escalations().iter().map(|row| row.kind).collect();
        assert_eq!(names.len(), escalations().len());
        for row in escalations() {
            assert!(!row.what.is_empty(), "{}", row.kind);
            assert!(
                row.source.starts_with("learn.microsoft.com/"),
                "{}",
                row.kind
            );
        }
    }

    #[test]
    fn every_operation_exists() {
        let catalogue = Catalogue::embedded();
        for row in escalations() {
            for deed in &row.operations {
                let found = match deed.plane {
                    Plane::Graph => catalogue
                        .graph_permission(GraphKind::Application, deed.name)
                        .is_some_and(|found| !found.disabled),
                    plane => catalogue.operation(plane, deed.name).is_some(),
                };
                assert!(found, "{}: {} {}", row.kind, deed.plane, deed.name);
            }
        }
    }

    #[test]
    fn what_a_row_acts_on_is_what_its_operations_are_of() {
        for row in escalations() {
            let here = row.operations.iter().filter(|deed| !deed.anywhere);
            for deed in here {
                let of = resource_type_of_operation(deed.name);
                let fits = match row.on {
                    Target::Scope => is_extension_type(of),
                    Target::Identity => {
                        is_at("Microsoft.ManagedIdentity/userAssignedIdentities", of)
                    }
                    Target::Site => is_at("Microsoft.Web/sites", of),
                    Target::AppStorage => is_at("Microsoft.Storage/storageAccounts", of),
                    Target::Resource(resource_type) => is_at(resource_type, of),
                    Target::Directory => deed.plane == Plane::Graph,
                };
                assert!(fits, "{}: {}", row.kind, deed.name);
            }
        }
    }

    #[test]
    fn what_comes_of_a_row_comes_of_what_it_acts_on() {
        for row in escalations() {
            let fits = match row.yields {
                Yield::AnyRole | Yield::OwnRole => row.on == Target::Scope,
                Yield::ActAs => row.on == Target::Identity,
                Yield::Code => matches!(row.on, Target::Site | Target::AppStorage),
                Yield::Call => row.on == Target::Site,
                Yield::Data | Yield::OwnData => matches!(row.on, Target::Resource(_)),
                Yield::Applications | Yield::Tenant => row.on == Target::Directory,
            };
            assert!(fits, "{}", row.kind);
        }
    }

    fn is_at(resource_type: &str, name: &str) -> bool {
        name.get(..resource_type.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(resource_type))
    }
}
