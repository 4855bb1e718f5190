//! Advice: what a help says to write, with the edits that do it.
//!
//! Nothing is advised that was not tried: [`Case::keeps`] decides every need of the identity as it
//! would be then, and none may be held less than it is. What cannot be proved is not offered as an
//! edit; the help says what is in the way instead.

use super::case::{Case, list};
use crate::fix::{Edit, Fix};
use crate::graph::{Granted, Plane as _, State, at_most, under};
use crate::infer::narrows;
use crate::ir::{
    Assignment, AssignmentId, Condition, IdentityId, Need, NeedId, PathPattern, ResourceId, RoleRef,
};
use grantc_spec::Plane;
use grantc_spec::connectors::PlaneFamily;
use std::collections::BTreeSet;

/// What to write, in words and as edits.
pub(super) struct Advice {
    pub(super) help: String,
    pub(super) fix: Option<Fix>,
}

/// Something that might be held.
#[derive(Clone)]
pub(super) struct Proposed {
    pub(super) grants: Grants,
    pub(super) on: ResourceId,
    /// The names that it would be narrowed to; all where there is none.
    pub(super) paths: Vec<PathPattern>,
}

/// What would be granted.
#[derive(Clone)]
pub(super) enum Grants {
    /// What a role grants.
    Role(RoleRef),
    /// What a role would grant that is written for it.
    Exactly(BTreeSet<(Plane, String)>),
}

const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";

