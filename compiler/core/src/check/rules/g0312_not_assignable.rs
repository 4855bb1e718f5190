//! G0312 not-assignable: a custom role that Azure would refuse.

use crate::check::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{CustomRole, RoleOperation};
use crate::source::Word;
use grantc_spec::rules::NOT_ASSIGNABLE;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for role in case.program.roles.values() {
        empty(role, diags);
        many_wildcards(role, diags);
    }
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
    use crate::graph::fixture::{BLOB, desk};

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
    fn a_role_without_operations() {
        assert_eq!(role(""), ["G0312"]);
        assert_eq!(role(&format!("data-action \"{BLOB}/read\"")), [""; 0]);
    }
}
