//! The Cosmos client against a scripted service and, for its stand-in, a folder.

use super::*;
use crate::azure::testing::{Archive, Desk, Service, call};
use crate::plant::Plant;
use crate::settings::{Missing, Settings};
use crate::table;
use serde::Deserialize;
use serde_json::json;

static ORDERS: table::Resource = table::Resource {
    name: "archive",
    connector: "azure.cosmos",
    audience: "",
    fields: &[],
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: String,
    site: String,
    hours: i64,
}

fn order(id: &str, site: &str, hours: i64) -> Order {
    let (id, site) = (id.to_owned(), site.to_owned());
    Order { id, site, hours }
}

async fn service(script: Vec<(&'static str, String)>) -> (Service, Cosmos<Desk, Archive>) {
    let service = Service::answering(script).await;
    let cosmos = service.call(&ORDERS).client().unwrap();
    (service, cosmos)
}

#[tokio::test]
async fn items_are_read_written_and_deleted_by_id_and_partition() {
    let stored = json!({"id": "7", "site": "Köln", "hours": 3, "_etag": "x", "_ts": 1}).to_string();
    let nothing = String::new();
    let (service, cosmos) = service(vec![
        ("200 OK", stored),
        ("201 Created", "{}".to_owned()),
        ("200 OK", "{}".to_owned()),
        ("204 No Content", nothing),
    ])
    .await;
    let seven = order("7", "Köln", 3);
    assert_eq!(cosmos.read::<Order>("Köln", "7").await.unwrap(), seven);
    cosmos.create("Köln", &seven).await.unwrap();
    cosmos.write("Köln", &seven).await.unwrap();
    cosmos.delete("Köln", "a/b").await.unwrap();

    let seen = service.seen();
    let lines: Vec<_> = seen
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.target))
        .collect();
    let docs = "/dbs/ledger/colls/invoices/docs";
    assert_eq!(
        lines,
        [
            format!("GET {docs}/7"),
            format!("POST {docs}"),
            format!("POST {docs}"),
            format!("DELETE {docs}/a%2Fb"),
        ]
    );
    for seen in &seen {
        assert_eq!(
            seen.headers["authorization"],
            "type%3Daad%26ver%3D1.0%26sig%3Dtoken-for-https%3A%2F%2Fservice.example%2F.default"
        );
        assert_eq!(seen.headers["x-ms-version"], "2018-12-31");
        assert_eq!(
            seen.headers["x-ms-documentdb-partitionkey"],
            "[\"K\\u00f6ln\"]"
        );
        assert!(seen.headers["x-ms-date"].ends_with("GMT"));
    }
    assert!(!seen[1].headers.contains_key("x-ms-documentdb-is-upsert"));
    assert_eq!(seen[2].headers["x-ms-documentdb-is-upsert"], "True");
    assert_eq!(seen[1].body, "{\"id\":\"7\",\"site\":\"Köln\",\"hours\":3}");
}

#[tokio::test]
async fn a_query_sends_values_apart_from_its_text() {
    let found =
        json!({"_rid": "x", "Documents": [{"id": "7", "site": "a", "hours": 3}], "_count": 1});
    let more = "200 OK\r\nx-ms-continuation: token-2";
    let (service, cosmos) = service(vec![
        (more, found.to_string()),
        ("200 OK", found.to_string()),
    ])
    .await;
    let query = Query::in_partition("a")
        .equals("status", "o'\"pen")
        .at_least("due/at", 5)
        .order_by_descending("due/at")
        .top(10);
    let page = cosmos.query::<Order>(&query).await.unwrap();
    assert_eq!(
        (page.items.len(), page.next.as_deref(), page.stand_in),
        (1, Some("token-2"), false)
    );
    cosmos
        .query::<Order>(&Query::everywhere().page(page.next))
        .await
        .unwrap();

    let seen = service.seen();
    assert_eq!(
        serde_json::from_str::<Value>(&seen[0].body).unwrap(),
        json!({
            "query": r#"SELECT * FROM c WHERE c["status"] = @p0 AND c["due"]["at"] >= @p1 ORDER BY c["due"]["at"] DESC"#,
            "parameters": [{"name": "@p0", "value": "o'\"pen"}, {"name": "@p1", "value": 5}],
        })
    );
    assert_eq!(seen[0].headers["content-type"], "application/query+json");
    assert_eq!(seen[0].headers["x-ms-documentdb-isquery"], "True");
    assert_eq!(seen[0].headers["x-ms-max-item-count"], "10");
    assert!(
        !seen[0]
            .headers
            .contains_key("x-ms-documentdb-query-enablecrosspartition")
    );
    assert_eq!(
        seen[1].headers["x-ms-documentdb-query-enablecrosspartition"],
        "True"
    );
    assert_eq!(seen[1].headers["x-ms-continuation"], "token-2");
}

#[tokio::test]
async fn failures_are_said_in_the_words_of_the_manifest() {
    let why = || json!({"code": "Some", "message": "x"}).to_string();
    let (_service, cosmos) = service(vec![("409 Conflict", why()), ("404 Not Found", why())]).await;
    let error = cosmos.create("a", &order("7", "a", 1)).await.unwrap_err();
    assert_eq!(error.to_string(), "`archive` already has item `7`");
    let error = cosmos.read::<Order>("a", "8").await.unwrap_err();
    assert_eq!(error.to_string(), "`archive` has no item `8`");
}

fn stand_in(folder: &str) -> Cosmos<Desk, Archive> {
    let settings: Settings = [("GRANTC_LOCAL_ARCHIVE_FILES", folder)]
        .into_iter()
        .collect();
    let (mut missing, mut notes) = (Missing::default(), Vec::new());
    let plant = Plant::of(Site {
        resource: &ORDERS,
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
    call(plant).client().unwrap()
}

#[tokio::test]
async fn items_in_memory_stand_in() {
    let folder = std::env::temp_dir().join(format!("grantc-cosmos-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let items = [order("1", "a", 3), order("2", "a", 1), order("1", "b", 9)];
    std::fs::write(folder.join("orders.json"), json!(items).to_string()).unwrap();
    let cosmos = stand_in(folder.to_str().unwrap());
    assert_eq!(cosmos.read::<Order>("b", "1").await.unwrap(), items[2]);
    let error = cosmos.read::<Order>("b", "2").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = cosmos.create("a", &order("1", "a", 0)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    cosmos.create("a", &order("3", "a", 2)).await.unwrap();
    cosmos.write("a", &order("1", "a", 7)).await.unwrap();
    cosmos.delete("b", "1").await.unwrap();
    assert!(
        cosmos.create("c", &order("4", "a", 2)).await.is_err(),
        "in no such partition"
    );

    let hours = async |query: Query| {
        let page = cosmos.query::<Order>(&query).await.unwrap();
        (
            page.items.iter().map(|one| one.hours).collect::<Vec<_>>(),
            page.next,
        )
    };
    let ordered = Query::in_partition("a").order_by("hours");
    assert_eq!(hours(ordered.clone()).await, (vec![1, 2, 7], None));
    let (first, next) = hours(ordered.clone().top(2)).await;
    assert_eq!(first, [1, 2]);
    assert_eq!(hours(ordered.top(2).page(next)).await, (vec![7], None));
    assert_eq!(
        hours(Query::everywhere().at_least("hours", 2).at_most("hours", 2))
            .await
            .0,
        [2]
    );
    assert_eq!(hours(Query::in_partition("b")).await.0, [0; 0]);
    std::fs::remove_dir_all(folder).unwrap();
}