impl Case<'_> {
    /// Whether an identity holds everything that it holds now, and surely what it `must`, when
    /// some of what it holds is taken away and something else is given to it.
    pub(super) fn keeps(
        &self,
        identity: IdentityId,
        without: &[AssignmentId],
        with: &[Proposed],
        must: &[NeedId],
    ) -> bool {
        let all = self.graph.held_by(identity).iter().copied();
        let rest: Vec<&Assignment> = all
            .filter(|id| !without.contains(id))
            .map(|id| self.program.assignments.at(id))
            .collect();
        let forbidden = |one: &Proposed| match one.grants {
            Grants::Role(role) => self.is_forbidden(identity, role, one.on),
            Grants::Exactly(_) => false,
        };
        let can_stand = with
            .iter()
            .all(|one| self.can_stand(one) && !is_twin(&rest, one) && !forbidden(one));
        can_stand
            && self.graph.needs_as(identity).iter().all(|need| {
                let then = self.state_with(*need, &rest, with);
                then >= self.graph.verdict(*need).state
                    && (then == State::Held || !must.contains(need))
            })
    }

    /// Whether Azure takes it there.
    fn can_stand(&self, one: &Proposed) -> bool {
        let on = self.program.resources.at(one.on);
        let family = match &one.grants {
            Grants::Role(RoleRef::Custom(role)) => self.program.roles.at(*role).family,
            Grants::Role(RoleRef::OfPlane(family, _)) => *family,
            Grants::Role(_) => PlaneFamily::AzureRbac,
            Grants::Exactly(operations) => {
                let data = operations.iter().any(|(plane, _)| *plane == Plane::Data);
                if data && on.resource_type() == MANAGEMENT_GROUP {
                    return false;
                }
                let sql = operations
                    .iter()
                    .any(|(plane, _)| *plane == Plane::SqlDatabase);
                match sql {
                    true => PlaneFamily::SqlDatabase,
                    false => PlaneFamily::AzureRbac,
                }
            }
        };
        let in_database = family != PlaneFamily::SqlDatabase || on.field("database").is_some();
        let whole = one.paths.is_empty() || self.is_narrowed_whole(&one.grants, one.on);
        in_database && whole
    }

    /// Whether a path narrows everything that is granted of a resource's data: Azure would grant
    /// the rest for every name.
    fn is_narrowed_whole(&self, grants: &Grants, on: ResourceId) -> bool {
        match grants {
            Grants::Role(role) => self.fits_paths(*role, on),
            Grants::Exactly(operations) => {
                let connector = &self.program.resources.at(on).connector;
                let mut data = operations.iter().filter(|(plane, _)| *plane == Plane::Data);
                data.all(|(plane, name)| narrows(connector, *plane, name))
            }
        }
    }

    /// How far a need would be met.
    fn state_with(&self, id: NeedId, rest: &[&Assignment], with: &[Proposed]) -> State {
        let need = self.program.needs.at(id);
        let rbac = self.graph.rbac();
        let place = rbac.places.of_need(id);
        let operations = self.graph.clause(id).iter().copied();
        let states = operations.flat_map(|operation| {
            let most = at_most(rbac.denied(rest.iter().copied(), operation, place));
            let path = need.path.as_ref();
            let held = rest.iter().map(move |held| {
                let granted = rbac.grants(held, operation, path);
                rbac.decide(rbac.covers(held.on, place), granted)
            });
            let then = with.iter().map(move |one| {
                let granted = self.would_grant(one, operation, need);
                rbac.decide(rbac.covers(one.on, place), granted)
            });
            held.chain(then).map(move |state: State| state.min(most))
        });
        states.max().unwrap_or(State::Missing)
    }

    fn would_grant(
        &self,
        one: &Proposed,
        id: grantc_spec::catalogue::OpId,
        need: &Need,
    ) -> Granted {
        let operation = self.operation(id);
        let granted = match &one.grants {
            Grants::Role(role) => self.power(*role).grants(id),
            Grants::Exactly(operations) => {
                let same = |(plane, name): &(Plane, String)| {
                    *plane == operation.plane && name.eq_ignore_ascii_case(&operation.name)
                };
                match operations.iter().any(same) && !self.is_misplaced(id) {
                    true => Granted::Sure,
                    false => Granted::No,
                }
            }
        };
        let connector = &self.program.resources.at(one.on).connector;
        if one.paths.is_empty()
            || granted == Granted::No
            || !narrows(connector, operation.plane, &operation.name)
        {
            return granted;
        }
        under(granted, &one.paths, need.path.as_ref())
    }

    /// Whether an operation is on the other plane for certain, so that no role grants it here.
    fn is_misplaced(&self, id: grantc_spec::catalogue::OpId) -> bool {
        use crate::graph::{Standing, standing};
        let operation = self.operation(id);
        standing(self.catalogue, operation.plane, &operation.name)
            == Standing::OtherPlane { inferred: false }
    }

    /// Whether the identity holds a role on a resource for all names besides some of what it holds.
    pub(super) fn holds_besides(
        &self,
        identity: IdentityId,
        without: &[AssignmentId],
        role: RoleRef,
        on: ResourceId,
    ) -> bool {
        let mut others = self.graph.held_by(identity).iter();
        others.any(|id| {
            let held = self.program.assignments.at(*id);
            let same = held.role == role && held.on == on && held.condition.is_none();
            same && !without.contains(id) && held.inferred.is_none()
        })
    }

    /// The nodes that give a role on a resource, one for each path.
    pub(super) fn nodes(&self, role: &str, on: ResourceId, paths: &[PathPattern]) -> Vec<String> {
        let assign = super::suggest::assign(role, &self.program.resources.at(on).name.value);
        match paths {
            [] => vec![assign],
            some => some
                .iter()
                .map(|path| format!("{assign} {{ where path=\"{}\" }}", path.text))
                .collect(),
        }
    }

    /// The nodes of roles that are proposed.
    pub(super) fn written(&self, proposed: &[Proposed]) -> Vec<String> {
        let node = |one: &Proposed| match one.grants {
            Grants::Role(role) => self.nodes(&self.role_name(role), one.on, &one.paths),
            Grants::Exactly(_) => Vec::new(),
        };
        proposed.iter().flat_map(node).collect()
    }

    /// Adds nodes to an identity, and others beside it.
    pub(super) fn adding(
        &self,
        identity: IdentityId,
        nodes: Vec<String>,
        beside: Vec<String>,
    ) -> Fix {
        let to = self.program.identities.at(identity).span;
        let beside = beside.into_iter().map(|node| Edit::Declare {
            file: to.file,
            node,
        });
        let add = (!nodes.is_empty()).then_some(Edit::Add { to, nodes });
        Fix {
            edits: add.into_iter().chain(beside).collect(),
        }
    }
}

/// Whether the same role on the same resource is held already, so that it cannot be written again;
/// paths come together.
fn is_twin(rest: &[&Assignment], one: &Proposed) -> bool {
    let Grants::Role(role) = one.grants else {
        return false;
    };
    let paths = |held: &Assignment| matches!(held.condition, Some(Condition::Paths(_)));
    let written = rest.iter().filter(|held| held.inferred.is_none());
    let mut twins = written.filter(|held| held.role == role && held.on == one.on);
    twins.any(|held| one.paths.is_empty() || !paths(held))
}

/// The names that an assignment is narrowed to; none where its condition is about something else.
pub(super) fn paths(held: &Assignment) -> Option<&[PathPattern]> {
    match &held.condition {
        None => Some(&[]),
        Some(Condition::Paths(paths)) => Some(paths),
        Some(Condition::RolesEmitted { .. }) => None,
    }
}

/// Writes nodes in place of those of an assignment.
pub(super) fn instead(held: &Assignment, with: Vec<String>) -> Vec<Edit> {
    let first = Edit::Replace {
        node: held.span,
        with,
    };
    let others = held.also.iter().map(|node| Edit::Replace {
        node: *node,
        with: Vec::new(),
    });
    std::iter::once(first).chain(others).collect()
}

