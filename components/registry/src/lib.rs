//! The component that knows servers: [`server_registry`] behind `bobbin:registry/servers`, on WASI 0.3 and
//! Spin's variables and key-value store.

mod answer;
mod forward;
mod transport;
mod wasi_host;

#[allow(unsafe_code)] // Generated: the canonical ABI is unsafe Rust.
mod bindings {
    use crate::Component;

    wit_bindgen::generate!({ world: "bobbin:registry/registry", path: "../../wit/registry" });
    export!(Component);
}

use bindings::exports::bobbin::registry::servers::{
    CatalogAnswer, Failure, ForwardedRequest, ForwardedResponse, Guest, LearnedResult, NotForwarded, Server, Wanted,
};
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

impl Guest for Component {
    async fn list_servers() -> Result<Vec<Server>, Failure> {
        let servers = registry().list().await?;
        Ok(servers.into_iter().map(Server::from).collect())
    }

    async fn load_catalogs(wanted: Vec<Wanted>) -> Vec<CatalogAnswer> {
        let wanted = wanted.into_iter().map(server_registry::Wanted::from).collect();
        let answers = registry().load_catalogs(wanted).await;
        answers.into_iter().map(CatalogAnswer::from).collect()
    }

    async fn call_tool(alias: String, tool: String, arguments: String) -> Result<String, Failure> {
        Ok(registry().call_tool(&alias, &tool, &arguments).await?)
    }

    async fn forward(
        alias: String,
        caller: String,
        request: ForwardedRequest,
    ) -> Result<ForwardedResponse, NotForwarded> {
        forward::forward(alias, caller, request).await
    }

    async fn load_learned(aliases: Vec<String>, max_age_ms: u64) -> Vec<LearnedResult> {
        let learned = registry().load_learned(&aliases, max_age_ms).await;
        learned.into_iter().map(LearnedResult::from).collect()
    }

    async fn keep_learned(learned: Vec<LearnedResult>) {
        registry().keep_learned(learned.into_iter().map(server_registry::LearnedResult::from).collect()).await;
    }
}
