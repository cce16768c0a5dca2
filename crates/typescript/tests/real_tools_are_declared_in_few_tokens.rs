//! What the tools of real servers cost an agent, beside their definitions in `tools/list`; tokens are estimated
//! as characters / 4.

mod support;

use support::corpus;
use typescript::Detail;

fn tokens(text: &str) -> usize {
    text.chars().count() / 4
}

#[test]
fn signatures_cost_a_third_of_the_definitions() {
    let (mut definitions, mut signatures, mut full) = (0, 0, 0);
    let corpus = corpus();
    for server in &corpus {
        definitions += server.tools.iter().map(|tool| tokens(&tool.to_string())).sum::<usize>();
        signatures += tokens(&server.hits(Detail::Signature));
        full += tokens(&server.hits(Detail::Full));
    }
    assert!(signatures * 100 < definitions * 34, "{signatures} of {definitions}");
    assert!(full < definitions, "{full} of {definitions}");
}

#[test]
fn every_parameter_of_a_real_tool_is_declared() {
    for server in corpus() {
        for (tool, declaration) in server.tools.iter().zip(server.each_hit(Detail::Signature)) {
            let properties = tool["inputSchema"]["properties"].as_object().into_iter().flatten();
            for (name, _) in properties {
                let heads = [format!("{name}:"), format!("{name}?:"), format!("\"{name}\":"), format!("\"{name}\"?:")];
                let found = heads.iter().any(|head| declaration.contains(head));
                assert!(found, "{}/{}: {name} is not in\n{declaration}", server.alias, tool["name"]);
            }
        }
    }
}
