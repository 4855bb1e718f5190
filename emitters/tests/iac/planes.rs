//! What is held beside Azure RBAC: the same in Bicep, in Terraform and in the scripts.

use crate::manifest::{self, codes, emit, file};
use grantc_emitters::Emitted;
use std::collections::BTreeSet;

/// The manifest of a golden case.
fn case(name: &str) -> Emitted {
    let all = manifest::all();
    all.get(name)
        .unwrap_or_else(|| panic!("there is no case {name}"))
        .clone()
}

/// What stands in quotes behind a word, in all files of an ending.
fn quoted(emitted: &Emitted, ending: &str, word: &str) -> Vec<String> {
    let files = emitted
        .files
        .iter()
        .filter(|(path, _)| path.ends_with(ending));
    let lines = files.flat_map(|(_, text)| text.lines());
    let values = lines.filter_map(|line| line.trim().strip_prefix(word));
    let quoted = values.filter_map(|value| value.split(['\'', '"']).nth(1).map(str::to_owned));
    let mut quoted: Vec<_> = quoted.collect();
    quoted.sort();
    quoted
}

#[test]
fn app_roles_have_the_same_ids_and_apis() {
    let emitted = case("directory");
    let bicep = quoted(&emitted, ".bicep", "appRoleId:");
    assert_eq!(bicep.len(), 2);
    assert_eq!(bicep, quoted(&emitted, ".tf", "app_role_id "));
    let apis = quoted(&emitted, ".bicep", "appId:");
    assert_eq!(apis.len(), 2);
    assert_eq!(apis, quoted(&emitted, ".tf", "client_id "));
    assert!(emitted.files.get("bicep/bicepconfig.json").is_some());
    let without = case("cosmos");
    assert!(without.files.get("bicep/bicepconfig.json").is_none());
    let root = file(&without, "terraform/terraform.tf");
    assert!(
        !root.contains("hashicorp/azuread"),
        "no provider without need"
    );
}

#[test]
fn roles_of_cosmos_db_are_held_on_the_same_parts_of_accounts() {
    for name in ["cosmos", "every-service"] {
        let emitted = case(name);
        let scopes = |ending: &str, word: &str| -> Vec<String> {
            let scopes = quoted(&emitted, ending, word).into_iter();
            let below = scopes.filter_map(|scope| Some(scope.split_once("}/dbs/")?.1.to_owned()));
            // What is created is referred to, by another name in each language.
            below
                .map(|scope| scope.split(['$', '}']).next().unwrap().to_owned())
                .collect()
        };
        let bicep = scopes(".bicep", "scope:");
        assert!(bicep.len() > 1, "{name}: {bicep:?}");
        assert_eq!(bicep, scopes(".tf", "scope "), "{name}");
        let count = |ending: &str, word: &str| -> usize {
            let files = emitted.files.iter();
            let files = files.filter(|(path, _)| path.ends_with(ending));
            files.map(|(_, text)| text.matches(word).count()).sum()
        };
        for (bicep, terraform) in [
            (
                "databaseAccounts/sqlRoleAssignments@",
                "\"azurerm_cosmosdb_sql_role_assignment\"",
            ),
            (
                "databaseAccounts/sqlRoleDefinitions@",
                "\"azurerm_cosmosdb_sql_role_definition\"",
            ),
        ] {
            assert_eq!(count(".bicep", bicep), count(".tf", terraform), "{name}");
        }
    }
}

#[test]
fn the_commands_give_a_script_every_variable_that_it_asks_for() {
    let emitted = case("databases");
    let bicep = file(&emitted, "bicep/main.bicep");
    let terraform = file(&emitted, "terraform/modules/server/outputs.tf");
    let scripts = emitted
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("sql/"));
    let scripts: Vec<_> = scripts.collect();
    assert_eq!(scripts.len(), 2);
    for (path, script) in scripts {
        let asked = script.split("$(").skip(1);
        let asked: BTreeSet<_> = asked.filter_map(|rest| rest.split(')').next()).collect();
        assert!(asked.contains("suffix") && asked.len() > 1, "{asked:?}");
        for text in [&bicep, &terraform] {
            let command = text.lines().find(|line| {
                line.ends_with(&format!("-i {path}'")) || line.ends_with(&format!("-i {path}\""))
            });
            let command = command.unwrap_or_else(|| panic!("no command runs {path}"));
            let (_, arguments) = command.split_once(" -v ").unwrap();
            let given = arguments.split(' ').filter_map(|word| word.split_once('='));
            let given: BTreeSet<_> = given.map(|(name, _)| name).collect();
            assert_eq!(asked, given, "{path}");
        }
    }
}

#[test]
fn nothing_is_assigned_in_azure_rbac_for_what_databases_and_the_directory_hold() {
    for (name, rbac) in [("databases", 1), ("directory", 0), ("cosmos", 1)] {
        let emitted = case(name);
        let files = emitted
            .files
            .iter()
            .filter(|(path, _)| path.starts_with("bicep/") && !path.ends_with("/app.bicep"));
        let assigned = files.map(|(_, text)| {
            text.matches("Microsoft.Authorization/roleAssignments@")
                .count()
        });
        assert_eq!(assigned.sum::<usize>(), rbac, "{name}");
    }
}

const DESK: &str = r#"
grantc version=1
server "desk" version="1.0.0" { description "Desk."; namespace "com.example" }
azure { resource-group "rg-desk"; location "westeurope"; isolation "shared" }
resource "ledger" type="azure.sql" { server "sql-desk"; database "ledger" }
resource "directory" type="microsoft.graph"
"#;

#[test]
fn what_no_template_can_say_is_refused() {
    let own = format!(
        r#"{DESK}
identity "own" type="system-assigned" {{ assign "db_datareader" on="ledger" }}
tool "look" {{ description "Look."; as "own"; uses "ledger" "read"; output {{ found boolean }} }}"#
    );
    assert_eq!(codes(&emit(&own)), ["G0406"]);
    let deployer = format!(
        r#"{DESK}
identity "pipeline" type="user-assigned" deploys=#true {{ assign "User.Read.All" on="directory" }}
tool "look" {{ description "Look."; output {{ found boolean }} }}"#
    );
    assert_eq!(codes(&emit(&deployer)), ["G0406"]);
}

#[test]
fn a_database_has_one_script_whatever_its_resources_are_called() {
    let twice = format!(
        r#"{DESK}
resource "same" type="azure.sql" {{ server "SQL-Desk"; database "Ledger" }}
identity "reader" type="user-assigned" {{
    assign "db_datareader" on="ledger"
    assign "db_datareader" on="same"
}}
tool "look" {{
    description "Look."
    as "reader"
    uses "ledger" "read"
    uses "same" "read"
    output {{ found boolean }}
}}"#
    );
    let emitted = emit(&twice);
    let script = file(&emitted, "sql/ledger.sql");
    assert_eq!(script.matches(" ADD MEMBER ").count(), 1);
    assert_eq!(script.matches("CREATE USER").count(), 1);
    let scripts = emitted.files.iter();
    assert_eq!(
        scripts.filter(|(path, _)| path.starts_with("sql/")).count(),
        1
    );
}
