//! Resource types, read off the names of operations, and the types that attach to any scope.

/// A resource type that attaches to every scope, such as locks and role assignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionType {
    /// The type; what is below it attaches with it.
    pub name: &'static str,
    /// The request of Azure's REST API that shows it.
    pub source: &'static str,
}

const fn on_any_scope(name: &'static str, source: &'static str) -> ExtensionType {
    ExtensionType { name, source }
}

/// The types that attach to any scope, each with its source.
pub const EXTENSIONS: [ExtensionType; 25] = [
    on_any_scope(
        "Microsoft.Advisor/recommendations",
        "Recommendations - Get: /{resourceUri}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/denyAssignments",
        "Deny Assignments - Get: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/locks",
        "Management Locks - Create By Scope: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/permissions",
        "Permissions - List For Resource: …/{resourceName}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/policyAssignments",
        "Policy Assignments - Create: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/policyExemptions",
        "Policy Exemptions - Create: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleAssignments",
        "Role Assignments - Create: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleAssignmentScheduleInstances",
        "Role Assignment Schedule Instances - Get: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleAssignmentScheduleRequests",
        "Role Assignment Schedule Requests - Create: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleAssignmentSchedules",
        "Role Assignment Schedules - Get: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleDefinitions",
        "Role Definitions - Create Or Update: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleEligibilityScheduleInstances",
        "Role Eligibility Schedule Instances - Get: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleEligibilityScheduleRequests",
        "Role Eligibility Schedule Requests - Create: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleEligibilitySchedules",
        "Role Eligibility Schedules - Get: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleManagementPolicies",
        "Role Management Policies - Update: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Authorization/roleManagementPolicyAssignments",
        "Role Management Policy Assignments - Create: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.EventGrid/eventSubscriptions",
        "Event Subscriptions - Create Or Update: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Insights/diagnosticSettings",
        "Diagnostic Settings - Create Or Update: /{resourceUri}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Insights/diagnosticSettingsCategories",
        "Diagnostic Settings Category - Get: /{resourceUri}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Insights/metricDefinitions",
        "Metric Definitions - List: /{resourceUri}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Insights/metricNamespaces",
        "Metric Namespaces - List: /{resourceUri}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Insights/metrics",
        "Metrics - List: /{resourceUri}/providers/…",
    ),
    on_any_scope(
        "Microsoft.ResourceHealth/availabilityStatuses",
        "Availability Statuses - Get By Resource: /{resourceUri}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Resources/tags",
        "Tags - Create Or Update At Scope: /{scope}/providers/…",
    ),
    on_any_scope(
        "Microsoft.Security/assessments",
        "Assessments - Create Or Update: /{resourceId}/providers/…",
    ),
];

/// The names of [`EXTENSIONS`].
pub const EXTENSION_TYPES: [&str; EXTENSIONS.len()] = names();

#[expect(
    clippy::indexing_slicing,
    reason = "the index is below the length of both arrays, checked when compiling"
)]
const fn names() -> [&'static str; EXTENSIONS.len()] {
    let mut names = [""; EXTENSIONS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = EXTENSIONS[at].name;
        at += 1;
    }
    names
}

/// Whether a resource type, or a type above it, attaches to any scope; case is ignored.
pub fn is_extension_type(resource_type: &str) -> bool {
    EXTENSION_TYPES.iter().any(|extension| {
        let (start, rest) = resource_type
            .split_at_checked(extension.len())
            .unwrap_or((resource_type, ""));
        start.eq_ignore_ascii_case(extension) && (rest.is_empty() || rest.starts_with('/'))
    })
}

/// The resource type that an operation is about: its name without the verb, and without the word
/// before `action`.
///
/// ```
/// use grantc_spec::resource_types::resource_type_of_operation as type_of;
///
/// assert_eq!(type_of("Microsoft.Storage/storageAccounts/read"), "Microsoft.Storage/storageAccounts");
/// assert_eq!(type_of("Microsoft.Storage/storageAccounts/listKeys/action"), "Microsoft.Storage/storageAccounts");
/// assert_eq!(type_of("Microsoft.Storage/register/action"), "Microsoft.Storage");
/// ```
pub fn resource_type_of_operation(name: &str) -> &str {
    let Some((before, verb)) = name.rsplit_once('/') else {
        return name;
    };
    if !verb.eq_ignore_ascii_case("action") {
        return before;
    }
    before.rsplit_once('/').map_or(before, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::{EXTENSIONS, is_extension_type, resource_type_of_operation};
    use crate::{Catalogue, Plane};

    #[test]
    fn extensions_are_sorted_and_known_to_the_catalogue() {
        assert!(EXTENSIONS.is_sorted_by(|a, b| a.name.to_lowercase() < b.name.to_lowercase()));
        for extension in EXTENSIONS {
            let below =
                Catalogue::embedded().expand(Plane::Control, &format!("{}/*", extension.name));
            assert!(!below.is_empty(), "{}", extension.name);
            assert!(
                extension.source.contains("/providers/…"),
                "{}",
                extension.name
            );
        }
    }

    #[test]
    fn an_extension_type_is_known_with_what_is_below_it() {
        assert!(is_extension_type("microsoft.authorization/ROLEASSIGNMENTS"));
        assert!(is_extension_type("Microsoft.Insights/metrics/x"));
        assert!(!is_extension_type(
            "Microsoft.Authorization/roleAssignmentsX"
        ));
        assert!(!is_extension_type("Microsoft.Storage/storageAccounts"));
        assert!(!is_extension_type("Microsoft.Authorization"));
    }

    #[test]
    fn the_type_of_an_operation_is_its_name_without_the_verb() {
        let cases = [
            ("A.B/c/d/read", "A.B/c/d"),
            ("A.B/c/d/Delete", "A.B/c/d"),
            ("A.B/c/d/move/Action", "A.B/c/d"),
            ("A.B/c/action", "A.B"),
            ("A.B", "A.B"),
        ];
        for (name, expected) in cases {
            assert_eq!(resource_type_of_operation(name), expected, "{name}");
        }
    }
}
