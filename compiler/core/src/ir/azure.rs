//! Where the server is deployed, and what differs between environments.

use super::{ParamId, ResourceId, Text};
use crate::source::{Span, Spanned, Word};

/// Where the server is deployed.
#[derive(Clone, Debug)]
pub struct Azure {
    /// Subscription; without one, the subscription of the deployment.
    pub subscription: Option<Text>,
    /// Resource group that exists before the deployment.
    pub resource_group: Text,
    /// Region of everything created.
    pub location: Text,
    /// What the apps run on.
    pub plan: Spanned<Plan>,
    /// Who speaks MCP.
    pub hosting: Spanned<Hosting>,
    /// How tools are placed in apps.
    pub isolation: Spanned<Isolation>,
    /// The private network; none when everything is public.
    pub network: Option<Network>,
    /// How long logs are kept, in days.
    pub log_retention_days: Option<u32>,
    /// Azure Policy definitions assigned on the resource group, by name or id.
    pub policies: Vec<Spanned<Text>>,
    /// Tags of everything created, in manifest order.
    pub tags: Vec<(Word, Text)>,
    /// The implicit resource named `azure`.
    pub resource: ResourceId,
    /// The `azure` node's header.
    pub span: Span,
}

/// What the apps run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Flex Consumption.
    FlexConsumption,
    /// Elastic Premium.
    Premium,
}

/// Who speaks MCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// The server itself.
    SelfHosted,
    /// The MCP extension of the Functions host.
    Extension,
}

/// How tools are placed in apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// One app for each set of identities.
    PerIdentity,
    /// One app for all.
    Shared,
    /// One app for each tool.
    PerTool,
}

impl Isolation {
    /// The word of the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Isolation::PerIdentity => "per-identity",
            Isolation::Shared => "shared",
            Isolation::PerTool => "per-tool",
        }
    }
}

/// A private network.
#[derive(Clone, Debug)]
pub struct Network {
    /// The subnet of the apps; created when there is none.
    pub subnet: Option<Text>,
    /// The subnet of the private endpoints; created when there is none.
    pub private_endpoints_subnet: Option<Text>,
    /// Where private names are resolved.
    pub dns: Dns,
    /// The `network` node's header.
    pub span: Span,
}

/// Where private names are resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dns {
    /// In zones that grantc creates.
    Create,
    /// In zones that are there already, in this resource group.
    Existing(Text),
    /// By an Azure Policy of the tenant.
    Policy,
}

/// What differs in one environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: Word,
    /// Its subscription.
    pub subscription: Option<Word>,
    /// Its resource group.
    pub resource_group: Option<Word>,
    /// Its region.
    pub location: Option<Word>,
    /// Tags of it, beside those of `azure`.
    pub tags: Vec<(Word, Word)>,
    /// Values of parameters.
    pub params: Vec<(ParamId, Word)>,
    /// The `environment` node's header.
    pub span: Span,
}
