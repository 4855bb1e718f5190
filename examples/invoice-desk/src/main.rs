//! The server as a program: `invoice-desk --stdio`, with `--local` against stand-ins.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    grantc_runtime::run(invoice_desk::server(invoice_desk::Desk)).await
}
