//! Documents of one search index, for tools that declare it: query, write, delete.
//!
//! The data plane of Azure AI Search by REST, stable version [`API_VERSION`] (from the list "Search
//! REST API versions" of Microsoft's reference), with tokens for `https://search.azure.com`. Under
//! `--local` a stand-in searches the JSON files of a folder.

mod filter;
mod local;
mod parse;
mod query;
mod rest;
#[cfg(test)]
mod tests;

pub use query::{Hit, Hits, Query, quote};
pub use rest::API_VERSION;

use crate::azure::Doing;
use crate::plant::{Place, Site};
use crate::settings::local_files;
use crate::{Call, Can, Client, ErrorKind, Pending, Resource, Tool, ToolError, Use, verb};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// The index behind a resource.
pub(crate) enum Index {
    Rest(rest::Index),
    Local(local::Index),
}

/// Connects a resource of type `azure.search`.
pub(crate) fn connect(site: Site<'_>) -> Option<Arc<Index>> {
    match site.place {
        Place::Azure(cloud) => rest::connect(cloud, site).map(Index::Rest).map(Arc::new),
        Place::Local => {
            let name = local_files(site.resource.name);
            let folder = site.missing.need(site.settings, name, || {
                format!(
                    "folder of JSON files that stands in for `{}` under --local; yours to set",
                    site.resource.name
                )
            })?;
            site.notes.push(format!(
                "resource `{}` is a stand-in that searches the JSON files of {folder}; no permission is enforced there",
                site.resource.name
            ));
            Some(Arc::new(Index::Local(local::Index::new(folder))))
        }
    }
}

/// The index that resource `R` is, for one call of tool `T`.
///
/// Every method asks that the manifest declare its verb: `T: Can<verb::query, R>`. All give up at
/// the call's deadline; a `Retry-After` of the service is obeyed until then.
pub struct Search<T, R> {
    index: Arc<Index>,
    call: Call,
    of: PhantomData<fn() -> (T, R)>,
}

impl<T: Tool, R: Resource> Client for Search<T, R> {
    fn of(call: &Call) -> Result<Self, ToolError> {
        Ok(Self {
            index: call.connection(R::NAME)?,
            call: call.clone(),
            of: PhantomData,
        })
    }
}

impl<T: Tool, R: Resource> Search<T, R> {
    /// Finds documents; those that do not fit `D` are an error.
    ///
    /// # Errors
    /// [`ErrorKind::Failed`] when the service does not understand the query, and what any request
    /// can run into: `Denied`, `Busy`, `Unavailable`, `Timeout`.
    pub fn query<'a, D>(&'a self, query: &'a Query) -> Pending<'a, Hits<D>>
    where
        T: Can<verb::query, R>,
        D: DeserializeOwned + Send + 'a,
    {
        let doing = self.doing("query", T::USES);
        Box::pin(async move {
            let found = match &*self.index {
                Index::Rest(index) => index.query(&self.call, &doing?, query).await?,
                Index::Local(index) => index.query(query)?,
            };
            found.read().map_err(|error| {
                let why = format!(
                    "a document of `{}` does not have the expected form",
                    R::NAME
                );
                ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
            })
        })
    }

    /// Adds documents, or merges them into those with the same value of the index's `key` field; at
    /// most 1000 at once.
    ///
    /// # Errors
    /// [`ErrorKind::Failed`] when the service refuses a document, others being written all the
    /// same; and what any request can run into.
    pub fn write<'a, D>(&'a self, key: &'a str, documents: &[D]) -> Pending<'a, ()>
    where
        T: Can<verb::write, R>,
        D: Serialize,
    {
        let doing = self.doing("write", T::USES);
        let document = |document: &D| match serde_json::to_value(document)? {
            Value::Object(members) if members.contains_key(key) => Ok(members),
            _ => Err(ToolError::new(format!(
                "a document to write has no member `{key}`"
            ))),
        };
        let documents = documents.iter().map(document).collect();
        Box::pin(self.change(doing, "mergeOrUpload", key, documents))
    }

    /// Deletes the documents with these values of the index's `key` field; at most 1000 at once.
    /// Deleting what is not there succeeds.
    ///
    /// # Errors
    /// As [`Search::write`].
    pub fn delete<'a>(&'a self, key: &'a str, values: &[&str]) -> Pending<'a, ()>
    where
        T: Can<verb::delete, R>,
    {
        let doing = self.doing("delete", T::USES);
        let document = |value: &&str| Map::from_iter([(key.to_owned(), Value::from(*value))]);
        let documents = Ok(values.iter().map(document).collect());
        Box::pin(self.change(doing, "delete", key, documents))
    }

    async fn change(
        &self,
        doing: Result<Doing, ToolError>,
        action: &'static str,
        key: &str,
        documents: Result<Vec<Map<String, Value>>, ToolError>,
    ) -> Result<(), ToolError> {
        let (doing, documents) = (doing?, documents?);
        if documents.len() > 1000 {
            let why = format!(
                "{} documents are too many at once; at most 1000",
                documents.len()
            );
            return Err(ToolError::of(ErrorKind::TooLarge, why));
        }
        match &*self.index {
            Index::Rest(index) => index.change(&self.call, &doing, action, documents).await,
            Index::Local(index) => index.change(action == "delete", key, documents),
        }
    }

    fn doing(&self, verb: &'static str, uses: &'static [Use]) -> Result<Doing, ToolError> {
        let identity = uses.first().map(|one| one.identity).ok_or_else(|| {
            ToolError::of(
                ErrorKind::Internal,
                format!("no identity may {verb} `{}`", R::NAME),
            )
        })?;
        Ok(Doing {
            verb,
            resource: R::NAME,
            identity,
            thing: "such index".to_owned(),
        })
    }
}

impl<T, R> Clone for Search<T, R> {
    fn clone(&self) -> Self {
        Self {
            index: Arc::clone(&self.index),
            call: self.call.clone(),
            of: PhantomData,
        }
    }
}

impl<T: Tool, R: Resource> fmt::Debug for Search<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Search({} for {})", R::NAME, T::NAME)
    }
}
