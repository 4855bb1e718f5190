//! Callers by access token: a server over HTTP, and an issuer on this machine whose keys are made
//! for each test.
#![cfg(feature = "jwt")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "support/plain.rs"]
mod plain;
#[path = "support/http.rs"]
mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING as ES256, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use support::Served;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// An issuer: publishes keys, and counts how often it was asked for them.
struct Issuer {
    url: String,
    keys: Arc<Mutex<Value>>,
    asked: Arc<Mutex<u32>>,
}

impl Issuer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://127.0.0.1:{}/tenant",
            listener.local_addr().unwrap().port()
        );
        let keys = Arc::new(Mutex::new(json!({"keys": []})));
        let asked = Arc::new(Mutex::new(0));
        let (issuer, published, count) = (url.clone(), Arc::clone(&keys), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap();
                let head = String::from_utf8_lossy(&head[..read]).into_owned();
                let (status, body) = if head.contains("/tenant/.well-known/openid-configuration") {
                    let keys = format!("{issuer}/keys");
                    ("200 OK", json!({"issuer": issuer, "jwks_uri": keys}))
                } else if head.contains("/tenant/keys") {
                    *count.lock().unwrap() += 1;
                    ("200 OK", published.lock().unwrap().clone())
                } else {
                    ("404 Not Found", json!({}))
                };
                let body = body.to_string();
                let text = format!(
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(text.as_bytes()).await.unwrap();
            }
        });
        Self { url, keys, asked }
    }

    fn publish(&self, keys: &[&Key]) {
        let mut keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
        // Beside them one of a kind that nobody knows.
        keys.insert(0, json!({"kty": "future", "kid": "odd"}));
        *self.keys.lock().unwrap() = json!({ "keys": keys });
    }

    async fn serve(&self, wants: &'static [(&'static [&'static str], bool)]) -> Served {
        let settings = [
            ("GRANTC_AUTH", "jwt"),
            ("GRANTC_AUTH_ISSUER", self.url.as_str()),
            ("GRANTC_AUTH_AUDIENCE", "desk, api://desk"),
            ("GRANTC_AUTH_SCOPE_PREFIX", "api://desk/"),
            ("GRANTC_PUBLIC_URL", "https://desk.example/"),
        ];
        Served::start(&settings, wants).await
    }

    fn claims(&self) -> Value {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        json!({"iss": self.url, "aud": "desk", "exp": now + 600, "nbf": now - 5,
               "oid": "o-1", "tid": "t-1", "scp": "Invoices.Read"})
    }
}

/// A key to sign with.
struct Key {
    kid: &'static str,
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Key {
    fn new(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let bytes = EcdsaKeyPair::generate_pkcs8(&ES256, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ES256, bytes.as_ref(), &random).unwrap();
        Self { kid, pair, random }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid,
               "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..])})
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_as(
            &json!({"alg": "ES256", "typ": "JWT", "kid": self.kid}),
            claims,
        )
    }

    fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&self.random, text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64.encode(signature.as_ref()))
    }
}

async fn list(served: &Served, token: &str) -> support::Answer {
    let line = format!("authorization: Bearer {token}");
    served.stateless(&[&line], "tools/list", json!({})).await
}

#[tokio::test]
async fn lists_and_calls_follow_the_token() {
    let (issuer, key) = (Issuer::start().await, Key::new("k1"));
    issuer.publish(&[&key]);
    let served = issuer
        .serve(&[
            (&["Invoices.Read"], false),
            (&["Invoices.Read", "Invoices.File"], false),
            (&["Invoices.Read"], true),
        ])
        .await;
    let user = key.sign(&issuer.claims());
    let listed = list(&served, &user).await;
    assert_eq!(listed.tools(), ["echo", "type", "defaults", "plant", "pay"]);
    assert_eq!(listed.json()["result"]["cacheScope"], "private");
    let mut claims = issuer.claims();
    claims["scp"] = Value::Null;
    claims["roles"] = json!(["Invoices.Read", "Invoices.File"]);
    let agent = key.sign(&claims);
    assert_eq!(
        list(&served, &agent).await.tools(),
        ["echo", "misbehave", "defaults", "plant", "pay"]
    );
    claims["scp"] = "Other".into();
    let other = key.sign(&claims);
    let listed = list(&served, &other).await;
    assert_eq!(
        listed.tools(),
        ["defaults", "plant", "pay"],
        "roles of a user count for nothing"
    );

    let call = async |token: &str, tool: &str| {
        let line = format!("authorization: Bearer {token}");
        let params = json!({"name": tool, "arguments": {"text": "abc"}});
        served.stateless(&[&line], "tools/call", params).await
    };
    let answer = call(&user, "echo").await;
    assert_eq!(answer.json()["result"]["structuredContent"]["text"], "abc");
    let answer = call(&user, "misbehave").await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer resource_metadata=\"https://desk.example/.well-known/oauth-protected-resource/mcp\", \
         error=\"insufficient_scope\", \
         error_description=\"`misbehave` requires: Invoices.Read Invoices.File\", \
         scope=\"api://desk/Invoices.Read api://desk/Invoices.File\""
    );
    let answer = call(&agent, "type").await;
    assert_eq!(answer.status, 403);
    assert!(
        answer.body.contains("acts for a signed-in user"),
        "{answer:?}"
    );
    served.stop().await;
}

