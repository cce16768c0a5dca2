//! The registry's types as those of its WIT interface.

use crate::bindings::exports::bobbin::registry::servers as wit;
use server_registry::{
    Agreement, CatalogAnswer, CurrentCatalog, Failure, FailureKind, KnownCatalog, LearnedResult, Lesson, Lessons,
    NotSignedIn, Purpose, ServerSummary, Wanted,
};

impl From<ServerSummary> for wit::Server {
    fn from(server: ServerSummary) -> Self {
        Self { alias: server.alias, title: server.title, description: server.description }
    }
}

impl From<NotSignedIn> for wit::NotSignedIn {
    fn from(reason: NotSignedIn) -> Self {
        match reason {
            NotSignedIn::NoKey => Self::NoKey,
            NotSignedIn::WrongKey => Self::WrongKey,
            NotSignedIn::NotLocal => Self::NotLocal,
            NotSignedIn::TooManyRequests { retry_after_s } => Self::TooManyRequests(retry_after_s),
            NotSignedIn::Unchecked => Self::Unchecked,
            NotSignedIn::Failed(failure) => Self::Failed(failure.into()),
        }
    }
}

impl From<wit::Purpose> for Purpose {
    fn from(purpose: wit::Purpose) -> Self {
        match purpose {
            wit::Purpose::CodeMode => Self::CodeMode,
            wit::Purpose::Direct => Self::Direct,
        }
    }
}

impl From<wit::Wanted> for Wanted {
    fn from(wanted: wit::Wanted) -> Self {
        Self { alias: wanted.alias, known_revisions: wanted.known_revisions }
    }
}

impl From<CatalogAnswer> for wit::CatalogAnswer {
    fn from(answer: CatalogAnswer) -> Self {
        let catalog = answer.catalog.map(wit::CurrentCatalog::from).map_err(wit::Failure::from);
        Self { alias: answer.alias, is_stale: answer.is_stale, catalog }
    }
}

impl From<CurrentCatalog> for wit::CurrentCatalog {
    fn from(current: CurrentCatalog) -> Self {
        match current {
            CurrentCatalog::Known(revision) => Self::Known(revision),
            CurrentCatalog::Other(catalog) => Self::Other(wit::Catalog::from(&*catalog)),
        }
    }
}

impl From<&KnownCatalog> for wit::Catalog {
    fn from(known: &KnownCatalog) -> Self {
        let catalog = &known.catalog;
        Self {
            revision: known.revision.clone(),
            title: catalog.title.clone(),
            instructions: catalog.instructions.clone(),
            tools: catalog.tools.iter().map(wit::Tool::from).collect(),
            malformed: catalog.malformed.clone(),
        }
    }
}

impl From<&mcp_client::Tool> for wit::Tool {
    fn from(tool: &mcp_client::Tool) -> Self {
        Self {
            name: tool.name.clone(),
            title: tool.title.clone(),
            description: tool.description.clone(),
            input_schema: tool.input_schema.clone(),
            output_schema: tool.output_schema.clone(),
            annotations: tool.annotations.clone(),
        }
    }
}

impl From<LearnedResult> for wit::LearnedResult {
    fn from(learned: LearnedResult) -> Self {
        Self { alias: learned.alias, tool: learned.tool, own: learned.own, common: learned.common }
    }
}

impl From<wit::Lesson> for Lesson {
    fn from(lesson: wit::Lesson) -> Self {
        let wit::Lesson { alias, tool, known, text, is_news } = lesson;
        Self { alias, tool, known, text, is_news }
    }
}

impl From<Lessons> for wit::Lessons {
    fn from(lessons: Lessons) -> Self {
        Self { alias: lessons.alias, tool: lessons.tool, known: lessons.known, texts: lessons.texts }
    }
}

impl From<wit::Agreement> for Agreement {
    fn from(agreement: wit::Agreement) -> Self {
        Self { alias: agreement.alias, tool: agreement.tool, text: agreement.text }
    }
}

impl From<Failure> for wit::Failure {
    fn from(failure: Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::UnknownServer => wit::FailureKind::UnknownServer,
            FailureKind::Configuration => wit::FailureKind::Configuration,
            FailureKind::Authorization => wit::FailureKind::Authorization,
            FailureKind::Unreachable => wit::FailureKind::Unreachable,
            FailureKind::TimedOut => wit::FailureKind::TimedOut,
            FailureKind::HttpStatus => wit::FailureKind::HttpStatus,
            FailureKind::Protocol => wit::FailureKind::Protocol,
            FailureKind::Rpc => wit::FailureKind::Rpc,
        };
        Self { kind, message: failure.message, code: failure.code, data: failure.data }
    }
}
