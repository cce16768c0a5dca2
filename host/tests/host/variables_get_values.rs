use bobbin::manifest::Manifest;
use bobbin::variables::{VariableError, application_values, component_values};
use std::collections::BTreeMap;
use std::path::Path;

fn manifest(component_variables: &str) -> Manifest {
    let text = format!(
        r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [variables]
        host = {{ default = "localhost" }}
        path_2 = {{ default = "" }}
        token = {{ required = true, secret = true }}
        [[trigger.http]]
        route = "/..."
        component = "served"
        [component.served]
        source = "served.wasm"
        [component.served.variables]
        {component_variables}
        "#
    );
    Manifest::parse(&text, Path::new("")).expect("a manifest")
}

fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn given_values_go_before_the_environment_and_that_before_defaults() {
    let environment = |name: &str| match name {
        "SPIN_VARIABLE_TOKEN" => Some("from the environment".to_owned()),
        "SPIN_VARIABLE_PATH_2" => Some("from the environment".to_owned()),
        _ => None,
    };
    let values = application_values(&manifest(""), &given(&[("token", "given")]), environment).expect("values");
    assert_eq!(values, given(&[("host", "localhost"), ("path_2", "from the environment"), ("token", "given")]));
}

#[test]
fn a_required_variable_without_a_value_says_how_to_give_one() {
    let error = application_values(&manifest(""), &BTreeMap::new(), |_| None).expect_err("no token");
    assert_eq!(error.to_string(), "the variable `token` is required and has no value: set SPIN_VARIABLE_TOKEN");
}

#[test]
fn a_value_for_an_undeclared_variable_is_refused() {
    let error = application_values(&manifest(""), &given(&[("tokn", "x")]), |_| None).expect_err("undeclared");
    assert_eq!(error, VariableError::Undeclared("tokn".to_owned()));
}

#[test]
fn templates_are_filled_once() {
    let manifest = manifest(
        r#"
        url = "https://{{ host }}/{{path_2}}?t={{  token }}"
        plain = "} { }}"
        "#,
    );
    let application = given(&[("host", "{{ token }}"), ("path_2", "p"), ("token", "t")]);
    let values = component_values(manifest.served(), &application).expect("values");
    assert_eq!(values, given(&[("url", "https://{{ token }}/p?t=t"), ("plain", "} { }}")]));
}

#[test]
fn malformed_templates_are_refused() {
    let application = given(&[("host", "h"), ("path_2", "p"), ("token", "t")]);
    let refused = |variables: &str| component_values(manifest(variables).served(), &application).expect_err(variables);
    assert!(matches!(refused(r#"a = "{{ nobody }}""#), VariableError::Unknown { name, .. } if name == "nobody"));
    assert!(matches!(refused(r#"a = "x {{ host""#), VariableError::Unclosed { variable, .. } if variable == "a"));
}
