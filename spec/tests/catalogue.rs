//! The embedded catalogue: whole, sealed, and right where it is easy to be wrong.
//!
//! With `GRANTC_FACTS` set to a folder of source JSON (and feature `import`) it is also compared
//! with that, entry by entry.

#![expect(clippy::panic, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use grantc_spec::catalogue::{
    CatalogueTexts, GraphKind, Mark, OpSet, RoleIx, Verdict, grant_of_blocks, pattern_matches,
    verdict_of_blocks,
};
use grantc_spec::{Catalogue, Plane};

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded()
}

fn role(name: &str) -> RoleIx {
    catalogue()
        .role_by_name(name)
        .unwrap_or_else(|| panic!("role `{name}`"))
}

fn holds(name: &str, plane: Plane, operation: &str) -> Verdict {
    let id = catalogue()
        .operation(plane, operation)
        .unwrap_or_else(|| panic!("`{operation}`"));
    let grant = catalogue().grants(role(name));
    let expanded = match (grant.sure.contains(id), grant.conditional.contains(id)) {
        (true, false) => Verdict::Sure,
        (false, true) => Verdict::Conditional,
        (false, false) => Verdict::No,
        (true, true) => panic!("`{operation}` is sure and conditional in `{name}`"),
    };
    let by_strings = verdict_of_blocks(catalogue().role(role(name)).blocks, plane, operation);
    assert_eq!(
        expanded, by_strings,
        "`{operation}` in `{name}`, expanded and by its strings"
    );
    expanded
}

const ASSIGN: &str = "Microsoft.Authorization/roleAssignments/write";
const LIST_KEYS: &str = "Microsoft.Storage/storageAccounts/listKeys/action";
const BLOB_READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

#[test]
fn the_files_are_whole_and_sealed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let texts =
        CatalogueTexts::read(|name| fs::read_to_string(folder.join(name))).expect("the files");
    let digest = texts.digest();
    let read = Catalogue::from_texts(texts).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        (read.date(), read.digest()),
        (catalogue().date(), catalogue().digest())
    );
    assert_eq!(read.digest(), digest);
    assert_eq!(read.files(), catalogue().files());
}

#[test]
fn a_changed_file_breaks_the_seal() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let mut texts =
        CatalogueTexts::read(|name| fs::read_to_string(folder.join(name))).expect("the files");
    texts.operations = texts
        .operations
        .replacen("admin/action d\n", "admin/actiom d\n", 1)
        .into();
    let error = Catalogue::from_texts(texts.clone())
        .err()
        .expect("another digest")
        .to_string();
    assert!(
        error.starts_with("catalogue.txt:3: the digest of the files is sha256:"),
        "{error}"
    );
    texts.operations = texts.operations.replacen("admin/actiom d\n", "", 1).into();
    let error = Catalogue::from_texts(texts)
        .err()
        .expect("a section too short")
        .to_string();
    assert!(
        error.starts_with("operations.txt:1: the section of `Anyscale.Platform` has 33"),
        "{error}"
    );
}

