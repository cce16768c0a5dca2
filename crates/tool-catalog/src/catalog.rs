use crate::learning;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tool_names::{Scope, callable};
use tool_search::{Document, Index, parameter_names};
use typescript::{Declaration, Listing, ResultSchema, UNKNOWN_RESULT, first_sentence};

/// A tool of an MCP server, as `tools/list` gave it.
#[derive(Debug, Clone, Default)]
pub struct Tool {
    /// Alias of the server.
    pub server: String,
    /// Name of the tool.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// What it does, in the server's words.
    pub description: Option<String>,
    /// JSON Schema of the arguments, as JSON text.
    pub input_schema: String,
    /// JSON Schema of `structuredContent`, as JSON text.
    pub output_schema: Option<String>,
    /// What [`crate::learn`] gave last of the results that the caller had; unused when there is an output schema.
    pub learned_result: Option<String>,
    /// What [`crate::agree`] gave last of the results of all callers; unused when there is an output schema.
    pub common_result: Option<String>,
}

/// How much of a tool is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Its callable name and the first sentence of its description.
    Name,
    /// Its TypeScript signature, with a short description.
    Signature,
    /// Its TypeScript signature with everything that its schemas say.
    Full,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Words; empty or `*` browses in order of server and name.
    pub text: &'a str,
    /// Only this server.
    pub server: Option<&'a str>,
    /// How much of each tool is shown.
    pub detail: Detail,
    /// How many ranked tools to skip.
    pub offset: usize,
    /// How many tools at the most.
    pub limit: usize,
}

/// Some of the tools that fit a query, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The tools of this page.
    pub hits: Vec<Hit>,
    /// How many fit in all.
    pub total: usize,
    /// What to do about results of unknown shape, where there are any.
    pub advice: Option<&'static str>,
}

/// A tool that fits a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Alias of the server.
    pub server: String,
    /// Name of the tool, as the server calls it.
    pub name: String,
    /// The expression that calls it in a script.
    pub callable: String,
    /// A declaration, or a line of text for [`Detail::Name`].
    pub text: String,
}

/// A set of tools, with the identifiers that scripts use and an index that is made when it is first asked.
#[derive(Debug)]
pub struct Catalog {
    /// In order of server and name.
    tools: Vec<Tool>,
    servers: Scope,
    /// The names of each server's tools.
    names: HashMap<String, Scope>,
    index: OnceCell<Index>,
}

impl Catalog {
    /// Takes any tools, in any order, and the aliases of all servers: one without tools, because it is down, has its
    /// name all the same.
    pub fn new(servers: &[String], mut tools: Vec<Tool>) -> Self {
        tools.sort_by(|a, b| (&a.server, &a.name).cmp(&(&b.server, &b.name)));
        let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for tool in &tools {
            names.entry(&tool.server).or_default().push(&tool.name);
        }
        let aliases: BTreeSet<&str> = servers.iter().map(String::as_str).chain(names.keys().copied()).collect();
        let servers = Scope::new(aliases);
        let names = names.into_iter().map(|(server, names)| (server.to_string(), Scope::new(names)));
        Catalog { servers, names: names.collect(), index: OnceCell::new(), tools }
    }

    /// The tools that fit a query.
    pub fn search(&self, query: Query) -> Page {
        let index = self.index.get_or_init(|| index(&self.tools));
        let found = index.search(query.text, query.server, query.offset, query.limit);
        let mut unknown_results = false;
        let hits = found.tools.iter().map(|&place| {
            let (hit, unknown_result) = self.hit(&self.tools[place], query.detail);
            unknown_results |= unknown_result;
            hit
        });
        Page { hits: hits.collect(), total: found.total, advice: unknown_results.then_some(UNKNOWN_RESULT) }
    }

    /// The declarations of all tools as one text, [`Detail::Name`] taken as [`Detail::Signature`]; `None` when
    /// it would be longer than `budget_bytes`.
    pub fn declare(&self, detail: Detail, budget_bytes: usize) -> Option<String> {
        let detail = shown(detail).unwrap_or(typescript::Detail::Signature);
        let mut listing = Listing::new(detail, budget_bytes);
        for tool in &self.tools {
            if !self.declared(tool, |tool| listing.add(tool)) {
                return None;
            }
        }
        listing.text()
    }

    /// The tool, and whether what is shown has a result of unknown shape.
    fn hit(&self, tool: &Tool, detail: Detail) -> (Hit, bool) {
        self.declared(tool, |declared| {
            let callable = callable(declared.server, declared.name);
            let (text, unknown_result) = match shown(detail) {
                Some(detail) => {
                    let declaration = Declaration::new(declared, detail);
                    (declaration.text(), declaration.has_unknown_result)
                }
                None => (line(tool, &callable), false),
            };
            (Hit { server: tool.server.clone(), name: tool.name.clone(), callable, text }, unknown_result)
        })
    }

    /// Calls `with` with what is to be declared of a tool.
    fn declared<T>(&self, tool: &Tool, with: impl FnOnce(&typescript::Tool) -> T) -> T {
        let learned = match &tool.output_schema {
            None => learning::declared(tool.learned_result.as_deref(), tool.common_result.as_deref()),
            Some(_) => None,
        };
        let scope = self.names.get(&tool.server);
        with(&typescript::Tool {
            server: self.servers.identifier(&tool.server).unwrap_or_default(),
            name: scope.and_then(|scope| scope.identifier(&tool.name)).unwrap_or_default(),
            title: tool.title.as_deref(),
            description: tool.description.as_deref(),
            input_schema: &tool.input_schema,
            result: match (&tool.output_schema, &learned) {
                (Some(schema), _) => ResultSchema::Declared(schema),
                (None, Some(learned)) => ResultSchema::Learned { schema: &learned.schema, note: &learned.note },
                (None, None) => ResultSchema::Unknown,
            },
        })
    }
}

/// How much of a declaration is shown; `None` for a name alone.
fn shown(detail: Detail) -> Option<typescript::Detail> {
    match detail {
        Detail::Name => None,
        Detail::Signature => Some(typescript::Detail::Signature),
        Detail::Full => Some(typescript::Detail::Full),
    }
}

/// `tools.files.read_file: Reads a file.`
fn line(tool: &Tool, callable: &str) -> String {
    let says = tool.description.as_deref().map(first_sentence).filter(|says| !says.is_empty());
    match says.or_else(|| tool.title.as_deref().map(first_sentence)).filter(|says| !says.is_empty()) {
        Some(says) => format!("{callable}: {says}"),
        None => callable.to_string(),
    }
}

fn index(tools: &[Tool]) -> Index {
    let parameters: Vec<Vec<String>> = tools.iter().map(|tool| parameter_names(&tool.input_schema)).collect();
    let documents = tools.iter().zip(&parameters).map(|(tool, parameters)| Document {
        server: &tool.server,
        name: &tool.name,
        title: tool.title.as_deref(),
        description: tool.description.as_deref(),
        parameters,
    });
    Index::new(&documents.collect::<Vec<_>>())
}
