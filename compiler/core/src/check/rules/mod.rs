//! The rules, in the order of their codes: one file each.

mod g0301_missing_permission;
mod g0302_wrong_plane;
mod g0303_unproven_permission;
mod g0304_excess_permission;
mod g0305_scope_too_wide;
mod g0306_unused_assignment;
mod g0307_shared_authority;
mod g0308_escalation_path;
mod g0309_credential_exposure;
mod g0310_delegation;
mod g0311_forbidden;
mod g0312_not_assignable;
mod g0315_hint_contradiction;
mod g0316_service_switch;
mod g0317_catalogue_lag;
mod g0319_unused_identity;
mod g0320_unused_resource;
mod g0321_unused_type;
mod g0501_hidden_text;

/// What to write so that a need that is not held will be.
pub(super) use g0301_missing_permission::advice as what_to_write;

use super::Case;
use crate::diagnostic::Diagnostics;

/// Asks every rule.
///
/// A need raises at most one of G0301 to G0303, an assignment the first that applies of G0306,
/// G0305 and G0304: each of these rules leaves alone what an earlier one has. An identity that no
/// tool uses is G0319, which tells of its assignments too. What nothing needs or uses is asked only
/// of a run without errors so far: another may have lost needs.
pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    let whole = !diags.has_errors();
    g0301_missing_permission::check(case, diags);
    g0302_wrong_plane::check(case, diags);
    g0303_unproven_permission::check(case, diags);
    if whole {
        g0304_excess_permission::check(case, diags);
        g0305_scope_too_wide::check(case, diags);
        g0306_unused_assignment::check(case, diags);
        g0307_shared_authority::check(case, diags);
        g0319_unused_identity::check(case, diags);
        g0320_unused_resource::check(case, diags);
        g0321_unused_type::check(case, diags);
    }
    g0308_escalation_path::check(case, diags);
    g0309_credential_exposure::check(case, diags);
    g0310_delegation::check(case, diags);
    g0311_forbidden::check(case, diags);
    g0312_not_assignable::check(case, diags);
    g0315_hint_contradiction::check(case, diags);
    g0316_service_switch::check(case, diags);
    g0317_catalogue_lag::check(case, diags);
    g0501_hidden_text::check(case, diags);
}
