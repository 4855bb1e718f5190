//! A generated server without resources, from a client's side: both protocol eras, every type and
//! constraint, and every way to fail.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

#[path = "support/plain.rs"]
mod plain;
mod support;

use grantc_runtime::{ErrorKind, Mode, Settings, ToolError};
use rmcp::model::{CallToolRequestParams, ErrorCode};
use serde_json::{Value, json};
use support::{Era, object};

fn running() -> grantc_runtime::Running {
    plain::server()
        .start(Mode::Azure, &Settings::default())
        .unwrap()
}

async fn call(tool: &str, arguments: Value) -> Result<Value, ToolError> {
    running()
        .call(tool, arguments)
        .await
        .unwrap()
        .map(|reply| reply.value)
}

async fn complaint(arguments: Value) -> String {
    let error = call("echo", arguments).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Arguments);
    error
        .to_string()
        .strip_prefix("invalid arguments: ")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn every_type_comes_back_as_it_was() {
    let all = json!({
        "text": "wörd".replace('ö', "é"), "whole": 7, "number": 0.5, "decimal": "1.50",
        "day": "2026-11-23", "moment": "2026-11-23T10:00:00.500+01:00",
        "id": "7f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11", "link": "https://contoso.example/a?b#c",
        "data": "aGk=", "colour": "deep-blue", "points": [{"x": 1}, {"x": 1, "y": -2}],
    });
    assert_eq!(call("echo", all.clone()).await.unwrap(), all);
    assert_eq!(call("type", json!({})).await.unwrap(), json!({}));
}

#[tokio::test]
async fn a_whole_number_may_be_written_with_a_point() {
    let answer = call("echo", json!({"text": "a", "whole": 7.0, "number": 2}))
        .await
        .unwrap();
    assert_eq!(answer, json!({"text": "a", "whole": 7, "number": 2.0}));
}

#[tokio::test]
async fn what_is_absent_has_its_default() {
    let all = json!({
        "amount": "1.50", "tint": "deep-blue", "since": "2026-01-01", "greeting": "hi",
        "ratio": 2.0, "count": -3, "on": true,
    });
    assert_eq!(call("defaults", json!({})).await.unwrap(), all);
    let error = call("defaults", json!({"count": -10, "since": null}))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid arguments: `/since` is null; leave it out instead; `/count` must be at least -9"
    );
}

#[tokio::test]
async fn a_type_may_lead_back_to_itself() {
    let tree = json!({"name": "a", "parent": {"name": "b", "children": []},
                      "children": [{"name": "c", "children": []}]});
    assert_eq!(
        call("plant", json!({"tree": tree.clone()})).await.unwrap(),
        tree
    );
    let wrong = json!({"tree": {"name": "a", "children": [{"name": 7, "children": []}]}});
    let error = call("plant", wrong).await.unwrap_err().to_string();
    assert!(
        error.ends_with("`/tree/children/0/name` must be a string, not a number"),
        "{error}"
    );
}

#[tokio::test]
async fn a_variant_says_by_its_kind_which_members_it_has() {
    let card = json!({"kind": "card", "last4": "1234", "limit": "1.00", "colour": "red"});
    let transfer = json!({"kind": "bank-transfer", "iban": "DE1", "parts": [card, {"kind": "cash"}],
                          "instead": card, "limit": 7, "share": 2.0, "Kind": "sepa"});
    let all = json!({"payment": transfer, "others": {"a": card, "b": {"kind": "cash"}}});
    assert_eq!(call("pay", all.clone()).await.unwrap(), all);
    // A whole number where a number may stand, and a point where a whole number must.
    let written =
        json!({"payment": {"kind": "bank-transfer", "iban": "DE1", "limit": 2.0, "share": 1}});
    let read =
        json!({"payment": {"kind": "bank-transfer", "iban": "DE1", "limit": 2, "share": 1.0}});
    assert_eq!(call("pay", written).await.unwrap(), read);
    let defaults = json!({"payment": {"kind": "card", "last4": "1234"}});
    let filled = json!({"payment": {"kind": "card", "last4": "1234", "limit": "9.50"}});
    assert_eq!(call("pay", defaults).await.unwrap(), filled);
}

