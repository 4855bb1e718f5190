//! What is true about the world, as data: `grantc-spec`.
//!
//! - [`catalogue`]: every Azure role and operation and every Graph permission, dated and digested;
//! - [`clients`]: client applications that are known by a name;
//! - [`connectors`]: what a resource type is, how its ids are built, which operations a verb needs;
//! - [`danger`]: how dangerous an operation is;
//! - [`deploying`]: what deploying asks for beside writing and reading;
//! - [`escalation`]: which operations let whoever holds them reach more;
//! - [`hosting`]: what the app's own host identity needs;
//! - [`resource_types`]: what an operation's name says about resource types;
//! - [`rules`]: every diagnostic the compiler can raise, each with its page;
//! - [`naming`]: what created things are called in Azure;
//! - [`settings`]: what a server reads from its environment;
//! - [`plane`]: the worlds of permission;
//! - [`plane_roles`]: roles and operations of the worlds that are not Azure RBAC.

pub mod catalogue;
pub mod clients;
pub mod connectors;
pub mod danger;
pub mod deploying;
pub mod escalation;
pub mod hosting;
pub mod naming;
pub mod plane;
pub mod plane_roles;
pub mod resource_types;
pub mod rules;
pub mod settings;

pub use catalogue::Catalogue;
pub use plane::Plane;
