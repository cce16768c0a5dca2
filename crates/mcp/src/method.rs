//! The methods of MCP.

/// Requests of any version of MCP, in both directions.
pub(crate) const REQUESTS: [&str; 23] = [
    "completion/complete",
    "elicitation/create",
    "initialize",
    "logging/setLevel",
    "ping",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/subscribe",
    "resources/templates/list",
    "resources/unsubscribe",
    "roots/list",
    "sampling/createMessage",
    "server/discover",
    "subscriptions/listen",
    "tasks/cancel",
    "tasks/get",
    "tasks/list",
    "tasks/result",
    "tasks/update",
    "tools/call",
    "tools/list",
];

/// Notifications of any version, by clients.
pub(crate) const CLIENT_NOTIFICATIONS: [&str; 5] = [
    "notifications/cancelled",
    "notifications/initialized",
    "notifications/progress",
    "notifications/roots/list_changed",
    "notifications/tasks/status",
];

/// Notifications of any version, by servers, beside those that clients have as well.
const SERVER_NOTIFICATIONS: [&str; 7] = [
    "notifications/elicitation/complete",
    "notifications/message",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
    "notifications/resources/updated",
    "notifications/subscriptions/acknowledged",
    "notifications/tools/list_changed",
];

/// Whether any version of MCP has a method of this name, in either direction.
#[must_use]
pub fn is_method(name: &str) -> bool {
    REQUESTS.contains(&name) || CLIENT_NOTIFICATIONS.contains(&name) || SERVER_NOTIFICATIONS.contains(&name)
}
