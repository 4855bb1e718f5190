//! Each row of the table raises the finding alone, and not when any part of it is missing.

use super::{Closure, Mark, Way};
use crate::check::report;
use crate::graph::fixture::{Desk, tool, whole};
use grantc_spec::Plane;
use grantc_spec::escalation::{Deed, Escalation, Target, Yield, escalations};
use grantc_spec::rules::Level;

const FRAME: &str = r#"
grantc version=1
param "group" doc="Some group."
server "desk" version="1.0.0" { description "A desk."; namespace "com.example" }
azure { resource-group "rg-desk"; location "westeurope" }
resource "archive" type="azure.blob" existing=#true { account "starchive"; container "archive"; resource-group "rg-data" }
resource "drafts" type="azure.blob" existing=#true { account "stdrafts"; container "drafts"; resource-group "rg-data" }
resource "elsewhere" type="azure.resource-group" { resource-group "rg-elsewhere" }
resource "somewhere" type="azure.resource-group" { resource-group (param)"group" }
resource "cosmos" type="azure.cosmos" existing=#true { account "cosmos-desk"; resource-group "rg-data" }
resource "sql" type="azure.sql" existing=#true { server "sql-desk"; resource-group "rg-data" }
resource "vault" type="azure.keyvault" existing=#true { vault "kv-desk"; resource-group "rg-data" }
resource "graph" type="microsoft.graph"
identity "other" type="user-assigned" { assign "Storage Blob Data Contributor" on="drafts" }
"#;

/// A desk of two apps: `grower` has a tool that reads the archive and holds this besides.
fn grows(roles: &str, assigns: &str) -> Desk {
    framed(FRAME, roles, assigns)
}

