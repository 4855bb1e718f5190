use super::{Asked, Unclear, Who, Why, who, why};
use crate::graph::fixture::{BLOB, Desk, desk, ledger, ledger_in, reader, tool, whole};
use grantc_spec::catalogue::Catalogue;
use serde_json::{Value, json};

mod near;

mod denied;

mod words;

mod told;

fn asked(desk: &Desk) -> Asked<'_> {
    Asked {
        program: &desk.program,
        graph: &desk.graph,
        catalogue: Catalogue::embedded(),
        sources: &desk.sources,
    }
}

fn whys(desk: &Desk, subject: &str, operation: &str, at: Option<&str>) -> Result<Why, Unclear> {
    why(&asked(desk), subject, operation, at)
}

fn whos(desk: &Desk, operation: &str, at: &str) -> Who {
    who(&asked(desk), operation, at).unwrap()
}

fn json(answer: &impl serde::Serialize) -> Value {
    serde_json::to_value(answer).unwrap()
}

/// Two identities attached to one app: `reader` reads, `filer` writes everything in the group.
fn shared() -> Desk {
    desk(&format!(
        r#"identity "reader" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
        identity "filer" type="user-assigned" {{ assign "Storage Blob Data Contributor" on="data" }}
        identity "owner" type="user-assigned" deploys=#true {{ assign "Contributor" on="data" }}
        {}{}"#,
        tool("find", "reader", r#"uses "archive" "read""#),
        tool("file", "filer", r#"uses "drafts" "create""#),
    ))
}

#[test]
fn both_chains_of_a_need_that_is_held() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="data""#,
        r#"uses "archive" "read""#,
    );
    for operation in [
        "read",
        "blobs/read",
        "…/blobs/read",
        &format!("{BLOB}/READ"),
    ] {
        let answer = whys(&desk, "find", operation, None).unwrap();
        let shown = json(&answer);
        assert!(answer.can());
        assert_eq!(shown["verdict"], "held", "{operation}");
        assert_eq!(
            shown["operations"],
            json!([{ "operation": format!("{BLOB}/read"), "plane": "data" }])
        );
        let need = &shown["needed"][0];
        assert_eq!(
            (&need["verb"], &need["verdict"]),
            (&json!("read"), &json!("held"))
        );
        assert!(need["source"].as_str().unwrap().starts_with("Get Blob"));
        assert_eq!(need["witness"].as_array().unwrap().len(), 6);
        let held = &shown["held"][0];
        assert_eq!(held["matched"][0]["pattern"], format!("{BLOB}/read"));
        let covered: Vec<&Value> = held["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| &at["name"])
            .collect();
        assert!(covered.contains(&&json!("archive")) && covered.contains(&&json!("drafts")));
    }
}

#[test]
fn a_role_says_by_which_string_and_what_it_takes_out() {
    let desk = reader(
        r#"assign "Contributor" on="account""#,
        r#"uses "account" action="Microsoft.Storage/storageAccounts/listKeys/action""#,
    );
    let text = whys(&desk, "reader", "listKeys/action", Some("account"))
        .unwrap()
        .to_string();
    assert!(
        text.contains("the role says `*`, minus `Microsoft.Authorization/*/Delete`"),
        "{text}"
    );
    let lacking = whys(
        &desk,
        "reader",
        "Microsoft.Authorization/roleAssignments/write",
        Some("account"),
    )
    .unwrap();
    assert!(!lacking.can());
    let text = lacking.to_string();
    assert!(
        text.contains("`*` matches it, and `Microsoft.Authorization/*/Write` among what is subtracted takes it out"),
        "{text}"
    );
}

#[test]
fn what_is_missing_has_what_is_nearby() {
    let desk = reader(
        r#"assign "Contributor" on="archive"
           assign "Storage Blob Data Reader" on="drafts"
           assign "Search Index Data Reader" on="index""#,
        r#"uses "archive" "read"; uses "drafts" "read"; uses "index" "query""#,
    );
    let answer = whys(&desk, "find", "read", Some("archive")).unwrap();
    assert!(!answer.can());
    let shown = json(&answer);
    let near: Vec<_> = shown["near"]
        .as_array()
        .unwrap()
        .iter()
        .map(|near| {
            (
                near["role"].as_str().unwrap(),
                near["why"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        near,
        [
            (
                "Storage Blob Data Reader",
                "grants it, but does not cover `archive`"
            ),
            ("Contributor", "matches it on the control plane only"),
        ]
    );
    assert_eq!(shown["needed"][0]["verdict"], "missing");
    assert!(
        shown["needed"][0]["help"]
            .as_str()
            .unwrap()
            .contains("Storage Blob Data Reader")
    );
}

#[test]
fn what_a_neighbour_holds_is_reached() {
    let desk = shared();
    let answer = whys(&desk, "find", "blobs/delete", Some("archive")).unwrap();
    let shown = json(&answer);
    assert!(answer.can());
    assert_eq!(
        (&shown["verdict"], &shown["held"]),
        (&json!("reach"), &json!([]))
    );
    assert_eq!(shown["reach"][0]["identity"], "filer");
    assert_eq!(shown["reach"][0]["app"], "main");
    let text = answer.to_string();
    assert!(
        text.starts_with(
            "`find` does not need `…/blobs/delete` on `archive`, and does not hold it; it can be \
             reached, because `filer` is attached to the same app\n"
        ),
        "{text}"
    );
    // An identity reaches nothing: it is what is reached.
    let identity = whys(&desk, "reader", "blobs/delete", Some("archive")).unwrap();
    assert!(!identity.can());
    // What a tool holds itself is not reached.
    let own = json(&whys(&desk, "find", "read", Some("archive")).unwrap());
    assert_eq!(own["reach"], json!([]));
}

#[test]
fn a_condition_is_told() {
    let desk = desk(&format!(
        r#"identity "a" type="user-assigned" {{
            assign "Storage Blob Data Contributor" on="archive" {{ where path="in/*" }}
            assign "Storage Blob Data Reader" on="somewhere"
        }}
        {}"#,
        tool("file", "a", r#"uses "archive" "write" path="in/*""#),
    ));
    let shown = json(&whys(&desk, "file", "write", Some("archive")).unwrap());
    assert_eq!(shown["needed"][0]["verdict"], "held");
    assert_eq!(
        shown["held"][0]["resources"][0]["only"],
        json!(["for names like `in/*`"])
    );
    let other = whys(&desk, "a", "blobs/read", Some("drafts")).unwrap();
    assert_eq!(json(&other)["verdict"], "conditional");
    assert!(
        other
            .to_string()
            .contains("only if `somewhere` turns out to cover it: parameter `group` decides"),
        "{other}"
    );
}

#[test]
fn two_assignments_on_one_line_are_two() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="archive"; assign "Contributor" on="drafts""#,
        r#"uses "archive" "read"; uses "drafts" "read""#,
    );
    let shown = json(&whys(&desk, "find", "read", None).unwrap());
    let (held, near) = (&shown["held"][0], &shown["near"][0]);
    assert_eq!(held["place"], near["place"]);
    assert_eq!(near["role"], "Contributor");
}

#[test]
fn two_on_one_line_hand_out_keys_each() {
    let desk = reader(
        r#"assign "Contributor" on="data"; assign "Storage Account Contributor" on="account""#,
        r#"uses "archive" "read""#,
    );
    let text = whos(&desk, "read", "archive").to_string();
    for wanted in [
        "assign \"Contributor\" (",
        "assign \"Storage Account Contributor\" (",
    ] {
        assert!(text.contains(wanted), "no {wanted:?} in\n{text}");
    }
}

#[test]
fn who_can_lists_every_path() {
    let desk = shared();
    let answer = whos(&desk, "…/blobs/delete", "archive");
    let shown = json(&answer);
    assert!(answer.anybody());
    let tool = |name: &str, own: bool| {
        json!({
            "name": name, "app": "main", "identity": "filer", "own": own, "needed": false,
            "conditional": false, "keys": false,
        })
    };
    assert_eq!(
        shown["tools"],
        json!([tool("find", false), tool("file", true)])
    );
    let names: Vec<_> = shown["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["name"].as_str().unwrap(),
                it["deploys"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(names, [("filer", false), ("owner", true)]);
    // `Contributor` opens no data, but hands out the keys that do.
    let owner = &shown["identities"][1];
    assert_eq!(owner["grants"], json!([]));
    assert_eq!(owner["keys"].as_array().unwrap().len(), 4);
    assert_eq!(owner["keys"][0]["off_when"], "allowSharedKeyAccess=false");
    let text = answer.to_string();
    for wanted in [
        "  find   reaches it: `filer` is attached to its app `main`\n",
        "  file   acts as `filer`; does not need it\n",
        "inherited: `data` covers `archive`",
        "hands out keys that allow it, unless `allowSharedKeyAccess=false` is set",
    ] {
        assert!(text.contains(wanted), "no {wanted:?} in\n{text}");
    }
}

#[test]
fn nobody_is_an_answer_and_keys_are_inert_below_their_account() {
    let desk = reader(
        r#"assign "Contributor" on="archive""#,
        r#"uses "index" "query""#,
    );
    let answer = whos(&desk, "read", "archive");
    assert!(!answer.anybody(), "{answer}");
    assert!(
        answer
            .to_string()
            .starts_with("nobody can do `read` on `archive`")
    );
}

#[test]
fn words_that_say_nothing_or_too_much() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="archive""#,
        r#"uses "archive" "read""#,
    );
    let said = |subject: &str, operation: &str, at: Option<&str>| {
        whys(&desk, subject, operation, at).unwrap_err().to_string()
    };
    assert_eq!(
        said("fnd", "read", None),
        "there is no tool or identity `fnd`; did you mean `find`?"
    );
    assert_eq!(
        said("find", "read", Some("archiv")),
        "there is no resource `archiv`; did you mean `archive`?"
    );
    assert_eq!(
        said("find", "blobs/raed", Some("archive")),
        "`blobs/raed` is no verb or operation of `archive`; did you mean `blobs/read`?"
    );
    let several = said("find", "…/write", Some("account"));
    assert!(
        several.starts_with("`…/write` could be `") && several.ends_with("; write more of it"),
        "{several}"
    );
}

/// A name that both planes have is answered for both.
#[test]
fn planes_are_told_apart() {
    let desk = desk(
        r#"resource "vault" type="azure.keyvault" existing=#true { vault "kv-desk"; resource-group "rg-data" }
        identity "a" type="user-assigned" { assign "Reader" on="vault" }
        tool "ping" { description "Ping."; output { ok boolean } }"#,
    );
    let answer = whos(&desk, "Microsoft.KeyVault/vaults/keys/read", "vault");
    let shown = json(&answer);
    assert_eq!(
        shown["operations"].as_array().unwrap().len(),
        2,
        "{shown:#}"
    );
    let grants = shown["identities"][0]["grants"].as_array().unwrap();
    let planes: Vec<_> = grants.iter().map(|grant| &grant["plane"]).collect();
    assert_eq!(planes, ["control"]);
}

/// What the host of an app holds is on no declared resource.
#[test]
fn the_platform_is_told_apart() {
    let desk = shared();
    let everywhere = json(&whys(&desk, "find", "blobs/delete", None).unwrap());
    assert_eq!(everywhere["platform"][0]["identity"], "main-host");
    let there = json(&whys(&desk, "find", "blobs/delete", Some("archive")).unwrap());
    assert_eq!(there["platform"], json!([]));
    let group = whos(&desk, &format!("{BLOB}/delete"), "azure");
    assert_eq!(json(&group)["identities"], json!([]));
    assert!(
        group
            .to_string()
            .contains("app main → main-host → \"Storage Blob Data Owner\""),
        "{group}"
    );
    assert!(json(&whos(&desk, "delete", "archive"))["platform"] == json!([]));
}

/// What a role on a group is good for is mostly in it, and is no operation of the group.
#[test]
fn a_group_is_asked_about_with_all_that_is_in_it() {
    let desk = shared();
    let keys = "storageAccounts/listKeys/action";
    let group = whos(&desk, keys, "data");
    let grant = &json(&group)["identities"][0]["grants"][0];
    assert_eq!(grant["identity"], "owner");
    assert_eq!(
        grant["resources"][0]["only"],
        json!(["on what is in `data`"])
    );
    // Without a name of a group the declared resources speak for themselves.
    let shown = json(&whys(&desk, "owner", keys, None).unwrap());
    let names: Vec<_> = shown["held"][0]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| &at["name"])
        .collect();
    assert!(!names.contains(&&json!("data")), "{names:?}");
    assert!(names.contains(&&json!("account")), "{names:?}");
}

