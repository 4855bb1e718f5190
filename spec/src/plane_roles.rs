//! Roles and operations of the planes that are not Azure RBAC: `spec/plane-roles.txt`.
//!
//! Cosmos DB for NoSQL and Azure SQL bring a handful of roles each, which no catalogue of Azure
//! RBAC has, and a short list of operations, which here is complete.

use std::sync::OnceLock;

use crate::Plane;
use crate::catalogue::Verdict;
use crate::connectors::PlaneFamily;

/// A role that a service with a plane of its own brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaneRole {
    /// Its name.
    pub name: &'static str,
    /// Its GUID, where roles of the plane have one.
    pub id: Option<&'static str>,
    /// The plane it is of.
    pub family: PlaneFamily,
    /// What it grants, with `*` at the end of a name for one more segment.
    pub operations: Vec<&'static str>,
    /// What it denies, whatever else grants it.
    pub denies: Vec<&'static str>,
    /// Where that is documented.
    pub source: &'static str,
}

/// The roles of a plane, in the order of the table; none of Azure RBAC, Graph and custom APIs,
/// which have their own lists.
pub fn all(family: PlaneFamily) -> impl Iterator<Item = &'static PlaneRole> {
    table()
        .roles
        .iter()
        .filter(move |role| role.family == family)
}

/// The role of a plane with this name or GUID; case is ignored.
pub fn by_name(family: PlaneFamily, name: &str) -> Option<&'static PlaneRole> {
    all(family).find(|role| {
        role.name.eq_ignore_ascii_case(name)
            || role.id.is_some_and(|id| id.eq_ignore_ascii_case(name))
    })
}

/// Whether a role surely grants an operation.
pub fn grants(role: &PlaneRole, operation: &str) -> bool {
    verdict(&role.operations, operation) == Verdict::Sure
}

/// Whether a role denies an operation, so that no other role of its holder grants it.
pub fn denies(role: &PlaneRole, operation: &str) -> bool {
    let same = |denied: &&str| denied.eq_ignore_ascii_case(operation);
    role.denies.iter().any(same)
}

/// What patterns, those of a role of the service or of a custom role, say of an operation.
///
/// A final `*` stands for one segment: the role of Cosmos that may do everything names
/// `containers/*` and `containers/items/*`, which it would not need to if the first crossed a `/`.
/// That is no promise, so what only a crossing `*` would grant is [`Verdict::Conditional`].
pub fn verdict<P: AsRef<str>>(patterns: &[P], operation: &str) -> Verdict {
    patterns
        .iter()
        .map(|pattern| verdict_of(pattern.as_ref(), operation))
        .max()
        .unwrap_or(Verdict::No)
}

fn verdict_of(pattern: &str, operation: &str) -> Verdict {
    let Some(start) = pattern.strip_suffix('*') else {
        let same = pattern.eq_ignore_ascii_case(operation);
        return if same { Verdict::Sure } else { Verdict::No };
    };
    let Some((head, rest)) = operation.split_at_checked(start.len()) else {
        return Verdict::No;
    };
    match head.eq_ignore_ascii_case(start) && !rest.is_empty() {
        false => Verdict::No,
        true if rest.contains('/') => Verdict::Conditional,
        true => Verdict::Sure,
    }
}

/// Every operation of a plane, in the order of the table; empty for the planes of Azure RBAC,
/// Graph and custom APIs, whose operations are in the catalogue or in the manifest.
pub fn plane_operations(plane: Plane) -> &'static [&'static str] {
    match plane {
        Plane::CosmosSql => &table().cosmos,
        Plane::SqlDatabase => &table().sql,
        Plane::Control | Plane::Data | Plane::Graph | Plane::EntraApp => &[],
    }
}

#[derive(Default)]
struct Table {
    cosmos: Vec<&'static str>,
    sql: Vec<&'static str>,
    roles: Vec<PlaneRole>,
}

const TEXT: &str = include_str!("../plane-roles.txt");

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::default();
        // A test proves every row read.
        for line in TEXT.lines() {
            row(line, &mut table);
        }
        table
    })
}

