//! The search client against a scripted service and, for its stand-in, a folder.

use super::*;
use crate::azure::testing::{Archive, Desk, Service};
use crate::table;
use serde::Deserialize;
use serde_json::json;

static INDEX: table::Resource = table::Resource {
    name: "archive",
    connector: "azure.search",
    audience: "",
    fields: &[],
};

#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Invoice {
    number: String,
    total: f64,
}

async fn service(script: Vec<(&'static str, String)>) -> (Service, Search<Desk, Archive>) {
    let service = Service::answering(script).await;
    let search = service.call(&INDEX).client().unwrap();
    (service, search)
}

fn found() -> String {
    json!({
        "@odata.context": "x", "@odata.count": 7,
        "value": [{"@search.score": 1.5, "number": "INV-1", "total": 2.5}],
    })
    .to_string()
}

#[tokio::test]
async fn a_query_is_one_post_with_version_and_token() {
    let (service, search) = service(vec![("200 OK", found())]).await;
    let query = Query::text("paper")
        .filter("total ge 1")
        .top(5)
        .skip(2)
        .select("number,total");
    let query = query.order_by("total desc").counted();
    let hits = search.query::<Invoice>(&query).await.unwrap();
    assert_eq!(
        (hits.count, hits.stand_in, hits.hits[0].score),
        (Some(7), false, 1.5)
    );
    assert_eq!(
        hits.into_documents(),
        [Invoice {
            number: "INV-1".into(),
            total: 2.5
        }]
    );

    let [seen] = &service.seen()[..] else {
        panic!()
    };
    assert_eq!(seen.method, "POST");
    assert_eq!(
        seen.target,
        "/indexes/invoices/docs/search?api-version=2025-09-01"
    );
    assert_eq!(
        seen.headers["authorization"],
        "Bearer token-for-https://search.azure.com/.default"
    );
    assert_eq!(seen.headers["content-type"], "application/json");
    assert_eq!(
        serde_json::from_str::<Value>(&seen.body).unwrap(),
        json!({"search": "paper", "filter": "total ge 1", "top": 5, "skip": 2,
               "select": "number,total", "orderby": "total desc", "count": true})
    );
}

#[tokio::test]
async fn a_busy_service_is_asked_again_when_it_says() {
    let busy = |head| (head, "{}".to_owned());
    let (service, search) = service(vec![
        busy("503 Busy\r\nretry-after-ms: 10"),
        busy("429 Slow Down\r\nretry-after: 1"),
        ("200 OK", found()),
    ])
    .await;
    let before = std::time::Instant::now();
    assert_eq!(
        search
            .query::<Invoice>(&Query::all())
            .await
            .unwrap()
            .hits
            .len(),
        1
    );
    assert_eq!(service.seen().len(), 3);
    assert!(
        before.elapsed() >= std::time::Duration::from_secs(1),
        "`Retry-After` was obeyed"
    );
}

#[tokio::test]
async fn failures_are_said_in_the_words_of_the_manifest() {
    for (head, kind, text) in [
        (
            "403 Forbidden",
            ErrorKind::Denied,
            "identity `reader` may not query on `archive` (Forbidden); a role that was just assigned takes some minutes to apply",
        ),
        (
            "404 Not Found",
            ErrorKind::NotFound,
            "`archive` has no such index",
        ),
        (
            "400 Bad Request",
            ErrorKind::Failed,
            "`archive` refused to query such index (InvalidRequest)",
        ),
    ] {
        let code = if head.starts_with("400") {
            "InvalidRequest"
        } else {
            "Forbidden"
        };
        let body = json!({"error": {"code": code, "message": "secret detail"}}).to_string();
        let (_service, search) = service(vec![(head, body)]).await;
        let error = search.query::<Invoice>(&Query::all()).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
    }
    let (_service, search) = service(vec![("200 OK", "<html>".to_owned())]).await;
    let error = search.query::<Invoice>(&Query::all()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_service_that_never_answers_is_given_up_at_the_deadline() {
    let busy = || ("503 Busy\r\nretry-after: 3600", String::new());
    let (_service, search) = service(vec![busy(), busy()]).await;
    let error = search.query::<Invoice>(&Query::all()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.to_string(), "`archive` did not answer in time");
}

#[tokio::test]
async fn changes_name_their_action_and_a_refused_document() {
    let one = |key: &str, status| json!({"key": key, "status": status, "statusCode": 422, "errorMessage": "x"});
    let done = json!({"value": [one("1", true)]}).to_string();
    let half = json!({"value": [one("1", true), one("2", false)]}).to_string();
    let (service, search) = service(vec![("200 OK", done), ("207 Multi-Status", half)]).await;
    search
        .write(
            "number",
            &[Invoice {
                number: "1".into(),
                total: 1.0,
            }],
        )
        .await
        .unwrap();
    let error = search.delete("number", &["1", "2"]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`archive` refused to delete 1 of 2 documents, the first being `2` (status 422)"
    );
    let seen = service.seen();
    assert_eq!(
        seen[0].target,
        "/indexes/invoices/docs/index?api-version=2025-09-01"
    );
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(
        body,
        json!({"value": [{"number": "1", "total": 1.0, "@search.action": "mergeOrUpload"}]})
    );
    assert!(seen[1].body.contains(r#""@search.action":"delete""#));
}

#[test]
fn the_stand_in_really_searches() {
    let folder = std::env::temp_dir().join(format!("grantc-search-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let file =
        |name: &str, value: Value| std::fs::write(folder.join(name), value.to_string()).unwrap();
    file(
        "a.json",
        json!({"number": "1", "supplier": "Paper & Co", "total": "9.50"}),
    );
    file(
        "b.json",
        json!([{"number": "2", "supplier": "Ink Ltd", "total": "100"},
                          {"number": "3", "supplier": "Ink and Paper", "total": "10"}]),
    );
    std::fs::write(folder.join("notes.txt"), "not a document").unwrap();
    let index = local::Index::new(&folder);
    let numbers = |query: &Query| {
        let hits = index.query(query).unwrap();
        assert!(hits.stand_in);
        let number =
            |hit: &Hit<Map<String, Value>>| hit.document["number"].as_str().unwrap().to_owned();
        hits.hits.iter().map(number).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(numbers(&Query::all()), "1 2 3");
    assert_eq!(
        numbers(&Query::text("PAPER ink")),
        "3 1 2",
        "the best first"
    );
    assert_eq!(numbers(&Query::text("glue")), "");
    assert_eq!(
        numbers(&Query::all().filter("total gt 9.5").order_by("total")),
        "3 2"
    );
    assert_eq!(
        numbers(&Query::all().order_by("total desc").top(1).skip(1)),
        "3"
    );
    let page = index
        .query(&Query::all().top(1).counted().select("number"))
        .unwrap();
    assert_eq!((page.count, page.hits[0].document.len()), (Some(3), 1));
    let error = index.query(&Query::all().filter("typo eq 1")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no document of the stand-in has a field `typo`"
    );

    let document = |value: Value| match value {
        Value::Object(members) => vec![members],
        _ => unreachable!(),
    };
    index
        .change(
            false,
            "number",
            document(json!({"number": "2", "total": "1"})),
        )
        .unwrap();
    index
        .change(true, "number", document(json!({"number": "1"})))
        .unwrap();
    assert_eq!(
        numbers(&Query::text("ink").order_by("total")),
        "2 3",
        "merged, so still of Ink Ltd"
    );
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(
        index.query(&Query::all()).unwrap_err().kind(),
        ErrorKind::Unavailable
    );
}
