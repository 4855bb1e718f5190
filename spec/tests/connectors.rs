//! The connectors against the catalogue, the roles of their planes and the manual.

#![expect(clippy::expect_used, reason = "a panic is how a test fails")]

use grantc_spec::catalogue::{GraphKind, Verdict};
use grantc_spec::connectors::{Connector, Misplaced, OpName, OpenVerbs, PlaneFamily, builtin};
use grantc_spec::danger::{Danger, danger};
use grantc_spec::{Catalogue, Plane, plane_roles};

fn get(name: &str) -> &'static Connector {
    builtin().get(name).expect(name)
}

/// Whether a candidate role of a connector surely grants an operation.
fn grants(connector: &Connector, role: &str, operation: &OpName) -> bool {
    if connector.plane != PlaneFamily::AzureRbac {
        let role = plane_roles::by_name(connector.plane, role).expect(role);
        return plane_roles::grants(role, &operation.name);
    }
    let catalogue = Catalogue::embedded();
    let role = catalogue.role(catalogue.role_by_name(role).expect(role));
    let verdict =
        grantc_spec::catalogue::verdict_of_blocks(role.blocks, operation.plane, &operation.name);
    verdict == Verdict::Sure
}

/// How many operations a candidate role grants.
/// How many operations of each danger a role grants, the worst first: the narrower of two is the one
/// that compares less.
fn weight(connector: &Connector, role: &str) -> [usize; Danger::ALL.len()] {
    let catalogue = Catalogue::embedded();
    let dangers: Vec<Danger> = match connector.plane.operation_plane() {
        None => {
            let grant = catalogue.grants(catalogue.role_by_name(role).expect(role));
            let all = grant.sure.iter().chain(grant.conditional.iter());
            let all = all.filter_map(|id| catalogue.op(id));
            all.map(|op| danger(catalogue, op.plane, &op.name))
                .collect()
        }
        Some(plane) => {
            let role = plane_roles::by_name(connector.plane, role).expect(role);
            let all = plane_roles::plane_operations(plane).iter();
            let all = all.filter(|op| plane_roles::grants(role, op));
            all.map(|op| danger(catalogue, plane, op)).collect()
        }
    };
    Danger::ALL.map(|one| dangers.iter().filter(|danger| **danger == one).count())
}

