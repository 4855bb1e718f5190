//! Single steps, before they are a way.

use super::*;

/// The steps that `grower` can take, each with what it opens.
fn steps(desk: &Desk) -> Vec<String> {
    let case = desk.case();
    let Some(closure) = Closure::new(&case) else {
        return Vec::new();
    };
    let line = |(number, step): (usize, &super::super::Step)| {
        let way = match step.way {
            Way::Row(row) => row.kind,
            Way::Key => closure.deed(step),
        };
        let opens = step.opens(number).into_iter().map(|mark| closure.end(mark));
        let sure = match step.certain {
            true => "",
            false => " perhaps",
        };
        let opens = opens.collect::<Vec<_>>().join(", ");
        format!("{way}{sure}: {opens}").trim_end().to_owned()
    };
    closure
        .steps_of(desk.identity("grower"))
        .map(line)
        .collect()
}

/// What a desk with more resources lets `grower` do.
fn steps_among(resources: &str, roles: &str, assigns: &str) -> Vec<String> {
    steps(&framed(&format!("{FRAME}{resources}\n"), roles, assigns))
}

#[test]
fn what_works_as_well_is_told_once() {
    assert_eq!(
        steps(&grows("", r#"assign "Website Contributor" on="azure""#)),
        ["site-publish:", "host-keys:"]
    );
}

#[test]
fn a_role_is_widened_by_whoever_may_change_it_everywhere() {
    let roles = r#"role "Define" { action "Microsoft.Authorization/roleDefinitions/write" }
        role "Read" { action "Microsoft.Resources/deployments/read" }"#;
    let both = r#"assign "Define" on="azure"; assign "Read" on="azure""#;
    assert_eq!(
        steps(&grows(roles, both)),
        ["role-definition: any role on `rg-desk`"]
    );
    let elsewhere = r#"assign "Define" on="azure"; assign "Define" on="archive""#;
    assert_eq!(steps(&grows(roles, elsewhere)), [""; 0]);
}

#[test]
fn a_service_that_keeps_its_own_list_is_opened_by_whoever_writes_it() {
    let more = r#"resource "data" type="azure.resource-group" { resource-group "rg-data" }
        resource "more" type="azure.cosmos" existing=#true { account "cosmos-more"; resource-group "rg-data" }
        resource "made" type="azure.cosmos" { account "cosmos-made" }
        resource "made-vault" type="azure.keyvault" { vault "kv-made" }"#;
    let grow = |action: &str| format!("role \"Grow\" {{ action \"{action}\" }}");
    let cosmos = grow("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/write");
    let held = |assigns: &str| steps_among(more, &cosmos, assigns);
    assert_eq!(
        held(r#"assign "Grow" on="data""#),
        ["cosmos-assignment: the data of `cosmos`, the data of `more`"]
    );
    assert_eq!(
        held(r#"assign "Grow" on="cosmos"; assign "Grow" on="more""#),
        [
            "cosmos-assignment: the data of `cosmos`",
            "cosmos-assignment: the data of `more`"
        ]
    );
    assert_eq!(
        held(r#"assign "Grow" on="azure""#),
        ["cosmos-assignment: the data of `made`"]
    );
    // A vault that grantc creates does not go by access policies.
    let vault = grow("Microsoft.KeyVault/vaults/accessPolicies/write");
    let held = |on: &str| steps_among(more, &vault, &format!("assign \"Grow\" on=\"{on}\""));
    assert_eq!(held("vault"), ["vault-policy perhaps: the data of `vault`"]);
    assert_eq!(held("azure"), [""; 0]);
    // A role of the data that is not held cannot be widened.
    let define = grow("Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/write");
    assert_eq!(
        steps_among(more, &define, r#"assign "Grow" on="cosmos""#),
        [""; 0]
    );
}

#[test]
fn keys_of_what_is_created_are_let_in_again_first() {
    let more = r#"resource "data" type="azure.resource-group" { resource-group "rg-data" }
        resource "account" type="azure.blob" existing=#true { account "starchive"; resource-group "rg-data" }
        resource "other-account" type="azure.blob" existing=#true { account "stdrafts"; resource-group "rg-data" }
        resource "made" type="azure.blob" { account "stmade" }"#;
    let roles = r#"role "Take" { action "Microsoft.Storage/storageAccounts/listKeys/action" }
        role "Both" { action "Microsoft.Storage/storageAccounts/listKeys/action"; action "Microsoft.Storage/storageAccounts/write" }"#;
    let held = |assigns: &str| steps_among(more, roles, assigns);
    assert_eq!(held(r#"assign "Take" on="azure""#), [""; 0]);
    assert_eq!(
        held(r#"assign "Both" on="azure""#),
        [
            "package-by-key:",
            "lets keys in again, and takes one: the data of `made`"
        ]
    );
    let all = "the data of `archive`, the data of `drafts`, the data of `account`, the data of `other-account`";
    assert_eq!(
        held(r#"assign "Both" on="data""#),
        [format!("takes a key perhaps: {all}")]
    );
    assert_eq!(
        held(r#"assign "Take" on="account"; assign "Take" on="other-account""#),
        [
            "takes a key perhaps: the data of `archive`, the data of `account`",
            "takes a key perhaps: the data of `drafts`, the data of `other-account`"
        ]
    );
    assert_eq!(held(r#"assign "Take" on="archive""#), [""; 0]);
}

#[test]
fn what_runs_on_a_declared_resource_or_below_it_runs_somewhere() {
    let site = r#"connector "contoso.site" plane="azure-rbac" {
            level "site" type="Microsoft.Web/sites" id="/subscriptions/{subscription}/resourceGroups/{resource-group}/providers/Microsoft.Web/sites/{site}"
            verb "look" level="site" { action "Microsoft.Web/sites/read" }
        }
        resource "site" type="contoso.site" existing=#true { site "web-desk"; resource-group "rg-data" }"#;
    for (action, kind) in [
        ("Microsoft.Web/sites/write", "attach-to-site:"),
        ("Microsoft.Web/sites/slots/write", "attach-to-slot:"),
    ] {
        let roles = format!(
            r#"role "Attach" {{ action "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action" }}
            role "Run" {{ action "{action}" }}"#
        );
        let run = |on: &str| {
            let assigns = format!(r#"assign "Attach" on="azure"; assign "Run" on="{on}""#);
            steps_among(site, &roles, &assigns)
        };
        assert_eq!(run("site"), [kind]);
        assert_eq!(run("vault"), [""; 0]);
    }
}
