//! Tools that reach Graph, a custom API, Cosmos DB and Service Bus, all stand-ins on this machine.
#![cfg(all(
    feature = "graph",
    feature = "http",
    feature = "cosmos",
    feature = "servicebus",
    feature = "token"
))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_runtime::cosmos::Query;
use grantc_runtime::servicebus::Properties;
use grantc_runtime::{ErrorKind, Mode, Settings, ToolError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[deny(warnings, clippy::pedantic, missing_docs)]
#[allow(
    clippy::missing_errors_doc,
    clippy::doc_markdown,
    reason = "not promised"
)]
mod generated {
    //! Generated code, included as a user would.
    include!("fixture/reach/tools.rs");
}

use generated::{Tools, permission, server, tools};

struct Reach;

#[derive(Serialize, Deserialize)]
struct Job {
    id: String,
    site: String,
    order: Option<String>,
}

impl Tools for Reach {
    async fn find_job(
        &self,
        cx: &tools::find_job::Context,
        input: tools::find_job::Input,
    ) -> Result<tools::find_job::Output, ToolError> {
        let job: Job = cx.jobs.read(input.site.as_str(), &input.id).await?;
        let query = Query::in_partition(input.site.as_str());
        let others = cx.jobs.query::<Job>(&query).await?.items.len();
        let order = match &job.order {
            Some(order) => {
                let path = format!("/orders/{order}");
                let order: Value = cx.erp.get(permission::Orders_Read, &path).await?;
                order
                    .get("title")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            }
            None => None,
        };
        // A stand-in has no tokens; a database would be reached with one.
        let refused = cx.ledger.token(permission::SELECT).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        Ok(tools::find_job::Output {
            id: job.id,
            site: job.site,
            order,
            others: i64::try_from(others)?,
        })
    }

    async fn plan_job(
        &self,
        cx: &tools::plan_job::Context,
        input: tools::plan_job::Input,
    ) -> Result<tools::plan_job::Output, ToolError> {
        let mail: Value = cx
            .directory
            .get(permission::Mail_Read, "/v1.0/me/messages/1")
            .await?;
        let subject = mail
            .get("subject")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let order = json!({ "title": subject });
        let order: Value = cx
            .erp
            .post(permission::Orders_Write, "/orders", &order)
            .await?;
        let order = order.get("id").and_then(Value::as_str).unwrap_or_default();
        let job = Job {
            id: input.id,
            site: input.site.clone(),
            order: Some(order.to_owned()),
        };
        cx.jobs.create(input.site, &job).await?;
        cx.planned.send(&job, &Properties::default()).await?;
        assert_eq!(cx.erp.recorded().len(), 1);
        Ok(tools::plan_job::Output {
            subject: subject.to_owned(),
            order: order.to_owned(),
        })
    }
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("grantc-reach-{}", std::process::id()));
    let file = |path: &str, value: &Value| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, value.to_string()).unwrap();
    };
    file(
        "jobs/all.json",
        &json!([{"id": "1", "site": "a", "order": "o-1"}, {"id": "2", "site": "b"}]),
    );
    file(
        "erp/orders/o-1.json",
        &json!({"id": "o-1", "title": "Mend the roof"}),
    );
    file("erp/orders.POST.json", &json!({"id": "o-2"}));
    file(
        "directory/v1.0/me/messages/1.json",
        &json!({"subject": "The door sticks"}),
    );
    std::fs::create_dir_all(folder.join("ledger")).unwrap();
    folder
}

fn settings(folder: &Path) -> Settings {
    ["jobs", "erp", "directory", "ledger"]
        .map(|name| {
            let setting = format!("GRANTC_LOCAL_{}_FILES", name.to_uppercase());
            (setting, folder.join(name).display().to_string())
        })
        .into_iter()
        .collect()
}

#[tokio::test]
async fn every_client_works_on_its_stand_in() {
    let folder = folder();
    let running = server(Reach)
        .start(Mode::Local, &settings(&folder))
        .unwrap();
    let notes = running.notes().join("\n");
    for name in ["jobs", "erp", "directory", "ledger", "planned"] {
        assert!(
            notes.contains(&format!("`{name}` is a stand-in")),
            "{name}: {notes}"
        );
    }
    let call = async |tool: &str, id: &str| {
        let answer = running.call(tool, json!({"id": id, "site": "a"})).await;
        answer.unwrap().map(|reply| reply.value)
    };
    let found = call("find_job", "1").await.unwrap();
    assert_eq!(
        found,
        json!({"id": "1", "site": "a", "order": "Mend the roof", "others": 1})
    );
    let error = call("find_job", "2").await.unwrap_err();
    assert_eq!(error.to_string(), "`jobs` has no item `2`");
    let planned = call("plan_job", "3").await.unwrap();
    assert_eq!(
        planned,
        json!({"subject": "The door sticks", "order": "o-2"})
    );
    let error = call("plan_job", "3").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_a_stand_in_needs_is_named() {
    let error = server(Reach)
        .start(Mode::Local, &Settings::default())
        .unwrap_err();
    let text = error.to_string();
    for name in ["JOBS", "ERP", "DIRECTORY", "LEDGER"] {
        assert!(
            text.contains(&format!("GRANTC_LOCAL_{name}_FILES")),
            "{text}"
        );
    }
}

#[test]
fn what_azure_needs_is_named() {
    let settings: Settings = [("IDENTITY_ENDPOINT", "http://localhost/")]
        .into_iter()
        .collect();
    let text = server(Reach)
        .start(Mode::Azure, &settings)
        .unwrap_err()
        .to_string();
    for name in [
        "GRANTC_IDENTITY_WORKER_CLIENT_ID",
        "GRANTC_AUTH_CLIENT_ID",
        "GRANTC_TENANT_ID",
        "GRANTC_HOST_CLIENT_ID",
        "GRANTC_RESOURCE_ERP_ENDPOINT",
        "GRANTC_RESOURCE_ERP_CLIENT_ID",
        "GRANTC_RESOURCE_JOBS_DATABASE",
        "GRANTC_RESOURCE_PLANNED_QUEUE",
    ] {
        assert!(text.contains(name), "{name}: {text}");
    }
}

#[test]
fn the_table_says_what_callers_need() {
    let table = server(Reach).table();
    let wants: Vec<_> = table
        .tools
        .iter()
        .map(|tool| (tool.name, tool.requires, tool.delegated))
        .collect();
    assert_eq!(
        wants,
        [
            ("find_job", &["Jobs.Read"] as &[_], false),
            ("plan_job", &["Jobs.Read", "Jobs.Plan"], true),
        ]
    );
}
