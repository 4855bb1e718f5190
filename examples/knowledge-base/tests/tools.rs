//! The tools as a client calls them, in process, with stand-ins for the index and for Graph.
//!
//! `read_article` needs Azurite: `end_to_end.rs` calls it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use grantc_runtime::{ErrorKind, Mode, Running, Settings, ToolError};
use serde_json::{Value, json};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

fn running() -> Running {
    let settings: Settings = [
        ("GRANTC_LOCAL_ARTICLE_INDEX_FILES", format!("{DATA}/index")),
        ("GRANTC_LOCAL_GRAPH_FILES", format!("{DATA}/graph")),
    ]
    .into_iter()
    .collect();
    knowledge_base::server(knowledge_base::Library)
        .start(Mode::Local, &settings)
        .unwrap()
}

async fn call(tool: &str, arguments: Value) -> Result<Value, ToolError> {
    Ok(running().call(tool, arguments).await.unwrap()?.value)
}

fn texts<'a>(items: &'a Value, member: &str) -> Vec<&'a str> {
    let items = items.as_array().unwrap().iter();
    items.map(|item| item[member].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_best_fit_comes_first_and_a_topic_narrows() {
    let question = "How do I estimate the migration of a data estate?";
    let found = call("search_articles", json!({"question": question}))
        .await
        .unwrap();
    assert_eq!(texts(&found["articles"], "id")[0], "estimating-a-migration");
    let narrowed = json!({"question": question, "topic": "data"});
    let found = call("search_articles", narrowed).await.unwrap();
    let topics = texts(&found["articles"], "topic");
    assert!(
        !topics.is_empty() && topics.iter().all(|topic| *topic == "data"),
        "{topics:?}"
    );
}

#[tokio::test]
async fn pages_follow_each_other_and_end() {
    let question = "data client project price";
    let first = call("search_articles", json!({"question": question}))
        .await
        .unwrap();
    assert_eq!(first["articles"].as_array().unwrap().len(), 5);
    let more = json!({"question": question, "cursor": first["next"]});
    let second = call("search_articles", more).await.unwrap();
    let (one, two) = (
        texts(&first["articles"], "id"),
        texts(&second["articles"], "id"),
    );
    assert!(
        !two.is_empty() && two.iter().all(|id| !one.contains(id)),
        "{one:?} {two:?}"
    );
    assert_eq!(second.get("next"), None);
    let crooked = json!({"question": question, "cursor": "-1"});
    let error = call("search_articles", crooked).await.unwrap_err();
    assert!(error.to_string().contains("/cursor"), "{error}");
}

#[tokio::test]
async fn a_day_has_its_own_meetings_alone_with_what_to_read() {
    let found = call("prepare_meetings", json!({"day": "2026-11-27"}))
        .await
        .unwrap();
    let meetings = &found["meetings"];
    assert_eq!(
        texts(meetings, "subject"),
        [
            "Migration of Northwind's data estate, kick-off",
            "Steering committee Fabrikam: fixed price or day rates",
            "Weekly sync",
        ]
    );
    assert_eq!(
        texts(&meetings[0]["articles"], "id")[0],
        "estimating-a-migration"
    );
    let mut first_two = texts(&meetings[1]["articles"], "id")[..2].to_vec();
    first_two.sort_unstable();
    assert_eq!(first_two, ["day-rates", "fixed-price-contracts"]);
    assert_eq!(meetings[2]["articles"], json!([]));
}

#[tokio::test]
async fn a_meeting_over_night_is_on_both_days() {
    for (day, subjects) in [
        (
            "2026-11-30",
            vec!["Feedback for Tomás", "Migration cut-over, over night"],
        ),
        ("2026-12-01", vec!["Migration cut-over, over night"]),
        ("2026-12-02", vec![]),
    ] {
        let found = call("prepare_meetings", json!({"day": day})).await.unwrap();
        assert_eq!(texts(&found["meetings"], "subject"), subjects, "{day}");
    }
}

#[tokio::test]
async fn an_id_that_could_leave_the_folder_is_refused() {
    for id in ["../drafts/day-rates", "Day-Rates", "a--b", ""] {
        let error = call("read_article", json!({"id": id})).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Arguments, "{id}: {error}");
    }
}