#[test]
fn the_connectors_have_the_fields_and_verbs_of_the_language() {
    let facts: Vec<String> = builtin()
        .iter()
        .map(|c| {
            let fields: Vec<&str> = c.fields.iter().map(|f| f.name.as_str()).collect();
            let verbs: Vec<&str> = c.verbs.iter().map(|v| v.name.as_str()).collect();
            let from = c.open_verbs.word().map(|word| format!("from {word}"));
            format!(
                "{}: {} | {}",
                c.name,
                fields.join(" "),
                from.unwrap_or_else(|| verbs.join(" "))
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            "azure.blob: account container | read list create write delete",
            "azure.cosmos: account database container | read query create write delete",
            "azure.keyvault: vault secret | read list write delete",
            "azure.management-group: name | ",
            "azure.openai: account deployment | chat embed",
            "azure.queue: account queue | peek receive send",
            "azure.resource-group: resource-group | ",
            "azure.search: service index | query write delete",
            "azure.servicebus: namespace queue topic topic-subscription | send receive",
            "azure.sql: server database | read write SELECT INSERT UPDATE DELETE EXECUTE",
            "azure.subscription: subscription | ",
            "azure.table: account table | read write delete",
            "http: url client-id | from resource",
            "microsoft.graph:  | from graph-permissions",
        ]
    );
    assert!(builtin().get("azure.blo").is_none());
    assert!(builtin().iter().all(|connector| !connector.declared));
    let never_created = [
        "azure.management-group",
        "azure.resource-group",
        "azure.subscription",
        "http",
        "microsoft.graph",
    ];
    assert!(never_created.iter().all(|name| !get(name).creates));
}

#[test]
fn a_field_knows_its_widest_level_and_whether_an_id_has_it() {
    let facts = |name: &str| -> Vec<(&str, bool, bool)> {
        let fields = get(name).fields.iter();
        fields
            .map(|field| (field.level.as_str(), field.required, field.in_id))
            .collect()
    };
    assert_eq!(
        facts("azure.blob"),
        [("account", true, true), ("container", false, true)]
    );
    assert_eq!(
        facts("azure.servicebus"),
        [
            ("namespace", true, true),
            ("queue", false, true),
            ("topic", false, true),
            ("subscription", false, true)
        ]
    );
    assert_eq!(facts("http"), [("api", true, false), ("api", true, true)]);
}

#[test]
fn every_operation_is_known_on_its_plane_as_spelt_there() {
    let catalogue = Catalogue::embedded();
    for connector in builtin() {
        let needs = connector
            .verbs
            .iter()
            .flat_map(|v| &v.needs)
            .flat_map(|c| &c.any_of);
        let keys = connector.exposes_keys.iter().map(|key| &key.operation);
        for operation in needs.chain(&connector.support).chain(keys) {
            let name = operation.name.as_str();
            let known = match operation.plane {
                Plane::Control | Plane::Data => catalogue
                    .operation(operation.plane, name)
                    .and_then(|id| catalogue.op(id))
                    .is_some_and(|known| known.name == name),
                Plane::CosmosSql | Plane::SqlDatabase => {
                    plane_roles::plane_operations(operation.plane).contains(&name)
                }
                Plane::Graph => [GraphKind::Application, GraphKind::Delegated]
                    .into_iter()
                    .any(|kind| catalogue.graph_permission(kind, name).is_some()),
                Plane::EntraApp => false,
            };
            assert!(known, "{} {name}", connector.name);
        }
        for key in &connector.exposes_keys {
            let name = &key.operation.name;
            assert!(catalogue.is_credential(name), "{name}");
            assert!(key.off_when.is_some(), "{name}");
        }
    }
}

#[test]
fn every_verb_is_held_by_a_candidate_and_candidates_stand_narrowest_first() {
    for connector in builtin() {
        for verb in &connector.verbs {
            let holds = |role: &String| {
                let held = |op| grants(connector, role, op);
                verb.needs
                    .iter()
                    .all(|clause| clause.any_of.iter().any(held))
            };
            let what = format!("{} {}", connector.name, verb.name);
            // Of the fixed roles of a database only its owner executes procedures: nobody is told to
            // take that one.
            let only_the_owner = what == "azure.sql EXECUTE";
            assert_eq!(connector.roles.iter().any(holds), !only_the_owner, "{what}");
            assert!(verb.source.contains("learn.microsoft.com"), "{what}");
        }
        let weights: Vec<_> = connector
            .roles
            .iter()
            .map(|role| weight(connector, role))
            .collect();
        assert!(weights.is_sorted(), "{} {weights:?}", connector.name);
        let useful = |role: &String| {
            let all = connector.verbs.iter().flat_map(|verb| &verb.needs);
            let mut all = all.flat_map(|clause| &clause.any_of);
            all.any(|op| grants(connector, role, op))
        };
        assert!(connector.roles.iter().all(useful), "{}", connector.name);
    }
}

#[test]
fn whoever_holds_a_verb_by_a_role_of_the_plane_has_what_every_sdk_needs() {
    for connector in builtin()
        .iter()
        .filter(|c| c.plane == PlaneFamily::CosmosSql)
    {
        assert!(!connector.support.is_empty());
        for (role, operation) in connector.roles.iter().zip(connector.support.iter().cycle()) {
            assert!(grants(connector, role, operation), "{role}");
        }
    }
}

/// One id of each level as Azure writes it, filled in; `G` is a resource group of a subscription.
const IDS: &[(&str, &str, &str)] = &[
    (
        "azure.blob",
        "account",
        "G/Microsoft.Storage/storageAccounts/a",
    ),
    (
        "azure.blob",
        "container",
        "G/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/b",
    ),
    (
        "azure.cosmos",
        "account",
        "G/Microsoft.DocumentDB/databaseAccounts/a",
    ),
    (
        "azure.cosmos",
        "database",
        "G/Microsoft.DocumentDB/databaseAccounts/a/dbs/b",
    ),
    (
        "azure.cosmos",
        "container",
        "G/Microsoft.DocumentDB/databaseAccounts/a/dbs/b/colls/c",
    ),
    ("azure.keyvault", "vault", "G/Microsoft.KeyVault/vaults/a"),
    (
        "azure.keyvault",
        "secret",
        "G/Microsoft.KeyVault/vaults/a/secrets/b",
    ),
    (
        "azure.management-group",
        "management-group",
        "/providers/Microsoft.Management/managementGroups/a",
    ),
    (
        "azure.openai",
        "account",
        "G/Microsoft.CognitiveServices/accounts/a",
    ),
    (
        "azure.openai",
        "deployment",
        "G/Microsoft.CognitiveServices/accounts/a/deployments/b",
    ),
    (
        "azure.queue",
        "account",
        "G/Microsoft.Storage/storageAccounts/a",
    ),
    (
        "azure.queue",
        "queue",
        "G/Microsoft.Storage/storageAccounts/a/queueServices/default/queues/b",
    ),
    (
        "azure.resource-group",
        "resource-group",
        "/subscriptions/s/resourceGroups/g",
    ),
    (
        "azure.search",
        "service",
        "G/Microsoft.Search/searchServices/a",
    ),
    (
        "azure.search",
        "index",
        "G/Microsoft.Search/searchServices/a/indexes/b",
    ),
    (
        "azure.servicebus",
        "namespace",
        "G/Microsoft.ServiceBus/namespaces/a",
    ),
    (
        "azure.servicebus",
        "queue",
        "G/Microsoft.ServiceBus/namespaces/a/queues/b",
    ),
    (
        "azure.servicebus",
        "topic",
        "G/Microsoft.ServiceBus/namespaces/a/topics/c",
    ),
    (
        "azure.servicebus",
        "subscription",
        "G/Microsoft.ServiceBus/namespaces/a/topics/c/subscriptions/d",
    ),
    ("azure.sql", "server", "G/Microsoft.Sql/servers/a"),
    (
        "azure.sql",
        "database",
        "G/Microsoft.Sql/servers/a/databases/b",
    ),
    ("azure.subscription", "subscription", "/subscriptions/s"),
    (
        "azure.table",
        "account",
        "G/Microsoft.Storage/storageAccounts/a",
    ),
    (
        "azure.table",
        "table",
        "G/Microsoft.Storage/storageAccounts/a/tableServices/default/tables/b",
    ),
    ("http", "api", "/api/b"),
    ("microsoft.graph", "tenant", "/graph"),
];

#[test]
fn the_ids_of_the_levels_are_those_of_azure() {
    let filled: Vec<(&str, &str, String)> = builtin()
        .iter()
        .flat_map(|c| c.levels.iter().map(move |level| (c, level)))
        .map(|(connector, level)| {
            let mut id = level
                .id
                .replace("{subscription}", "s")
                .replace("{resource-group}", "g");
            for (field, value) in connector.fields.iter().zip(["a", "b", "c", "d"]) {
                id = id.replace(&format!("{{{}}}", field.name), value);
            }
            (connector.name.as_str(), level.name.as_str(), id)
        })
        .collect();
    let expected: Vec<(&str, &str, String)> = IDS
        .iter()
        .map(|(connector, level, id)| {
            let group = "/subscriptions/s/resourceGroups/g/providers/";
            (*connector, *level, id.replace("G/", group))
        })
        .collect();
    assert_eq!(filled, expected);
}

#[test]
fn the_type_of_a_level_is_that_of_its_id_and_the_catalogue_knows_it() {
    let catalogue = Catalogue::embedded();
    for connector in builtin() {
        for level in &connector.levels {
            if matches!(connector.plane, PlaneFamily::Graph | PlaneFamily::EntraApp) {
                continue;
            }
            let own = match level.id.rsplit_once("/providers/") {
                Some((_, path)) => {
                    let (provider, rest) = path.split_once('/').expect("a type");
                    let types = rest.split('/').step_by(2).map(|part| match part {
                        "dbs" => "sqlDatabases",
                        "colls" => "containers",
                        other => other,
                    });
                    types.fold(provider.to_owned(), |found, part| format!("{found}/{part}"))
                }
                None if level.id.contains("/resourceGroups/") => {
                    "Microsoft.Resources/subscriptions/resourceGroups".to_owned()
                }
                None => "Microsoft.Resources/subscriptions".to_owned(),
            };
            let what = format!("{} {}", connector.name, level.name);
            assert_eq!(own, level.resource_type, "{what}");
            let below = catalogue.expand(Plane::Control, &format!("{own}/*"));
            assert!(!below.is_empty(), "{what}");
        }
    }
}

#[test]
fn a_level_lies_below_its_parent() {
    for connector in builtin() {
        for (at, level) in connector.levels.iter().enumerate() {
            match level.parent {
                None => assert_eq!(at, 0, "{} {}", connector.name, level.name),
                Some(parent) => {
                    assert!(parent < at);
                    let above = format!("{}/", connector.levels[parent].id);
                    assert!(level.id.starts_with(&above), "{}", level.id);
                }
            }
        }
    }
    let bus = get("azure.servicebus");
    let parents: Vec<Option<usize>> = bus.levels.iter().map(|level| level.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(0), Some(2)]);
    assert!(bus.lies_at_or_below(3, 2) && bus.lies_at_or_below(3, 0));
    assert!(!bus.lies_at_or_below(3, 1) && !bus.lies_at_or_below(0, 3));
}

