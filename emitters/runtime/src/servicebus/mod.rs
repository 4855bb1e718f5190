//! Messages of one Service Bus queue, topic or subscription, for tools that declare it: send and
//! receive.
//!
//! The REST interface of Azure Service Bus, with Entra tokens. Under `--local` a queue in memory.

mod local;
mod rest;
#[cfg(test)]
mod tests;

use crate::azure::Doing;
use crate::plant::{Place, Site};
use crate::{Call, Can, Client, ErrorKind, Pending, Resource, Tool, ToolError, Use, verb};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// The entity behind a resource.
pub(crate) enum Entity {
    Rest(rest::Entity),
    Local(local::Queue),
}

/// Connects a resource of type `azure.servicebus`.
pub(crate) fn connect(site: Site<'_>) -> Option<Arc<Entity>> {
    match site.place {
        Place::Azure(cloud) => rest::connect(cloud, site).map(Entity::Rest).map(Arc::new),
        Place::Local => {
            site.notes.push(format!(
                "resource `{}` is a stand-in: a queue in memory, empty at start; no permission is enforced there",
                site.resource.name
            ));
            Some(Arc::new(Entity::Local(local::Queue::default())))
        }
    }
}

/// What is said of a message beside its body; the service fills in what is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Properties {
    /// Known to the sender; the service can refuse what it has seen before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What it is about, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Ties it to other messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The session it belongs to, where the queue has sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

/// A message that was received and is locked until it is completed, abandoned, or its lock expires.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The body as it was sent.
    pub body: Vec<u8>,
    /// What is said of it.
    pub properties: Properties,
    /// How often it was handed out, this time included.
    pub delivery_count: u64,
    /// The number that the service gave it.
    pub sequence_number: i64,
    lock: String,
}

impl Message {
    /// The body as JSON.
    ///
    /// # Errors
    /// When it is not, or has another form.
    pub fn json<D: DeserializeOwned>(&self) -> Result<D, ToolError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let why = format!(
                "message {} does not have the expected form",
                self.sequence_number
            );
            ToolError::new(why).caused_by(error)
        })
    }
}

/// The queue, topic or subscription that resource `R` is, for one call of tool `T`.
///
/// Every method asks that the manifest declare its verb: `T: Can<verb::send, R>`. All give up at the
/// call's deadline.
pub struct ServiceBus<T, R> {
    entity: Arc<Entity>,
    call: Call,
    of: PhantomData<fn() -> (T, R)>,
}

impl<T: Tool, R: Resource> Client for ServiceBus<T, R> {
    fn of(call: &Call) -> Result<Self, ToolError> {
        Ok(Self {
            entity: call.connection(R::NAME)?,
            call: call.clone(),
            of: PhantomData,
        })
    }
}

impl<T: Tool, R: Resource> ServiceBus<T, R> {
    /// Sends a value as JSON. A request that failed may have been carried out and is tried again: give
    /// a [`Properties::message_id`] where the receiver must not see it twice.
    ///
    /// # Errors
    /// What any request can run into: `Denied`, `Busy`, `Unavailable`, `Timeout`.
    pub fn send<'a, D>(&'a self, value: &D, properties: &'a Properties) -> Pending<'a, ()>
    where
        T: Can<verb::send, R>,
        D: Serialize + ?Sized,
    {
        let doing = doing::<R>("send", T::USES, "a message".to_owned());
        let body = serde_json::to_vec(value);
        Box::pin(async move {
            let (doing, body) = (doing?, body?);
            match &*self.entity {
                Entity::Rest(entity) => entity.send(&self.call, &doing, body, properties).await,
                Entity::Local(queue) => {
                    queue.send(body, properties);
                    Ok(())
                }
            }
        })
    }

    /// Takes the next message and locks it; waits up to `wait` (at most a minute) for one.
    ///
    /// # Errors
    /// What any request can run into.
    pub fn receive(&self, wait: Duration) -> Pending<'_, Option<Message>>
    where
        T: Can<verb::receive, R>,
    {
        let doing = doing::<R>("receive", T::USES, "a message".to_owned());
        Box::pin(async move {
            match &*self.entity {
                Entity::Rest(entity) => entity.receive(&self.call, &doing?, wait).await,
                Entity::Local(queue) => Ok(queue.receive(wait).await),
            }
        })
    }

    /// Removes a message that was received.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when its lock has expired, and what any request can run into.
    pub fn complete<'a>(&'a self, message: &'a Message) -> Pending<'a, ()>
    where
        T: Can<verb::receive, R>,
    {
        let doing = locked::<R>(T::USES, message);
        Box::pin(async move {
            match &*self.entity {
                Entity::Rest(entity) => entity.complete(&self.call, &doing?, message).await,
                Entity::Local(queue) => queue.complete(message, R::NAME),
            }
        })
    }

    /// Gives a message back, for another to receive.
    ///
    /// # Errors
    /// As [`ServiceBus::complete`].
    pub fn abandon<'a>(&'a self, message: &'a Message) -> Pending<'a, ()>
    where
        T: Can<verb::receive, R>,
    {
        let doing = locked::<R>(T::USES, message);
        Box::pin(async move {
            match &*self.entity {
                Entity::Rest(entity) => entity.abandon(&self.call, &doing?, message).await,
                Entity::Local(queue) => queue.abandon(message, R::NAME),
            }
        })
    }
}

fn locked<R: Resource>(uses: &'static [Use], message: &Message) -> Result<Doing, ToolError> {
    let thing = format!("locked message {}", message.sequence_number);
    doing::<R>("receive", uses, thing)
}

fn doing<R: Resource>(
    verb: &'static str,
    uses: &'static [Use],
    thing: String,
) -> Result<Doing, ToolError> {
    let identity = uses.first().map(|one| one.identity).ok_or_else(|| {
        let why = format!("no identity may {verb} on `{}`", R::NAME);
        ToolError::of(ErrorKind::Internal, why)
    })?;
    Ok(Doing {
        verb,
        resource: R::NAME,
        identity,
        thing,
    })
}

impl<T, R> Clone for ServiceBus<T, R> {
    fn clone(&self) -> Self {
        Self {
            entity: Arc::clone(&self.entity),
            call: self.call.clone(),
            of: PhantomData,
        }
    }
}

impl<T: Tool, R: Resource> fmt::Debug for ServiceBus<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceBus({} for {})", R::NAME, T::NAME)
    }
}
