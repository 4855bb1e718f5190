//! Blobs of one container, for tools that declare it: read, list, create, write, delete.

mod name;
mod sas;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use store::connect;
pub use store::{Entry, Page};

use crate::azure::{Doing, in_time};
use crate::{Call, Can, Client, ErrorKind, Pending, Resource, Tool, ToolError, Use, verb};
use azure_storage_blob::BlobClient;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use store::Store;

/// The container that resource `R` is, for one call of tool `T`.
///
/// Every method asks that the manifest declare its verb: `T: Can<verb::read, R>`. Where a use is
/// narrowed by `path`, other names are refused here, before any request. All methods give up at the
/// call's deadline; those that only failed to reach the service are tried again until then.
pub struct Blob<T, R> {
    store: Arc<Store>,
    call: Call,
    of: PhantomData<fn() -> (T, R)>,
}

impl<T: Tool, R: Resource> Client for Blob<T, R> {
    fn of(call: &Call) -> Result<Self, ToolError> {
        Ok(Self {
            store: call.connection(R::NAME)?,
            call: call.clone(),
            of: PhantomData,
        })
    }
}

impl<T: Tool, R: Resource> Blob<T, R> {
    /// Most bytes that [`Blob::read`] reads: 64 MiB.
    pub const READ_LIMIT: u64 = 64 << 20;

    /// Reads a whole blob of at most [`Blob::READ_LIMIT`] bytes.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::TooLarge`], [`ErrorKind::OutsidePath`], and what any
    /// request can run into: `Denied`, `Busy`, `Unavailable`, `Timeout`.
    pub fn read<'a>(&'a self, name: &'a str) -> Pending<'a, Vec<u8>>
    where
        T: Can<verb::read, R>,
    {
        self.read_at_most(name, Self::READ_LIMIT)
    }

    /// Reads a whole blob of at most `most` bytes, and no more than that of a larger one.
    ///
    /// # Errors
    /// As [`Blob::read`].
    pub fn read_at_most<'a>(&'a self, name: &'a str, most: u64) -> Pending<'a, Vec<u8>>
    where
        T: Can<verb::read, R>,
    {
        let doing = self.doing("read", name, T::USES);
        Box::pin(self.get(doing, name, most))
    }

    /// Lists blobs whose names begin with `prefix`, by name: at most `most` (up to 5000) of them,
    /// beginning at `page`, the [`Page::next`] of the page before.
    ///
    /// A page may have fewer entries than asked for and still have a next one.
    ///
    /// # Errors
    /// [`ErrorKind::OutsidePath`], and what any request can run into.
    pub fn list<'a>(
        &'a self,
        prefix: &'a str,
        page: Option<&'a str>,
        most: u32,
    ) -> Pending<'a, Page>
    where
        T: Can<verb::list, R>,
    {
        let identity = name::pick_prefix(T::USES, prefix, T::NAME, R::NAME);
        Box::pin(async move {
            let thing = format!("blobs under `{}`", name::shown(prefix));
            let doing = Doing {
                verb: "list",
                resource: R::NAME,
                identity: identity?,
                thing,
            };
            in_time(&self.call, &doing, self.store.ready()).await?;
            let container = self.store.container(doing.identity)?;
            in_time(
                &self.call,
                &doing,
                store::list(container, prefix, page, most),
            )
            .await
        })
    }

    /// Adds a blob that must not exist, in one request (Put Blob with `If-None-Match: *`).
    ///
    /// When an answer is lost on the way, the request is sent again and finds its own blob: so a
    /// conflict can also mean that this very call created it.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when it exists, [`ErrorKind::OutsidePath`], and what any request can
    /// run into.
    pub fn create<'a>(
        &'a self,
        name: &'a str,
        bytes: impl Into<Vec<u8>>,
        content_type: &'a str,
    ) -> Pending<'a, ()>
    where
        T: Can<verb::create, R>,
    {
        let doing = self.doing("create", name, T::USES);
        Box::pin(self.put(doing, name, bytes.into(), content_type))
    }

    /// Writes a blob, whether it exists or not, in one request.
    ///
    /// # Errors
    /// [`ErrorKind::OutsidePath`], and what any request can run into.
    pub fn write<'a>(
        &'a self,
        name: &'a str,
        bytes: impl Into<Vec<u8>>,
        content_type: &'a str,
    ) -> Pending<'a, ()>
    where
        T: Can<verb::write, R>,
    {
        let doing = self.doing("write", name, T::USES);
        Box::pin(self.put(doing, name, bytes.into(), content_type))
    }

    /// Deletes a blob.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::OutsidePath`], and what any request can run into.
    pub fn delete<'a>(&'a self, name: &'a str) -> Pending<'a, ()>
    where
        T: Can<verb::delete, R>,
    {
        let doing = self.doing("delete", name, T::USES);
        Box::pin(async move {
            let doing = doing?;
            let client = self.client(&doing, name).await?;
            in_time(&self.call, &doing, store::delete(client)).await
        })
    }

    async fn get(
        &self,
        doing: Result<Doing, ToolError>,
        name: &str,
        most: u64,
    ) -> Result<Vec<u8>, ToolError> {
        let doing = doing?;
        let client = self.client(&doing, name).await?;
        let read = in_time(&self.call, &doing, store::read(client, most)).await?;
        read.ok_or_else(|| {
            let why = format!(
                "{} of `{}` has more than {most} bytes",
                doing.thing,
                R::NAME
            );
            ToolError::of(ErrorKind::TooLarge, why)
        })
    }

    async fn put(
        &self,
        doing: Result<Doing, ToolError>,
        name: &str,
        bytes: Vec<u8>,
        content_type: &str,
    ) -> Result<(), ToolError> {
        let doing = doing?;
        let client = self.client(&doing, name).await?;
        let new = doing.verb == "create";
        in_time(
            &self.call,
            &doing,
            store::put(client, bytes, content_type, new),
        )
        .await
    }

    /// What is about to be done, if the tool may do it to this name.
    fn doing(
        &self,
        verb: &'static str,
        name: &str,
        uses: &'static [Use],
    ) -> Result<Doing, ToolError> {
        let identity = name::pick(uses, name, T::NAME, R::NAME)?;
        let thing = format!("blob `{}`", name::shown(name));
        Ok(Doing {
            verb,
            resource: R::NAME,
            identity,
            thing,
        })
    }

    /// The client of one blob, in a container that is there.
    async fn client(&self, doing: &Doing, name: &str) -> Result<BlobClient, ToolError> {
        in_time(&self.call, doing, self.store.ready()).await?;
        self.store.blob(doing.identity, name)
    }
}

impl<T, R> Clone for Blob<T, R> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            call: self.call.clone(),
            of: PhantomData,
        }
    }
}

impl<T: Tool, R: Resource> fmt::Debug for Blob<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} for {})", R::NAME, T::NAME)
    }
}
