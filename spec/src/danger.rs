//! How dangerous an operation is: the order in which findings about power are told.
//!
//! The judgement rests on names: a table of patterns (`spec/danger.txt`, each row with its
//! reason), the catalogue's table of operations that hand out credentials, and the last word of
//! the name where neither says anything. `…/action` names need the table most: some only read.
//!
//! [`changes`] and [`deletes`] say what an operation does where that is no guess.

mod effect;
mod segments;

use std::fmt;
use std::sync::OnceLock;

pub use self::effect::{changes, deletes};

use self::segments::segments_match;
use crate::Plane;
use crate::catalogue::Catalogue;

/// A rank of danger; what sorts first is worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Danger {
    /// Changes who holds what, or acts as somebody else.
    Access,
    /// Hands out keys, secrets, tokens or signed addresses.
    Credentials,
    /// Deletes.
    Delete,
    /// Changes or runs something.
    Write,
    /// Only reads.
    Read,
}

impl Danger {
    /// Every rank, worst first.
    pub const ALL: [Danger; 5] = [
        Danger::Access,
        Danger::Credentials,
        Danger::Delete,
        Danger::Write,
        Danger::Read,
    ];

    /// The word that stands for the rank in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Danger::Access => "access",
            Danger::Credentials => "credentials",
            Danger::Delete => "delete",
            Danger::Write => "write",
            Danger::Read => "read",
        }
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How dangerous an operation is, known to the catalogue or not.
///
/// ```
/// use grantc_spec::{Catalogue, Plane, danger::{Danger, danger}};
///
/// let keys = "Microsoft.Storage/storageAccounts/listKeys/action";
/// assert_eq!(danger(Catalogue::embedded(), Plane::Control, keys), Danger::Credentials);
/// ```
pub fn danger(catalogue: &Catalogue, plane: Plane, operation: &str) -> Danger {
    let by_name = danger_by_name(plane, operation);
    if by_name > Danger::Credentials
        && plane == Plane::Control
        && catalogue.is_credential(operation)
    {
        return Danger::Credentials;
    }
    by_name
}

/// Where the row stands that makes an operation one which changes access: the table begins with
/// what matters most.
pub fn access_row(plane: Plane, operation: &str) -> Option<usize> {
    let mut rows = rows().iter().enumerate();
    let (at, row) = rows.find(|(_, row)| row.decides(plane, operation))?;
    (row.danger == Danger::Access).then_some(at)
}

/// The last segment of a name.
fn last_word(operation: &str) -> &str {
    operation.rsplit('/').next().unwrap_or(operation)
}

/// The row that decides an operation.
fn row_of(plane: Plane, operation: &str) -> Option<&'static Row> {
    rows().iter().find(|row| row.decides(plane, operation))
}

/// How dangerous an operation is as far as its name tells.
pub fn danger_by_name(plane: Plane, operation: &str) -> Danger {
    let last = last_word(operation);
    let row = row_of(plane, operation);
    let reads = match plane {
        Plane::CosmosSql => last.starts_with("read") || last == "executeQuery",
        Plane::SqlDatabase => last.eq_ignore_ascii_case("select"),
        _ => last.eq_ignore_ascii_case("read"),
    };
    let by_last_word = if last.eq_ignore_ascii_case("delete") {
        Danger::Delete
    } else if reads {
        Danger::Read
    } else if plane == Plane::Graph {
        by_graph_name(operation)
    } else {
        Danger::Write
    };
    match row {
        // Rows about access name whole types: showing them changes nothing.
        Some(row) if row.danger == Danger::Access && by_last_word == Danger::Read => by_last_word,
        Some(row) => row.danger,
        None => by_last_word,
    }
}

/// `Mail.Read`, `Files.ReadWrite.All`: the second word says what is done.
fn by_graph_name(permission: &str) -> Danger {
    let words = || permission.split('.').skip(1);
    let subject = permission.split('.').next().unwrap_or_default();
    let reads = |word: &str| word.starts_with("Read") && !word.contains("Write");
    let access = [
        "RoleManagement",
        "AppRoleAssignment",
        "DelegatedPermissionGrant",
    ];
    let only_reads = words().any(reads) && !words().any(|word| word.contains("Write"));
    if only_reads || ["openid", "email", "profile", "offline_access"].contains(&permission) {
        Danger::Read
    } else if access.iter().any(|name| subject.starts_with(name)) || subject == "Application" {
        Danger::Access
    } else {
        Danger::Write
    }
}

struct Row {
    danger: Danger,
    /// `None`: any plane.
    plane: Option<Plane>,
    pattern: &'static str,
}

impl Row {
    fn decides(&self, plane: Plane, operation: &str) -> bool {
        self.plane.is_none_or(|only| only == plane) && segments_match(self.pattern, operation)
    }
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        include_str!("../danger.txt")
            .lines()
            .filter_map(row)
            .collect()
    })
}

