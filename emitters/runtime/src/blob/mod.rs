//! Blobs of one container, for tools that declare it: read, list, create, write, delete.

mod name;
mod sas;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use store::connect;
pub use store::{Entry, Page};

use crate::azure::{Doing, in_time};
use crate::{Call, Can, Client, ErrorKind, Resource, Tool, ToolError, Use, verb};
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
    pub async fn read(&self, name: &str) -> Result<Vec<u8>, ToolError>
    where
        T: Can<verb::read, R>,
    {
        self.read_at_most(name, Self::READ_LIMIT).await
    }

    /// Reads a whole blob of at most `most` bytes, and no more than that of a larger one.
    ///
    /// # Errors
    /// As [`Blob::read`].
    pub async fn read_at_most(&self, name: &str, most: u64) -> Result<Vec<u8>, ToolError>
    where
        T: Can<verb::read, R>,
    {
        let doing = self.doing("read", name, T::USES)?;
        self.ready(&doing).await?;
        let client = self.store.blob(doing.identity, name)?;
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

    /// Lists blobs whose names begin with `prefix`, by name: at most `most` (up to 5000) of them,
    /// beginning at `page`, the [`Page::next`] of the page before.
    ///
    /// A page may have fewer entries than asked for and still have a next one.
    ///
    /// # Errors
    /// [`ErrorKind::OutsidePath`], and what any request can run into.
    pub async fn list(&self, prefix: &str, page: Option<&str>, most: u32) -> Result<Page, ToolError>
    where
        T: Can<verb::list, R>,
    {
        let identity = name::pick_prefix(T::USES, prefix, T::NAME, R::NAME)?;
        let thing = format!("blobs under `{}`", name::shown(prefix));
        let doing = Doing {
            verb: "list",
            resource: R::NAME,
            identity,
            thing,
        };
        self.ready(&doing).await?;
        let container = self.store.container(identity)?;
        in_time(
            &self.call,
            &doing,
            store::list(container, prefix, page, most),
        )
        .await
    }

    /// Adds a blob that must not exist, in one request (Put Blob with `If-None-Match: *`).
    ///
    /// When an answer is lost on the way, the request is sent again and finds its own blob: so a
    /// conflict can also mean that this very call created it.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when it exists, [`ErrorKind::OutsidePath`], and what any request can
    /// run into.
    pub async fn create(
        &self,
        name: &str,
        bytes: impl Into<Vec<u8>>,
        content_type: &str,
    ) -> Result<(), ToolError>
    where
        T: Can<verb::create, R>,
    {
        let doing = self.doing("create", name, T::USES)?;
        self.ready(&doing).await?;
        let client = self.store.blob(doing.identity, name)?;
        in_time(
            &self.call,
            &doing,
            store::put(client, bytes.into(), content_type, true),
        )
        .await
    }

    /// Writes a blob, whether it exists or not, in one request.
    ///
    /// # Errors
    /// [`ErrorKind::OutsidePath`], and what any request can run into.
    pub async fn write(
        &self,
        name: &str,
        bytes: impl Into<Vec<u8>>,
        content_type: &str,
    ) -> Result<(), ToolError>
    where
        T: Can<verb::write, R>,
    {
        let doing = self.doing("write", name, T::USES)?;
        self.ready(&doing).await?;
        let client = self.store.blob(doing.identity, name)?;
        in_time(
            &self.call,
            &doing,
            store::put(client, bytes.into(), content_type, false),
        )
        .await
    }

    /// Deletes a blob.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::OutsidePath`], and what any request can run into.
    pub async fn delete(&self, name: &str) -> Result<(), ToolError>
    where
        T: Can<verb::delete, R>,
    {
        let doing = self.doing("delete", name, T::USES)?;
        self.ready(&doing).await?;
        let client = self.store.blob(doing.identity, name)?;
        in_time(&self.call, &doing, store::delete(client)).await
    }

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

    async fn ready(&self, doing: &Doing) -> Result<(), ToolError> {
        in_time(&self.call, doing, self.store.ready()).await
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
