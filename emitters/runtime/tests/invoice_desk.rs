//! A generated server with resources: what it needs to start, and a whole call against Azurite and
//! the stand-in for the index.
//!
//! Azurite is found by `GRANTC_LOCAL_BLOB_ENDPOINT` (it runs) or by `GRANTC_AZURITE` (the path of
//! its `azurite-blob` script, for `node`). Without either that part is skipped, or fails under
//! `GRANTC_REQUIRE_E2E=1`.
#![cfg(all(feature = "blob", feature = "search"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a panic is how a test fails, and a skipped one says so"
)]

mod azurite;
mod support;

use azurite::Azurite;
use grantc_runtime::search::{Query, quote};
use grantc_runtime::{ErrorKind, Mode, Running, Settings, ToolError, Uuid, json};
use rmcp::model::CallToolRequestParams;
use serde_json::{Value, json};
use support::{Era, object};

#[deny(warnings, clippy::all, clippy::pedantic, missing_docs)]
mod desk {
    //! Generated code, included as a user would.
    include!("fixture/invoice-desk/tools.rs");
}

use desk::{Tools, server, tools, types};

struct Desk;

impl Tools for Desk {
    async fn find_invoice(
        &self,
        cx: &tools::find_invoice::Context,
        input: tools::find_invoice::Input,
    ) -> Result<types::Invoice, ToolError> {
        let query = Query::all().filter(format!("number eq {}", quote(&input.number)));
        let known = cx.invoice_index.query::<Value>(&query).await?;
        if known.hits.is_empty() {
            return Err(ToolError::of(
                ErrorKind::NotFound,
                "the index has no such invoice",
            ));
        }
        let bytes = cx
            .archive
            .read(&format!("incoming/{}.json", input.number))
            .await?;
        Ok(json::from_slice(&bytes)?)
    }

    async fn list_invoices(
        &self,
        cx: &tools::list_invoices::Context,
        input: tools::list_invoices::Input,
    ) -> Result<tools::list_invoices::Output, ToolError> {
        let page = cx
            .archive
            .list("incoming/", input.cursor.as_deref(), cx.page_size)
            .await?;
        let numbers = page.blobs.into_iter().map(|blob| blob.name).collect();
        Ok(tools::list_invoices::Output {
            numbers,
            next: page.next,
        })
    }

    async fn file_invoice(
        &self,
        cx: &tools::file_invoice::Context,
        input: tools::file_invoice::Input,
    ) -> Result<tools::file_invoice::Output, ToolError> {
        let name = match input.invoice.note.as_deref() {
            Some("outside") => "elsewhere.json".to_owned(),
            _ => format!("incoming/{}.json", input.invoice.number),
        };
        let bytes = json::to_vec(&input.invoice)?;
        cx.archive
            .create(&name, bytes.clone(), "application/json")
            .await?;
        assert_eq!(cx.archive.read(&name).await?, bytes);
        Ok(tools::file_invoice::Output {
            receipt: Uuid::nil(),
        })
    }
}

