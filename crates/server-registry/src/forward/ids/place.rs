//! Where ids stand in a message of MCP.

use mcp::meta;

/// A place of an id, or of what says what the ids of a message are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The message's own.
    Id,
    Method,
    /// The request that a notification is about.
    RequestId,
    /// The progress that a notification is about.
    ProgressToken,
    /// Under what the sender wants to hear of progress.
    WantedProgress,
    /// The request that a message belongs to.
    Subscription,
    Task,
}

/// A member on the way to such a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Id,
    Method,
    Params,
    Result,
    Meta,
    RequestId,
    ProgressToken,
    SubscriptionId,
    RelatedTask,
    Task,
    Tasks,
    TaskId,
    Other,
    /// What stands in an array.
    Item,
}

/// Members that any place is below.
pub(super) const DEPTH: usize = 4;

impl Member {
    pub fn named(name: &str) -> Self {
        match name {
            "id" => Self::Id,
            "method" => Self::Method,
            "params" => Self::Params,
            "result" => Self::Result,
            "_meta" => Self::Meta,
            "requestId" => Self::RequestId,
            meta::PROGRESS_TOKEN => Self::ProgressToken,
            meta::SUBSCRIPTION_ID => Self::SubscriptionId,
            meta::RELATED_TASK => Self::RelatedTask,
            "task" => Self::Task,
            "tasks" => Self::Tasks,
            "taskId" => Self::TaskId,
            _ => Self::Other,
        }
    }
}

impl Place {
    /// The place at the end of a path from a message.
    pub fn at(path: &[Member]) -> Option<Self> {
        use Member::{
            Id, Item, Meta, Method, Params, ProgressToken, RelatedTask, RequestId, Result, SubscriptionId, Task,
            TaskId, Tasks,
        };
        Some(match path {
            [Id] => Self::Id,
            [Method] => Self::Method,
            [Params, RequestId] => Self::RequestId,
            [Params, ProgressToken] => Self::ProgressToken,
            [Params, Meta, ProgressToken] => Self::WantedProgress,
            [Params | Result, Meta, SubscriptionId] => Self::Subscription,
            [Params | Result, TaskId]
            | [Result, Task, TaskId]
            | [Result, Tasks, Item, TaskId]
            | [Params | Result, Meta, RelatedTask, TaskId] => Self::Task,
            _ => return None,
        })
    }
}
