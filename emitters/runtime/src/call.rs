//! One call of one tool, as the tool and its clients see it.

use crate::plant::Plant;
use crate::{Caller, Client, ToolError, table};
use std::any::Any;
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// One call of a tool: how long it may take, under which id the log has it.
///
/// Cheap to clone. Cancelling drops the tool's future at its next `.await`; only work that does not
/// await, such as a thread of its own, has to ask [`Call::is_cancelled`].
#[derive(Clone, Debug)]
pub struct Call {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    tool: &'static str,
    correlation: Uuid,
    deadline: Instant,
    cancel: CancellationToken,
    plant: Arc<Plant>,
    caller: Caller,
}

impl Call {
    pub(crate) fn new(
        tool: &'static str,
        deadline: Instant,
        cancel: CancellationToken,
        plant: Arc<Plant>,
        caller: Caller,
    ) -> Self {
        let correlation = Uuid::new_v4();
        Self {
            inner: Arc::new(Inner {
                tool,
                correlation,
                deadline,
                cancel,
                plant,
                caller,
            }),
        }
    }

    /// The tool that is called.
    pub fn tool(&self) -> &'static str {
        self.inner.tool
    }

    /// Who makes the call.
    pub fn caller(&self) -> &Caller {
        &self.inner.caller
    }

    /// The id under which the audit and the log have this call.
    pub fn correlation_id(&self) -> Uuid {
        self.inner.correlation
    }

    /// When the tool's `timeout` is over; clients give up then.
    pub fn deadline(&self) -> Instant {
        self.inner.deadline
    }

    /// Whether the client has cancelled the call or its time is over.
    pub fn is_cancelled(&self) -> bool {
        self.inner.cancel.is_cancelled() || Instant::now() >= self.inner.deadline
    }

    /// A client of a resource, for this call; generated contexts use it.
    ///
    /// # Errors
    /// When the resource was not made ready at start.
    pub fn client<C: Client>(&self) -> Result<C, ToolError> {
        C::of(self)
    }

    /// Those of a tool's resources that are stand-ins on this machine.
    pub(crate) fn stand_ins(&self, tool: &table::Tool) -> Vec<&'static str> {
        let used = |name: &&&str| tool.uses.iter().any(|uses| uses.resource == **name);
        self.inner
            .plant
            .stand_ins
            .iter()
            .filter(used)
            .copied()
            .collect()
    }

    /// The connection to a resource, made once at start; for authors of clients.
    ///
    /// # Errors
    /// When there is none, or one of another type.
    pub fn connection<C: Any + Send + Sync>(
        &self,
        resource: &'static str,
    ) -> Result<Arc<C>, ToolError> {
        self.inner.plant.connection(resource)
    }
}
