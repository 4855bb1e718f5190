//! `find_invoice` queries the index; it deletes nothing from it.

include!("../fixture/invoice-desk/tools.rs");

async fn overreach(cx: &tools::find_invoice::Context) -> Result<(), grantc_runtime::ToolError> {
    cx.invoice_index.delete("number", &["INV-000001"]).await
}

fn main() {}
