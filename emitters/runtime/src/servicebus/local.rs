//! The stand-in for a queue, a topic with one subscription, under `--local`: messages in memory.
//!
//! A lock lasts a minute, as is usual, after which the message is handed out again.

use super::{Message, Properties};
use crate::{ErrorKind, ToolError};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

const LOCK: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    more: Notify,
}

#[derive(Default)]
struct State {
    numbers: i64,
    waiting: VecDeque<Message>,
    locked: Vec<(Message, Instant)>,
}

impl Queue {
    pub(super) fn send(&self, body: Vec<u8>, properties: &Properties) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.numbers += 1;
        let message = Message {
            body,
            properties: properties.clone(),
            delivery_count: 0,
            sequence_number: state.numbers,
            lock: String::new(),
        };
        state.waiting.push_back(message);
        self.more.notify_one();
    }

    pub(super) async fn receive(&self, wait: Duration) -> Option<Message> {
        let next = async {
            loop {
                if let Some(message) = self.next() {
                    return message;
                }
                self.more.notified().await;
            }
        };
        match timeout(wait.min(LOCK), next).await {
            Ok(message) => Some(message),
            Err(_) => self.next(),
        }
    }

    pub(super) fn complete(&self, message: &Message, of: &str) -> Result<(), ToolError> {
        self.unlock(message, of).map(drop)
    }

    pub(super) fn abandon(&self, message: &Message, of: &str) -> Result<(), ToolError> {
        let message = self.unlock(message, of)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.push_front(message);
        self.more.notify_one();
        Ok(())
    }

    fn next(&self) -> Option<Message> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let expired = state.locked.iter().position(|(_, until)| *until <= now);
        let mut message = match expired {
            Some(at) => state.locked.remove(at).0,
            None => state.waiting.pop_front()?,
        };
        message.delivery_count += 1;
        message.lock = uuid::Uuid::new_v4().to_string();
        state.locked.push((message.clone(), now + LOCK));
        Some(message)
    }

    fn unlock(&self, message: &Message, of: &str) -> Result<Message, ToolError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let held = |(known, until): &(Message, Instant)| known.lock == message.lock && *until > now;
        let at = state.locked.iter().position(held).ok_or_else(|| {
            let why = format!("`{of}` has no locked message {}", message.sequence_number);
            ToolError::of(ErrorKind::NotFound, why)
        })?;
        Ok(state.locked.remove(at).0)
    }
}
