//! What generated code says about tools: their types, and what each may do to which resource.
//!
//! Generated code declares one lower-case type per tool (`tool::find_invoice`) and per resource
//! (`resource::archive`), and implements [`Can`] for every pair and verb of the manifest. Clients
//! such as `Blob<tool::find_invoice, resource::archive>` ask for that implementation, method by
//! method; so a method that the manifest does not declare does not compile.

use crate::{Call, ToolError, Validate};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::pin::Pin;

/// A tool of the manifest; generated code implements it for a type named as the tool.
pub trait Tool: Send + Sync + 'static {
    /// The name in the manifest and on the wire.
    const NAME: &'static str;
    /// What the tool is handed: its clients and the call.
    type Context: Context;
    /// What it takes.
    type Input: Validate + DeserializeOwned + Send;
    /// What it gives back.
    type Output: Validate + Serialize + Send;
}

/// The context of a tool; generated code makes one for each call.
pub trait Context: Sized + Send + Sync + 'static {
    /// Makes the clients of one call.
    ///
    /// # Errors
    /// When a client was not made ready at start; [`crate::Server::start`] prevents it.
    fn new(call: Call) -> Result<Self, ToolError>;
}

/// A resource of the manifest; generated code implements it for a type named as the resource.
pub trait Resource: Send + Sync + 'static {
    /// The name in the manifest.
    const NAME: &'static str;
}

/// A verb of a connector; see [`verb`].
pub trait Verb: Send + Sync + 'static {
    /// The word of the manifest.
    const NAME: &'static str;
}

/// The tool declares verb `V` on resource `On`.
///
/// Only generated code implements this: the manifest is where a tool gets more.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare `{V}` on `{On}`",
    label = "the manifest does not let `{Self}` do this",
    note = "to allow it, write `uses \"{On}\" \"{V}\"` in the tool's manifest; its identity must hold a role for it"
)]
pub trait Can<V: Verb, On: Resource>: Tool {
    /// Under which identities, and for which names; never empty.
    const USES: &'static [Use];
}

/// One `uses` of the manifest: an identity, and the names it is narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The identity that acts.
    pub identity: &'static str,
    /// A literal prefix and an optional final `*`; `None` allows every name.
    pub path: Option<&'static str>,
}

impl Use {
    /// A use of every name.
    pub const fn any(identity: &'static str) -> Self {
        Self {
            identity,
            path: None,
        }
    }

    /// A use of the names that a path covers.
    pub const fn under(identity: &'static str, path: &'static str) -> Self {
        Self {
            identity,
            path: Some(path),
        }
    }

    /// Whether the use is for `name`.
    ///
    /// ```
    /// let narrowed = grantc_runtime::Use::under("filer", "incoming/*");
    /// assert!(narrowed.covers("incoming/7.json"));
    /// assert!(!narrowed.covers("archive/7.json"));
    /// ```
    pub fn covers(&self, name: &str) -> bool {
        match self.path {
            None => true,
            Some(path) => match path.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => name == path,
            },
        }
    }
}

/// What a method of a client gives: to be awaited.
///
/// It is boxed so that a method that is not declared is one error of the compiler, not one more for
/// each use of its future.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ToolError>> + Send + 'a>>;

/// A client of one resource, made for one call.
pub trait Client: Sized {
    /// The client for this call.
    ///
    /// # Errors
    /// When its resource was not made ready at start.
    fn of(call: &Call) -> Result<Self, ToolError>;
}

/// The verbs of the connectors, as types.
///
/// They are named as in the manifest, so that an error of the compiler speaks its language.
#[expect(
    non_camel_case_types,
    reason = "compiler errors print the manifest's own words"
)]
pub mod verb {
    macro_rules! verbs {
        ($($name:ident $word:literal: $doc:literal;)*) => {$(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}
            impl super::Verb for $name {
                const NAME: &'static str = $word;
            }
        )*};
    }
    verbs! {
        read "read": "Get one thing by name.";
        list "list": "See the names of what is there.";
        create "create": "Add what was not there before.";
        write "write": "Add or overwrite.";
        delete "delete": "Remove.";
        query "query": "Search or select.";
        send "send": "Send a message.";
        receive "receive": "Take a message.";
    }
}
