//! G0312 not-assignable: a role that Azure would refuse, or refuse there, or that a condition does
//! not narrow.

use crate::check::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Assignment, AssignmentId, Condition, CustomRole, RoleOperation, RoleRef};
use crate::source::Word;
use grantc_spec::Plane;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::rules::NOT_ASSIGNABLE;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for role in case.program.roles.values() {
        empty(role, diags);
        many_wildcards(role, diags);
    }
    for (id, assignment) in case.program.assignments.iter() {
        diags.extend(too_wide_for_data(case, id, assignment));
        diags.extend(outside_a_database(case, id, assignment));
        diags.extend(not_narrowed(case, id, assignment));
    }
}

/// Azure refuses a custom role with data actions at a management group.
fn too_wide_for_data(case: &Case<'_>, id: AssignmentId, held: &Assignment) -> Option<Diagnostic> {
    let RoleRef::Custom(role) = held.role else {
        return None;
    };
    let role = case.program.roles.at(role);
    let data = role
        .operations
        .iter()
        .find(|one| one.plane == Plane::Data)?;
    let on = case.program.resources.at(held.on);
    if on.resource_type() != MANAGEMENT_GROUP {
        return None;
    }
    let message = format!(
        "`{}` has data actions, and Azure assigns no such custom role on a management group",
        role.name
    );
    Some(
        Diagnostic::new(&NOT_ASSIGNABLE, held.span, message)
            .also(data.pattern.span, "a data action")
            .help("assign it on the subscriptions or resource groups where it is needed")
            .at(case.path_of_assignment(id)),
    )
}

const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";

/// Roles of a database are held in a database, not on its server.
fn outside_a_database(case: &Case<'_>, id: AssignmentId, held: &Assignment) -> Option<Diagnostic> {
    let is_sql = match held.role {
        RoleRef::OfPlane(family, _) => family == PlaneFamily::SqlDatabase,
        RoleRef::Custom(role) => case.program.roles.at(role).family == PlaneFamily::SqlDatabase,
        RoleRef::BuiltIn(_) | RoleRef::Permission(_) => false,
    };
    let on = case.program.resources.at(held.on);
    if !is_sql || on.field("database").is_some() {
        return None;
    }
    let message = format!(
        "`{}` is held in a database, and `{}` is a whole server",
        held.role_name, on.name
    );
    Some(
        Diagnostic::new(&NOT_ASSIGNABLE, held.on_span, message)
            .also(on.span, "no database is named here")
            .help("declare a resource with `database \"…\"`, and assign it on that")
            .at(case.path_of_assignment(id)),
    )
}

/// A path narrows some operations; a role that grants others under it grants them everywhere.
fn not_narrowed(case: &Case<'_>, id: AssignmentId, held: &Assignment) -> Option<Diagnostic> {
    let Some(Condition::Paths(paths)) = &held.condition else {
        return None;
    };
    let wide = case.beyond_paths(held.role, held.on);
    if wide.is_empty() {
        return None;
    }
    let path = paths.first()?;
    let message = format!(
        "`{}` grants {} on `{}`, which no path narrows",
        held.role_name,
        case.few(&wide),
        case.program.resources.at(held.on).name
    );
    Some(
        Diagnostic::new(&NOT_ASSIGNABLE, path.text.span, message)
            .help("choose a role that reads, writes and deletes only, or a custom role of what is needed")
            .at(case.path_of_assignment(id)),
    )
}

fn empty(role: &CustomRole, diags: &mut Diagnostics) {
    if role.operations.is_empty() {
        let message = format!(
            "role `{}` grants nothing, and Azure refuses a role without operations",
            role.name
        );
        diags.push(
            Diagnostic::new(&NOT_ASSIGNABLE, role.span, message)
                .help("add an `action` or a `data-action`, or remove the role")
                .at(format!("role/{}", role.name)),
        );
    }
}