fn framed(frame: &str, roles: &str, assigns: &str) -> Desk {
    whole(&format!(
        r#"{frame}{roles}
        identity "grower" type="user-assigned" {{
            assign "Storage Blob Data Reader" on="archive"
            {assigns}
        }}
        {}{}"#,
        tool("find", "grower", r#"uses "archive" "read""#),
        tool("file", "other", r#"uses "drafts" "write""#),
    ))
}

fn found(desk: &Desk) -> Vec<&str> {
    let found = desk.found.iter().filter(|it| it.rule.code == "G0308");
    found.map(|it| it.message.as_str()).collect()
}

/// A custom role of these operations, and something harmless.
fn role(name: &str, deeds: &[&Deed]) -> String {
    let words = |deed: &&Deed| match deed.plane {
        Plane::Data => format!("data-action \"{}\"\n", deed.name),
        _ => format!("action \"{}\"\n", deed.name),
    };
    let deeds: String = deeds.iter().map(words).collect();
    format!("role \"{name}\" {{\naction \"Microsoft.Resources/deployments/read\"\n{deeds}}}\n")
}

/// Where a row has to be held, and where it is good for nothing.
fn places(row: &Escalation) -> (&'static str, &'static str) {
    match (row.on, row.yields) {
        // Code of one's own role is widened wherever the role can be assigned: a whole group.
        (Target::Scope, Yield::OwnRole) => ("azure", "archive"),
        (Target::Scope, _) => ("azure", ""),
        (Target::Identity | Target::Site | Target::AppStorage, _) => ("azure", "elsewhere"),
        (Target::Resource("Microsoft.DocumentDB/databaseAccounts"), _) => ("cosmos", "elsewhere"),
        (Target::Resource("Microsoft.Sql/servers"), _) => ("sql", "elsewhere"),
        (Target::Resource("Microsoft.KeyVault/vaults"), _) => ("vault", "elsewhere"),
        (Target::Resource(other), _) => panic!("no place for {other}"),
        (Target::Directory, _) => ("graph", ""),
    }
}

/// The desk of a row with some of its operations: those that are bound to what they act on are
/// held on `on`, the others on `anywhere`.
fn desk(row: &Escalation, deeds: &[&Deed], on: &str, anywhere: &str) -> Desk {
    if row.on == Target::Directory {
        let names = deeds.iter().map(|deed| deed.name);
        let assigns: String = names
            .map(|name| format!("assign \"{name}\" on=\"{on}\"\n"))
            .collect();
        return grows("", &assigns);
    }
    let (run, bound): (Vec<&Deed>, Vec<&Deed>) = deeds.iter().partition(|deed| deed.anywhere);
    let mut roles = role("Grow", &bound);
    let mut assigns = format!("assign \"Grow\" on=\"{on}\"\n");
    if !run.is_empty() {
        roles.push_str(&role("Run", &run));
        assigns.push_str(&format!("assign \"Run\" on=\"{anywhere}\"\n"));
    }
    if row.yields == Yield::OwnData {
        roles.push_str(r#"role "Own" plane="cosmos-sql" { data-action "Microsoft.DocumentDB/databaseAccounts/readMetadata" }"#);
        assigns.push_str("assign \"Own\" on=\"cosmos\"");
    }
    grows(&roles, &assigns)
}

#[test]
fn each_row_raises_the_finding_by_itself() {
    for row in escalations() {
        let (on, _) = places(row);
        let deeds: Vec<&Deed> = row.operations.iter().collect();
        let desk = desk(row, &deeds, on, "elsewhere");
        let finding = desk.one("G0308");
        let by = format!(" by {}", row.kind);
        assert!(
            finding.facts.iter().all(|fact| fact.ends_with(&by)),
            "{}: {:?}",
            row.kind,
            finding.facts
        );
        assert_eq!(finding.path.as_deref(), Some("identity/grower"));
        let level = match row.certain {
            true => Level::Error,
            false => Level::Warning,
        };
        assert_eq!(finding.level, level, "{}", row.kind);
        let chain = desk.witness(finding);
        assert!(chain.starts_with("find → grower → assign \""), "{chain}");
        for deed in &row.operations {
            let last = deed.name.rsplit('/').next().unwrap();
            assert!(chain.contains(last), "{}: {chain}", row.kind);
        }
    }
}

#[test]
fn a_row_without_one_of_its_operations_is_silent() {
    for row in escalations() {
        let (on, _) = places(row);
        for missing in &row.operations {
            let rest: Vec<&Deed> = row.operations.iter().filter(|it| *it != missing).collect();
            let desk = desk(row, &rest, on, "elsewhere");
            assert_eq!(
                found(&desk),
                [""; 0],
                "{} without {}",
                row.kind,
                missing.name
            );
        }
    }
}

#[test]
fn a_row_that_is_held_somewhere_else_is_silent() {
    for row in escalations() {
        let (_, on) = places(row);
        if on.is_empty() {
            continue;
        }
        let deeds: Vec<&Deed> = row.operations.iter().collect();
        let desk = desk(row, &deeds, on, "elsewhere");
        assert_eq!(found(&desk), [""; 0], "{}", row.kind);
    }
}

/// On a blob container nothing runs.
#[test]
fn what_has_to_run_somewhere_is_held_where_something_can() {
    for row in escalations() {
        if !row.operations.iter().any(|deed| deed.anywhere) {
            continue;
        }
        let deeds: Vec<&Deed> = row.operations.iter().collect();
        let desk = desk(row, &deeds, places(row).0, "archive");
        assert_eq!(found(&desk), [""; 0], "{}", row.kind);
    }
}

#[test]
fn a_chain_goes_through_an_app_to_its_identity() {
    let desk = grows("", r#"assign "Website Contributor" on="azure""#);
    let finding = desk.one("G0308");
    assert_eq!(
        finding.message,
        "`grower` can act as `other`, which holds more than it does"
    );
    let chain = desk.witness(finding);
    assert!(
        chain.starts_with(r#"find → grower → assign "Website Contributor" (tools.kdl:"#),
        "{chain}"
    );
    assert!(
        chain.ends_with(") → rg-desk → …/publish/Action → app other → other"),
        "{chain}"
    );
}

#[test]
fn a_role_that_no_node_writes_is_called_inferred() {
    let uses = r#"uses "archive" action="Microsoft.Authorization/roleAssignments/write""#;
    let desk = whole(&format!(
        "{FRAME}identity \"grower\" type=\"user-assigned\" roles=\"inferred\"\n{}",
        tool("find", "grower", uses)
    ));
    let chain = desk.witness(desk.one("G0308"));
    assert!(
        chain.starts_with("find → grower → inferred \"Grower Archive\""),
        "{chain}"
    );
}

#[test]
fn a_chain_goes_on_from_whoever_is_reached() {
    let desk = grows(
        r#"role "Trust" { action "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write" }
        identity "pipeline" type="user-assigned" deploys=#true { assign "Owner" on="elsewhere" }"#,
        r#"assign "Trust" on="azure""#,
    );
    let finding = desk
        .found
        .iter()
        .find(|it| it.path.as_deref() == Some("identity/grower") && it.rule.code == "G0308")
        .unwrap();
    let chain = desk.witness(finding);
    assert!(
        chain.ends_with("…/federatedIdentityCredentials/write → pipeline → assign \"Owner\" (tools.kdl:16) → rg-elsewhere → …/roleAssignments/write → any role on rg-elsewhere"),
        "{chain}"
    );
    let note = &finding.notes[0];
    assert!(
        note.contains("any role on `rg-elsewhere`") && note.contains("`pipeline`"),
        "{note}"
    );
}

#[test]
fn what_is_held_already_is_no_gain() {
    // Whoever gives roles on a container gives nothing that an owner of all of it lacks.
    let all = r#"assign "Owner" on="archive""#;
    assert_eq!(
        found(&grows("", all)),
        ["`grower` can give itself any role on `archive`"]
    );
    let most = format!("{all}\nassign \"Storage Blob Data Owner\" on=\"archive\"");
    assert_eq!(found(&grows("", &most)), [""; 0]);
    // Acting as `other` is nothing to whoever holds what that holds.
    let same = r#"assign "Website Contributor" on="azure"; assign "Storage Blob Data Contributor" on="drafts""#;
    assert_eq!(
        found(&grows("", same)),
        ["`grower` can change what runs in app `other`, and act as its identities"]
    );
}

#[test]
fn ones_own_app_is_no_gain() {
    let alone = |assign: &str| {
        let text = FRAME.replace("identity \"other\"", "// ");
        whole(&format!(
            "{text}\nidentity \"grower\" type=\"user-assigned\" {{ assign \"Storage Blob Data Reader\" on=\"archive\"; {assign} }}\n{}",
            tool("find", "grower", r#"uses "archive" "read""#)
        ))
    };
    let own = alone(r#"assign "Website Contributor" on="azure""#);
    assert_eq!(found(&own), [""; 0]);
    let group = alone(r#"assign "Owner" on="azure""#);
    assert_eq!(
        found(&group),
        ["`grower` can give itself any role on `rg-desk`"]
    );
}

#[test]
fn a_neighbour_in_the_same_app_is_reached_by_publishing_and_not_by_being_there() {
    let shared = |assign: &str| {
        let text = FRAME.replace(
            "location \"westeurope\"",
            "location \"westeurope\"; isolation \"shared\"",
        );
        framed(&text, "", assign)
    };
    assert_eq!(found(&shared("")), [""; 0]);
    let desk = shared(r#"assign "Website Contributor" on="azure""#);
    let chain = desk.witness(desk.one("G0308"));
    assert!(
        chain.ends_with(" → rg-desk → …/publish/Action → app main → other"),
        "{chain}"
    );
}

#[test]
fn whoever_may_give_some_roles_only_is_told_which() {
    let desk = grows(
        "",
        r#"assign "Key Vault Data Access Administrator" on="vault""#,
    );
    let finding = desk.one("G0308");
    assert_eq!(finding.level, Level::Error);
    assert_eq!(
        finding.message,
        "`grower` can give itself `Key Vault Administrator`, `Key Vault Certificates Officer` and 6 more roles on `vault`"
    );
    // Elsewhere those roles are good for nothing: a container holds no vault.
    let desk = grows(
        "",
        r#"assign "Key Vault Data Access Administrator" on="archive""#,
    );
    assert_eq!(found(&desk), [""; 0]);
    let narrowed =
        r#"assign "Role Based Access Control Administrator" on="drafts" { where roles="emitted" }"#;
    let desk = grows("", narrowed);
    assert!(
        desk.one("G0308")
            .message
            .starts_with("`grower` can give itself `Storage Blob Data Contributor`, ")
    );
}

#[test]
fn a_scope_that_a_parameter_decides_is_a_warning() {
    let desk = grows("", r#"assign "Website Contributor" on="somewhere""#);
    let finding = desk.one("G0308");
    assert_eq!(finding.level, Level::Warning);
    assert!(
        finding
            .notes
            .iter()
            .any(|note| note.starts_with("a parameter decides"))
    );
}

#[test]
fn keys_are_a_gain_where_nothing_else_is_held() {
    let keys = |on: &str| grows("", &format!(r#"assign "Reader and Data Access" on="{on}""#));
    let text = FRAME.replace("identity \"other\"", r#"resource "account" type="azure.blob" existing=#true { account "stdrafts"; resource-group "rg-data" }
        resource "own" type="azure.blob" existing=#true { account "starchive"; resource-group "rg-data" }
        identity "other""#);
    let with = |role: &str, on: &str| framed(&text, "", &format!("assign \"{role}\" on=\"{on}\""));
    let desk = with("Reader and Data Access", "account");
    let finding = desk.one("G0308");
    assert_eq!(
        (finding.level, finding.message.as_str()),
        (
            Level::Warning,
            "`grower` can take a key to the data of `drafts`, where it holds nothing"
        )
    );
    // A key to the account of what it reads is for another rule, and on a container there is none.
    assert_eq!(found(&with("Reader and Data Access", "own")), [""; 0]);
    assert_eq!(found(&keys("drafts")), [""; 0]);
}

#[test]
fn a_call_is_a_gain_where_a_key_is_all_that_is_asked_for() {
    let keys = r#"role "Keys" { action "Microsoft.Web/sites/host/listkeys/action" }"#;
    let assign = r#"assign "Keys" on="azure""#;
    let desk = grows(keys, assign);
    assert_eq!(
        desk.one("G0308").message,
        "`grower` can call the tools of app `other` with a key, and so reach what they reach"
    );
    let entra = FRAME.replace(
        "namespace \"com.example\"",
        "namespace \"com.example\"; auth \"entra\" { scope \"Use\" \"Use it\" }",
    );
    let desk = framed(&entra, keys, assign);
    assert_eq!(found(&desk), [""; 0]);
}

#[test]
fn a_user_who_consents_bounds_what_is_reached() {
    let text = FRAME.replace(
        "namespace \"com.example\"",
        "namespace \"com.example\"; auth \"entra\" { scope \"Use\" \"Use it\" }",
    );
    let desk = whole(&format!(
        "{text}identity \"caller\" type=\"delegated\" {{ consent \"AppRoleAssignment.ReadWrite.All\" on=\"graph\" }}\n{}",
        tool(
            "give",
            "caller",
            r#"uses "graph" "AppRoleAssignment.ReadWrite.All""#
        ),
    ));
    assert_eq!(found(&desk), [""; 0]);
}

#[test]
fn any_application_of_the_tenant_is_also_those_of_the_manifest() {
    let desk = grows(
        r#"identity "partner" type="service-principal" { assign "Storage Blob Data Owner" on="drafts" }"#,
        r#"assign "Application.ReadWrite.All" on="graph""#,
    );
    let finding = desk.one("G0308");
    assert_eq!(
        finding.message,
        "`grower` can add a credential of its own to any application"
    );
    assert!(
        finding.notes[0].contains("`partner`"),
        "{:?}",
        finding.notes
    );
    let chain = desk.witness(finding);
    assert!(
        chain.ends_with("→ Application.ReadWrite.All → any application of the tenant"),
        "{chain}"
    );
    // On the way to one of them it is not told that there are others.
    let case = desk.case();
    let closure = Closure::new(&case).unwrap();
    let gains = closure.gains(desk.identity("grower"));
    let partner = Mark::Identity(desk.identity("partner"));
    let gain = gains.iter().find(|gain| gain.mark == partner).unwrap();
    let chain = report::steps(&closure.witness(gain), &desk.sources).join(" → ");
    assert!(
        chain.ends_with("→ graph → Application.ReadWrite.All → partner"),
        "{chain}"
    );
}

#[test]
fn a_gain_is_told_once_the_surest_first() {
    let policy = r#"role "Policy" { action "Microsoft.KeyVault/vaults/accessPolicies/write" }"#;
    let desk = grows(
        policy,
        r#"assign "Website Contributor" on="azure"; assign "Policy" on="vault""#,
    );
    let case = desk.case();
    let closure = Closure::new(&case).unwrap();
    let gains = closure.gains(desk.identity("grower"));
    let ends: Vec<String> = gains.iter().map(|gain| closure.end(gain.mark)).collect();
    assert_eq!(ends, ["`other`", "app `other`", "the data of `vault`"]);
}

#[test]
fn three_roles_are_all_named() {
    let desk = whole(&format!(
        r#"{FRAME}identity "grower" type="user-assigned" {{
            assign "Storage Blob Data Reader" on="archive"
            assign "Role Based Access Control Administrator" on="drafts" {{ where roles="emitted" }}
        }}"#
    ));
    let case = desk.case();
    let by = desk.graph.held_by(desk.identity("grower"))[1];
    assert_eq!(
        Closure::new(&case).unwrap().end(Mark::SomeRoles(by)),
        "`Storage Blob Data Contributor`, `Storage Blob Data Reader` and `Role Based Access Control Administrator` on `drafts`"
    );
}

/// What of this is a gain to `grower`: acting as `other`, and calling its tools.
fn gains_of(other: &str, own: &str) -> (bool, bool) {
    let holds = r#"assign "Storage Blob Data Contributor" on="drafts""#;
    let roles = r#"role "Give" { action "Microsoft.Authorization/roleAssignments/write" }
        role "Tag" { action "Microsoft.Resources/tags/write" }"#;
    let desk = framed(
        &FRAME.replace(holds, other),
        roles,
        &format!("assign \"Website Contributor\" on=\"azure\"; {own}"),
    );
    let case = desk.case();
    let closure = Closure::new(&case).unwrap();
    let mut apps = desk.program.apps.iter();
    let app = apps.find(|(_, app)| app.name == "other").unwrap().0;
    let gain = |mark| closure.is_gain(desk.identity("grower"), mark);
    (
        gain(Mark::Identity(desk.identity("other"))),
        gain(Mark::Calls(app)),
    )
}

#[test]
fn who_holds_no_more_is_no_gain() {
    const READER: &str = "assign \"Storage Blob Data Reader\"";
    let [archive, group] = ["archive", "elsewhere"].map(|on| format!("{READER} on=\"{on}\""));
    let [inside, outside] =
        ["in/*", "out/*"].map(|path| format!("{READER} on=\"drafts\" {{ where path=\"{path}\" }}"));
    let all = format!("{READER} on=\"drafts\"");
    let both = format!("{inside}; {outside}");
    let part = format!("{archive} {{ where path=\"in/*\" }}");
    let cases: [(&str, &str, bool); 12] = [
        (&archive, "", false),
        (&part, "", false),
        (&inside, "", true),
        (&inside, &inside, false),
        (&inside, &outside, true),
        (&all, &inside, true),
        (&both, &inside, true),
        (&inside, &both, false),
        // In a group there may be what no manifest declares.
        (&group, "", true),
        (&group, &group, false),
        // What attaches to anything is nothing to gain, unless power grows by it.
        (r#"assign "Tag" on="archive""#, "", false),
        (r#"assign "Give" on="archive""#, "", true),
    ];
    for (other, own, more) in cases {
        assert_eq!(gains_of(other, own), (more, more), "{other} beside {own}");
    }
}

mod deployers;
mod steps;