#[tokio::test]
async fn what_no_alternative_has_is_named_with_its_pointer() {
    let wrong = json!({
        "payment": {"kind": "bank-transfer", "iban": "x", "last4": "1234", "instead": {"kind": "card", "last4": "12"}},
        "others": {"a": {"kind": "cheque"}, "b": {}, "c": {"kind": 1}, "d": 5, "e": {"kind": "cash", "iban": "DE1"}},
    });
    let error = call("pay", wrong).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid arguments: `/payment/iban` has 1 characters, but at least 2 are needed; \
         `/payment/instead/last4` must match the pattern `^[0-9]{4}$`; \
         `/payment/last4` is not known; the members are `kind`, `iban`, `parts`, `instead`, `limit`, `share`, `Kind`; \
         `/others/a/kind` must be one of `card`, `bank-transfer`, `cash`; \
         `/others/b/kind` is missing; it must be one of `card`, `bank-transfer`, `cash`; \
         `/others/c/kind` must be a string, not a number; \
         `/others/d` must be an object, not a number; \
         `/others/e/iban` is not known; the members are `kind`"
    );
    let result = call("pay", json!({"payment": {"kind": "card", "last4": "9999"}})).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Output);
}

#[tokio::test]
async fn every_violation_is_named_with_its_pointer() {
    let wrong = json!({
        "text": "", "whole": 11, "number": 0.4, "decimal": "100.00", "day": "2026-13-01",
        "id": "x", "link": "x", "data": "aGk", "colour": "green",
        "points": [{"x": 11}, {"y": 1.5}, {"x": 11}], "typo": 1,
    });
    assert_eq!(
        complaint(wrong).await,
        "`/text` has 0 characters, but at least 1 are needed; \
         `/text` must match the pattern `^[a-zé]+$`; \
         `/whole` must be at most 10; \
         `/number` must be at least 0.5; \
         `/decimal` must be at most 99.99; \
         `/day` must be a string with a date, such as \"2026-11-23\"; \
         `/id` must be a string with a UUID; \
         `/link` must be a string with an absolute URI; \
         `/data` must be a string with padded base64; \
         `/colour` must be one of `red`, `deep-blue`; \
         `/points/0/x` must be at most 10; \
         `/points/1/x` is missing; \
         `/points/1/y` must be a whole number within ±9007199254740991; \
         `/points/2/x` must be at most 10; \
         `/points/2` repeats an earlier item; \
         `/typo` is not known; the members are `text`, `whole`, `number`, `decimal`, `yes`, `day`, \
         `moment`, `id`, `link`, `data`, `anything`, `colour`, `points`, `names`, `type`, `camelCase`"
    );
}

#[tokio::test]
async fn wrong_types_are_named() {
    assert_eq!(complaint(json!({})).await, "`/text` is missing");
    assert_eq!(
        complaint(json!({"text": 5})).await,
        "`/text` must be a string, not a number"
    );
    let null = json!({"text": "a", "whole": null});
    assert_eq!(
        complaint(null).await,
        "`/whole` is null; leave it out instead"
    );
    let number = json!({"text": "a", "decimal": 1.5});
    assert!(
        complaint(number)
            .await
            .contains("`/decimal` must be a string with a decimal number")
    );
    let big = json!({"text": "a", "camelCase": 9_007_199_254_740_992_i64});
    assert!(
        complaint(big)
            .await
            .contains("`/camelCase` must be a whole number within")
    );
    let scalars = json!({"text": "éééééé"});
    assert_eq!(
        complaint(scalars).await,
        "`/text` has 6 characters, but at most 5 are allowed"
    );
}

