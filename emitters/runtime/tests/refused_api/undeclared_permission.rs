//! `find_job` reads orders; it does not write them.

include!("../fixture/reach/tools.rs");

async fn overreach(cx: &tools::find_job::Context) -> Result<(), grantc_runtime::ToolError> {
    cx.erp.delete(permission::Orders_Write, "/orders/7").await
}

fn main() {}
