//! Azurite for tests: the one that runs, or one started on a free port of this machine.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

pub(crate) struct Azurite {
    /// Its blob endpoint, with the account.
    pub(crate) endpoint: String,
    /// Killed when dropped.
    _child: Option<Child>,
}

impl Azurite {
    /// `None`, having said so, when there is no Azurite and none is required.
    pub(crate) async fn start() -> Option<Self> {
        if let Ok(endpoint) = std::env::var("GRANTC_LOCAL_BLOB_ENDPOINT") {
            return Some(Self {
                endpoint,
                _child: None,
            });
        }
        let Some(script) = std::env::var_os("GRANTC_AZURITE") else {
            let why = "neither GRANTC_LOCAL_BLOB_ENDPOINT nor GRANTC_AZURITE is set";
            assert!(std::env::var_os("GRANTC_REQUIRE_E2E").is_none(), "{why}");
            eprintln!("skipped: {why}");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new("node")
            .arg(script)
            .args([
                "--silent",
                "--skipApiVersionCheck",
                "--inMemoryPersistence",
                "--disableTelemetry",
            ])
            .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                let endpoint = format!("http://127.0.0.1:{port}/devstoreaccount1");
                return Some(Self {
                    endpoint,
                    _child: Some(child),
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Azurite did not answer within 20 s");
    }
}