#[test]
fn the_counts_are_those_of_the_facts() {
    let catalogue = catalogue();
    assert_eq!(catalogue.date(), "2026-08-22");
    assert_eq!(catalogue.operation_count(), 22_647);
    assert_eq!(catalogue.operations().count(), 22_647);
    assert_eq!(catalogue.expand(Plane::Data, "*").len(), 4_060);
    assert_eq!(catalogue.expand(Plane::Control, "*").len(), 22_647 - 4_060);
    assert_eq!(
        catalogue.operations().filter(|op| op.inferred).count(),
        3_187 + 1_259
    );
    assert_eq!(catalogue.providers().count(), 317);
    assert_eq!(catalogue.roles().count(), 928);
    let blocks = |ix: RoleIx| catalogue.role(ix).blocks;
    assert_eq!(
        catalogue.roles().filter(|&ix| blocks(ix).len() > 1).count(),
        16
    );
    assert_eq!(
        catalogue
            .roles()
            .filter(|&ix| blocks(ix).len() == 3)
            .count(),
        2
    );
    let conditional = |ix: &RoleIx| blocks(*ix).iter().any(|block| block.condition.is_some());
    assert_eq!(catalogue.roles().filter(conditional).count(), 29);
    assert_eq!(catalogue.graph_permissions().count(), 1_523);
    let applications = catalogue
        .graph_permissions()
        .filter(|p| p.kind == GraphKind::Application);
    assert_eq!(applications.count(), 716);
    assert_eq!(
        catalogue.graph_permissions().filter(|p| p.disabled).count(),
        4
    );
    assert_eq!(catalogue.retired_operations().count(), 2_228);
    assert_eq!(catalogue.credential_names().count(), 269);
    let marked = |mark| {
        catalogue
            .roles()
            .filter(|&ix| catalogue.role(ix).mark == mark)
            .count()
    };
    assert_eq!((marked(Mark::Preview), marked(Mark::Deprecated)), (38, 7));
}

#[test]
fn operations_are_found_on_their_plane_only() {
    let catalogue = catalogue();
    let keys = "microsoft.keyvault/VAULTS/keys/read";
    let (control, data) = (
        catalogue.operation(Plane::Control, keys),
        catalogue.operation(Plane::Data, keys),
    );
    assert!(control.is_some() && data.is_some() && control != data);
    assert!(catalogue.operation(Plane::Data, BLOB_READ).is_some());
    assert!(catalogue.operation(Plane::Control, BLOB_READ).is_none());
    assert!(catalogue.operation(Plane::Graph, BLOB_READ).is_none());
    let on_both = catalogue.operations().filter(|op| {
        op.plane == Plane::Data && catalogue.operation(Plane::Control, &op.name).is_some()
    });
    assert_eq!(on_both.count(), 8);
}

#[test]
fn ids_and_names_go_both_ways() {
    let catalogue = catalogue();
    for (operation, index) in catalogue.operations().zip(0u32..) {
        assert_eq!(operation.id.index(), index);
        assert_eq!(catalogue.op(operation.id).as_ref(), Some(&operation));
        assert_eq!(
            catalogue.operation(operation.plane, &operation.name),
            Some(operation.id)
        );
    }
    let under = catalogue.operations_under("microsoft.search");
    assert_eq!(under.count(), 74);
}

#[test]
fn roles_are_found_by_name_guid_and_former_name() {
    let catalogue = catalogue();
    let reader = role("storage blob data READER");
    assert_eq!(
        catalogue.role(reader).id,
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    );
    for ix in catalogue.roles() {
        let role = catalogue.role(ix);
        assert_eq!(catalogue.role_by_name(role.name), Some(ix), "{}", role.name);
        assert_eq!(
            catalogue.role_by_id(&role.id.to_uppercase()),
            Some(ix),
            "{}",
            role.name
        );
    }
    let renamed = catalogue.renamed("azure ai user").expect("a former name");
    assert_eq!(catalogue.role(renamed).name, "Foundry User");
    assert!(catalogue.role_by_name("Azure AI User").is_none());
    assert!(catalogue.renamed("Foundry User").is_none());
    let is_deprecated = |name: &str| catalogue.role(role(name)).mark == Mark::Deprecated;
    assert!(is_deprecated("AcrImageSigner") && is_deprecated("Security Manager (Legacy)"));
    assert!(!is_deprecated("FHIR Data Converter"));
}

