//! Items of one Cosmos DB container, for tools that declare it: read, query, create, write, delete.
//!
//! The data plane of Azure Cosmos DB for NoSQL by REST, version [`API_VERSION`], with Entra tokens.
//! Under `--local` a stand-in holds the items of a folder of JSON files in memory.

mod local;
mod query;
mod rest;
#[cfg(test)]
mod tests;

pub use query::{Items, Query};
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

/// An item, whatever is in it.
type Item = Map<String, Value>;

/// The container behind a resource.
pub(crate) enum Container {
    Rest(rest::Container),
    Local(local::Container),
}

/// Connects a resource of type `azure.cosmos`.
pub(crate) fn connect(site: Site<'_>) -> Option<Arc<Container>> {
    match site.place {
        Place::Azure(cloud) => rest::connect(cloud, site)
            .map(Container::Rest)
            .map(Arc::new),
        Place::Local => {
            let name = site.resource.name;
            let setting = local_files(name);
            let folder = site.missing.need(site.settings, setting, || {
                format!(
                    "folder of JSON files that stands in for `{name}` under --local; yours to set"
                )
            })?;
            site.notes.push(format!(
                "resource `{name}` is a stand-in in memory, begun with the JSON files of {folder}; \
                 no permission is enforced there"
            ));
            Some(Arc::new(Container::Local(local::Container::new(folder))))
        }
    }
}

/// The container that resource `R` is, for one call of tool `T`.
///
/// Every method asks that the manifest declare its verb: `T: Can<verb::read, R>`. An item is known
/// by its `id` and the value of its partition key, a string, number or boolean. All methods give up
/// at the call's deadline; a `Retry-After` of the service is obeyed until then.
pub struct Cosmos<T, R> {
    container: Arc<Container>,
    call: Call,
    of: PhantomData<fn() -> (T, R)>,
}

impl<T: Tool, R: Resource> Client for Cosmos<T, R> {
    fn of(call: &Call) -> Result<Self, ToolError> {
        Ok(Self {
            container: call.connection(R::NAME)?,
            call: call.clone(),
            of: PhantomData,
        })
    }
}

impl<T: Tool, R: Resource> Cosmos<T, R> {
    /// Reads one item.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], and what any request can run into: `Denied`, `Busy`, `Unavailable`,
    /// `Timeout`.
    pub fn read<'a, D>(&'a self, partition: impl Into<Value>, id: &'a str) -> Pending<'a, D>
    where
        T: Can<verb::read, R>,
        D: DeserializeOwned + Send + 'a,
    {
        let doing = self.doing("read", T::USES, format!("item `{id}`"));
        let partition = partition.into();
        Box::pin(async move {
            let item = match &*self.container {
                Container::Rest(container) => {
                    container.read(&self.call, &doing?, &partition, id).await?
                }
                Container::Local(container) => container.read(&partition, id, R::NAME)?,
            };
            fitting(item, R::NAME)
        })
    }

    /// Finds items; those that do not fit `D` are an error.
    ///
    /// # Errors
    /// [`ErrorKind::Failed`] when the service does not understand the query, and what any request
    /// can run into.
    pub fn query<'a, D>(&'a self, query: &'a Query) -> Pending<'a, Items<D>>
    where
        T: Can<verb::query, R>,
        D: DeserializeOwned + Send + 'a,
    {
        let doing = self.doing("query", T::USES, "such items".to_owned());
        Box::pin(async move {
            let found = match &*self.container {
                Container::Rest(container) => container.query(&self.call, &doing?, query).await?,
                Container::Local(container) => container.query(query, R::NAME)?,
            };
            let items = found.items.into_iter().map(|item| fitting(item, R::NAME));
            Ok(Items {
                items: items.collect::<Result<_, _>>()?,
                next: found.next,
                stand_in: found.stand_in,
            })
        })
    }

    /// Adds an item, which must have an `id` and not be there yet.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when there is one with that id in the partition; and what any
    /// request can run into.
    pub fn create<D>(&self, partition: impl Into<Value>, item: &D) -> Pending<'_, ()>
    where
        T: Can<verb::create, R>,
        D: Serialize,
    {
        self.put("create", T::USES, partition.into(), item, false)
    }

    /// Adds an item, or puts it in the place of the one with its `id`.
    ///
    /// # Errors
    /// What any request can run into.
    pub fn write<D>(&self, partition: impl Into<Value>, item: &D) -> Pending<'_, ()>
    where
        T: Can<verb::write, R>,
        D: Serialize,
    {
        self.put("write", T::USES, partition.into(), item, true)
    }

    /// Deletes an item.
    ///
    /// # Errors
    /// As [`Cosmos::read`].
    pub fn delete<'a>(&'a self, partition: impl Into<Value>, id: &'a str) -> Pending<'a, ()>
    where
        T: Can<verb::delete, R>,
    {
        let doing = self.doing("delete", T::USES, format!("item `{id}`"));
        let partition = partition.into();
        Box::pin(async move {
            match &*self.container {
                Container::Rest(container) => {
                    container.delete(&self.call, &doing?, &partition, id).await
                }
                Container::Local(container) => container.delete(&partition, id, R::NAME),
            }
        })
    }

    fn put<D: Serialize>(
        &self,
        verb: &'static str,
        uses: &'static [Use],
        partition: Value,
        item: &D,
        over: bool,
    ) -> Pending<'_, ()> {
        let item = match serde_json::to_value(item) {
            Ok(Value::Object(item)) if item.get("id").is_some_and(Value::is_string) => Ok(item),
            Ok(_) => Err(ToolError::new(
                "an item needs a member `id` with a string in it",
            )),
            Err(error) => Err(ToolError::from(error)),
        };
        let id = item.as_ref().ok().and_then(|item| item.get("id")?.as_str());
        let doing = self.doing(verb, uses, format!("item `{}`", id.unwrap_or_default()));
        Box::pin(async move {
            let (doing, item) = (doing?, item?);
            match &*self.container {
                Container::Rest(container) => {
                    container
                        .put(&self.call, &doing, &partition, &item, over)
                        .await
                }
                Container::Local(container) => container.put(&partition, item, over, R::NAME),
            }
        })
    }

    fn doing(
        &self,
        verb: &'static str,
        uses: &'static [Use],
        thing: String,
    ) -> Result<Doing, ToolError> {
        let identity = uses.first().map(|one| one.identity).ok_or_else(|| {
            let why = format!("no identity may {verb} `{}`", R::NAME);
            ToolError::of(ErrorKind::Internal, why)
        })?;
        Ok(Doing {
            verb,
            resource: R::NAME,
            identity,
            thing,
        })
    }
}

/// Reads an item, without what the service adds (`_etag`, `_ts`, …).
fn fitting<D: DeserializeOwned>(mut item: Item, resource: &str) -> Result<D, ToolError> {
    item.retain(|name, _| !name.starts_with('_'));
    serde_json::from_value(Value::Object(item)).map_err(|error| {
        let why = format!("an item of `{resource}` does not have the expected form");
        ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
    })
}

impl<T, R> Clone for Cosmos<T, R> {
    fn clone(&self) -> Self {
        Self {
            container: Arc::clone(&self.container),
            call: self.call.clone(),
            of: PhantomData,
        }
    }
}

impl<T: Tool, R: Resource> fmt::Debug for Cosmos<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosmos({} for {})", R::NAME, T::NAME)
    }
}
