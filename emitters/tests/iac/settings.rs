//! The settings contract: what both targets emit is what `spec/settings.txt` says they set.

use crate::manifest::{self, file};
use grantc_spec::settings::{self, SetBy};
use std::collections::BTreeSet;

/// Set for the host's preview of self-hosted servers only; the table has no row for it yet.
const PREVIEW: &str = "AzureWebJobsFeatureFlags";

/// Names before `separator` that look like settings.
fn names(text: &str, separator: &str) -> BTreeSet<String> {
    let names = text
        .lines()
        .filter_map(|line| line.trim().split_once(separator))
        .map(|(name, _)| name.trim());
    let is_setting = |name: &&str| {
        ["GRANTC_", "AzureWebJobs", "APPLICATIONINSIGHTS_"]
            .iter()
            .any(|head| name.starts_with(head))
    };
    names.filter(is_setting).map(str::to_owned).collect()
}

#[test]
fn every_setting_has_a_row_and_every_row_of_the_host_is_set() {
    let emitted = manifest::emit(&manifest::own()["shared-parents"]);
    let bicep: BTreeSet<_> = ["bicep/main.bicep", "bicep/modules/app.bicep"]
        .iter()
        .flat_map(|path| names(&file(&emitted, path), ": "))
        .collect();
    let terraform: BTreeSet<_> = [
        "terraform/modules/server/apps.tf",
        "terraform/modules/app/main.tf",
    ]
    .iter()
    .flat_map(|path| names(&file(&emitted, path), " = "))
    .collect();
    assert_eq!(bicep, terraform);
    for name in bicep.iter().filter(|name| *name != PREVIEW) {
        let row = settings::setting(name).unwrap_or_else(|| panic!("no row for {name}"));
        assert_eq!(row.set_by, SetBy::Templates, "{name}");
    }
    for row in settings::settings()
        .iter()
        .filter(|row| row.set_by == SetBy::Templates)
    {
        let set = bicep
            .iter()
            .filter_map(|name| settings::setting(name))
            .any(|set| set == row);
        assert!(set, "{} is set nowhere", row.name);
    }
}
