//! How work orders are kept, asked for and dispatched. Pure.
//!
//! The container is partitioned by region and holds three kinds of items: orders, technicians, and
//! dispatches. A dispatch is an item of its own whose id follows from the order, and it is only
//! ever created: of two who dispatch the same order at once, the service refuses one.

use crate::tools::list_work_orders;
use crate::types::{Region, Urgency, WorkOrder};
use grantc_runtime::cosmos::Query;
use grantc_runtime::servicebus::Properties;
use grantc_runtime::{Date, DateTime, ErrorKind, ToolError};
use serde::{Deserialize, Serialize};

/// An order as the container holds it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// Its number; the id.
    pub id: String,
    /// The partition.
    pub region: Region,
    /// Where to go.
    pub site: String,
    /// What the customer told.
    pub fault: String,
    /// How soon.
    pub urgency: Urgency,
    /// Last day to be there.
    pub due: Date,
    /// What the technician must be certified for.
    pub skills: Vec<String>,
    /// Numbers of parts.
    pub parts: Vec<String>,
}

impl From<Order> for WorkOrder {
    fn from(order: Order) -> Self {
        Self {
            id: order.id,
            region: order.region,
            site: order.site,
            fault: order.fault,
            urgency: order.urgency,
            due: order.due,
            skills: order.skills,
            parts: order.parts,
        }
    }
}

/// A technician as the container holds them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Technician {
    /// The sign-in name; the id.
    pub id: String,
    /// What they are certified for.
    pub skills: Vec<String>,
}

/// That somebody was sent out for an order; also what the technician's device is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Follows from the order, so that there is one at most.
    pub id: String,
    /// `dispatch`, which tells it from orders and technicians.
    pub kind: String,
    /// The partition.
    pub region: Region,
    /// Number of the order.
    pub order: String,
    /// Sign-in name of who was sent.
    pub technician: String,
    /// When.
    pub at: DateTime,
}

impl Dispatch {
    /// Sends a technician out for an order, at a time.
    pub fn new(order: &Order, technician: &Technician, at: DateTime) -> Self {
        Self {
            id: Self::id_of(&order.id),
            kind: "dispatch".to_owned(),
            region: order.region,
            order: order.id.clone(),
            technician: technician.id.clone(),
            at,
        }
    }

    /// The id of the dispatch of an order.
    pub fn id_of(order: &str) -> String {
        format!("{order}.dispatch")
    }

    /// What is said of its message. The id follows from the dispatch: a queue that detects
    /// duplicates delivers it once, however often it is sent.
    pub fn properties(&self) -> Properties {
        Properties {
            message_id: Some(self.id.clone()),
            label: Some("dispatch".to_owned()),
            correlation_id: Some(self.order.clone()),
            session_id: None,
        }
    }
}

/// Asks for one page of orders, the most urgent first.
pub fn page(input: &list_work_orders::Input, size: u32) -> Query {
    let orders = Query::in_partition(input.region.as_str()).equals("kind", "order");
    let due = match input.due_until {
        // Days as text have the order of days.
        Some(day) => orders.at_most("due", day.to_string()),
        None => orders,
    };
    due.order_by("rank").top(size).page(input.cursor.as_deref())
}

/// Holds a technician's skills against those that an order asks for.
///
/// # Errors
/// When some are missing; all of them are named.
pub fn able(order: &Order, technician: &Technician) -> Result<(), ToolError> {
    let missing = order
        .skills
        .iter()
        .filter(|skill| !technician.skills.contains(skill));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let why = format!(
        "{} is not certified for {}",
        technician.id,
        missing.join(", ")
    );
    Err(ToolError::of(ErrorKind::Arguments, why))
}

/// Whether a dispatch that is there already is the one that is asked for.
///
/// # Errors
/// When somebody else was sent.
pub fn same(asked: &Dispatch, there: &Dispatch) -> Result<(), ToolError> {
    if asked.technician == there.technician {
        return Ok(());
    }
    let why = format!(
        "{} was dispatched already, to {} at {}",
        there.order,
        there.technician,
        there.at.to_rfc3339()
    );
    Err(ToolError::of(ErrorKind::Conflict, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantc_runtime::json::{self, json};

    fn order(skills: &[&str]) -> Order {
        json::from_value(json!({
            "id": "WO-2041", "region": "north", "site": "School", "fault": "No heat",
            "urgency": "emergency", "due": "2026-11-27", "skills": skills, "parts": [],
        }))
        .unwrap()
    }

    fn technician(id: &str, skills: &[&str]) -> Technician {
        json::from_value(json!({"id": id, "skills": skills})).unwrap()
    }

    fn dispatched(to: &str) -> Dispatch {
        let at = "2026-11-26T08:00:00Z".parse().unwrap();
        Dispatch::new(&order(&[]), &technician(to, &[]), at)
    }

    #[test]
    fn a_page_stays_in_its_region_and_asks_for_orders_alone() {
        let input = json::from_value(json!({"region": "north", "due_until": "2026-12-01"}));
        let query = page(&input.unwrap(), 20);
        assert_eq!(
            query.sql(),
            r#"SELECT * FROM c WHERE c["kind"] = @p0 AND c["due"] <= @p1 ORDER BY c["rank"]"#
        );
        let wanted = Query::in_partition("north")
            .equals("kind", "order")
            .at_most("due", "2026-12-01")
            .order_by("rank")
            .top(20);
        assert_eq!(query, wanted);
    }

    #[test]
    fn every_missing_skill_is_named() {
        let order = order(&["refrigerant", "mechanics", "high-voltage"]);
        let error = able(&order, &technician("callum.reid", &["mechanics"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "callum.reid is not certified for refrigerant, high-voltage"
        );
        let all = ["high-voltage", "mechanics", "refrigerant"];
        assert!(able(&order, &technician("ines.moreau", &all)).is_ok());
    }

    #[test]
    fn an_order_is_dispatched_once_and_its_message_known_by_it() {
        let (first, again, other) = (
            dispatched("ines.moreau"),
            dispatched("ines.moreau"),
            dispatched("callum.reid"),
        );
        assert_eq!((&first.id, &other.id), (&again.id, &first.id));
        assert_eq!(
            first.properties().message_id.as_deref(),
            Some("WO-2041.dispatch")
        );
        assert!(same(&again, &first).is_ok());
        let error = same(&other, &first).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(
            error.to_string().contains("to ines.moreau at 2026-11-26"),
            "{error}"
        );
    }
}
