//! What the words of a question mean.

use super::*;

#[test]
fn a_kind_says_which_of_two_of_one_name() {
    let desk = desk(&format!(
        r#"identity "find" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
        {}"#,
        tool("find", "find", r#"uses "archive" "read""#),
    ));
    let kind = |word: &str| {
        let answer = whys(&desk, word, "read", None);
        answer.map(|it| json(&it)["subject"]["kind"].to_string())
    };
    assert_eq!(kind("tool/find").unwrap(), r#""tool""#);
    assert_eq!(kind("identity/find").unwrap(), r#""identity""#);
    assert_eq!(
        kind("find").unwrap_err().to_string(),
        "`find` is a tool and an identity; write `tool/find` or `identity/find`"
    );
}

#[test]
fn words_are_looked_for_in_all_that_is_declared_and_listed() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="archive""#,
        &format!(r#"uses "archive" action="{BLOB}/read""#),
    );
    let of = |word: &str| {
        let shown = json(&whys(&desk, "reader", word, None).unwrap());
        let all = shown["operations"].as_array().unwrap().iter();
        let names = all.map(|it| format!("{} {}", it["plane"], it["operation"]));
        (shown["verb"].clone(), names.collect::<Vec<_>>().join(", "))
    };
    let query = "\"data\" \"Microsoft.Search/searchServices/indexes/documents/read\"";
    assert_eq!(of("query"), (json!("query"), query.to_owned()));
    // Nothing that is declared is a virtual machine.
    let machine = "Microsoft.Compute/virtualMachines/read";
    let (_, found) = of(machine);
    assert_eq!(found, format!("\"control\" \"{machine}\""));
    // A use that names it on the wrong plane puts nothing there.
    let (_, found) = of(&format!("{BLOB}/read"));
    assert_eq!(found, format!("\"data\" \"{BLOB}/read\""));
}

#[test]
fn permissions_that_nothing_names_are_known_where_something_has_them() {
    let erp = r#"resource "erp" type="http" {
            url "https://erp.example/api"
            client-id "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11"
            app-role "Orders.Read" id="2b1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d12"
        }"#;
    let directory = r#"resource "directory" type="microsoft.graph""#;
    let of = |resources: &str, word: &str, at: &str| {
        let idle = r#"identity "a" type="user-assigned""#;
        let ping = r#"tool "ping" { description "Ping."; output { ok boolean } }"#;
        let desk = desk(&format!("{resources}\n{idle}\n{ping}"));
        let answer = whys(&desk, "a", word, Some(at));
        answer.map_or_else(
            |unclear| unclear.to_string(),
            |it| json(&it)["operations"].to_string(),
        )
    };
    assert_eq!(
        of(directory, "Mail.Read", "directory"),
        r#"[{"operation":"Mail.Read","plane":"graph"}]"#
    );
    assert_eq!(
        of(erp, "Orders.Read", "erp"),
        r#"[{"operation":"Orders.Read","plane":"entra-app"}]"#
    );
    for (resources, word, at) in [
        (directory, "Invoices.Levitate", "directory"),
        (erp, "Mail.Read", "erp"),
    ] {
        assert_eq!(
            of(resources, word, at),
            format!("`{word}` is no verb or operation of `{at}`; write its name in full")
        );
    }
}
