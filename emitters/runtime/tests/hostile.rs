//! Generated code of a manifest that tries to break out of it: it compiles without a warning, and
//! what it says is what the manifest says.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use grantc_runtime::{Mode, Settings, ToolError, Uuid};
use serde_json::{Value, json};

#[deny(warnings, clippy::all, clippy::pedantic, missing_docs)]
mod hostile {
    //! Generated code, included as a user would.
    include!("fixture/hostile/tools.rs");
}

use hostile::{Tools, server, tools, types};

struct Quiet;

impl Tools for Quiet {
    async fn str(
        &self,
        _: &tools::str::Context,
        input: tools::str::Input,
    ) -> Result<tools::str::Output, ToolError> {
        let out = types::Vec {
            some: None,
            r#box: None,
        };
        let shape = types::Validate {
            r#fn: None,
            fn2: None,
        };
        Ok(tools::str::Output {
            ok: input.r#async.bool,
            out,
            shape,
        })
    }

    async fn r#match(
        &self,
        _: &tools::r#match::Context,
        _: tools::r#match::Input,
    ) -> Result<types::String, ToolError> {
        Err(ToolError::new("no"))
    }

    async fn u32(
        &self,
        _: &tools::u32::Context,
        _: tools::u32::Input,
    ) -> Result<tools::u32::Output, ToolError> {
        Ok(tools::u32::Output { call: Uuid::nil() })
    }

    async fn d(
        &self,
        _: &tools::d::Context,
        input: tools::d::Input,
    ) -> Result<tools::d::Output, ToolError> {
        Ok(tools::d::Output {
            d: input.ok.then_some(input.d),
        })
    }

    async fn self_(
        &self,
        _: &tools::self_::Context,
        input: tools::self_::Input,
    ) -> Result<types::Some, ToolError> {
        Ok(input.input)
    }
}

#[tokio::test]
async fn names_and_texts_arrive_as_they_were_written() {
    let server = server(Quiet);
    let table = server.table();
    assert_eq!(table.title, Some("*/ \"#\"##\" \u{202E}evil\u{2066} {} \\"));
    let definition: Value = serde_json::from_str(table.tools[0].definition).unwrap();
    assert_eq!(definition["title"], "x\u{2069}");
    assert!(table.tools.iter().all(|tool| {
        !tool
            .definition
            .contains(['\u{2069}', '\u{202E}', '\u{200B}'])
    }));

    let running = server.start(Mode::Azure, &Settings::default()).unwrap();
    let number = json!({"Input": {"x": -9_007_199_254_740_991_i64}});
    let same = running.call("self", number.clone()).await.unwrap().unwrap();
    assert_eq!(same.value, number["Input"]);
    let arguments = json!({
        "type": "\"#\\", "crate": {"value": "v", "self": "null"}, "super": [[{"a": {"str": "x", "String": {"value": "v"}, "vec": [{}]}}]],
        "async": {"i64": 1},
    });
    let answer = running.call("str", arguments).await.unwrap().unwrap();
    assert_eq!(answer.value, json!({"Ok": false, "out": {}, "shape": {}}));
}