/// Expansion done the slow way: every operation against every string, conditions by a text search.
#[test]
fn every_role_grants_what_a_naive_reading_gives() {
    let catalogue = catalogue();
    let all: Vec<(Plane, String, u32)> = catalogue
        .operations()
        .map(|op| (op.plane, op.name.to_lowercase(), op.id.index()))
        .collect();
    let by_name: std::collections::BTreeMap<(Plane, &str), u32> = all
        .iter()
        .map(|(plane, name, id)| ((*plane, name.as_str()), *id))
        .collect();
    let slow = |plane: Plane, pattern: &str| -> Vec<u32> {
        let Some((head, tail)) = pattern.split_once('*') else {
            return by_name
                .get(&(plane, pattern))
                .copied()
                .into_iter()
                .collect();
        };
        let between = pattern.contains("/*/").then(|| pattern.replace("/*/", "/"));
        let covers = |name: &str| {
            let long_enough = name.len() >= head.len() + tail.len();
            (long_enough && name.ends_with(tail) && name.starts_with(head))
                || Some(name) == between.as_deref()
        };
        let matching = all
            .iter()
            .filter(|(on, name, _)| *on == plane && covers(name));
        matching.map(|(_, _, id)| *id).collect()
    };
    let mut known = std::collections::BTreeMap::new();
    let mut expand = |plane: Plane, patterns: &[String]| -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        for pattern in patterns {
            let pattern = pattern.to_lowercase();
            let ids = known
                .entry((plane, pattern.clone()))
                .or_insert_with(|| slow(plane, &pattern));
            found.extend(ids.iter().copied());
        }
        found
    };
    let ids = |set: &OpSet| set.iter().map(|id| id.index()).collect::<BTreeSet<u32>>();
    for ix in catalogue.roles() {
        let role = catalogue.role(ix);
        let (mut sure, mut conditional) = (BTreeSet::new(), BTreeSet::new());
        for block in role.blocks {
            let held = &(&expand(Plane::Control, &block.actions)
                - &expand(Plane::Control, &block.not_actions))
                | &(&expand(Plane::Data, &block.data_actions)
                    - &expand(Plane::Data, &block.not_data_actions));
            let Some(condition) = &block.condition else {
                sure.extend(held);
                continue;
            };
            let names: Vec<String> = condition
                .text
                .split("ActionMatches{'")
                .skip(1)
                .filter_map(|rest| rest.split('\'').next())
                .map(str::to_lowercase)
                .collect();
            for id in held {
                let name = &all[id as usize].1;
                let free = !names.is_empty() && !names.contains(name);
                if free {
                    sure.insert(id)
                } else {
                    conditional.insert(id)
                };
            }
        }
        let conditional = &conditional - &sure;
        let grant = catalogue.grants(ix);
        assert_eq!(ids(&grant.sure), sure, "{}", role.name);
        assert_eq!(ids(&grant.conditional), conditional, "{}", role.name);
        let data = |id: &&u32| all[**id as usize].0 == Plane::Data;
        let everything = &sure | &conditional;
        let on_data = everything.iter().filter(data).count();
        let counted = (
            role.counts.control as usize,
            role.counts.data as usize,
            role.counts.conditional as usize,
        );
        assert_eq!(
            counted,
            (everything.len() - on_data, on_data, conditional.len()),
            "{}",
            role.name
        );
    }
}

#[test]
fn a_starred_segment_may_be_missing() {
    let assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
    assert_eq!(
        holds("Managed Identity Operator", Plane::Control, assign),
        Verdict::Sure
    );
    let delete = "Microsoft.MachineLearningServices/workspaces/delete";
    assert_eq!(
        holds("AzureML Data Scientist", Plane::Control, delete),
        Verdict::No
    );
    let sessions = "Microsoft.App/sessionPools/delete";
    assert_eq!(
        holds(
            "Container Apps SessionPools Contributor",
            Plane::Control,
            sessions
        ),
        Verdict::Sure
    );
}

