//! What each word means, in a sentence or two: what an editor shows on hovering.
//!
//! An entry stands under the path of its key in YAML, as in `tools.uses.verbs`; a field of a record
//! under `field`. A test in `schema` holds that nothing is without one.

/// What a key means; nothing when that is not written yet.
pub(super) fn doc(path: &str) -> &'static str {
    let found = DOCS.iter().find(|(known, _)| *known == path);
    found.map_or("", |(_, text)| text)
}

const DOCS: &[(&str, &str)] = &[
    // The top level.
    (
        "grantc",
        "Version of the language; required, and first. This grantc reads version 1.",
    ),
    ("grantc.version", "Version of the language: 1."),
    (
        "imports",
        "Further files, relative to this one and inside the folder of the root manifest. They may hold parameters, types, resources, roles, connectors, identities and tools.",
    ),
    ("imports.path", "Path of the file, relative to this one."),
    (
        "params",
        "Values supplied at deployment, by name. `{param: name}` stands for one.",
    ),
    (
        "params.default",
        "Value when the deployment gives none; without it the deployment must give one.",
    ),
    (
        "params.doc",
        "What the value is for; shown to whoever deploys.",
    ),
    (
        "server",
        "The MCP server as clients see it; exactly one in a manifest.",
    ),
    (
        "azure",
        "Where the server is deployed. Without it only the MCP documents are written.",
    ),
    (
        "environments",
        "What differs in one environment, by name: strings of `azure` and values of parameters.",
    ),
    (
        "resources",
        "What the tools touch, by name. `azure` is the reserved name of the manifest's own resource group.",
    ),
    (
        "identities",
        "Whom the tools act as, by name, and which roles those hold.",
    ),
    (
        "roles",
        "Custom roles, by name, with exactly the operations that they grant.",
    ),
    (
        "types",
        "Records that inputs and outputs share, by name, such as `Invoice`.",
    ),
    (
        "enums",
        "Closed lists of words, by name, such as `InvoiceStatus: [open, paid, void]`.",
    ),
    ("enums.words", "The words, in order."),
    (
        "variants",
        "Tagged unions, by name: one of several records, told apart by the member `kind`.",
    ),
    (
        "tools",
        "What agents can call, by name: input, output, and what each may touch as whom.",
    ),
    (
        "apps",
        "Apps with tools that are placed by hand, by name; `isolation` places the others.",
    ),
    (
        "forbid",
        "Facts that must stay true: checked against everything an identity holds, its neighbours in the app included.",
    ),
    (
        "accept",
        "Findings that are accepted, each with the reason. A finding that grows is told again.",
    ),
    (
        "connectors",
        "Resource types of your own, by name. Needs that rest on one are marked `declared` in every output.",
    ),
    // The server.
    (
        "server.name",
        "Name of the server: a-z, then a-z, 0-9, `_` and `-`.",
    ),
    ("server.version", "Version of the server, such as 1.4.0."),
    ("server.title", "Name for people."),
    (
        "server.description",
        "What the server is for, in at most 100 characters: registries refuse more.",
    ),
    (
        "server.instructions",
        "Advice to the model on how the tools belong together.",
    ),
    (
        "server.namespace",
        "Reverse domain name of the publisher, such as `com.contoso`; with the name it makes the registry's name.",
    ),
    ("server.website", "Home page, an https address."),
    (
        "server.url",
        "Public address of the server, when it is known; without it documents carry a variable for the host.",
    ),
    (
        "server.auth",
        "How callers are authenticated: `key` (the default), `entra`, or `none`, which Azure targets refuse.",
    ),
    (
        "server.auth.kind",
        "`key`: a function key. `entra`: users and apps of Microsoft Entra ID. `none`: nobody is asked; local use only.",
    ),
    (
        "server.auth.scopes",
        "What callers can be allowed, by name; `requires` of a tool asks for it.",
    ),
    (
        "server.auth.scopes.description",
        "What a person reads when consent is asked for.",
    ),
    (
        "server.auth.scopes.app-role",
        "Whether callers without a user, such as agents, can be granted it too.",
    ),
    (
        "server.auth.clients",
        "Applications that may call, by name: known ones by that alone, others by `id`.",
    ),
    ("server.auth.clients.id", "Client id of the application."),
    // Azure.
    (
        "azure.subscription",
        "Subscription; by default that of the deployment.",
    ),
    (
        "azure.resource-group",
        "Resource group of everything created. It exists before the deployment.",
    ),
    (
        "azure.location",
        "Region of everything created, such as `westeurope`.",
    ),
    (
        "azure.plan",
        "Hosting plan: `flex-consumption` (the default) or `premium`.",
    ),
    (
        "azure.hosting",
        "`self-hosted`: the server answers MCP itself. `extension`: the Functions host does, and offers less.",
    ),
    (
        "azure.isolation",
        "How tools are placed in apps: `per-identity` (the default), `shared` or `per-tool`. Identities belong to the app, so that tools in one app can reach what their neighbours' identities hold.",
    ),
    (
        "azure.network",
        "`public` (the default), or `private`: a virtual network and private endpoints.",
    ),
    ("azure.network.network", "`public` or `private`."),
    (
        "azure.network.subnet",
        "Subnet of the app; created when left out.",
    ),
    (
        "azure.network.private-endpoints-subnet",
        "Subnet of the private endpoints; created when left out.",
    ),
    (
        "azure.network.dns",
        "Who makes the private DNS zones: `create` (the default), `existing` or `policy`.",
    ),
    (
        "azure.network.dns.dns",
        "`create`: here. `existing`: they are in `resource-group`. `policy`: a policy of the tenant.",
    ),
    (
        "azure.network.dns.resource-group",
        "Resource group of the existing zones.",
    ),
    ("azure.logs", "How logs are kept."),
    ("azure.logs.retention-days", "For how many days."),
    (
        "azure.policies",
        "Azure Policy definitions that are assigned to the resource group, by name or id.",
    ),
    ("azure.tags", "Tags of everything created."),
    // Environments.
    (
        "environments.subscription",
        "Subscription of this environment.",
    ),
    (
        "environments.resource-group",
        "Resource group of this environment.",
    ),
    ("environments.location", "Region of this environment."),
    ("environments.tags", "Further tags in this environment."),
    (
        "environments.params",
        "Values of parameters in this environment, by name.",
    ),
    ("environments.params.value", "The value."),
    // Resources.
    (
        "resources.type",
        "What it is: a built-in type such as `azure.blob`, or a connector of this manifest. It decides the fields and the verbs.",
    ),
    (
        "resources.existing",
        "Whether it is there already and is never modified; otherwise the deployment creates it.",
    ),
    (
        "resources.sensitivity",
        "A label for reviewers, such as `confidential`.",
    ),
    (
        "resources.covers",
        "Subscriptions in the management group; an id does not tell them.",
    ),
    ("resources.covers.subscription", "A subscription in it."),
    (
        "resources.app-roles",
        "App roles of the API, by name: what callers without a user can be granted.",
    ),
    (
        "resources.app-roles.id",
        "Id of the app role in the API's registration.",
    ),
    (
        "resources.delegated-scopes",
        "Delegated scopes of the API, by name: what users can consent to.",
    ),
    (
        "resources.delegated-scopes.id",
        "Id of the scope in the API's registration.",
    ),
    // Identities.
    (
        "identities.type",
        "`user-assigned` or `system-assigned` managed identity, `service-principal` (a registration with a federated credential), or `delegated`: the signed-in user.",
    ),
    (
        "identities.roles",
        "`inferred`: assignments that the explicit ones leave open are chosen, shown and pinned in the lock.",
    ),
    (
        "identities.deploys",
        "Whether it is the identity that deploys; it goes to `bootstrap/`, run once by an administrator.",
    ),
    (
        "identities.assign",
        "Roles that it holds, each on one resource.",
    ),
    (
        "identities.assign.role",
        "A built-in role by its name, such as `Storage Blob Data Reader`, or a custom role of this manifest.",
    ),
    (
        "identities.assign.on",
        "Resource that the role is held on. A resource group covers everything in it.",
    ),
    (
        "identities.assign.where",
        "Narrows the assignment by a condition that is checked here.",
    ),
    (
        "identities.assign.where.path",
        "Only paths that begin so: a prefix with an optional `*` at its end, such as `incoming/*`.",
    ),
    (
        "identities.assign.where.roles",
        "`emitted`: it may assign only the roles that this manifest emits.",
    ),
    (
        "identities.consent",
        "Permissions that users consent to, for a `delegated` identity.",
    ),
    (
        "identities.consent.permission",
        "The permission, by its exact name, such as `Mail.Read`.",
    ),
    (
        "identities.consent.on",
        "Resource that it is a permission of.",
    ),
    (
        "identities.federated",
        "Who may sign in as this identity without a secret.",
    ),
    (
        "identities.federated.issuer-kind",
        "`github`, `azure-devops` or `oidc`.",
    ),
    (
        "identities.federated.repository",
        "Repository, as `owner/name`.",
    ),
    (
        "identities.federated.owner-id",
        "Number of the repository's owner, which survives renaming.",
    ),
    (
        "identities.federated.repository-id",
        "Number of the repository, which survives renaming.",
    ),
    (
        "identities.federated.environment",
        "Environment of the pipeline that may sign in.",
    ),
    (
        "identities.federated.branch",
        "Branch whose pipelines may sign in.",
    ),
    (
        "identities.federated.tag",
        "Tag whose pipelines may sign in.",
    ),
    (
        "identities.federated.pull-request",
        "Whether pipelines of pull requests may sign in.",
    ),
    (
        "identities.federated.issuer",
        "Issuer of the tokens, an https address.",
    ),
    ("identities.federated.subject", "Subject of the tokens."),
    ("identities.federated.audience", "Audience of the tokens."),
    (
        "identities.client-id",
        "Client id of a registration that is there already.",
    ),
    // Roles.
    (
        "roles.plane",
        "Where its operations live: `azure-rbac` (the default), `cosmos-sql` or `sql-database`.",
    ),
    (
        "roles.actions",
        "Operations of the control plane that it grants.",
    ),
    (
        "roles.data-actions",
        "Operations of the data plane that it grants.",
    ),
    (
        "roles.grants",
        "Permissions inside a database that it grants.",
    ),
    (
        "roles.grants.permission",
        "The permission, such as `EXECUTE`.",
    ),
    (
        "roles.grants.schema",
        "Only in this schema of the database.",
    ),
    // Fields of records.
    (
        "field.type",
        "string, integer, number, decimal, boolean, date, date-time, uuid, uri, bytes, json, `list<T>`, `map<T>` or a type of this manifest; with `?` it may be absent.",
    ),
    ("field.min", "Smallest value."),
    ("field.max", "Largest value."),
    ("field.min-length", "Fewest characters."),
    ("field.max-length", "Most characters."),
    (
        "field.pattern",
        "Regular expression that the text matches, in the subset that ECMAScript and Rust share.",
    ),
    ("field.min-items", "Fewest items."),
    ("field.max-items", "Most items."),
    ("field.unique", "Whether no item stands twice."),
    ("field.default", "Value when the caller gives none."),
    (
        "field.example",
        "A value that fits; models and people learn from it.",
    ),
    (
        "field.doc",
        "What the field is, for the model and for people.",
    ),
    // Tools.
    ("tools.title", "Name for people."),
    (
        "tools.description",
        "What the tool does and when to use it: what a model decides by.",
    ),
    (
        "tools.as",
        "Identity that it acts as; may be left out when it uses nothing.",
    ),
    (
        "tools.requires",
        "Scopes or app roles that the caller must have, all of them.",
    ),
    ("tools.requires.scope", "A scope of `server.auth`."),
    (
        "tools.uses",
        "What it does with which resource. Its function in Rust can do that and no more.",
    ),
    ("tools.uses.resource", "Name of the resource."),
    (
        "tools.uses.verbs",
        "What it does there, in words of the resource's type, such as `read`.",
    ),
    (
        "tools.uses.path",
        "Only paths that begin so: a prefix with an optional `*` at its end, such as `incoming/*`.",
    ),
    (
        "tools.uses.action",
        "An operation of the control plane, in full, where no verb fits.",
    ),
    (
        "tools.uses.data-action",
        "An operation of the data plane, in full, where no verb fits.",
    ),
    ("tools.uses.as", "Another identity for this use alone."),
    ("tools.input", "What the caller gives."),
    (
        "tools.output",
        "What the tool gives back: a type by name, or fields.",
    ),
    ("tools.output.type", "Name of a type."),
    ("tools.hints", "What clients are told about its effects."),
    ("tools.hints.read-only", "It changes nothing."),
    (
        "tools.hints.destructive",
        "It may change or delete what is there.",
    ),
    (
        "tools.hints.idempotent",
        "Calling it twice with the same input does no more than once.",
    ),
    (
        "tools.hints.open-world",
        "It touches what is outside of the resources declared here.",
    ),
    ("tools.limits", "How much a call may take."),
    (
        "tools.limits.timeout",
        "Longest time of a call, such as `10s`.",
    ),
    ("tools.limits.response", "Largest answer, such as `1MiB`."),
    ("tools.limits.concurrency", "Most calls at once."),
    (
        "tools.limits.page-size",
        "Items of a page, for a tool with `cursor` in its input and `next` in its output.",
    ),
    // Apps, facts, accepted findings.
    ("apps.tools", "Its tools, by name."),
    ("apps.tools.tools", "The tools, by name."),
    (
        "forbid.verb",
        "A verb of the resource's type that nobody may hold there.",
    ),
    ("forbid.on", "The resource."),
    ("forbid.tool", "Only this tool is looked at."),
    ("forbid.identity", "Only this identity is looked at."),
    ("accept.code", "Code of the finding, such as `G0304`."),
    (
        "accept.at",
        "What the finding is about, as it is printed after `at:`, such as `identity/reader/archive`.",
    ),
    ("accept.reason", "Why it is accepted; reviewers read it."),
    (
        "accept.until",
        "Last day on which it is accepted, such as `2027-03-31`.",
    ),
    // Connectors.
    ("connectors.plane", "Where its permissions live."),
    (
        "connectors.endpoint",
        "Where a client finds it, with fields in braces.",
    ),
    ("connectors.audience", "What a token for it is asked for."),
    (
        "connectors.levels",
        "Levels of the resource, by name, widest first.",
    ),
    (
        "connectors.levels.type",
        "Azure's type of the level, such as `Microsoft.Storage/storageAccounts`.",
    ),
    (
        "connectors.levels.id",
        "Resource id of the level, with fields in braces.",
    ),
    ("connectors.verbs", "What tools can do with it, by name."),
    (
        "connectors.verbs.level",
        "Level that the operations apply to.",
    ),
    (
        "connectors.verbs.listing",
        "Whether it looks at all names that begin with something: a path of it ends in `*`.",
    ),
    ("connectors.verbs.path", "Whether a path can narrow it."),
    (
        "connectors.verbs.source",
        "Where it is documented which operations are needed.",
    ),
    (
        "connectors.verbs.actions",
        "Operations of the control plane that it needs.",
    ),
    (
        "connectors.verbs.data-actions",
        "Operations of the data plane that it needs.",
    ),
    (
        "connectors.verbs.operations",
        "Operations of the connector's own plane that it needs.",
    ),
    (
        "connectors.verbs.any-of",
        "Operations of which one is enough, preferred first.",
    ),
    (
        "connectors.verbs.any-of.actions",
        "Operations of the control plane.",
    ),
    (
        "connectors.verbs.any-of.data-actions",
        "Operations of the data plane.",
    ),
    (
        "connectors.verbs.any-of.operations",
        "Operations of the connector's own plane.",
    ),
    (
        "connectors.roles",
        "Built-in roles to choose from, narrowest first.",
    ),
    ("connectors.roles.roles", "The roles, by name."),
    (
        "connectors.support",
        "Operations that a client needs whatever the verb.",
    ),
    (
        "connectors.support.actions",
        "Operations of the control plane.",
    ),
    (
        "connectors.support.data-actions",
        "Operations of the data plane.",
    ),
    (
        "connectors.support.operations",
        "Operations of the connector's own plane.",
    ),
    (
        "connectors.exposes-keys",
        "Operations that hand out keys to its data.",
    ),
    ("connectors.exposes-keys.operation", "The operation."),
    (
        "connectors.exposes-keys.off-when",
        "Setting of the service under which such keys do nothing.",
    ),
    (
        "connectors.private-endpoint",
        "How it is reached in a private network.",
    ),
    (
        "connectors.private-endpoint.group",
        "Group id of the private endpoint.",
    ),
    ("connectors.private-endpoint.zone", "Private DNS zone."),
];