/// Whether Azure would refuse the role: until that is mended, what it grants is nobody's guess.
pub(super) fn refused(role: &CustomRole) -> bool {
    role.operations.is_empty() || role.operations.iter().any(|one| stars(&one.pattern) > 1)
}

fn stars(pattern: &Word) -> usize {
    pattern.value.matches('*').count()
}

fn many_wildcards(role: &CustomRole, diags: &mut Diagnostics) {
    for RoleOperation { pattern, .. } in &role.operations {
        let stars = stars(pattern);
        if stars > 1 {
            let message =
                format!("`{pattern}` has {stars} wildcards, and Azure allows one in a custom role");
            diags.push(
                Diagnostic::new(&NOT_ASSIGNABLE, pattern.span, message)
                    .help("name the operations one by one; exact names do not grow with Azure")
                    .at(format!("role/{}", role.name)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{BLOB, desk, reader, tool};

    fn role(body: &str) -> Vec<&'static str> {
        let ping = r#"tool "ping" { description "Ping."; output { ok boolean } }"#;
        desk(&format!("role \"Own\" {{ {body} }}\n{ping}")).codes()
    }

    #[test]
    fn many_wildcards_in_one_string() {
        assert_eq!(
            role(r#"data-action "Microsoft.Storage/*/blobs/*""#),
            ["G0312"]
        );
        assert_eq!(
            role(r#"data-action "Microsoft.Storage/*/read"; action "*/read""#),
            [""; 0]
        );
    }

    #[test]
    fn a_role_that_a_path_does_not_narrow() {
        let with = |role: &str| {
            let assign = format!(r#"assign "{role}" on="archive" {{ where path="in/*" }}"#);
            reader(&assign, r#"uses "archive" "read" path="in/*""#)
        };
        let desk = with("Storage Blob Data Owner");
        let message = &desk.one("G0312").message;
        assert!(
            message.ends_with("on `archive`, which no path narrows"),
            "{message}"
        );
        for role in ["Storage Blob Data Reader", "Storage Blob Data Contributor"] {
            let desk = with(role);
            assert!(!desk.codes().contains(&"G0312"), "{:#?}", desk.found);
        }
    }

    #[test]
    fn roles_of_databases_and_custom_roles_of_data_have_their_places() {
        let found = |role: &str, on: &str| {
            let desk = desk(&format!(
                r#"resource "sql" type="azure.sql" existing=#true {{ server "sql-desk" }}
                resource "ledger" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger" }}
                resource "top" type="azure.management-group" {{ name "mg"; covers subscription="6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11" }}
                role "Own" {{ data-action "{BLOB}/read" }}
                role "Run" plane="sql-database" {{ grant "EXECUTE" schema="app" }}
                identity "a" type="user-assigned" {{ assign "{role}" on="{on}" }}
                tool "ping" {{ description "Ping."; output {{ ok boolean }} }}"#
            ));
            desk.codes().contains(&"G0312")
        };
        assert!(found("db_datareader", "sql") && !found("db_datareader", "ledger"));
        assert!(found("Run", "sql") && !found("Run", "ledger"));
        assert!(found("Own", "top") && !found("Own", "data"));
        assert!(!found("Reader", "sql") && !found("Reader", "top"));
    }

    #[test]
    fn a_role_without_operations() {
        assert_eq!(role(""), ["G0312"]);
        assert_eq!(role(&format!("data-action \"{BLOB}/read\"")), [""; 0]);
    }

    #[test]
    fn one_wildcard_is_judged_by_what_it_leaves_over() {
        let with = |pattern: &str| {
            let find = tool("find", "reader", r#"uses "archive" "read""#);
            desk(&format!(
                r#"role "Own" {{ data-action "{pattern}" }}
                identity "reader" type="user-assigned" {{ assign "Own" on="archive" }}
                {find}"#
            ))
        };
        assert_eq!(with(&format!("{BLOB}/*")).codes(), ["G0304"]);
        assert_eq!(with("Microsoft.Storage/*/blobs/*").codes(), ["G0312"]);
    }
}