#[test]
fn planes_never_mix() {
    for name in ["Reader", "Contributor", "Owner"] {
        assert_eq!(holds(name, Plane::Data, BLOB_READ), Verdict::No, "{name}");
        assert_eq!(catalogue().role(role(name)).counts.data, 0, "{name}");
    }
    assert_eq!(
        holds("Storage Blob Data Reader", Plane::Data, BLOB_READ),
        Verdict::Sure
    );
    let delegate =
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action";
    assert_eq!(
        holds("Storage Blob Data Reader", Plane::Control, delegate),
        Verdict::Sure
    );
    let tags = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read";
    assert_eq!(
        holds("Storage Blob Data Contributor", Plane::Data, tags),
        Verdict::No
    );
    assert_eq!(
        holds("Storage Blob Data Owner", Plane::Data, tags),
        Verdict::Sure
    );
    let publish = "Microsoft.Insights/Metrics/Write";
    assert_eq!(
        holds("Monitoring Metrics Publisher", Plane::Data, publish),
        Verdict::Sure
    );
    let send = "Microsoft.ServiceBus/namespaces/messages/send/action";
    assert_eq!(
        holds("Azure Service Bus Data Sender", Plane::Data, send),
        Verdict::Sure
    );
    let secret = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
    assert_eq!(holds("Key Vault Reader", Plane::Data, secret), Verdict::No);
    assert_eq!(
        holds("Key Vault Secrets User", Plane::Data, secret),
        Verdict::Sure
    );
}

#[test]
fn who_may_assign_roles() {
    assert_eq!(holds("Contributor", Plane::Control, ASSIGN), Verdict::No);
    let granting = catalogue().roles_granting(Plane::Control, ASSIGN);
    let sure: Vec<&str> = granting
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Sure)
        .map(|(ix, _)| catalogue().role(*ix).name)
        .collect();
    assert_eq!(
        sure,
        [
            "Role Based Access Control Administrator",
            "User Access Administrator",
            "Owner"
        ],
        "narrowest first"
    );
    assert_eq!(granting.len(), 28, "25 more under a condition");
    assert!(
        granting
            .iter()
            .skip(3)
            .all(|(_, verdict)| *verdict == Verdict::Conditional)
    );
    assert_eq!(
        holds(
            "Key Vault Data Access Administrator",
            Plane::Control,
            ASSIGN
        ),
        Verdict::Conditional
    );
    let read = "Microsoft.Authorization/roleAssignments/read";
    assert_eq!(
        holds("Key Vault Data Access Administrator", Plane::Control, read),
        Verdict::Sure
    );
}

#[test]
fn a_condition_that_names_no_action_makes_everything_conditional() {
    let grant = catalogue().grants(role("Oracle Database DbSystems Administrator"));
    assert!(grant.sure.is_empty() && grant.conditional.len() > 20);
    let data = "Microsoft.OperationalInsights/workspaces/tables/data/read";
    assert_eq!(
        holds("Privileged Monitoring Data Reader", Plane::Data, data),
        Verdict::Conditional
    );
    // Of several blocks only one has the condition.
    let drills = "Azure Resilience Management Drills Administrator";
    assert_eq!(holds(drills, Plane::Control, ASSIGN), Verdict::Conditional);
    assert!(!catalogue().grants(role(drills)).sure.is_empty());
}

