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
            let mut ruled_out = self.ruled_out(forbid).into_iter();
            self.is_about(forbid, identity)
                && ruled_out.any(|operation| self.gives(role, on, forbid, operation))
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
