//! The tools as a client calls them, in process, with stand-ins for all that they touch.

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
        (
            "GRANTC_LOCAL_WORK_ORDERS_FILES",
            format!("{DATA}/work-orders"),
        ),
        ("GRANTC_LOCAL_SPARE_PARTS_FILES", format!("{DATA}/parts")),
    ]
    .into_iter()
    .collect();
    field_service::server(field_service::Service)
        .start(Mode::Local, &settings)
        .unwrap()
}

async fn call(running: &Running, tool: &str, arguments: Value) -> Result<Value, ToolError> {
    Ok(running.call(tool, arguments).await.unwrap()?.value)
}

#[tokio::test]
async fn orders_of_a_region_come_the_most_urgent_first() {
    let found = call(&running(), "list_work_orders", json!({"region": "north"}))
        .await
        .unwrap();
    let ids: Vec<_> = found["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert_eq!(ids, ["WO-2041", "WO-2047", "WO-2044"]);
    let soon = json!({"region": "north", "due_until": "2026-11-30"});
    let found = call(&running(), "list_work_orders", soon).await.unwrap();
    assert_eq!(found["orders"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn parts_that_are_missing_say_when_they_come() {
    let north = json!({"region": "north", "order": "WO-2041"});
    let found = call(&running(), "check_parts", north).await.unwrap();
    assert_eq!(
        (&found["ready"], &found["ready_on"]),
        (&json!(false), &json!("2026-12-02"))
    );
    let west = json!({"region": "west", "order": "WO-2050"});
    let found = call(&running(), "check_parts", west).await.unwrap();
    assert_eq!(
        (&found["ready"], found.get("ready_on")),
        (&json!(false), None)
    );
}

#[tokio::test]
async fn an_order_is_dispatched_to_one_technician_only() {
    let running = running();
    let to = |technician: &str, order: &str| json!({"region": "north", "order": order, "technician": technician});
    let tool = "dispatch_technician";
    let error = call(&running, tool, to("callum.reid", "WO-2041"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Arguments);
    let first = call(&running, tool, to("ines.moreau", "WO-2044"))
        .await
        .unwrap();
    assert_eq!(
        first,
        json!({"message": "WO-2044.dispatch", "repeated": false})
    );
    let again = call(&running, tool, to("ines.moreau", "WO-2044"))
        .await
        .unwrap();
    assert_eq!(
        again,
        json!({"message": "WO-2044.dispatch", "repeated": true})
    );
    let error = call(&running, tool, to("callum.reid", "WO-2044"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}
