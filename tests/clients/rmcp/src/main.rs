//! Calls one tool through rmcp's client, which negotiates the era: `rmcp-client URL TOOL ARGUMENTS`.
//! Prints one JSON object: the negotiated protocol version, the tools' names, and the CallToolResult.

use rmcp::model::{CallToolRequestParams, JsonObject, ProtocolVersion};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::{ClientLifecycleMode, ClientServiceExt};
use serde_json::json;
use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(tool), Some(given)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: rmcp-client URL TOOL ARGUMENTS".into());
    };
    let given: JsonObject = serde_json::from_str(&given)?;
    let lifecycle =
        ClientLifecycleMode::Auto { preferred_versions: vec![ProtocolVersion::V_2026_07_28], legacy_version: None };
    let client = ().serve_with_lifecycle(StreamableHttpClientTransport::from_uri(url), lifecycle).await?;
    let tools = client.list_all_tools().await?;
    let result = client.call_tool(CallToolRequestParams::new(tool).with_arguments(given)).await?;
    let seen = json!({
        "protocolVersion": client.peer_info().map(|info| info.protocol_version.clone()),
        "tools": tools.iter().map(|tool| &tool.name).collect::<Vec<_>>(),
        "result": result,
    });
    println!("{seen}");
    client.cancel().await?;
    Ok(())
}