fn start(mode: Mode, settings: &[(&str, &str)]) -> Result<Running, String> {
    let settings: Settings = settings.iter().copied().collect();
    server(Desk)
        .start(mode, &settings)
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn everything_missing_in_azure_is_named_at_start() {
    let error = start(Mode::Azure, &[("IDENTITY_ENDPOINT", "http://127.0.0.1/")]).unwrap_err();
    assert_eq!(
        error,
        "6 settings are missing or unusable
  GRANTC_IDENTITY_INVOICE_READER_CLIENT_ID  client id of identity `invoice-reader`; an app setting of the emitted templates
  GRANTC_IDENTITY_INVOICE_FILER_CLIENT_ID  client id of identity `invoice-filer`; an app setting of the emitted templates
  GRANTC_RESOURCE_ARCHIVE_ENDPOINT  endpoint of resource `archive`; an app setting of the emitted templates
  GRANTC_RESOURCE_ARCHIVE_CONTAINER  container of resource `archive`; an app setting of the emitted templates
  GRANTC_RESOURCE_INVOICE_INDEX_ENDPOINT  endpoint of resource `invoice-index`; an app setting of the emitted templates
  GRANTC_RESOURCE_INVOICE_INDEX_INDEX  index of resource `invoice-index`; an app setting of the emitted templates"
    );
}

#[tokio::test]
async fn a_laptop_needs_no_settings_for_what_the_manifest_writes_out() {
    assert_eq!(start(Mode::Azure, &[]).unwrap().notes(), [""; 0]);
    let http = [(
        "GRANTC_RESOURCE_ARCHIVE_ENDPOINT",
        "http://contoso.example/",
    )];
    assert!(
        start(Mode::Azure, &http)
            .unwrap_err()
            .contains("is not an `https` URL")
    );
    let app = [("GRANTC_APP", "other")];
    assert!(
        start(Mode::Azure, &app)
            .unwrap_err()
            .contains("no app is named `other`; there are: main")
    );
}

#[tokio::test]
async fn local_stand_ins_are_on_this_machine_only() {
    let missing = start(Mode::Local, &[]).unwrap_err();
    assert!(
        missing.contains("GRANTC_LOCAL_INVOICE_INDEX_FILES  folder of JSON files"),
        "{missing}"
    );
    for wrong in [
        "https://stcontoso.blob.core.windows.net/x",
        "http://10.0.0.7:10000/devstoreaccount1",
        "x",
    ] {
        let settings = [
            ("GRANTC_LOCAL_BLOB_ENDPOINT", wrong),
            ("GRANTC_LOCAL_INVOICE_INDEX_FILES", "folder"),
        ];
        let error = start(Mode::Local, &settings).unwrap_err();
        assert!(
            error.contains("GRANTC_LOCAL_BLOB_ENDPOINT  is not an `http` URL of this machine"),
            "{error}"
        );
    }
}

fn invoice(number: &str) -> Value {
    json!({
        "number": number, "supplier": "Paper & Co", "total": "12.50", "due": "2026-12-01",
        "status": "open", "lines": [{"text": "Paper", "amount": "12.50"}],
    })
}

#[tokio::test]
async fn files_lists_and_finds_invoices_against_azurite() {
    let Some(azurite) = Azurite::start().await else {
        return;
    };
    let folder = std::env::temp_dir().join(format!("grantc-desk-{}", Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let numbers = json!([{"number": "INV-000001"}, {"number": "INV-000009"}]);
    std::fs::write(folder.join("index.json"), numbers.to_string()).unwrap();
    let settings = [
        ("GRANTC_LOCAL_BLOB_ENDPOINT", azurite.endpoint.as_str()),
        ("GRANTC_LOCAL_INVOICE_INDEX_FILES", folder.to_str().unwrap()),
        (
            "GRANTC_RESOURCE_ARCHIVE_CONTAINER",
            &format!("test-{}", Uuid::new_v4()),
        ),
    ];
    let running = start(Mode::Local, &settings).unwrap();
    assert_eq!(running.notes().len(), 2, "both stand-ins are announced");
    let client = support::connect(running, Era::Stateless).await;
    let call = async |tool: &'static str, arguments: Value| {
        let request = CallToolRequestParams::new(tool).with_arguments(object(arguments));
        let answer = client.call_tool(request).await.unwrap();
        match answer.is_error {
            Some(true) => Err(answer.content[0].as_text().unwrap().text.clone()),
            _ => Ok(answer.structured_content.unwrap()),
        }
    };

    assert_eq!(
        call("list_invoices", json!({})).await.unwrap(),
        json!({"numbers": []})
    );
    for number in ["INV-000001", "INV-000002", "INV-000003"] {
        let receipt = call("file_invoice", json!({"invoice": invoice(number)}))
            .await
            .unwrap();
        assert_eq!(receipt, json!({"receipt": Uuid::nil()}));
    }
    let again = call("file_invoice", json!({"invoice": invoice("INV-000001")})).await;
    assert_eq!(
        again.unwrap_err(),
        "`archive` already has blob `incoming/INV-000001.json`"
    );

    let mut outside = invoice("INV-000004");
    outside["note"] = "outside".into();
    let refused = call("file_invoice", json!({"invoice": outside}))
        .await
        .unwrap_err();
    assert_eq!(
        refused,
        "`file_invoice` may not use `elsewhere.json` of `archive`; it may use `incoming/*`"
    );

    let first = call("list_invoices", json!({})).await.unwrap();
    assert_eq!(
        first["numbers"],
        json!(["incoming/INV-000001.json", "incoming/INV-000002.json"])
    );
    let last = call("list_invoices", json!({"cursor": first["next"]}))
        .await
        .unwrap();
    assert_eq!(last, json!({"numbers": ["incoming/INV-000003.json"]}));

    let found = call("find_invoice", json!({"number": "INV-000001"}))
        .await
        .unwrap();
    assert_eq!(found, invoice("INV-000001"), "the decimal kept its scale");
    let unknown = call("find_invoice", json!({"number": "INV-000002"}))
        .await
        .unwrap_err();
    assert_eq!(unknown, "the index has no such invoice");
    let gone = call("find_invoice", json!({"number": "INV-000009"}))
        .await
        .unwrap_err();
    assert_eq!(gone, "`archive` has no blob `incoming/INV-000009.json`");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn an_emulator_that_is_not_there_is_said_at_once() {
    // Nothing listens on port 1 of this machine.
    let settings = [
        (
            "GRANTC_LOCAL_BLOB_ENDPOINT",
            "http://127.0.0.1:1/devstoreaccount1",
        ),
        ("GRANTC_LOCAL_INVOICE_INDEX_FILES", "folder"),
    ];
    let running = start(Mode::Local, &settings).unwrap();
    let before = std::time::Instant::now();
    let error = running
        .call("list_invoices", json!({}))
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(before.elapsed() < std::time::Duration::from_secs(5));
}
