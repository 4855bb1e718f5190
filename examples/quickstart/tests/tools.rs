//! The tool as a client calls it, in process, with the files of `data/` for the index.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use grantc_runtime::{ErrorKind, Mode, Running, Settings, ToolError};
use serde_json::{Value, json};

fn running() -> Running {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let settings: Settings = [("GRANTC_LOCAL_HANDBOOK_INDEX_FILES", files)]
        .into_iter()
        .collect();
    quickstart::server(quickstart::Handbook)
        .start(Mode::Local, &settings)
        .unwrap()
}

async fn ask(arguments: Value) -> Result<Vec<String>, ToolError> {
    let reply = running()
        .call("search_handbook", arguments)
        .await
        .unwrap()?;
    let passages = reply.value["passages"].as_array().unwrap().clone();
    Ok(passages
        .iter()
        .map(|passage| passage["id"].as_str().unwrap().to_owned())
        .collect())
}

#[tokio::test]
async fn the_passage_with_most_words_comes_first() {
    let found =
        ask(json!({"question": "May I take a taxi from the airport at ten in the evening?"})).await;
    assert_eq!(found.unwrap()[0], "travel-3");
    let found = ask(json!({"question": "doctor's note for a sick child"})).await;
    assert_eq!(found.unwrap()[..2], ["leave-3", "leave-2"]);
}

#[tokio::test]
async fn a_chapter_narrows_the_search() {
    let question = "approval of my manager";
    let found = ask(json!({"question": question, "chapter": "working-time"}))
        .await
        .unwrap();
    assert_eq!(found, ["time-2"]);
    assert!(ask(json!({"question": question})).await.unwrap().len() > 1);
}

#[tokio::test]
async fn nothing_found_is_an_answer_and_nothing_asked_is_not() {
    assert_eq!(ask(json!({"question": "zeppelin"})).await.unwrap(), [""; 0]);
    let error = ask(json!({"question": "what is it?"})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Arguments);
    let error = ask(json!({"question": "hotel", "chapter": "gossip"}))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("/chapter"), "{error}");
}