#[test]
fn who_may_list_storage_keys() {
    let granting = catalogue().roles_granting(Plane::Control, LIST_KEYS);
    let names: Vec<&str> = granting
        .iter()
        .map(|(ix, _)| catalogue().role(*ix).name)
        .collect();
    for name in [
        "Contributor",
        "Log Analytics Contributor",
        "Logic App Contributor",
        "Owner",
        "Reader and Data Access",
        "Storage Account Contributor",
        "Virtual Machine Contributor",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(
        names[0], "Storage Account Key Operator Service Role",
        "the narrowest: {names:?}"
    );
    assert!(!names.contains(&"Reader"));
    assert!(catalogue().is_credential(LIST_KEYS) && !catalogue().is_credential(BLOB_READ));
}

#[test]
fn reads_of_the_control_plane_can_be_secrets() {
    let keys = "Microsoft.OperationalInsights/workspaces/sharedKeys/read";
    assert_eq!(
        holds("Log Analytics Reader", Plane::Control, keys),
        Verdict::No
    );
    assert_eq!(holds("Reader", Plane::Control, keys), Verdict::Sure);
    assert_eq!(
        holds("Monitoring Reader", Plane::Control, keys),
        Verdict::Sure
    );
    assert!(catalogue().is_credential(keys));
    let search = "Microsoft.Search/searchServices/indexes/documents/read";
    assert_eq!(
        holds("Search Service Contributor", Plane::Data, search),
        Verdict::No
    );
    let admin = "Microsoft.Search/searchServices/listAdminKeys/action";
    assert_eq!(
        holds("Search Service Contributor", Plane::Control, admin),
        Verdict::Sure
    );
}

#[test]
fn contributor_subtracts_eleven_strings() {
    let contributor = catalogue().role(role("Contributor"));
    assert_eq!(contributor.blocks[0].not_actions.len(), 11);
    let deny = "Microsoft.Resources/deploymentStacks/manageDenySetting/action";
    assert_eq!(holds("Contributor", Plane::Control, deny), Verdict::No);
    assert_eq!(holds("Owner", Plane::Control, deny), Verdict::Sure);
}

#[test]
fn strings_that_end_in_a_slash_name_nothing() {
    let holders = catalogue().roles().filter(|&ix| {
        let blocks = catalogue().role(ix).blocks;
        blocks
            .iter()
            .flat_map(|block| &block.actions)
            .any(|action| action.ends_with('/'))
    });
    assert_eq!(holders.count(), 7);
    assert!(
        catalogue()
            .expand(Plane::Control, "Microsoft.Insights/alertRules/")
            .is_empty()
    );
    assert!(catalogue().operations().all(|op| !op.name.ends_with('/')));
}

#[test]
fn retired_operations_have_the_day_they_were_last_seen() {
    let (plane, name, last_seen) = catalogue().retired_operations().next().expect("one");
    assert_eq!(last_seen, "2023-08-12");
    assert_eq!(
        catalogue().retired(plane, &name.to_uppercase()),
        Some("2023-08-12")
    );
    assert_eq!(catalogue().retired(Plane::Data, BLOB_READ), None);
}

#[test]
fn graph_permissions_differ_by_kind() {
    let find = |kind| {
        catalogue()
            .graph_permission(kind, "Mail.Read")
            .expect("Mail.Read")
    };
    assert!(find(GraphKind::Application).id.starts_with("810c84a8-"));
    assert!(find(GraphKind::Delegated).id.starts_with("570282fd-"));
    for permission in catalogue().graph_permissions() {
        assert_eq!(
            catalogue().graph_permission(permission.kind, permission.value),
            Some(permission)
        );
    }
}

#[test]
fn an_expansion_holds_what_matches_and_nothing_else() {
    let catalogue = catalogue();
    for pattern in [
        "*/read",
        "*",
        "Microsoft.Authorization/*/Delete",
        "microsoft.*/read",
        "*/x/*/read",
        BLOB_READ,
    ] {
        for plane in [Plane::Control, Plane::Data] {
            let expected: OpSet = catalogue
                .operations()
                .filter(|op| op.plane == plane && pattern_matches(pattern, &op.name))
                .map(|op| op.id)
                .collect();
            assert_eq!(catalogue.expand(plane, pattern), expected, "{pattern}");
            assert_eq!(
                catalogue.expand(plane, pattern),
                expected,
                "{pattern}, again"
            );
        }
    }
    assert!(catalogue.expand(Plane::Graph, "*").is_empty());
    assert_eq!(grant_of_blocks(catalogue, &[]).all(), OpSet::new());
}

#[cfg(feature = "import")]
#[path = "catalogue_facts/mod.rs"]
mod facts;
