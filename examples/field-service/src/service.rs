//! The three tools: what they ask of the work orders, of the parts and of the queue.

use crate::orders::{self, Dispatch, Order, Technician};
use crate::tools::{check_parts, dispatch_technician, list_work_orders};
use crate::types::{Part, WorkOrder};
use crate::{Tools, parts, permission};
use chrono::Utc;
use grantc_runtime::{DateTime, ErrorKind, ToolError};
use std::time::SystemTime;

/// The tools of the field service. They keep nothing between calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Service;

impl Tools for Service {
    async fn list_work_orders(
        &self,
        cx: &list_work_orders::Context,
        input: list_work_orders::Input,
    ) -> Result<list_work_orders::Output, ToolError> {
        let query = orders::page(&input, cx.page_size);
        let found = cx.work_orders.query::<Order>(&query).await?;
        Ok(list_work_orders::Output {
            orders: found.items.into_iter().map(WorkOrder::from).collect(),
            next: found.next,
        })
    }

    async fn check_parts(
        &self,
        cx: &check_parts::Context,
        input: check_parts::Input,
    ) -> Result<check_parts::Output, ToolError> {
        let order: Order = cx
            .work_orders
            .read(input.region.as_str(), &input.order)
            .await?;
        let mut found: Vec<Part> = Vec::new();
        for number in &order.parts {
            let path = parts::path(number)?;
            found.push(cx.spare_parts.get(permission::Parts_Read, &path).await?);
        }
        Ok(parts::ready(found))
    }

    /// First the dispatch is kept, then the technician is told: one who asks again after a failure
    /// between the two tells them then, and nobody is told of a dispatch that is not kept.
    async fn dispatch_technician(
        &self,
        cx: &dispatch_technician::Context,
        input: dispatch_technician::Input,
    ) -> Result<dispatch_technician::Output, ToolError> {
        let region = input.region.as_str();
        let order: Order = cx.work_orders.read(region, &input.order).await?;
        let technician: Technician = cx.work_orders.read(region, &input.technician).await?;
        orders::able(&order, &technician)?;
        let asked = Dispatch::new(&order, &technician, now());
        let (dispatch, repeated) = match cx.work_orders.create(region, &asked).await {
            Ok(()) => (asked, false),
            Err(error) if error.kind() == ErrorKind::Conflict => {
                let there: Dispatch = cx.work_orders.read(region, &asked.id).await?;
                orders::same(&asked, &there)?;
                (there, true)
            }
            Err(error) => return Err(error),
        };
        cx.dispatch.send(&dispatch, &dispatch.properties()).await?;
        Ok(dispatch_technician::Output {
            message: dispatch.id,
            repeated,
        })
    }
}

/// The time it is, in UTC.
fn now() -> DateTime {
    chrono::DateTime::<Utc>::from(SystemTime::now()).fixed_offset()
}
