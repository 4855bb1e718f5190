//! The fixture `plain`: its generated code, and what its tools do.

use grantc_runtime::{Server, ToolError};
use std::time::Duration;

/// The server.
pub(crate) fn server() -> Server {
    generated::server(Plain)
}

#[deny(warnings, clippy::pedantic, missing_docs)]
#[allow(
    clippy::missing_errors_doc,
    clippy::doc_markdown,
    reason = "not promised"
)]
pub(crate) mod generated {
    //! Generated code, included as a user would.
    include!("../fixture/plain/tools.rs");
}

use generated::{Tools, tools, types};

/// Told when a call has begun to sleep.
pub(crate) static ASLEEP: tokio::sync::Notify = tokio::sync::Notify::const_new();

/// What the tools do.
pub(crate) struct Plain;

impl Tools for Plain {
    async fn echo(
        &self,
        _: &tools::echo::Context,
        input: tools::echo::Input,
    ) -> Result<tools::echo::Output, ToolError> {
        // Through JSON and back: what was read is what would be written.
        Ok(serde_json::from_value(serde_json::to_value(input)?)?)
    }

    async fn misbehave(
        &self,
        cx: &tools::misbehave::Context,
        input: tools::misbehave::Input,
    ) -> Result<types::Point, ToolError> {
        match input.how.as_str() {
            "say" => Err(ToolError::new("there is nothing here")),
            "leak" => Err(std::io::Error::other("password=hunter2"))?,
            "panic" => panic!("password=hunter2"),
            "sleep" => {
                ASLEEP.notify_one();
                tokio::time::sleep(Duration::from_secs(3600)).await;
                Err(ToolError::new("unreachable"))
            }
            "invalid" => Ok(types::Point { x: 11, y: None }),
            _ => Ok(types::Point {
                x: 1,
                y: Some(i64::from(cx.call.is_cancelled())),
            }),
        }
    }

    async fn defaults(
        &self,
        _: &tools::defaults::Context,
        input: tools::defaults::Input,
    ) -> Result<tools::defaults::Output, ToolError> {
        Ok(serde_json::from_value(serde_json::to_value(input)?)?)
    }

    async fn plant(
        &self,
        _: &tools::plant::Context,
        input: tools::plant::Input,
    ) -> Result<types::Tree, ToolError> {
        Ok(input.tree)
    }

    async fn pay(
        &self,
        _: &tools::pay::Context,
        input: tools::pay::Input,
    ) -> Result<tools::pay::Output, ToolError> {
        let tools::pay::Input { payment, others } = input;
        if let types::Payment::Card { last4, .. } = &payment
            && last4 == "9999"
        {
            // A result is held against its shape as arguments are.
            let payment = types::Payment::BankTransfer {
                iban: "x".to_owned(),
                parts: None,
                instead: Some(Box::new(payment)),
                limit: types::Payment::default_2_limit(),
                share: None,
                kind: None,
            };
            return Ok(tools::pay::Output { payment, others });
        }
        Ok(tools::pay::Output { payment, others })
    }

    async fn r#type(
        &self,
        _: &tools::r#type::Context,
        _: tools::r#type::Input,
    ) -> Result<tools::r#type::Output, ToolError> {
        Ok(tools::r#type::Output {})
    }
}
