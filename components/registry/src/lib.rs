//! The component that knows servers: [`server_registry`] behind `bobbin:registry/servers`, on WASI 0.3 and
//! Spin's variables and key-value store.

mod administer;
mod answer;
mod forward;
mod headers;
mod key_value;
mod sending;
mod transport;
mod wasi_host;

#[allow(unsafe_code)] // Generated: the canonical ABI is unsafe Rust.
mod bindings {
    use crate::Component;

    wit_bindgen::generate!({
        world: "bobbin:registry/registry",
        path: "../../wit/registry",
        generate_all,
    });
    export!(Component);
}

use bindings::exports::bobbin::registry::servers::{
    self as wit, AdminRequest, AdminResponse, Agreement, CallContext, CatalogAnswer, Failure, ForwardedRequest,
    ForwardedResponse, Guest, GuestAccess, LearnedResult, Lesson, Lessons, NotForwarded, NotSignedIn, Purpose, Server,
    Visitor, Wanted,
};
use mcp::TraceContext;
use server_registry::Registry;
use std::rc::Rc;
use wasi_host::WasiHost;

struct Component;

thread_local! {
    /// One per instance: requests that an instance serves share catalogs and connections.
    static REGISTRY: Rc<Registry<WasiHost>> = Rc::new(Registry::new(WasiHost));
}

fn registry() -> Rc<Registry<WasiHost>> {
    REGISTRY.with(Rc::clone)
}

/// What one caller may do.
struct Access(server_registry::Access<WasiHost>);

/// Does what an answer has left to be done, after the call has returned, within its task.
fn go_on() {
    let registry = registry();
    if registry.is_due() {
        wit_bindgen::spawn(async move {
            registry.refresh_due().await;
            registry.keep_usage().await;
        });
    }
    tell_cancelled();
    keep_usage();
}

/// Goes on after the call has returned, within its task: that of a cancelled call has ended with it.
fn tell_cancelled() {
    let registry = registry();
    if registry.has_cancelled() {
        wit_bindgen::spawn(async move { registry.tell_cancelled().await });
    }
}

/// Goes on after the call has returned, within its task.
fn keep_usage() {
    let registry = registry();
    if registry.has_usage() {
        wit_bindgen::spawn(async move { registry.keep_usage().await });
    }
}

impl GuestAccess for Access {
    async fn sign_in(visitor: Visitor, purpose: Purpose) -> Result<wit::Access, NotSignedIn> {
        tell_cancelled();
        let visitor = server_registry::Visitor { key: visitor.key.as_deref(), is_local: visitor.is_local };
        let access = registry().sign_in(visitor, purpose.into()).await?;
        Ok(wit::Access::new(Self(access)))
    }

    async fn count(&self, requests: u32) -> Result<(), NotSignedIn> {
        Ok(self.0.count(requests).await?)
    }

    async fn cancel_elsewhere(&self, request: String) {
        self.0.cancel_elsewhere(&request).await;
    }

    async fn is_cancelled_elsewhere(&self, request: String) -> bool {
        self.0.is_cancelled_elsewhere(&request).await
    }

    async fn list_servers(&self) -> Vec<Server> {
        self.0.list().into_iter().map(Server::from).collect()
    }

    async fn load_catalogs(&self, wanted: Vec<Wanted>) -> Vec<CatalogAnswer> {
        let wanted = wanted.into_iter().map(server_registry::Wanted::from).collect();
        let answers = self.0.load_catalogs(wanted).await;
        go_on();
        answers.into_iter().map(CatalogAnswer::from).collect()
    }

    async fn call_tool(
        &self,
        alias: String,
        tool: String,
        arguments: String,
        context: CallContext,
    ) -> Result<String, Failure> {
        let trace = TraceContext::of_members(context.trace);
        let context = server_registry::CallContext { execution: context.execution, trace };
        let result = self.0.call_tool(&alias, &tool, &arguments, context).await;
        go_on();
        Ok(result?)
    }

    async fn forward(&self, alias: String, request: ForwardedRequest) -> Result<ForwardedResponse, NotForwarded> {
        forward::forward(&self.0, alias, request).await
    }

    fn may_add_servers(&self) -> bool {
        self.0.may_add_servers()
    }

    async fn add_server(&self, alias: String, url: String) -> Result<u32, Failure> {
        let added = self.0.add_server(&alias, &url).await;
        go_on();
        Ok(added?)
    }

    async fn remove_server(&self, alias: String) -> Result<(), Failure> {
        Ok(self.0.remove_server(&alias).await?)
    }

    async fn administer(&self, request: AdminRequest) -> AdminResponse {
        let answer = administer::administer(&self.0, request).await;
        go_on();
        answer
    }

    fn wants_sample(&self, alias: String, tool: String) -> bool {
        self.0.wants_sample(&alias, &tool)
    }

    async fn load_learned(&self, aliases: Vec<String>, max_age_ms: u64) -> Vec<LearnedResult> {
        self.0.load_learned(&aliases, max_age_ms).await.into_iter().map(LearnedResult::from).collect()
    }

    async fn keep_learned(&self, lessons: Vec<Lesson>, max_age_ms: u64) -> Vec<Lessons> {
        let lessons = lessons.into_iter().map(server_registry::Lesson::from).collect();
        self.0.keep_learned(lessons, max_age_ms).await.into_iter().map(Lessons::from).collect()
    }

    async fn keep_agreements(&self, agreements: Vec<Agreement>) {
        self.0.keep_agreements(agreements.into_iter().map(server_registry::Agreement::from).collect()).await;
    }
}

impl Guest for Component {
    type Access = Access;
}