#[test]
fn endpoints_and_audiences_name_only_fields() {
    for connector in builtin() {
        for text in [&connector.endpoint, &connector.audience]
            .into_iter()
            .flatten()
        {
            let named = text.split('{').skip(1).map(|rest| rest.split('}').next());
            for name in named {
                let name = name.expect("a name");
                assert!(connector.field(name).is_some(), "{} {name}", connector.name);
            }
        }
        let reached = connector.endpoint.is_some();
        assert_eq!(reached, connector.audience.is_some(), "{}", connector.name);
        let has_verbs = !connector.verbs.is_empty() || connector.open_verbs != OpenVerbs::None;
        assert_eq!(reached, has_verbs, "{}", connector.name);
    }
}

#[test]
fn fields_name_the_deepest_level_and_say_what_is_missing() {
    let place = |name: &str, given: &[&str]| get(name).place(|field| given.contains(&field));
    let missing = |names: &[&str]| {
        let names = names.iter().map(|&name| name.to_owned());
        Err(Misplaced::Missing(names.collect()))
    };
    assert_eq!(place("azure.blob", &["account"]), Ok(0));
    assert_eq!(place("azure.blob", &["container", "account"]), Ok(1));
    assert_eq!(place("azure.blob", &[]), missing(&["account"]));
    assert_eq!(place("azure.blob", &["container"]), missing(&["account"]));
    assert_eq!(
        place("azure.cosmos", &["account", "container"]),
        missing(&["database"])
    );
    assert_eq!(place("azure.servicebus", &["namespace", "queue"]), Ok(1));
    assert_eq!(place("azure.servicebus", &["namespace", "topic"]), Ok(2));
    assert_eq!(
        place(
            "azure.servicebus",
            &["topic", "namespace", "topic-subscription"]
        ),
        Ok(3)
    );
    assert_eq!(
        place("azure.servicebus", &["topic-subscription"]),
        missing(&["namespace", "topic"])
    );
    assert_eq!(
        place("azure.servicebus", &["namespace", "queue", "topic"]),
        Err(Misplaced::Apart("queue".to_owned(), "topic".to_owned()))
    );
    assert_eq!(place("http", &["client-id"]), missing(&["url"]));
    assert_eq!(place("http", &["client-id", "url"]), Ok(0));
    assert_eq!(place("microsoft.graph", &[]), Ok(0));
    assert_eq!(place("azure.resource-group", &[]), Ok(0));
    assert_eq!(place("azure.management-group", &[]), missing(&["name"]));
}

