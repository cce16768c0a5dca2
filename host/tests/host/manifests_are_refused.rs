use bobbin::manifest::Manifest;
use std::path::Path;

const MINIMAL: &str = r#"
spin_manifest_version = 2
[application]
name = "test"
[[trigger.http]]
route = "/..."
component = "served"
[component.served]
source = "served.wasm"
"#;

/// Why the minimal manifest is refused after `text` in it is replaced.
fn refused(text: &str, by: &str) -> String {
    assert!(MINIMAL.contains(text), "{text}");
    Manifest::parse(&MINIMAL.replace(text, by), Path::new("")).expect_err(by).to_string()
}

fn refused_with(addition: &str) -> String {
    Manifest::parse(&format!("{MINIMAL}{addition}"), Path::new("")).expect_err(addition).to_string()
}

#[test]
fn the_minimal_one_is_not() {
    let manifest = Manifest::parse(MINIMAL, Path::new("app")).expect("a manifest");
    assert_eq!(manifest.served().source, Path::new("app/served.wasm"));
}

#[test]
fn other_versions_triggers_and_routes() {
    assert!(refused("version = 2", "version = 1").contains("`spin_manifest_version` is 1"));
    assert!(refused("trigger.http", "trigger.redis").contains("unknown field `redis`"));
    assert!(refused("\"/...\"", "\"/mcp/...\"").contains("the manifest has `/mcp/...`"));
    assert!(refused("\"/...\"", "{ private = true }").contains("expected a string"));
    assert!(
        refused("[[trigger.http]]\nroute = \"/...\"\ncomponent = \"served\"", "").contains("no `[[trigger.http]]`")
    );
    let second = "[[trigger.http]]\nroute = \"/b\"\ncomponent = \"served\"\n";
    assert!(refused_with(second).contains("the manifest has `/...`, `/b`"));
}

#[test]
fn keys_that_would_not_do_what_they_say() {
    for key in ["files = []", "environment = { A = \"b\" }", "sqlite_databases = []", "ai_models = []", "sorce = \"x\""]
    {
        let error = refused_with(key);
        let name = key.split(' ').next().expect("a name");
        assert!(error.contains(&format!("unknown field `{name}`")) && error.contains("line 10"), "{error}");
    }
    assert!(
        refused("source = \"served.wasm\"", "source = { url = \"https://example.com\" }").contains("expected a string")
    );
}

#[test]
fn components_that_are_not_there() {
    let error = refused("component = \"served\"", "component = \"other\"");
    assert_eq!(error, "[[trigger.http]] names the component `other`, and there is no `[component.other]`");
    let error = refused_with("[component.served.dependencies]\n\"a:b/c\" = { component = \"gone\" }");
    assert_eq!(
        error,
        "[component.served.dependencies] \"a:b/c\" names the component `gone`, and there is no `[component.gone]`"
    );
}

#[test]
fn malformed_dependencies() {
    let with = |name: &str, value: &str| {
        refused_with(&format!(
            "[component.served.dependencies]\n\"{name}\" = {value}\n[component.p]\nsource = \"p.wasm\""
        ))
    };
    for name in ["b/c", "a:b/c@1", "a:b/c@one", "A b:c/d", "a:b/", "a:b:c/d", ""] {
        let error = with(name, "{ component = \"p\" }");
        assert!(error.contains("is not the name of a dependency"), "{name}: {error}");
    }
    assert!(with("a:b/c", "\"1.0.0\"").contains("expected a table { component = "));
    assert!(
        with("a:b/c", "{ component = \"p\", inherit_configuration = 1 }")
            .contains("must be true, false or a list of names")
    );
    let error = with("a:b/c", "{ component = \"p\", inherit_configuration = [\"network\"] }");
    assert!(error.contains("\"a:b/c\": `inherit_configuration` cannot have `network`"), "{error}");
    assert!(with("a:b/c", "{ component = \"p\", export = \"x\" }").contains("unknown field `export`"));
}

#[test]
fn dependencies_with_configuration_of_their_own() {
    for (key, own) in [
        ("allowed_outbound_hosts", "allowed_outbound_hosts = [\"https://*:*\"]"),
        ("key_value_stores", "key_value_stores = [\"default\"]"),
        ("variables", "variables = { a = \"b\" }"),
    ] {
        let error = refused_with(&format!(
            "[component.served.dependencies]\n\"a:b/c\" = {{ component = \"p\" }}\n[component.p]\nsource = \"p.wasm\"\n{own}"
        ));
        assert!(
            error.contains(&format!("[component.p] serves `served` as a dependency, so its own `{key}`")),
            "{error}"
        );
    }
    let error = refused_with(
        "[component.served.dependencies]\n\"a:b/c\" = { component = \"p\" }\n[component.p]\nsource = \"p.wasm\"\n\
         [component.p.dependencies]\n\"d:e/f\" = { component = \"p\" }",
    );
    assert!(error.contains("has dependencies itself"), "{error}");
}

#[test]
fn stores_and_variables_that_make_no_sense() {
    assert!(refused_with("key_value_stores = [\"default\", \"cache\"]").contains("keeps one store, `default`"));
    assert!(refused_with("[variables]\na = { required = true, default = \"\" }").contains("only one of them"));
    assert!(
        refused_with("[variables]\na = { secret = true }").contains("needs either a `default` or `required = true`")
    );
}
