//! The server against the official MCP clients, over stdio and HTTP.
//!
//! Clients that are not installed are named and skipped; `.ci/run` installs all of them, and with
//! `GRANTC_REQUIRE_E2E=1` a missing one is a failure.

#[path = "../../clients/mod.rs"]
mod clients;

use serde_json::json;

#[test]
fn the_official_clients_agree_over_stdio_and_http() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let environment = [
        (
            "GRANTC_LOCAL_WORK_ORDERS_FILES",
            format!("{data}/work-orders"),
        ),
        ("GRANTC_LOCAL_SPARE_PARTS_FILES", format!("{data}/parts")),
    ];
    let calls = json!([
        {"tool": "list_work_orders", "arguments": {"region": "south"},
         "answer": {"orders": [{"id": "WO-2038"}]},
         "tools": ["list_work_orders", "check_parts", "dispatch_technician"]},
        {"tool": "check_parts", "arguments": {"region": "north", "order": "WO-2044"},
         "answer": {"ready": true, "parts": [{"number": "P-30508"}]}},
        {"tool": "check_parts", "arguments": {"region": "north", "order": "WO-9999"}, "refusal": "WO-9999"},
        // A server over HTTP serves both eras, so the order may have been dispatched before.
        {"tool": "dispatch_technician",
         "arguments": {"region": "west", "order": "WO-2050", "technician": "soizic.lebras"},
         "answer": {"message": "WO-2050.dispatch"}},
        {"tool": "dispatch_technician",
         "arguments": {"region": "north", "order": "WO-2041", "technician": "callum.reid"},
         "refusal": "not certified"},
    ]);
    clients::all(env!("CARGO_BIN_EXE_field-service"), &environment, &calls);
}