#[tokio::test]
async fn what_a_tool_says_is_told_and_what_fails_inside_is_not() {
    let said = call("misbehave", json!({"how": "say"})).await.unwrap_err();
    assert_eq!(said.to_string(), "there is nothing here");
    for how in ["leak", "panic"] {
        let hidden = call("misbehave", json!({"how": how})).await.unwrap_err();
        assert_eq!(hidden.kind(), ErrorKind::Internal);
        assert!(
            hidden
                .to_string()
                .starts_with("`misbehave` failed inside; the server's log has it")
        );
        assert!(!format!("{hidden:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_result_that_is_too_large_is_an_error_that_says_so() {
    let tree = |size: usize| json!({"tree": {"name": "x".repeat(size), "children": []}});
    let around = json!({"name": "", "children": []}).to_string().len();
    assert!(call("plant", tree((1 << 20) - around)).await.is_ok());
    let error = call("plant", tree((1 << 20) - around + 1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "the result is 1048577 bytes of JSON, but at most 1048576 are allowed; ask for less"
    );
}

#[tokio::test]
async fn an_invalid_result_is_never_sent() {
    let error = call("misbehave", json!({"how": "invalid"}))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Output);
    assert!(
        error
            .to_string()
            .ends_with("which was not sent: `/x` must be at most 10")
    );
}

#[tokio::test(start_paused = true)]
async fn time_is_limited_and_so_are_calls_at_once() {
    let running = running();
    let slow = || running.call("misbehave", json!({"how": "sleep"}));
    let (first, second) = tokio::join!(slow(), slow());
    let first = first.unwrap().unwrap_err();
    assert_eq!(
        (first.kind(), first.to_string().as_str()),
        (
            ErrorKind::Timeout,
            "`misbehave` did not finish within 200ms"
        )
    );
    let second = second.unwrap().unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Busy);
    // The permit came back.
    assert!(
        running
            .call("misbehave", json!({"how": "well"}))
            .await
            .unwrap()
            .is_ok()
    );
}

#[tokio::test]
async fn both_eras_are_served() {
    for era in [Era::Legacy, Era::Stateless] {
        let client = support::connect(running(), era).await;
        let info = client.peer_info().unwrap();
        assert_eq!(info.protocol_version.as_str(), era.version());
        assert_eq!(info.instructions.as_deref(), Some("Say anything."));

        let list = client.list_tools(None).await.unwrap();
        let names: Vec<_> = list.tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(
            names,
            ["echo", "misbehave", "type", "defaults", "plant", "pay"],
            "the order of the manifest"
        );
        let list = serde_json::to_value(list).unwrap();
        if era == Era::Stateless {
            assert_eq!(list["cacheScope"], "private");
            assert_eq!(list["ttlMs"], 300_000);
        }
        let echo = &list["tools"][0];
        assert_eq!(echo["title"], "Echo");
        assert_eq!(echo["annotations"]["openWorldHint"], false);
        assert_eq!(
            echo["inputSchema"]["properties"]["text"]["pattern"],
            "^[a-zé]+$"
        );

        let request =
            CallToolRequestParams::new("echo").with_arguments(object(json!({"text": "a"})));
        let answer = client.call_tool(request).await.unwrap();
        assert_eq!(answer.structured_content, Some(json!({"text": "a"})));
        assert_eq!(answer.content[0].as_text().unwrap().text, r#"{"text":"a"}"#);
        assert_ne!(answer.is_error, Some(true));

        let request = CallToolRequestParams::new("echo").with_arguments(object(json!({"text": 1})));
        let answer = client.call_tool(request).await.unwrap();
        assert_eq!(answer.is_error, Some(true));
        assert_eq!(answer.structured_content, None);
        assert!(
            answer.content[0]
                .as_text()
                .unwrap()
                .text
                .contains("`/text` must be a string")
        );

        let unknown = client
            .call_tool(CallToolRequestParams::new("nothing"))
            .await
            .unwrap_err();
        let rmcp::ServiceError::McpError(error) = unknown else {
            panic!("{unknown}")
        };
        assert_eq!(error.code, ErrorCode::INVALID_PARAMS);
        client.cancel().await.unwrap();
    }
}
