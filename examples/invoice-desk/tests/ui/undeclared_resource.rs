//! A tool that only queries the index asks for the archive.

use grantc_runtime::ToolError;
use invoice_desk::tools::search_invoices;

async fn read(cx: &search_invoices::Context) -> Result<Vec<u8>, ToolError> {
    cx.archive.read("incoming/INV-000101.json").await
}

fn main() {
    let _ = read;
}
