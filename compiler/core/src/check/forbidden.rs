//! What a `forbid` rules out, and for whom: asked where it is checked, and where roles are chosen.

use super::Case;
use crate::graph::{Granted, Plane as _};
use crate::ir::{Covers, Forbid, IdentityId, ResourceId, RoleRef, ToolId};
use grantc_spec::catalogue::OpId;

impl Case<'_> {
    /// Whether a `forbid` is about what an identity holds. One that deploys is passed over unless it
    /// is named.
    pub(crate) fn is_about(&self, forbid: &Forbid, id: IdentityId) -> bool {
        let named = forbid.identity.is_none_or(|only| only == id);
        match forbid.tool {
            Some(tool) => {
                let app = self.graph.app(tool).map(|app| self.program.apps.at(app));
                named && app.is_some_and(|app| app.identities.contains(&id))
            }
            None => named && (forbid.identity.is_some() || !self.program.identities.at(id).deploys),
        }
    }

    /// The tools that a `forbid` has in mind, of those in whose authority an identity is.
    pub(crate) fn tools_under(&self, forbid: &Forbid, id: IdentityId) -> Vec<ToolId> {
        if let Some(tool) = forbid.tool {
            return vec![tool];
        }
        let apps = self.program.apps.values();
        let apps = apps.filter(|app| app.identities.contains(&id));
        apps.flat_map(|app| app.tools.iter().copied()).collect()
    }

    /// The operations that a `forbid` rules out, and whether each only hands out keys to what is
    /// forbidden.
    pub(crate) fn ruled_out(&self, forbid: &Forbid) -> Vec<(OpId, bool)> {
        let connector = &self.program.resources.at(forbid.on).connector;
        let find = |plane, name: &str| self.graph.universe().find(self.catalogue, plane, name);
        let is_support = |plane, name: &str| {
            let mut support = connector.support.iter();
            support.any(|it| it.plane == plane && it.name.eq_ignore_ascii_case(name))
        };
        let forbidden = forbid.operations.iter();
        let forbidden = forbidden.filter(|(plane, name)| !is_support(*plane, name));
        let forbidden = forbidden.filter_map(|(plane, name)| find(*plane, name));
        let keys = connector.exposes_keys.iter();
        let keys = keys.filter_map(|key| find(key.operation.plane, &key.operation.name));
        forbidden
            .map(|operation| (operation, false))
            .chain(keys.map(|operation| (operation, true)))
            .collect()
    }

    /// Whether a role on a resource gives an identity what a `forbid` rules out.
    pub(crate) fn is_forbidden(&self, identity: IdentityId, role: RoleRef, on: ResourceId) -> bool {
        let rbac = self.graph.rbac();
        // Few of many are about a place.
        let reaches = |at| rbac.covers(on, rbac.places.of_resource(at)) != Covers::No;
        let mut forbids = self.program.forbids.iter().filter(|it| reaches(it.on));
        forbids.any(|forbid| {
            let gives = |operation| self.gives(role, on, forbid, operation);
            self.is_about(forbid, identity) && self.ruled_out(forbid).into_iter().any(gives)
        })
    }

    /// Whether a role on a resource gives an operation that is ruled out.
    ///
    /// Keys are those of the account, which may be wider than the resource; the operation that
    /// hands them out is inert below it.
    pub(crate) fn gives(
        &self,
        role: RoleRef,
        on: ResourceId,
        forbid: &Forbid,
        (operation, through_keys): (OpId, bool),
    ) -> bool {
        let rbac = self.graph.rbac();
        let place = rbac.places.of_resource(forbid.on);
        if rbac.covers(on, place) == Covers::No {
            return false;
        }
        let power = self.power(role);
        if power.grants(operation) == Granted::No {
            return false;
        }
        let kinds = self.graph.kinds();
        let counted = || kinds.counted(&power, kinds.of(on), kinds.of(forbid.on));
        !through_keys || counted().contains(&operation)
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{Desk, desk, role, tool};

    /// Two tools in apps of their own, an identity that deploys, and what is forbidden.
    fn forbidding(forbids: &str) -> Desk {
        let text = format!(
            r#"resource "graph" type="microsoft.graph"
            resource "items" type="azure.cosmos" existing=#true {{ account "cosmos-desk"; resource-group "rg-data" }}
            identity "reader" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
            identity "writer" type="user-assigned" {{ assign "Storage Blob Data Contributor" on="drafts" }}
            identity "pipeline" type="user-assigned" deploys=#true {{ assign "Contributor" on="data" }}
            {}{}
            app "reading" {{ tools "find" }}
            app "writing" {{ tools "file" }}
            {forbids}"#,
            tool("find", "reader", r#"uses "archive" "read""#),
            tool("file", "writer", r#"uses "drafts" "write""#),
        );
        desk(&text)
    }

    const ALL: [&str; 3] = ["reader", "writer", "pipeline"];

    #[test]
    fn it_is_about_whom_it_names_or_about_all_but_who_deploys() {
        let desk = forbidding(
            r#"forbid "write" on="archive"
            forbid "write" on="archive" identity="writer"
            forbid "write" on="archive" identity="pipeline"
            forbid "write" on="archive" tool="find"
            forbid "write" on="archive" tool="find" identity="reader"
            forbid "write" on="archive" tool="find" identity="writer""#,
        );
        let case = desk.case();
        let about = |nth: usize| {
            let forbid = &desk.program.forbids[nth];
            let about = |name: &&str| case.is_about(forbid, desk.identity(name));
            ALL.into_iter().filter(about).collect::<Vec<_>>()
        };
        let expected: [&[&str]; 6] = [
            &["reader", "writer"],
            &["writer"],
            &["pipeline"],
            &["reader"],
            &["reader"],
            &[],
        ];
        for (nth, expected) in expected.into_iter().enumerate() {
            assert_eq!(about(nth), expected, "{nth}");
        }
        let under = |nth: usize, name: &str| {
            case.tools_under(&desk.program.forbids[nth], desk.identity(name))
        };
        assert_eq!(under(0, "reader"), [desk.tool("find")]);
        assert_eq!(under(0, "writer"), [desk.tool("file")]);
        assert_eq!(under(0, "pipeline"), []);
        assert_eq!(under(3, "writer"), [desk.tool("find")]);
    }

    #[test]
    fn it_rules_out_operations_and_keys_and_nothing_that_clients_need_anyway() {
        let desk = forbidding(
            r#"forbid "read" on="items"
            forbid "User.Read" on="graph"
            forbid "Mail.Read" on="graph""#,
        );
        let case = desk.case();
        let ruled_out = |nth: usize| {
            let all = case.ruled_out(&desk.program.forbids[nth]).into_iter();
            let all = all.map(|(id, keys)| (case.operation(id).last(1), keys));
            all.collect::<Vec<_>>()
        };
        let reading = ruled_out(0);
        assert_eq!(reading[0], ("…/read".to_owned(), false));
        assert_eq!(reading[1], ("…/action".to_owned(), true));
        assert!(reading[1..].iter().all(|(_, keys)| *keys), "{reading:?}");
        assert_eq!(ruled_out(1), []);
        assert_eq!(ruled_out(2), [("Mail.Read".to_owned(), false)]);
    }

    #[test]
    fn a_role_is_forbidden_to_whom_it_gives_what_is_ruled_out() {
        let desk = forbidding(r#"forbid "write" on="archive""#);
        let forbidden = |name: &str, wanted: &str, on: &str| {
            let (identity, on) = (desk.identity(name), desk.resource(on));
            desk.case().is_forbidden(identity, role(wanted), on)
        };
        assert!(forbidden(
            "reader",
            "Storage Blob Data Contributor",
            "archive"
        ));
        assert!(forbidden("reader", "Storage Blob Data Contributor", "data"));
        assert!(!forbidden(
            "reader",
            "Storage Blob Data Contributor",
            "drafts"
        ));
        assert!(!forbidden("reader", "Storage Blob Data Reader", "archive"));
        assert!(!forbidden(
            "pipeline",
            "Storage Blob Data Contributor",
            "archive"
        ));
        // Keys are handed out on the account, and not below it.
        let keys = "Storage Account Key Operator Service Role";
        assert!(forbidden("reader", keys, "account"));
        assert!(forbidden("reader", keys, "data"));
        assert!(!forbidden("reader", keys, "archive"));
    }
}