#[test]
fn a_verb_is_judged_at_its_level_or_where_the_resource_ends() {
    let judged = |name: &str, verb: &str, at: usize| {
        let connector = get(name);
        let verb = connector.verb(verb).expect(verb);
        connector.levels[connector.judged_at(verb, at)]
            .name
            .as_str()
    };
    assert_eq!(judged("azure.blob", "read", 1), "container");
    assert_eq!(judged("azure.blob", "read", 0), "account");
    assert_eq!(judged("azure.keyvault", "list", 1), "vault");
    assert_eq!(judged("azure.openai", "chat", 1), "account");
    assert_eq!(judged("azure.servicebus", "send", 1), "queue");
    assert_eq!(judged("azure.servicebus", "send", 3), "topic");
    assert_eq!(judged("azure.servicebus", "receive", 3), "subscription");
    assert_eq!(judged("azure.servicebus", "receive", 2), "topic");
    assert_eq!(judged("azure.servicebus", "receive", 0), "namespace");
}

/// The words in backticks of a text.
fn ticked(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_manual_lists_every_resource_type_with_its_fields_and_verbs() {
    let manual = include_str!("../language.md");
    let (_, table) = manual
        .split_once("| type | fields | verbs |\n|---|---|---|\n")
        .expect("the table of resource types");
    let mut rows: Vec<Vec<&str>> = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    rows.sort();
    let names: Vec<&str> = rows.iter().flat_map(|row| ticked(row[0])).collect();
    let expected: Vec<&str> = builtin().iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, expected);
    for (row, connector) in rows.iter().zip(builtin()) {
        let own = connector.fields.iter().map(|field| field.name.as_str());
        let own: Vec<&str> = own
            .filter(|name| !["subscription", "resource-group"].contains(name))
            .collect();
        assert_eq!(ticked(row[1]), own, "{}", connector.name);
        let verbs: Vec<&str> = connector.verbs.iter().map(|v| v.name.as_str()).collect();
        assert_eq!(ticked(row[2]), verbs, "{}", connector.name);
    }
}
