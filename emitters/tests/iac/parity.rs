//! Bicep and Terraform say the same: the same nodes of the manifest, the same site, the same
//! settings.

use crate::manifest::{self, file};
use grantc_emitters::Emitted;
use std::collections::{BTreeMap, BTreeSet};

/// Members of an object by their paths, with what stands after the separator.
type Members = BTreeMap<String, String>;

/// The members of the object that begins on the line `start`, which follows the line `after`.
fn members(text: &str, after: &str, start: &str, separator: &str) -> Members {
    let (_, rest) = text
        .split_once(after)
        .unwrap_or_else(|| panic!("no `{after}`"));
    let mut lines = rest.lines().skip_while(|line| line.trim() != start).skip(1);
    let mut path: Vec<String> = vec![];
    let mut members = Members::new();
    loop {
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("`{start}` does not end"))
            .trim();
        if line.is_empty() || line.starts_with("//") || line.starts_with('#') {
            continue;
        }
        if line.starts_with(['}', ']', ')']) {
            if path.pop().is_none() {
                return members;
            }
            continue;
        }
        let (name, value) = match line.split_once(separator) {
            Some((name, value)) => (name.trim(), value.trim()),
            None => (line, ""),
        };
        let at = path
            .iter()
            .map(String::as_str)
            .chain([name])
            .collect::<Vec<_>>()
            .join("/");
        match value {
            "{" | "[" => path.push(name.to_owned()),
            value if value.ends_with(['{', '[']) => {
                members.insert(at, value.to_owned());
                path.push(name.to_owned());
            }
            value => {
                members.insert(at, value.to_owned());
            }
        }
    }
}

/// Bicep's words for what Terraform says otherwise.
const WORDS: &[(&str, &str)] = &[
    ("'", "\""),
    (
        "${environment().suffixes.sqlServerHostname}",
        ".database.windows.net",
    ),
    ("environment().suffixes.storage", "core.windows.net"),
    ("${environment().suffixes.keyvaultDns}", ".vault.azure.net"),
    ("${core.windows.net}", "core.windows.net"),
    (
        "storage.properties.primaryEndpoints.blob",
        "azurerm_storage_account.storage.primary_blob_endpoint",
    ),
    (
        "storage::blobs::package.name",
        "azurerm_storage_container.package.name",
    ),
    (
        "host.properties.clientId",
        "azurerm_user_assigned_identity.host.client_id",
    ),
    (
        "insights.properties.ConnectionString",
        "nonsensitive(azurerm_application_insights.insights.connection_string)",
    ),
    ("${suffix}", "${local.suffix}"),
];

/// What is a whole value in Bicep, and what it is in Terraform.
const VALUES: &[(&str, &str)] = &[
    ("host.id", "azurerm_user_assigned_identity.host.id"),
    ("plan.id", "azurerm_service_plan.plan.id"),
    ("storage.name", "azurerm_storage_account.storage.name"),
    ("setting.key", "name"),
    ("setting.value", "value"),
    (
        "map(items(union(settings, hostSettings)), setting => {",
        "[for name, value in merge(var.settings, local.host_settings) : {",
    ),
];

fn translated(value: &str) -> String {
    if let Some((_, hcl)) = VALUES.iter().find(|(bicep, _)| *bicep == value) {
        return (*hcl).to_owned();
    }
    let mut value = value.to_owned();
    for (bicep, hcl) in WORDS {
        value = value.replace(bicep, hcl);
    }
    let resources = [
        (".properties.clientId", "azurerm_user_assigned_identity"),
        (".appId", "azuread_application_registration"),
    ];
    for (end, resource) in resources {
        if let Some(identity) = value.strip_suffix(end) {
            return format!("{resource}.{}.client_id", snake(identity));
        }
    }
    value
}

fn snake(camel: &str) -> String {
    let lower = |c: char| {
        if c.is_ascii_uppercase() {
            format!("_{}", c.to_ascii_lowercase())
        } else {
            c.into()
        }
    };
    camel.chars().map(lower).collect()
}

fn translate(bicep: Members) -> Members {
    bicep
        .into_iter()
        .map(|(path, value)| (path, translated(&value)))
        .collect()
}

fn apps() -> Vec<(String, Emitted)> {
    let has_app =
        |(_, emitted): &(String, Emitted)| emitted.files.get("bicep/modules/app.bicep").is_some();
    let all: Vec<_> = manifest::all().into_iter().filter(has_app).collect();
    assert!(!all.is_empty());
    all
}