/// Nodes as a help shows them.
pub(super) fn quoted(nodes: &[String]) -> String {
    let nodes: Vec<String> = nodes.iter().map(|node| format!("`{node}`")).collect();
    list(&nodes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::fixture::{BLOB, Desk, desk, reader, role};

    const READER: &str = "Storage Blob Data Reader";
    const OWNER: &str = "Storage Blob Data Owner";
    const WRITER: &str = "Storage Blob Data Contributor";

    fn a_role(desk: &Desk, name: &str, on: &str) -> Proposed {
        Proposed {
            grants: Grants::Role(role(name)),
            on: desk.resource(on),
            paths: Vec::new(),
        }
    }

    fn exactly(desk: &Desk, plane: Plane, operation: &str, on: &str) -> Proposed {
        Proposed {
            grants: Grants::Exactly([(plane, operation.to_owned())].into()),
            on: desk.resource(on),
            paths: Vec::new(),
        }
    }

    /// The same under the paths of an assignment.
    fn under_paths(proposed: Proposed, desk: &Desk) -> Proposed {
        let held = desk.program.assignments.at(desk.assignment(0));
        let paths = paths(held).unwrap().to_vec();
        Proposed { paths, ..proposed }
    }

    /// Whether something can stand in place of the first assignment.
    fn in_place(desk: &Desk, with: Proposed, must: &[NeedId]) -> bool {
        let reader = desk.identity("reader");
        desk.case()
            .keeps(reader, &[desk.assignment(0)], &[with], must)
    }

    #[test]
    fn nothing_may_be_held_less_than_it_is() {
        let desk = reader(
            &format!(r#"assign "{WRITER}" on="archive""#),
            r#"uses "archive" "read""#,
        );
        let keeps = |with| in_place(&desk, with, &[]);
        assert!(keeps(a_role(&desk, READER, "archive")));
        assert!(!keeps(a_role(&desk, READER, "drafts")));
        let (read, write) = (format!("{BLOB}/read"), format!("{BLOB}/write"));
        assert!(keeps(exactly(&desk, Plane::Data, &read, "archive")));
        assert!(!keeps(exactly(&desk, Plane::Data, &write, "archive")));
        assert!(!keeps(exactly(&desk, Plane::Control, &read, "archive")));
        let twice = a_role(&desk, WRITER, "archive");
        let reader = desk.identity("reader");
        assert!(!desk.case().keeps(reader, &[], &[twice], &[]));
    }

    #[test]
    fn what_must_be_held_is_held_for_sure() {
        let desk = reader(
            &format!(r#"assign "{READER}" on="somewhere""#),
            r#"uses "archive" "read""#,
        );
        let same = || a_role(&desk, OWNER, "somewhere");
        assert!(in_place(&desk, same(), &[]));
        assert!(!in_place(&desk, same(), &[desk.need(0)]));
        // On this plane there is no such operation, so that no role grants it.
        let action = format!("{BLOB}/read");
        let desk = reader(
            &format!(r#"assign "{READER}" on="archive""#),
            &format!(r#"uses "archive" action="{action}""#),
        );
        let written = || exactly(&desk, Plane::Control, &action, "archive");
        assert!(in_place(&desk, written(), &[]));
        assert!(!in_place(&desk, written(), &[desk.need(0)]));
    }

    #[test]
    fn a_path_narrows_what_is_proposed_under_it() {
        let narrowed = format!(r#"assign "{READER}" on="archive" {{ where path="in/*" }}"#);
        for (uses, kept) in [
            (r#"uses "archive" "read" path="in/*""#, true),
            (r#"uses "archive" "read" path="out/*""#, false),
        ] {
            let desk = reader(&narrowed, uses);
            let same = under_paths(a_role(&desk, READER, "archive"), &desk);
            assert_eq!(in_place(&desk, same, &[desk.need(0)]), kept, "{uses}");
        }
        // Of a need that goes beyond it, part is held; of what is not granted, nothing.
        let desk = reader(&narrowed, r#"uses "archive" "read" path="i*""#);
        let same = under_paths(a_role(&desk, READER, "archive"), &desk);
        assert!(in_place(&desk, same.clone(), &[]));
        assert!(!in_place(&desk, same, &[desk.need(0)]));
        let write = exactly(&desk, Plane::Data, &format!("{BLOB}/write"), "archive");
        assert!(!in_place(&desk, under_paths(write, &desk), &[]));
    }

    #[test]
    fn azure_takes_roles_where_all_of_them_works() {
        let desk = desk(&format!(
            r#"resource "server" type="azure.sql" existing=#true {{ server "sql-desk" }}
            resource "ledger" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger" }}
            resource "top" type="azure.management-group" {{ name "mg-corp" }}
            identity "reader" type="user-assigned" {{
                assign "{READER}" on="archive" {{ where path="in/*" }}
            }}"#
        ));
        let can = |one: Proposed| desk.case().can_stand(&one);
        let sql = |on| Proposed {
            grants: Grants::Role(
                RoleRef::of_plane(PlaneFamily::SqlDatabase, "db_datareader").unwrap(),
            ),
            ..a_role(&desk, READER, on)
        };
        assert!(can(sql("ledger")) && !can(sql("server")));
        let grant = |on| exactly(&desk, Plane::SqlDatabase, "SELECT", on);
        assert!(can(grant("ledger")) && !can(grant("server")));
        // A role with operations of data cannot be assigned on a management group.
        let tags = "Microsoft.Resources/tags/read";
        let read = format!("{BLOB}/read");
        assert!(can(exactly(&desk, Plane::Control, tags, "top")));
        assert!(!can(exactly(&desk, Plane::Data, &read, "top")));
        // Whatever of the data no path narrows would be granted for every name.
        let can_under = |one| can(under_paths(one, &desk));
        assert!(can_under(a_role(&desk, READER, "archive")));
        assert!(!can_under(a_role(&desk, OWNER, "archive")));
        let manage = format!("{BLOB}/manageOwnership/action");
        assert!(can_under(exactly(&desk, Plane::Control, tags, "archive")));
        assert!(can_under(exactly(&desk, Plane::Data, &read, "archive")));
        assert!(!can_under(exactly(&desk, Plane::Data, &manage, "archive")));
    }

    #[test]
    fn what_is_held_for_all_names_is_held_besides() {
        let desk = reader(
            &format!(
                r#"assign "{READER}" on="archive"
                assign "{WRITER}" on="archive" {{ where path="in/*" }}"#
            ),
            r#"uses "archive" "read""#,
        );
        let besides = |without: &[AssignmentId], name: &str, on: &str| {
            let identity = desk.identity("reader");
            desk.case()
                .holds_besides(identity, without, role(name), desk.resource(on))
        };
        assert!(besides(&[], READER, "archive"));
        assert!(besides(&[desk.assignment(1)], READER, "archive"));
        assert!(!besides(&[desk.assignment(0)], READER, "archive"));
        assert!(!besides(&[], READER, "drafts"));
        assert!(!besides(&[], OWNER, "archive"));
        assert!(!besides(&[], WRITER, "archive"));
    }

    #[test]
    fn a_role_is_written_once_but_for_its_paths() {
        let twin = |condition: &str, with_paths: bool| {
            let desk = reader(
                &format!(
                    r#"assign "{WRITER}" on="archive" {{ where path="in/*" }}
                    assign "{READER}" on="archive" {condition}"#
                ),
                r#"uses "archive" "read""#,
            );
            let held = desk.program.assignments.at(desk.assignment(1));
            let one = a_role(&desk, READER, "archive");
            match with_paths {
                true => is_twin(&[held], &under_paths(one, &desk)),
                false => is_twin(&[held], &one),
            }
        };
        let narrowed = r#"{ where path="out/*" }"#;
        assert!(twin("", false) && twin("", true) && twin(narrowed, false));
        assert!(!twin(narrowed, true));
    }

    #[test]
    fn paths_are_kept_and_written_one_node_each() {
        let desk = reader(
            &format!(
                r#"assign "{READER}" on="archive" {{ where path="in/*" }}
                assign "{READER}" on="archive" {{ where path="out/*" }}
                assign "Role Based Access Control Administrator" on="archive" {{ where roles="emitted" }}"#
            ),
            r#"uses "archive" "read""#,
        );
        let held = desk.program.assignments.at(desk.assignment(0));
        let nodes = desk.case().nodes(WRITER, held.on, paths(held).unwrap());
        let expected = ["in/*", "out/*"]
            .map(|path| format!(r#"assign "{WRITER}" on="archive" {{ where path="{path}" }}"#));
        assert_eq!(nodes, expected);
        assert_eq!(
            instead(held, nodes.clone()),
            [
                Edit::Replace {
                    node: held.span,
                    with: nodes
                },
                Edit::Replace {
                    node: held.also[0],
                    with: Vec::new()
                },
            ]
        );
        let other = desk.program.assignments.at(desk.assignment(1));
        assert!(paths(other).is_none());
    }

    #[test]
    fn nodes_are_added_to_the_identity_and_roles_beside_it() {
        let desk = reader("", r#"uses "archive" "read""#);
        let reader = desk.identity("reader");
        let to = desk.program.identities.at(reader).span;
        let add = Edit::Add {
            to,
            nodes: vec!["assign".to_owned()],
        };
        let declare = Edit::Declare {
            file: to.file,
            node: "role".to_owned(),
        };
        let adding = |nodes: &[&str], beside: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            desk.case()
                .adding(reader, owned(nodes), owned(beside))
                .edits
        };
        assert_eq!(adding(&["assign"], &["role"]), [add, declare.clone()]);
        assert_eq!(adding(&[], &["role"]), [declare]);
    }
}