/// Listing is judged at the vault, whatever secret is used.
#[test]
fn a_verb_is_judged_where_it_is_done() {
    let desk = desk(&format!(
        r#"resource "secret" type="azure.keyvault" existing=#true {{ vault "kv-desk"; secret "key"; resource-group "rg-data" }}
        identity "a" type="user-assigned" {{ assign "Key Vault Secrets User" on="secret" }}
        {}"#,
        tool("list_keys", "a", r#"uses "secret" "list""#),
    ));
    let answer = whys(&desk, "list_keys", "list", Some("secret")).unwrap();
    let shown = json(&answer);
    assert_eq!(shown["needed"][0]["verdict"], "missing");
    assert_eq!(
        (&shown["verdict"], &shown["held"]),
        (&json!("none"), &json!([]))
    );
    assert_eq!(
        shown["near"][0]["why"],
        "grants it, but does not cover what `secret` is used through"
    );
    assert!(!whos(&desk, "list", "secret").anybody());
}

#[test]
fn a_manifest_may_declare_nothing_to_ask_about() {
    let desk = whole(
        r#"grantc version=1
        server "desk" version="1.0.0" { description "A desk."; namespace "com.example" }
        tool "ping" { description "Ping."; output { ok boolean } }"#,
    );
    let unclear = whys(&desk, "ping", "read", Some("archive")).unwrap_err();
    assert_eq!(
        unclear.to_string(),
        "there is no resource `archive`; the manifest declares none"
    );
}

#[test]
fn a_need_stands_where_its_use_begins() {
    let uses = format!(
        r#"uses "archive" \
            data-action="{BLOB}/delete"
        uses "archive" \
            "list"
        uses "drafts" "read"
        uses "archive" \
            "read""#
    );
    let desk = reader("", &uses);
    let places = |operation: &str| {
        let shown = json(&whys(&desk, "find", operation, Some("archive")).unwrap());
        let needed = shown["needed"].as_array().unwrap().iter();
        let places = needed.map(|need| need["place"].as_str().unwrap().to_owned());
        places.collect::<Vec<_>>()
    };
    let tool = desk.program.tools.at(desk.tool("find"));
    let used = tool.uses.iter().map(|used| desk.sources.place(used.span));
    let used: Vec<String> = used.collect();
    assert_eq!(places("blobs/delete"), used[..1]);
    // To list is to read.
    assert_eq!(places("blobs/read"), [used[1].clone(), used[3].clone()]);
    let needs = desk.program.needs.values();
    let words: Vec<_> = needs.map(|need| desk.sources.place(need.span)).collect();
    assert!(!words.contains(&used[3]), "{words:?} {used:?}");
}

#[test]
fn what_a_user_has_to_consent_to_is_told() {
    let desk = desk(
        r#"resource "directory" type="microsoft.graph"
        identity "caller" type="delegated"
        identity "robot" type="user-assigned"
        tool "mail" {
            description "Read."
            as "caller"
            uses "directory" "Mail.Read"
            uses "directory" "User.Read.All" as="robot"
            output { found boolean }
        }"#,
    );
    let help = |permission: &str| {
        let shown = json(&whys(&desk, "mail", permission, None).unwrap());
        shown["needed"][0]["help"].clone()
    };
    assert_eq!(
        help("Mail.Read"),
        json!(r#"add `consent "Mail.Read" on="directory"` to `caller`"#)
    );
    assert_eq!(
        help("User.Read.All"),
        json!(r#"add `assign "User.Read.All" on="directory"` to `robot`"#)
    );
}

#[test]
fn a_need_of_some_names_is_held_under_a_condition_on_them() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="archive" { where path="in/*" }"#,
        r#"uses "archive" "read" path="in/2026/*""#,
    );
    let shown = json(&whys(&desk, "find", "read", Some("archive")).unwrap());
    assert_eq!(shown["verdict"], "held");
}
