//! `find_invoice` reads the archive; it does not write to it.

include!("../fixture/invoice-desk/tools.rs");

async fn overreach(cx: &tools::find_invoice::Context) -> Result<(), grantc_runtime::ToolError> {
    let bytes = cx.archive.read("INV-000001.json").await?;
    cx.archive.write("INV-000001.json", bytes, "application/json").await
}

fn main() {}
