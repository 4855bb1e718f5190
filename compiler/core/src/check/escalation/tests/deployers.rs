//! Whoever deploys.

use super::{found, grows};
use grantc_spec::rules::Level;

fn deploys(assigns: &str) -> super::Desk {
    grows(
        &format!(
            r#"role "Define" {{ action "Microsoft.Authorization/roleDefinitions/write" }}
                identity "pipeline" type="user-assigned" deploys=#true {{ {assigns} }}"#
        ),
        "",
    )
}

#[test]
fn deploying_is_no_escalation() {
    let plain = r#"assign "Contributor" on="azure"; assign "Role Based Access Control Administrator" on="azure" { where roles="emitted" }"#;
    assert_eq!(found(&deploys(plain)), [""; 0]);
}

#[test]
fn giving_any_role_is_a_warning() {
    for role in [
        "Owner",
        "User Access Administrator",
        "Role Based Access Control Administrator",
    ] {
        let desk = deploys(&format!(r#"assign "{role}" on="azure""#));
        let finding = desk.one("G0308");
        assert_eq!(finding.level, Level::Warning);
        assert_eq!(
            finding.message,
            "`pipeline` can give any role on `rg-desk`, to anyone"
        );
        let help = finding.help.as_deref().unwrap();
        assert!(help.contains(r#"{ where roles="emitted" }"#), "{help}");
        let chain = desk.witness(finding);
        assert!(
            chain.starts_with("pipeline → assign \"") && chain.ends_with("→ any role on rg-desk"),
            "{chain}"
        );
    }
}

#[test]
fn changing_custom_roles_is_a_warning_whatever_the_condition() {
    let desk = deploys(
        r#"assign "Define" on="azure"; assign "Role Based Access Control Administrator" on="azure" { where roles="emitted" }"#,
    );
    let finding = desk.one("G0308");
    assert!(
        finding
            .message
            .starts_with("`pipeline` can change what custom roles on `rg-desk` grant"),
        "{}",
        finding.message
    );
}

#[test]
fn a_role_that_limits_itself_is_none() {
    assert_eq!(
        found(&deploys(
            r#"assign "Key Vault Data Access Administrator" on="azure""#
        )),
        [""; 0]
    );
}
