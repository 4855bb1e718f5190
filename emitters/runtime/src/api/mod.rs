//! HTTP interfaces: Microsoft Graph, custom APIs, and services that have no client of their own yet.
//!
//! One client, [`Api`], under three names: `graph::Graph`, `http::Http` and `token::Token`. A
//! permission of such an interface is a word of the manifest (`Mail.Read`), for which generated code
//! has a type (`permission::Mail_Read`). Each request says under which permission it is made; one
//! that the tool does not declare does not compile:
//!
//! ```ignore
//! let me: Profile = cx.directory.get(permission::User_Read, "/v1.0/me").await?;
//! ```
//!
//! Tokens are for this interface alone; so a path must stay within it, and other addresses are
//! refused. Under `--local` a folder of JSON files answers.

mod local;
mod path;
#[cfg(test)]
mod tests;

pub use local::Recorded;

use crate::azure::{Answer, Doing, Rest};
use crate::plant::{Place, Site};
use crate::settings::local_files;
use crate::{Call, Can, Client, ErrorKind, Pending, Resource, Tool, ToolError, Use, Verb};
use azure_core::http::headers::{ACCEPT, CONTENT_TYPE};
use azure_core::http::{Method, Request, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Graph has one address in the public cloud.
const GRAPH: &str = "https://graph.microsoft.com/";

/// The interface behind a resource.
pub(crate) enum Interface {
    Rest { base: Url, rest: Rest },
    Local(local::Folder),
}

/// Connects a resource that is reached by plain HTTP.
pub(crate) fn connect(site: Site<'_>) -> Option<Arc<Interface>> {
    let name = site.resource.name;
    match site.place {
        Place::Local => {
            let setting = local_files(name);
            let folder = site.missing.need(site.settings, setting, || {
                format!(
                    "folder of JSON files that answers for `{name}` under --local; yours to set"
                )
            })?;
            site.notes.push(format!(
                "resource `{name}` is a stand-in: files of {folder} answer, what is sent is only remembered; \
                 no permission is enforced there"
            ));
            Some(Arc::new(Interface::Local(local::Folder::new(folder))))
        }
        Place::Azure(cloud) => {
            let graph = site.resource.connector == "microsoft.graph";
            let known = crate::azure::literal(site.resource, "endpoint").is_some()
                || site
                    .settings
                    .get(&crate::settings::resource_field(name, "endpoint"))
                    .is_some();
            let base = if graph && !known {
                Url::parse(GRAPH).ok()
            } else {
                cloud.endpoint(site.resource, site.settings, site.missing)
            };
            let scope = cloud.scope(site.resource, site.settings, site.missing);
            let (base, scope) = (base?, scope?);
            let rest = Rest::new(cloud, &site, scope)?;
            Some(Arc::new(Interface::Rest { base, rest }))
        }
    }
}

/// The interface that resource `R` is, for one call of tool `T`.
///
/// Every method asks that the manifest declare the permission it is given: `T: Can<P, R>`. A path
/// begins with `/` and is added to the resource's address; it may have a query. A whole address is
/// taken where it lies within the resource, as links to a next page do. All methods give up at the
/// call's deadline; a `Retry-After` of the service is obeyed until then.
pub struct Api<T, R> {
    interface: Arc<Interface>,
    call: Call,
    of: PhantomData<fn() -> (T, R)>,
}

impl<T: Tool, R: Resource> Client for Api<T, R> {
    fn of(call: &Call) -> Result<Self, ToolError> {
        Ok(Self {
            interface: call.connection(R::NAME)?,
            call: call.clone(),
            of: PhantomData,
        })
    }
}

impl<T: Tool, R: Resource> Api<T, R> {
    /// Gets what is at a path. An answer without content reads as `null`: `()` or `None`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::OutsidePath`] for a path that leaves the resource, and
    /// what any request can run into: `Denied`, `Busy`, `Unavailable`, `Timeout`.
    pub fn get<'a, P, O>(&'a self, _: P, path: &'a str) -> Pending<'a, O>
    where
        P: Verb,
        T: Can<P, R>,
        O: DeserializeOwned + Send + 'a,
    {
        self.send(Method::Get, P::NAME, <T as Can<P, R>>::USES, path, Ok(None))
    }

    /// Posts a value to a path, and reads the answer as [`Api::get`] does.
    ///
    /// # Errors
    /// As [`Api::get`]; [`ErrorKind::Conflict`] where the service says so.
    pub fn post<'a, P, I, O>(&'a self, _: P, path: &'a str, value: &I) -> Pending<'a, O>
    where
        P: Verb,
        T: Can<P, R>,
        I: Serialize + ?Sized,
        O: DeserializeOwned + Send + 'a,
    {
        let body = serde_json::to_value(value).map(Some);
        self.send(Method::Post, P::NAME, <T as Can<P, R>>::USES, path, body)
    }

    /// Puts a value at a path.
    ///
    /// # Errors
    /// As [`Api::post`].
    pub fn put<'a, P, I, O>(&'a self, _: P, path: &'a str, value: &I) -> Pending<'a, O>
    where
        P: Verb,
        T: Can<P, R>,
        I: Serialize + ?Sized,
        O: DeserializeOwned + Send + 'a,
    {
        let body = serde_json::to_value(value).map(Some);
        self.send(Method::Put, P::NAME, <T as Can<P, R>>::USES, path, body)
    }

    /// Changes some members of what is at a path.
    ///
    /// # Errors
    /// As [`Api::post`].
    pub fn patch<'a, P, I, O>(&'a self, _: P, path: &'a str, value: &I) -> Pending<'a, O>
    where
        P: Verb,
        T: Can<P, R>,
        I: Serialize + ?Sized,
        O: DeserializeOwned + Send + 'a,
    {
        let body = serde_json::to_value(value).map(Some);
        self.send(Method::Patch, P::NAME, <T as Can<P, R>>::USES, path, body)
    }

    /// Deletes what is at a path.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn delete<'a, P>(&'a self, _: P, path: &'a str) -> Pending<'a, ()>
    where
        P: Verb,
        T: Can<P, R>,
    {
        self.send(
            Method::Delete,
            P::NAME,
            <T as Can<P, R>>::USES,
            path,
            Ok(None),
        )
    }

    /// A token for the resource, for a client of your own. Keep it to yourself.
    ///
    /// # Errors
    /// What asking for a token can run into; [`ErrorKind::Unavailable`] under `--local`, where
    /// there are none.
    pub fn token<P>(&self, _: P) -> Pending<'_, String>
    where
        P: Verb,
        T: Can<P, R>,
    {
        let doing = doing::<R>(P::NAME, <T as Can<P, R>>::USES, "");
        Box::pin(async move {
            match &*self.interface {
                Interface::Rest { rest, .. } => rest.token(&self.call, &doing?).await,
                Interface::Local(_) => {
                    let why = format!("`{}` is a stand-in, for which there are no tokens", R::NAME);
                    Err(ToolError::of(ErrorKind::Unavailable, why))
                }
            }
        })
    }

    /// The address of the resource; nothing under `--local`.
    pub fn endpoint(&self) -> Option<&str> {
        match &*self.interface {
            Interface::Rest { base, .. } => Some(base.as_str()),
            Interface::Local(_) => None,
        }
    }

    /// What a stand-in was sent, for tests; nothing in Azure.
    pub fn recorded(&self) -> Vec<Recorded> {
        match &*self.interface {
            Interface::Rest { .. } => Vec::new(),
            Interface::Local(folder) => folder.recorded(),
        }
    }

    fn send<'a, O>(
        &'a self,
        method: Method,
        permission: &'static str,
        uses: &'static [Use],
        path: &'a str,
        body: serde_json::Result<Option<Value>>,
    ) -> Pending<'a, O>
    where
        O: DeserializeOwned + Send + 'a,
    {
        Box::pin(async move {
            let doing = doing::<R>(permission, uses, path)?;
            let body = body?;
            let answer = match &*self.interface {
                Interface::Local(folder) => folder.answer(method, path, body, R::NAME)?,
                Interface::Rest { base, rest } => {
                    let url = path::within(base, path, R::NAME)?;
                    let mut request = Request::new(url, method);
                    request.insert_header(ACCEPT, "application/json");
                    if let Some(body) = body {
                        request.insert_header(CONTENT_TYPE, "application/json");
                        request.set_body(body.to_string());
                    }
                    content(&rest.send(&self.call, &doing, request).await?, &doing)?
                }
            };
            serde_json::from_value(answer).map_err(|error| {
                let why = format!(
                    "what `{}` answered does not have the expected form",
                    R::NAME
                );
                ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
            })
        })
    }
}

fn content(answer: &Answer, doing: &Doing) -> Result<Value, ToolError> {
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    answer.read(doing)
}

fn doing<R: Resource>(
    permission: &'static str,
    uses: &'static [Use],
    path: &str,
) -> Result<Doing, ToolError> {
    let identity = uses.first().map(|one| one.identity).ok_or_else(|| {
        let why = format!("no identity holds `{permission}` on `{}`", R::NAME);
        ToolError::of(ErrorKind::Internal, why)
    })?;
    let path = path.split('?').next().unwrap_or_default();
    Ok(Doing {
        verb: permission,
        resource: R::NAME,
        identity,
        thing: format!("`{path}`"),
    })
}

impl<T, R> Clone for Api<T, R> {
    fn clone(&self) -> Self {
        Self {
            interface: Arc::clone(&self.interface),
            call: self.call.clone(),
            of: PhantomData,
        }
    }
}

impl<T: Tool, R: Resource> fmt::Debug for Api<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Api({} for {})", R::NAME, T::NAME)
    }
}
