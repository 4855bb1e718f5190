//! A tool that only reads the archive asks to overwrite it.

use grantc_runtime::ToolError;
use invoice_desk::tools::find_invoice;

async fn overwrite(cx: &find_invoice::Context) -> Result<(), ToolError> {
    cx.archive.read("incoming/INV-000101.json").await?; // declared: compiles
    cx.archive.write("incoming/INV-000101.json", "{}", "application/json").await
}

fn main() {
    let _ = overwrite;
}
