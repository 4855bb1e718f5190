use crate::graph::fixture::{BLOB, Desk, tool, whole};
use std::fmt::Write as _;

/// A desk placed so, with a reader, a cleaner and one that uses nothing.
fn text(placing: &str, more: &str) -> String {
    format!(
        r#"grantc version=1
server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
azure {{ resource-group "rg-desk"; location "westeurope"; {placing} }}
resource "archive" type="azure.blob" existing=#true {{ account "stdesk"; container "invoices" }}
role "Read" {{ data-action "{BLOB}/read" }}
role "Clean" {{ data-action "{BLOB}/delete"; data-action "{BLOB}/read" }}
identity "reader" type="user-assigned" {{ assign "Read" on="archive" }}
identity "cleaner" type="user-assigned" {{ assign "Clean" on="archive" }}
{}{}
tool "ping" {{ description "Ping."; output {{ ok boolean }} }}
{more}"#,
        tool("find", "reader", r#"uses "archive" "read""#),
        tool("clean", "cleaner", r#"uses "archive" "read" "delete""#),
    )
}

const SHARED: &str = r#"isolation "shared""#;
const PER_IDENTITY: &str = r#"isolation "per-identity""#;

fn codes(desk: &Desk) -> Vec<&'static str> {
    let codes = desk.codes().into_iter();
    codes.filter(|code| *code == "G0307").collect()
}

/// No tool reaches anything.
fn nothing_is_reached(text: &str) {
    let desk = whole(text);
    assert!(desk.verified, "{:#?}\n{text}", desk.found);
    assert_eq!(codes(&desk), [""; 0], "{text}");
    for tool in desk.program.tools.ids() {
        assert_eq!(desk.graph.reach_count(&desk.program, tool), 0, "{text}");
    }
}

#[test]
fn an_app_is_told_once_with_everybody_who_reaches_further() {
    let text = text(SHARED, "");
    let desk = whole(&text);
    let found = desk.one("G0307");
    assert_eq!(
        found.message,
        "`find` and `ping` reach 2 operations that only their neighbours in app `main` hold, at worst to delete"
    );
    assert_eq!(desk.underlined(found), "\"shared\"");
    assert_eq!(found.path.as_deref(), Some("app/main"));
    assert_eq!(
        found.notes,
        [
            "as `cleaner`, at worst to delete: `…/blobs/delete` and `…/blobs/read` on `archive`",
            "as `reader`, only to read: `…/blobs/read` on `archive`",
        ]
    );
    let chain = desk.witness(found);
    assert!(
        chain.starts_with("find → app main → cleaner → assign \"Clean\"")
            && chain.ends_with("→ archive → …/blobs/delete"),
        "{chain}"
    );
    assert_eq!(
        found.help.as_deref(),
        Some("write `isolation \"per-identity\"`, which places them in 3 apps")
    );
    nothing_is_reached(&text.replace(SHARED, PER_IDENTITY));
}

#[test]
fn the_chain_goes_through_what_grants_the_worst() {
    let both = r#"assign "Read" on="archive"; assign "Clean" on="archive""#;
    let text = text(SHARED, "").replace(r#"assign "Clean" on="archive""#, both);
    let desk = whole(&text);
    let chain = desk.witness(desk.one("G0307"));
    assert!(
        chain.starts_with("find → app main → cleaner → assign \"Clean\""),
        "{chain}"
    );
}

#[test]
fn what_is_placed_by_hand_stays_there() {
    let text = text(SHARED, r#"app "pings" { tools "ping" }"#);
    let desk = whole(&text);
    assert_eq!(
        desk.one("G0307").help.as_deref(),
        Some("write `isolation \"per-identity\"`, which places them in 2 apps")
    );
    nothing_is_reached(&text.replace(SHARED, PER_IDENTITY));
}

#[test]
fn tools_that_act_as_the_same_share_nothing() {
    for placing in [PER_IDENTITY, r#"isolation "per-tool""#, ""] {
        nothing_is_reached(&text(placing, ""));
    }
    let together = text(PER_IDENTITY, r#"app "reading" { tools "find" }"#);
    nothing_is_reached(&together);
}

#[test]
fn two_identities_of_one_tool_are_its_own() {
    let both = tool(
        "both",
        "reader",
        r#"uses "archive" "read"; uses "archive" "delete" as="cleaner""#,
    );
    nothing_is_reached(&text(PER_IDENTITY, &both));
}

#[test]
fn an_app_by_hand_is_taken_apart_by_hand() {
    let node = r#"app "desk" { tools "find" "clean" "more" }"#;
    let more = tool("more", "reader", r#"uses "archive" "read""#);
    let text = text(PER_IDENTITY, &format!("{more}{node}"));
    let desk = whole(&text);
    let found = desk.one("G0307");
    assert_eq!(found.path.as_deref(), Some("app/desk"));
    assert!(
        found
            .message
            .starts_with("`find` and `more` reach 1 operation that")
    );
    let apart = r#"app "cleaner" { tools "clean" }"#;
    assert_eq!(
        found.help.as_deref(),
        Some(format!("take these tools out of `desk`, and add\n\n{apart}").as_str())
    );
    let mended = text.replace(
        node,
        &format!("app \"desk\" {{ tools \"find\" \"more\" }}\n{apart}"),
    );
    nothing_is_reached(&mended);
}

#[test]
fn a_name_that_is_taken_is_not_offered() {
    let node = r#"app "cleaner" { tools "find" "clean" "ping" }"#;
    let text = text(PER_IDENTITY, node);
    let desk = whole(&text);
    let help = desk.one("G0307").help.clone().unwrap();
    let nodes = "app \"cleaner-2\" { tools \"clean\" }\napp \"apart\" { tools \"ping\" }";
    assert_eq!(
        help,
        format!("take these tools out of `cleaner`, and add\n\n{nodes}")
    );
    nothing_is_reached(&text.replace(
        node,
        &format!("app \"cleaner\" {{ tools \"find\" }}\n{nodes}"),
    ));
}

#[test]
fn an_identity_of_one_app_has_to_become_one_of_several() {
    let own = r#"identity "own" type="system-assigned" { assign "Read" on="archive" }
"#;
    let tools = [
        tool("one", "own", r#"uses "archive" "read""#),
        tool(
            "two",
            "own",
            r#"uses "archive" "read"; uses "archive" "delete" as="cleaner""#,
        ),
    ];
    let text = text(SHARED, &format!("{own}{}", tools.concat()));
    let desk = whole(&text);
    assert_eq!(
        desk.one("G0307").help.as_deref(),
        Some(
            "make `own` `user-assigned`, and write `isolation \"per-identity\"`, which places them in 5 apps"
        )
    );
    nothing_is_reached(
        &text
            .replace(SHARED, PER_IDENTITY)
            .replace("system-assigned", "user-assigned"),
    );
}

#[test]
fn identities_that_are_joined_to_the_name_of_another_are_placed_apart() {
    let clash = format!(
        r#"identity "reader-cleaner" type="user-assigned" {{ assign "Read" on="archive" }}
        {}{}"#,
        tool("odd", "reader-cleaner", r#"uses "archive" "read""#),
        tool(
            "both",
            "reader",
            r#"uses "archive" "read"; uses "archive" "delete" as="cleaner""#
        ),
    );
    let text = text(PER_IDENTITY, &clash);
    let desk = whole(&text);
    let found = desk.one("G0307");
    assert_eq!(found.label.as_deref(), Some("places them together"));
    let help = found.help.clone().unwrap();
    let (add, node) = help.split_once("\n\n").unwrap();
    assert_eq!(add, "add");
    nothing_is_reached(&format!("{text}\n{node}"));
    // One app for each identity would not end it.
    let desk = whole(&text.replace(PER_IDENTITY, SHARED));
    let help = desk.one("G0307").help.clone().unwrap();
    assert!(help.starts_with("add\n\napp "), "{help}");
}

#[test]
fn without_a_deployment_nothing_is_attached() {
    let text = text(SHARED, "").replace(
        r#"azure { resource-group "rg-desk"; location "westeurope"; isolation "shared" }"#,
        "",
    );
    let text = text.replace(
        r#"container "invoices""#,
        r#"container "invoices"; resource-group "rg-data""#,
    );
    let desk = whole(&text);
    assert_eq!(codes(&desk), [""; 0]);
}

#[test]
fn many_tools_are_one_finding() {
    let mut more = String::new();
    for n in 0..50 {
        let who = format!("who{n}");
        let _ = writeln!(
            more,
            "identity \"{who}\" type=\"user-assigned\" {{ assign \"Read\" on=\"archive\" }}\n{}",
            tool(&format!("tool{n}"), &who, r#"uses "archive" "read""#)
        );
    }
    let desk = whole(&text(SHARED, &more));
    let found = desk.one("G0307");
    assert!(
        found
            .message
            .starts_with("`find`, `ping`, `tool0` and 49 more reach 2 operations"),
        "{}",
        found.message
    );
    assert_eq!(found.notes.len(), 4);
    assert_eq!(found.notes[3], "as 49 more identities, nothing worse");
}
