//! The settings that this crate reads are those of the contract in `spec/settings.txt`.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use grantc_runtime::settings;
use grantc_spec::settings::{self as contract, ReadBy};

#[test]
fn names_are_built_as_the_contract_builds_them() {
    for name in ["invoice-reader", "archive", "a_b-c9"] {
        assert_eq!(
            settings::identity_client_id(name),
            contract::identity_client_id(name)
        );
        assert_eq!(
            settings::resource_field(name, "endpoint"),
            contract::resource_endpoint(name)
        );
        assert_eq!(
            settings::resource_field(name, "index"),
            contract::resource_field(name, "index")
        );
    }
}

#[test]
fn what_is_read_is_in_the_contract_and_the_other_way_round() {
    // The table in the documentation of `settings` is what this crate promises.
    let source = include_str!("../src/settings.rs");
    let documented: Vec<_> = source
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
        .collect();
    let agreed: Vec<_> = contract::settings()
        .iter()
        .filter(|setting| setting.read_by == ReadBy::Runtime)
        .map(|setting| setting.name)
        .collect();
    assert_eq!(documented, agreed);
}
