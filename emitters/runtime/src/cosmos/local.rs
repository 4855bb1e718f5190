//! The stand-in for a container under `--local`: items in memory, begun with those of a folder.
//!
//! Each `*.json` holds one item or an array of items; they are read once, at the first request.
//! Which field is the partition key is not known here: an item is in the partition of every value
//! that one of its fields has.

use super::Item;
use super::query::{Compare, Items, Query};
use crate::{ErrorKind, ToolError};
use serde_json::Value;
use std::cmp::Ordering;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

pub(crate) struct Container {
    folder: PathBuf,
    items: Mutex<Option<Vec<Item>>>,
}

impl Container {
    pub(super) fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            items: Mutex::new(None),
        }
    }

    pub(super) fn read(&self, partition: &Value, id: &str, of: &str) -> Result<Item, ToolError> {
        self.with(|items| {
            let found = items.iter().find(|item| is(item, partition, id));
            found.cloned().ok_or_else(|| nothing(id, of))
        })
    }

    pub(super) fn delete(&self, partition: &Value, id: &str, of: &str) -> Result<(), ToolError> {
        self.with(|items| {
            let at = items.iter().position(|item| is(item, partition, id));
            at.map(|at| drop(items.remove(at)))
                .ok_or_else(|| nothing(id, of))
        })
    }

    pub(super) fn put(
        &self,
        partition: &Value,
        item: Item,
        over: bool,
        of: &str,
    ) -> Result<(), ToolError> {
        let id = item
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if !item.values().any(|value| value == partition) {
            let why = format!("item `{id}` has no field with the partition's value {partition}");
            return Err(ToolError::new(why));
        }
        self.with(|items| {
            match items.iter_mut().find(|known| is(known, partition, &id)) {
                Some(known) if over => *known = item,
                Some(_) => {
                    let why = format!("`{of}` already has item `{id}`");
                    return Err(ToolError::of(ErrorKind::Conflict, why));
                }
                None => items.push(item),
            }
            Ok(())
        })
    }

    pub(super) fn query(&self, query: &Query, of: &str) -> Result<Items<Item>, ToolError> {
        let skip: usize = match &query.page {
            None => 0,
            Some(page) => page
                .parse()
                .map_err(|_| ToolError::new(format!("`{page}` is no page of `{of}`")))?,
        };
        let mut found = self.with(|items| {
            let fits = |item: &&Item| {
                let within = |partition| item.values().any(|value| value == partition);
                let in_partition = query.partition.as_ref().is_none_or(within);
                in_partition
                    && query
                        .conditions
                        .iter()
                        .all(|(field, how, value)| holds(item, field, *how, value))
            };
            Ok(items.iter().filter(fits).cloned().collect::<Vec<_>>())
        })?;
        if let Some((field, down)) = &query.order {
            found.sort_by(|a, b| {
                let ordering =
                    compare(member(a, field), member(b, field)).unwrap_or(Ordering::Equal);
                if *down { ordering.reverse() } else { ordering }
            });
        }
        let most = query
            .top
            .map_or(100, |top| usize::try_from(top).unwrap_or(usize::MAX))
            .max(1);
        let next = skip.saturating_add(most);
        let next = (found.len() > next).then(|| next.to_string());
        let page = found.into_iter().skip(skip).take(most).collect();
        Ok(Items::new(page, next, true))
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut Vec<Item>) -> Result<T, ToolError>,
    ) -> Result<T, ToolError> {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match items.take() {
            Some(known) => known,
            None => crate::local::objects(&self.folder)?,
        };
        work(items.insert(known))
    }
}

fn nothing(id: &str, of: &str) -> ToolError {
    ToolError::of(ErrorKind::NotFound, format!("`{of}` has no item `{id}`"))
}

fn is(item: &Item, partition: &Value, id: &str) -> bool {
    item.get("id").and_then(Value::as_str) == Some(id)
        && item.values().any(|value| value == partition)
}

fn member<'a>(item: &'a Item, field: &str) -> Option<&'a Value> {
    let mut parts = field.split('/');
    let first = item.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

fn holds(item: &Item, field: &str, how: Compare, value: &Value) -> bool {
    let ordering = compare(member(item, field), Some(value));
    match how {
        Compare::Equal => member(item, field) == Some(value) || ordering == Some(Ordering::Equal),
        Compare::AtLeast => ordering.is_some_and(Ordering::is_ge),
        Compare::AtMost => ordering.is_some_and(Ordering::is_le),
    }
}

/// Compares values of the same type; there is no order among others.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Option<Ordering> {
    match (a?, b?) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
