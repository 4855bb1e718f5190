//! The client of HTTP interfaces against a scripted service and, for its stand-in, a folder.

use super::*;
use crate::azure::testing::{Archive, Desk, Service};
use crate::settings::{Missing, Settings};
use crate::{plant::Plant, table, verb};
use serde_json::json;

// The words of connectors serve as permissions here; generated code has types of its own.
#[derive(Clone, Copy)]
struct Read;
impl Verb for Read {
    const NAME: &'static str = "Orders.Read";
}
impl Can<Read, Archive> for Desk {
    const USES: &'static [Use] = &[Use::any("reader")];
}

static ERP: table::Resource = table::Resource {
    name: "archive",
    connector: "http",
    audience: "api://{client-id}",
    fields: &[],
};

static GRAPH_ITSELF: table::Resource = table::Resource {
    name: "archive",
    connector: "microsoft.graph",
    audience: "https://graph.microsoft.com/",
    fields: &[("endpoint", "https://graph.microsoft.com/")],
};

#[tokio::test]
async fn requests_carry_a_token_for_the_interface() {
    let answers = [
        ("200 OK", "{\"id\":7}"),
        ("204 No Content", ""),
        ("201 Created", "{}"),
    ];
    let answers = answers.map(|(head, body)| (head, body.to_owned()));
    let service = Service::answering(answers.into()).await;
    let api: Api<Desk, Archive> = service.call(&ERP).client().unwrap();
    let got: Value = api.get(Read, "/orders/7?expand=lines").await.unwrap();
    assert_eq!(got, json!({"id": 7}));
    api.delete(Read, "/orders/7").await.unwrap();
    let _: Value = api.post(Read, "/orders", &json!({"id": 8})).await.unwrap();
    let seen = service.seen();
    let lines: Vec<_> = seen
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.target))
        .collect();
    assert_eq!(
        lines,
        [
            "GET /orders/7?expand=lines",
            "DELETE /orders/7",
            "POST /orders"
        ]
    );
    for seen in &seen {
        assert_eq!(
            seen.headers["authorization"],
            "Bearer token-for-api://6f1c0f5e/.default"
        );
    }
    assert_eq!(seen[2].body, "{\"id\":8}");
    assert_eq!(seen[2].headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_path_that_leaves_is_refused_before_any_request() {
    let service = Service::answering(Vec::new()).await;
    let api: Api<Desk, Archive> = service.call(&ERP).client().unwrap();
    for path in ["https://evil.example/", "/../x", "orders"] {
        let error = api.get::<_, Value>(Read, path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutsidePath, "{path}");
    }
    assert!(service.seen().is_empty());
}

#[tokio::test]
async fn graph_has_its_own_audience_and_errors_name_the_permission() {
    let refused = json!({"error": {"code": "Authorization_RequestDenied", "message": "no"}});
    let service = Service::answering(vec![("403 Forbidden", refused.to_string())]).await;
    let api: Api<Desk, Archive> = service.call(&GRAPH_ITSELF).client().unwrap();
    let error = api.get::<_, Value>(Read, "/v1.0/users").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(
        error
            .to_string()
            .contains("may not Orders.Read on `archive`"),
        "{error}"
    );
    let seen = &service.seen()[0];
    assert_eq!(
        seen.headers["authorization"],
        "Bearer token-for-https://graph.microsoft.com/.default"
    );
}

fn stand_in(folder: &str) -> Api<Desk, Archive> {
    let settings: Settings = [("GRANTC_LOCAL_ARCHIVE_FILES", folder)]
        .into_iter()
        .collect();
    let (mut missing, mut notes) = (Missing::default(), Vec::new());
    let plant = Plant::of(Site {
        resource: &ERP,
        identities: ["reader"].into(),
        place: Place::Local,
        settings: &settings,
        missing: &mut missing,
        notes: &mut notes,
    });
    assert!(
        missing.is_empty() && notes[0].contains("stand-in"),
        "{missing} {notes:?}"
    );
    crate::azure::testing::call(plant).client().unwrap()
}

#[tokio::test]
async fn a_folder_stands_in() {
    let folder = std::env::temp_dir().join(format!("grantc-api-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("orders")).unwrap();
    std::fs::write(folder.join("orders/7.json"), "{\"id\":7}").unwrap();
    std::fs::write(folder.join("orders.POST.json"), "{\"id\":8}").unwrap();
    let api = stand_in(folder.to_str().unwrap());
    let got: Value = api.get(Read, "/orders/7?expand=lines").await.unwrap();
    assert_eq!(got, json!({"id": 7}));
    let error = api.get::<_, Value>(Read, "/orders/9").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let posted: Value = api.post(Read, "/orders", &json!({"n": 1})).await.unwrap();
    assert_eq!(posted, json!({"id": 8}));
    api.delete(Read, "/orders/7").await.unwrap();
    let recorded: Vec<_> = api
        .recorded()
        .into_iter()
        .map(|one| (one.method, one.path, one.body))
        .collect();
    assert_eq!(
        recorded,
        [
            (
                "POST".to_owned(),
                "/orders".to_owned(),
                Some(json!({"n": 1}))
            ),
            ("DELETE".to_owned(), "/orders/7".to_owned(), None),
        ]
    );
    for path in [
        "/../orders/7",
        "/orders/%2e%2e/x",
        "/C:/x",
        "/a\\b",
        "orders/7",
    ] {
        let error = api.get::<_, Value>(Read, path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutsidePath, "{path}");
    }
    assert_eq!(
        api.token(Read).await.unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    std::fs::remove_dir_all(folder).unwrap();
    let _ = verb::read::NAME;
}