fn row(line: &'static str, table: &mut Table) -> Option<()> {
    let mut words = line.split('\t');
    match (words.next()?, PlaneFamily::parse(words.next()?)?) {
        ("operation", PlaneFamily::CosmosSql) => table.cosmos.push(words.next()?),
        ("operation", PlaneFamily::SqlDatabase) => table.sql.push(words.next()?),
        ("role", family) => table.roles.push(PlaneRole {
            name: words.next()?,
            id: words.next().map(|id| Some(id).filter(|id| *id != "-"))?,
            family,
            operations: list(words.next()?),
            denies: list(words.next()?),
            source: words.next()?,
        }),
        _ => return None,
    }
    Some(())
}

fn list(words: &'static str) -> Vec<&'static str> {
    words.split(' ').filter(|word| *word != "-").collect()
}

#[cfg(test)]
mod tests {
    use super::{TEXT, all, by_name, denies, grants, plane_operations, table, verdict};
    use crate::Plane;
    use crate::catalogue::Verdict;
    use crate::connectors::PlaneFamily;

    const CONTAINERS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

    #[test]
    fn every_row_is_read() {
        let rows = |start: &str| TEXT.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(table().roles.len(), rows("role\t"));
        assert_eq!(
            table().cosmos.len() + table().sql.len(),
            rows("operation\t")
        );
        let other = TEXT
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        assert_eq!(other.count(), rows("role\t") + rows("operation\t"));
    }

    #[test]
    fn roles_grant_and_deny_only_operations_of_their_plane() {
        for family in [PlaneFamily::CosmosSql, PlaneFamily::SqlDatabase] {
            let plane = family.operation_plane().expect("one plane");
            let listed = plane_operations(plane);
            for role in all(family) {
                for pattern in &role.operations {
                    let some = listed
                        .iter()
                        .any(|op| verdict(&[pattern], op) == Verdict::Sure);
                    assert!(some, "{} {pattern}", role.name);
                }
                assert!(
                    role.denies.iter().all(|op| listed.contains(op)),
                    "{}",
                    role.name
                );
                assert!(role.source.starts_with("learn.microsoft.com/"));
            }
        }
    }

    #[test]
    fn the_reader_of_cosmos_reads_and_the_contributor_does_everything() {
        let reader =
            by_name(PlaneFamily::CosmosSql, "cosmos db built-in data READER").expect("a role");
        assert!(grants(reader, &format!("{CONTAINERS}/items/read")));
        assert!(!grants(reader, &format!("{CONTAINERS}/items/create")));
        let all_of_it = by_name(
            PlaneFamily::CosmosSql,
            "00000000-0000-0000-0000-000000000002",
        );
        let contributor = all_of_it.expect("a role");
        assert!(
            plane_operations(Plane::CosmosSql)
                .iter()
                .all(|op| grants(contributor, op))
        );
        assert_eq!(plane_operations(Plane::CosmosSql).len(), 10);
    }

    #[test]
    fn a_star_is_one_segment_for_sure_and_more_perhaps() {
        let star = [format!("{CONTAINERS}/*")];
        assert_eq!(
            verdict(&star, &format!("{CONTAINERS}/executeQuery")),
            Verdict::Sure
        );
        assert_eq!(
            verdict(&star, &format!("{CONTAINERS}/items/read")),
            Verdict::Conditional
        );
        assert_eq!(verdict(&star, &format!("{CONTAINERS}/")), Verdict::No);
        assert_eq!(verdict(&star, "SELECT"), Verdict::No);
        assert_eq!(verdict::<&str>(&[], "SELECT"), Verdict::No);
    }

    #[test]
    fn only_the_owner_of_a_database_executes() {
        let may = |operation: &str| -> Vec<&str> {
            let roles = all(PlaneFamily::SqlDatabase);
            roles
                .filter(|role| grants(role, operation))
                .map(|role| role.name)
                .collect()
        };
        assert_eq!(may("SELECT"), ["db_datareader", "db_owner"]);
        assert_eq!(may("insert"), ["db_datawriter", "db_owner"]);
        assert_eq!(may("EXECUTE"), ["db_owner"]);
        let deny = by_name(PlaneFamily::SqlDatabase, "DB_DENYDATAREADER").expect("a role");
        assert!(denies(deny, "SELECT") && !denies(deny, "INSERT") && !grants(deny, "SELECT"));
        assert!(by_name(PlaneFamily::SqlDatabase, "db_reader").is_none());
        assert!(by_name(PlaneFamily::CosmosSql, "db_owner").is_none());
    }
}
