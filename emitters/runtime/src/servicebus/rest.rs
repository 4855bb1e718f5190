//! The entity in Azure, by REST: <https://learn.microsoft.com/rest/api/servicebus/>.

use super::{Message, Properties};
use crate::azure::{Answer, Cloud, Doing, Rest, join};
use crate::plant::Site;
use crate::settings::resource_field;
use crate::{Call, ErrorKind, ToolError};
use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use serde::Deserialize;
use std::time::Duration;

/// What tokens are for.
const SCOPE: &str = "https://servicebus.azure.net/.default";

/// What is said of a message, in JSON.
const PROPERTIES: HeaderName = HeaderName::from_static("brokerproperties");

/// One queue, topic or subscription.
pub(crate) struct Entity {
    /// Where messages are sent: the queue or the topic.
    sending: Url,
    /// Where they are received: the queue or the subscription.
    receiving: Option<Url>,
    rest: Rest,
}

pub(super) fn connect(cloud: &Cloud, site: Site<'_>) -> Option<Entity> {
    let endpoint = cloud.endpoint(site.resource, site.settings, site.missing);
    let known = |field: &str| {
        let setting = site
            .settings
            .get(&resource_field(site.resource.name, field));
        let literal = crate::azure::literal(site.resource, field);
        setting
            .or(literal.filter(|_| !site.settings.in_azure()))
            .map(str::to_owned)
    };
    let (topic, subscription) = (known("topic"), known("topic-subscription"));
    let (sending, receiving): (Vec<String>, Option<Vec<String>>) = match (topic, subscription) {
        (Some(topic), Some(subscription)) => (
            vec![topic.clone()],
            Some(vec![topic, "subscriptions".to_owned(), subscription]),
        ),
        (Some(topic), None) => (vec![topic], None),
        (None, _) => {
            let queue = cloud.field(site.resource, "queue", site.settings, site.missing)?;
            (vec![queue.clone()], Some(vec![queue]))
        }
    };
    let endpoint = endpoint?;
    let place = |segments: Vec<String>| {
        // The name of an entity may have slashes in it.
        let segments: Vec<_> = segments.iter().flat_map(|name| name.split('/')).collect();
        join(&endpoint, segments.into_iter().chain(["messages"]))
    };
    Some(Entity {
        sending: place(sending),
        receiving: receiving.map(place),
        rest: Rest::new(cloud, &site, SCOPE.to_owned())?,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Broker {
    #[serde(flatten)]
    properties: Properties,
    lock_token: String,
    sequence_number: i64,
    #[serde(default)]
    delivery_count: u64,
}

impl Entity {
    pub(super) async fn send(
        &self,
        call: &Call,
        doing: &Doing,
        body: Vec<u8>,
        properties: &Properties,
    ) -> Result<(), ToolError> {
        let mut request = Request::new(self.sending.clone(), Method::Post);
        request.insert_header(CONTENT_TYPE, "application/json");
        let said = serde_json::to_string(properties)?;
        if said != "{}" {
            request.insert_header(PROPERTIES, said);
        }
        request.set_body(body);
        self.rest.send(call, doing, request).await.map(drop)
    }

    pub(super) async fn receive(
        &self,
        call: &Call,
        doing: &Doing,
        wait: Duration,
    ) -> Result<Option<Message>, ToolError> {
        let left = call
            .deadline()
            .saturating_duration_since(tokio::time::Instant::now());
        let wait = wait.min(left).min(Duration::from_secs(60)).as_secs();
        let mut url = join(self.receiving(doing)?, ["head"]);
        url.query_pairs_mut()
            .append_pair("timeout", &wait.to_string());
        let mut request = Request::new(url, Method::Post);
        request.set_body(Vec::new());
        let answer = self.rest.send(call, doing, request).await?;
        if u16::from(answer.status) == 204 {
            return Ok(None);
        }
        message(answer, doing).map(Some)
    }

    pub(super) async fn complete(
        &self,
        call: &Call,
        doing: &Doing,
        message: &Message,
    ) -> Result<(), ToolError> {
        self.settle(call, doing, message, Method::Delete).await
    }

    pub(super) async fn abandon(
        &self,
        call: &Call,
        doing: &Doing,
        message: &Message,
    ) -> Result<(), ToolError> {
        self.settle(call, doing, message, Method::Put).await
    }

    async fn settle(
        &self,
        call: &Call,
        doing: &Doing,
        message: &Message,
        method: Method,
    ) -> Result<(), ToolError> {
        let number = message.sequence_number.to_string();
        let url = join(self.receiving(doing)?, [number.as_str(), &message.lock]);
        let mut request = Request::new(url, method);
        request.set_body(Vec::new());
        self.rest.send(call, doing, request).await.map(drop)
    }

    fn receiving(&self, doing: &Doing) -> Result<&Url, ToolError> {
        self.receiving.as_ref().ok_or_else(|| {
            let why = format!(
                "`{}` is a topic: messages are received from a subscription",
                doing.resource
            );
            ToolError::of(ErrorKind::Failed, why)
        })
    }
}

fn message(answer: Answer, doing: &Doing) -> Result<Message, ToolError> {
    let said = answer.header("brokerproperties").unwrap_or_default();
    let broker: Broker = serde_json::from_str(said).map_err(|error| {
        let why = format!("`{}` did not answer sensibly", doing.resource);
        ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
    })?;
    Ok(Message {
        properties: broker.properties,
        delivery_count: broker.delivery_count,
        sequence_number: broker.sequence_number,
        lock: broker.lock_token,
        body: answer.body,
    })
}
