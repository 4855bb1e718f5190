//! `plan_job` sends to the queue; it does not receive from it.

include!("../fixture/reach/tools.rs");

async fn overreach(cx: &tools::plan_job::Context) -> Result<(), grantc_runtime::ToolError> {
    cx.planned.receive(std::time::Duration::ZERO).await.map(drop)
}

fn main() {}
