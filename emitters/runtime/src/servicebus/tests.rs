//! The Service Bus client against a scripted service and, for its stand-in, in memory.

use super::*;
use crate::azure::testing::{Archive, Desk, Service, call};
use crate::plant::Plant;
use crate::settings::{Missing, Settings};
use crate::table;
use serde_json::{Value, json};

static JOBS: table::Resource = table::Resource {
    name: "archive",
    connector: "azure.servicebus",
    audience: "",
    fields: &[],
};

#[tokio::test]
async fn messages_are_sent_locked_and_settled() {
    let locked = "201 Created\r\nbrokerproperties: {\"DeliveryCount\":2,\"LockToken\":\"7da9cfd5\",\
                  \"MessageId\":\"m-1\",\"SequenceNumber\":31,\"State\":\"Active\"}";
    let nothing = String::new();
    let service = Service::answering(vec![
        ("201 Created", nothing.clone()),
        (locked, "{\"job\":1}".to_owned()),
        ("200 OK", nothing.clone()),
        ("200 OK", nothing.clone()),
        ("204 No Content", nothing),
    ])
    .await;
    let bus: ServiceBus<Desk, Archive> = service.call(&JOBS).client().unwrap();
    let properties = Properties {
        message_id: Some("m-1".to_owned()),
        ..Properties::default()
    };
    bus.send(&json!({"job": 1}), &properties).await.unwrap();
    let message = bus.receive(Duration::from_secs(1)).await.unwrap().unwrap();
    assert_eq!(message.json::<Value>().unwrap(), json!({"job": 1}));
    assert_eq!((message.delivery_count, message.sequence_number), (2, 31));
    assert_eq!(message.properties, properties);
    bus.complete(&message).await.unwrap();
    bus.abandon(&message).await.unwrap();
    assert_eq!(bus.receive(Duration::from_secs(9)).await.unwrap(), None);

    let seen = service.seen();
    let lines: Vec<_> = seen
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.target))
        .collect();
    assert_eq!(
        lines[..4],
        [
            "POST /jobs/messages",
            "POST /jobs/messages/head?timeout=1",
            "DELETE /jobs/messages/31/7da9cfd5",
            "PUT /jobs/messages/31/7da9cfd5",
        ]
    );
    assert!(
        lines[4].starts_with("POST /jobs/messages/head?timeout="),
        "{lines:?}"
    );
    assert_eq!(
        seen[0].headers["brokerproperties"],
        "{\"MessageId\":\"m-1\"}"
    );
    assert_eq!(seen[0].body, "{\"job\":1}");
    for seen in &seen {
        assert_eq!(
            seen.headers["authorization"],
            "Bearer token-for-https://servicebus.azure.net/.default"
        );
    }
}

#[tokio::test]
async fn a_lock_that_has_expired_is_said_so() {
    let service = Service::answering(vec![("404 Not Found", String::new())]).await;
    let bus: ServiceBus<Desk, Archive> = service.call(&JOBS).client().unwrap();
    let message = Message {
        body: Vec::new(),
        properties: Properties::default(),
        delivery_count: 1,
        sequence_number: 31,
        lock: "gone".to_owned(),
    };
    let error = bus.complete(&message).await.unwrap_err();
    assert_eq!(error.to_string(), "`archive` has no locked message 31");
}

#[tokio::test(start_paused = true)]
async fn a_queue_in_memory_stands_in() {
    let settings = Settings::default();
    let (mut missing, mut notes) = (Missing::default(), Vec::new());
    let plant = Plant::of(Site {
        resource: &JOBS,
        identities: ["reader"].into(),
        place: Place::Local,
        settings: &settings,
        missing: &mut missing,
        notes: &mut notes,
    });
    assert!(notes[0].contains("stand-in"), "{notes:?}");
    let bus: ServiceBus<Desk, Archive> = call(plant).client().unwrap();
    let none = Properties::default();
    let at_once = Duration::ZERO;
    assert_eq!(bus.receive(at_once).await.unwrap(), None);
    bus.send("one", &none).await.unwrap();
    bus.send("two", &none).await.unwrap();
    let first = bus.receive(at_once).await.unwrap().unwrap();
    let second = bus.receive(at_once).await.unwrap().unwrap();
    assert_eq!(bus.receive(at_once).await.unwrap(), None, "both are locked");
    bus.complete(&first).await.unwrap();
    assert!(bus.complete(&first).await.is_err(), "it is gone");
    bus.abandon(&second).await.unwrap();
    let again = bus.receive(at_once).await.unwrap().unwrap();
    assert_eq!(
        (
            again.json::<String>().unwrap().as_str(),
            again.delivery_count
        ),
        ("two", 2)
    );
    tokio::time::advance(Duration::from_secs(61)).await;
    assert!(bus.complete(&again).await.is_err(), "its lock has expired");
    let third = bus.receive(at_once).await.unwrap().unwrap();
    assert_eq!(third.delivery_count, 3);

    // One that comes later is waited for.
    bus.complete(&third).await.unwrap();
    let later = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        bus.send("three", &none).await.unwrap();
    };
    let (waited, ()) = tokio::join!(bus.receive(Duration::from_secs(1)), later);
    assert_eq!(waited.unwrap().unwrap().json::<String>().unwrap(), "three");
}