#[tokio::test]
async fn tokens_that_are_not_right_are_refused_and_told_why() {
    let (issuer, key, stranger) = (Issuer::start().await, Key::new("k1"), Key::new("k1"));
    issuer.publish(&[&key]);
    let served = issuer.serve(&[(&["Invoices.Read"], false)]).await;
    let with = |name: &str, value: Value| {
        let mut claims = issuer.claims();
        claims[name] = value;
        key.sign(&claims)
    };
    let without = |name: &str| {
        let mut claims = issuer.claims();
        claims.as_object_mut().unwrap().remove(name);
        key.sign(&claims)
    };
    let unsigned = {
        let token = key.sign_as(&json!({"alg": "none", "kid": "k1"}), &issuer.claims());
        format!("{}.", token.rsplit_once('.').unwrap().0)
    };
    let good = key.sign(&issuer.claims());
    let tampered = {
        let mut claims = issuer.claims();
        claims["scp"] = "Everything".into();
        let parts: Vec<_> = good.split('.').collect();
        format!(
            "{}.{}.{}",
            parts[0],
            BASE64.encode(claims.to_string()),
            parts[2]
        )
    };
    let hmac = key.sign_as(&json!({"alg": "HS256", "kid": "k1"}), &issuer.claims());
    for (token, why) in [
        (with("exp", 1_000.into()), "the token has expired"),
        (
            with("nbf", 9_999_999_999_u64.into()),
            "the token is not valid yet",
        ),
        (
            with("aud", "other".into()),
            "the token is for another audience",
        ),
        (
            with("iss", "https://other.example".into()),
            "the token is of another issuer",
        ),
        (without("exp"), "the token lacks a claim"),
        (without("aud"), "the token lacks a claim"),
        (without("iss"), "the token lacks a claim"),
        (
            stranger.sign(&issuer.claims()),
            "the signature of the token is wrong",
        ),
        (tampered, "the signature of the token is wrong"),
        (unsigned, "the token is not a JSON Web Token"),
        (hmac, "the token is signed in a way that is not accepted"),
        ("abc".to_owned(), "the token is not a JSON Web Token"),
    ] {
        let answer = list(&served, &token).await;
        assert_eq!(answer.status, 401, "{why}");
        let challenge = answer.header("www-authenticate");
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert!(challenge.contains(why), "{why}: {challenge}");
    }
    let answer = served.stateless(&[], "tools/list", json!({})).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer resource_metadata=\"https://desk.example/.well-known/oauth-protected-resource/mcp\", \
         scope=\"api://desk/Invoices.Read\""
    );
    assert_eq!(list(&served, &good).await.status, 200);
    served.stop().await;
}

#[tokio::test]
async fn new_keys_are_fetched_but_not_for_every_stranger() {
    let (issuer, old, new) = (Issuer::start().await, Key::new("k1"), Key::new("k2"));
    issuer.publish(&[&old]);
    let served = issuer.serve(&[]).await;
    for _ in 0..3 {
        assert_eq!(list(&served, &old.sign(&issuer.claims())).await.status, 200);
    }
    assert_eq!(*issuer.asked.lock().unwrap(), 1, "keys are kept");
    let stranger = Key::new("k9").sign(&issuer.claims());
    for _ in 0..5 {
        assert_eq!(list(&served, &stranger).await.status, 401);
    }
    assert_eq!(
        *issuer.asked.lock().unwrap(),
        1,
        "the issuer is left alone for a while"
    );
    served.stop().await;

    // A server that starts after the issuer has changed its keys, and one of them is named by none.
    issuer.publish(&[&new]);
    let served = issuer.serve(&[]).await;
    let nameless = new.sign_as(&json!({"alg": "ES256"}), &issuer.claims());
    assert_eq!(list(&served, &nameless).await.status, 200);
    assert_eq!(list(&served, &old.sign(&issuer.claims())).await.status, 401);
    served.stop().await;
}

#[tokio::test]
async fn where_to_get_tokens_is_published() {
    let issuer = Issuer::start().await;
    let served = issuer
        .serve(&[(&["Invoices.Read"], false), (&["Invoices.File"], false)])
        .await;
    for place in ["", "/mcp"] {
        let line = format!("GET /.well-known/oauth-protected-resource{place} HTTP/1.1");
        let answer = served.send(&line, &[], "").await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.json(),
            json!({
                "resource": "https://desk.example/mcp",
                "authorization_servers": [issuer.url],
                "bearer_methods_supported": ["header"],
                "resource_name": "Plain",
                "scopes_supported": ["api://desk/Invoices.Read"],
            })
        );
    }
    served.stop().await;
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_no_reason_to_let_anyone_in() {
    let issuer = Issuer::start().await;
    let key = Key::new("k1");
    let mut claims = issuer.claims();
    let gone = "http://127.0.0.1:9/tenant"; // nothing listens there
    claims["iss"] = gone.into();
    let settings = [
        ("GRANTC_AUTH", "jwt"),
        ("GRANTC_AUTH_ISSUER", gone),
        ("GRANTC_AUTH_AUDIENCE", "desk"),
    ];
    let served = Served::start(&settings, &[]).await;
    let answer = list(&served, &key.sign(&claims)).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "30"));
    served.stop().await;
}