fn row(line: &'static str) -> Option<Row> {
    let mut words = line.splitn(4, ' ');
    let rank = words.next()?;
    let danger = Danger::ALL
        .into_iter()
        .find(|danger| danger.word() == rank)?;
    let plane = match words.next()? {
        "any" => None,
        "data" => Some(Plane::Data),
        _ => Some(Plane::Control),
    };
    Some(Row {
        danger,
        plane,
        pattern: words.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Danger, danger, danger_by_name, row, rows};
    use crate::{Catalogue, Plane};

    #[test]
    fn every_row_is_read_and_has_its_reason() {
        let text = include_str!("../danger.txt");
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            assert!(
                row(line).is_some() && line.splitn(4, ' ').nth(3).is_some(),
                "{line}"
            );
            assert!(
                ["any", "data", "control"].contains(&line.split(' ').nth(1).unwrap()),
                "{line}"
            );
        }
    }

    #[test]
    fn every_row_decides_something() {
        let catalogue = Catalogue::embedded();
        let mut used = vec![false; rows().len()];
        for operation in catalogue.operations() {
            let at = rows()
                .iter()
                .position(|row| row.decides(operation.plane, &operation.name));
            if let Some(at) = at {
                used[at] = true;
            }
        }
        let idle: Vec<&str> = rows()
            .iter()
            .zip(used)
            .filter(|(_, u)| !u)
            .map(|(r, _)| r.pattern)
            .collect();
        assert!(idle.is_empty(), "rows that match nothing: {idle:#?}");
    }

    #[test]
    fn names_tell_what_they_do() {
        let catalogue = Catalogue::embedded();
        for (plane, name, expected) in [
            (
                Plane::Control,
                "Microsoft.Authorization/roleAssignments/write",
                Danger::Access,
            ),
            (
                Plane::Control,
                "Microsoft.Authorization/roleAssignments/delete",
                Danger::Access,
            ),
            (
                Plane::Control,
                "Microsoft.Authorization/roleAssignments/read",
                Danger::Read,
            ),
            (
                Plane::Control,
                "microsoft.authorization/elevateaccess/action",
                Danger::Access,
            ),
            (
                Plane::Control,
                "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
                Danger::Access,
            ),
            (
                Plane::Control,
                "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/write",
                Danger::Access,
            ),
            (
                Plane::Control,
                "Microsoft.Storage/storageAccounts/listKeys/action",
                Danger::Credentials,
            ),
            (
                Plane::Control,
                "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
                Danger::Credentials,
            ),
            (
                Plane::Control,
                "Microsoft.Web/sites/config/list/Action",
                Danger::Credentials,
            ),
            (
                Plane::Control,
                "Microsoft.ServiceBus/namespaces/authorizationRules/listkeys/action",
                Danger::Credentials,
            ),
            (
                Plane::Control,
                "Microsoft.ServiceBus/namespaces/authorizationRules/write",
                Danger::Access,
            ),
            (
                Plane::Data,
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                Danger::Credentials,
            ),
            (
                Plane::Data,
                "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
                Danger::Read,
            ),
            (
                Plane::Data,
                "Microsoft.KeyVault/vaults/secrets/purge/action",
                Danger::Delete,
            ),
            (
                Plane::Data,
                "Microsoft.KeyVault/vaults/secrets/setSecret/action",
                Danger::Write,
            ),
            (
                Plane::Data,
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
                Danger::Delete,
            ),
            (
                Plane::Data,
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/permanentDelete/action",
                Danger::Delete,
            ),
            (
                Plane::Data,
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
                Danger::Write,
            ),
            (
                Plane::Data,
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action",
                Danger::Write,
            ),
            (
                Plane::Data,
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/filter/action",
                Danger::Read,
            ),
            (
                Plane::Data,
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/runAsSuperUser/action",
                Danger::Access,
            ),
            (
                Plane::Data,
                "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
                Danger::Read,
            ),
            (
                Plane::Control,
                "Microsoft.Storage/checknameavailability/read",
                Danger::Read,
            ),
            (
                Plane::Control,
                "New.Provider/things/frobnicate/action",
                Danger::Write,
            ),
            (Plane::SqlDatabase, "SELECT", Danger::Read),
            (Plane::SqlDatabase, "DELETE", Danger::Delete),
            (Plane::SqlDatabase, "EXECUTE", Danger::Write),
            (
                Plane::CosmosSql,
                "Microsoft.DocumentDB/databaseAccounts/readMetadata",
                Danger::Read,
            ),
            (Plane::Graph, "Mail.Read", Danger::Read),
            (Plane::Graph, "Mail.ReadWrite", Danger::Write),
            (
                Plane::Graph,
                "RoleManagement.ReadWrite.Directory",
                Danger::Access,
            ),
        ] {
            assert_eq!(danger(catalogue, plane, name), expected, "{name}");
        }
    }

    #[test]
    fn names_tell_most_of_what_the_credential_table_knows() {
        let unknown: Vec<String> = Catalogue::embedded()
            .credential_names()
            // The data set took the type `listqnamakerendpointkeys` for a verb.
            .filter(|name| !name.contains("/providers/"))
            .filter(|name| danger_by_name(Plane::Control, name) > Danger::Credentials)
            .collect();
        assert_eq!(unknown, [""; 0]);
    }
}
