use crate::app::{App, component};
use bobbin::composition::compose;
use bobbin::inspect;
use bobbin::manifest::Manifest;

/// An application whose served component imports `wanted` and gets it from `provider`, which exports `wanted` and
/// imports `import`, inheriting `inherit`.
fn app(wanted: &str, dependency: &str, inherit: &str, import: &[&str], export: &[&str]) -> App {
    App::serving(
        &component(&[wanted], &[]),
        &format!(
            r#"
            [component.served.dependencies]
            "{dependency}" = {{ component = "provider", inherit_configuration = {inherit} }}
            [component.provider]
            source = "provider.wasm"
            [component.provider.build]
            command = "make provider"
            workdir = "parts"
            "#
        ),
    )
    .with("provider.wasm", &component(import, export))
}

const API: &str = "test:provider/api@1.0.0";

fn refused(app: &App) -> String {
    let manifest = Manifest::read(&app.manifest()).expect("a manifest");
    compose(&manifest).expect_err("a refusal").to_string()
}

fn composed(app: &App) -> Vec<u8> {
    let manifest = Manifest::read(&app.manifest()).expect("a manifest");
    compose(&manifest).expect("a component")
}

#[test]
fn every_way_to_network_storage_and_variables_must_be_inherited() {
    let rows = [
        ("wasi:http/client@0.3.0", "allowed_outbound_hosts"),
        ("wasi:http/handler@0.3.0", "allowed_outbound_hosts"),
        ("wasi:http/outgoing-handler@0.2.4", "allowed_outbound_hosts"),
        ("wasi:sockets/tcp@0.2.6", "allowed_outbound_hosts"),
        ("wasi:sockets/types@0.3.0", "allowed_outbound_hosts"),
        ("spin:redis/redis@3.0.0", "allowed_outbound_hosts"),
        ("fermyon:spin/http", "allowed_outbound_hosts"),
        ("spin:key-value/key-value@3.0.0", "key_value_stores"),
        ("wasi:keyvalue/store@0.2.0-draft2", "key_value_stores"),
        ("wasi:keyvalue/atomics@0.2.0-draft2", "key_value_stores"),
        ("fermyon:spin/key-value@2.0.0", "key_value_stores"),
        ("spin:sqlite/sqlite@3.1.0", "sqlite_databases"),
        ("fermyon:spin/llm@2.0.0", "ai_models"),
        ("spin:variables/variables@3.0.0", "variables"),
        ("wasi:config/store@0.2.0-draft-2024-09-27", "variables"),
    ];
    for (import, configuration) in rows {
        let others = ["allowed_outbound_hosts", "key_value_stores", "variables", "sqlite_databases", "ai_models"];
        let others: Vec<_> = others.into_iter().filter(|name| *name != configuration).collect();
        for inherit in ["false".to_owned(), format!("{others:?}")] {
            let error = refused(&app(API, API, &inherit, &[import], &[API]));
            assert_eq!(
                error,
                format!(
                    "component `provider` imports `{import}`, which it does not inherit: add \"{configuration}\" to `inherit_configuration` of \"{API}\" in [component.served.dependencies], or remove the import"
                )
            );
        }
    }
}

#[test]
fn what_is_inherited_is_linked() {
    let imports = [
        "wasi:http/client@0.3.0",
        "spin:key-value/key-value@3.0.0",
        "spin:variables/variables@3.0.0",
        "wasi:keyvalue/atomics@0.2.0-draft2",
        "wasi:keyvalue/store@0.2.0-draft2",
    ];
    for inherit in ["true", r#"["variables", "key_value_stores", "allowed_outbound_hosts"]"#] {
        let app = app(API, "test:provider/api", inherit, &imports, &[API]);
        let path = app.folder().join("composed.wasm");
        std::fs::write(&path, composed(&app)).expect("a file");
        let mut left = inspect::imports(&path).expect("imports");
        left.sort();
        let mut expected = imports.to_vec();
        expected.sort_unstable();
        assert_eq!(left, expected, "the dependency is linked, its own imports are left to the host");
    }
}

#[test]
fn what_the_standard_library_imports_needs_no_inheritance() {
    let imports = [
        "wasi:cli/environment@0.2.6",
        "wasi:filesystem/preopens@0.2.6",
        "wasi:io/streams@0.2.6",
        "wasi:clocks/monotonic-clock@0.3.0",
        "wasi:random/random@0.3.0",
        "wasi:http/types@0.3.0",
    ];
    composed(&app(API, API, "false", &imports, &[API]));
}

#[test]
fn what_this_host_does_not_offer_is_refused_even_when_inherited() {
    for import in [
        "spin:redis/redis@3.0.0",
        "fermyon:spin/key-value@2.0.0",
        "wasi:keyvalue/batch@0.2.0-draft2",
        "wasi:keyvalue/store@0.2.0-draft",
        "wasi:http/types@0.2.4",
        "my:own/thing",
    ] {
        let error = refused(&app(API, API, "true", &[import], &[API]));
        assert_eq!(
            error,
            format!("component `provider` imports `{import}`, which neither a dependency nor this host provides")
        );
    }
    let error = refused(&App::serving(&component(&["spin:sqlite/sqlite@3.1.0"], &[]), ""));
    assert!(error.contains("component `served` imports `spin:sqlite/sqlite@3.1.0`"), "{error}");
}

#[test]
fn versions_must_be_equal() {
    let error = refused(&app(API, "test:provider/api@1.0.1", "false", &[], &[API]));
    assert!(error.contains("imports `test:provider/api@1.0.0`, and the versions must be equal"), "{error}");
    let error = refused(&app(API, API, "false", &[], &["test:provider/api@1.0.1"]));
    assert_eq!(
        error,
        "component `provider` is to provide `test:provider/api@1.0.0` to `served`, and exports test:provider/api@1.0.1"
    );
}

#[test]
fn dependencies_that_satisfy_nothing_or_the_same_are_refused() {
    let error = refused(&app(API, "test:other/api", "false", &[], &[API]));
    assert!(error.contains("\"test:other/api\": the component imports nothing of that name"), "{error}");
    let app = App::serving(
        &component(&[API], &[]),
        r#"
        [component.served.dependencies]
        "test:provider" = { component = "provider" }
        "test:provider/api" = { component = "provider" }
        [component.provider]
        source = "provider.wasm"
        "#,
    )
    .with("provider.wasm", &component(&[], &[API]));
    let error = refused(&app);
    assert!(error.contains("\"test:provider\" and \"test:provider/api\" both provide"), "{error}");
}

#[test]
fn a_file_that_is_missing_or_no_component_says_how_it_is_built() {
    let app = app(API, API, "false", &[], &[API]);
    std::fs::write(app.folder().join("provider.wasm"), "text").expect("a file");
    let error = refused(&app);
    assert!(error.contains("component `provider`: ") && error.contains("provider.wasm is not WebAssembly"), "{error}");
    std::fs::remove_file(app.folder().join("provider.wasm")).expect("no file");
    let error = refused(&app);
    assert!(error.contains("cannot read") && error.contains("provider.wasm"), "{error}");
    let command = format!("\nBuild it with: cd {} && make provider", app.folder().join("parts").display());
    assert!(error.ends_with(&command), "{error}");
}