#[test]
fn the_site_is_the_same() {
    for (name, emitted) in apps() {
        let bicep = file(&emitted, "bicep/modules/app.bicep");
        let terraform = file(&emitted, "terraform/modules/app/main.tf");
        let site = members(&bicep, "resource site ", "properties: {", ": ");
        let body = members(
            &terraform,
            "\"azapi_resource\" \"site\"",
            "properties = {",
            " = ",
        );
        assert!(site.len() > 15, "{site:#?}");
        assert_eq!(translate(site), body, "{name}");
        let kind = |text: &str, separator: &str| {
            let resource = text
                .find("resource site ")
                .or_else(|| text.find("\"azapi_resource\" \"site\""));
            let from = resource.unwrap();
            let line = text[from..]
                .lines()
                .find(|line| line.trim().starts_with("kind"))
                .unwrap();
            line.split_once(separator).unwrap().1.replace('\'', "\"")
        };
        assert_eq!(kind(&bicep, ": "), kind(&terraform, " = "), "{name}");
        let version = |text: &str| {
            let from = text.find("Microsoft.Web/sites@").unwrap();
            text[from..].chars().take(30).collect::<String>()
        };
        assert_eq!(version(&bicep), version(&terraform), "{name}");
    }
}

#[test]
fn the_settings_are_the_same() {
    for (name, emitted) in apps() {
        let bicep = file(&emitted, "bicep/modules/app.bicep");
        let terraform = file(&emitted, "terraform/modules/app/main.tf");
        let own = members(
            &bicep,
            "that the Functions host reads",
            "var hostSettings = {",
            ": ",
        );
        let host = members(
            &terraform,
            "that the Functions host reads",
            "host_settings = {",
            " = ",
        );
        assert_eq!(translate(own), host, "{name}");

        let bicep = file(&emitted, "bicep/main.bicep");
        let terraform = file(&emitted, "terraform/modules/server/apps.tf");
        let app = bicep.matches("'modules/app.bicep'").count();
        for index in 0..app {
            let in_bicep = bicep.split("'modules/app.bicep'").nth(index + 1).unwrap();
            let in_terraform = terraform
                .split("source = \"../app\"")
                .nth(index + 1)
                .unwrap();
            for (start, other) in [("settings: {", "settings = {"), ("names: {", "names = {")] {
                let said = translate(members(in_bicep, "", start, ": "));
                let said = said.into_iter().map(|(path, value)| match start {
                    "names: {" => (snake(&path), value),
                    _ => (path, value),
                });
                let meant = members(in_terraform, "", other, " = ");
                assert_eq!(
                    said.collect::<Members>(),
                    params_are_variables(meant),
                    "{name}"
                );
            }
        }
    }
}

/// Bicep's parameters stand bare.
fn params_are_variables(members: Members) -> Members {
    let bare = |value: String| match value.strip_prefix("var.") {
        Some(param) => camel(param),
        None => {
            let mut parts = value.split("${var.");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |text, part| {
                let (param, rest) = part.split_once('}').unwrap();
                format!("{text}${{{}}}{rest}", camel(param))
            })
        }
    };
    members
        .into_iter()
        .map(|(path, value)| (path, bare(value)))
        .collect()
}

fn camel(snake: &str) -> String {
    let mut parts = snake.split('_');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |camel, part| {
        camel + &part[..1].to_ascii_uppercase() + &part[1..]
    })
}

/// The paths of nodes that stand in comments.
fn paths(emitted: &Emitted, ending: &str, sign: &str) -> BTreeSet<String> {
    let files = emitted
        .files
        .iter()
        .filter(|(path, _)| path.ends_with(ending));
    let is_path = |text: &&str| {
        ["identity ", "resource ", "role ", "app ", "azure "]
            .iter()
            .any(|kind| text.starts_with(kind))
    };
    // What one language works out before it is made, and what it leaves to instructions, is made by
    // the other all the same.
    let made = |path: &&str| match path.split_once(" › app ") {
        Some((identity, _)) => {
            let name = identity.trim_start_matches("identity ");
            emitted.files.get(&format!("graph/{name}.md")).is_none()
        }
        None => true,
    };
    let mut all = BTreeSet::new();
    for (_, text) in files {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let nodes = lines.iter().zip(lines.iter().skip(1));
        let comments = nodes
            .filter(|(_, next)| !next.starts_with("var "))
            .filter_map(|(line, _)| line.strip_prefix(sign));
        all.extend(
            comments
                .filter(is_path)
                .map(|text| text.trim_end_matches(" (existing)"))
                .filter(made)
                .map(str::to_owned),
        );
    }
    all
}

#[test]
fn every_node_stands_in_both() {
    for (name, emitted) in apps() {
        let bicep = paths(&emitted, ".bicep", "// ");
        assert!(
            bicep.iter().any(|path| path.starts_with("app ")),
            "{bicep:?}"
        );
        assert_eq!(bicep, paths(&emitted, ".tf", "# "), "{name}");
    }
}

#[test]
fn a_host_role_stands_in_both_with_the_same_guid() {
    let guids = |text: &str| {
        let is_guid =
            |word: &&str| word.len() == 36 && word.bytes().filter(|b| *b == b'-').count() == 4;
        let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
        words
            .filter(is_guid)
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    for (name, emitted) in apps() {
        let bicep = guids(&file(&emitted, "bicep/modules/app.bicep"));
        let mut terraform = guids(&file(&emitted, "terraform/modules/app/main.tf"));
        terraform.remove("11fb06fb-712d-4ddd-98c7-e71bbd588830");
        assert!(!bicep.is_empty());
        assert_eq!(bicep, terraform, "{name}");
    }
}
