//! The blob client against a scripted service: what it sends, and how it says what went wrong.
//! `tests/azurite.rs` has it against the emulator.

use super::*;
use crate::azure::testing::{Archive, Desk, Service};
use crate::table;

static CONTAINER: table::Resource = table::Resource {
    name: "archive",
    connector: "azure.blob",
    audience: "",
    fields: &[],
};

async fn service(script: Vec<(&'static str, String)>) -> (Service, Blob<Desk, Archive>) {
    let service = Service::answering(script).await;
    let blob = service.call(&CONTAINER).client().unwrap();
    (service, blob)
}

#[tokio::test]
async fn a_name_stays_one_name_and_requests_carry_the_token() {
    let (service, blob) = service(vec![("201 Created", String::new())]).await;
    blob.create("a/b c?#%é.json", "{}", "application/json")
        .await
        .unwrap();
    let [seen] = &service.seen()[..] else {
        panic!()
    };
    assert_eq!((seen.method.as_str(), seen.body.as_str()), ("PUT", "{}"));
    assert_eq!(seen.target, "/invoices/a%2Fb%20c%3F%23%25%C3%A9.json");
    assert_eq!(
        seen.headers["authorization"],
        "Bearer token-for-https://storage.azure.com/.default"
    );
    assert_eq!(seen.headers["if-none-match"], "*");
    assert_eq!(seen.headers["x-ms-blob-type"], "BlockBlob");
    assert_eq!(seen.headers["x-ms-blob-content-type"], "application/json");
}

#[tokio::test]
async fn a_large_blob_is_put_in_one_request_too() {
    let (service, blob) = service(vec![("201 Created", String::new())]).await;
    blob.write("a/large", vec![b'x'; 9 << 20], "text/plain")
        .await
        .unwrap();
    let [seen] = &service.seen()[..] else {
        panic!()
    };
    assert_eq!(seen.body.len(), 9 << 20);
    assert!(!seen.headers.contains_key("if-none-match"));
}

#[tokio::test]
async fn no_more_is_read_than_is_allowed() {
    let part = |head, body: &str| (head, body.to_owned());
    let (service, blob) = service(vec![
        part("206 x\r\ncontent-range: bytes 0-4/5", "12345"),
        part("206 x\r\ncontent-range: bytes 0-5/1000000", "123456"),
    ])
    .await;
    assert_eq!(blob.read_at_most("a/1", 5).await.unwrap(), b"12345");
    let error = blob.read_at_most("a/2", 5).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "blob `a/2` of `archive` has more than 5 bytes"
    );
    let range = |seen: &crate::azure::testing::Seen| {
        seen.headers
            .get("range")
            .or(seen.headers.get("x-ms-range"))
            .cloned()
    };
    let ranges: Vec<_> = service.seen().iter().filter_map(range).collect();
    assert_eq!(ranges, ["bytes=0-5", "bytes=0-5"]);
}

#[tokio::test]
async fn outside_of_the_path_nothing_is_asked() {
    let (service, blob) = service(vec![]).await;
    for name in ["b/1", "a", "../a/1", "a/../b/1"] {
        blob.read(name).await.unwrap_err();
        blob.delete(name).await.unwrap_err();
    }
    let outside = blob.write("b/1", "", "text/plain").await.unwrap_err();
    assert_eq!(outside.kind(), ErrorKind::OutsidePath);
    assert_eq!(
        blob.list("", None, 10).await.unwrap_err().kind(),
        ErrorKind::OutsidePath
    );
    assert!(service.seen().is_empty());
}

#[tokio::test]
async fn failures_are_said_in_the_words_of_the_manifest() {
    for (head, kind, text) in [
        (
            "404 x\r\nx-ms-error-code: BlobNotFound",
            ErrorKind::NotFound,
            "`archive` has no blob `a/1`",
        ),
        (
            "404 x\r\nx-ms-error-code: ContainerNotFound",
            ErrorKind::Unavailable,
            "the container of `archive` does not exist",
        ),
        (
            "403 x\r\nx-ms-error-code: AuthorizationPermissionMismatch",
            ErrorKind::Denied,
            "identity `reader` may not read on `archive` (AuthorizationPermissionMismatch); \
          a role that was just assigned takes some minutes to apply",
        ),
    ] {
        let (_service, blob) = service(vec![(head, String::new())]).await;
        let error = blob.read("a/1").await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
    }
    let exists = ("409 x\r\nx-ms-error-code: BlobAlreadyExists", String::new());
    let (_service, blob) = service(vec![exists]).await;
    let error = blob.create("a/1", "", "text/plain").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Conflict, "`archive` already has blob `a/1`")
    );
}

#[tokio::test]
async fn a_listing_comes_in_pages() {
    let page = |next: &str| {
        (
            "200 OK\r\ncontent-type: application/xml",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs><Blob><Name>a/1.json</Name>\
             <Properties><Last-Modified>Mon, 23 Nov 2026 10:00:00 GMT</Last-Modified>\
             <Content-Length>12</Content-Length><Content-Type>application/json</Content-Type></Properties>\
             </Blob></Blobs><NextMarker>{next}</NextMarker></EnumerationResults>"
            ),
        )
    };
    let (service, blob) = service(vec![page("2!x"), page("")]).await;
    let first = blob.list("a/", None, 9999).await.unwrap();
    let entry = &first.blobs[0];
    assert_eq!((entry.name.as_str(), entry.size), ("a/1.json", 12));
    assert_eq!(entry.content_type.as_deref(), Some("application/json"));
    assert_eq!(
        entry.last_modified.unwrap().to_rfc3339(),
        "2026-11-23T10:00:00+00:00"
    );
    let last = blob.list("a/", first.next.as_deref(), 1).await.unwrap();
    assert_eq!(last.next, None);
    let seen = service.seen();
    assert!(
        seen[0].target.contains("prefix=a%2F") && seen[0].target.contains("maxresults=5000"),
        "{}",
        seen[0].target
    );
    assert!(
        seen[1].target.contains("marker=2%21x"),
        "{}",
        seen[1].target
    );
}
