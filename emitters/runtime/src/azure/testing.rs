//! For tests: a service on this machine that answers from a script and remembers what it was asked.
//!
//! Clients are made as for Azure, with `https` endpoints and tokens; only the transport sends every
//! request to the scripted service instead.

use super::{Acting, Cloud};
use crate::plant::{Place, Plant, Site};
use crate::settings::{Missing, Settings};
use crate::{Call, Can, Context, Resource, Tool, ToolError, Use, Validate, table, verb};
use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::{AsyncRawResponse, HttpClient, Request, Transport, new_http_client};
use azure_core::time::{Duration, OffsetDateTime};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// A request as the service got it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// The scripted service.
pub(crate) struct Service {
    address: std::net::SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Service {
    /// Answers requests with these, in order: status and extra headers, body.
    pub(crate) async fn answering(script: Vec<(&'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, log) = (Arc::new(Mutex::new(script.into_iter())), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&script), Arc::clone(&log)));
            }
        });
        Self { address, seen }
    }

    /// What it was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// What sends everything to this service.
    pub(crate) fn transport(&self) -> Transport {
        super::transport(); // installs the TLS provider, which every client wants
        let client = new_http_client(None);
        Transport::new(Arc::new(Rewired {
            to: self.address,
            client,
        }))
    }

    /// A call of [`tool`], with resource `archive` connected to this service.
    pub(crate) fn call(&self, resource: &'static table::Resource) -> Call {
        let transport = self.transport();
        let credential: Arc<dyn TokenCredential> = Arc::new(Fixed);
        let acting = BTreeMap::from([("reader", Acting::Own(credential))]);
        let cloud = Cloud {
            transport,
            acting,
            in_azure: true,
        };
        let settings: Settings = [
            (
                "GRANTC_RESOURCE_ARCHIVE_ENDPOINT",
                "https://service.example/",
            ),
            ("GRANTC_RESOURCE_ARCHIVE_CONTAINER", "invoices"),
            ("GRANTC_RESOURCE_ARCHIVE_INDEX", "invoices"),
            ("GRANTC_RESOURCE_ARCHIVE_DATABASE", "ledger"),
            ("GRANTC_RESOURCE_ARCHIVE_QUEUE", "jobs"),
            ("GRANTC_RESOURCE_ARCHIVE_CLIENT_ID", "6f1c0f5e"),
        ]
        .into_iter()
        .collect();
        let mut missing = Missing::default();
        let mut notes = Vec::new();
        let site = Site {
            resource,
            identities: ["reader"].into(),
            place: Place::Azure(&cloud),
            settings: &settings,
            missing: &mut missing,
            notes: &mut notes,
        };
        let plant = Plant::of(site);
        assert!(missing.is_empty(), "{missing}");
        call(plant)
    }
}

/// A call of [`Desk`] by the person at this machine.
pub(crate) fn call(plant: Plant) -> Call {
    Call::new(
        "desk",
        Instant::now() + std::time::Duration::from_millis(2500),
        tokio_util::sync::CancellationToken::new(),
        Arc::new(plant),
        crate::Caller::Local,
    )
}

async fn answer(
    stream: TcpStream,
    script: Arc<Mutex<std::vec::IntoIter<(&'static str, String)>>>,
    log: Arc<Mutex<Vec<Seen>>>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(seen) = read(&mut stream).await {
        log.lock().unwrap().push(seen);
        let next = script.lock().unwrap().next();
        let (head, body) = next.unwrap_or(("400 No More Answers", String::new()));
        let text = format!(
            "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(text.as_bytes()).await.unwrap();
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|n| *n > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen {
        method,
        target,
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}

/// Sends what is meant for `https://…` to an address of this machine.
#[derive(Debug)]
struct Rewired {
    to: std::net::SocketAddr,
    client: Arc<dyn HttpClient>,
}

#[async_trait]
impl HttpClient for Rewired {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        assert_eq!(
            request.url().scheme(),
            "https",
            "tokens travel encrypted only"
        );
        let mut request = request.clone();
        let mut url = request.url().clone();
        url.set_scheme("http").unwrap();
        url.set_ip_host(self.to.ip()).unwrap();
        url.set_port(Some(self.to.port())).unwrap();
        *request.url_mut() = url;
        self.client.execute_request(&request).await
    }
}

/// Gives a token that says what it is for.
#[derive(Debug)]
pub(crate) struct Fixed;

#[async_trait]
impl TokenCredential for Fixed {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let token = format!("token-for-{}", scopes.join("+"));
        Ok(AccessToken::new(
            token,
            OffsetDateTime::now_utc() + Duration::hours(1),
        ))
    }
}

/// A tool that may do everything with `archive`, though only under `a/`.
#[derive(Debug)]
pub(crate) enum Desk {}

#[derive(Debug)]
pub(crate) enum Archive {}

impl Resource for Archive {
    const NAME: &'static str = "archive";
}

#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Nothing {}

impl Validate for Nothing {
    fn shape() -> &'static crate::shape::Shape {
        &crate::shape::Shape::Record(&[])
    }
}

impl Context for () {
    fn new(_: Call) -> Result<Self, ToolError> {
        Ok(())
    }
}

impl Tool for Desk {
    const NAME: &'static str = "desk";
    type Context = ();
    type Input = Nothing;
    type Output = Nothing;
}

macro_rules! can {
    ($($verb:ident)*) => {$(
        impl Can<verb::$verb, Archive> for Desk {
            const USES: &'static [Use] = &[Use { identity: "reader", path: Some("a/*") }];
        }
    )*};
}
can!(read list create write delete query send receive);
